"""Watched searches: new calls that fit are told once, to each watcher inside their own scope."""

import pytest

from pipeline.search.opening import open_index
from pipeline.search.records import Address
from tests.notices.test_telling import inbox, says
from webapp.desk.search import SqlSearchDesk
from webapp.notices.watching import look
from webapp.search.step import run_index


@pytest.fixture
def index(house, tmp_path):
    opened = open_index(Address("sqlite", tmp_path / "search"))
    yield opened
    opened.close()


def kept(house, login, query, shared="private", name="Balance"):
    here = SqlSearchDesk(house.desk(login))
    found = here.save(here.remember(query), name, shared=shared)
    assert found
    return found


def passed(house, index, clock, hours=1):
    """An hour later, with everything in the index."""
    run_index(house.store, index)
    clock.move(hours=hours)
    return look(house.store, index)


def test_new_calls_that_fit_are_told_once(house, index, clock):
    house.call("C-1")
    clock.move(seconds=1)
    search = kept(house, "rita", "balance")
    assert inbox(house, "rita").watch(search, "inbox")
    assert passed(house, index, clock) == 0  # the call was there before
    house.call("C-2")
    house.call("C-3")
    assert passed(house, index, clock) == 1
    [notice] = inbox(house, "rita").notices()
    assert notice.says == "2 new calls fit your search Balance."
    assert notice.href == f"/search/{search}?sort=started"
    assert passed(house, index, clock) == 0


def test_a_call_that_does_not_fit_is_not_told(house, index, clock):
    search = kept(house, "rita", "refund")
    inbox(house, "rita").watch(search, "mail")
    house.call("C-1")
    assert passed(house, index, clock) == 0


def test_a_watcher_hears_of_calls_of_their_own_teams_alone(house, index, clock):
    search = kept(house, "lena", "balance", shared="everyone")
    for login in ("lena", "sam"):
        assert inbox(house, login).watch(search, "inbox")
    house.call("C-1", team="south")
    assert passed(house, index, clock) == 1
    assert says(house, "lena") == []
    assert says(house, "sam") == ["A new call fits your search Balance."]


def test_a_search_that_is_no_longer_shared_tells_nothing(house, index, clock):
    search = kept(house, "lena", "balance", shared="everyone")
    inbox(house, "rita").watch(search, "inbox")
    kept(house, "lena", "balance")  # private from now on
    house.call("C-1")
    assert passed(house, index, clock) == 0
    assert inbox(house, "rita").watches() == []


def test_a_call_that_the_index_does_not_hold_yet_is_told_when_it_does(house, index, clock):
    search = kept(house, "rita", "balance")
    inbox(house, "rita").watch(search, "inbox")
    run_index(house.store, index)
    clock.move(hours=1)
    house.call("C-1")
    assert look(house.store, index) == 0  # heard, and not in the index
    assert passed(house, index, clock) == 1


def test_nobody_watches_what_is_not_theirs(house):
    private = kept(house, "lena", "balance")
    assert not inbox(house, "rita").watch(private, "inbox")
    assert not inbox(house, "lena").watch(private, "telegram")
    assert inbox(house, "lena").watch(private, "mail")
    assert [one.how for one in inbox(house, "lena").watches()] == ["mail"]
    assert inbox(house, "lena").watch(private, "")
    assert [one.how for one in inbox(house, "lena").watches()] == [""]
