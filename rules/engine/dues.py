"""By when a promise is due: "within the hour", "tomorrow at ten", "before friday".

The words around the promise are read; what is not understood falls back to the rule's default. Days end at midnight where
the person is.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from rules.engine.hits import Hit
from rules.engine.view import CallView
from rules.engine.zones import local_times
from rules.spoken import cardinal

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNITS = {"minute": 1 / 60, "minutes": 1 / 60, "hour": 1.0, "hours": 1.0, "day": 24.0, "days": 24.0, "week": 168.0,
         "weeks": 168.0}  # fmt: skip
AROUND = 12  # tokens after the promise that are read


def due_after(promise: Hit, view: CallView, began: datetime, default: timedelta) -> datetime:
    """The latest moment at which the promise is kept, in the zone of the person."""
    stream = view.streams[promise.stream]
    words = [place.text for place in stream.places[promise.first : promise.end + AROUND] if place.text]
    times = local_times({**view.call.metadata, "started_at": began})
    local = next(iter(times.values()), began)
    return _stated(words, local) or local + default


def _stated(words: list[str], local: datetime) -> datetime | None:
    for at, word in enumerate(words):
        if word == "tomorrow":
            return _end_of_day(local + timedelta(days=1))
        if word in ("today", "tonight") or words[at : at + 2] in (["this", "afternoon"], ["this", "evening"]):
            return _end_of_day(local)
        if word in WEEKDAYS:
            days = (WEEKDAYS.index(word) - local.weekday() - 1) % 7 + 1
            before = at > 0 and words[at - 1] == "before"
            return _end_of_day(local + timedelta(days=days - before))
        if word in UNITS and at > 0:
            count = cardinal([words[at - 1]])
            if count is not None or words[at - 1] in ("within", "in", "next", "half"):
                return local + timedelta(hours=UNITS[word] * (count or 1))
    return None


def _end_of_day(moment: datetime) -> datetime:
    """The last second of the local day; wall-clock arithmetic, so a day of 23 or 25 hours ends when its clock says."""
    return datetime.combine(moment.date(), time(23, 59, 59), tzinfo=moment.tzinfo)
