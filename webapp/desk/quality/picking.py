"""Calls that a lead may ask others to review, found by the beginning of their name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from dashboards.picking import OFFERED, Pick
from webapp.desk.desk import SqlDesk
from webapp.tables import Ranked

ASSIGN = "reviews:assign"
LONGEST = 200  # characters of a name that are looked for


@dataclass(frozen=True)
class SqlPickDesk:
    """See `dashboards.picking.PickDesk`; every query carries the scope."""

    desk: SqlDesk

    def offered(self, text: str) -> Sequence[Pick]:
        begins = text.strip()[:LONGEST]
        columns = Ranked.public_id, Ranked.name, Ranked.started_at, Ranked.queue, Ranked.agent
        wanted = select(*columns).where(self.desk.scope.calls(ASSIGN)).order_by(Ranked.at.desc(), Ranked.public_id)
        if begins:
            wanted = wanted.where(or_(
                Ranked.name.istartswith(begins, autoescape=True), Ranked.public_id.startswith(begins.lower(), autoescape=True)
            ))  # fmt: skip
        with self.desk.store.database.read() as session:
            rows = session.execute(wanted.limit(OFFERED)).all()
            names = {row.name for row in rows if row.name}
            alike = self.desk.scope.calls(ASSIGN), Ranked.name.in_(names)
            shared = Counter(session.scalars(select(Ranked.name).where(*alike)))
        return [
            Pick(row.public_id, row.name or row.public_id[:8], row.name if shared[row.name] == 1 else row.public_id,
                 row.started_at, row.queue, row.agent)
            for row in rows
        ]  # fmt: skip

    def named(self, names: Sequence[str]) -> Mapping[str, Sequence[str]]:
        wanted = [name for name in dict.fromkeys(one.strip() for one in names) if name]
        found: dict[str, list[str]] = {name: [] for name in wanted}
        called = or_(Ranked.public_id.in_(wanted), Ranked.name.in_(wanted))
        with self.desk.store.database.read() as session:
            rows = session.execute(select(Ranked.public_id, Ranked.name).where(self.desk.scope.calls(ASSIGN), called))
            for row in rows:
                for said in {row.public_id, row.name} & found.keys():
                    found[said].append(row.public_id)
        return found
