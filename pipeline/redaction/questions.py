"""Who answers a cue: the rest of the asking turn, or the next turns of somebody else.

"What's your password" - "it is Fluffy99": the secret stands a turn later, behind little words. One reading serves passwords,
dates, names, streets and e-mail addresses.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from itertools import groupby

from pipeline.redaction.languages import sayings
from pipeline.redaction.tokens import Token

PATIENCE = 4  # turns of the other side in which the answer must begin
REMARK = 8  # words of the asker after an answer that end the matter
AFTER_CUE = 8  # words of the question behind its cue ("password please if you have it")
BEFORE_CUE = 7
COPULAS = frozenset("is are was it's that's = es ist est e e' é jest".split())
FILLERS = (
    frozenset(
        "it is it's its uh um er hm hmm mm yes yeah yep yup sure okay ok so well my that's thats that would be i think the oh right of"
        " course please let me see and ah eh then on under should have got hi hello sir ma'am madam one sec now a".split()
    )
    | sayings().fillers
)
NO_ANSWER = frozenset(
    "what what's which why who when where how i i'm i've i'd don't dont no nope not sorry hold can could do does did are pardon just wait"
    " you we they he she if because there this is was same never nothing none excuse huh go but or yesterday today"
    " thank thanks bye fine great sounds will would have need want forgot let".split()
)
DENIED = frozenset(
    "reset forgot forgotten lost change changed never not don't won't wrong without share new set create update remember can't cannot"
    " hide expired recover".split()
)
END = (".", "?", "!", ";")


def turn_ranges(tokens: Sequence[Token]) -> dict[int, range]:
    """The tokens of each turn that has any."""
    groups = (list(group) for _, group in groupby(range(len(tokens)), key=lambda i: tokens[i].turn))
    return {tokens[group[0]].turn: range(group[0], group[-1] + 1) for group in groups}


def asks(tokens: Sequence[Token], turns: dict[int, range], word: int) -> bool:
    """Whether the turn asks for what the cue that ends at ``word`` names, and does not tell it itself."""
    turn = turns[tokens[word].turn]
    if turn.stop - word - 1 > AFTER_CUE:
        return False
    rest = [tokens[i].text for i in range(word + 1, turn.stop)]
    before = {tokens[i].text for i in range(max(turn.start, word - BEFORE_CUE), word)}
    return not (rest and rest[0] in COPULAS) and DENIED.isdisjoint(before)


def answers(
    tokens: Sequence[Token], turns: dict[int, range], word: int, *, patience: int = PATIENCE
) -> Iterator[range]:
    """The turns of others after the cue at ``word``, until the asker goes on with something else."""
    asker, turn = tokens[word].word.party, tokens[word].turn
    answered, seen = 0, 0
    while seen < 3 * patience and answered < patience:
        seen, turn = seen + 1, turn + 1
        said = turns.get(turn)
        if said is None:
            continue
        if tokens[said.start].word.party == asker:
            if answered and len(said) > REMARK:
                return
            continue
        answered += 1
        yield said


def content(tokens: Sequence[Token], said: range, fillers: Container[str] = FILLERS) -> range:
    """``said`` without the little words at its start; empty where it answers nothing."""
    first = said.start
    while (
        first < said.stop
        and (tokens[first].text in fillers or not tokens[first].text)
        and not tokens[first].word.redacted
    ):
        first += 1
    if first < said.stop and (tokens[first].text in NO_ANSWER or tokens[first].word.redacted):
        return range(first, first)
    return range(first, said.stop)


def clause(tokens: Sequence[Token], said: range, stops: Container[str], longest: int) -> range:
    """The first words of ``said`` up to the end of the sentence, a word of ``stops``, or ``longest`` words."""
    last = said.start
    while (
        last < min(said.stop, said.start + longest)
        and tokens[last].text not in stops
        and not tokens[last].word.redacted
    ):
        last += 1
        if tokens[last - 1].word.text.endswith(END):
            break
    return range(said.start, last)
