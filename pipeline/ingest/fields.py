"""Values of metadata and contact logs: from text or JSON to typed, or an error that says what is expected.

Each reader takes one value and returns it typed; it raises ValueError with what it expects. What cannot be told for sure
(a time without zone and no default zone) is an error; what was assumed becomes a note beside the value.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timezone
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from pipeline.records import Direction, Seconds, Span

LONGEST_TEXT = 200
DIRECTIONS: dict[str, Direction] = {
    "inbound": "inbound", "in": "inbound", "incoming": "inbound",
    "outbound": "outbound", "out": "outbound", "outgoing": "outbound",
}  # fmt: skip
YES, NO = {"true", "yes", "y", "1"}, {"false", "no", "n", "0"}
COMPACT = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)[T _-]?(\d\d)[:.-]?(\d\d)[:.-]?(\d\d)")
NAMED_ZONE = re.compile(r"(?P<time>\S+([ T]\S+)?) +\[?(?P<zone>[A-Za-z]+(/[A-Za-z0-9_+-]+)+|UTC|GMT)\]?")
E164 = re.compile(r"\+[1-9]\d{6,14}")
TIME = 'a time with its zone, like "2026-03-01T14:05:00+01:00" (or without one where the setting zone holds)'
SPANS = 'stretches in seconds from the start, like "12.5-20; 31-40" or [[12.5, 20], [31, 40]]'


@dataclass(frozen=True, slots=True)
class Reading:
    """What values are read against: zone and region of those that carry none, and formats of foreign times."""

    zone: str | None = None
    region: str | None = None  # ISO country of telephone numbers without country code
    formats: Mapping[str, str] = field(default_factory=dict)  # column -> strptime format, or "epoch"
    notes: list[str] = field(default_factory=list)  # what was assumed while reading one row


Reader = Callable[[Any, str, Reading], Any]  # value, name, reading -> typed value; ValueError says what is expected


def text(value: Any, name: str, reading: Reading) -> str | None:
    """Text or a whole number, without space around it; None when empty."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("text")
    shown = str(value).strip()
    if len(shown) > LONGEST_TEXT or not shown.isprintable():
        raise ValueError(f"printable text of at most {LONGEST_TEXT} characters")
    return shown or None


def moment(value: Any, name: str, reading: Reading) -> datetime:
    """A time with its offset; one without zone gets the default zone and a note.

    The offset is fixed: times in a zone of rules compare as unequal to themselves in the hour that comes twice (PEP 495).
    """
    found = _naive_or_aware(value, reading.formats.get(name))
    if found.year < 1970:
        raise ValueError(TIME + ", not before 1970")
    if found.tzinfo is None:
        found = _in_zone(found, name, reading)
    offset = found.utcoffset()
    if offset is None:
        raise ValueError(TIME)
    return found.replace(tzinfo=timezone(offset), fold=0)


def direction(value: Any, name: str, reading: Reading) -> Direction:
    found = DIRECTIONS.get(value.strip().lower()) if isinstance(value, str) else None
    if found is None:
        raise ValueError("inbound or outbound")
    return found


def yes_no(value: Any, name: str, reading: Reading) -> bool:
    if isinstance(value, bool):
        return value
    shown = str(value).strip().lower()
    if shown not in YES | NO:
        raise ValueError("yes or no (true or false, 1 or 0)")
    return shown in YES


def zone(value: Any, name: str, reading: Reading) -> str:
    if not isinstance(value, str) or value.strip() not in _zones():
        raise ValueError('an IANA zone, like "America/Chicago"')
    return value.strip()


def state(value: Any, name: str, reading: Reading) -> str:
    shown = value.strip().upper() if isinstance(value, str) else ""
    if not re.fullmatch("[A-Z]{2}", shown):
        raise ValueError('a two-letter code, like "TX"')
    return shown


def number(value: Any, name: str, reading: Reading) -> str:
    """E.164; a national number where the mapping names a region."""
    shown = str(value).strip()
    plain = re.sub(r"[\s().\-/]", "", shown)
    if E164.fullmatch(plain):
        return plain
    if reading.region:
        return _national(shown, reading.region)
    raise ValueError(
        'a telephone number with its country code, like "+14155550132" (or name the region in the mapping)'
    )


