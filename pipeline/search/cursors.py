"""Where a page ended, as text that can stand in an address: the sorting, the value it was sorted by, and a call id."""

from __future__ import annotations

import base64
import binascii
import json

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


def as_cursor(sort: Sort, value: float, call_id: str) -> str:
    text = json.dumps([sort.by, sort.descending, value, call_id], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(sort: Sort, cursor: str) -> tuple[float, str]:
    """Value and call id; raises QueryError where the place cannot be read or belongs to another sorting."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        by, descending, value, call_id = json.loads(base64.urlsafe_b64decode(padded.encode()))
        place = float(value), str(call_id)
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        raise QueryError("This place in the results cannot be read. Start from the first page", 0) from error
    if (by, descending) != (sort.by, sort.descending):
        raise QueryError("This place belongs to another sorting. Start from the first page", 0)
    return place
