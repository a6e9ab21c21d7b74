"""Marks of new results in, cases out: one transaction a batch, and never two at once in one organisation.

A case keeps its row while its calls change. A row goes with most of its calls; where two rows meet in one story the
older one goes on and the other is merged into it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pipeline.cases import Case, build_cases
from pipeline.cases.records import PACK
from pipeline.failpoints import reach
from webapp.alerts import signs
from webapp.alerts.limits import Limits
from webapp.store import outbox
from webapp.tables import AlertRow, CaseHistory, CaseRow, Org, OutboxRow, SuspectRow

BATCH = 200
LEASE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class News:
    """A case that passes, with the calls it did not have before; none where it is only riskier than it was."""

    row: CaseRow
    case: Case
    joined: tuple[SuspectRow, ...]


def marked(session: Session, org: int) -> bool:
    """Whether results wait to be looked at: asked before asking for the right to write."""
    undone = OutboxRow.org_id == org, OutboxRow.kind == outbox.CASES, OutboxRow.done_at.is_(None)
    return session.scalar(select(OutboxRow.id).where(*undone).limit(1)) is not None


def update_batch(session: Session, org: int, moment: datetime, limits: Limits) -> tuple[int, list[News]]:
    """Bring cases up to the results marked in the outbox: how many marks were taken, and what is new."""
    # Held to the end of the transaction: two passes at once would each make a row for the same story.
    session.execute(select(Org.id).where(Org.id == org).with_for_update(key_share=True))
    deeds = outbox.take(session, org, outbox.CASES, limit=BATCH, lease=LEASE, moment=moment)
    if not deeds:
        return 0, []
    seeds, cases = signs.refresh(session, org, {str(deed.payload["call"]) for deed in deeds})
    rows = signs.related(session, org, seeds, cases, voices=limits.voices)
    news = _reconcile(session, org, rows, cases, moment, limits)
    reach("cases.written")
    outbox.finish(session, deeds, moment)
    return len(deeds), news


def note(
    session: Session, row: CaseRow, what: str, calls: Iterable[str], moment: datetime, *, by: int | None = None,
    text: str = "", outcome: str | None = None,
) -> None:  # fmt: skip
    """Add a line to the history of a case."""
    session.add(CaseHistory(org_id=row.org_id, case_id=row.id, at=moment, user_id=by, what=what, note=text,
                            risk=row.risk, calls=list(calls), outcome=outcome))  # fmt: skip


def _reconcile(
    session: Session, org: int, suspects: Sequence[SuspectRow], gone: Collection[int], moment: datetime, limits: Limits
) -> list[News]:
    names = signs.names_of(session, [row.call_id for row in suspects])
    by_name = {names[row.call_id]: row for row in suspects}
    voices = signs.voices_of(session, suspects) if limits.voices else {}
    built = build_cases(signs.signed(suspects, names, voices), limits.threshold, limits.hub)
    before: dict[int, set[str]] = {key: set() for key in gone}
    for name, row in by_name.items():
        if row.case_id is not None:
            before.setdefault(row.case_id, set()).add(name)
    wanted = select(CaseRow).where(CaseRow.id.in_(before), CaseRow.state != "merged").order_by(CaseRow.id)
    rows = {row.id: row for row in session.scalars(wanted)}
    homes = _homes(built, before, rows)
    for key in rows.keys() - {key for keys in homes.values() for key in keys}:
        _withdraw(session, rows[key], [], 0.0, moment)
    news = []
    for case in sorted(built, key=lambda one: (one.first, one.id)):
        own = [rows[key] for key in homes.get(case.id, [])]
        old = {name for row in own for name in before[row.id]}
        members = [by_name[name] for name in case.calls]
        if found := _settle(session, org, case, own, old, members, moment):
            news.append(News(found, case, tuple(by_name[name] for name in case.calls if name not in old)))
    return news


def _homes(built: Sequence[Case], before: Mapping[int, set[str]], rows: Mapping[int, CaseRow]) -> dict[str, list[int]]:
    """For each case the rows that go on in it, the oldest first: a row follows most of its calls."""
    homes: dict[str, list[int]] = {}
    for key in sorted(rows):
        shares = [(-len(before[key] & set(case.calls)), case.first, case.id) for case in built]
        best = min((share for share in shares if share[0] < 0), default=None)
        if best is not None:
            homes.setdefault(best[2], []).append(key)
    return homes


def _settle(
    session: Session, org: int, case: Case, own: Sequence[CaseRow], old: Collection[str],
    members: Sequence[SuspectRow], moment: datetime,
) -> CaseRow | None:  # fmt: skip
    """Write one case; its row when that is news."""
    if not own and not case.passes:
        for member in members:
            member.case_id = None
        return None
    row = own[0] if own else _open(session, org, case, moment)
    for other in own[1:]:
        _merge(session, other, row, case, moment)
    for member in members:
        member.case_id = row.id
    joined = [name for name in case.calls if name not in old]
    changed = (row.risk, row.first_at, row.last_at) != (case.risk, case.first, case.last)
    risen = case.risk > row.risk
    row.risk, row.first_at, row.last_at = case.risk, case.first, case.last
    row.changed_at = moment if changed or joined else row.changed_at
    if not case.passes:
        _withdraw(session, row, case.calls, case.risk, moment)
        return None
    return row if _told(session, row, case, joined, moment, new=not own, risen=risen) else None


def _told(
    session: Session,
    row: CaseRow,
    case: Case,
    joined: Sequence[str],
    moment: datetime,
    *,
    new: bool,
    risen: bool,
) -> bool:
    """Note what became of a case that passes; whether people must hear of it."""
    again = row.state == "withdrawn" or (row.state == "closed" and bool(joined))
    if not (new or again or joined or risen):
        return False
    if new or again or joined:
        row.state = "open"
    what = "opened" if new else "reopened" if again else "grew" if joined else "rose"
    note(session, row, what, case.calls, moment)
    return True


def _open(session: Session, org: int, case: Case, moment: datetime) -> CaseRow:
    row = CaseRow(org_id=org, pack=PACK, state="open", risk=case.risk, first_at=case.first, last_at=case.last,
                  opened_at=moment, changed_at=moment)  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _withdraw(session: Session, row: CaseRow, calls: Collection[str], risk: float, moment: datetime) -> None:
    """The signs have gone, or do not suffice any more. What a person closed stays closed."""
    row.risk = risk
    if row.state in ("open", "acknowledged"):
        row.state, row.changed_at = "withdrawn", moment
        note(session, row, "withdrawn", calls, moment)


def _merge(session: Session, row: CaseRow, into: CaseRow, case: Case, moment: datetime) -> None:
    """One story after all: alerts and calls go over, the history stays with each."""
    session.execute(update(SuspectRow).where(SuspectRow.case_id == row.id).values(case_id=into.id))
    there = select(AlertRow.call_id).where(AlertRow.case_id == into.id)
    moved = AlertRow.case_id == row.id, AlertRow.call_id.not_in(there)
    session.execute(update(AlertRow).where(*moved).values(case_id=into.id))
    session.execute(update(CaseRow).where(CaseRow.merged_into == row.id).values(merged_into=into.id))
    if row.state in ("open", "acknowledged") and into.state in ("closed", "withdrawn"):
        into.state = row.state
    row.state, row.merged_into, row.changed_at = "merged", into.id, moment
    note(session, row, "merged", case.calls, moment)
