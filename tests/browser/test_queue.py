"""The queue in a browser: ranked, sorted, filtered, opened, on a desk and on a phone."""

import pytest

from tests.browser.conftest import NARROW, WIDE, enter, keep_picture, until
from tests.web.calls import NORTH

RANKED = [told.name for told in sorted(NORTH, key=lambda told: -told.score)][:3]


def names(page, count=3):
    page.locator('.ag-row [col-id="name"] .grid-link').first.wait_for()
    rows = page.evaluate(
        """() => [...document.querySelectorAll('.ag-row[row-index]')]
            .filter((row) => row.querySelector('[col-id=name] .grid-link'))
            .sort((a, b) => a.getAttribute('row-index') - b.getAttribute('row-index'))
            .map((row) => row.querySelector('[col-id=name] .grid-link').textContent)"""
    )
    return list(dict.fromkeys(rows))[:count]


def wait_for_first(page, name):
    until(
        page,
        "document.querySelector('.ag-row[row-index=\"0\"] [col-id=name] .grid-link')?.textContent === arg",
        arg=name,
    )


def test_signing_in_shows_the_ranked_queue(open_page, server):
    page = open_page("/sign-in", None)
    enter(page, "lead")
    page.wait_for_url("**/queue")
    assert names(page) == RANKED
    assert "Times in Europe/Helsinki" in page.locator("#queue-status").inner_text()
    keep_picture(page, "queue-1280")


def test_a_header_sorts_all_calls_on_the_server(open_page):
    page = open_page()
    names(page)
    page.locator('.ag-header-cell[col-id="duration"]').click()
    longest = max(NORTH, key=lambda told: told.result().call.duration).name
    wait_for_first(page, longest)
    page.locator('.ag-header-cell[col-id="duration"]').click()
    wait_for_first(page, min(NORTH, key=lambda told: told.result().call.duration).name)


def test_a_filter_shows_at_once_stands_in_the_address_and_is_undone_by_back(open_page):
    page = open_page()
    assert names(page) == RANKED
    page.select_option("#queue-name", "Fraud line")
    until(page, "document.querySelector('#queue-status').textContent.startsWith('1 call')")
    assert page.url.endswith("?queue=Fraud+line")
    assert names(page) == ["C-1057"]
    page.go_back()
    until(page, f"document.querySelector('#queue-status').textContent.startsWith('{len(NORTH)} calls')")
    assert page.input_value("#queue-name") == ""


def test_a_filter_can_be_opened_from_its_address_and_cleared(open_page):
    page = open_page("/queue?since=2027-01-01")
    page.wait_for_selector("text=Widen the dates")
    assert page.input_value("#since") == "2027-01-01"
    page.click("[data-clear]")
    assert names(page) == RANKED


def test_a_row_opens_its_call(open_page):
    page = open_page()
    names(page)
    page.locator('.ag-row[row-index="0"] [col-id="queue"]').click()
    page.wait_for_url("**/calls/*")
    assert page.locator("h1").inner_text() == RANKED[0]


def test_a_row_opens_its_call_by_keyboard(open_page):
    page = open_page()
    names(page)
    page.locator('.ag-row[row-index="0"] [col-id="queue"]').focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/calls/*")
    assert page.locator("h1").inner_text() == RANKED[1]


def test_listening_begins_at_the_second_that_matters(open_page):
    page = open_page()
    names(page)
    page.locator('.ag-row[row-index="0"] .grid-listen').click()
    page.wait_for_url("**/calls/*?t=57.6")
    until(page, "Math.abs(document.querySelector('audio').currentTime - 57.6) < 0.2")


def test_text_from_calls_stays_text(open_page):
    page = open_page()
    names(page)
    page.select_option("#queue-name", "<em>queue</em>")
    wait_for_first(page, "C-1066")
    page.wait_for_selector("text=<b onmouseover=window.pwned=1>not markup</b>")
    assert page.evaluate("window.pwned") is None


def test_on_a_phone_each_call_is_a_card(open_page):
    page = open_page(viewport=NARROW)
    cards = page.locator(".call-card")
    cards.first.wait_for()
    assert RANKED[0] in cards.first.inner_text()
    assert "The agent read the card number" in cards.first.inner_text()
    assert page.locator('.ag-header-cell[col-id="score"]').count() == 0
    box = cards.first.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= NARROW["width"]
    keep_picture(page, "queue-390")


def test_on_a_phone_the_order_is_chosen_in_the_form(open_page):
    page = open_page(viewport=NARROW)
    page.locator(".call-card").first.wait_for()
    page.click("summary:has-text('Filters')")
    page.select_option("#order", "duration")
    longest = max(NORTH, key=lambda told: told.result().call.duration).name
    until(page, "document.querySelector('.call-card .grid-link')?.textContent.endsWith(arg)", arg=longest)


def test_an_ended_session_leads_to_the_sign_in_page(open_page):
    # Dash reads an answer of 401 twice, by its timing: the page is left anyway.
    page = open_page("/sign-in?next=/queue", None, expected=("401", "body stream already read"))
    enter(page, "fraud")
    page.wait_for_url("**/queue")
    names(page)
    page.context.clear_cookies()
    page.select_option("#queue-name", "Moves")
    page.wait_for_url("**/sign-in?next=*")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1280", "390"])
def test_the_grid_fills_the_page_and_nothing_more(open_page, viewport):
    page = open_page(viewport=viewport)
    page.locator(".ag-row").first.wait_for()
    grid = page.locator("#queue-grid").bounding_box()
    assert grid["height"] > viewport["height"] / 2
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight + 1")
