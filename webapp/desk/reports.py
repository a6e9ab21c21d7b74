"""Compliance reports for one person: what may be chosen, asking for one, the list, fetching, monthly ones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from pipeline.reporting.errors import ReportError
from pipeline.reporting.period import Period, last_month
from pipeline.reporting.records import Filter
from webapp.audit import write_audit
from webapp.desk.desk import SqlDesk
from webapp.desk.quality.blindness import told_blind
from webapp.desk.scope import team_rows
from webapp.reports import monthly, shelf
from webapp.reports.catalogue import packs_in_force, rules_of
from webapp.reports.codec import decode_filter, encode_filter
from webapp.reports.making import settled
from webapp.reports.selecting import Selection, began, choices, joined
from webapp.reports.shelf import EXPORT
from webapp.reports.writing import chosen
from webapp.settings import Settings
from webapp.tables import Call, MetadataVersion, ReportRow, ReportSchedule, Result
from webapp.tables.base import new_public_id

ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")
MOST_RECIPIENTS = 20
TOLD = "You review {} blind, and this report tells what others decided there. Submit your review first; the report stays here."
SCHEDULED, ENDED = "report.schedule", "report.unschedule"


@dataclass(frozen=True)
class SqlReportDesk:
    """The reports of whoever the desk belongs to; every query carries their scope."""

    desk: SqlDesk
    settings: Settings

    def choices(self) -> Mapping[str, Sequence[str]]:
        """Packs, jurisdictions, teams, queues and agents to choose from."""
        store, scope = self.desk.store, self.desk.scope
        everything = Filter(last_month(store.clock().date(), "UTC"), unchecked=True)
        with store.database.read() as session:
            packs = packs_in_force(session, store.org, self.settings.packs)
            rules = rules_of(session, store.org, everything, packs, store.clock())
            teams = [team.name for team in team_rows(session, scope, EXPORT)]
        return {
            "packs": sorted({rule.pack for rule in rules}), "jurisdictions": sorted({rule.jurisdiction for rule in rules}),
            "teams": teams, **{name: sorted(found) for name, found in
                               choices(store.database, store.org, scope.rows(Call, EXPORT)).items()},
        }  # fmt: skip

    def period(self, zone: str) -> Period:
        """What to offer: the last month, or where it holds no call the month of the newest one up to today."""
        store = self.desk.store
        today = store.clock().astimezone(ZoneInfo(zone)).date()
        offered = last_month(today, zone)
        valid = Result.org_id == store.org, Result.superseded_at.is_(None), MetadataVersion.superseded_at.is_(None)
        newest = joined(select(func.max(began))).where(*valid, self.desk.scope.rows(Call, EXPORT))
        with store.database.read() as session:
            there = session.scalar(newest.where(began >= offered.begin, began < offered.end))
            last = None if there else session.scalar(newest)
        if last is None:
            return offered
        day = last.astimezone(ZoneInfo(zone)).date()
        end = last_month((day.replace(day=1) + timedelta(days=32)), zone).last
        return Period(day.replace(day=1), max(day, min(end, today)), zone)

    def calls(self, wanted: Filter) -> int:
        """How many calls a report of this filter would cover now. Raises ReportError where none could be asked for."""
        store, scope = self.desk.store, self.desk.scope
        with store.database.read() as session:
            wanted, _teams = shelf.within(session, store.org, scope, wanted)
        chosen_ones = Selection(store.database, store.org, wanted, store.clock(), (), scope=scope.rows(Call, EXPORT))
        return chosen_ones.count_calls()

    def ask(self, wanted: Filter, formats: Sequence[str]) -> str:
        """Have a report made; its public id. Raises ReportError."""
        store = self.desk.store
        moment = store.clock()
        with store.database.write() as session:
            public_id = shelf.ask(session, store.org, self.desk.scope, wanted, chosen(formats), settled(moment), moment)
        assert public_id is not None  # only a schedule's report can be there already
        return public_id

    def reports(self) -> list[tuple[ReportRow, str | None]]:
        store = self.desk.store
        with store.database.read() as session:
            return shelf.listed(session, store.org, self.desk.scope)

    def fetch(self, public_id: str) -> Path | None:
        """The pack of a finished report, once it is in the audit log; None when there is none for this person.

        Raises ReportError while it would tell what others decided about a call that this person reviews blind.
        """
        store = self.desk.store
        with store.database.write() as session:
            row = shelf.fetch(session, store.org, self.desk.scope, public_id, store.clock())
            if row is not None and (names := told_blind(session, self.desk.scope, decode_filter(row.wanted).period)):
                raise ReportError(TOLD.format(", ".join(names)))
        path = shelf.place(self.settings, public_id) if row is not None else None
        return path if path is not None and path.is_file() else None

    def every_month(self, wanted: Filter, formats: Sequence[str], recipients: str) -> None:
        """Have the report of each last month made and told to the addresses in ``recipients``. Raises ReportError."""
        store, scope = self.desk.store, self.desk.scope
        addresses = addresses_of(recipients)
        with store.database.write() as session:
            wanted, _teams = shelf.within(session, store.org, scope, wanted)
            row = ReportSchedule(
                org_id=store.org, public_id=new_public_id(), owner_id=scope.user, wanted=encode_filter(wanted),
                formats=list(chosen(formats)), recipients=addresses, created_at=store.clock(),
            )  # fmt: skip
            session.add(row)
            write_audit(
                session,
                store.org,
                SCHEDULED,
                row.public_id,
                at=store.clock(),
                by=scope.user,
                detail=", ".join(addresses),
            )

    def schedules(self) -> Sequence[ReportSchedule]:
        """Monthly reports that go on: one's own, and all of them for whoever may export everywhere."""
        store, scope = self.desk.store, self.desk.scope
        with store.database.read() as session:
            return session.scalars(
                select(ReportSchedule)
                .where(monthly.visible(store.org, scope), ReportSchedule.ended_at.is_(None))
                .order_by(ReportSchedule.id)
            ).all()

    def end(self, schedule_id: str) -> bool:
        """No further report of a schedule; False when there is none such for this person."""
        store, scope = self.desk.store, self.desk.scope
        mine = (
            monthly.visible(store.org, scope),
            ReportSchedule.public_id == schedule_id,
            ReportSchedule.ended_at.is_(None),
        )
        with store.database.write() as session:
            row = session.scalars(select(ReportSchedule).where(*mine)).one_or_none()
            if row is not None:
                row.ended_at = store.clock()
                write_audit(session, store.org, ENDED, schedule_id, at=store.clock(), by=scope.user)
        return row is not None


def addresses_of(text: str) -> list[str]:
    """Mail addresses apart by commas or spaces; raises ReportError for what is none."""
    found = list(dict.fromkeys(piece for piece in re.split(r"[\s,;]+", text) if piece))
    if wrong := [piece for piece in found if not ADDRESS.fullmatch(piece)]:
        raise ReportError(f'"{wrong[0]}" is no mail address.')
    if not 1 <= len(found) <= MOST_RECIPIENTS:
        raise ReportError(f"Name 1 to {MOST_RECIPIENTS} mail addresses.")
    return found
