"""Reading versions: which one was valid at a moment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute


def valid_at(
    since: InstrumentedAttribute[datetime], until: InstrumentedAttribute[datetime | None], as_of: datetime | None
) -> list[ColumnElement[bool]]:
    """The condition that a version (valid from ``since``, closed at ``until``) was the valid one; None asks for now."""
    if as_of is None:
        return [until.is_(None)]
    return [since <= as_of, or_(until.is_(None), until > as_of)]
