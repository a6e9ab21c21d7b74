"""Times of calls: in the viewer's zone on screen, with the call centre's own clock behind them."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask, render_template_string
from sqlalchemy import update

from dashboards import wording
from dashboards.frame import Entry
from dashboards.moments import HOUSE_ZONE
from tests.web.conftest import post
from tests.web.dash_calls import ask_queue, rows
from webapp.permissions import ROLES, grants
from webapp.search.opening import index_of
from webapp.search.step import run_index
from webapp.tables import User
from webapp.web.frames import entries

IN_ATTRIBUTE = re.compile(r'="[^"<>]*<time')
BOTH = re.compile(
    r'<time datetime="2026-11-19T[^"]+" data-there="(\d\d:\d\d) at the call centre \(Europe/Helsinki, EET\)">'
)


def drawn(at, zone, house, template="{{ at }}"):
    """A moment of a viewer's zone as a template of a call centre's shows it."""
    app = Flask("times")
    app.extensions[HOUSE_ZONE] = house
    with app.app_context():
        return render_template_string(template, at=wording.when(at, zone))


@pytest.mark.parametrize(
    ("house", "there"),
    [("Europe/Helsinki", "2 Jul, 01:30 at the call centre (Europe/Helsinki, EEST)"),
     ("America/New_York", "18:30 at the call centre (America/New York, EDT)"),
     ("Europe/London", "23:30 at the call centre (Europe/London, BST)"), ("Africa/Abidjan", ""), ("UTC", "")],
)  # fmt: skip
def test_the_clock_of_the_call_centre_stands_behind_a_time_where_it_is_another(house, there):
    page = drawn(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "UTC", house)
    assert page.startswith('<time datetime="2026-07-01T22:30:00+00:00"')
    assert "1 Jul 2026, 22:30" in page
    assert (f'data-there="{there}"' in page) == bool(there)
    assert page.count("at the call centre") == (2 if there else 0)  # for the mouse, and for screen readers in the text


def test_clocks_that_agree_in_winter_alone_are_told_apart_in_summer_alone():
    assert "data-there" not in drawn(datetime(2026, 1, 1, 12, tzinfo=UTC), "UTC", "Europe/London")
    assert "data-there" in drawn(datetime(2026, 7, 1, 12, tzinfo=UTC), "UTC", "Europe/London")


def test_a_moment_is_a_text_like_any_other_outside_of_templates():
    moment = wording.when(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "UTC")
    assert f"at {moment}" == "at 1 Jul 2026, 22:30"
    parts = "{{ ['<b>', at] | join(' · ') }}"
    assert "&lt;b&gt; · <time" in drawn(datetime(2026, 7, 1, tzinfo=UTC), "UTC", "Asia/Seoul", parts)


@pytest.fixture
def away(store):
    """Everybody looks from New York at a call centre in Helsinki."""
    with store.database.write() as session:
        session.execute(update(User).values(zone="America/New_York"))


@pytest.fixture
def indexed(settings, store):
    index = index_of(settings)
    run_index(store, index)
    index.close()


def address(client, name, ids):
    if name == "search":
        return post(client, "/search", page="/search", q="letter").location
    call = ids["C-1042"]
    return {"call": f"/calls/{call}",
            "figure": "/figures/calls?kind=all&since=2026-11-01&until=2026-11-30", "results": "/results"}[name]  # fmt: skip


@pytest.mark.parametrize("name", ["search", "call", "figure", "results"])
def test_pages_that_show_times_of_calls_tell_both_clocks(browser, ids, indexed, away, name):
    client = browser("agent" if name == "results" else "admin")
    page = client.get(address(client, name, ids))
    assert BOTH.search(page.text)
    assert not IN_ATTRIBUTE.search(page.text)


def test_rows_of_the_queue_tell_both_clocks(browser, away):
    shown = rows(ask_queue(browser("lead")))
    assert shown
    assert all(row["there"].endswith("at the call centre (Europe/Helsinki, EET)") for row in shown)


def test_who_is_at_the_call_centre_sees_one_clock(browser, ids):
    lead = browser("lead")
    assert "data-there" not in lead.get(f"/calls/{ids['C-1042']}").text
    assert {row["there"] for row in rows(ask_queue(lead))} == {""}


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.path)
def test_no_page_puts_a_time_into_an_attribute(browser, away, entry: Entry):
    role = next(role for role in ROLES if grants(role, entry.needs))
    assert not IN_ATTRIBUTE.search(browser(role).get(entry.path).text)
