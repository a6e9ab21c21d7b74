"""Rolled-up figures say what counting all calls anew would say, whatever came in which order and however often."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from pipeline.records import Measure
from tests.store.makers import make_intake, make_result
from webapp.figures.cells import Place, summed
from webapp.figures.rolling import day_of, recount, roll
from webapp.store import outbox
from webapp.tables import FigureCall, FigureCell, OutboxRow, Ranked, VerdictRow

HELSINKI = "Europe/Helsinki"
LATE = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)  # the 21st in Helsinki


def hear(store, name, *, started=LATE, score=0.5, **metadata):
    store.add(make_intake(store, name, call_id=name, started_at=started, **metadata))
    [job] = store.claim("w", limit=1, lease=60)
    assert store.commit(job, make_result(job, score=score))


def cells(store, *, whole):
    with store.database.read() as session:
        rows = session.scalars(select(FigureCell).where(FigureCell.whole.is_(whole)).order_by(FigureCell.id)).all()
        session.expunge_all()
    return rows


def test_a_cell_holds_what_its_calls_say(store):
    hear(store, "a", agent_id="7", queue="billing", score=0.25)
    hear(store, "b", agent_id="7", queue="billing", score=0.75)
    hear(store, "c", agent_id="8", queue="billing")
    assert roll(store, HELSINKI) == 3
    mine, other = sorted(cells(store, whole=False), key=lambda cell: cell.agent)
    assert (mine.day, mine.agent, mine.queue, mine.calls, mine.score) == ("2026-11-21", "7", "billing", 2, 1.0)
    assert mine.square == pytest.approx(0.25**2 + 0.75**2)
    with store.database.read() as session:
        per_call = dict(session.execute(select(VerdictRow.rule, func.count() / 3).group_by(VerdictRow.rule)).all())
    assert {rule: sum(values.values()) for rule, values in mine.counts["verdicts"].items()} == {
        rule: 2 * n for rule, n in per_call.items()
    }
    [day] = cells(store, whole=True)
    assert (day.calls, day.queue, day.agent) == (3, "", "")
    both = summed([mine, other])
    assert day.counts["reasons"] == dict(both.named["reasons"])
    assert day.score == pytest.approx(both.score)


def test_counting_twice_changes_nothing(store):
    hear(store, "a", agent_id="7")
    roll(store, HELSINKI)
    before = [cell.counts for cell in cells(store, whole=True)]
    with store.database.write() as session:
        recount(
            session,
            store.org,
            [Place(cell.team_id, cell.day, cell.queue, cell.agent) for cell in cells(store, whole=False)],
        )
    assert [cell.counts for cell in cells(store, whole=True)] == before
    assert roll(store, HELSINKI) == 0


def test_a_call_whose_metadata_move_it_leaves_the_cell_it_stood_in(store):
    hear(store, "a", agent_id="7")
    roll(store, HELSINKI)
    store.add(make_intake(store, "a", call_id="a", started_at=LATE - timedelta(days=3), agent_id="9"))
    roll(store, HELSINKI)
    [cell] = cells(store, whole=False)
    assert (cell.day, cell.agent, cell.calls) == ("2026-11-18", "9", 1)
    assert [day.day for day in cells(store, whole=True)] == ["2026-11-18"]


def test_a_new_version_of_a_result_replaces_what_the_old_one_counted(store):
    hear(store, "a", score=0.2)
    roll(store, HELSINKI)
    store.redo("analyze")
    [job] = store.claim("w", limit=1, lease=60)
    store.commit(job, make_result(job, score=0.9))
    roll(store, HELSINKI)
    [day] = cells(store, whole=True)
    assert (day.calls, day.score) == (1, 0.9)


def test_marks_of_a_batch_that_failed_wait_for_the_next_pass(store, monkeypatch):
    hear(store, "a")
    with monkeypatch.context() as broken:
        broken.setattr("webapp.figures.rolling.recount", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            roll(store, HELSINKI)
    with store.database.read() as session:
        waiting = session.scalar(
            select(func.count(OutboxRow.id)).where(OutboxRow.kind == outbox.FIGURES, OutboxRow.done_at.is_(None))
        )
        assert (waiting, session.scalar(select(func.count(FigureCall.call_id)))) == (1, 0)
    assert roll(store, HELSINKI) == 1


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 28, 22, 0, tzinfo=UTC), "2026-03-29"),  # the day of 23 hours begins
        (datetime(2026, 3, 29, 20, 59, tzinfo=UTC), "2026-03-29"),
        (datetime(2026, 3, 29, 21, 0, tzinfo=UTC), "2026-03-30"),
        (datetime(2026, 10, 25, 21, 59, tzinfo=UTC), "2026-10-25"),  # the one of 25 hours ends
    ],
)
def test_days_are_those_of_the_zone(store, moment, day):
    hear(store, "a", started=moment)
    roll(store, HELSINKI)
    assert [cell.day for cell in cells(store, whole=True)] == [day]
    with store.database.read() as session:
        assert day_of(session.scalars(select(Ranked.at)).one(), ZoneInfo(HELSINKI)) == day


def about(store, name, *topics, mood=None, silence=None, duration=None):
    """A call heard to be about topics."""
    store.add(make_intake(store, name, call_id=name, started_at=LATE, agent_id="7"))
    [job] = store.claim("w", limit=1, lease=60)
    made = make_result(job)
    found = [replace(made.findings[0], kind=f"topic.{topic}") for topic in topics]
    measures = [Measure("sentiment.customer", mood)] if mood is not None else []
    measures += [Measure("silence_share", silence)] if silence is not None else []
    audio = replace(made.call.audio, duration=duration or 60.0)
    assert store.commit(
        job, replace(made, findings=tuple(found), measures=tuple(measures), call=replace(made.call, audio=audio))
    )


def test_each_topic_has_the_length_the_talk_and_the_mood_of_its_calls(store):
    about(store, "a", "refund", "refund", mood=-0.5, silence=0.25, duration=100.0)
    about(store, "b", "refund", "bill", mood=0.1, duration=40.0)
    about(store, "c", "bill")
    roll(store, HELSINKI)
    [day] = cells(store, whole=True)
    topics = summed([day]).topics
    assert topics["refund"]["length"] == [2, 140.0, 100.0**2 + 40.0**2]
    assert topics["refund"]["talk"] == [1, 75.0, 75.0**2]  # of b nobody knows how long it was silent
    assert topics["refund"]["mood"] == [2, pytest.approx(-0.4), pytest.approx(0.26)]
    assert topics["bill"]["mood"] == [1, pytest.approx(0.1), pytest.approx(0.01)]
    assert day.counts["topics"] == cells(store, whole=False)[0].counts["topics"]
