"""Who is told of what, in which words, and that nobody is told of what they may not see."""

import pytest
from sqlalchemy import delete, func, select, update

from dashboards.notices import KINDS, NEEDS, Wish
from tests.quality.makers import VERDICTS
from tests.store.makers import make_intake
from webapp.desk.notices import SqlNoticeDesk
from webapp.desk.quality.assigning import SqlAssignDesk
from webapp.desk.quality.calibrating import SqlCalibrationDesk
from webapp.desk.quality.coaching import SqlCoachingDesk
from webapp.desk.quality.deciding import SqlDisputeDesk
from webapp.desk.quality.results import SqlResultDesk
from webapp.notices import reading
from webapp.notices.telling import ASSIGNED, News, tell
from webapp.tables import Call, Membership, NoticeRow, Ranked, User


def inbox(house, login):
    return SqlNoticeDesk(house.desk(login))


def says(house, login):
    return [one.says for one in inbox(house, login).notices()]


def person(house, login):
    return house.accounts.find(login).id


def fatal_question(house, login, review):
    """A question with an answer by which the whole review fails, and that answer."""
    for question in house.reviews(login).peek(review).questions:
        for choice in question.choices:
            if choice.fatal:
                return question.id, choice.value
    raise AssertionError("the card has no answer that fails a review")


def fail_review(house, login, call):
    review = house.reviews(login).begin(call, "service", "first")
    question, value = fatal_question(house, login, review)
    assert house.finish(login, review, **{question: value}).outcome == "submitted"
    return review


def test_whoever_is_asked_to_review_hears_of_it_once_an_hour_with_the_number(house, clock):
    calls = [house.call(name) for name in ("C-1", "C-2")]
    for call in calls:
        assert SqlAssignDesk(house.desk("lena")).assign(call, person(house, "rita"), "first", None) == ""
    assert says(house, "rita") == ["Lena asked you to review 2 calls."]
    clock.move(hours=1)
    SqlAssignDesk(house.desk("lena")).assign(house.call("C-3"), person(house, "rita"), "first", None)
    assert says(house, "rita") == ["Lena asked you to review call C-3.", "Lena asked you to review 2 calls."]
    assert says(house, "rob") == says(house, "sam") == []


def test_who_took_part_hears_that_a_session_is_closed_and_no_more_that_it_waits(house):
    house.call("C-1")
    desk = SqlCalibrationDesk(house.desk("lena"))
    here = desk.open("March", "service", ["C-1"], [person(house, one) for one in ("rita", "rob", "lena")])
    assert says(house, "rita") == says(house, "rob") == ["The calibration session March waits for you."]
    assert desk.close(here)
    [notice] = inbox(house, "rita").notices()
    assert notice.says == "The calibration session March is closed: see where you differ."
    assert inbox(house, "rita").open(notice.id) == f"/calibration/{here}"
    assert says(house, "lena") == []


def test_nobody_is_told_of_their_own_deed(house):
    SqlAssignDesk(house.desk("lena")).assign(house.call("C-1"), person(house, "lena"), "first", None)
    assert says(house, "lena") == []


def test_an_answer_that_fails_a_review_is_told_to_the_leads_of_its_team_alone(house):
    fail_review(house, "rita", house.call("C-1"))
    [notice] = inbox(house, "lena").notices()
    assert notice.says.startswith("A review of call C-1 fails by “")
    assert notice.href.startswith("/reviews/")
    assert [one.kind for one in inbox(house, "ada").notices()] == ["fatal"]
    assert says(house, "sam") == says(house, "rob") == says(house, "cole") == []


def test_a_review_that_does_not_fail_tells_nobody(house):
    house.reviewed("rita", house.call("C-1", verdicts=VERDICTS[:1]))
    assert says(house, "lena") == []


def test_a_dispute_is_told_to_who_may_decide_and_its_end_to_both_sides(house, mail_settings):
    review = house.reviewed("rita", house.call("C-1"))
    here = SqlResultDesk(house.desk("ali"), mail_settings)
    told = here.result(review)
    question = next(one for one in told.questions if len(one.choices) > 1 and one.id not in told.full)
    assert here.dispute(review, question.id, "I did say it.") == ""
    assert [one.kind for one in inbox(house, "lena").notices()] == ["disputed"]
    assert says(house, "rita") == says(house, "sam") == []
    [dispute] = SqlDisputeDesk(house.desk("lena")).disputes()
    assert SqlDisputeDesk(house.desk("lena")).decide(dispute.id, False, "", "It was not said.") == ""
    for login, leads in (("ali", "/results/"), ("rita", "/reviews/")):
        [notice] = inbox(house, login).notices()
        assert notice.says == "A dispute about call C-1 was rejected: the answer stays."
        assert notice.href == f"{leads}{review}"


def test_a_coaching_note_reaches_its_agent(house):
    review = house.reviewed("rita", house.call("C-1"))
    question = next(one for one in house.reviews("lena").peek(review).questions if one.value not in (None, "na"))
    assert SqlCoachingDesk(house.desk("lena")).write(review, question.id, "Say the name first.", 1.0, None) == ""
    [notice] = inbox(house, "ali").notices()
    assert (notice.says, notice.href) == ("Lena wrote you a coaching note on call C-1.", f"/results/{review}")
    assert says(house, "ben") == []


