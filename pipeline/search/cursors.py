"""Where a page ended, as text that can stand in an address: the sorting, the value it was sorted by, a call id, and how many
calls there are, so that nobody has to count them again."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from pipeline.search.errors import QueryError
from pipeline.search.fields import MEASURE, SORTS
from pipeline.search.records import Sort

LEAST, MOST = -1e300, 1e300  # of calls that have no such measure: behind all others, either way round


def missing(sort: Sort) -> float:
    """What stands for a measure that a call does not have."""
    return LEAST if sort.descending else MOST


def checked(sort: Sort) -> Sort:
    """``sort`` itself; raises QueryError for one that does not exist."""
    if sort.by not in SORTS and not (sort.by.startswith(MEASURE) and len(sort.by) > len(MEASURE)):
        raise QueryError(f'Calls cannot be sorted by "{sort.by}". Choose one of {", ".join(SORTS)}', 0)
    return sort


@dataclass(frozen=True, slots=True)
class Counted:
    """How many calls match; ``many``: there are more than ``total``."""

    total: int
    many: bool = False

    @classmethod
    def to(cls, most: int, found: int) -> Counted:
        """Counted to ``most``; where there are more, one more was ``found``."""
        return cls(min(found, most), found > most)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a page begins: behind the call with this id and the value it was sorted by."""

    value: float
    call_id: str
    counted: Counted | None = None


def as_cursor(sort: Sort, value: float, call_id: str, counted: Counted | None = None) -> str:
    said = [] if counted is None else [counted.total, counted.many]
    text = json.dumps([sort.by, sort.descending, value, call_id, *said], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(sort: Sort, cursor: str) -> Spot:
    """Raises QueryError where the place cannot be read or belongs to another sorting."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        by, descending, value, call_id, *said = json.loads(base64.urlsafe_b64decode(padded.encode()))
        counted = Counted(max(0, int(said[0])), bool(said[1])) if said else None
        spot = Spot(float(value), str(call_id), counted)
    except (ValueError, TypeError, IndexError, OverflowError, RecursionError, binascii.Error) as error:
        raise QueryError("This place in the results cannot be read. Start from the first page", 0) from error
    if (by, descending) != (sort.by, sort.descending):
        raise QueryError("This place belongs to another sorting. Start from the first page", 0)
    return spot
