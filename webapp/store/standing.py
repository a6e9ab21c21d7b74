"""How a call stands in the queues, made from its result in the transaction that writes the result.

The chance that ranks comes from the ranker in force, or is the interest score while there is none. Who holds the call,
whether it was reviewed or drawn is never touched here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from pipeline.quality.budget import Offer, offer
from pipeline.quality.features import features
from pipeline.quality.ranker import Ranker, read_ranker
from pipeline.quality.reviewed import Reviewed
from pipeline.records import Finding, Interest, Measure, Part
from webapp.database import core, upserting
from webapp.tables import FindingRow, MeasureRow, Org, PartRow, PlaceRow, Ranked, RankerRow, Standing

SUSPICION, BREACH = "case:fraud", "rule:"
NO_DUTY = frozenset({"fraud", "quality", "conduct"})  # packs whose breaches are no matter for compliance
MADE = ("team_id", "public_id", "result_id", "ranker", "chance", "fraud", "breach", "gain", "seconds", "worth", "clips")
RANKED = MADE[2:]  # what ranking anew may change: where a call belongs, only a result or its metadata say
BATCH = 500  # calls read and written at once when all are ranked anew


def in_force(session: Session, org: int) -> tuple[int, Ranker | None]:
    """Version and model of the ranker that ranks now; 0 and None while the weights of scoring do."""
    row = session.scalars(
        select(RankerRow)
        .where(RankerRow.org_id == org, RankerRow.in_force_at.is_not(None), RankerRow.retired_at.is_(None))
        .order_by(RankerRow.version.desc()).limit(1)
    ).one_or_none()  # fmt: skip
    return (0, None) if row is None else (row.version, read_ranker(row.model))


def in_force_while_writing(session: Session, org: int) -> tuple[int, Ranker | None]:
    """The same for whoever writes standings by it: until this transaction ends no other ranker comes into force."""
    session.execute(select(Org.id).where(Org.id == org).with_for_update(read=True, key_share=True))
    return in_force(session, org)


def wait_for_writers(session: Session, org: int) -> None:
    """Called first by the transaction that brings a ranker into force: results under way are written by the old one before
    it looks for those, later ones wait for the new one. (SQLite has one writer at a time anyhow.)"""
    session.execute(select(Org.id).where(Org.id == org).with_for_update())


def values(
    version: int, ranker: Ranker | None, interest: Interest, findings: Sequence[Finding], measures: Iterable[Measure],
    length: float, call: str,
) -> dict[str, Any]:  # fmt: skip
    """The columns that a result decides."""
    chance = interest.score
    if ranker is not None:
        known = [(f.kind, f.score) for f in findings], [(m.name, m.value) for m in measures]
        chance = ranker.chance(features(interest.score, *known))
    best: Offer = offer(call, chance, interest.parts, findings, length)
    return {
        "ranker": version, "chance": chance, "fraud": _strongest(findings, fraud=True),
        "breach": _strongest(findings, fraud=False), "gain": best.gain, "seconds": best.seconds, "worth": best.worth,
        "clips": [list(clip) for clip in best.clips],
    }  # fmt: skip


def replace_standings(session: Session, rows: Sequence[dict[str, Any]], columns: Sequence[str] = MADE) -> None:
    """Write ``columns`` that results decide; what people, draws and newer results decided stays.

    In the order of the calls, so that two who write many at once wait for each other and never both.
    """
    if not rows:
        return
    new = upserting(session)(core(Standing))
    changed = {name: new.excluded[name] for name in columns}
    newest = core(Standing).c.result_id <= new.excluded.result_id
    ordered = sorted(rows, key=lambda row: int(row["call_id"]))
    session.execute(new.on_conflict_do_update(index_elements=["call_id"], set_=changed, where=newest), ordered)


def in_order(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """The standings of ``conditions``, locked in the order of calls before any is changed: two who change many at once on
    PostgreSQL then wait for each other, and never both. As a CTE it runs once, before the UPDATE around it."""
    found = select(Standing.call_id).where(*conditions).order_by(Standing.call_id).with_for_update()
    return Standing.call_id.in_(select(found.cte("locked").c.call_id))


def rank_all(session: Session, org: int, version: int, ranker: Ranker | None, *, after: int = 0) -> int | None:
    """Rank the next BATCH calls behind the key ``after`` anew, from what SQL holds; the last key, None at the end."""
    calls = session.execute(
        select(Ranked.call_id, Ranked.team_id, Ranked.result_id, Ranked.public_id, Ranked.duration, Ranked.score)
        .where(Ranked.org_id == org, Ranked.call_id > after).order_by(Ranked.call_id).limit(BATCH)
    ).all()  # fmt: skip
    if not calls:
        return None
    results = [row.result_id for row in calls]
    findings, measures, parts = _findings(session, results), _measures(session, results), _parts(session, results)
    replace_standings(session, [
        {"call_id": row.call_id, "org_id": org, "team_id": row.team_id, "public_id": row.public_id,
         "result_id": row.result_id, "fence": 0,
         **values(version, ranker, Interest(row.score, tuple(parts.get(row.result_id, ()))),
                  findings.get(row.result_id, []), measures.get(row.result_id, []), row.duration, row.public_id)}
        for row in calls
    ], RANKED)  # fmt: skip
    return int(calls[-1].call_id)


def known_of(session: Session, org: int, call_ids: Sequence[str]) -> Iterator[tuple[str, dict[str, float]]]:
    """The features of calls by public id, from their current results; those that are gone are left out."""
    for start in range(0, len(call_ids), BATCH):
        wanted = Ranked.org_id == org, Ranked.public_id.in_(call_ids[start : start + BATCH])
        rows = session.execute(select(Ranked.public_id, Ranked.result_id, Ranked.score).where(*wanted)).all()
        results = [row.result_id for row in rows]
        findings, measures = _findings(session, results), _measures(session, results)
        for row in rows:
            kinds = [(f.kind, f.score) for f in findings.get(row.result_id, [])]
            numbers = [(m.name, m.value) for m in measures.get(row.result_id, [])]
            yield row.public_id, features(row.score, kinds, numbers)


def mark_reviewed(session: Session, call_id: int, flagged: bool | None, moment: datetime) -> None:
    """A review of the call with this key was submitted (None: all were taken back). It leaves the queues, nobody holds it."""
    done = {
        "reviewed_at": None if flagged is None else moment,
        "flagged": flagged,
        "holder_id": None,
        "leased_until": None,
    }
    session.execute(update(Standing).where(Standing.call_id == call_id).values(**done, fence=Standing.fence + 1))
    held = PlaceRow.call_id == call_id, PlaceRow.state == "held"
    session.execute(update(PlaceRow).where(*held).values(state="reviewed", ended_at=moment))


def submitted(session: Session, org: int) -> Iterator[Reviewed]:
    """The last submitted review of each call that has one (see `pipeline.quality.reviewed.Reviews`)."""
    wanted = Standing.org_id == org, Standing.reviewed_at.is_not(None), Standing.flagged.is_not(None)
    rows = session.execute(select(Standing.public_id, Standing.flagged, Standing.reviewed_at).where(*wanted))
    return (Reviewed(call, bool(flagged), at) for call, flagged, at in rows if at is not None)


def reviewed_count(session: Session, org: int, most: int | None = None) -> int:
    """Counted in the index of reviewed calls alone, no further than ``most``."""
    wanted = Standing.org_id == org, Standing.reviewed_at.is_not(None), Standing.flagged.is_not(None)
    found = select(Standing.org_id).where(*wanted).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def _strongest(findings: Iterable[Finding], *, fraud: bool) -> float:
    """The strongest sign of fraud, else the strongest breach of a duty."""
    return max((f.score for f in findings if (_is_fraud(f) if fraud else _is_breach(f))), default=0.0)


def _is_fraud(finding: Finding) -> bool:
    return finding.kind == SUSPICION or (finding.kind.startswith("signal:") and finding.facts.get("pack") == "fraud")


def _is_breach(finding: Finding) -> bool:
    return finding.kind.startswith(BREACH) and finding.facts.get("pack") not in NO_DUTY


def _findings(session: Session, results: Sequence[int]) -> dict[int, list[Finding]]:
    table, by = FindingRow, dict[int, list[Finding]]()
    columns = table.result_id, table.kind, table.score, table.start, table.end, table.facts
    rows = session.execute(select(*columns).where(table.result_id.in_(results)).order_by(table.id))
    for result, kind, score, start, end, facts in rows:
        by.setdefault(result, []).append(Finding(kind, score, start, end, "", (), facts))
    return by


def _measures(session: Session, results: Sequence[int]) -> dict[int, list[Measure]]:
    by = dict[int, list[Measure]]()
    rows = session.execute(
        select(MeasureRow.result_id, MeasureRow.name, MeasureRow.value).where(MeasureRow.result_id.in_(results))
    )
    for result, name, value in rows:
        by.setdefault(result, []).append(Measure(name, value))
    return by


def _parts(session: Session, results: Sequence[int]) -> dict[int, list[Part]]:
    table, by = PartRow, dict[int, list[Part]]()
    columns = table.result_id, table.name, table.share, table.start
    for result, name, share, start in session.execute(
        select(*columns).where(table.result_id.in_(results)).order_by(table.id)
    ):
        by.setdefault(result, []).append(Part(name, share, "", start))
    return by
