"""Random samples of each agent's calls: drawing, handing round, and drawing again to prove that nobody chose."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from dashboards.reviews import SampleLine
from pipeline.quality.draws import fingerprint
from pipeline.quality.rates import Judged, rate_of
from pipeline.quality.samples import Sampled, sample
from webapp.audit import write_audit
from webapp.desk.desk import SqlDesk
from webapp.desk.quality.assigning import SqlAssignDesk, first_of
from webapp.desk.quality.finding import FIRST, visible
from webapp.desk.scope import Scope, read_scope
from webapp.tables import AssignmentRow, Ranked, ReviewRow, ReviewScore, User

DRAWN = "review.sample"
MOST = 50  # calls of one agent in one sample
SHOWN = 60
NEEDS = "reviews:assign"

Drawn = tuple[AssignmentRow, str, bool | None]  # the assignment, the call's public id, flagged


@dataclass(frozen=True, slots=True)
class Frame:
    """What a sample was drawn from, as it is kept beside each drawn call."""

    size: int
    sha256: str
    begin: datetime
    end: datetime

    def __str__(self) -> str:
        return f"{self.size} {self.sha256} {self.begin.isoformat()} {self.end.isoformat()}"

    @classmethod
    def parse(cls, text: str) -> Frame:
        size, sha256, begin, end = text.split()
        return cls(int(size), sha256, datetime.fromisoformat(begin), datetime.fromisoformat(end))


@dataclass(frozen=True)
class SqlSampleDesk:
    """Samples inside the scope of whoever may assign."""

    desk: SqlDesk

    def draw(self, people: Sequence[str], each: int, since: date, until: date, due: date | None) -> tuple[int, int]:
        """Draw ``each`` calls of every agent and hand them round: how many were drawn, and how many were reviewed before.

        Days are inclusive, in the zone of whoever draws.
        """
        store, scope = self.desk.store, self.desk.scope
        zone, seed = ZoneInfo(self.desk.user.zone), secrets.token_hex(16)
        begin, end = datetime.combine(since, time(), zone), datetime.combine(until + timedelta(days=1), time(), zone)
        with store.database.write() as session:
            chosen = [row for row in SqlAssignDesk(self.desk).reviewers(session) if row.public_id in set(people)]
            if not chosen or not 1 <= each <= MOST:
                return 0, 0
            calls = _frame(session, scope, begin, end)
            pairs = [(one, call) for one in sample(_by_agent(calls), each, seed) for call in one.calls]
            done = 0
            for turn, (one, call) in enumerate(pairs):
                frame = Frame(one.size, one.sha256, begin, end)
                done += self._hand_out(session, calls[call], one, chosen[turn % len(chosen)], due, seed, frame)
            write_audit(session, scope.org, DRAWN, seed, at=store.clock(), by=scope.user, detail=f"{len(pairs)} calls")
        return len(pairs), done

    def samples(self) -> Sequence[SampleLine]:
        """What was drawn of each agent, newest first, with the rate of flagged calls once all of them were heard."""
        with self.desk.store.database.read() as session:
            groups: dict[tuple[str, str], dict[str, Drawn]] = {}
            for row, agent, call, flagged in session.execute(self._drawn()):
                calls = groups.setdefault((row.seed, agent), {})
                if call not in calls or flagged is not None:  # earlier editions of a review have no score that counts
                    calls[call] = (row, call, flagged)
            shown = list(groups.items())[:SHOWN]
            return [
                _line(agent, list(calls.values()), self._same(session, agent, calls)) for (_seed, agent), calls in shown
            ]

    def _drawn(self) -> Select[AssignmentRow, str, str, bool]:
        scored = (ReviewScore.review_id == ReviewRow.id) & ReviewScore.superseded_at.is_(None)
        first = (ReviewRow.call_id == Ranked.call_id) & (ReviewRow.slot == FIRST) & (ReviewRow.state == "submitted")
        return (
            select(AssignmentRow, Ranked.agent, Ranked.public_id, ReviewScore.flagged)
            .join(Ranked, Ranked.call_id == AssignmentRow.call_id)
            .outerjoin(ReviewRow, first & visible(self.desk.scope))
            .outerjoin(ReviewScore, scored)
            .where(self.desk.scope.calls(NEEDS), AssignmentRow.picked == "draw")
            .order_by(AssignmentRow.id.desc())
        )

    def _same(self, session: Session, agent: str, calls: Mapping[str, Drawn]) -> bool:
        """Whether drawing again, from what whoever drew may see today, gives the same calls."""
        row = next(iter(calls.values()))[0]
        frame = Frame.parse(row.frame)
        maker = session.scalars(select(User.public_id).where(User.id == row.made_by)).one()
        ids = _by_agent(_frame(session, read_scope(session, row.org_id, maker), frame.begin, frame.end)).get(agent, [])
        if fingerprint(ids) != frame.sha256:
            return False
        [again] = sample({agent: ids}, len(calls), row.seed)
        return set(again.calls) == set(calls)

    def _hand_out(
        self, session: Session, call: Ranked, of: Sampled, who: User, due: date | None, seed: str, frame: Frame
    ) -> int:
        """One drawn call: 1 where it was reviewed before, so that nobody needs to hear it again."""
        first = first_of(session, self.desk.scope.org, call.call_id)
        reviewed = first is not None and first.state == "submitted"
        drawn: dict[str, Any] = {"picked": "draw", "probability": of.probability, "seed": seed, "frame": str(frame)}
        if not SqlAssignDesk(self.desk).add(session, call, who.id, FIRST, due, done=reviewed, **drawn):
            self._count_in(session, call.call_id, drawn)
        return int(reviewed)

    def _count_in(self, session: Session, call: int, drawn: Mapping[str, object]) -> None:
        """Somebody was asked for the call already: their review of it counts for the sample."""
        open_ = AssignmentRow.done_at.is_(None), AssignmentRow.cancelled_at.is_(None)
        wanted = select(AssignmentRow).where(AssignmentRow.call_id == call, AssignmentRow.slot == FIRST, *open_)
        for row in session.scalars(wanted):
            for name, value in drawn.items():
                setattr(row, name, value)


def _frame(session: Session, scope: Scope, begin: datetime, end: datetime) -> dict[str, Ranked]:
    """Every call of an agent in the period, by public id, in an order that does not matter."""
    wanted = scope.calls(NEEDS), Ranked.agent != "", Ranked.at >= begin, Ranked.at < end
    return {row.public_id: row for row in session.scalars(select(Ranked).where(*wanted))}


def _by_agent(calls: Mapping[str, Ranked]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for public_id, row in calls.items():
        found.setdefault(row.agent, []).append(public_id)
    return found


def _line(agent: str, calls: Sequence[Drawn], same: bool) -> SampleLine:
    row, frame = calls[0][0], Frame.parse(calls[0][0].frame)
    probability = row.probability or 1.0
    judged = [Judged(probability, n, flagged) for n, (_row, _call, flagged) in enumerate(calls) if flagged is not None]
    # All drawn calls count alike, in whatever order they are heard, but only once all of them are.
    rate = rate_of(judged, frame.size) if len(judged) == len(calls) else None
    return SampleLine(
        agent, row.made_at, frame.size, len(calls), len(judged), row.seed, frame.sha256, rate.rate if rate else None,
        rate.low if rate else None, rate.high if rate else None, same,
    )  # fmt: skip
