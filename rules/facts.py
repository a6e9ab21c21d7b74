"""What the engine is told of a call, and what it may ask of the past.

The pipeline turns its own records into these; the engine knows nothing else, so that a verdict can be computed again from
what is kept. Times are seconds from the start of the call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from rules.records import Evidence, Fact, Party, Seconds, Turn


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a call."""

    start: Seconds
    end: Seconds


@dataclass(frozen=True, slots=True)
class Found:
    """Something an analyzer found at a time ("dead_air", "talk_over"); ``score`` runs from 0 to 1."""

    kind: str
    start: Seconds
    end: Seconds
    score: float = 0.0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Poor:
    """Part of one channel that was recorded too badly to tell what was said: ``kind`` is noisy, clipped or lost."""

    kind: str
    start: Seconds
    end: Seconds
    channel: int


@dataclass(frozen=True, slots=True)
class CallFacts:
    """One call, redacted.

    ``metadata`` holds what the recorder knew (names as in pipeline.records.Metadata; ``started_at`` an aware datetime,
    ``pause_events`` and ``payment_events`` sequences of Stretch); a missing key is a missing fact. ``marks`` are doubts
    about the whole call ("asr_unsure", "foreign_language"). ``trusted`` is set when people made or checked the words.
    ``basis`` carries the hashes of transcript, posteriors, audio and models, as far as they are known. ``poor`` is where
    the sound, not the words, forbids a verdict.
    """

    id: str = ""
    turns: tuple[Turn, ...] = ()
    parties: tuple[Party, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    duration: Seconds = 0.0
    marks: tuple[str, ...] = ()
    trusted: bool = False
    found: tuple[Found, ...] = ()
    basis: Mapping[str, Fact] = field(default_factory=dict)
    poor: tuple[Poor, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """One attempt to reach a person: a row of the contact log."""

    person: str
    started_at: datetime
    direction: str
    debt: str | None = None
    account: str | None = None
    number: str | None = None
    outcome: str | None = None
    recording: str | None = None


class Heard(Protocol):
    """Was it said, judged by sound."""

    def find(self, phrases: Sequence[str], span: Stretch, party: str | None = None) -> tuple[float, Evidence | None]:
        """Best score in ``span`` over ``phrases`` (0 to 1) and the closest clip."""
        ...


class Meaning(Protocol):
    """How alike texts are in meaning: cosine similarity, one row for each of ``texts``, one column for each other."""

    def similar(self, texts: Sequence[str], others: Sequence[str]) -> Any: ...


class History(Protocol):
    """Other contacts and calls. Every list is in order of time; ``until`` is exclusive."""

    @property
    def complete(self) -> bool:
        """Whether a contact log covers the time asked for; otherwise counts are lower bounds."""
        ...

    @property
    def digest(self) -> str:
        """A hash of what the history answered (or could answer), for the basis of a verdict."""
        ...

    def contacts(
        self, key: str, value: str, *, since: datetime, until: datetime, as_of: datetime | None = None
    ) -> Sequence[ContactFacts]:
        """Contacts whose ``key`` (person, debt, account or number) is ``value``."""
        ...

    def calls(
        self, key: str, value: str, *, since: datetime, until: datetime, as_of: datetime | None = None
    ) -> Sequence[CallFacts]:
        """Recorded calls whose ``key`` (person, debt, account or number) is ``value``."""
        ...
