"""What reviewers decided about verdicts, as of a moment.

There are no reviews in the database yet, so nobody has decided anything and every breach is printed as "not reviewed".
Reviews will be read here, and only here: the formats and the rows need no change then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session


class Decisions(Protocol):
    """Reads decisions of one organisation."""

    def __call__(
        self, session: Session, org: int, calls: Sequence[int], as_of: datetime, /
    ) -> Mapping[tuple[int, str], str]:
        """``{(key of the call, rule): decision in words}`` of those ``calls`` that somebody decided on until ``as_of``."""
        ...


def no_reviews(_session: Session, _org: int, _calls: Sequence[int], _as_of: datetime) -> Mapping[tuple[int, str], str]:
    return {}
