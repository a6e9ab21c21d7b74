"""What stands around every page: the menu of places this person may go to, who they are, and the zone of all times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from dashboards.desk import Desk, Viewer
from dashboards.wording import zone_name

MOST_COUNTED = 99  # on the bell


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the menu. ``needs`` is the permission without which it is not shown; ``menu`` False: reached from another."""

    path: str
    name: str
    needs: str
    order: int
    menu: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """A menu entry as it is shown; ``here`` when it is the page on screen."""

    path: str
    name: str
    here: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything base.html asks for."""

    viewer: Viewer
    menu: tuple[Place, ...]
    zone: str
    unread: int = 0  # notices
    about: str = ""  # the name of the page about this one

    @property
    def bell(self) -> str:
        """The number on the bell."""
        return f"{self.unread}" if self.unread <= MOST_COUNTED else f"{MOST_COUNTED}+"

    @property
    def initials(self) -> str:
        parts = self.viewer.name.replace(".", " ").replace("@", " ").split()
        return "".join(part[0] for part in parts[:2]).upper() or "?"


# Pages that belong to a place of the menu, though their address does not begin with its.
OF_REVIEWS = ("/assignments", "/calibration", "/coaching", "/disputes", "/scorecards")
HOMES = {"/queues": "/queue", "/figures": "/overview", **dict.fromkeys(OF_REVIEWS, "/reviews")}


def frame(desk: Desk, entries: Iterable[Entry], path: str, unread: int = 0, about: str = "") -> Frame:
    """The frame of the page at ``path`` for the person whose desk this is."""
    viewer = desk.viewer()
    first = f"/{path.strip('/').partition('/')[0]}"
    path = HOMES.get(first, path)
    menu = tuple(
        Place(entry.path, entry.name, here=path == entry.path or path.startswith(f"{entry.path}/"))
        for entry in sorted(entries, key=lambda one: (one.order, one.name))
        if entry.menu and desk.may(entry.needs)
    )
    return Frame(viewer, menu, zone_name(viewer.zone, datetime.now(UTC)), unread, about)
