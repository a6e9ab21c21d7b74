"""The queues of one person: lists, places, saved queues, bulk deeds, plans and rates, each inside their scope."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboards.queues import (
    SHIPPED,
    SKIPS,
    BadQueue,
    Done,
    DrawView,
    Given,
    Held,
    PlacePage,
    PlanView,
    Preview,
    QueueKey,
    QueueName,
    Ranking,
    RateView,
)
from pipeline.quality.ranker import LEAST
from webapp.desk import bulk, claiming, drawing, holding, mixing, places, planning
from webapp.desk.claiming import Hand
from webapp.desk.desk import SqlDesk
from webapp.desk.places import open_queue
from webapp.desk.quality.blindness import blind_calls
from webapp.desk.typed import kept_name, kept_text
from webapp.store import standing
from webapp.tables import Ranked, SavedQueue, Team
from webapp.tables.base import new_public_id

LONGEST_NAME, MOST_SAVED = 60, 200
LONGEST_NOTE = 200
ENOUGH = 1_000  # reviews are counted for the page: more teach little more


@dataclass(frozen=True)
class SqlQueueDesk:
    """See `QueueDesk`. ``house`` is the zone whose days have a draw each, ``share`` of places and ``drawn`` of calls random."""

    desk: SqlDesk
    house: str = "UTC"
    share: float = 0.1
    drawn: float = 0.05

    def queues(self) -> Sequence[QueueName]:
        shipped = [QueueName(key, name, about) for key, (name, about) in SHIPPED.items()]
        with self._read() as session:
            rows = session.execute(
                select(SavedQueue, Team.name).join(Team, Team.id == SavedQueue.team_id, isouter=True)
                .where(places.visible(self.desk.scope)).order_by(SavedQueue.kind, SavedQueue.name, SavedQueue.id)
            ).all()  # fmt: skip
        return shipped + [self._name(row, team or "") for row, team in rows]

    def page(
        self, key: QueueKey, *, sort: str = "", descending: bool = True, after: str | None = None, limit: int = 50,
        reviewed: bool = False,
    ) -> PlacePage:  # fmt: skip
        self._draw_if_due()
        with self._read() as session:
            queue = open_queue(session, self.desk.scope, key)
            where = session, self.desk.scope, queue, self._zone, self._now()
            done = reviewed or not self.desk.may("queues:work")
            mix = None if sort or done else mixing.mix_of(session, self.desk.scope, queue, self.share)
            if mix is not None:
                return mixing.page(*where, mix, after=after, limit=limit)
            return places.page(
                *where, sort=sort, descending=descending, after=after, limit=limit, reviewed=done
            )  # fmt: skip

    def ranking(self) -> Ranking:
        with self._read() as session:
            version, ranker = standing.in_force(session, self.desk.store.org)
            reviews = standing.reviewed_count(session, self.desk.store.org, ENOUGH)
        return Ranking(version, reviews, LEAST, dict(ranker.trained) if ranker else {}, self.share)

    def take(self, key: QueueKey, call_id: str) -> Given | None:
        return self._hand(key, lambda session, hand: claiming.take(session, hand, call_id))

    def next(self, key: QueueKey, call_id: str = "") -> Given | None:
        self._draw_if_due()
        return self._hand(key, lambda session, hand: claiming.next_place(session, hand, call_id))

    def previous(self, key: QueueKey, call_id: str = "") -> Given | None:
        return self._hand(key, lambda session, hand: claiming.previous_place(session, hand, call_id))

    def skip(self, key: QueueKey, call_id: str, reason: str) -> bool:
        if reason not in SKIPS:
            raise BadQueue(f"Say why the call is skipped: one of {', '.join(SKIPS)}.")
        with self.desk.store.database.write() as session:
            return claiming.skip(session, self._of(session, key), call_id, reason)

    def release(self, call_id: str) -> bool:
        with self.desk.store.database.write() as session:
            return claiming.release(session, self.desk.scope, call_id, self._now())

    def renew(self, call_id: str) -> datetime | None:
        with self.desk.store.database.write() as session:
            return claiming.renew(session, self.desk.scope, call_id, self._now())

    def holder(self, call_id: str) -> Held | None:
        scope, seen = self.desk.scope, Ranked.public_id == call_id
        with self._read() as session:
            call = session.scalar(select(Ranked.call_id).where(scope.calls("calls:read"), seen))
            return None if call is None else holding.holder(session, scope, call, self._now())

    def ask(self, call_id: str) -> Held | None:
        with self.desk.store.database.write() as session:
            return holding.ask(session, self.desk.scope, call_id, self._now())

    def take_over(self, call_id: str) -> bool:
        with self.desk.store.database.write() as session:
            return holding.take_over(session, self.desk.scope, call_id, self._now())

    def save(self, name: str, key: QueueKey, team_id: str = "") -> str:
        name = " ".join(name.split())
        if len(name) <= LONGEST_NAME:
            name = kept_name(name, self.desk.desks.policy, LONGEST_NAME)
        if not 0 < len(name) <= LONGEST_NAME:
            raise BadQueue(f"A queue needs a name of at most {LONGEST_NAME} characters.")
        with self.desk.store.database.write() as session:
            queue = open_queue(session, self.desk.scope, key)
            if queue.calls is not None:
                raise BadQueue("A plan is kept already.")
            self._room(session)
            row = self._row(name, "filter", queue.base, places.encode_filter(queue.wanted))
            row.team_id = self._team(session, team_id) if team_id else None
            session.add(row)
        return row.public_id

    def remove(self, key: str) -> bool:
        mine = SavedQueue.owner_id == self.desk.scope.user, SavedQueue.public_id == key
        with self.desk.store.database.write() as session:
            row = session.scalars(select(SavedQueue).where(places.visible(self.desk.scope), *mine)).one_or_none()
            if row is not None:
                row.ended_at = self._now()
        return row is not None

    def preview(self, what: str, call_ids: Sequence[str]) -> Preview:
        with self._read() as session:
            return bulk.preview(session, self.desk.scope, what, call_ids, self._now())

    def bulk(self, what: str, call_ids: Sequence[str], key: QueueKey, reason: str = "") -> Done:
        why = kept_text(reason, self.desk.desks.policy, LONGEST_NOTE)
        with self.desk.store.database.write() as session:
            queue = open_queue(session, self.desk.scope, key)
            return bulk.do(session, self.desk.scope, what, call_ids, queue.key, why, self._now())

    def undo(self, *bulk_ids: str) -> int | None:
        with self.desk.store.database.write() as session:
            return bulk.undo(session, self.desk.scope, bulk_ids, self._now())

    def plan(self, key: QueueKey, minutes: int) -> PlanView:
        with self._read() as session:
            queue = open_queue(session, self.desk.scope, key)
            return planning.plan(session, self.desk.scope, queue, self._zone, self._now(), minutes)

    def keep_plan(self, key: QueueKey, minutes: int) -> str:
        with self.desk.store.database.write() as session:
            queue = open_queue(session, self.desk.scope, key)
            found = planning.plan(session, self.desk.scope, queue, self._zone, self._now(), minutes)
            if not found.calls:
                raise BadQueue("No open call fits into this time.")
            self._room(session)
            calls = [{"id": call.place.row.id, "clips": [list(clip) for clip in call.clips]} for call in found.calls]
            row = self._row(f"{minutes} minutes", "plan", queue.base, {"minutes": minutes, "calls": calls})
            session.add(row)
        return row.public_id

    def rates(self) -> Sequence[RateView]:
        with self._read() as session:
            hidden = blind_calls(session, self.desk.scope)
            flagged = {
                one.call_id: one.flagged
                for one in standing.submitted(session, self.desk.store.org)
                if one.call_id not in hidden
            }
            return drawing.rates(session, self.desk.scope, flagged)

    def draws(self) -> Sequence[DrawView]:
        with self._read() as session:
            return drawing.draws(session, self.desk.scope)

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.desk.user.zone)

    def _now(self) -> datetime:
        return self.desk.store.clock()

    @contextmanager
    def _read(self) -> Iterator[Session]:
        with self.desk.store.database.read() as session:
            yield session

    def _of(self, session: Session, key: QueueKey) -> Hand:
        queue = open_queue(session, self.desk.scope, key)
        return Hand(self.desk.scope, queue, self._zone, self._now(), self.share)

    def _hand(self, key: QueueKey, give: Callable[[Session, Hand], Given | None]) -> Given | None:
        with self.desk.store.database.write() as session:
            return give(session, self._of(session, key))

    def _draw_if_due(self) -> None:
        """A look costs nothing; the draws themselves are made by whoever comes first."""
        store = self.desk.store
        with self._read() as session:
            wanted = drawing.due(session, store.org, self._now(), ZoneInfo(self.house))
        for team, slot in wanted:
            with store.database.write() as session:
                drawing.make_draw(session, store.org, team, slot, self.drawn, self._now())

    def _name(self, row: SavedQueue, team: str) -> QueueName:
        base = SHIPPED[row.base][0]
        count = len(row.wanted["calls"]) if row.kind == "plan" else 0
        about = f"{count} calls, clips only." if row.kind == "plan" else f"Narrows “{base}”."
        mine = row.owner_id == self.desk.scope.user
        return QueueName(row.public_id, row.name, about, True, team, mine, row.kind == "plan")

    def _row(self, name: str, kind: str, base: str, wanted: dict[str, object]) -> SavedQueue:
        return SavedQueue(
            org_id=self.desk.scope.org, public_id=new_public_id(), owner_id=self.desk.scope.user, kind=kind, name=name,
            base=base, wanted=wanted, made_at=self._now(),
        )  # fmt: skip

    def _room(self, session: Session) -> None:
        mine = SavedQueue.owner_id == self.desk.scope.user, SavedQueue.ended_at.is_(None)
        if (session.scalar(select(func.count()).select_from(SavedQueue).where(*mine)) or 0) >= MOST_SAVED:
            raise BadQueue(f"You have {MOST_SAVED} saved queues; remove some first.")

    def _team(self, session: Session, team_id: str) -> int:
        """The key of a team this person may share with."""
        teams = self.desk.scope.teams("queues:share")
        wanted = Team.org_id == self.desk.scope.org, Team.public_id == team_id
        key = session.scalar(select(Team.id).where(*wanted))
        if key is None or (teams is not None and key not in teams):
            raise BadQueue("You cannot share queues with this team.")
        return key
