"""How the installation runs, over SQL: every query carries the scope; what has no team is for who sees all of them."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from dashboards.desk import Run
from dashboards.figures import Wanted
from dashboards.operations import Disk, Failed, Mails, OnItsWay, Parked, Quarantine, Speed, Undone
from webapp.desk.desk import SqlDesk
from webapp.desk.scope import team_rows
from webapp.desk.working import AGAIN, TROUBLE
from webapp.settings import Settings
from webapp.store import claims
from webapp.tables import Call, JobRow, MailRow, MetadataVersion, OutboxRow, Ranked, Refusal, Team
from webapp.tables import Run as RunRow

PERMISSION = "operations:read"
HEARD = ("process", "asr")  # jobs in which a recording is heard
LATELY = timedelta(days=1)  # whose speed is that of what still waits
BATCHES = 20_000  # looked at: the newest


@dataclass(frozen=True)
class SqlOperationsDesk:
    """See `OperationsDesk`."""

    desk: SqlDesk
    settings: Settings

    def everything(self) -> bool:
        return self.desk.scope.teams(PERMISSION) is None and self.desk.may(PERMISSION)

    def now(self) -> datetime:
        return self.desk.store.clock()

    def zone(self) -> str:
        return self.desk.user.zone

    def today(self) -> date:
        return self.now().astimezone(self._zone).date()

    def counts(self) -> dict[str, int]:
        with self.desk.store.database.read() as session:
            counted = select(JobRow.state, func.count()).where(self._inside(JobRow)).group_by(JobRow.state)
            return dict(session.execute(counted).all())

    def speeds(self, wanted: Wanted) -> Sequence[Speed]:
        begin, end = self._between(wanted)
        by_day: dict[date, list[tuple[datetime, datetime, int, float]]] = defaultdict(list)
        for batch in self._batches(begin, end, wanted):
            by_day[batch[1].astimezone(self._zone).date()].append(batch)
        return [_speed(day, batches) for day, batches in sorted(by_day.items())]

    def on_their_way(self, *, limit: int = 50) -> Sequence[OnItsWay]:
        rate, moment = self._calls_a_second(), self.now()
        with self.desk.store.database.read() as session:
            rows = session.execute(
                select(JobRow, Call.public_id, MetadataVersion.known)
                .join(Call, Call.id == JobRow.call_id)
                .join(MetadataVersion, MetadataVersion.call_id == Call.id)
                .where(self._inside(JobRow), JobRow.state.in_(claims.OPEN), MetadataVersion.superseded_at.is_(None))
                .order_by(JobRow.state, JobRow.id)
                .limit(limit)
            ).all()
            ahead = self._ahead([job.id for job, *_ in rows if job.state == "waiting"])
        found = []
        for job, public_id, known in rows:
            place = ahead.get(job.id, 0)
            pause = max(0.0, (job.not_before - moment).total_seconds()) if place else 0.0
            left = max(pause, place / rate) if rate and place else None
            found.append(OnItsWay(known.get("call_id") or public_id[:8], job.kind, job.state, job.stage or "", place,
                                  job.created_at, job.attempt, left))  # fmt: skip
        return found

    def left(self) -> float | None:
        waiting, rate = self.counts().get("waiting", 0), self._calls_a_second()
        return waiting / rate if rate and waiting else None

    def failed(self, wanted: Wanted) -> Sequence[Failed]:
        begin, end = self._between(wanted)
        jobs = self._inside(JobRow), JobRow.reason.is_not(None), JobRow.changed_at >= begin, JobRow.changed_at < end
        refused = self._inside(Refusal), Refusal.state.in_(TROUBLE), Refusal.at >= begin, Refusal.at < end
        with self.desk.store.database.read() as session:
            rows: list[Any] = [*session.execute(
                select(JobRow.state, JobRow.reason, func.count(), func.max(JobRow.changed_at))
                .where(*jobs, *self._of_team(JobRow, wanted)).group_by(JobRow.state, JobRow.reason)
            )]  # fmt: skip
            rows += [*session.execute(
                select(Refusal.state, Refusal.reason, func.count(), func.max(Refusal.at))
                .where(*refused, *self._of_team(Refusal, wanted)).group_by(Refusal.state, Refusal.reason)
            )]  # fmt: skip
        named = {"parked": "parked", "refused": "refused", AGAIN: "to be tried again"}
        found = [Failed(named.get(state, "tried again"), reason, n, at) for state, reason, n, at in rows]
        return sorted(found, key=lambda one: (-one.count, one.what, one.reason))

    def parked(self, *, limit: int = 200) -> Sequence[Parked]:
        keep = self.desk.store.keep
        with self.desk.store.database.read() as session:
            rows = session.execute(
                select(JobRow, Call, Ranked.name, Team.name)
                .join(Call, Call.id == JobRow.call_id).join(Team, Team.id == JobRow.team_id)
                .outerjoin(Ranked, Ranked.call_id == Call.id)
                .where(self._inside(JobRow), JobRow.state == "parked")
                .order_by(Call.quarantine.is_(None), Call.added_at, JobRow.id).limit(limit)
            ).all()  # fmt: skip
            return [
                Parked(name or call.public_id[:8], team, job.reason or "", job.changed_at, job.attempt,
                       call.added_at + keep if call.quarantine else None)
                for job, call, name, team in rows
            ]  # fmt: skip

    def quarantine(self) -> Quarantine:
        kept = self._inside(Call), Call.quarantine.is_not(None)
        with self.desk.store.database.read() as session:
            copies, size, oldest = session.execute(
                select(func.count(), func.sum(Call.size), func.min(Call.added_at)).where(*kept)
            ).one()
        return Quarantine(copies, int(size or 0), oldest + self.desk.store.keep if oldest else None)

    def runs(self, wanted: Wanted, *, limit: int = 200) -> Sequence[Run] | None:
        if not self.everything():
            return None
        begin, end = self._between(wanted)
        with self.desk.store.database.read() as session:
            rows = session.scalars(
                select(RunRow)
                .where(RunRow.org_id == self.desk.scope.org, RunRow.started_at >= begin, RunRow.started_at < end)
                .order_by(RunRow.started_at.desc(), RunRow.id.desc()).limit(limit)
            )  # fmt: skip
            return [Run(row.job, row.started_at, row.finished_at, row.summary, row.error) for row in rows]

    def undone(self) -> Sequence[Undone] | None:
        if not self.everything():
            return None
        mine = OutboxRow.org_id == self.desk.scope.org, OutboxRow.done_at.is_(None)
        with self.desk.store.database.read() as session:
            rows = session.execute(
                select(OutboxRow.kind, func.count(), func.min(OutboxRow.created_at), func.max(OutboxRow.attempt),
                       func.max(OutboxRow.error))
                .where(*mine).group_by(OutboxRow.kind).order_by(OutboxRow.kind)
            )  # fmt: skip
            return [Undone(kind, n, oldest, tries or 0, error or "") for kind, n, oldest, tries, error in rows]

    def mails(self, wanted: Wanted) -> Sequence[Mails] | None:
        if not self.everything():
            return None
        begin, end = self._between(wanted)
        mine = MailRow.org_id == self.desk.scope.org, MailRow.made_at >= begin, MailRow.made_at < end
        with self.desk.store.database.read() as session:
            counted = dict(
                session.execute(select(MailRow.state, func.count()).where(*mine).group_by(MailRow.state)).all()
            )
            said: dict[str, str | None] = {
                state: session.scalar(
                    select(MailRow.said).where(*mine, MailRow.state == state).order_by(MailRow.id.desc()).limit(1)
                )
                for state in ("waiting", "refused")
                if state in counted
            }
        return [Mails(state, n, said.get(state) or "") for state, n in sorted(counted.items())]

    def disk(self) -> Disk | None:
        if not self.everything() or not self.settings.data.is_dir():
            return None
        usage, file = shutil.disk_usage(self.settings.data), _database_file(self.settings)
        return Disk(usage.free, usage.total, file.stat().st_size if file is not None and file.is_file() else None)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.zone)

    def _inside(self, table: Any) -> ColumnElement[bool]:
        return self.desk.scope.rows(table, PERMISSION)

    def _between(self, wanted: Wanted) -> tuple[datetime, datetime]:
        begin = datetime.combine(wanted.since, time(), self._zone)
        return begin, datetime.combine(wanted.until + timedelta(days=1), time(), self._zone)

    def _of_team(self, table: Any, wanted: Wanted) -> Iterable[ColumnElement[bool]]:
        if not wanted.team:
            return []
        with self.desk.store.database.read() as session:
            rows = team_rows(session, self.desk.scope, PERMISSION)
            return [table.team_id.in_([team.id for team in rows if team.public_id == wanted.team])]

    def _batches(
        self, begin: datetime, end: datetime, wanted: Wanted | None = None
    ) -> Sequence[tuple[datetime, datetime, int, float]]:
        """Begin, end, calls and seconds of audio of what was heard together; the newest first."""
        done = JobRow.state == "done", JobRow.kind.in_(HEARD), JobRow.begun_at.is_not(None)
        during = JobRow.changed_at >= begin, JobRow.changed_at < end
        of = self._of_team(JobRow, wanted) if wanted is not None else ()
        with self.desk.store.database.read() as session:
            rows = session.execute(
                select(JobRow.begun_at, JobRow.changed_at, func.count(), func.sum(Ranked.duration))
                .join(Ranked, Ranked.call_id == JobRow.call_id)
                .where(self._inside(JobRow), *done, *during, *of)
                .group_by(JobRow.begun_at, JobRow.changed_at)
                .order_by(JobRow.changed_at.desc()).limit(BATCHES)
            )  # fmt: skip
            return [(first, last, n, float(audio or 0.0)) for first, last, n, audio in rows if first is not None]

    def _calls_a_second(self) -> float | None:
        """Of late, while somebody worked."""
        moment = self.now()
        speed = _speed(self.today(), self._batches(moment - LATELY, moment + timedelta(seconds=1)))
        return speed.calls / speed.busy if speed.busy > 0 else None

    def _ahead(self, ids: Sequence[int]) -> dict[int, int]:
        """Place in the queue by job: how many wait up to it, whosever they are."""
        if not ids:
            return {}
        waiting = JobRow.org_id == self.desk.scope.org, JobRow.state == "waiting"
        with self.desk.store.database.read() as session:
            before = session.scalar(select(func.count()).where(*waiting, JobRow.id < min(ids))) or 0
            order = session.scalars(
                select(JobRow.id).where(*waiting, JobRow.id >= min(ids), JobRow.id <= max(ids)).order_by(JobRow.id)
            ).all()
        return {job: before + n for n, job in enumerate(order, 1)}


def _speed(day: date, batches: Sequence[tuple[datetime, datetime, int, float]]) -> Speed:
    """A day's batches together; time in which several were worked on counts once."""
    busy, until = 0.0, None
    for begin, end, *_ in sorted(batches, key=lambda batch: batch[:2]):
        start = begin if until is None or begin > until else until
        busy += max(0.0, (end - start).total_seconds())
        until = end if until is None else max(until, end)
    return Speed(day, sum(batch[2] for batch in batches), sum(batch[3] for batch in batches), busy)


def _database_file(settings: Settings) -> Path | None:
    return settings.path("callsift.sqlite") if settings.database is None else None
