"""What a kind of rule answers for one call, before it becomes a verdict or a signal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rules.engine.hits import Hit
from rules.records import Evidence, Value

MOST_EVIDENCE = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """``value`` is None for a signal; then ``score`` says how strong it is, 0 when nothing was found."""

    value: Value | None
    reason: str
    evidence: tuple[Evidence, ...] = ()
    confidence: float = 1.0
    score: float = 0.0


def passed(reason: str, hits: Iterable[Hit] = (), *, confidence: float | None = None) -> Outcome:
    return _outcome(Value.PASS, reason, hits, confidence)


def failed(reason: str, hits: Iterable[Hit] = (), *, confidence: float | None = None) -> Outcome:
    return _outcome(Value.FAIL, reason, hits, confidence)


def unsure(reason: str, hits: Iterable[Hit] = ()) -> Outcome:
    """UNSURE; the doubts of the hits are part of the reason."""
    hits = tuple(hits)
    doubts = list(dict.fromkeys(doubt for hit in hits for doubt in hit.doubts))
    return _outcome(Value.UNSURE, f"{reason}: {'; '.join(doubts)}" if doubts else reason, hits, None)


@lru_cache(maxsize=1000)  # most rules of most calls answer in the same few words
def not_applicable(reason: str) -> Outcome:
    return Outcome(Value.NOT_APPLICABLE, reason)


def given(score: float, reason: str, hits: Iterable[Hit] = (), evidence: tuple[Evidence, ...] = ()) -> Outcome:
    """A signal that was found."""
    hits = tuple(hits)
    confidence = min((hit.confidence for hit in hits), default=1.0)
    return Outcome(None, reason, evidence or evidence_of(hits), confidence, score)


@lru_cache(maxsize=1000)
def silent(reason: str = "nothing of the kind was heard") -> Outcome:
    """A signal that was not found."""
    return Outcome(None, reason)


def evidence_of(hits: Iterable[Hit]) -> tuple[Evidence, ...]:
    return tuple(hit.evidence for hit in hits)[:MOST_EVIDENCE]


@lru_cache(maxsize=1000)
def _bare(value: Value, reason: str) -> Outcome:
    return Outcome(value, reason)


def _outcome(value: Value, reason: str, hits: Iterable[Hit], confidence: float | None) -> Outcome:
    hits = tuple(hits)
    if not hits and confidence is None:
        return _bare(value, reason)
    if confidence is None:
        confidence = min((hit.confidence for hit in hits[:MOST_EVIDENCE]), default=1.0)
    return Outcome(value, reason, evidence_of(hits), round(confidence, 4))
