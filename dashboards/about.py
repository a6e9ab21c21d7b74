"""The pages about pages: what a page is for, what its figures mean, its keys. They ship with the program, so they are of its version.

A page about the page at ``/overview/topics`` is the file ``templates/about/overview-topics.html``; where there is none, the one
about ``/overview`` answers. A new one is one new file, and a title here where the menu has none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby
from pathlib import Path

from dashboards.frame import Entry
from dashboards.here import SIGNED_IN
from dashboards.preferences import DEEDS, Deed

FOLDER = Path(__file__).parent / "templates" / "about"
SAME = {
    "queues": "queue",
    "figures": "overview",
}  # plans and rates are told with the queue, calls behind a figure with it
KEYS_OF = {"queue": "queue", "calls": "call", "reviews": "review"}  # which deeds of a person's keys a page has


@dataclass(frozen=True, slots=True)
class About:
    """A page about a page: the name of its file, how the page is called and where it is ("" for one that needs an id)."""

    name: str
    title: str
    path: str
    needs: str


OTHERS = (
    About("calls", "Call page", "", "calls:read"),
    About("notices", "Notices", "/notices", SIGNED_IN),
    About("preferences", "Preferences", "/preferences", SIGNED_IN),
    About("assignments", "Assign", "/assignments", "reviews:assign"),
    About("calibration", "Calibration", "/calibration", "reviews:read"),
    About("reviews-agreement", "Agreement", "/reviews/agreement", "reviews:read"),
    About("disputes", "Disputes", "/disputes", "reviews:read"),
    About("coaching", "Coaching", "/coaching", "reviews:read"),
    About("scorecards", "Scorecards", "/scorecards", "reviews:read"),
)


def all_about(entries: Iterable[Entry]) -> tuple[About, ...]:
    """Each page that has one: those of the menu and of the overview in their order, then the others."""
    listed = [About(entry.path.strip("/").replace("/", "-"), entry.name, entry.path, entry.needs) for entry in entries]
    return tuple(one for one in (*listed, *OTHERS) if one.name in written())


def about_of(path: str) -> str:
    """The name of the page about the page at ``path``; empty where nothing is written about it."""
    parts = path.strip("/").split("/")
    if parts[0] == "about":
        return ""
    names = ("-".join(parts[:n]) for n in range(len(parts), 0, -1))
    return next((found for name in names if (found := SAME.get(name, name)) in written()), "")


def keys_of(name: str) -> list[tuple[str, list[Deed]]]:
    """The keys that the page has, by the heading they stand under in its own list; what a person changed is the page's to show."""
    mine = [deed for deed in DEEDS if KEYS_OF.get(name) in deed.pages]
    return [(group, list(deeds)) for group, deeds in groupby(mine, key=lambda deed: deed.group)]


@cache
def written() -> frozenset[str]:
    """Names of the files there are."""
    return frozenset(file.stem for file in FOLDER.glob("*.html"))


@cache
def program_version() -> str:
    try:
        return version("callsift")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "not installed"
