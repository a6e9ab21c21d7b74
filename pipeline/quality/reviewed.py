"""What people decided about calls, as far as ranking and rates need it: one record a call, and no word about whose it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The last submitted review of one call. ``flagged``: the reviewer found something that needs somebody to act."""

    call_id: str
    flagged: bool
    at: datetime


class Reviews(Protocol):
    """Where submitted reviews are kept."""

    def __call__(self) -> Iterable[Reviewed]:
        """The last submitted review of each call that has one, in any order."""
        ...
