"""Random draws: seeded, each call in one frame, one place in ten of a ranked queue, and only drawn calls feed rates."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from dashboards.queues import QueueKey
from pipeline.quality.draws import draw, fingerprint
from webapp.tables import DrawnRow, DrawRow, PlaceRow, Ranked, Standing, StratumRow

TOP, SAMPLE = QueueKey(), QueueKey("sample")


def drawn_names(desk):
    return [place.row.name for place in desk.page(SAMPLE).places]


def test_the_draw_can_be_made_again_from_what_is_stored(house, store):
    house.calls([0.5] * 30)
    house.calls([0.5] * 10, agent="ag-2", prefix="more")
    house.calls([0.5] * 5, team="south", prefix="south")
    desk = house.desk("ann", drawn=0.2)
    shown = drawn_names(desk)
    [told] = desk.draws()  # of her own team only
    with store.database.read() as session:
        rows = session.execute(
            select(Ranked.agent, Ranked.public_id).join(Standing, Standing.call_id == Ranked.call_id)
            .join(DrawRow, DrawRow.id == Standing.draw_id).where(DrawRow.public_id == told.id)
        ).all()  # fmt: skip
        strata = {row.name: (row.size, row.drawn) for row in session.scalars(select(StratumRow).join(
            DrawRow, DrawRow.id == StratumRow.draw_id).where(DrawRow.public_id == told.id))}  # fmt: skip
        probabilities = set(session.scalars(select(DrawnRow.probability).where(DrawnRow.org_id == store.org)))
    frame = {agent: [id for one, id in rows if one == agent] for agent in ("ag-1", "ag-2")}
    again = draw(frame, told.share, told.seed)
    names = {id: name for name, id in house.ids.items()}
    turns = sorted((one for calls in again.values() for one in calls), key=lambda one: one.turn)
    assert [names[one.call_id] for one in turns] == shown
    assert told.sha256 == fingerprint(id for calls in frame.values() for id in calls)
    assert (told.frame, told.drawn, strata) == (40, 8, {"ag-1": (30, 6), "ag-2": (10, 2)})
    assert probabilities == {0.2}


def test_a_call_is_in_one_frame_only_and_a_day_has_one_draw(house, store, clock):
    house.calls([0.5] * 20)
    ann = house.desk("ann", drawn=0.1)
    first = drawn_names(ann)
    house.calls([0.5] * 20, prefix="later")
    assert drawn_names(ann) == first
    clock.move(hours=24)
    ann.page(TOP)
    with store.database.read() as session:
        assert session.scalars(select(DrawRow.size)).all() == [20, 20]
        assert session.scalar(select(func.count()).select_from(Standing).where(Standing.draw_id.is_(None))) == 0
    assert len(drawn_names(ann)) == 4


def test_two_who_come_first_at_once_make_one_draw(house, store):
    from webapp.desk.drawing import make_draw

    house.calls([0.5] * 10)
    with store.database.read() as session:
        team = session.scalars(select(Standing.team_id).limit(1)).one()
    for expected in (True, False):
        with store.database.write() as session:
            assert (make_draw(session, store.org, team, "2026-03-02.0", 0.1, store.clock()) is not None) is expected


def test_one_place_in_ten_is_a_drawn_call_with_its_probability(house, store):
    house.calls([n / 100 for n in range(60)])
    ann = house.desk("ann", share=0.1, drawn=0.3)
    last, given = "", []
    for _ in range(30):
        place = ann.next(TOP, last)
        last = place.call_id
        given.append(house.name(place))
    with store.database.read() as session:
        places = session.execute(select(PlaceRow.number, PlaceRow.probability).order_by(PlaceRow.number)).all()
    drawn = [number for number, probability in places if probability is not None]
    assert [number // 10 for number in drawn] == [0, 1, 2]
    assert {probability for _, probability in places if probability is not None} == {0.3}
    ranked = [int(name.split()[1]) for number, name in enumerate(given) if number not in drawn]
    assert ranked == sorted(ranked, reverse=True)


def test_random_places_keep_to_the_filter_of_the_queue(house):
    house.calls([0.9] * 20, agent="ag-9", prefix="nine")
    house.calls([0.1] * 20, agent="ag-2", prefix="two")
    from dashboards.queues import read_key

    ann = house.desk("ann", share=0.5, drawn=0.5)
    key, last = read_key("interest;agent=ag-2"), ""
    names = []
    for _ in range(10):
        given = ann.next(key, last)
        last = given.call_id
        names.append(house.name(given))
    assert all(name.startswith("two") for name in names)


def test_rates_come_from_drawn_calls_alone(house):
    """All ranked calls are bad, all drawn ones good: the rate is that of the drawn ones."""
    house.calls([0.5] * 40)
    ann = house.desk("ann", drawn=0.25)
    drawn = drawn_names(ann)
    for name in house.ids:
        if name not in drawn:
            house.review(name, flagged=True)
    assert [rate.rate for rate in ann.rates()] == [None] * 3
    for name in drawn:
        house.review(name, flagged=False)
    whole = ann.rates()[0]
    assert (whole.name, whole.frame, whole.drawn, whole.heard, whole.rate, whole.low) == (
        "All calls",
        40,
        10,
        10,
        0.0,
        0.0,
    )
    assert 0 < whole.high < 0.5


def test_rates_are_made_inside_the_scope(house):
    house.calls([0.5] * 4)
    house.calls([0.5] * 6, team="south", prefix="south")
    ann, sue = house.desk("ann", drawn=1.0), house.desk("sue", drawn=1.0)
    ann.page(TOP)
    for name in house.ids:
        house.review(name, flagged=name.startswith("south"))
    assert [(rate.name, rate.frame, rate.rate) for rate in ann.rates()][:2] == [
        ("All calls", 4, 0.0),
        ("Team north", 4, 0.0),
    ]
    assert [(rate.name, rate.frame, rate.rate) for rate in sue.rates()][:2] == [
        ("All calls", 6, 1.0),
        ("Team south", 6, 1.0),
    ]
    assert {draw.team for draw in ann.draws()} == {"north"}


@pytest.mark.parametrize(("reason", "missing"), [("words", 1), ("language", 0)])
def test_a_drawn_call_nobody_can_judge_is_told(house, reason, missing):
    house.calls([0.5] * 4)
    ann = house.desk("ann", drawn=1.0)
    first, *others = drawn_names(ann)
    ann.skip(SAMPLE, house.ids[first], reason)
    for name in others:
        house.review(name, flagged=True)
    whole = ann.rates()[0]
    assert whole.missing == missing
    assert (whole.rate is not None) == bool(missing)  # else the first still waits for somebody who can judge it


def test_bulk_deeds_are_counted_done_and_undone_within_half_a_minute(house, clock):
    house.calls([0.9, 0.8, 0.7, 0.6])
    ann, bob = house.desk("ann", share=0.0, drawn=0.01), house.desk("bob", share=0.0, drawn=0.01)
    [drawn] = drawn_names(ann)
    others = [name for name in house.ids if name != drawn]
    bob.take(TOP, house.ids[others[0]])
    house.review(others[1])
    ids = [*house.ids.values(), "made-up"]
    preview = ann.preview("aside", ids)
    assert (preview.chosen, preview.changed) == (5, 1)
    assert preview.left == {"not yours to change": 1, "held by others": 1, "done with": 1, "drawn at random": 1}
    done = ann.bulk("aside", ids, TOP, "wrong numbers")
    assert done.preview.changed == 1
    assert others[2] not in [place.row.name for place in ann.page(TOP).places]
    assert bob.undo(done.id) is None
    clock.move(seconds=30)
    assert ann.undo(done.id) == 1
    assert ann.undo(done.id) is None
    assert others[2] in [place.row.name for place in ann.page(TOP).places]


@pytest.mark.parametrize(("seconds", "back"), [(30, 3), (30.5, None)])
def test_taken_together_means_held_until_undone(house, clock, seconds, back):
    house.calls([0.9, 0.8, 0.7])
    ann, bob = house.desk("ann", share=0.0), house.desk("bob", share=0.0)
    done = ann.bulk("take", list(house.ids.values()), TOP)
    assert bob.next(TOP) is None
    clock.move(seconds=seconds)
    assert ann.undo(done.id) == back
    assert (bob.next(TOP) is not None) == (back is not None)


def test_the_pieces_of_one_deed_are_undone_together_within_half_a_minute_of_the_last(house, clock):
    house.calls([0.9, 0.8, 0.7])
    ann, bob = house.desk("ann", share=0.0), house.desk("bob", share=0.0)
    pieces = []
    for one in house.ids.values():
        pieces.append(ann.bulk("take", [one], TOP).id)
        clock.move(seconds=30)
    assert bob.undo(*pieces) is None
    assert ann.undo(*pieces, "made-up") is None
    assert ann.undo(*pieces) == 3
    assert ann.undo(*pieces) is None


def test_deeds_that_are_not_one_are_not_undone_together(house, clock):
    house.calls([0.9, 0.8])
    ann, (one, other) = house.desk("ann", share=0.0), house.ids.values()
    taken, aside = ann.bulk("take", [one], TOP), ann.bulk("aside", [other], TOP, "wrong numbers")
    assert ann.undo(taken.id, aside.id) is None  # another deed would let a late one be undone by a new one
    late = ann.bulk("release", [one], TOP)
    clock.move(seconds=30.5)
    assert ann.undo(late.id, ann.bulk("release", [one], TOP).id) is None


def test_a_call_that_was_reviewed_since_it_was_given_back_is_not_taken_again(house, clock):
    house.calls([0.9, 0.8])
    ann = house.desk("ann", share=0.0)
    ids = list(house.ids.values())
    ann.bulk("take", ids, TOP)
    given_back = ann.bulk("release", ids, TOP)
    house.review("call 0")
    clock.move(seconds=5)
    assert ann.undo(given_back.id) == 1


def test_saved_queues_are_private_or_a_teams(house, clock):
    house.calls([0.9], agent="ag-1")
    house.calls([0.8], agent="ag-2", prefix="two")
    from dashboards.queues import BadQueue, NoQueue, read_key

    lea, ann, sue = house.desk("lea"), house.desk("ann"), house.desk("sue")
    team = next(team.id for team in lea.desk.teams())
    own = ann.save("mine", read_key("interest;agent=ag-2"))
    shared = lea.save("ours", QueueKey(), team)
    assert [(one.name, one.shared, one.mine) for one in ann.queues() if one.saved] == [
        ("mine", "", True),
        ("ours", "north", False),
    ]
    assert [one for one in sue.queues() if one.saved] == []
    assert [place.row.name for place in ann.page(QueueKey(own)).places] == ["two 0"]
    with pytest.raises(NoQueue):
        lea.page(QueueKey(own))
    with pytest.raises(BadQueue, match="cannot share"):
        ann.save("ours too", QueueKey(), team)
    assert not ann.remove(shared)
    assert ann.remove(own)
    with pytest.raises(NoQueue):
        ann.next(QueueKey(own))


def test_a_plan_is_a_queue_of_its_calls_in_their_order(house):
    house.calls([0.1, 0.9, 0.5, 0.3])
    ann = house.desk("ann", share=0.0)
    plan = ann.plan(TOP, 5)
    assert [call.place.row.name for call in plan.calls] == ["call 1", "call 2", "call 3", "call 0"]
    assert plan.calls[0].clips == ((25.0, 39.0),)  # 5 s before and after what was found from 30 to 34 s
    assert plan.seconds == pytest.approx(4 * (14 + 20))
    assert plan.per_hour == pytest.approx(3600 * 1.8 / plan.seconds)
    assert plan.random_per_hour == pytest.approx(3600 * 0.45 / 80)
    kept = QueueKey(ann.keep_plan(TOP, 5))
    assert [place.row.name for place in ann.page(kept).places] == ["call 1", "call 2", "call 3", "call 0"]
    first = ann.next(kept)
    assert [house.name(first), house.name(ann.next(kept, first.call_id))] == ["call 1", "call 2"]


def test_a_plan_leaves_out_what_finds_nothing_and_says_why_minutes_are_left(house):
    house.calls([0.0, 0.9, 0.001])
    plan = house.desk("ann", share=0.0).plan(TOP, 60)
    assert [call.place.row.name for call in plan.calls] == ["call 1"]
    assert "1 of the 3 open calls" in plan.why
    assert "in 2 nothing is expected" in plan.why


def test_what_people_did_is_in_the_audit_log(house, store):
    from webapp.tables import Audit

    house.calls([0.9])
    house.desk("ann").bulk("take", list(house.ids.values()), TOP)
    with store.database.read() as session:
        assert session.execute(select(Audit.action, Audit.detail).where(Audit.action.startswith("queue"))).all() == [
            ("queue.take", "1 calls")
        ]


def test_calls_that_were_ranked_before_the_queues_came_stand_in_them(house, store):
    """What the migration fills in for them is what the store writes, but for the clips."""
    from webapp.migrations.versions import __path__ as folder

    source = next(iter(folder)) + "/0006_queues.py"
    import runpy

    fill = runpy.run_path(source)["BACKFILL"]
    house.calls([0.9], pack="fraud")
    from sqlalchemy import delete, text

    with store.database.write() as session:
        session.execute(delete(Standing))
        session.execute(text(fill))
    [place] = house.desk("ann").page(QueueKey("fraud")).places
    assert place.row.name == "call 0"
    assert json.dumps(place.row.reasons) == '["something at 30 s"]'
    assert timedelta(0) < timedelta(seconds=place.row.duration)
