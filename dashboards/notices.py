"""What people are told, in words: the inbox behind the bell, how each person wants to be told, searches they hear of.

A notice is a sentence and where it leads. What stands in a mail is less: a call's id and a rule, never a name that people
chose for a search or a session.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Protocol, cast

from flask import current_app

NOTICES = "callsift.notices"  # where the way to a person's notices lies among the extensions of the application
HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)")
ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\"]+")

KINDS: Mapping[str, str] = {
    "assigned": "A call is given to me to review",
    "wanted": "Somebody asks for a call that I have",
    "calibration": "A calibration session waits for me, or was closed",
    "disputed": "An agent disputes an answer that I may decide about",
    "decided": "A dispute of mine, or about my review, was decided",
    "coached": "Somebody wrote me a coaching note",
    "fatal": "A review in my team fails by one answer",
    "found": "New calls fit a search that I watch",
    "ready": "A report that I asked for is ready",
    "parked": "A call could not be processed",
}

NEEDS: Mapping[str, tuple[str, ...]] = {  # permissions, one of which somebody holds who can be told of a kind
    "assigned": ("reviews:write",), "wanted": ("queues:work",), "calibration": ("reviews:write",),
    "disputed": ("disputes:decide",), "decided": ("own:reviews", "reviews:write"), "coached": ("own:reviews",),
    "fatal": ("reviews:assign",), "found": ("calls:read",), "ready": ("reports:export",), "parked": ("operations:read",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What a sentence is made of. ``call`` is the call's id for people, ``name`` what people called a search or session."""

    kind: str
    count: int = 1
    call: str = ""
    rule: str = ""
    who: str = ""
    name: str = ""
    question: str = ""  # the rule in words, where it has some


@dataclass(frozen=True, slots=True)
class Notice:
    """One entry of the inbox."""

    id: str
    kind: str
    at: datetime
    says: str
    href: str
    read: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """How one person wants to be told. Hours are those of the person's zone; ``quiet`` is "22:00-07:00" or ""."""

    address: str = ""
    digest: bool = True
    at_once: bool = True
    digest_hour: int = 8
    quiet: str = ""
    muted: tuple[str, ...] = ()

    def is_quiet(self, clock: time) -> bool:
        """Whether no mail may go out at this time of the day; the end belongs to the day."""
        hours = quiet_hours(self.quiet)
        if hours is None:
            return False
        begin, end = hours
        return begin <= clock < end if begin <= end else clock >= begin or clock < end


@dataclass(frozen=True, slots=True)
class Watch:
    """A kept search this person may use; ``how`` they hear of it: "" (not), inbox, mail."""

    id: str
    name: str
    shared: str
    how: str


class NoticeDesk(Protocol):
    """Notices of one signed-in person; what they may no longer see is not there."""

    def unread(self) -> int: ...

    def notices(self) -> Sequence[Notice]:
        """The latest, newest first."""
        ...

    def open(self, notice_id: str) -> str | None:
        """Note that it was read; where it leads, None where there is none of that id."""
        ...

    def read_all(self) -> int: ...

    def wish(self) -> Wish: ...

    def mail_address(self) -> str:
        """Where mails to this person go; "" while nobody told."""
        ...

    def keep(self, wish: Wish) -> str:
        """Keep how to be told: "" when it was done, else a sentence that says why not."""
        ...

    def watches(self) -> Sequence[Watch]: ...

    def watch(self, search_id: str, how: str) -> bool: ...


def notices() -> NoticeDesk:
    """The notices of whoever is signed in."""
    return cast(Callable[[], NoticeDesk], current_app.extensions[NOTICES])()


def unread() -> int:
    """How many the bell shows; none where nothing offers notices."""
    return notices().unread() if NOTICES in current_app.extensions else 0


def quiet_hours(text: str) -> tuple[time, time] | None:
    """Begin and end of quiet hours; None for none. Raises ValueError for what are no hours."""
    if not text.strip():
        return None
    found = HOURS.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} are no hours; write them as 22:00-07:00.")
    begin_hour, begin_minute, end_hour, end_minute = map(int, found.groups())
    return time(begin_hour, begin_minute), time(end_hour, end_minute)


def wrong(wish: Wish) -> str:
    """What cannot be used of a wish, in a sentence; "" where all is well."""
    if wish.address and not ADDRESS.fullmatch(wish.address):
        return f"{wish.address} is no mail address."
    if not 0 <= wish.digest_hour <= 23:
        return "The hour of the daily mail goes from 0 to 23."
    try:
        quiet_hours(wish.quiet)
    except ValueError as error:
        return str(error)
    return ""


def sentence(told: Told) -> str:
    """A notice as the inbox shows it."""
    return _SAYS[told.kind](told)


def plainly(told: Told) -> str:
    """The same for a mail: no name of a person, a search or a session, nothing but a call's id and a rule."""
    return _SAYS[told.kind](Told(told.kind, told.count, told.call, told.rule, question=told.rule))


def _call(told: Told) -> str:
    return f"call {told.call}" if told.call else "a call"


def _assigned(told: Told) -> str:
    who = told.who or "Somebody"
    return f"{who} asked you to review {_call(told) if told.count == 1 else f'{told.count} calls'}."


def _calibration(told: Told) -> str:
    named = f"The calibration session {told.name}" if told.name else "A calibration session"
    return f"{named} is closed: see where you differ." if told.rule == "closed" else f"{named} waits for you."


def _disputed(told: Told) -> str:
    about = f" about “{told.question}”" if told.question else ""
    return f"{_many(told, 'An answer', 'answers')} in the review of {_call(told)} {'is' if told.count == 1 else 'are'} disputed{about}."


def _decided(told: Told) -> str:
    end = {"upheld": "was upheld: the answer is changed", "rejected": "was rejected: the answer stays"}
    return f"A dispute about {_call(told)} {end.get(told.rule, 'was decided')}."


def _coached(told: Told) -> str:
    return f"{told.who or 'Somebody'} wrote you a coaching note on {_call(told)}."


def _wanted(told: Told) -> str:
    return f"{told.who or 'Somebody'} asks for {_call(told)}, which you have: submit it, or give it back."


def _fatal(told: Told) -> str:
    by = f" by “{told.question or told.rule}”"
    if told.count == 1:
        return f"A review of {_call(told)} fails{by}."
    return f"{told.count} reviews fail{by}, the latest of {_call(told)}."


def _found(told: Told) -> str:
    named = f"your search {told.name}" if told.name else "a search that you watch"
    return f"{_many(told, 'A new call', 'new calls')} {'fits' if told.count == 1 else 'fit'} {named}."


def _ready(told: Told) -> str:
    return "A report you asked for could not be made." if told.rule == "failed" else "A report you asked for is ready."


def _parked(told: Told) -> str:
    why = f" ({told.rule.replace('_', ' ')})" if told.rule else ""
    if told.count == 1:
        return f"{_call(told).capitalize()} could not be processed{why}."
    return f"{told.count} calls could not be processed{why}."


def _many(told: Told, one: str, many: str) -> str:
    return one if told.count == 1 else f"{told.count} {many}"


_SAYS: Mapping[str, Callable[[Told], str]] = {
    "assigned": _assigned, "calibration": _calibration, "disputed": _disputed, "decided": _decided, "coached": _coached,
    "wanted": _wanted, "fatal": _fatal, "found": _found, "ready": _ready, "parked": _parked,
}  # fmt: skip
