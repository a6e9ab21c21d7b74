"""Kept reports of evaluations for one person: an example of a stored call is shown to those alone who may see that call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from dashboards.measured import Example, Figure, Report
from pipeline.measuring.keeping import AT, SHA256, Kept, read_kept
from webapp.desk.desk import SqlDesk
from webapp.settings import Settings
from webapp.tables import Call, Ranked

FOLDER = "measured"  # of the data folder; `callsift eval --keep` writes into it
ASKED = 500  # fingerprints in one query


@dataclass(frozen=True, slots=True)
class Known:
    """The stored calls of some fingerprints: all there are, and those this person may see, as (public id, name)."""

    stored: frozenset[str]
    seen: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class SqlMeasuredDesk:
    """See `MeasuredDesk`."""

    desk: SqlDesk
    settings: Settings

    def reports(self) -> Sequence[Report]:
        kept = read_kept(self.settings.path(FOLDER))
        known = self._known({str(item[SHA256]) for one in kept for item in one.examples if SHA256 in item})
        return [_report(one, known) for one in kept]

    def _known(self, fingerprints: set[str]) -> Known:
        stored: set[str] = set()
        seen: dict[str, tuple[str, str]] = {}
        asked = sorted(fingerprints)
        with self.desk.store.database.read() as session:
            for start in range(0, len(asked), ASKED):
                some = asked[start : start + ASKED]
                mine = Call.org_id == self.desk.store.org, Call.sha256.in_(some)
                stored.update(session.scalars(select(Call.sha256).where(*mine)))
                rows = session.execute(
                    select(Call.sha256, Ranked.public_id, Ranked.name)
                    .join(Ranked, Ranked.call_id == Call.id)
                    .where(*mine, self.desk.scope.calls("calls:read"))
                    .order_by(Ranked.public_id)
                )
                seen |= {sha256: (public_id, name) for sha256, public_id, name in rows}
        return Known(frozenset(stored), seen)


def _report(kept: Kept, known: Known) -> Report:
    examples = list(_examples(kept.examples, known))
    figures = [Figure(row.figure, row.value, row.interval, row.goal, row.reached) for row in kept.rows]
    return Report(kept.name, kept.data, kept.at, kept.n, kept.error, figures, examples, len(kept.examples) - len(examples),
                  kept.settings)  # fmt: skip


def _examples(items: Sequence[Mapping[str, Any]], known: Known) -> Iterator[Example]:
    """What belongs to a call that this person may not see does not exist for them."""
    for item in items:
        sha256 = str(item.get(SHA256, ""))
        if sha256 in known.stored and sha256 not in known.seen:
            continue
        call, name = known.seen.get(sha256, ("", ""))
        facts = {key: value for key, value in item.items() if key not in (SHA256, AT)}
        at = item.get(AT)
        yield Example(facts, call, name, float(at) if isinstance(at, int | float) else None)
