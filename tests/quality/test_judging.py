"""Figures of reviews: counted inside the scope, never what a blind review must not show, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from dashboards.figures import Wanted
from dashboards.pages.quality import TABLES
from webapp.desk.figures import SqlFiguresDesk
from webapp.desk.judging import SqlJudgingDesk
from webapp.desk.quality.calibrating import SqlCalibrationDesk
from webapp.tables import DisputeRow, ReviewRow


def judging(house, login):
    return SqlJudgingDesk(house.desk(login), "UTC")


def wanted(house, days=0, **more):
    today = house.store.clock().date()
    return Wanted(today - timedelta(days=days), today, **more)


def test_reviews_are_counted_by_person_and_day_inside_the_scope(house, clock):
    house.reviewed("rita", house.call("C-1"))
    clock.move(days=1)
    house.reviewed("rita", house.call("C-2"))
    house.reviewed("sam", house.call("C-3", team="south"))
    [rita] = judging(house, "lena").reviewers(wanted(house, 1))
    assert (rita.name, list(rita.days.values())) == ("Rita", [1, 1])
    assert [one.name for one in judging(house, "sam").reviewers(wanted(house, 1))] == ["Sam"]
    assert [one.name for one in judging(house, "ada").reviewers(wanted(house))] == ["Rita", "Sam"]
    assert judging(house, "ali").reviewers(wanted(house, 1)) == []


def test_a_reviewer_s_figure_opens_exactly_those_calls(house):
    calls = [house.call(name) for name in ("C-1", "C-2")]
    house.reviewed("rita", calls[0])
    house.reviewed("rob", calls[1])
    [rita, _rob] = judging(house, "lena").reviewers(wanted(house))
    here = SqlFiguresDesk(house.desk("lena"), "UTC")
    assert [row.id for row in here.calls(wanted(house), "reviewed", rita.id)] == [calls[0]]
    assert {row.id for row in here.calls(wanted(house), "reviewed", "")} == set(calls)
    yesterday = Wanted(wanted(house).since - timedelta(days=1), wanted(house).since - timedelta(days=1))
    assert list(here.calls(yesterday, "reviewed", rita.id)) == []
    assert list(SqlFiguresDesk(house.desk("sam"), "UTC").calls(wanted(house), "reviewed", rita.id)) == []


def test_agreement_is_over_the_reviews_of_the_wanted_days_and_calls(house, clock):
    old = house.call("C-1")
    for login, slot in (("rita", "first"), ("rob", "second")):
        house.reviewed(login, old, slot=slot)
    clock.move(days=2)
    house.reviewed("rita", house.call("C-2", agent="ag-2"))
    here = judging(house, "lena")
    assert (here.agreement(wanted(house)).reviews, here.agreement(wanted(house, 2)).reviews) == (1, 3)
    assert here.agreement(wanted(house, 2)).twice == 1
    assert here.agreement(wanted(house, 2, agent="ag-2")).reviews == 1
    assert here.agreement(wanted(house, card="no such card")) is None


def test_who_reviews_a_call_blind_finds_its_first_review_in_no_figure(house):
    call = house.call("C-1")
    house.reviewed("rita", call)
    assert judging(house, "lena").agreement(wanted(house)).reviews == 1
    assert house.reviews("lena").begin(call, "service", "second")
    assert judging(house, "lena").agreement(wanted(house)).reviews == 0
    assert judging(house, "lena").reviewers(wanted(house)) == []


def test_closed_sessions_are_told_and_open_ones_are_not(house):
    calls = [house.call("C-1"), house.call("C-2")]
    people = [house.accounts.find(login).id for login in ("rita", "rob")]
    here = SqlCalibrationDesk(house.desk("lena"))
    session = here.open("March", "service", calls, people)
    for login in ("rita", "rob"):
        for call in calls:
            mine = SqlCalibrationDesk(house.desk(login)).begin(session, call)
            assert house.finish(login, mine).outcome == "submitted"
    assert judging(house, "lena").calibrations(wanted(house)) == []
    here.close(session)
    [told] = judging(house, "lena").calibrations(wanted(house))
    assert (told.title, told.people, told.calls, told.pairs, told.near) == ("March", 2, 2, 2, 1.0)
    assert judging(house, "sam").calibrations(wanted(house)) == []


@pytest.mark.parametrize(("state", "counted"), [("upheld", (1, 0, 0)), ("rejected", (0, 1, 0)), ("open", (0, 0, 1))])
def test_disputes_are_counted_by_what_became_of_them(house, state, counted):
    review = house.reviewed("rita", house.call("C-1"))
    question = house.reviews("lena").peek(review).questions[0].id
    with house.store.database.write() as session:
        key = session.scalars(select(ReviewRow.id).where(ReviewRow.public_id == review)).one()
        at = house.store.clock()
        session.add(DisputeRow(org_id=house.store.org, review_id=key, question=question, user_id=1, text="no", at=at, state=state,
                               decided_at=None if state == "open" else at, old="yes"))  # fmt: skip
    [told] = judging(house, "lena").disputes(wanted(house))
    assert (told.upheld, told.rejected, told.open) == counted
    assert judging(house, "sam").disputes(wanted(house)) == []


def test_every_table_can_be_written_for_everybody_who_sees_the_page(house):
    house.reviewed("rita", house.call("C-1"))
    for login in ("lena", "sam", "cole", "ada"):
        for rows in TABLES.values():
            head, *body = rows(judging(house, login), wanted(house))
            assert all(len(row) == len(head) for row in body)
