"""Figures of reviews over SQL: what the pages of reviews show of single ones, counted; the scope is inside every query."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from dashboards.calibration import AgreementView
from dashboards.figures import Wanted
from dashboards.judging import Calibrated, Disputed, Drawn, Reviewer
from dashboards.queues import RateView
from pipeline.quality.calibration import nearness
from webapp.desk.desk import SqlDesk
from webapp.desk.quality.agreeing import figures, marked, scores_of
from webapp.desk.quality.calibrating import SqlCalibrationDesk
from webapp.desk.quality.finding import CALIBRATION, visible
from webapp.desk.queues import SqlQueueDesk
from webapp.desk.scope import team_rows
from webapp.store.scorecards import card_of, in_force
from webapp.tables import (
    DisputeRow,
    DrawnRow,
    DrawRow,
    Ranked,
    ReviewRow,
    ReviewScore,
    ScorecardRow,
    Team,
    User,
)

READ = "reviews:read"
MOST_SESSIONS = 30


@dataclass(frozen=True)
class SqlJudgingDesk:
    """See `JudgingDesk`. ``house`` is the zone whose days count."""

    desk: SqlDesk
    house: str = "UTC"

    def today(self) -> date:
        return self.desk.store.clock().astimezone(ZoneInfo(self.house)).date()

    def cards(self) -> Sequence[tuple[str, str]]:
        with self.desk.store.database.read() as session:
            rows = self._cards(session)
        return [("" if n == 0 else row.card, row.title) for n, row in enumerate(rows)]

    def agreement(self, wanted: Wanted) -> AgreementView | None:
        with self.desk.store.database.read() as session:
            cards = self._cards(session)
            row = next(
                (one for one in cards if one.card == wanted.card), None if wanted.card else next(iter(cards), None)
            )
            if row is None:
                return None
            conditions = [
                ScorecardRow.card == row.card,
                *self._during(ReviewRow.submitted_at, wanted),
                *self._calls(session, wanted),
            ]
            found = marked(session, self.desk.scope, conditions)
        raters: dict[str, set[int]] = defaultdict(set)
        for one in found:
            raters[one.call].add(one.rater)
        near = nearness(scores_of(found))
        return AgreementView(
            row.card, row.title, len(found), sum(len(who) > 1 for who in raters.values()), figures(card_of(row), found),
            near.near, near.mean_gap, near.pairs,
        )  # fmt: skip

    def _cards(self, session: Session) -> list[ScorecardRow]:
        """Those in force, the one with most reviews first."""
        counted = (
            select(ScorecardRow.card, func.count()).join(ReviewRow, ReviewRow.scorecard_id == ScorecardRow.id)
            .join(Ranked, Ranked.call_id == ReviewRow.call_id)
            .where(self._read(), ReviewRow.state == "submitted").group_by(ScorecardRow.card)
        )  # fmt: skip
        reviews = dict(session.execute(counted).all())
        return sorted(in_force(session, self.desk.scope.org), key=lambda row: (-reviews.get(row.card, 0), row.title))

    def calibrations(self, wanted: Wanted) -> Sequence[Calibrated]:
        here = SqlCalibrationDesk(self.desk)
        lines = [one for one in here.sessions() if one.closed_at is not None and self._in(one.closed_at, wanted)]
        found = []
        for line in lines[:MOST_SESSIONS]:
            view = here.session(line.id)
            if view is None or line.closed_at is None:
                continue
            known = [one.people for one in view.figures if one.people.value is not None]
            least = min(known, key=lambda one: one.value or 0.0, default=None)
            found.append(Calibrated(line.id, line.title, line.card, self._day(line.closed_at), len(line.people), line.calls,
                                    view.pairs, view.near, view.mean_gap, least))  # fmt: skip
        return sorted(found, key=lambda one: (one.closed, one.title))

    def reviewers(self, wanted: Wanted) -> Sequence[Reviewer]:
        days: dict[str, Counter[date]] = defaultdict(Counter)
        names: dict[str, str] = {}
        with self.desk.store.database.read() as session:
            rows = session.execute(
                select(User.public_id, User.name, ReviewRow.submitted_at)
                .join(ReviewRow, ReviewRow.reviewer_id == User.id).join(Ranked, Ranked.call_id == ReviewRow.call_id)
                .where(*self._submitted(session, wanted))
            ).all()  # fmt: skip
        for public_id, name, at in rows:
            if at is None:
                continue  # cannot be: the condition asks for a day
            names[public_id] = name
            days[public_id][self._day(at)] += 1
        return sorted(
            (Reviewer(one, names[one], dict(sorted(by_day.items()))) for one, by_day in days.items()),
            key=lambda one: (one.name.lower(), one.id),
        )

    def disputes(self, wanted: Wanted) -> Sequence[Disputed]:
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        asks: dict[str, str] = {}
        with self.desk.store.database.read() as session:
            at = func.coalesce(DisputeRow.decided_at, DisputeRow.at)
            rows = session.execute(
                select(DisputeRow.question, DisputeRow.state, ScorecardRow)
                .join(ReviewRow, ReviewRow.id == DisputeRow.review_id).join(Ranked, Ranked.call_id == ReviewRow.call_id)
                .join(ScorecardRow, ScorecardRow.id == ReviewRow.scorecard_id)
                .where(self._read(), *self._during(at, wanted), *self._calls(session, wanted))
            ).all()  # fmt: skip
            for question, state, card in rows:
                counts[question][state] += 1
                asks[question] = card_of(card).by_id[question].ask
        return [Disputed(q, asks[q], n["upheld"], n["rejected"], n["open"]) for q, n in sorted(counts.items())]

    def drawn(self, wanted: Wanted) -> Sequence[Drawn]:
        """Draws made in these days: of each team how many calls, and how many of them were reviewed."""
        scored = (
            select(ReviewScore.id).join(ReviewRow, ReviewRow.id == ReviewScore.review_id)
            .where(ReviewRow.call_id == Ranked.call_id, ReviewScore.superseded_at.is_(None), visible(self.desk.scope))
            .where(ReviewRow.slot.not_like(f"{CALIBRATION}%")).exists()
        )  # fmt: skip
        with self.desk.store.database.read() as session:
            rows = session.execute(
                select(Team.name, func.count(), func.count().filter(scored))
                .select_from(DrawnRow).join(DrawRow, DrawRow.id == DrawnRow.draw_id)
                .join(Ranked, Ranked.call_id == DrawnRow.call_id).join(Team, Team.id == Ranked.team_id)
                .where(self.desk.scope.calls(READ), *self._during(DrawRow.made_at, wanted), *self._calls(session, wanted))
                .group_by(Team.name).order_by(Team.name)
            ).all()  # fmt: skip
        return [Drawn(team, drawn, reviewed) for team, drawn, reviewed in rows]

    def prevalence(self) -> Sequence[RateView]:
        return SqlQueueDesk(self.desk, self.house).rates() if self.desk.may(READ) else ()

    def reviewed(self, wanted: Wanted, reviewer: str) -> list[ColumnElement[bool]]:
        """The condition for calls that one person (or, "", anybody) submitted a review of in these days."""
        whose = (
            [select(User.id).where(User.id == ReviewRow.reviewer_id, User.public_id == reviewer).exists()]
            if reviewer
            else []
        )
        mine = ReviewRow.call_id == Ranked.call_id, ReviewRow.state == "submitted", visible(self.desk.scope)
        return [
            self.desk.scope.calls(READ),
            exists().where(*mine, *whose, *self._during(ReviewRow.submitted_at, wanted)),
        ]

    def _submitted(self, session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
        return [
            self._read(), ReviewRow.state == "submitted", *self._during(ReviewRow.submitted_at, wanted),
            *self._calls(session, wanted),
        ]  # fmt: skip

    def _read(self) -> ColumnElement[bool]:
        return self.desk.scope.calls(READ) & visible(self.desk.scope)

    def _calls(self, session: Session, wanted: Wanted) -> Iterable[ColumnElement[bool]]:
        """The filters of the form that are about calls."""
        if wanted.team:
            rows = team_rows(session, self.desk.scope, READ)
            yield Ranked.team_id.in_([team.id for team in rows if team.public_id == wanted.team])
        if wanted.queue:
            yield Ranked.queue == wanted.queue
        if wanted.agent:
            yield Ranked.agent == wanted.agent

    def _during(self, column: Any, wanted: Wanted) -> list[ColumnElement[bool]]:
        begin = datetime.combine(wanted.since, time(), ZoneInfo(self.house))
        end = datetime.combine(wanted.until + timedelta(days=1), time(), ZoneInfo(self.house))
        return [column >= begin, column < end]

    def _in(self, moment: datetime, wanted: Wanted) -> bool:
        return wanted.since <= self._day(moment) <= wanted.until

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.house)).date()
