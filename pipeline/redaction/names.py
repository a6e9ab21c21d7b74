"""Names of people, where a policy wants them gone: after "my name is", a title, a greeting, "my husband", in the answer to "first and
last name", and spelled out; what was once a name in a call is one wherever it comes again.

Only what is said to be a name is found: there is no list of names. Off in the default policy, for rules about knowing whom
one speaks to rest on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.redaction.blocks import Block
from pipeline.redaction.questions import FILLERS, answers, asks, clause, content
from pipeline.redaction.tokens import Token

# After these a name stands in capitals or not.
CUE = re.compile(
    r"(?:\b(?:(?:my|the|your|first|last|full|middle|maiden|family|sur)? ?(?:sur)?name(?:'s| is| was)(?: uh| um| it's)?|surname is|name of"
    r"|spelled|spelt|spell(?:s| it| that)?"
    r"|mr|mrs|ms|miss|mister|missus|doctor|dr|call me|on behalf of|je m'appelle|ich heisse|ich heiße|mein name ist|me llamo|mi nombre es"
    r"|mi chiamo|il mio nome e|meu nome é|meu nome e|me chamo|ik heet|mijn naam is|nazywam się|mon nom est|제 이름은)) $"
)
# After these it must be written as one, or stand before "calling", "speaking", "from" or "here".
WEAK = re.compile(
    r"(?:\b(?:am i|are you|i'm|you're|are we)? ?(?:speaking|talking) (?:to|with)|\bthis is|\bi am|\bi'm|\bit's|\bit is|\bthanks|\bthank you"
    r"|\bhello|\bhi|\bhey|\bdear|\bgood (?:morning|afternoon|evening)|\bokay|\ball right|\bsorry|\bask for|\bbonjour|\bhallo|\bhola"
    r"|\b(?:my|your|his|her|our|the) (?:husband|wife|son|daughter|mother|mom|mum|father|dad|brother|sister|partner|boss|colleague|manager"
    r"|friend|neighbou?r|uncle|aunt|cousin|nephew|niece|lawyer|assistant)(?:'s name is)?|\bmanager) $"
)
ASKED = re.compile(
    r"(?:(?:first|last|full|middle|family|your|the|sur) ?names?|names? on the (?:card|account)|surname"
    r"|who am i (?:speaking|talking) (?:to|with)|who is (?:this|calling)"
    r"|whom? .{0,12}speaking)$"
)
TITLED = frozenset("mr mrs ms miss mister missus doctor dr".split())
BEHIND = frozenset("calling speaking from here".split())
PARTICLES = frozenset("van von der den de da di la le el al bin mc mac o del dos du st ten ter".split())
LONGEST = 3
NO_NAME = frozenset(
    "calling speaking from with and the a an on at in is it not just here about for to your my i you he she they we sorry sure yes"
    " no okay please right that this what who there uh um spelled spelt thank thanks hi hello good very so also correct fine great"
    " i'm i'd i'll i've you're it's that's let's can could would will may do does did how why when where which sir ma'am madam today"
    " monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october"
    " november december english spanish french german american british ok well now then but or if because everyone everybody team"
    " morning afternoon evening again one two customer support billing are am was were have has had got going welcome".split()
)


def names(tokens: Sequence[Token], turns: dict[int, range]) -> list[Block]:
    """Blocks of the names in ``tokens``."""
    blocks: list[Block] = []
    for turn in turns.values():
        done = -1
        for i in range(turn.start, turn.stop):
            before = " ".join(token.text for token in tokens[max(turn.start, i - 5) : i]) + " "
            if i <= done or i == turn.start or tokens[i].text in NO_NAME:
                continue
            strong = CUE.search(before) is not None
            if not strong and WEAK.search(before) is None:
                continue
            weak = not strong and tokens[i - 1].text not in TITLED
            if weak and tokens[i - 1].word.text.endswith((".", "?", "!")):
                continue
            last = _end(tokens, i, weak=weak)
            if last is not None:
                done = last
                blocks.append(Block("NAME", i, last))
    blocks += _answered(tokens, turns)
    return [*blocks, *_again(tokens, blocks)]


def _end(tokens: Sequence[Token], first: int, *, weak: bool) -> int | None:
    """The last word of the name that begins at ``first``; None where none does."""
    last, words = None, 0
    for i in range(first, min(len(tokens), first + 20)):
        token = tokens[i]
        letter = (
            len(token.text) == 1
            and token.text.isalpha()
            and (token.text != "i" or (token.word.text[:1] == "I" and last is not None))
        )
        if token.turn != tokens[first].turn or (token.text in NO_NAME and not (letter and _among_letters(tokens, i))):
            break
        if not token.text.replace("'", "").replace("-", "").isalpha():
            break
        begun = last is not None and _written(tokens[first])
        small = not _written(token) and token.text not in PARTICLES
        if ((weak or begun) and small and not letter) or (not letter and words >= LONGEST + (token.text in PARTICLES)):
            break
        words += not letter and token.text not in PARTICLES
        last = i
        if token.word.text.endswith((".", "?", "!")) and len(token.text) > 2:
            break
    if last is None and weak:
        return _before_calling(tokens, first)
    return last


def _among_letters(tokens: Sequence[Token], at: int) -> bool:
    """ "a" and "i" in a row of spelled letters."""
    beside = [tokens[i] for i in (at - 1, at + 1) if 0 <= i < len(tokens)]
    return any(len(token.text) == 1 and token.text.isalpha() and token.turn == tokens[at].turn for token in beside)


def _before_calling(tokens: Sequence[Token], first: int) -> int | None:
    """ "it's john smith calling": one or two words, as recognisers write them, before what only a name stands before."""
    for size in (1, 2):
        behind = first + size
        if behind < len(tokens) and tokens[behind].turn == tokens[first].turn and tokens[behind].text in BEHIND:
            said = [tokens[i].text for i in range(first, behind)]
            if all(
                word.isalpha() and len(word) > 1 and word not in NO_NAME and not word.endswith("ing") for word in said
            ):
                return behind - 1
    return None


def _answered(tokens: Sequence[Token], turns: dict[int, range]) -> Iterator[Block]:
    """The answer to a question for a name: at most three words, or letters."""
    for turn in turns.values():
        text = " ".join(tokens[i].text for i in turn)
        if not (ASKED.search(text) or ASKED.search(text.removesuffix(" please"))) or not asks(
            tokens, turns, turn.stop - 1
        ):
            continue
        for said in answers(tokens, turns, turn.stop - 1, patience=2):
            told = clause(tokens, content(tokens, said, FILLERS | {"name", "this", "i'm", "am", "i"}), NO_NAME, 16)
            plain = [tokens[i].text for i in told if len(tokens[i].text) > 1]
            if (
                told
                and len(plain) <= LONGEST + 1
                and all(word.replace("'", "").replace("-", "").isalpha() for word in plain)
            ):
                yield Block("NAME", told.start, told.stop - 1)
                break


def _again(tokens: Sequence[Token], blocks: Sequence[Block]) -> Iterator[Block]:
    """Every word of a name wherever else it comes: as it is written with a capital, or in a call without any."""
    said = {tokens[i].text for block in blocks for i in range(block.first, block.last + 1)}
    known = {word for word in said if len(word) > 2 and word not in NO_NAME | PARTICLES}
    capitals = any(_written(tokens[i]) for block in blocks for i in range(block.first, block.last + 1))
    for i, token in enumerate(tokens):
        if token.text.removesuffix("'s") in known and (_written(token) or not capitals):
            last = i
            while last + 1 < len(tokens) and last - i < LONGEST and _follows(tokens[last], tokens[last + 1]):
                last += 1
            yield Block("NAME", i, last)


def _follows(before: Token, token: Token) -> bool:
    """A surname behind a known name: "Sarah Connor"."""
    same = before.turn == token.turn and before.word.text[-1:].isalpha()
    return same and _written(before) and _written(token) and token.text.isalpha() and token.text not in NO_NAME


def _written(token: Token) -> bool:
    return token.word.text[:1].isupper()
