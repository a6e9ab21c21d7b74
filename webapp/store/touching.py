"""Which stored calls are judged again because of what was learnt of their person, account, debt or number.

A call, its metadata or a row of the contact log may arrive after calls whose cross-call verdicts depend on it were stored.
The transaction that adds it queues a job of the kind ``ledger`` for those calls, one each however much arrives while it
waits. Such a job ends without a new version when nothing came out differently, and no job over kept words touches anybody
else: verdicts rest on words, metadata and contacts, never on other calls' verdicts. So nothing runs in a circle.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from pipeline.ledger import Mark, Window, concerned, windows_of
from pipeline.records import Value
from rules.engine.ruleset import RuleSet, load_packs
from webapp.database import Database
from webapp.store.redo import queue
from webapp.store.rulebook import Rulebook
from webapp.tables import Call, ContactRow, JobRow, MetadataVersion, Result, VerdictRow

LEDGER = "ledger"  # the kind of these jobs
COVERED = (LEDGER, "rules", "analyze", "asr", "process")  # a waiting job of these kinds asks the ledger anyway
AT_ONCE = 500  # values in one question to the database

DUE = timedelta(days=31)  # promises for later than this are not asked about with every day that a log adds

Span = tuple[datetime, datetime]
Windows = Callable[[], Sequence[Window]]


@dataclass
class InForce:
    """The windows of the rules in force: of the published version, else of the folders. Read once, when first needed."""

    database: Database
    org: int
    packs: Path | None = None
    _known: dict[int, tuple[Window, ...]] = field(default_factory=dict)

    def __call__(self) -> tuple[Window, ...]:
        book = Rulebook(self.database, self.org)
        newest = book.newest()
        if newest is None:
            return _of_folders(self.packs)
        if newest not in self._known:
            ruleset = book.ruleset(newest)
            self._known = {newest: windows_of(ruleset or RuleSet())}
        return self._known[newest]


@cache
def _of_folders(packs: Path | None) -> tuple[Window, ...]:
    return windows_of(load_packs([] if packs is None else [packs]))


def touch(session: Session, org: int, news: Sequence[Mark], windows: Windows, moment: datetime) -> int:
    """Queue the calls whose verdicts may change because of ``news``; how many. The last act of a transaction.

    News that are calls carry the key of their row. Nothing of the rules is read where no other call shares a key.
    """
    if not _shared(session, org, news):
        return 0
    looking = windows()
    asked: dict[Hashable, set[str]] = defaultdict(set)
    for key in sorted({key for window in looking for key in window.keys}):
        asking = [window for window in looking if key in window.keys]
        for some, others in _near(session, org, key, news, asking):
            for call, rules in concerned(some, others, asking).items():
                asked[call] |= rules
    return _queue(session, org, asked, looking, moment)


def touch_covered(session: Session, org: int, before: Span | None, windows: Windows, moment: datetime) -> int:
    """Queue calls that were unsure and may be sure now that the contact log covers more days; how many.

    :param before: what the log covered at the beginning of this transaction.
    """
    after = covered_span(session, org)
    if after is None or after == before:
        return 0
    newly = [
        and_(VerdictRow.rule == window.rule, MetadataVersion.started_at.between(*span))
        for window in windows()
        if window.log and window.verdict
        for span in _newly(window, before, after)
    ]
    wanted = (
        select(MetadataVersion.call_id).distinct()
        .join(Result, and_(Result.call_id == MetadataVersion.call_id, Result.superseded_at.is_(None)))
        .join(VerdictRow, VerdictRow.result_id == Result.id)
        .where(*_valid(org), VerdictRow.value == str(Value.UNSURE), or_(false(), *newly))
    )  # fmt: skip
    return _add_jobs(session, org, session.scalars(wanted).all(), moment)


def drop_pointless(session: Session, org: int, public_id: str) -> None:
    """A call that was parked without ever having a result has no verdicts to make again; tried again, it asks by itself."""
    call = select(Call.id).where(Call.org_id == org, Call.public_id == public_id).scalar_subquery()
    first = aliased(JobRow)
    pending = exists().where(first.call_id == JobRow.call_id, first.kind == "process", first.state != "parked")
    session.execute(delete(JobRow).where(
        JobRow.call_id == call, JobRow.kind == LEDGER, JobRow.state == "waiting", ~pending,
        ~exists().where(Result.call_id == JobRow.call_id),
    ).execution_options(synchronize_session=False))  # fmt: skip


def covered_span(session: Session, org: int) -> Span | None:
    """From when to when the contact log reaches; None without one."""
    first, last = session.execute(
        select(func.min(ContactRow.started_at), func.max(ContactRow.started_at)).where(
            ContactRow.org_id == org, ContactRow.superseded_at.is_(None)
        )
    ).one()
    return None if first is None else (first, last)


def _newly(window: Window, before: Span | None, after: Span) -> list[Span]:
    """When calls began whose window the log may cover now and did not before; a day more on each side, for whole days."""
    day, wait = timedelta(days=1), min(window.ahead, DUE)
    if before is None:
        return [(after[0] - day, after[1] + day)]
    later = [(before[1] - wait - day, after[1] + day)] if after[1] > before[1] else []
    earlier = [(after[0] - day, before[0] + window.back + wait + day)] if after[0] < before[0] else []
    return later + earlier


def _shared(session: Session, org: int, news: Sequence[Mark]) -> bool:
    """Whether any other call that was or is being judged has a key in common: of nearly every new call there is none."""
    own = {mark.call for mark in news if mark.call is not None}
    judged = or_(
        exists().where(Result.call_id == MetadataVersion.call_id),
        exists().where(JobRow.call_id == MetadataVersion.call_id, JobRow.state == "running"),
    )
    for key, marks in _by_key(news).items():
        if any(len({mark.call for mark in same}) > 1 for same in marks.values()):
            return True
        for some in _chunks(sorted(marks)):
            found = select(MetadataVersion.id).where(
                *_valid(org), getattr(MetadataVersion, key).in_(some), MetadataVersion.call_id.not_in(own), judged
            )
            if session.scalar(found.limit(1)) is not None:
                return True
    return False


def _near(
    session: Session, org: int, key: str, news: Sequence[Mark], windows: Sequence[Window]
) -> Iterator[tuple[list[Mark], list[Mark]]]:
    """News and the calls with the same key that began near enough for one of the windows."""
    back, ahead = max(window.back for window in windows), max(window.ahead for window in windows)
    marks = _by_key(news).get(key, {})
    column = getattr(MetadataVersion, key)
    for some in _chunks(sorted(marks)):
        mine = [Mark(mark.at, {key: value}, mark.call) for value in some for mark in marks[value]]
        times = [mark.at for mark in mine]
        near = MetadataVersion.started_at.between(_moved(min(times), -ahead), _moved(max(times), back))
        rows = select(MetadataVersion.call_id, MetadataVersion.started_at, column)
        found = session.execute(rows.where(*_valid(org), column.in_(some), near))
        yield mine, [Mark(at, {key: value}, call) for call, at, value in found if at is not None]


def _queue(
    session: Session, org: int, asked: Mapping[Hashable, Collection[str]], windows: Sequence[Window], moment: datetime
) -> int:
    """Of the calls in a window, those where it can matter: a rule that did not apply asks nobody."""
    silent = {window.rule for window in windows if not window.verdict}
    calls: set[int] = set()
    for some in _chunks(sorted(asked, key=str)):
        answered = select(Result.call_id, VerdictRow.rule).join(VerdictRow, VerdictRow.result_id == Result.id)
        answered = answered.where(
            Result.call_id.in_(some), Result.superseded_at.is_(None), VerdictRow.value != str(Value.NOT_APPLICABLE)
        )
        calls |= {call for call, rule in session.execute(answered) if rule in asked[call]}
        heard = select(Result.call_id).where(Result.call_id.in_(some), Result.superseded_at.is_(None))
        calls |= {call for call in session.scalars(heard) if silent.intersection(asked[call])}
        # One that is being judged may have looked before this transaction commits.
        running = select(JobRow.call_id).where(JobRow.call_id.in_(some), JobRow.state == "running")
        calls |= set(session.scalars(running))
    return _add_jobs(session, org, calls, moment)


def _add_jobs(session: Session, org: int, calls: Collection[int], moment: datetime) -> int:
    """One waiting job for each call that has none which covers it."""
    if not calls:
        return 0
    _one_at_a_time(session, org)
    wanted: list[int] = sorted(calls)
    covered: set[int] = set()
    for some in _chunks(wanted):
        # A waiting job that somebody is just claiming is none: its claimer may look before this transaction commits.
        waiting = select(JobRow.call_id).where(
            JobRow.call_id.in_(some), JobRow.state == "waiting", JobRow.kind.in_(COVERED)
        )
        covered |= set(session.scalars(waiting.with_for_update(skip_locked=True)))
    return queue(session, org, LEDGER, [call for call in wanted if call not in covered], moment)


def _one_at_a_time(session: Session, org: int) -> None:
    """On PostgreSQL, wait for others who queue: two would both find nothing waiting. Nothing is waited for after this."""
    if session.get_bind().dialect.name == "postgresql":
        lock = int.from_bytes(hashlib.sha256(f"{org}:{LEDGER}".encode()).digest()[:8], signed=True)
        session.execute(select(func.pg_advisory_xact_lock(lock)))


def _valid(org: int) -> list[ColumnElement[bool]]:
    return [MetadataVersion.org_id == org, MetadataVersion.superseded_at.is_(None)]


def _by_key(news: Iterable[Mark]) -> dict[str, dict[str, list[Mark]]]:
    found: dict[str, dict[str, list[Mark]]] = defaultdict(lambda: defaultdict(list))
    for mark in news:
        for key, value in mark.keys.items():
            found[key][value].append(mark)
    return found


def _moved(moment: datetime, by: timedelta) -> datetime:
    """``moment`` later by ``by``, or the end of the calendar."""
    try:
        return moment + by
    except OverflowError:
        return (
            datetime.max.replace(tzinfo=moment.tzinfo)
            if by > timedelta(0)
            else datetime.min.replace(tzinfo=moment.tzinfo)
        )


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[i : i + AT_ONCE] for i in range(0, len(items), AT_ONCE))
