"""Records of speech and of verdicts.

They are frozen: a step that knows more returns a new record. Times are seconds from the start of the call,
confidences and scores go from 0 to 1. Who speaks is a party ("s1"); what the party is, a role.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Seconds = float
Role = Literal["agent", "customer", "ivr", "third_party", "unknown"]
ROLES: tuple[Role, ...] = ("agent", "customer", "ivr", "third_party", "unknown")
Fact = str | int | float | bool | None

SPOKEN = "spoken"


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken word, or one typed block that stands where redaction removed words.

    ``kind`` is ``"spoken"`` or a redaction type such as ``"CARD_NUMBER"``; then ``text`` is ``"[CARD_NUMBER]"`` and
    ``facts`` hold what may be known of it: ``digits`` (how many), ``luhn`` (true or false), ``last4`` (by policy).
    ``confidence`` is None when nobody measured it.
    """

    text: str
    start: Seconds
    end: Seconds
    confidence: float | None
    party: str
    kind: str = SPOKEN
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def redacted(self) -> bool:
        return self.kind != SPOKEN


@dataclass(frozen=True, slots=True)
class Turn:
    """One party talking without a break. Words are in the order of their start.

    ``language``: the ISO 639-1 code of what it is spoken in, None where that cannot be told.
    """

    party: str
    start: Seconds
    end: Seconds
    words: tuple[Word, ...] = ()
    language: str | None = None

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Party:
    """Someone on the line. ``channel`` is the recorded side (0, 1, ...) or None in a mono recording."""

    id: str
    role: Role = "unknown"
    role_confidence: float = 0.0
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was said, when and by whom: a place a person can listen to."""

    quote: str
    start: Seconds
    end: Seconds
    party: str


class Value(StrEnum):
    """What a rule says of a call. "N/A" exists only in print."""

    PASS = "PASS"  # noqa: S105 (a verdict)
    FAIL = "FAIL"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    UNSURE = "UNSURE"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one version of one rule says of one call, with the reason and everything needed to recompute it.

    ``basis`` names what the verdict rests on (hashes of rule text, transcript, posteriors, engine version, ...).
    """

    rule: str
    version: str
    value: Value
    reason: str
    evidence: tuple[Evidence, ...] = ()
    confidence: float = 1.0
    basis: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def firm(self) -> bool:
        """True when the verdict decides something: the rule applied and the facts carried it."""
        return self.value in (Value.PASS, Value.FAIL)


@dataclass(frozen=True, slots=True)
class Signal:
    """Something worth a look that is no breach: it ranks a call and may open a case, it accuses nobody.

    ``score`` (0 to 1) is how strongly it points, ``step`` names its part in a chain of signals.
    """

    rule: str
    version: str
    score: float
    reason: str
    evidence: tuple[Evidence, ...] = ()
    confidence: float = 1.0
    step: str = ""
    basis: Mapping[str, Fact] = field(default_factory=dict)
