"""How a coefficient of agreement is to be read: a colour only where it says something, and the reason beside it.

A low coefficient is no verdict on a question by itself: where nearly all answers are the same one it is low although people
agree (Feinstein and Cicchetti 1990), and an interval that reaches 0 leaves open whether they agree beyond chance at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.calibration import Figure

USABLE, WORTH_TRAINING = 0.6, 0.4
FEWEST = 10  # calls below which a coefficient has no colour: its interval spans most readings


@dataclass(frozen=True, slots=True)
class Reading:
    """``tone``: pass, unsure, fail or "" for none; ``says`` in a few words, ``why`` in a sentence or ""."""

    tone: str
    says: str
    why: str


def read(one: Figure) -> Reading:
    """What a figure says, and what it does not."""
    if one.value is None or one.units < FEWEST:
        return Reading("", one.reading, one.note)
    if one.value >= WORTH_TRAINING:
        return Reading("pass" if one.value >= USABLE else "unsure", one.reading, one.note)
    if one.note:  # the answers are too one-sided for a low value to mean anything
        return Reading("", "too one-sided to tell", one.note)
    return Reading("fail", one.reading, _against_chance(one))


def _against_chance(one: Figure) -> str:
    if one.high is not None and one.high < 0:
        return (
            "They agree less often than answers drawn by chance would: perhaps the question is understood in two ways."
        )
    if one.low is not None and one.low <= 0:
        return "The interval reaches 0, so chance alone may agree as often. This is about the question, not about who answers."
    return "They agree beyond chance, but little."