def spans(value: Any, name: str, reading: Reading) -> tuple[Span, ...]:
    items = _span_items(value)
    found = tuple(sorted((Span(*_span(item)) for item in items), key=lambda span: span.start))
    return found


READERS: Mapping[str, Reader] = {
    "call_id": text, "started_at": moment, "direction": direction, "call_type": text, "queue": text, "team": text,
    "agent_id": text, "customer_id": text, "account_id": text, "debt_id": text, "person_number": number,
    "person_zone": zone, "person_state": state, "campaign": text, "consent_recording": yes_no,
    "consent_voiceprint": yes_no, "pause_events": spans, "payment_events": spans,
    "trusted_transcript": yes_no,
}  # fmt: skip
"""Every field of `pipeline.records.Metadata` but ``extra``, with its reader."""


def _naive_or_aware(value: Any, written: str | None) -> datetime:
    try:
        if written == "epoch":
            return datetime.fromtimestamp(float(value), UTC)
        if not isinstance(value, str):
            raise ValueError(TIME)
        return datetime.strptime(value.strip(), written) if written else _iso(value.strip())
    except (ValueError, OverflowError, TypeError, OSError) as error:
        raise ValueError(f'a time written as "{written}"' if written else TIME) from error


def _iso(shown: str) -> datetime:
    if named := NAMED_ZONE.fullmatch(shown):
        if named["zone"] not in _zones():
            raise ValueError(TIME)
        return _iso(named["time"]).replace(tzinfo=ZoneInfo(named["zone"]))
    if compact := COMPACT.fullmatch(shown):
        return datetime(*(int(part) for part in compact.groups()))  # type: ignore[arg-type]
    found = datetime.fromisoformat(shown)
    if len(shown) < len("2026-03-01T14:05"):
        raise ValueError(TIME)  # a date alone is no start
    return found


def _in_zone(naive: datetime, name: str, reading: Reading) -> datetime:
    if reading.zone is None:
        raise ValueError(TIME)
    found = naive.replace(tzinfo=ZoneInfo(reading.zone))
    if found.astimezone(UTC).astimezone(found.tzinfo).replace(tzinfo=None) != naive:
        raise ValueError(f"a time that exists in {reading.zone} (clocks went forward over it); give its offset")
    twice = found.utcoffset() != found.replace(fold=1).utcoffset()
    reading.notes.append(f"{name}: zone assumed {reading.zone}" + (", the first of two such times" if twice else ""))
    return found


def _national(shown: str, region: str) -> str:
    import phonenumbers  # 100 ms, and only where numbers come without their country

    try:
        parsed = phonenumbers.parse(shown, region)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        raise ValueError(f"a telephone number of {region}, or one with its country code")
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def _span_items(value: Any) -> list[Any]:
    if isinstance(value, str):
        if value.strip()[:1] in ("[", "{"):
            try:
                return _span_items(json.loads(value))
            except json.JSONDecodeError as error:
                raise ValueError(SPANS) from error
        return [part for part in re.split("[;,]", value) if part.strip()]
    if isinstance(value, dict):
        return [value]
    if isinstance(value, list):
        return value
    raise ValueError(SPANS)


def _span(item: Any) -> tuple[Seconds, Seconds]:
    if isinstance(item, str):
        ends: list[Any] = item.split("-")
    elif isinstance(item, dict):
        ends = [item.get("start"), item.get("end")]
    else:
        ends = item if isinstance(item, list) else []
    if len(ends) != 2:
        raise ValueError(SPANS)
    start, end = (_seconds(part) for part in ends)
    if not 0 <= start < end:
        raise ValueError(SPANS + ", each with its start before its end")
    return start, end


def _seconds(part: Any) -> Seconds:
    """A number, or text like 12.5, 1:05 or 1:02:03."""
    try:
        if isinstance(part, bool):
            raise TypeError
        pieces = [float(piece) for piece in part.strip().split(":")] if isinstance(part, str) else [float(part)]
    except (TypeError, ValueError) as error:
        raise ValueError(SPANS) from error
    if len(pieces) > 3 or not all(math.isfinite(piece) for piece in pieces):
        raise ValueError(SPANS)
    return sum(piece * 60**power for power, piece in enumerate(reversed(pieces)))


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
