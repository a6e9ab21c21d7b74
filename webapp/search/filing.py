"""Calls as SQL knows them now, as entries of the index. What SQL no longer holds is told apart: it leaves the index."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.errors import PipelineError
from pipeline.search.documents import Filed, as_indexed
from pipeline.search.records import IndexedCall
from webapp.search.vectors import vectors_of
from webapp.store import SqlStore
from webapp.store.blobs import read_result
from webapp.tables import Call, Org, Ranked, Result, Team

log = logging.getLogger(__name__)

METADATA_BITS = 24  # of a version: results count above, versions of the metadata below
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Entries:
    """``calls`` as they are to be found now, ``gone``: ids that SQL does not hold, ``damaged``: ids that cannot be read."""

    calls: tuple[IndexedCall, ...]
    gone: tuple[str, ...]
    damaged: tuple[str, ...] = ()


def entries(store: SqlStore, call_ids: Sequence[str]) -> Entries:
    """The named calls, of any organisation."""
    with store.database.read() as session:
        rows = _rows(session, call_ids)
        vectors = vectors_of(session, [row.call for row in rows])
    made: list[IndexedCall] = []
    damaged: list[str] = []
    for row in rows:
        try:
            result = read_result(store.vault, row.filed.call_id, row.blob, row.sealed_key)
        except PipelineError as error:  # one broken file must not keep all others out of the index
            log.warning("call %s is not searchable: %s", row.filed.call_id, error)
            damaged.append(row.filed.call_id)
            continue
        made.append(as_indexed(row.filed, result, vectors.get(row.call)))
    there = {row.filed.call_id for row in rows}
    return Entries(tuple(made), tuple(one for one in dict.fromkeys(call_ids) if one not in there), tuple(damaged))


def still_there(store: SqlStore, call_ids: Sequence[str]) -> set[str]:
    """Which of the named calls SQL holds at this moment."""
    with store.database.read() as session:
        return set(session.scalars(select(Ranked.public_id).where(Ranked.public_id.in_(call_ids))))


def all_calls(store: SqlStore) -> Iterator[list[str]]:
    """Every call with a result, of every organisation, some at a time."""
    after = 0
    while True:
        with store.database.read() as session:
            rows = session.execute(
                select(Ranked.call_id, Ranked.public_id)
                .where(Ranked.call_id > after)
                .order_by(Ranked.call_id)
                .limit(AT_ONCE)
            ).all()
        if not rows:
            return
        yield [public_id for _key, public_id in rows]
        after = rows[-1].call_id


@dataclass(frozen=True, slots=True)
class _Row:
    call: int
    filed: Filed
    blob: str
    sealed_key: bytes


def _rows(session: Session, call_ids: Sequence[str]) -> list[_Row]:
    found: Sequence[Any] = session.execute(
        select(Ranked, Call.metadata_version, Call.sealed_key, Result.version, Result.blob, Team.public_id, Team.name,
               Org.public_id)
        .join(Call, Call.id == Ranked.call_id)
        .join(Result, Result.id == Ranked.result_id)
        .join(Team, Team.id == Ranked.team_id)
        .join(Org, Org.id == Ranked.org_id)
        .where(Ranked.public_id.in_(call_ids))
        .order_by(Ranked.call_id)
    ).all()  # fmt: skip
    return [
        _Row(ranked.call_id, _filed(ranked, version << METADATA_BITS | told, team, team_name, org), blob, sealed_key)
        for ranked, told, sealed_key, version, blob, team, team_name, org in found
    ]


def _filed(ranked: Ranked, version: int, team: str, team_name: str, org: str) -> Filed:
    return Filed(
        org,
        team,
        ranked.public_id,
        version,
        ranked.name,
        ranked.at,
        ranked.agent,
        ranked.queue,
        ranked.direction,
        team_name,
    )
