"""Claims: a call is one person's at a time, whoever asks when and over how many connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from dashboards.queues import BadQueue, QueueKey, read_key
from webapp.database import open_database
from webapp.tables import PlaceRow

TOP = QueueKey()
PLAIN = {"share": 0.0}  # without random places


@pytest.fixture
def ann(house):
    return house.desk("ann", **PLAIN)


@pytest.fixture
def bob(house):
    return house.desk("bob", **PLAIN)


def test_two_people_get_the_two_best_calls(house, ann, bob):
    house.calls([0.2, 0.9, 0.5])
    assert [house.name(desk.next(TOP)) for desk in (ann, bob)] == ["call 1", "call 2"]


def test_many_people_on_connections_of_their_own_never_share_a_call(house, database_url):
    """Two databases opened apart, eight threads, all at once: every call is given exactly once."""
    house.calls([n / 50 for n in range(40)])
    people = [f"p{n}" for n in range(8)]
    for login in people:
        house.person(login)
    from dataclasses import replace

    opened = [open_database(database_url) for _ in range(2)]
    stores = [replace(house.store, database=one) for one in opened]
    start = Barrier(len(people))

    def work(n):
        from tests.queues.conftest import House

        here = House(stores[n % 2])
        desk = here.desk(people[n], **PLAIN)
        start.wait()
        return [given.call_id for _ in range(5) if (given := desk.next(TOP)) is not None]

    try:
        with ThreadPoolExecutor(len(people)) as pool:
            had = [call for calls in pool.map(work, range(len(people))) for call in calls]
    finally:
        for one in opened:
            one.close()
    assert len(had) == len(set(had)) == 40


@pytest.mark.parametrize(("minutes", "free"), [(29.9, False), (30.0, True)])
def test_a_lease_ends_by_itself(house, ann, bob, clock, minutes, free):
    house.calls([0.9])
    assert house.name(ann.next(TOP)) == "call 0"
    clock.move(minutes=minutes)
    assert (house.name(bob.next(TOP)) == "call 0") is free


def test_a_renewed_lease_goes_on_and_a_lost_one_does_not(house, ann, bob, clock):
    house.calls([0.9])
    given = ann.next(TOP)
    clock.move(minutes=29)
    assert ann.renew(given.call_id) is not None
    clock.move(minutes=29)
    assert bob.take(TOP, given.call_id) is None
    clock.move(minutes=2)
    assert house.name(bob.take(TOP, given.call_id)) == "call 0"
    assert ann.renew(given.call_id) is None


def test_who_lost_a_call_cannot_give_it_away_from_its_new_holder(house, ann, bob, clock):
    house.calls([0.9])
    given = ann.next(TOP)
    clock.move(minutes=31)
    bob.take(TOP, given.call_id)
    ann.release(given.call_id)
    assert house.desk("lea", **PLAIN).take(TOP, given.call_id) is None


def test_previous_and_next_walk_along_what_one_had(house, ann):
    house.calls([0.9, 0.8, 0.7])
    first = ann.next(TOP)
    second = ann.next(TOP, first.call_id)
    third = ann.next(TOP, second.call_id)
    assert [house.name(one) for one in (first, second, third)] == ["call 0", "call 1", "call 2"]
    back = ann.previous(TOP, third.call_id)
    assert house.name(back) == "call 1"
    assert house.name(ann.previous(TOP, back.call_id)) == "call 0"
    assert ann.previous(TOP, first.call_id) is None
    assert [house.name(ann.next(TOP, one.call_id)) for one in (first, second)] == ["call 1", "call 2"]
    assert ann.next(TOP, third.call_id) is None


def test_a_call_that_was_left_is_free_for_others_but_not_given_back_to_who_left_it(house, ann, bob):
    house.calls([0.9, 0.8])
    first = ann.next(TOP)
    assert house.name(ann.next(TOP, first.call_id)) == "call 1"
    assert house.name(bob.next(TOP)) == "call 0"
    assert ann.next(TOP) is None


def test_a_skipped_call_is_never_given_to_the_same_person_again(house, ann, bob, clock):
    house.calls([0.9, 0.8])
    given = ann.next(TOP)
    assert ann.skip(TOP, given.call_id, "language")
    clock.move(days=30)
    assert house.name(ann.next(TOP)) == "call 1"
    assert house.name(bob.next(TOP)) == "call 0"
    with pytest.raises(BadQueue, match="Say why"):
        ann.skip(TOP, given.call_id, "bored")


@pytest.mark.parametrize("had", ["given back", "lost"])
def test_a_call_that_somebody_else_has_is_not_skipped_by_who_had_it(house, ann, bob, clock, had):
    """Its old place says nothing: a skip of it would tell of a drawn call that nobody can judge it."""
    house.calls([0.9])
    given = ann.next(TOP)
    if had == "given back":
        ann.release(given.call_id)
    clock.move(minutes=31)
    bob.take(TOP, given.call_id)
    assert not ann.skip(TOP, given.call_id, "nothing")
    with house.store.database.read() as session:
        states = list(session.scalars(select(PlaceRow.state).order_by(PlaceRow.id)))
    assert states == ["released" if had == "given back" else "held", "held"]
    assert bob.renew(given.call_id) is not None
    bob.release(given.call_id)
    assert ann.skip(TOP, given.call_id, "nothing")  # free again: hers to skip


def test_a_reviewed_call_leaves_the_queues_and_can_be_looked_at_again(house, ann):
    house.calls([0.9, 0.8])
    given = ann.next(TOP)
    house.review("call 0")
    after = ann.next(TOP, given.call_id)
    assert house.name(after) == "call 1"
    assert [place.row.name for place in ann.page(TOP).places] == ["call 1"]
    assert [place.reviewed for place in ann.page(TOP, reviewed=True).places] == [True, False]
    assert house.name(ann.previous(TOP, after.call_id)) == "call 0"


def test_calls_of_another_team_do_not_exist(house, ann):
    house.calls([0.9], team="south")
    assert ann.next(TOP) is None
    assert ann.take(TOP, house.ids["call 0"]) is None
    assert ann.page(TOP).total == 0
    assert ann.preview("take", [house.ids["call 0"]]).changed == 0
    assert house.name(house.desk("sue", **PLAIN).next(TOP)) == "call 0"


def test_an_agent_sees_own_calls_but_takes_none(house):
    house.person("ali", "agent")
    house.calls([0.9])
    house.calls([0.8], agent="ag-2", prefix="other")
    ali = house.desk("ali", **PLAIN)
    assert [place.row.name for place in ali.page(TOP).places] == ["call 0"]
    assert ali.next(TOP) is None
    assert ali.take(TOP, house.ids["call 0"]) is None


def test_each_queue_has_its_calls(house, ann):
    house.calls([0.9], prefix="dull")
    house.calls([0.5], pack="fraud", prefix="fraud")
    house.calls([0.4], pack="collections_us", prefix="duty", agent="ag-7")
    shown = {
        base: [place.row.name for place in ann.page(QueueKey(base)).places]
        for base in ("interest", "fraud", "compliance")
    }
    assert shown == {"interest": ["dull 0", "fraud 0", "duty 0"], "fraud": ["fraud 0"], "compliance": ["duty 0"]}
    assert [place.row.name for place in ann.page(read_key("agent;agent=ag-7")).places] == ["duty 0"]
    with pytest.raises(BadQueue, match="Choose an agent"):
        ann.page(QueueKey("agent"))


@pytest.mark.parametrize("sort", ["", "started", "duration"])
def test_pages_follow_each_other_without_gap_or_repeat(house, ann, sort):
    house.calls([0.5] * 7 + [0.9, 0.1])
    whole = [place.row.id for place in ann.page(TOP, sort=sort).places]
    got, after = [], None
    while True:
        page = ann.page(TOP, sort=sort, after=after, limit=2)
        got += [place.row.id for place in page.places]
        if (after := page.after) is None:
            break
    assert got == whole
    assert len(set(got)) == 9


def test_a_place_of_another_queue_is_refused(house, ann):
    house.calls([0.5] * 3, pack="fraud")
    after = ann.page(TOP, limit=1).after
    with pytest.raises(BadQueue, match="another queue"):
        ann.page(QueueKey("fraud"), after=after)
    with pytest.raises(BadQueue, match="cannot be read"):
        ann.page(TOP, after="nonsense")


def test_a_new_result_moves_the_call_but_leaves_it_with_its_holder(house, ann, bob):
    house.calls([0.9, 0.8])
    given = ann.next(TOP)
    house.store.redo("rules")
    from tests.queues.conftest import result_of

    for job in house.store.claim("test", limit=9, lease=60):
        assert house.store.commit(job, result_of(job, 0.3, ""))
    assert bob.take(TOP, given.call_id) is None
    [held] = [place for place in ann.page(TOP).places if place.mine]
    assert held.row.score == 0.3


def test_whoever_does_not_lead_sets_only_so_many_calls_aside_a_day(house, clock, monkeypatch):
    monkeypatch.setattr("webapp.desk.bulk.ASIDE_A_DAY", 2)
    house.calls([0.9, 0.8, 0.7, 0.6])
    house.person("lena", "lead")
    ids, ann, lena = list(house.ids.values()), house.desk("ann", share=0.0), house.desk("lena", share=0.0)
    for deed in (lambda: ann.preview("aside", ids[:3]), lambda: ann.bulk("aside", ids[:3], TOP, "wrong numbers")):
        with pytest.raises(BadQueue, match="set 0 calls aside since yesterday; with these 3"):
            deed()
    first = ann.bulk("aside", ids[:2], TOP, "wrong numbers")
    with pytest.raises(BadQueue, match="ask a lead"):
        ann.bulk("aside", ids[2:3], TOP, "wrong numbers")
    assert ann.undo(first.id) == 2  # what was undone does not count
    assert ann.bulk("aside", ids[:2], TOP, "wrong numbers").preview.changed == 2
    assert lena.bulk("aside", ids[2:], TOP, "wrong numbers").preview.changed == 2
    clock.move(days=1, seconds=1)
    house.calls([0.5], prefix="new")
    assert ann.bulk("aside", [house.ids["new 0"]], TOP, "wrong numbers").preview.changed == 1
