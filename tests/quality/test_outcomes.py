"""What others take from reviews: the decisions a report prints, and the flags the ranking model learns from."""

from datetime import timedelta

from sqlalchemy import select

from webapp.store.reviews import decisions, flags
from webapp.tables import Call


def decided(house, call, as_of=None):
    with house.store.database.read() as session:
        key = session.scalars(select(Call.id).where(Call.public_id == call)).one()
        found = decisions(session, house.store.org, [key], as_of or house.store.clock())
    return {rule: words for (_call, rule), words in found.items()}


def flagged(house):
    with house.store.database.read() as session:
        return [(call, flag) for call, flag, _at in flags(session, house.store.org)]


def test_a_report_prints_what_a_person_decided_and_nothing_nobody_looked_at(house):
    call = house.call("C-1")
    house.reviewed("rita", call, identity="yes", recording_told="no", empathy="na")
    assert decided(house, call) == {
        "E1": "no breach, 2026-03-02",
        "REC-1": "breach confirmed, 2026-03-02",
        "Q6": "does not apply, 2026-03-02",
    }  # ID-1 was left to the machine


def test_a_decision_counts_from_its_moment_on_and_ends_with_the_next(house):
    call = house.call("C-1")
    before = house.store.clock()
    house.store.clock.move(hours=1)
    review = house.reviewed("rita", call, identity="yes")
    then = house.store.clock()
    house.store.clock.move(hours=1)
    again = house.reviews("rita").reopen(review, "heard it again")
    assert decided(house, call)["E1"] == "no breach, 2026-03-02"
    house.finish("rita", again, identity="no")
    assert decided(house, call, before) == {}
    assert decided(house, call, then)["E1"].startswith("no breach")
    assert decided(house, call)["E1"].startswith("breach confirmed")
    assert decided(house, call, then - timedelta(seconds=1)) == {}


def test_flags_are_those_of_submitted_reviews_once_a_call(house):
    bad, good, draft = (house.call(name) for name in ("C-1", "C-2", "C-3"))
    house.reviewed("rita", bad, identity="no")
    house.reviewed("rita", good, identity="yes")
    house.reviewed("rob", good, slot="second", identity="no")
    house.reviews("rita").begin(draft, "service", "first")
    assert flagged(house) == [(bad, True), (good, False)]


def test_other_organisations_give_nothing(house):
    house.reviewed("rita", house.call("C-1"), identity="no")
    with house.store.database.read() as session:
        assert list(flags(session, house.store.org + 1)) == []
