"""What reviewers decided about verdicts, as of a moment.

A breach nobody has decided on is printed as "not reviewed".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from webapp.store.reviews import decisions


class Decisions(Protocol):
    """Reads decisions of one organisation."""

    def __call__(
        self, session: Session, org: int, calls: Sequence[int], as_of: datetime, /
    ) -> Mapping[tuple[int, str], str]:
        """``{(key of the call, rule): decision in words}`` of those ``calls`` that somebody decided on until ``as_of``."""
        ...


reviewed: Decisions = decisions
