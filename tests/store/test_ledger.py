"""The history of a person, a debt, an account, a number; as it was known at a moment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.protocols import Ledger
from pipeline.records import Contact
from tests.store.makers import make_intake, process

DAY = datetime(2026, 3, 1, 10, tzinfo=UTC)


def contact(days=0, **facts):
    return Contact("P1", DAY + timedelta(days=days), "outbound", **facts)


def call(store, name, days=0, **metadata):
    return store.add(
        make_intake(store, name, started_at=DAY + timedelta(days=days), customer_id="P1", **metadata)
    ).public_id


@pytest.fixture
def history(store):
    """Seven contacts, one a day."""
    store.add_contacts([contact(i, debt=f"D{i % 2}", number="+15550100") for i in range(7)], "log.csv")


def test_it_is_the_ledger_of_the_pipeline(store):
    ledger: Ledger = store.ledger()
    assert ledger.contacts(person="nobody") == []


def test_contacts_come_in_the_order_of_time(store, history):
    found = store.ledger().contacts(person="P1")
    assert [c.started_at for c in found] == [DAY + timedelta(days=i) for i in range(7)]


@pytest.mark.parametrize(("asked", "count"), [
    ({"debt": "D1"}, 3), ({"number": "+15550100"}, 7), ({"account": "A"}, 0), ({"person": "P1", "debt": "D0"}, 4),
])  # fmt: skip
def test_each_thing_asked_for_narrows(store, history, asked, count):
    assert len(store.ledger().contacts(**asked)) == count


def test_the_first_moment_counts_and_the_last_does_not(store, history):
    found = store.ledger().contacts(person="P1", since=DAY + timedelta(days=1), until=DAY + timedelta(days=3))
    assert [c.started_at.day for c in found] == [2, 3]


def test_a_call_without_a_row_in_the_log_is_a_contact_too(store, history):
    call(store, "a", days=9, direction="inbound", call_id="X9")
    assert [c.recording for c in store.ledger().contacts(person="P1")] == [None] * 7 + ["X9"]


def test_a_call_that_the_log_names_is_counted_once(store, history):
    call(store, "a", days=2, call_id="X2")  # same person at the same time
    store.add_contacts([contact(20, recording="X20")], "log.csv")
    call(store, "b", days=21, call_id="X20")  # the recording named by the log, whatever the clocks say
    assert len(store.ledger().contacts(person="P1")) == 8


def test_what_was_learnt_later_does_not_exist_for_an_earlier_moment(store, clock):
    early = clock()
    clock.move(hours=1)
    store.add_contacts([contact()], "log.csv")
    call(store, "a", days=1)
    process(store)
    assert store.ledger().contacts(person="P1", as_of=early) == []
    assert store.ledger().calls(person="P1", as_of=early) == []
    assert len(store.ledger().contacts(person="P1", as_of=clock())) == 2


def test_calls_carry_the_words_and_metadata_of_their_moment(store, clock):
    call(store, "a", queue="billing")
    process(store, said="first")
    then = clock()
    clock.move(hours=1)
    call(store, "a", queue="sales")
    process(store, said="second")
    for as_of, queue, word in ((then, "billing", "first0"), (None, "sales", "second0")):
        [found] = store.ledger().calls(person="P1", as_of=as_of)
        assert (found.metadata.queue, found.turns[0].words[0].text) == (queue, word)


def test_a_call_without_a_result_is_no_call_yet_but_a_contact(store):
    call(store, "a")
    assert store.ledger().calls(person="P1") == []
    assert len(store.ledger().contacts(person="P1")) == 1


def test_complete_means_that_a_log_covers_the_days_asked_for(store, history):
    ledger = store.ledger()
    assert not ledger.complete
    ledger.contacts(person="P9", since=DAY, until=DAY + timedelta(days=6))
    assert ledger.complete
    ledger.contacts(person="P9", since=DAY - timedelta(days=1), until=DAY)
    assert not ledger.complete


def test_organisations_do_not_see_each_others_history(store, history):
    other = replace(store.ledger(), org=store.org + 1)
    assert other.contacts(person="P1") == []
