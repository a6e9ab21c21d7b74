"""Calls like the one on screen: a piece of the page of its own, inside the scope, nothing where nothing is like it."""

import re

import pytest

from webapp.search.opening import index_of
from webapp.search.step import run_index


@pytest.fixture
def made(settings, store):
    """The index of the house."""
    index = index_of(settings)
    run_index(store, index)
    index.close()


def test_calls_that_say_the_same_are_listed_with_the_words_they_share(made, browser, ids):
    listed = browser("lead").get(f"/calls/{ids['C-1102']}/similar").text
    fillers = {ids[f"C-1{number}"] for number in range(100, 118)}
    assert set(re.findall(r'href="/calls/(\w+)"', listed)) <= fillers - {ids["C-1102"]}
    assert "Both say:" in listed


def test_a_call_of_others_is_like_nothing(made, browser, ids):
    assert browser("other").get(f"/calls/{ids['C-1102']}/similar").status_code == 404
    assert browser("nobody").get(f"/calls/{ids['C-1102']}/similar").status_code == 404


def test_without_an_index_there_is_nothing_to_show_and_no_error(browser, ids):
    answer = browser("lead").get(f"/calls/{ids['C-1102']}/similar")
    assert (answer.status_code, answer.text) == (200, "")
