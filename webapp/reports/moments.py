"""The moment whose state a report shows."""

from __future__ import annotations

from datetime import datetime

from pipeline.reporting.errors import ReportError
from webapp.reports.making import SETTLING, settled


def moment_of(text: str, now: datetime) -> datetime:
    """``text`` as a moment that is settled by ``now``; the latest such moment for "". Raises ReportError."""
    if not text:
        return settled(now)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ReportError(f'"{text}" is no moment; write it as in 2026-04-02T09:00:00+00:00.') from error
    if moment.tzinfo is None:
        raise ReportError(f'"{text}" has no zone; write it as in 2026-04-02T09:00:00+00:00.')
    if moment > settled(now):
        raise ReportError(
            f"What was known at {text} is not settled yet: take a moment at least {SETTLING.total_seconds():.0f} s ago."
        )
    return moment
