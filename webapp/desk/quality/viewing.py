"""A review as one person sees it: rows become the records of dashboards/quality.py.

A draft shows what is answered now and what the machine says by the newest result. A submitted review shows the marks it
was scored with, and says so when a newer result of the call would answer otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboards.reviews import Choice, Event, Machine, QuestionView, ReviewView
from dashboards.wording import sentence
from pipeline.quality.prefill import Suggestion, withheld
from pipeline.quality.scorecards import NA, Card, Question
from pipeline.quality.scoring import asked, score_card
from webapp.desk.quality.finding import (
    ANSWER,
    FIRST,
    FLAG,
    NOTE,
    SECOND,
    Found,
    answers_of,
    effective,
    holds,
    names_of,
    score_of,
    suggestions,
)
from webapp.desk.scope import Scope
from webapp.tables import CalibrationRow, ReviewAnswer, ReviewEvent, ReviewMark, ReviewRow, ReviewScore

Answers = Mapping[tuple[str, str], ReviewAnswer]


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything SQL knows of a review at this moment. ``values`` are answers with their source."""

    answers: Answers
    suggested: Mapping[str, Suggestion]
    values: Mapping[str, tuple[str, str]]
    score: ReviewScore | None
    marks: Mapping[str, ReviewMark]
    newer: bool


def standing(session: Session, found: Found) -> Standing:
    """What stands in a review now."""
    answers, scored = answers_of(session, found.row.id), score_of(session, found.row.id)
    if scored is None:
        suggested = suggestions(session, found, found.ranked.result_id)
        machine = suggested if found.slot == FIRST else {}
        return Standing(answers, suggested, effective(found.card, answers, machine), None, {}, newer=False)
    score, marks = scored
    suggested = suggestions(session, found, found.row.result_id)
    newer = found.row.result_id != found.ranked.result_id and _answers(
        suggestions(session, found, found.ranked.result_id)
    ) != _answers(suggested)
    return Standing(answers, suggested, {m.question: (m.value, m.source) for m in marks.values()}, score, marks, newer)


def view(
    session: Session, scope: Scope, found: Found, *, blind: bool | None = None, held: bool = False
) -> ReviewView:  # fmt: skip
    """The review for one person. ``blind`` None: as its slot says (what is blind is so until it is submitted).

    ``held``: somebody else has the call, so that nothing may be written.
    """
    row, ranked, card, now = found.row, found.ranked, found.card, standing(session, found)
    session_id, goes_on = _session(session, row)
    hidden = (goes_on or (row.state == "draft" and found.slot != FIRST)) if blind is None else blind
    events, written = _events(session, row.id), _written(session, row.id)
    people = names_of(
        session, row.org_id, [row.reviewer_id, *(one.user_id for one in written), *(one.user_id for one in events)]
    )
    values = {name: value for name, (value, _source) in now.values.items()}
    on = {question.id for question in asked(card, values)}
    sections = tuple(
        (section.title, tuple(_question(q, now, people, asked=q.id in on, hidden=hidden) for q in section.questions))
        for section in card.body.sections
    )
    scored = score_card(card, {name: value for name, value in values.items() if name in on})
    flag, note = now.answers.get(("", FLAG)), now.answers.get(("", NOTE))
    return ReviewView(
        row.public_id, ranked.public_id, ranked.name or ranked.public_id[:8], ranked.agent, ranked.queue,
        ranked.started_at, ranked.duration, card.body.title, found.scorecard.version, found.slot, row.state, row.edition,
        row.version, sections, scored.score, scored.quality, scored.compliance, scored.band or "", scored.fatal,
        len(scored.open), _value(flag), _version(flag), _value(note) or "", _version(note),
        people.get(row.reviewer_id, ""), row.submitted_at, hidden,
        not held and may_edit(session, scope, found), may_reopen(session, scope, found),
        "" if hidden else withheld(ranked.marks, ranked.duration), now.newer,
        _history(card, events, written, people), session_id,
    )  # fmt: skip


def _session(session: Session, row: ReviewRow) -> tuple[str, bool]:
    """The public id of the calibration session a review belongs to, and whether it still goes on."""
    if row.calibration_id is None:
        return "", False
    found = session.get_one(CalibrationRow, row.calibration_id)
    return found.public_id, found.closed_at is None


