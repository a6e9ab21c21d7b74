"""``redact(call, policy)``: what must go is replaced by one typed word a stretch and turn.

The typed word keeps start, end, party and a few facts (how many digits, whether the card checksum held, the last four
where the policy allows). `spans` reads the typed words back as the stretches to cut from sound, peaks and posteriors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from pipeline.records import Call, Fact, Seconds, Span, Turn, Word
from pipeline.redaction.cues import Cue, find_cues
from pipeline.redaction.kinds import MONTHS, Marked, mark
from pipeline.redaction.policy import Policy
from pipeline.redaction.tokens import Run, Token, find_runs, stream

WIDEN: Seconds = 0.15  # word times are good to about a tenth of a second; digits must not stick out
BIRTH = 25  # words after "date of birth" in which the date begins
GAP = 3  # words between two stretches of one type that go with them
LOOSE = frozenset({"NUMBER", "DATE_OF_BIRTH"})  # two of these side by side may be two things
EXPIRY = re.compile(r"(0?[1-9]|1[0-2])/(\d\d|20\d\d)")
ORDINALS = frozenset(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth"
    " seventeenth eighteenth nineteenth twentieth twenty-first thirtieth thirty-first".split()
)
DATE_WORDS = MONTHS | ORDINALS | frozenset("the of and nineteen twenty two thousand thirty oh zero".split())
TOPS = frozenset("com org net co edu gov io uk ca au de".split())
NOT_MAIL = frozenset(
    "is it's its address email e-mail mail to as my the it um uh so yes okay at that's thats and on me your use reach send under".split()
)
NO_PASSWORD = frozenset(
    "not wrong expired incorrect the a locked no on in what too required reset that i it gone changed working still always never".split()
)


@dataclass(frozen=True, slots=True)
class Block:
    """Tokens of one turn that become one typed word."""

    type: str
    first: int
    last: int
    digits: str = ""
    luhn: bool = False


def redact(call: Call, policy: Policy) -> Call:
    """The call without what ``policy`` removes; redacting twice changes nothing more."""
    tokens = stream(call)
    cues = find_cues([token.text for token in tokens])
    runs = find_runs(tokens, cues)
    marked = [*mark(tokens, runs, cues)]
    blocks = [
        *_runs_in_turns(tokens, marked),
        *_births(tokens, cues, runs),
        *_expiries(tokens, marked),
        *_mails(tokens),
        *_passwords(tokens, cues),
    ]
    kept = _joined(tokens, [block for block in blocks if block.type in policy.remove])
    turns = tuple(_rebuilt(t, turn, tokens, kept, policy) for t, turn in enumerate(call.turns))
    counts = dict(call.redactions)
    for block in kept:
        counts[block.type] = counts.get(block.type, 0) + 1
    return replace(call, turns=turns, redactions=counts)


def spans(call: Call) -> list[Span]:
    """Stretches of a redacted call to cut from every channel (a neighbour's microphone hears digits too), in order."""
    widened = sorted(
        (max(0.0, w.start - WIDEN), w.end + WIDEN) for turn in call.turns for w in turn.words if w.redacted
    )
    joined: list[Span] = []
    for start, end in widened:
        if joined and start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(end, joined[-1].end))
        else:
            joined.append(Span(start, end))
    return joined


def _runs_in_turns(tokens: Sequence[Token], marked: Iterable[Marked]) -> list[Block]:
    """One block for each turn a marked run touches."""
    blocks = []
    for item in marked:
        for _, part in groupby(item.run.tokens, key=lambda i: tokens[i].turn):
            said = list(part)
            if said[0] and tokens[said[0] - 1].text in ("oh", "o") and tokens[said[0] - 1].turn == tokens[said[0]].turn:
                said.insert(0, said[0] - 1)  # alone it is an exclamation, before digits a nought
            blocks.append(Block(item.type, said[0], said[-1], item.run.digits, item.luhn))
    return blocks


def _births(tokens: Sequence[Token], cues: Sequence[Cue], runs: Sequence[Run]) -> list[Block]:
    """Dates after "date of birth" and the like: months and ordinals with their neighbours, repairs included."""
    in_run = {i for run in runs for i in run.tokens}
    blocks = []
    for cue in cues:
        if cue.type != "DATE_OF_BIRTH":
            continue
        named = [
            i for i in range(cue.word + 1, min(len(tokens), cue.word + BIRTH)) if tokens[i].text in MONTHS | ORDINALS
        ]
        month = next((i for i in named if tokens[i].text in MONTHS), None)
        for i in named:
            if month is not None and tokens[i].turn == tokens[month].turn:
                blocks.append(Block("DATE_OF_BIRTH", *_spread(tokens, i, cue.word, in_run)))
    return blocks


