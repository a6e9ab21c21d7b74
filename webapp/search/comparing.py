"""Whether the index says what SQL says: the same calls in the same versions."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from pipeline.protocols import SearchIndex
from webapp.search.filing import METADATA_BITS
from webapp.store import SqlStore
from webapp.tables import Call, Org, Ranked, Result


@dataclass(frozen=True, slots=True)
class Difference:
    """Public ids: in SQL only, in the index in another version, in the index only; ``calls`` is how many SQL holds."""

    calls: int
    missing: frozenset[str]
    stale: frozenset[str]
    extra: frozenset[str]

    @property
    def any(self) -> bool:
        return bool(self.missing or self.stale or self.extra)


def compare(store: SqlStore, index: SearchIndex) -> Difference:
    """The index beside SQL, for the store's organisation."""
    with store.database.read() as session:
        org = session.scalars(select(Org.public_id).where(Org.id == store.org)).one()
        rows = session.execute(
            select(Ranked.public_id, Result.version, Call.metadata_version)
            .join(Result, Result.id == Ranked.result_id)
            .join(Call, Call.id == Ranked.call_id)
            .where(Ranked.org_id == store.org)
        ).all()
    wanted = {public_id: version << METADATA_BITS | told for public_id, version, told in rows}
    there = dict(index.versions(org))
    stale = frozenset(one for one in wanted.keys() & there.keys() if wanted[one] != there[one])
    return Difference(len(wanted), frozenset(wanted.keys() - there), stale, frozenset(there.keys() - wanted.keys()))
