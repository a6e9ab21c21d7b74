"""Blind reviews: what others said of a call is told nowhere until one's own review of it is done."""

from datetime import date

import pytest

from dashboards.notes import Draft
from pipeline.reporting.period import Period
from webapp.desk.notes import SqlNoteDesk
from webapp.desk.quality.agreeing import SqlAgreementDesk
from webapp.desk.quality.assigning import SqlAssignDesk
from webapp.desk.quality.blindness import told_blind
from webapp.desk.quality.calibrating import SqlCalibrationDesk
from webapp.desk.quality.coaching import SqlCoachingDesk
from webapp.desk.quality.deciding import SqlDisputeDesk
from webapp.desk.quality.results import SqlResultDesk
from webapp.desk.quality.sampling import SqlSampleDesk
from webapp.settings import Settings

SETTINGS = Settings(zone="UTC", dispute_days=5)
MARCH = date(2026, 3, 1), date(2026, 3, 31)


@pytest.fixture
def call(house):
    """A call of which everything was said that can be said: drawn, reviewed, commented, disputed, coached on."""
    call = house.call("C-1")
    SqlSampleDesk(house.desk("lena")).draw([house.accounts.find("rita").id], 1, *MARCH, None)
    review = house.reviewed("rita", call, identity="no")
    notes(house, "rita").add(call, Draft(9.0, 11.0, "told before the check", coaching=True))
    assert SqlResultDesk(house.desk("ali"), SETTINGS).dispute(review, "identity", "I did ask") == ""
    assert SqlCoachingDesk(house.desk("lena")).write(review, "identity", "asks first", 9.0, None) == ""
    return call


def notes(house, who):
    return SqlNoteDesk(house.desk(who), SETTINGS)


def told(house, who, call):
    """What this person can learn of others about the call, path by path."""
    desk, beside = house.desk(who), house.reviews(who).of_call(call)
    return {
        "comments": len(notes(house, who).notes(call)),
        "beside the call": len(beside.others) + (beside.review is not None and beside.review.reviewer == "Rita"),
        "recent": len([one for one in house.reviews(who).mine().recent if one.reviewer == "Rita"]),
        "disputes": len(SqlDisputeDesk(desk).disputes()),
        "coaching": len(SqlCoachingDesk(desk).notes()),
        "agreement": SqlAgreementDesk(desk).agreement("service").reviews,
        "sample": sum(one.heard for one in SqlSampleDesk(desk).samples()) if desk.may("reviews:assign") else 1,
    }


def everything(found):
    return {name: min(count, 1) for name, count in found.items()} == dict.fromkeys(found, 1)


@pytest.mark.parametrize("who", ["rob", "lena"])
def test_whoever_is_asked_for_a_second_review_learns_nothing_until_it_is_done(house, call, who):
    assert everything(told(house, who, call))
    person = house.accounts.find(who).id
    assert SqlAssignDesk(house.desk("ada")).assign(call, person, "second", None) == ""
    hidden = told(house, who, call)
    assert {name for name, count in hidden.items() if count and name != "sample"} == set()
    assert hidden["sample"] == (1 if who == "rob" else 0)  # rob may not see samples at all
    assert notes(house, who).blind(call)
    assert not notes(house, "rita").blind(call)
    assert everything(told(house, "ada", call))  # it is hidden from one person, not from the house
    review = house.reviews(who).begin(call, "service", "second")
    assert {name for name, count in told(house, who, call).items() if count and name != "sample"} == set()
    assert house.finish(who, review).outcome == "submitted"
    assert everything(told(house, who, call))


def test_a_calibration_hides_what_was_said_of_its_calls_until_it_is_closed(house, call):
    people = [house.accounts.find(who).id for who in ("rob", "lena")]
    here = SqlCalibrationDesk(house.desk("ada")).open("March", "service", ["C-1"], people)
    mine = SqlCalibrationDesk(house.desk("rob")).begin(here, call)
    house.finish("rob", mine)
    hidden = told(house, "rob", call)
    assert (hidden["comments"], hidden["disputes"], hidden["coaching"], hidden["recent"]) == (0, 0, 0, 0)
    assert SqlCalibrationDesk(house.desk("ada")).close(here)
    assert everything(told(house, "rob", call))


def test_ones_own_comment_stays_in_sight_and_a_dispute_waits_for_eyes_that_may_see_it(house, call):
    person = house.accounts.find("lena").id
    [dispute] = SqlDisputeDesk(house.desk("lena")).disputes()
    SqlAssignDesk(house.desk("ada")).assign(call, person, "second", None)
    notes(house, "lena").add(call, Draft(1.0, 1.0, "mine"))
    assert [note.now.text for note in notes(house, "lena").notes(call)] == ["mine"]
    assert "no such dispute" in SqlDisputeDesk(house.desk("lena")).decide(dispute.id, False, "", "because")


def test_a_report_that_tells_of_a_blind_call_waits_until_the_review_is_done(house, call):
    period = Period(*MARCH)
    with house.store.database.read() as session:
        assert told_blind(session, house.desk("lena").scope, period) == []
    SqlAssignDesk(house.desk("ada")).assign(call, house.accounts.find("lena").id, "second", None)
    with house.store.database.read() as session:
        scope = house.desk("lena").scope
        assert told_blind(session, scope, period) == ["C-1"]
        assert told_blind(session, scope, Period(date(2026, 4, 1), date(2026, 4, 30))) == []
