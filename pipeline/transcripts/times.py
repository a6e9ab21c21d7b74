"""Times as transcripts write them, in seconds: numbers, "1.25", "00:01:02,500", "PT1M2.5S", "1.300s", ticks.

Everything returns None for what is no time, so that the caller can name the place.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import Any

from pipeline.records import Seconds

LATEST: Seconds = 7 * 86400.0  # no call is longer; what is beyond is another unit, or nonsense
EARLIEST: Seconds = -1.0  # aligners put the first word a little before the sound
TICK: Seconds = 1e-7  # of Microsoft's services
PLAIN = re.compile(r"[+-]?(\d{1,15}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,3})?")
CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2})(?:[.,](\d{1,9}))?")
ISO = re.compile(r"P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:[.,]\d{1,12})?)S)?)?")
GOOGLE = re.compile(r"(-?\d{1,9}(?:\.\d{1,12})?)s")


def number(value: Any) -> float | None:
    """A finite number, also written as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return float(value) if PLAIN.fullmatch(value.strip()) else None
    if not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:  # a whole number of hundreds of digits
        return None
    return found if math.isfinite(found) else None


def seconds(value: Any, scale: float = 1.0) -> Seconds | None:
    """A number in units of ``scale`` seconds, or text that carries its own unit; {seconds, nanos} of protocol buffers."""
    plain = number(value)
    if plain is not None:
        return plain if scale == 1.0 else round(plain * scale, 7)
    if isinstance(value, str):
        return _written(value.strip())
    if isinstance(value, dict) and value.keys() <= {"seconds", "nanos"}:
        whole, nanos = number(value.get("seconds") or 0), number(value.get("nanos") or 0)
        return None if whole is None or nanos is None else round(whole + nanos * 1e-9, 9)
    return None


def clock(text: str) -> Seconds | None:
    """``01:02:03.500`` or ``02:03,500``."""
    found = CLOCK.fullmatch(text)
    if found is None:
        return None
    hours, minutes, whole, rest = found.groups()
    return round(int(hours or 0) * 3600 + int(minutes) * 60 + int(whole) + float(f"0.{rest or 0}"), 9)


def possible(found: Seconds) -> bool:
    return EARLIEST <= found <= LATEST


def moment(value: Any) -> datetime | None:
    """A moment with its zone: ISO 8601, or milliseconds since 1970. None where the zone is missing or it is none."""
    if isinstance(value, str) and 8 <= len(value) <= 40:
        try:
            found = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
        return found if found.tzinfo is not None and 1970 <= found.year < 9000 else None
    plain = number(value)
    if plain is None or not 1e11 < plain < 2e14:
        return None
    return datetime.fromtimestamp(plain / 1000, UTC)


def _written(text: str) -> Seconds | None:
    if found := GOOGLE.fullmatch(text):
        return float(found[1])
    if text.startswith("P") and len(text) > 2 and (found := ISO.fullmatch(text)):
        days, hours, minutes, rest = (float((part or "0").replace(",", ".")) for part in found.groups())
        return round(days * 86400 + hours * 3600 + minutes * 60 + rest, 9)
    return clock(text)
