"""Random places in the list itself: at the places that "Next call" gives, each call once, counted right, paged by keyset."""

import pytest
from sqlalchemy import select

from dashboards.queues import QueueKey
from tests.queues.test_draws import drawn_names
from webapp.tables import PlaceRow

TOP, FRAUD = QueueKey(), QueueKey("fraud")


def walked(desk, key=TOP, limit=7):
    """All pages of a queue, each place once; with the total each page told."""
    found, totals, after = [], set(), None
    while True:
        page = desk.page(key, after=after, limit=limit)
        found += page.places
        totals.add(page.total)
        if page.after is None:
            return found, totals
        after = page.after


@pytest.mark.parametrize(("share", "drawn"), [(0.1, 0.3), (0.5, 0.05), (0.1, 1.0), (1.0, 0.5)])
def test_every_call_stands_in_the_list_once_whatever_is_drawn(house, share, drawn):
    house.calls([n / 100 for n in range(53)])
    ann = house.desk("ann", share=share, drawn=drawn)
    places, totals = walked(ann)
    names = [place.row.name for place in places]
    assert sorted(names) == sorted(house.ids)
    assert totals == {53}
    assert names == [place.row.name for place in ann.page(TOP, limit=100).places]
    ranked = [place.row.score for place in places if not place.at_random]
    assert ranked == sorted(ranked, reverse=True)


def test_one_place_in_ten_is_the_next_drawn_call_by_its_turn(house):
    house.calls([n / 100 for n in range(60)])
    ann = house.desk("ann", share=0.1, drawn=0.5)
    places, _ = walked(ann)
    at = [number for number, place in enumerate(places) if place.at_random]
    assert [number // 10 for number in at[:3]] == [0, 1, 2]
    turns = drawn_names(ann)
    shown = [places[number].row.name for number in at]
    assert shown == [name for name in turns if name in shown]
    assert shown[0] == turns[0]
    assert all(places[number].drawn == 0.5 for number in at)


def test_the_list_shows_what_next_will_give(house):
    house.calls([n / 100 for n in range(40)])
    ann = house.desk("ann", share=0.25, drawn=0.5)
    ann.page(TOP)  # makes the draw
    expected = [place.row.name for place in ann.page(TOP).places][:12]
    given, last = [], ""
    for _ in range(12):
        place = ann.next(TOP, last)
        given.append(house.name(place))
        house.review(given[-1])
        last = place.call_id
        assert [one.row.name for one in ann.page(TOP).places][: 12 - len(given)] == expected[len(given) :]
    assert given == expected


def test_a_call_taken_at_its_random_place_is_kept_with_its_probability(house, store):
    house.calls([n / 100 for n in range(40)])
    ann = house.desk("ann", share=0.1, drawn=0.25)
    places = ann.page(TOP).places
    [at_random, *_] = [place for place in places if place.at_random]
    [ranked, *_] = [place for place in places if not place.at_random]
    for place in (at_random, ranked):
        ann.take(TOP, place.row.id)
    with store.database.read() as session:
        assert session.scalars(select(PlaceRow.probability).order_by(PlaceRow.id)).all() == [0.25, None]


def test_a_list_of_few_gets_few_random_places_and_counts_them(house):
    """Thirty calls with signs of fraud among three hundred without: about three of those drawn stand between them."""
    house.calls([0.5] * 30, pack="fraud", prefix="fraud")
    house.calls([0.1] * 300, prefix="plain", agent="ag-2")
    ann = house.desk("ann", share=0.1, drawn=0.2)
    places, totals = walked(ann, FRAUD)
    plain = [place for place in places if place.row.name.startswith("plain")]
    assert totals == {len(places)} == {30 + len(plain)}
    assert 1 <= len(plain) <= 3
    assert all(place.at_random for place in plain)
    assert len({place.row.id for place in places}) == len(places)


def test_without_draws_or_in_another_order_nothing_is_mixed_in(house):
    house.calls([n / 100 for n in range(30)])
    ann = house.desk("ann", share=0.5, drawn=0.5)
    assert any(place.at_random for place in ann.page(TOP).places)
    for places in (house.desk("ann", share=0.0).page(TOP).places, ann.page(TOP, sort="duration").places,
                   ann.page(TOP, reviewed=True).places, ann.page(QueueKey("sample")).places):  # fmt: skip
        assert places
        assert not any(place.at_random for place in places)


def test_the_page_says_which_rows_were_drawn_and_why(house):
    """A random place carries its explanation; a drawn call that its rank put there keeps the sign it always had."""
    from dashboards.pages.queue import mixed_in, row_of

    house.calls([n / 100 for n in range(40)])
    ann = house.desk("ann", share=0.1, drawn=0.5)
    places = ann.page(TOP).places
    rows = [row_of(place, number, "UTC") for number, place in enumerate(places)]
    for place, row in zip(places, rows, strict=True):
        assert ("probability of 50.0%" in row["drawn"]) == place.at_random
        assert any(label == "random draw" for label, _ in row["states"]) == (bool(place.drawn) and not place.at_random)
    assert mixed_in(ann.ranking(), TOP) == "One place in 10 is a random draw."
    assert mixed_in(ann.ranking(), QueueKey("sample")) == ""


@pytest.mark.parametrize("share", [0.0, 0.2])
def test_a_queue_of_very_many_is_not_counted_to_the_end_but_paged_to_it(house, monkeypatch, share):
    from dashboards.pages.queue import status
    from webapp.desk import places

    monkeypatch.setattr(places, "MOST_COUNTED", 10)
    house.calls([n / 100 for n in range(12)])
    ann = house.desk("ann", share=share, drawn=0.5)
    page = ann.page(TOP, limit=7)
    assert (page.total, page.many) == (10, True)
    assert status(page.total, "UTC", many=page.many)[0].children == "more than 10 calls"
    assert len(walked(ann)[0]) == 12
    house.review("call 0")
    house.review("call 1")
    assert (ann.page(TOP).total, ann.page(TOP).many) == (10, False)
