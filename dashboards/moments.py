"""Moments in words that, in a page, also tell the call centre's own clock.

A time of a call is shown in the viewer's zone. Where that is not the zone the call centre keeps, what happened "at nine"
there stands elsewhere on the viewer's clock: the page carries both, the second one for screen readers at once and for
everybody else under the mouse or the focus (scripts/times.js).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast
from zoneinfo import ZoneInfo

from flask import current_app, has_app_context
from markupsafe import Markup

HOUSE_ZONE = "callsift.house_zone"  # where the zone of the call centre lies among the extensions of the application


class Moment(str):
    """``20 Nov 2026, 14:05``: a text like any other, and a ``<time>`` where a template shows it. Not for attributes."""

    at: datetime
    zone: str

    def __new__(cls, text: str, at: datetime, zone: str) -> Moment:
        moment = super().__new__(cls, text)
        moment.at, moment.zone = at, zone
        return moment

    def __html__(self) -> Markup:
        stamp = self.at.astimezone(UTC).isoformat(timespec="seconds")
        if not (there := house_clock(self.at, self.zone)):
            return Markup('<time datetime="{}">{}</time>').format(stamp, str(self))
        hidden = Markup('<span class="visually-hidden"> ({})</span>').format(there)
        return Markup('<time datetime="{}" data-there="{}">{}{}</time>').format(stamp, there, str(self), hidden)


def house_clock(at: datetime | None, zone: str) -> str:
    """``13:05 at the call centre (Europe/London, GMT)``; empty where the clocks of ``zone`` and the call centre agree.

    With the day before the hour where the call centre has another day.
    """
    house = house_zone()
    if at is None or not house:
        return ""
    here, there = at.astimezone(ZoneInfo(zone)), at.astimezone(ZoneInfo(house))
    if here.utcoffset() == there.utcoffset():
        return ""
    day = "" if here.date() == there.date() else f"{there.day} {there:%b}, "
    short = there.tzname() or ""
    named = f", {short}" if short and not short.startswith(("+", "-")) and short != house else ""
    return f"{day}{there:%H:%M} at the call centre ({house.replace('_', ' ')}{named})"


def house_zone() -> str:
    """The IANA zone the call centre keeps; empty outside of the application."""
    return cast(str, current_app.extensions.get(HOUSE_ZONE, "")) if has_app_context() else ""
