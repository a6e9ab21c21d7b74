"""A filter as plain values and back: for rows in SQL and for the manifest of a pack."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pipeline.reporting.errors import ReportError
from pipeline.reporting.period import STEPS, Period
from pipeline.reporting.records import Filter

CHOICES = ("packs", "teams", "agents", "queues", "jurisdictions")


def encode_filter(wanted: Filter) -> dict[str, Any]:
    period = wanted.period
    return {
        "first": period.first.isoformat(), "last": period.last.isoformat(), "zone": period.zone,
        **{name: list(getattr(wanted, name)) for name in CHOICES},
        "trend": wanted.trend, "unchecked": wanted.unchecked,
    }  # fmt: skip


def decode_filter(known: Mapping[str, Any]) -> Filter:
    """Raises ReportError for what is no filter."""
    try:
        period = Period(date.fromisoformat(known["first"]), date.fromisoformat(known["last"]), str(known["zone"]))
        chosen = {name: tuple(str(item) for item in known[name]) for name in CHOICES}
        trend = next(step for step in STEPS if step == known["trend"])
        return Filter(period, **chosen, trend=trend, unchecked=bool(known["unchecked"]))
    except (KeyError, TypeError, ValueError, StopIteration) as error:
        if isinstance(error, ReportError):
            raise
        raise ReportError(f"This is no filter of a report: {error!r}.") from error
