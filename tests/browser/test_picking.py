"""Choosing calls by the beginning of their name: what is offered, added to a list, and kept when something is wrong."""

from tests.browser.conftest import keep_picture, until

OFFERS = "[...document.querySelectorAll('#call-offers option')].map((one) => one.value)"


def offered_for(page, text):
    until(page, "document.querySelector('#call-offers').dataset.for === arg", text)
    return page.evaluate(OFFERS)


def test_a_call_is_found_by_its_beginning_on_the_page_that_assigns(open_page):
    page = open_page("/assignments", expected=("400",))
    page.locator("#call").press_sequentially("c-104")
    assert offered_for(page, "c-104") == ["C-1049", "C-1042"]
    assert page.locator("#call-offers option").first.get_attribute("label").endswith("Billing · agent ag-108")
    page.fill("#call", "C-9")
    page.click("button:has-text('Assign')")
    page.wait_for_selector("text=No call of your teams is named “C-9”")
    assert page.input_value("#call") == "C-9"
    keep_picture(page, "assign-wrong-1280")


def test_calls_of_a_session_are_added_to_the_list_and_not_sent_by_enter(open_page):
    page = open_page("/calibration", expected=("400",))
    find = page.locator("#find-call")
    find.press_sequentially("C-1042")
    assert offered_for(page, "C-1042") == ["C-1042"]
    find.press("Enter")
    find.press_sequentially("C-1049")
    page.click("[data-add]")
    find.press_sequentially("C-1042")
    find.press("Enter")  # it is in the list already
    assert page.input_value("#calls") == "C-1042\nC-1049"
    assert page.evaluate("document.activeElement.id") == "find-call"
    page.fill("#title", "March")
    keep_picture(page, "calibration-picked-1280")
    page.click("button:has-text('Open')")
    page.wait_for_selector("text=two people or more")
    assert page.input_value("#calls") == "C-1042\nC-1049"
    assert page.input_value("#title") == "March"
