"""Names in a query that no call of this person has: most likely mistyped, so the nearest known one is told."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import select

from pipeline.search.fields import FIELDS, MEASURE
from pipeline.search.tree import All, Any_, Between, Known, Node, Without
from webapp.desk.desk import SqlDesk
from webapp.desk.scope import team_rows
from webapp.tables import FigureCell

DAYS = 60  # days of teams whose measures are looked at, the latest ones
NAMES = {"queue": "queue", "agent": "agent", "team_name": "team"}


def hints(desk: SqlDesk, tree: Node) -> tuple[str, ...]:
    """A sentence for each queue, agent, team or measure of the query that is not known inside the person's scope."""
    asked = list(dict.fromkeys(_asked(tree)))
    if not asked:
        return ()
    every = known_names(desk)
    return tuple(
        _sentence(what, name, every[what])
        for what, name in asked
        if every[what] and name.casefold() not in {one.casefold() for one in every[what]}
    )


def known_names(desk: SqlDesk) -> Mapping[str, Sequence[str]]:
    choices = desk.choices()
    with desk.store.database.read() as session:
        teams = [row.name for row in team_rows(session, desk.scope, "calls:read")]
    return {"queue": choices["queues"], "agent": choices["agents"], "team": teams, "measure": measures(desk)}


def measures(desk: SqlDesk) -> list[str]:
    """Measures that calls of this person's teams have, by the latest days that were rolled up."""
    inside = desk.scope.rows(FigureCell, "calls:read"), FigureCell.whole
    latest = select(FigureCell.counts).where(*inside).order_by(FigureCell.day.desc()).limit(DAYS)
    with desk.store.database.read() as session:
        return sorted({name for counts in session.scalars(latest) for name in counts.get("measures", {})})


def _asked(node: Node) -> Iterator[tuple[str, str]]:
    match node:
        case All(parts) | Any_(parts):
            for part in parts:
                yield from _asked(part)
        case Without(part):
            yield from _asked(part)
        case Known(field, values, prefix=False) if field in NAMES:
            yield from ((NAMES[field], value) for value in values)
        case Between(field) if not any(field == one.column for one in FIELDS.values()) and field != "started":
            yield "measure", field


def _sentence(what: str, name: str, known: Iterable[str]) -> str:
    folded = {one.casefold(): one for one in known}
    close = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    shown = f"{MEASURE}{name}" if what == "measure" else name
    hint = f" The nearest known one is “{MEASURE if what == 'measure' else ''}{folded[close[0]]}”." if close else ""
    return f"No call of yours has the {what} “{shown}”.{hint}"