def test_parked_calls_are_told_to_administrators_once_with_their_number_and_reason(house):
    for name in ("C-1", "C-2", "C-3"):
        house.store.add(make_intake(house.store, name, call_id=name, team="north"))
    for job in house.store.claim("w", limit=3, lease=60):
        assert house.store.fail(job, "no_speech_model", "There is no model.", park=True)
    assert says(house, "ada") == ["3 calls could not be processed (no speech model)."]
    assert says(house, "lena") == []


def test_a_job_given_back_for_another_try_tells_nobody(house):
    house.store.add(make_intake(house.store, "C-1", call_id="C-1", team="north"))
    [job] = house.store.claim("w", limit=1, lease=60)
    assert house.store.fail(job, "processing_failed", "No luck.", park=False)
    assert says(house, "ada") == []


def test_calls_whose_worker_died_too_often_are_told_too(house, clock):
    house.store.add(make_intake(house.store, "C-1", call_id="C-1", team="north"))
    for _ in range(house.store.max_attempts):
        assert house.store.claim("w", limit=1, lease=60)
        clock.move(seconds=61)
    assert house.store.claim("w", limit=1, lease=60) == []
    assert says(house, "ada") == [f"Call {call_id(house)} could not be processed (worker died)."]


def call_id(house):
    with house.store.database.read() as session:
        return session.scalars(select(Call.public_id)).one()[:8]


def test_who_loses_the_team_no_longer_sees_its_notices_nor_their_number(house):
    fail_review(house, "rita", house.call("C-1"))
    assert inbox(house, "lena").unread() == 1
    with house.store.database.write() as session:
        lena = session.scalars(select(User.id).where(User.login == "lena")).one()
        session.execute(delete(Membership).where(Membership.user_id == lena))
    assert inbox(house, "lena").unread() == 0
    assert says(house, "lena") == []


def test_a_lead_who_reviews_the_call_blind_is_not_told_what_the_first_review_says(house):
    call = house.call("C-1")
    fail_review(house, "rita", call)
    assert inbox(house, "lena").unread() == 1
    assert house.reviews("lena").begin(call, "service", "second")
    assert inbox(house, "lena").unread() == 0


def test_muted_kinds_are_not_told(house):
    assert inbox(house, "rita").keep(Wish(muted=("assigned",))) == ""
    SqlAssignDesk(house.desk("lena")).assign(house.call("C-1"), person(house, "rita"), "first", None)
    assert says(house, "rita") == []


def test_a_notice_goes_with_its_call(house):
    SqlAssignDesk(house.desk("lena")).assign(house.call("C-1"), person(house, "rita"), "first", None)
    with house.store.database.write() as session:
        session.execute(delete(Call))
    with house.store.database.read() as session:
        assert session.scalar(select(func.count(NoticeRow.id))) == 0


def test_opening_marks_as_read_and_the_same_again_is_unread_again(house):
    SqlAssignDesk(house.desk("lena")).assign(house.call("C-1"), person(house, "rita"), "first", None)
    here = inbox(house, "rita")
    [notice] = here.notices()
    assert here.open(notice.id).startswith("/calls/")
    assert (here.unread(), here.notices()[0].read) == (0, True)
    assert inbox(house, "rob").open(notice.id) is None
    SqlAssignDesk(house.desk("lena")).assign(house.call("C-2"), person(house, "rita"), "first", None)
    assert here.unread() == 1
    assert here.read_all() == 1
    assert here.unread() == 0


def tell_and_fail(house, call):
    with house.store.database.write() as session:
        row = session.scalars(select(Ranked).where(Ranked.public_id == call)).one()
        rita = session.scalars(select(User.id).where(User.login == "rita")).one()
        assert (
            tell(session, house.store.org, News(ASSIGNED, row.call_id, row.team_id), [rita], house.store.clock()) == 1
        )
        raise ZeroDivisionError


def test_a_deed_that_fails_tells_nobody(house):
    """The notice stands in the transaction of the deed."""
    call = house.call("C-1")
    with pytest.raises(ZeroDivisionError):
        tell_and_fail(house, call)
    assert says(house, "rita") == []


def test_every_kind_has_a_condition_on_who_sees_it(house):
    assert set(reading._inside(house.desk("ada").scope)) == set(KINDS) == set(NEEDS)


@pytest.mark.parametrize(
    "wish", [Wish(address="no address"), Wish(quiet="late"), Wish(quiet="25:00-07:00"), Wish(digest_hour=24)]
)
def test_a_wish_that_makes_no_sense_is_refused(house, wish):
    assert inbox(house, "rita").keep(wish) != ""
    assert inbox(house, "rita").wish() == Wish()


def test_a_disabled_person_is_not_told(house):
    with house.store.database.write() as session:
        session.execute(update(User).where(User.login == "lena").values(disabled_at=house.store.clock()))
    fail_review(house, "rita", house.call("C-1"))
    with house.store.database.read() as session:
        told = select(User.login).join(NoticeRow, NoticeRow.user_id == User.id)
        assert session.scalars(told).all() == ["ada"]
