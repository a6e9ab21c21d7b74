"""Where a pattern was said, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

from rules.records import Evidence, Seconds


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a pattern was said.

    ``first`` and ``end`` (exclusive) are tokens of stream ``stream``, ``turn`` the index of the turn where it begins.
    ``doubts`` are reasons why it may not have been said, or not by this party; a hit without any is firm.
    ``phrase`` tells different phrases of one pattern apart.
    """

    stream: int
    first: int
    end: int
    turn: int
    evidence: Evidence
    confidence: float = 1.0
    doubts: tuple[str, ...] = ()
    phrase: int = -1

    @property
    def start(self) -> Seconds:
        return self.evidence.start

    @property
    def firm(self) -> bool:
        return not self.doubts
