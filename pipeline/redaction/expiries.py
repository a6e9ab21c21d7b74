"""Expiry dates of cards in every shape: written near a card number, told in words, answered in the next turn."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from pipeline.redaction.blocks import Block
from pipeline.redaction.cues import Cue
from pipeline.redaction.dates import Date, dates
from pipeline.redaction.kinds import Marked
from pipeline.redaction.questions import answers, asks
from pipeline.redaction.tokens import Run, Token

WRITTEN = re.compile(r"(0?[1-9]|1[0-2])[/-](\d\d|20\d\d)")
NEAR_CARD = 40  # words between a card number and its written expiry date
NEAR = 12  # words after the cue in which the date begins
YEARS = ({"next", "this", "the"}, {"year", "month"})


def expiries(
    tokens: Sequence[Token], cues: Sequence[Cue], runs: Sequence[Run], marked: Sequence[Marked], turns: dict[int, range]
) -> Iterator[Block]:
    """A block for each date, months and years in words included."""
    cards = sorted(m.run.last for m in marked if m.type == "CARD_NUMBER")
    for i, token in enumerate(tokens):
        if WRITTEN.fullmatch(token.text) and _near(cards, i):
            yield Block("CARD_EXPIRY", i, i)
    short = {i for run in runs if len(run.digits) <= 8 for i in run.tokens}
    long = {i for m in marked if m.type in ("CARD_NUMBER", "CARD_CODE") for i in m.run.tokens}
    for cue in cues:
        if cue.type == "CARD_EXPIRY":
            for date in _told(tokens, cue.word, short - long, turns):
                yield Block("CARD_EXPIRY", date.first, _end(tokens, date))
    for date in dates(tokens, range(len(tokens)), short - long):
        if date.months and not date.days and _near(cards, date.first, 6):
            yield Block("CARD_EXPIRY", date.first, date.last)


def _told(tokens: Sequence[Token], word: int, in_run: set[int], turns: dict[int, range]) -> Iterator[Date]:
    turn = turns[tokens[word].turn]
    own = [*dates(tokens, range(word + 1, min(turn.stop, word + NEAR)), in_run)]
    if own or not asks(tokens, turns, word):
        yield from own[:1]
        return
    for said in answers(tokens, turns, word):
        told = [date for date in dates(tokens, said, in_run) if date.last - date.first < NEAR]
        if told:
            yield from told[:2]
            return


def _end(tokens: Sequence[Token], date: Date) -> int:
    """With "of next year" behind it."""
    last = date.last
    words = [token.text for token in tokens[last + 1 : last + 4] if token.turn == tokens[last].turn]
    for skipped in (0, 1):
        if (
            words[skipped : skipped + 1]
            and words[skipped] in YEARS[0]
            and words[skipped + 1 : skipped + 2]
            and words[skipped + 1] in YEARS[1]
        ):
            return last + skipped + 2
    return last


def _near(places: Sequence[int], at: int, reach: int = NEAR_CARD) -> bool:
    """Whether a card number ends within ``reach`` words of ``at``."""
    place = bisect_left(places, at)
    return any(abs(places[i] - at) <= reach for i in (place - 1, place) if 0 <= i < len(places))
