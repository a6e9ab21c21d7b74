"""What time it may be where a person is: by the zone or state on file, and by the number that was called.

A state with two zones gives both, a number may point elsewhere: every candidate is returned, and a rule that cannot hold in
all of them is UNSURE rather than right by luck. The states' zones are those of the IANA database, kept here as data.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

_EASTERN, _CENTRAL, _MOUNTAIN, _PACIFIC = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
)  # fmt: skip
STATES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys("CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV".split(), (_EASTERN,)),
    **dict.fromkeys("AL AR IA IL LA MN MO MS OK WI".split(), (_CENTRAL,)),
    **dict.fromkeys("CO MT NM UT WY".split(), (_MOUNTAIN,)),
    **dict.fromkeys("CA NV WA".split(), (_PACIFIC,)),
    **dict.fromkeys("FL TN KY IN MI".split(), (_EASTERN, _CENTRAL)),
    **dict.fromkeys("KS NE ND SD TX".split(), (_CENTRAL, _MOUNTAIN)),
    **dict.fromkeys("ID OR".split(), (_MOUNTAIN, _PACIFIC)),
    "AZ": ("America/Phoenix", _MOUNTAIN), "AK": ("America/Anchorage", "America/Adak"), "HI": ("Pacific/Honolulu",),
    "PR": ("America/Puerto_Rico",), "VI": ("America/St_Thomas",), "GU": ("Pacific/Guam",),
}  # fmt: skip


def local_times(metadata: Mapping[str, Any]) -> dict[str, datetime]:
    """The start of the call in every zone where the person may be, by the name of the zone; empty when nothing is known.

    The zone on file (``person_zone``, else ``person_state``) and the number's zones both count.
    """
    started = metadata.get("started_at")
    if not isinstance(started, datetime) or started.tzinfo is None:
        return {}
    return {name: started.astimezone(zone) for name in zones_of(metadata) if (zone := _zone(name)) is not None}


def zones_of(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the zones where the person may be."""
    on_file: tuple[str, ...] = ()
    if metadata.get("person_zone"):
        on_file = (str(metadata["person_zone"]),)
    elif metadata.get("person_state"):
        on_file = STATES.get(str(metadata["person_state"]).upper(), ())
    by_number = _of_number(str(metadata["person_number"])) if metadata.get("person_number") else ()
    return tuple(dict.fromkeys([*on_file, *by_number]))


@lru_cache(maxsize=1000)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError):  # an unknown or malformed name; ZoneInfoNotFoundError is a KeyError
        return None
    except KeyError:
        return None


@lru_cache(maxsize=10_000)
def _of_number(number: str) -> tuple[str, ...]:
    """Zones of an E.164 number; empty for numbers that say nothing about a place."""
    import phonenumbers  # its tables take a tenth of a second to load, and few rules need them
    from phonenumbers import timezone

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ()
    if phonenumbers.number_type(parsed) in (phonenumbers.PhoneNumberType.TOLL_FREE, phonenumbers.PhoneNumberType.VOIP):
        return ()
    zones = tuple(timezone.time_zones_for_number(parsed))
    return () if len(zones) > 4 else tuple(zone for zone in zones if zone != timezone.UNKNOWN_TIMEZONE)
