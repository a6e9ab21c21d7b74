"""Reading notices: which of them a person may still see, what they say, and where they lead.

What a notice is about must be inside its reader's scope now: who lost a team, or is about to answer the same call blind,
finds none of its notices, neither in the inbox nor in a mail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from dashboards.notices import Told
from webapp.desk.quality.finding import visible
from webapp.desk.scope import Scope
from webapp.desk.searches import usable
from webapp.notices import telling as t
from webapp.permissions import OWN_CALLS_ONLY
from webapp.reports.shelf import visible as report_visible
from webapp.store.scorecards import card_of
from webapp.tables import (
    CalibrationCall,
    CalibrationPerson,
    CalibrationRow,
    Call,
    CoachingRow,
    NoticeRow,
    Ranked,
    ReportRow,
    ReviewRow,
    ScorecardRow,
    SearchRow,
    User,
)

OPERATIONS = "operations:read"


@dataclass(frozen=True, slots=True)
class Entry:
    """One notice with what its sentence is made of, and where it leads."""

    row: NoticeRow
    told: Told
    href: str


def seen(scope: Scope) -> ColumnElement[bool]:
    """The condition for notices of this person about what they may see."""
    mine = NoticeRow.org_id == scope.org, NoticeRow.user_id == scope.user
    return and_(*mine, or_(*(and_(NoticeRow.kind == kind, inside) for kind, inside in _inside(scope).items())))


def _inside(scope: Scope) -> Mapping[str, ColumnElement[bool]]:
    return {
        t.ASSIGNED: _call(scope.calls("reviews:write")),
        t.WANTED: _call(scope.calls("queues:work")),
        t.DISPUTED: _review(scope, scope.calls("disputes:decide")),
        t.DECIDED: _review(scope, or_(scope.calls("own:reviews"), scope.calls("reviews:read"))),
        t.FATAL: _review(scope, scope.calls("reviews:assign")),
        t.COACHED: _coaching(scope),
        t.PARKED: select(Call.id).where(Call.id == NoticeRow.call_id, scope.rows(Call, OPERATIONS)).exists(),
        t.CALIBRATION: _session(scope),
        t.FOUND: select(SearchRow.id)
        .where(SearchRow.public_id == NoticeRow.subject, SearchRow.org_id == scope.org, usable(scope))
        .exists()
        if scope.may("calls:read")
        else false(),
        t.READY: select(ReportRow.id)
        .where(ReportRow.public_id == NoticeRow.subject, report_visible(scope.org, scope))
        .exists(),
    }


def _call(inside: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(Ranked.call_id).where(Ranked.call_id == NoticeRow.call_id, inside).exists()


def _review(scope: Scope, inside: ColumnElement[bool]) -> ColumnElement[bool]:
    """The review it names is one this person may see: not while they answer the same call blind."""
    return (
        select(ReviewRow.id)
        .join(Ranked, Ranked.call_id == ReviewRow.call_id)
        .where(ReviewRow.public_id == NoticeRow.subject, inside, visible(scope))
        .exists()
    )


def _coaching(scope: Scope) -> ColumnElement[bool]:
    return (
        select(CoachingRow.id)
        .join(Ranked, Ranked.call_id == CoachingRow.call_id)
        .where(CoachingRow.public_id == NoticeRow.subject, scope.calls("own:reviews"))
        .exists()
    )


def _session(scope: Scope) -> ColumnElement[bool]:
    """A session they take part in, with a call of theirs in it: open, or closed where that is what is told."""
    return (
        select(CalibrationRow.id)
        .join(CalibrationPerson, CalibrationPerson.calibration_id == CalibrationRow.id)
        .join(CalibrationCall, CalibrationCall.calibration_id == CalibrationRow.id)
        .join(Ranked, Ranked.call_id == CalibrationCall.call_id)
        .where(
            CalibrationRow.public_id == NoticeRow.subject,
            or_(CalibrationRow.closed_at.is_(None), NoticeRow.rule == t.CLOSED),
            CalibrationPerson.user_id == scope.user, scope.calls("reviews:write"),
        )
        .exists()
    )  # fmt: skip


def entries(session: Session, scope: Scope, rows: Sequence[NoticeRow]) -> list[Entry]:
    """These notices (already known to be inside the scope) in the given order."""
    about = _About.read(session, scope, rows)
    return [Entry(row, about.told(row), _href(row, about, scope)) for row in rows]


@dataclass(frozen=True, slots=True)
class _About:
    """Names of what some notices speak of."""

    calls: Mapping[int, tuple[str, str]]  # key -> public id and id for people
    people: Mapping[int, str]
    names: Mapping[str, str]  # of searches and sessions
    questions: Mapping[tuple[str, str], str]  # review and question -> in words
    reviews: Mapping[str, str]  # coaching note -> its review

    @classmethod
    def read(cls, session: Session, scope: Scope, rows: Sequence[NoticeRow]) -> _About:
        subjects = {kind: [row.subject for row in rows if row.kind == kind] for kind in {row.kind for row in rows}}
        named = dict(session.execute(
            select(SearchRow.public_id, SearchRow.name).where(SearchRow.public_id.in_(subjects.get(t.FOUND, ())))
        ).all())  # fmt: skip
        named |= dict(session.execute(
            select(CalibrationRow.public_id, CalibrationRow.title)
            .where(CalibrationRow.public_id.in_(subjects.get(t.CALIBRATION, ())))
        ).all())  # fmt: skip
        notes = select(CoachingRow.public_id, ReviewRow.public_id).join(
            ReviewRow, ReviewRow.id == CoachingRow.review_id
        )
        of_notes = notes.where(CoachingRow.public_id.in_(subjects.get(t.COACHED, ())))
        reviewed = [row for row in rows if row.kind in (t.FATAL, t.DISPUTED)]
        return cls(
            _calls(session, rows), _people(session, scope, rows), named, _questions(session, reviewed),
            dict(session.execute(of_notes).all()),
        )  # fmt: skip

    def told(self, row: NoticeRow) -> Told:
        return Told(
            row.kind, row.count, self.calls.get(row.call_id or 0, ("", ""))[1], row.rule, self.people.get(row.by_id or 0, ""),
            self.names.get(row.subject, ""), self.questions.get((row.subject, row.rule), row.rule),
        )  # fmt: skip


def _calls(session: Session, rows: Sequence[NoticeRow]) -> dict[int, tuple[str, str]]:
    wanted = (
        select(Call.id, Call.public_id, Ranked.name)
        .outerjoin(Ranked, Ranked.call_id == Call.id)
        .where(Call.id.in_([row.call_id for row in rows if row.call_id is not None]))
    )
    return {key: (public_id, name or public_id[:8]) for key, public_id, name in session.execute(wanted)}


def _people(session: Session, scope: Scope, rows: Sequence[NoticeRow]) -> dict[int, str]:
    keys = {row.by_id for row in rows if row.by_id is not None}
    return dict(session.execute(select(User.id, User.name).where(User.org_id == scope.org, User.id.in_(keys))).all())


def _questions(session: Session, rows: Sequence[NoticeRow]) -> dict[tuple[str, str], str]:
    reviews = {row.subject for row in rows}
    found = session.execute(
        select(ReviewRow.public_id, ScorecardRow)
        .join(ScorecardRow, ScorecardRow.id == ReviewRow.scorecard_id)
        .where(ReviewRow.public_id.in_(reviews))
    ).all()
    cards = {review: card_of(card) for review, card in found}
    return {
        (row.subject, row.rule): cards[row.subject].by_id[row.rule].ask
        for row in rows
        if row.subject in cards and row.rule in cards[row.subject].by_id
    }


def _href(row: NoticeRow, about: _About, scope: Scope) -> str:
    """Where a notice leads: the thing itself, or the list of its kind where there are several."""
    call = about.calls.get(row.call_id or 0, ("", ""))[0]
    own = any(member.role in OWN_CALLS_ONLY for member in scope.members) and not scope.may("reviews:read")
    leads = {
        t.ASSIGNED: f"/calls/{call}" if row.count == 1 and call else "/reviews",
        t.WANTED: f"/calls/{call}",
        t.DISPUTED: "/disputes",
        t.DECIDED: f"/results/{row.subject}" if own else f"/reviews/{row.subject}",
        t.COACHED: f"/results/{about.reviews.get(row.subject, '')}",
        t.FATAL: f"/reviews/{row.subject}" if row.count == 1 else "/reviews",
        t.FOUND: f"/search/{row.subject}?sort=started",
        t.READY: f"/reports#{row.subject}",
        t.PARKED: "/trouble",
        t.CALIBRATION: f"/calibration/{row.subject}",
    }
    return leads[row.kind]
