"""The clock and the zone: claims, schedules and call windows stand on them."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from importlib.metadata import version
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from webapp.checking import Check
from webapp.settings import Settings

BUILT = datetime(2026, 11, 1, tzinfo=UTC)


def check(settings: Settings) -> list[Check]:
    now = datetime.now(UTC)
    if now < BUILT:
        return [
            Check(
                "clock", "FAIL", f"it says {now:%Y-%m-%d %H:%M} UTC, before this version existed", "set the clock (NTP)"
            )
        ]
    try:
        local = now.astimezone(ZoneInfo(settings.zone))
    except (ZoneInfoNotFoundError, ValueError):
        return [
            Check(
                "clock",
                "FAIL",
                f'there is no zone "{settings.zone}"',
                "set CALLSIFT_ZONE to an IANA name such as Europe/London",
            )
        ]
    synced = os.path.exists("/run/systemd/timesync/synchronized") or os.path.exists("/var/lib/chrony/drift")
    seen = f"{local:%Y-%m-%d %H:%M %Z} in {settings.zone}, zone data {version('tzdata')}"
    if synced:
        return [Check("clock", "OK", seen)]
    return [Check("clock", "WARN", f"{seen}; no sign of time synchronisation", "run chrony or systemd-timesyncd")]
