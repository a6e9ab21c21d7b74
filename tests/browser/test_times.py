"""The call centre's clock beside a reader's own: under the mouse, at the focus, and put away again."""

import pytest
from sqlalchemy import update

from tests.browser.conftest import NARROW, WIDE, keep_picture, until
from webapp.tables import User

THERE = "at the call centre (Europe/Helsinki, EET)"
TIP = ".tip:popover-open"


@pytest.fixture
def far_reader(server):
    """Freya, who looks at fraud, does so from New York."""

    def live_in(zone):
        with server.store.database.write() as session:
            session.execute(update(User).where(User.login == "fraud").values(zone=zone))

    live_in("America/New_York")
    yield "fraud"
    live_in("Europe/Helsinki")


def test_the_mouse_on_a_time_shows_the_other_clock_and_may_rest_on_it(open_page, server, far_reader):
    page = open_page(server.call("C-1042"), far_reader)
    time = page.locator(".call-head time")
    time.hover()
    tip = page.locator(TIP)
    assert tip.inner_text().endswith(THERE)
    keep_picture(page, "times-call-1280")
    tip.hover()
    assert tip.is_visible()
    page.mouse.move(5, 5)
    tip.wait_for(state="detached")


def test_the_focus_in_a_row_shows_its_other_clock_and_escape_puts_it_away(open_page, far_reader):
    page = open_page("/search", far_reader)
    page.fill("[name=q]", "letter")
    page.press("[name=q]", "Enter")
    page.locator("h2 [data-there]").first.wait_for()
    until(page, "document.querySelector('.tip')")
    page.locator("h2 a").first.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    page.locator(TIP).wait_for()
    page.keyboard.press("Escape")
    page.locator(TIP).wait_for(state="detached")


def test_a_time_in_no_row_is_reached_by_itself(open_page, server, far_reader):
    page = open_page(server.call("C-1042"), far_reader)
    until(page, "document.querySelector('.call-head time').tabIndex === 0")
    page.locator(".call-head .back").focus()
    page.keyboard.press("Tab")
    page.locator(TIP).wait_for()


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1280", "390"])
def test_rows_of_the_queue_tell_the_other_clock(open_page, far_reader, viewport):
    page = open_page("/queue", far_reader, viewport)
    time = page.locator(".ag-row [data-there]:visible").first
    time.wait_for()
    assert THERE in time.inner_text() or THERE in time.text_content()
    time.hover()
    page.locator(TIP).wait_for()
    box = page.locator(TIP).bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= viewport["width"]
    keep_picture(page, f"times-queue-{viewport['width']}")