def _spread(tokens: Sequence[Token], at: int, after: int, in_run: set[int]) -> tuple[int, int]:
    """First and last word of the date around ``at``, inside its turn."""

    def dated(i: int) -> bool:
        return tokens[i].turn == tokens[at].turn and (tokens[i].text in DATE_WORDS or i in in_run)

    first = last = at
    while last + 1 < len(tokens) and dated(last + 1):
        last += 1
    while first - 1 > after and dated(first - 1):
        first -= 1
    return first, last


def _expiries(tokens: Sequence[Token], marked: Sequence[Marked]) -> list[Block]:
    """Written expiry dates ("04/26") near a card number."""
    cards = [m.run.last for m in marked if m.type == "CARD_NUMBER"]
    written = (i for i, token in enumerate(tokens) if EXPIRY.fullmatch(token.word.text.strip(".,;")))
    return [Block("CARD_EXPIRY", i, i) for i in written if any(abs(i - card) <= 40 for card in cards)]


def _mails(tokens: Sequence[Token]) -> list[Block]:
    """E-mail addresses, written or spelled ("dana dot smith at example dot com")."""
    blocks = [
        Block("EMAIL", i, i) for i, token in enumerate(tokens) if "@" in token.word.text and "." in token.word.text
    ]
    for at, token in enumerate(tokens):
        if token.text != "at":
            continue
        dot = next(
            (
                i
                for i in range(at + 2, min(len(tokens) - 1, at + 8))
                if tokens[i].text == "dot" and tokens[i + 1].text in TOPS
            ),
            None,
        )
        if dot is None or len({t.word.party for t in tokens[at : dot + 2]}) > 1:
            continue
        first = at
        while (
            first - 1 >= 0
            and at - first < 14
            and tokens[first - 1].turn == token.turn
            and tokens[first - 1].text not in NOT_MAIL
        ):
            first -= 1
        blocks += [Block("EMAIL", *part) for part in _by_turn(tokens, first, dot + 1)]
    return blocks


def _passwords(tokens: Sequence[Token], cues: Sequence[Cue]) -> list[Block]:
    """The one or two words after "my password is"."""
    blocks = []
    for cue in cues:
        after = cue.word + 1
        if cue.type != "PASSWORD" or after + 1 >= len(tokens) or tokens[after].text not in ("is", "it's", "was"):
            continue
        secret = after + 1
        if tokens[secret].text in NO_PASSWORD or tokens[secret].turn != tokens[cue.word].turn:
            continue
        last = secret + 1 if secret + 1 < len(tokens) and tokens[secret + 1].turn == tokens[secret].turn else secret
        blocks.append(Block("PASSWORD", secret, last))
    return blocks


def _by_turn(tokens: Sequence[Token], first: int, last: int) -> list[tuple[int, int]]:
    groups = [list(group) for _, group in groupby(range(first, last + 1), key=lambda i: tokens[i].turn)]
    return [(group[0], group[-1]) for group in groups]


def _joined(tokens: Sequence[Token], blocks: Iterable[Block]) -> list[Block]:
    """Blocks in order, no two overlapping; neighbours of one type in one turn with at most GAP words between are one."""
    done: list[Block] = []
    for block in sorted(blocks, key=lambda b: (b.first, -b.last)):
        before = done[-1] if done else None
        if (
            before is None
            or tokens[before.last].turn != tokens[block.first].turn
            or (
                block.first > before.last
                and (block.type != before.type or block.first - before.last - 1 > (1 if block.type in LOOSE else GAP))
            )
        ):
            done.append(block)
        elif block.last > before.last:
            digits = before.digits if before.digits == block.digits else before.digits + block.digits
            done[-1] = replace(before, last=block.last, digits=digits, luhn=before.luhn or block.luhn)
    return done


def _rebuilt(t: int, turn: Turn, tokens: Sequence[Token], blocks: Sequence[Block], policy: Policy) -> Turn:
    """``turn`` with its blocks as typed words."""
    words = list(turn.words)
    for block in reversed([b for b in blocks if tokens[b.first].turn == t]):
        first, last = tokens[block.first].place, tokens[block.last].place
        words[first : last + 1] = [_typed(words[first : last + 1], block, policy)]
    return replace(turn, words=tuple(words))


def _typed(words: Sequence[Word], block: Block, policy: Policy) -> Word:
    facts: dict[str, Fact] = {}
    if block.digits:
        facts = {"digits": len(block.digits), "luhn": block.luhn}
        if block.type in policy.last4 and len(block.digits) >= 13:
            facts["last4"] = block.digits[-4:]
    heard = [word.confidence for word in words if word.confidence is not None]
    confidence = min(heard) if heard else None
    return Word(
        f"[{block.type}]",
        words[0].start,
        max(word.end for word in words),
        confidence,
        words[0].party,
        block.type,
        facts,
    )
