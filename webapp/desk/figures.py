"""The dashboards' figures over SQL: rolled-up rows of the teams a person may see figures of, and the calls behind each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, String, cast, exists, func, select

from dashboards.desk import QueueRow
from dashboards.figures import (
    BadFigures,
    By,
    Coverage,
    Day,
    Figures,
    Group,
    Move,
    NewTheme,
    RuleName,
    Topic,
    Verdicts,
    Wanted,
)
from pipeline.quality.effects import wilson
from pipeline.reporting.counts import counts_of
from webapp.desk import queue, themes
from webapp.desk.calls import HEARD
from webapp.desk.desk import SqlDesk
from webapp.desk.grounds import grounded
from webapp.desk.judging import SqlJudgingDesk
from webapp.desk.names import names
from webapp.desk.scope import team_rows
from webapp.desk.working import AGAIN, TROUBLE
from webapp.figures.cells import TOPIC, Sums, summed
from webapp.figures.means import mean_of
from webapp.figures.moves import moved
from webapp.store.rulepacks import is_checked, pack_names
from webapp.tables import (
    Audit,
    Base,
    FigureCell,
    FindingRow,
    JobRow,
    PartRow,
    Ranked,
    Refusal,
    RuleText,
    Team,
    ThemeCall,
    ThemeRow,
    VerdictRow,
)

PERMISSION = "figures:read"


@dataclass(frozen=True)
class SqlFiguresDesk:
    """See `FiguresDesk`. ``house`` is the zone whose days were counted, ``packs`` the folder of the house's own rules."""

    desk: SqlDesk
    house: str = "UTC"
    packs: Path | None = None

    def zone(self) -> str:
        return self.house

    def latest(self) -> date:
        with self.desk.store.database.read() as session:
            day = session.scalar(select(func.max(FigureCell.day)).where(self._teamed(FigureCell), FigureCell.whole))
        today = datetime.now(ZoneInfo(self.house)).date()
        return min(today, date.fromisoformat(day)) if day else today

    def sums(self, wanted: Wanted) -> Figures:
        return as_figures(summed(self._cells(wanted)))

    def days(self, wanted: Wanted) -> Sequence[Day]:
        calls, score = Counter[str](), Counter[str]()
        for cell in self._cells(wanted):
            calls[cell.day] += cell.calls
            score[cell.day] += cell.score  # type: ignore[assignment]  # a Counter adds floats as well
        return [Day(date.fromisoformat(day), n, score[day] / n) for day, n in sorted(calls.items()) if n]

    def topic_days(self, wanted: Wanted) -> Mapping[str, Mapping[date, int]]:
        found: dict[str, Counter[date]] = defaultdict(Counter)
        for cell in self._cells(wanted):
            for kind, n in cell.counts.get("findings", {}).items():
                if kind.startswith(TOPIC):
                    found[kind.removeprefix(TOPIC)][date.fromisoformat(cell.day)] += n
        return found

    def moves(self, now: Figures, before: Figures) -> Sequence[Move]:
        return moved(now, before)

    def interval(self, n: int, of: int) -> tuple[float, float]:
        return wilson(n, of)

    def themes(self, wanted: Wanted) -> Sequence[NewTheme]:
        return themes.latest(
            self.desk.store.database, self._teamed(ThemeRow), self._names(), self._team(wanted.team), wanted
        )

    def groups(self, wanted: Wanted, by: By) -> Sequence[Group]:
        names = self._names()
        found: dict[tuple[str, str], list[FigureCell]] = defaultdict(list)
        for cell in self._cells(wanted, split=by != "team"):
            key = names[cell.team_id] if by == "team" else (getattr(cell, by),) * 2
            if key[0]:
                found[key].append(cell)
        groups = [Group(key, name, as_figures(summed(cells))) for (key, name), cells in found.items()]
        return sorted(groups, key=lambda group: (group.name.lower(), group.key))

    def coverage(self) -> Coverage:
        open_ones = JobRow.state.in_(("waiting", "running", "parked"))  # nobody counts a million that are done
        jobs = select(JobRow.state, func.count()).where(self._teamed(JobRow), JobRow.kind == "process", open_ones)
        with self.desk.store.database.read() as session:
            states = dict(session.execute(jobs.group_by(JobRow.state)).all())
            heard = session.scalar(select(func.sum(FigureCell.calls)).where(self._teamed(FigureCell), FigureCell.whole))
            refusals = select(Refusal.state, func.count()).where(self._teamed(Refusal), Refusal.state.in_(TROUBLE))
            refused = dict(session.execute(refusals.group_by(Refusal.state)).all())
        waiting = states.get("waiting", 0) + states.get("running", 0)
        return Coverage(
            int(heard or 0), waiting, states.get("parked", 0), refused.get("refused", 0), refused.get(AGAIN, 0)
        )

    def listened(self, wanted: Wanted) -> int:
        heard = Audit.org_id == self.desk.scope.org, Audit.action == HEARD, Audit.at >= self._begin(wanted)
        counted = (
            select(func.count(Ranked.call_id.distinct()))
            .join(Audit, (Audit.org_id == Ranked.org_id) & (Audit.subject == Ranked.public_id))
            .where(*heard, self._teamed(Ranked), *self._of(wanted))
        )
        with self.desk.store.database.read() as session:
            return session.scalar(counted) or 0

    def choices(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        with self.desk.store.database.read() as session:
            found = names(session, self.desk.scope, PERMISSION, own=False)
        named = {name: [(value, value) for value in values] for name, values in found.items()}
        return {"teams": [(team.public_id, team.name) for team in self._teams], **named}

    def rules(self) -> Mapping[str, RuleName]:
        org = self.desk.store.org
        with self.desk.store.database.read() as session:
            newest = select(RuleText.rule, RuleText.title, RuleText.text).where(RuleText.org_id == org)
            texts = {
                rule: (title, is_checked(text))
                for rule, title, text in session.execute(newest.order_by(RuleText.first_seen, RuleText.id))
            }
            packs = pack_names(session, org, self.packs)
        known = texts | dict.fromkeys(packs.keys() - texts.keys(), ("", True))
        return {rule: RuleName(title, packs.get(rule, ""), checked) for rule, (title, checked) in known.items()}

    def calls(self, wanted: Wanted, kind: str, name: str, value: str = "", *, limit: int = 200) -> Sequence[QueueRow]:
        conditions = [self._teamed(Ranked), self.desk.scope.calls("calls:read")]
        if kind == "reviewed":  # its days are those of the reviews
            conditions += [*self._filters(wanted), *SqlJudgingDesk(self.desk, self.house).reviewed(wanted, name)]
        else:
            conditions += [*self._of(wanted), *behind(kind, name, value)]
        with self.desk.store.database.read() as session:
            page = queue.page(
                session, self.desk.scope, conditions, sort="score", descending=True, after=None, limit=limit
            )
            return grounded(session, self.desk.store.org, page.rows, kind, name, value)

    def _cells(self, wanted: Wanted, *, split: bool = False) -> Sequence[FigureCell]:
        """Stored rows: whole days of teams where that is enough."""
        narrow = split or bool(wanted.queue or wanted.agent)
        conditions = [
            self._teamed(FigureCell), FigureCell.whole.is_(not narrow),
            FigureCell.day >= wanted.since.isoformat(), FigureCell.day <= wanted.until.isoformat(),
        ]  # fmt: skip
        conditions += [FigureCell.team_id == self._team(wanted.team)] if wanted.team else []
        conditions += [FigureCell.queue == wanted.queue] if wanted.queue else []
        conditions += [FigureCell.agent == wanted.agent] if wanted.agent else []
        with self.desk.store.database.read() as session:
            rows = session.scalars(select(FigureCell).where(*conditions)).all()
            session.expunge_all()
        return rows

    def _of(self, wanted: Wanted) -> Iterable[ColumnElement[bool]]:
        """The same filters for calls, by the same days."""
        zone = ZoneInfo(self.house)
        yield Ranked.at >= self._begin(wanted)
        yield Ranked.at < datetime.combine(wanted.until + timedelta(days=1), time(), zone)
        yield from self._filters(wanted)

    def _filters(self, wanted: Wanted) -> Iterable[ColumnElement[bool]]:
        if wanted.team:
            yield Ranked.team_id == self._team(wanted.team)
        if wanted.queue:
            yield Ranked.queue == wanted.queue
        if wanted.agent:
            yield Ranked.agent == wanted.agent

    def _begin(self, wanted: Wanted) -> datetime:
        return datetime.combine(wanted.since, time(), ZoneInfo(self.house))

    def _teamed(self, table: type[Base]) -> ColumnElement[bool]:
        return self.desk.scope.rows(table, PERMISSION)

    def _names(self) -> dict[int, tuple[str, str]]:
        """Public id and name of each team, by key."""
        return {team.id: (team.public_id, team.name) for team in self._teams}

    def _team(self, public_id: str) -> int:
        """The key of a team this person may see figures of; one that no row has for any other."""
        return next((team.id for team in self._teams if team.public_id == public_id), 0)

    @cached_property
    def _teams(self) -> Sequence[Team]:
        with self.desk.store.database.read() as session:
            rows = team_rows(session, self.desk.scope, PERMISSION)
            session.expunge_all()
        return rows


def behind(kind: str, name: str, value: str) -> list[ColumnElement[bool]]:
    """The condition on calls that one figure counts."""
    if kind == "all":
        return []
    if kind == "verdict":
        return [
            exists().where(VerdictRow.result_id == Ranked.result_id, VerdictRow.rule == name, VerdictRow.value == value)
        ]
    if kind == "reason":
        return [exists().where(PartRow.result_id == Ranked.result_id, PartRow.name == name)]
    if kind == "mark":
        return [cast(Ranked.marks, String).contains(f'"{name}"', autoescape=True)]
    if kind == "theme":
        of = ThemeRow.id == ThemeCall.theme_id, ThemeRow.public_id == name
        return [exists().where(ThemeCall.call_id == Ranked.call_id, *of)]
    if kind == "heard":
        heard = Audit.org_id == Ranked.org_id, Audit.subject == Ranked.public_id, Audit.action == HEARD
        return [exists().where(*heard)]
    if kind == "finding":
        return [exists().where(FindingRow.result_id == Ranked.result_id, FindingRow.kind == name)]
    raise BadFigures(f"There is no figure of the kind {kind}.")


def as_figures(sums: Sums) -> Figures:
    """Sums as the pages take them."""
    return Figures(
        sums.calls, sums.seconds, mean_of(sums.calls, sums.score, sums.square),
        {kind: dict(names) for kind, names in sums.named.items()},
        {rule: as_verdicts(values) for rule, values in sums.verdicts.items()},
        {name: mean_of(*values) for name, values in sums.measures.items()},
        {topic: Topic(**{name: mean_of(*values) for name, values in of.items()}) for topic, of in sums.topics.items()},
    )  # fmt: skip


def as_verdicts(values: Mapping[str, int]) -> Verdicts:
    """Counts of one rule with the interval of what was not met."""
    counts = counts_of(values)
    met = counts.interval
    unmet = None if met is None else (round(1.0 - met[1], 4), round(1.0 - met[0], 4))
    return Verdicts(counts.passed, counts.failed, counts.not_applicable, counts.unsure, unmet)
