"""Which type a run of digits has, from its length, the nearest cue, what was said around it, and the card checksum.

Cards are recognised without any cue by the Luhn checksum (ISO/IEC 7812-1, annex B). Everything else needs its cue, or is
an identifier of four or more digits that is clearly no amount, date, time or quantity: type NUMBER.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from pipeline.redaction.checks import holds_card, luhn
from pipeline.redaction.cues import Cue
from pipeline.redaction.quantities import BIG, MONEY, counted, dated, is_cardinal, measured
from pipeline.redaction.tokens import Run, Token

REACH = 60  # words a cue reaches forward
SHORT_REACH = {"PASSWORD": 15, "DATE_OF_BIRTH": 30}  # digits later than this are no part of the password
ANSWER = 30  # words in which an answer to a question for secret digits must begin
AFTERWARDS = 6  # words in which "... is my security code" names the digits before it
ECHO = 90
SOON = 12  # runs of digits among which the answer must be
LATE = 300  # words for which a question for secret digits stays open

LONG = 7  # digits from which several numbers said with "hundred" are no amount
NUMBERED = frozenset({"NUMBER", "CARD_NUMBER", "BANK_ACCOUNT", "DATE_OF_BIRTH", "NATIONAL_ID"})
SECRET = frozenset({"CARD_NUMBER", "CARD_CODE", "SSN", "NATIONAL_ID", "PASSCODE"})
LENGTHS = {  # how many digits a cue accepts
    "CARD_NUMBER": (4, 40), "CARD_CODE": (3, 4), "CARD_EXPIRY": (2, 8), "SSN": (2, 15), "PASSCODE": (3, 12), "PASSWORD": (2, 20),
    "NATIONAL_ID": (4, 20), "BANK_ACCOUNT": (4, 40), "DATE_OF_BIRTH": (4, 8), "NUMBER": (4, 40),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Marked:
    """A run that has a type. ``luhn`` is True when it is, or is part of, a number with a right card checksum."""

    run: Run
    type: str
    luhn: bool = False


def mark(tokens: Sequence[Token], runs: Sequence[Run], cues: Sequence[Cue]) -> list[Marked]:
    """Types for all runs that have one, in order."""
    marked = {run: Marked(run, "CARD_NUMBER", luhn=True) for run in _cards(runs)}
    cards = sorted(run.last for run in marked)
    for place, run in enumerate(runs):
        if run not in marked:
            near = _marked_before(runs, place, marked)
            kind = (
                _echoed(run, near)
                or _by_cue(tokens, run, cues, near)
                or _after_card(tokens, run, cards)
                or _identifier(tokens, run)
            )
            if kind:
                marked[run] = Marked(run, kind)
    _answers(tokens, runs, cues, marked)
    _late(tokens, runs, cues, marked)
    return [marked[run] for run in runs if run in marked]


def _cards(runs: Sequence[Run]) -> Iterator[Run]:
    """Runs that hold a card number alone or with their neighbours of the same chunk."""
    for first, run in enumerate(runs):
        if any(holds_card(reading) for reading in run.readings):
            yield run
            continue
        group, digits = [run], run.digits
        for other in runs[first + 1 : first + 12]:
            if other.chunk != run.chunk:
                continue
            group.append(other)
            digits += other.digits
            if len(digits) > 19:
                break
            if len(digits) >= 13 and digits[0] in "3456" and luhn(digits):
                yield from group
                break


def _by_cue(tokens: Sequence[Token], run: Run, cues: Sequence[Cue], near: Sequence[Marked]) -> str | None:
    """The type the nearest cue gives, if the run can be that."""
    if counted(tokens, run):
        return None
    named = _cue_of(tokens, run, cues)
    if named is None:
        return None
    kind, size = named.type, len(run.digits)
    spoken = {tokens[i].text for i in run.tokens}
    if kind in NUMBERED and ((kind != "DATE_OF_BIRTH" and dated(tokens, run)) or _is_amount(tokens, run, named)):
        return None
    if kind == "CARD_EXPIRY" and not _is_expiry(run, named, near):
        if size == 4 and run.digits.startswith("20"):
            return "CARD_EXPIRY"
        return "CARD_CODE" if size in (3, 4) and not BIG & spoken else None
    if kind == "CARD_CODE" and 4 < size <= 8:
        kind = "PASSCODE"
    least, most = LENGTHS[kind]
    if least <= size <= most:
        return kind
    return "NUMBER" if size > most else None


def _is_amount(tokens: Sequence[Token], run: Run, cue: Cue) -> bool:
    """A number said with "hundred" is an identifier right after its cue, or as several numbers in a row; else an amount."""
    if not is_cardinal(tokens, run):
        return False
    between = {token.text for token in tokens[cue.word + 1 : run.first]}
    close = -AFTERWARDS * 2 <= run.first - cue.word <= AFTERWARDS * 2
    return len(run.digits) < 4 or not close or bool(MONEY & between)


def _is_expiry(run: Run, cue: Cue, near: Sequence[Marked]) -> bool:
    """The first digits after the cue, beginning with a month; what comes later was asked for in other words."""
    answered = any(
        m.type == "CARD_EXPIRY" and cue.word < m.run.first < run.first and m.run.digits != run.digits for m in near
    )
    return not answered and (len(run.digits) < 4 or "01" <= run.digits[:2] <= "12")


def _cue_of(tokens: Sequence[Token], run: Run, cues: Sequence[Cue]) -> Cue | None:
    place = bisect_left(cues, run.first, key=lambda cue: cue.word)
    before = cues[place - 1] if place else None
    if before is not None and run.first - before.word > SHORT_REACH.get(before.type, REACH):
        before = None
    close = takewhile(lambda cue: cue.word - run.last <= AFTERWARDS, islice(cues, place, None))
    after = next((cue for cue in close if tokens[cue.word].turn == tokens[run.last].turn), None)
    if after is not None and (before is None or run.first - before.word > 2 * AFTERWARDS):
        return after
    return before


def _after_card(tokens: Sequence[Token], run: Run, cards: Sequence[int]) -> str | None:
    """Three or four digits soon after a card number are its code or its expiry, asked or not. ``cards``: their last words."""
    place = bisect_left(cards, run.first)
    close = place > 0 and run.first - cards[place - 1] <= REACH
    if not close or len(run.digits) not in (3, 4) or counted(tokens, run) or dated(tokens, run):
        return None
    return "CARD_EXPIRY" if len(run.digits) == 4 and "01" <= run.digits[:2] <= "12" else "CARD_CODE"


def _identifier(tokens: Sequence[Token], run: Run) -> str | None:
    """NUMBER for four digits or more that are clearly no amount, date, time or quantity."""
    if len(run.digits) < 4 or counted(tokens, run) or dated(tokens, run) or measured(tokens, run):
        return None
    words = [tokens[i].text for i in run.tokens]
    around = {token.text for token in tokens[max(0, run.first - 10) : run.first]}
    if run.cardinal:
        return None
    if BIG & set(words):  # several numbers in a row are no amount: "oh eight hundred double two triple six"
        return "NUMBER" if len(run.digits) >= LONG and not is_cardinal(tokens, run) else None
    if (
        len(run.digits) == 4
        and len(words) <= 3
        and len(words) < len(run.digits)
        and not words[0].isdigit()
        and MONEY & around
    ):
        return None
    return "NUMBER"


def _answers(tokens: Sequence[Token], runs: Sequence[Run], cues: Sequence[Cue], marked: dict[Run, Marked]) -> None:
    """In the answer to a question for secret digits every digit goes, also single ones: the recogniser may have lost some."""
    by_turn: dict[int, list[Run]] = {}
    for run in runs:
        by_turn.setdefault(tokens[run.first].turn, []).append(run)
    for cue in cues:
        if cue.type not in SECRET:
            continue
        asker = tokens[cue.word].word.party
        answer = next(
            (i for i in range(cue.word + 1, min(len(tokens), cue.word + ANSWER)) if tokens[i].word.party != asker), None
        )
        if answer is None:
            continue
        said = [
            run
            for run in by_turn.get(tokens[answer].turn, ())
            if not counted(tokens, run) and _cue_of(tokens, run, cues) == cue
        ]
        if sum(len(run.digits) for run in said) >= 3:
            for run in said:
                marked.setdefault(run, Marked(run, cue.type))


def _late(tokens: Sequence[Token], runs: Sequence[Run], cues: Sequence[Cue], marked: dict[Run, Marked]) -> None:
    """A question for secret digits stays open until they come, however long somebody looks for the card."""
    until = len(tokens)  # the next cue of another type
    open_cues: list[tuple[Cue, int]] = []
    for cue, following in zip(reversed(cues), [None, *reversed(cues)], strict=False):
        if following is not None and following.type != cue.type:
            until = following.word
        open_cues.append((cue, until))
    for cue, until in reversed(open_cues):
        if cue.type not in SECRET:
            continue
        place = bisect_left(runs, cue.word + 1, key=lambda run: run.first)
        end = min(until, cue.word + LATE)
        after = [run for run in islice(runs, place, place + SOON) if run.first < end]
        if any(run in marked and marked[run].type == cue.type for run in after):
            continue
        free = [run for run in after if run not in marked or marked[run].type == "NUMBER"]
        said = [run for run in free if not counted(tokens, run) and not is_cardinal(tokens, run)]
        said = [run for run in said if tokens[run.first].word.party != tokens[cue.word].word.party]
        group = [run for run in said if run.chunk == said[0].chunk and run.first - said[0].first <= ANSWER]
        if sum(len(run.digits) for run in group) >= max(LENGTHS[cue.type][0], 3):
            for run in group:
                marked[run] = Marked(run, cue.type)


def _marked_before(runs: Sequence[Run], place: int, marked: dict[Run, Marked]) -> list[Marked]:
    """What was marked within ECHO words before the run at ``place``, in order."""
    near = takewhile(lambda n: runs[place].first <= runs[n].first + ECHO, range(place - 1, -1, -1))
    return [marked[runs[n]] for n in reversed([*near]) if runs[n] in marked]


def _echoed(run: Run, near: Sequence[Marked]) -> str | None:
    """Somebody repeating part of a secret number says a secret number; and who repeats all that was said of any, too."""
    if len(run.digits) < 3:
        return None
    secrets = [m for m in near if m.type in SECRET and m.run.first < run.first]
    for secret in secrets:
        whole = "".join(m.run.digits for m in secrets if m.run.chunk == secret.run.chunk and m.type == secret.type)
        if run.digits in whole:
            return secret.type
    others = (m for m in near if m.run.chunk != run.chunk and m.type != "DATE_OF_BIRTH")
    told = (m for m in others if run.digits == m.run.digits or (run.digits in m.run.digits and run.first <= m.run.last))
    return next((m.type for m in told), None)
