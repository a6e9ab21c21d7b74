"""What a case is made of, and a case. All frozen; scores and risks from 0 to 1, times of a call in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.records import Seconds

PACK = "fraud"  # whose signals make cases


@dataclass(frozen=True, slots=True)
class Sign:
    """One signal of a call: its rule, its step in the story, how strongly it points, where to listen and why."""

    rule: str
    step: str
    score: float
    start: Seconds
    end: Seconds
    why: str
    title: str = ""
    quote: str = ""  # what was said, redacted


@dataclass(frozen=True, slots=True)
class Voice:
    """The voice of somebody who is not the agent: an L2-normed vector of the encoder called ``model``."""

    party: str
    model: str
    vector: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SignedCall:
    """A call with at least one sign. ``score`` is its own case score, in which what speaks against a case is counted.

    ``voices`` are given only where the setting and the consent of the caller allow it.
    """

    id: str
    at: datetime
    score: float
    signs: tuple[Sign, ...]
    customer: str | None = None
    account: str | None = None
    number: str | None = None
    voices: tuple[Voice, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """Why calls belong together: ``kind`` is customer, account, number or voice. ``closeness`` is that of voices."""

    kind: str
    calls: tuple[str, ...]
    closeness: float = 1.0


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of the timeline: a sign in a call, and when it was said."""

    call: str
    at: datetime
    sign: Sign


@dataclass(frozen=True, slots=True)
class Case:
    """Calls that tell one story. ``id`` is the earliest call's; ``calls`` are in the order of time.

    ``reasons`` are sentences, the most telling first, without names or quotes: they may stand in a mail. Quotes are in
    the timeline.
    """

    id: str
    calls: tuple[str, ...]
    risk: float
    passes: bool
    reasons: tuple[str, ...]
    timeline: tuple[Moment, ...]
    links: tuple[Link, ...]
    rules: tuple[str, ...]  # strongest first
    first: datetime
    last: datetime
