"""``redact(call, policy)``: what must go is replaced by one typed word a stretch and turn.

The typed word keeps start, end, party and a few facts (how many digits, whether the card checksum held, the last four
where the policy allows). `spans` reads the typed words back as the stretches to cut from sound, peaks and posteriors.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from pipeline.records import Call, Fact, Seconds, Span, Turn, Word
from pipeline.redaction.addresses import addresses
from pipeline.redaction.births import births
from pipeline.redaction.blocks import Block, beside_typed
from pipeline.redaction.choosing import Choice
from pipeline.redaction.codes import codes
from pipeline.redaction.cues import find_cues
from pipeline.redaction.expiries import expiries
from pipeline.redaction.identities import identities
from pipeline.redaction.kinds import Marked, mark
from pipeline.redaction.mails import mails
from pipeline.redaction.masked import masked
from pipeline.redaction.names import names
from pipeline.redaction.parts import parts
from pipeline.redaction.passwords import passwords
from pipeline.redaction.policy import Policy
from pipeline.redaction.questions import turn_ranges
from pipeline.redaction.tokens import Token, find_chunks, find_runs, stream

WIDEN: Seconds = 0.15  # word times are good to about a tenth of a second; digits must not stick out
TOGETHER = 15  # words between parts of one secret in different turns
GAP = 3  # words between two stretches of one type that go with them
# Where two claim the same words, the type that may least be kept stands.
STRONGEST = (
    "CARD_NUMBER", "CARD_CODE", "CARD_EXPIRY", "PASSCODE", "SSN", "NATIONAL_ID", "BANK_ACCOUNT", "PASSWORD", "DATE_OF_BIRTH", "EMAIL",
    "ADDRESS", "NAME", "NUMBER",
)  # fmt: skip
LOOSE = frozenset({"NUMBER", "DATE_OF_BIRTH", "NAME"})  # two of these side by side may be two things


def redact(call: Call, choice: Choice) -> Call:
    """The call without what its policy removes; typed words that are in it already stay as they are."""
    policy = choice.of(call.metadata)
    tokens = stream(call)
    cues = find_cues([token.text for token in tokens])
    chunks = find_chunks(tokens, cues)
    runs = find_runs(tokens, chunks)
    turns = turn_ranges(tokens)
    marked = [*mark(tokens, runs, cues)]
    blocks = [
        *_runs_in_turns(tokens, marked),
        *masked(tokens, cues),
        *births(tokens, cues, runs, turns),
        *expiries(tokens, cues, runs, marked, turns),
        *codes(tokens, chunks, runs, marked, cues),
        *identities(tokens, marked),
        *mails(tokens, chunks, cues, turns),
        *passwords(tokens, cues, turns),
        *parts(tokens, cues, runs, turns),
        *addresses(tokens, runs, turns),
        *(names(tokens, turns) if "NAME" in policy.remove else ()),
    ]
    blocks = [_as_card(block, policy) for block in blocks]
    fresh = (part for block in blocks if block.type in policy.remove for part in beside_typed(tokens, block))
    kept = _joined(tokens, fresh)
    by_turn: dict[int, list[Block]] = {}
    for block in kept:
        by_turn.setdefault(tokens[block.first].turn, []).append(block)
    rebuilt = tuple(_rebuilt(turn, tokens, by_turn.get(t, ()), policy) for t, turn in enumerate(call.turns))
    counts = dict(call.redactions)
    for kind, many in _counted(tokens, kept).items():
        counts[kind] = counts.get(kind, 0) + many
    return replace(call, turns=rebuilt, redactions=counts)


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


def _as_card(block: Block, policy: Policy) -> Block:
    """A number as long as a card's and beginning like one goes under every policy: one digit of it may be misheard."""
    like = block.type == "NUMBER" and 13 <= len(block.digits) <= 19 and block.digits[0] in "3456"
    return replace(block, type="CARD_NUMBER") if like and "NUMBER" not in policy.remove else block


def _counted(tokens: Sequence[Token], blocks: Sequence[Block]) -> dict[str, int]:
    """How many secrets of each type were told: the parts of one over several turns, and its echo, are one."""
    counts: dict[str, int] = {}
    ends: dict[str, int] = {}  # by type: the last word of the one before
    for block in blocks:
        before = ends.get(block.type)
        one = (
            before is not None and block.first - before <= TOGETHER and tokens[before].turn != tokens[block.first].turn
        )
        counts[block.type] = counts.get(block.type, 0) + (not one)
        ends[block.type] = block.last
    return counts


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


def _joined(tokens: Sequence[Token], blocks: Iterable[Block]) -> list[Block]:
    """Blocks in order, no two overlapping; neighbours of one type in one turn with at most GAP words between are one."""
    done: list[Block] = []
    for block in sorted(blocks, key=lambda b: (b.first, -b.last)):
        before = done[-1] if done else None
        if (
            before is None
            or tokens[before.last].turn != tokens[block.first].turn
            or any(token.word.redacted for token in tokens[before.last + 1 : block.first])
            or (
                block.first > before.last
                and (block.type != before.type or block.first - before.last - 1 > (1 if block.type in LOOSE else GAP))
            )
        ):
            done.append(block)
        else:
            done[-1] = _one(before, block)
    return done


def _one(before: Block, block: Block) -> Block:
    """Two that overlap or stand side by side, under the type that binds most."""
    kept = min(before, block, key=lambda b: -1 if b.scheme == "iban" else STRONGEST.index(b.type))
    if block.last <= before.last:
        return replace(before, type=kept.type, luhn=before.luhn or block.luhn, scheme=before.scheme or block.scheme)
    digits = before.digits if before.digits == block.digits else before.digits + block.digits
    scheme = before.scheme or block.scheme
    luhn = before.luhn or block.luhn
    return replace(before, type=kept.type, last=block.last, digits=digits, luhn=luhn, scheme=scheme)


def _rebuilt(turn: Turn, tokens: Sequence[Token], blocks: Sequence[Block], policy: Policy) -> Turn:
    """``turn`` with its blocks as typed words."""
    words = list(turn.words)
    for block in reversed(blocks):
        first, last = tokens[block.first].place, tokens[block.last].place
        words[first : last + 1] = [_typed(words[first : last + 1], block, policy)]
    return replace(turn, words=tuple(words))


def _typed(words: Sequence[Word], block: Block, policy: Policy) -> Word:
    facts: dict[str, Fact] = {}
    if block.digits:
        facts = {"digits": len(block.digits), "luhn": block.luhn}
        if block.type in policy.last4 and len(block.digits) >= 13:
            facts["last4"] = block.digits[-4:]
    if block.scheme:
        facts["scheme"] = block.scheme
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
