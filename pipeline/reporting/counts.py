"""Counts of the four verdicts and what follows from them.

The rate is PASS over PASS and FAIL: calls to which the rule applied and which could be judged. N/A is outside, because
the rule did not apply; UNSURE is outside, because nobody knows. What UNSURE could do to the rate stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.quality import effects
from rules.records import Value

DIGITS = 6  # rates are rounded once, here, so that every format shows the same number


@dataclass(frozen=True, slots=True)
class Counts:
    """How many calls a rule gave which verdict."""

    passed: int = 0
    failed: int = 0
    not_applicable: int = 0
    unsure: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.passed + other.passed, self.failed + other.failed, self.not_applicable + other.not_applicable,
            self.unsure + other.unsure,
        )  # fmt: skip

    @property
    def applicable(self) -> int:
        """The denominator of the rate: calls to which the rule applied and which could be judged."""
        return self.passed + self.failed

    @property
    def judged(self) -> int:
        """All verdicts."""
        return self.passed + self.failed + self.not_applicable + self.unsure

    @property
    def rate(self) -> float | None:
        """PASS / (PASS + FAIL), 0 to 1; None where there is nothing to divide by."""
        return _share(self.passed, self.applicable)

    @property
    def worst(self) -> float | None:
        """The rate if every UNSURE call were a breach."""
        return _share(self.passed, self.applicable + self.unsure)

    @property
    def best(self) -> float | None:
        """The rate if no UNSURE call were a breach."""
        return _share(self.passed + self.unsure, self.applicable + self.unsure)

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval of the rate."""
        return wilson(self.passed, self.applicable)


def counts_of(values: Mapping[str, int]) -> Counts:
    """Counts from ``{verdict: how many}``; raises KeyError for a word that is no verdict."""
    known = {Value(word): count for word, count in values.items()}
    return Counts(
        known.get(Value.PASS, 0), known.get(Value.FAIL, 0), known.get(Value.NOT_APPLICABLE, 0), known.get(Value.UNSURE, 0)
    )  # fmt: skip


def wilson(passed: int, of: int) -> tuple[float, float] | None:
    """Wilson's score interval of a share, as it is printed; None without any case. Both ends lie in 0 to 1."""
    if of == 0:
        return None
    low, high = effects.wilson(passed, of)
    return round(low, DIGITS), round(high, DIGITS)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, DIGITS) if whole else None
