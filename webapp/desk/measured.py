"""Kept reports of evaluations for one person: an example of a stored call is shown to those alone who may see that call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from dashboards.measured import Example, Figure, Report
from pipeline.measuring.examples import AT, CALL
from pipeline.measuring.keeping import SHA256, Kept, read_kept
from webapp.desk.desk import SqlDesk
from webapp.settings import Settings
from webapp.tables import Call, Ranked

FOLDER = "measured"  # of the data folder; `callsift eval --keep` writes into it
ASKED = 500  # fingerprints in one query


@dataclass(frozen=True, slots=True)
class Known:
    """How many calls are stored under each fingerprint or name, and those this person may see, as (public id, name)."""

    stored: Mapping[str, int]
    seen: Mapping[str, Sequence[tuple[str, str]]]

    def shows(self, key: str, *, by_name: bool) -> bool:
        """What may be of a call that this person does not see does not exist for them: of a name they must see all calls."""
        stored, seen = self.stored.get(key, 0), len(self.seen.get(key, ()))
        return seen == stored if by_name else bool(seen) or not stored

    def call(self, key: str, *, by_name: bool) -> tuple[str, str]:
        """Two calls of one name are told by none: which of them it is nobody knows."""
        seen = self.seen.get(key, ())
        return ("", "") if not seen or (by_name and len(seen) > 1) else min(seen)


@dataclass(frozen=True)
class SqlMeasuredDesk:
    """See `MeasuredDesk`."""

    desk: SqlDesk
    settings: Settings

    def reports(self) -> Sequence[Report]:
        kept = read_kept(self.settings.path(FOLDER))
        items = [item for one in kept for item in one.examples]
        sounds = self._known(Call.sha256, {str(item[SHA256]) for item in items if SHA256 in item})
        names = self._known(Ranked.name, {_name(item) for item in items if _name(item)})
        known = Known({**names.stored, **sounds.stored}, {**names.seen, **sounds.seen})
        return [_report(one, known) for one in kept]

    def _known(self, column: InstrumentedAttribute[str], wanted: set[str]) -> Known:
        stored: Counter[str] = Counter()
        seen: dict[str, list[tuple[str, str]]] = {}
        asked = sorted(wanted)
        with self.desk.store.database.read() as session:
            for start in range(0, len(asked), ASKED):
                mine = Call.org_id == self.desk.store.org, column.in_(asked[start : start + ASKED])
                every = select(column).join_from(Call, Ranked, Ranked.call_id == Call.id, isouter=True).where(*mine)
                stored.update(session.scalars(every))
                own = every.add_columns(Ranked.public_id, Ranked.name).where(self.desk.scope.calls("calls:read"))
                for key, public_id, name in session.execute(own):
                    seen.setdefault(key, []).append((public_id, name))
        return Known(stored, seen)


def _name(item: Mapping[str, Any]) -> str:
    """The name of the call of an example without a recording."""
    return "" if SHA256 in item else str(item.get(CALL, ""))


def _report(kept: Kept, known: Known) -> Report:
    examples = list(_examples(kept.examples, known))
    figures = [Figure(row.figure, row.value, row.interval, row.goal, row.reached) for row in kept.rows]
    return Report(kept.name, kept.data, kept.at, kept.n, kept.error, figures, examples, len(kept.examples) - len(examples),
                  kept.settings)  # fmt: skip


def _examples(items: Sequence[Mapping[str, Any]], known: Known) -> Iterator[Example]:
    """What belongs to a call that this person may not see does not exist for them."""
    for item in items:
        by_name, key = SHA256 not in item, str(item.get(SHA256, "")) or _name(item)
        if not known.shows(key, by_name=by_name):
            continue
        call, name = known.call(key, by_name=by_name)
        facts = {key: value for key, value in item.items() if key not in (SHA256, AT)}
        at = item.get(AT)
        second = float(at) if isinstance(at, int | float) else None
        yield Example(facts, call, name, second, bool(key) and not call)