def preview(card: Card, suggested: Mapping[str, Suggestion], who: str) -> ReviewView:
    """A card as a reviewer would find it on a call that nobody reviewed yet; questions that depend on others are shown."""
    values = effective(card, {}, suggested)
    now = Standing({}, suggested, values, None, {}, newer=False)
    sections = tuple(
        (section.title, tuple(_question(q, now, {}, asked=True, hidden=False) for q in section.questions))
        for section in card.body.sections
    )
    on = {question.id for question in asked(card, {name: value for name, (value, _source) in values.items()})}
    scored = score_card(card, {name: value for name, (value, _source) in values.items() if name in on})
    return ReviewView(
        "preview", "", "", "", "", None, 0.0, card.body.title, 0, FIRST, "draft", 1, 0, sections, scored.score, scored.quality,
        scored.compliance, scored.band or "", scored.fatal, len(scored.open), None, 0, "", 0, who, None, False, True, False, "",
    )  # fmt: skip


def may_edit(session: Session, scope: Scope, found: Found) -> bool:
    """A draft is answered by its reviewer alone; who else has the call now begins by taking it over."""
    mine = found.row.state == "draft" and found.row.reviewer_id == scope.user
    return mine and holds(session, scope, found.row.call_id, "reviews:write")


def may_reopen(session: Session, scope: Scope, found: Found) -> bool:
    if found.row.state != "submitted" or found.slot not in (FIRST, SECOND):
        return False
    return found.row.reviewer_id == scope.user or holds(session, scope, found.row.call_id, "reviews:assign")


def choices(question: Question) -> tuple[Choice, ...]:
    """The answers with their keys; N/A has the key 0."""
    own = [
        Choice(str(n), option.value, option.title, option.value in question.fatal)
        for n, option in enumerate(question.options, 1)
    ]
    return (*own, Choice("0", NA, "N/A")) if question.not_applicable else tuple(own)


def machine(question: Question, said: Suggestion | None) -> Machine | None:
    if said is None:
        return None
    title = "left open" if said.value is None else question.title(said.value)
    return Machine(said.value, title, sentence(said.reason), said.evidence, said.decides)


def _question(
    question: Question, now: Standing, people: Mapping[int, str], *, asked: bool, hidden: bool
) -> QuestionView:
    row, note = now.answers.get((question.id, ANSWER)), now.answers.get((question.id, NOTE))
    value, source = now.values.get(question.id, (None, ""))
    said = None if hidden else machine(question, now.suggested.get(question.id))
    by = people.get(row.user_id, "") if row is not None and row.value is not None else ""
    return QuestionView(
        question.id, question.ask, question.help, question.weight, question.compliance, choices(question), asked,
        value, source, _version(row), by, _value(note) or "", _version(note), said,
        bool(said and said.value is not None and value is not None and said.value != value),
        question.when.question if question.when else "", tuple(question.when.answers) if question.when else (),
    )  # fmt: skip


def _answers(suggested: Mapping[str, Suggestion]) -> dict[str, str | None]:
    return {name: said.value for name, said in suggested.items()}


def _events(session: Session, review: int) -> list[ReviewEvent]:
    return list(session.scalars(select(ReviewEvent).where(ReviewEvent.review_id == review).order_by(ReviewEvent.id)))


def _history(
    card: Card, events: list[ReviewEvent], written: list[ReviewAnswer], people: Mapping[int, str]
) -> tuple[Event, ...]:
    """What happened, and every change of an answer with what it was before, in the order of time."""
    found = [Event(e.at, people.get(e.user_id or 0, ""), e.what, e.question, e.old, e.new, e.note) for e in events]
    before: dict[str, str] = {}
    for row in written:
        if row.part != ANSWER or row.question not in card.by_id:
            continue
        said = card.by_id[row.question].title(row.value) if row.value else "open"
        what = "answered" if row.undoes is None else "took back"
        found.append(
            Event(row.at, people.get(row.user_id, ""), what, row.question, before.get(row.question, "open"), said, "")
        )
        before[row.question] = said
    return tuple(sorted(found, key=lambda event: event.at))


def _written(session: Session, review: int) -> list[ReviewAnswer]:
    wanted = select(ReviewAnswer).where(ReviewAnswer.review_id == review)
    return list(session.scalars(wanted.order_by(ReviewAnswer.version)))


def _value(row: ReviewAnswer | None) -> str | None:
    return row.value if row is not None else None


def _version(row: ReviewAnswer | None) -> int:
    return row.version if row is not None else 0
