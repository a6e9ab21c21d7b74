"""What people type about reviews: no card number stays; and leading one team opens nothing in another."""

import pytest
from sqlalchemy import select

from dashboards.reviews import Change
from tests.quality.makers import PASSWORD
from webapp.accounts import COMMAND_LINE
from webapp.desk.quality.assigning import SqlAssignDesk
from webapp.desk.quality.calibrating import SqlCalibrationDesk
from webapp.desk.quality.coaching import SqlCoachingDesk
from webapp.desk.quality.deciding import SqlDisputeDesk
from webapp.desk.quality.results import SqlResultDesk
from webapp.settings import Settings
from webapp.tables import Base, CoachingRow, DisputeRow

SAID = "she read 4242 4242 4242 4242 aloud"
KEPT = "she read [CARD_NUMBER] aloud"


def one(house, table):
    with house.store.database.read() as session:
        row = session.scalars(select(table)).one()
        session.expunge_all()
    return row


def everything(house):
    """All that stands in any table, as one text."""
    with house.store.database.read() as session:
        return "".join(
            str(tuple(row)) for table in Base.metadata.tables.values() for row in session.execute(select(table))
        )


def session_of(house, call, title="March", logins=("rita", "rob")):
    people = [house.accounts.find(login).id for login in logins]
    return SqlCalibrationDesk(house.desk("lena")).open(title, "service", [call], people)


def test_card_numbers_in_what_is_typed_are_stored_nowhere(house):
    call = house.call("C-1")
    review = house.reviewed("rita", call, solved="no")
    again = house.reviews("rita").reopen(review, SAID)
    assert house.reviews("rita").answer(again, Change("solved", "note", SAID, 0)).view is not None
    assert [q.note for q in house.reviews("rita").peek(again).questions if q.id == "solved"] == [KEPT]
    assert house.finish("rita", again).outcome == "submitted"
    assert SqlResultDesk(house.desk("ali"), Settings()).dispute(again, "solved", SAID) == ""
    dispute = one(house, DisputeRow)
    assert SqlDisputeDesk(house.desk("lena")).decide(dispute.public_id, False, "", SAID) == ""
    coaching = SqlCoachingDesk(house.desk("lena"))
    assert coaching.write(again, "solved", SAID, None, None) == ""
    assert coaching.close(one(house, CoachingRow).public_id, SAID)
    opened = session_of(house, call, SAID)
    lead = SqlCalibrationDesk(house.desk("lena"))
    assert lead.close(opened)
    assert lead.agree(opened, SAID)
    assert lead.session(opened).outcome == KEPT
    assert (one(house, DisputeRow).text, one(house, DisputeRow).said, one(house, CoachingRow).agreed) == (KEPT,) * 3
    assert "4242" not in everything(house)


@pytest.fixture
def both(house):
    """Kim reviews in the north and leads the south."""
    where = {house.accounts.team_id("north"): "reviewer", house.accounts.team_id("south"): "lead"}
    house.accounts.add(COMMAND_LINE, "kim", "Kim", where, password=PASSWORD, must_change=False)
    return "kim"


def test_leading_one_team_opens_nothing_in_another(house, both):
    call, other = house.call("C-1"), house.call("C-2")
    review, opened = house.reviewed("rita", call), session_of(house, call, logins=("rita", "kim"))
    person = house.accounts.find("rob").id
    assert SqlAssignDesk(house.desk("lena")).assign(other, person, "first", None) == ""
    assert house.reviews(both).reopen(review, "I know better") is None
    assert house.reviews(both).mine().assigned == ()
    kim = SqlCalibrationDesk(house.desk(both))
    assert not kim.session(opened).may_close  # they take part
    assert not kim.close(opened)
    assert house.reviews("lena").reopen(review, "as its lead") is not None
    assert SqlCalibrationDesk(house.desk("lena")).close(opened)
