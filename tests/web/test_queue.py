"""The queue: its rows, filters, order, paging and what it says when it is empty."""

from datetime import date
from types import SimpleNamespace

import pytest

from dashboards.desk import QueueFilter, Work
from dashboards.pages.queue import Ends, order_of, strip
from dashboards.queues import QueueKey, key_of, read_key
from tests.web.calls import NORTH
from tests.web.dash_calls import ask_queue, rows
from webapp.tables import Ranked, Standing


@pytest.fixture
def lead(browser):
    return browser("lead")


def names(answer):
    return [row["name"] for row in rows(answer)]


def test_the_most_interesting_call_is_first_with_its_reasons_and_second(lead):
    first = rows(ask_queue(lead))[0]
    assert (first["rank"], first["name"], first["score"], first["listen"]) == (1, "C-1042", 92, "0:57")
    assert first["reasons"][0] == "The agent read the card number and its code back aloud"
    assert (first["day"], first["hour"], first["direction"]) == ("19 Nov 2026", "11:17", "Inbound")  # Helsinki time


def test_marks_are_told_in_words_the_gravest_first(lead):
    row = next(row for row in rows(ask_queue(lead)) if row["name"] == "C-1061")
    assert [label for label, _ in row["marks"]] == ["words unsure", "other language?", "demo recogniser"]


@pytest.mark.parametrize("column", ["score", "started", "duration"])
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_the_queue_is_sorted_as_asked_on_the_server(lead, column, direction):
    key = {
        "score": lambda told: told.score,
        "started": lambda told: told.after,
        "duration": lambda told: told.result().call.duration,
    }[column]
    wanted = [key(told) for told in sorted(NORTH, key=key, reverse=direction == "desc")]
    by_name = {told.name: key(told) for told in NORTH}
    shown = rows(ask_queue(lead, sort=(column, direction)))
    at_random = [by_name[row["name"]] for row in shown if row["drawn"]]
    for value in at_random:  # a random place is one whatever its rank
        wanted.remove(value)
    assert bool(at_random) is ((column, direction) == ("score", "desc"))
    assert [by_name[row["name"]] for row in shown if not row["drawn"]] == wanted


def test_blocks_follow_each_other_without_gap_or_repeat(lead):
    first = ask_queue(lead, end=10)
    ends = first.json["response"]["queue-ends"]["data"]
    second = ask_queue(lead, start=10, end=20, ends=ends, open_page=False)
    whole = names(ask_queue(lead, open_page=False))
    assert names(first) + names(second) == whole[:20]
    assert [row["rank"] for row in rows(second)] == list(range(11, 21))


def test_a_block_far_down_is_found_without_knowing_those_before(lead):
    whole = names(ask_queue(lead))
    assert names(ask_queue(lead, start=15, end=20, open_page=False)) == whole[15:20]


def test_remembered_ends_of_another_filter_are_not_used(lead):
    ends = ask_queue(lead, end=5).json["response"]["queue-ends"]["data"]
    assert names(ask_queue(lead, search="?queue=Moves", end=5, ends=ends, open_page=False)) == names(
        ask_queue(lead, search="?queue=Moves", end=5, open_page=False)
    )


@pytest.mark.parametrize(
    ("search", "count"),
    [
        ("", len(NORTH)),
        ("?queue=Fraud+line", 1),
        ("?agent=ag-108", 2),
        ("?agent=ag-108&queue=Billing&since=2026-11-19&until=2026-11-19", 2),
        ("?since=2026-11-20", 0),
        ("?until=2026-11-18", 0),
        ("?since=2026-11-19&until=2026-11-19", len(NORTH)),
        ("?queue=South+desk", 0),
        ("?since=not-a-day", len(NORTH)),
    ],
)
def test_filters_come_from_the_address(lead, search, count):
    answer = ask_queue(lead, search=search)
    assert len(rows(answer)) == count
    assert answer.json["response"]["queue-grid"]["getRowsResponse"]["rowCount"] == count


def test_what_is_on_its_way_stands_above_the_queue(lead, browser, store):
    assert 'class="strip"' not in lead.get("/queue").text
    assert strip(Work(3, 1, 0, 9, None, None, None)) == "1 being heard, 3 waiting"
    store.redo("rules")
    assert f"{len(NORTH)} waiting" in lead.get("/queue").text
    assert 'class="strip"' not in browser("reviewer").get("/queue").text


def test_the_form_holds_what_the_address_says(lead):
    page = lead.get("/queue?since=2026-11-01&queue=Moves").text
    assert 'name="since" type="date" value="2026-11-01"' in page
    assert "<option selected>Moves</option>" in page
    assert "South desk" not in page  # of another team


def test_an_empty_answer_says_what_to_do(lead, store):
    assert "Widen the dates" in ask_queue(lead, search="?since=2027-01-01").text
    with store.database.write() as session:
        session.query(Standing).delete()
        session.query(Ranked).delete()
    empty = str(ask_queue(lead).json)
    assert "No calls yet" in empty
    assert "/upload" in empty


def test_who_may_not_upload_is_not_sent_there(browser, store):
    with store.database.write() as session:
        session.query(Ranked).delete()
    assert "/upload" not in str(ask_queue(browser("reviewer")).json)


def test_times_are_named_with_their_zone(lead):
    assert "Times in Europe/Helsinki (E" in str(ask_queue(lead).json)


def test_an_address_is_read_as_a_queue_and_its_filter():
    wanted = QueueFilter(date(2026, 11, 1), date(2026, 11, 30), ("a", "b"), ("c",))
    assert key_of("?since=2026-11-01&until=2026-11-30&queue=a&queue=b&agent=c&x=1&list=fraud") == QueueKey(
        "fraud", wanted
    )
    assert key_of("") == QueueKey()


@pytest.mark.parametrize("queue", ["Billing", "a;b=c", "50 % off; ü"])
def test_a_key_says_its_queue_whatever_stands_in_a_filter(queue):
    key = QueueKey("fraud", QueueFilter(date(2026, 11, 1), None, (queue, "other"), ("x",)))
    assert read_key(str(key)) == key


@pytest.mark.parametrize(
    ("model", "order"),
    [
        ([], ("", True)),
        ([{"colId": "score", "sort": "desc"}], ("", True)),
        ([{"colId": "score", "sort": "asc"}], ("score", False)),
        ([{"colId": "started", "sort": "asc"}], ("started", False)),
        ([{"colId": "password", "sort": "asc"}], ("", True)),
    ],
)
def test_only_known_columns_are_sorted_by(model, order):
    assert order_of(model) == order


def test_walking_ends_when_the_queue_became_shorter():
    pages = {None: SimpleNamespace(places=[1] * 3, after=None)}
    walked = Ends("k", {0: None}).walk_to(50, lambda after, many: pages[after])
    assert walked.at[50] is None
