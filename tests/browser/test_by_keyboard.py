"""The call page without a mouse, from the queue to the end: every control is reached, shows that it is, and is in sight."""

import pytest

from tests.browser.conftest import NARROW, WIDE, until

STOPS = 120  # presses of Tab in which a page must have been gone through
HERE = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const box = one.getBoundingClientRect();
    const style = getComputedStyle(one);
    const top = document.elementFromPoint(Math.min(innerWidth - 1, Math.max(0, box.left + Math.min(box.width / 2, 40))),
        Math.min(innerHeight - 1, Math.max(0, box.top + box.height / 2)));
    return {
        what: one.getAttribute('aria-label') || one.textContent.trim().slice(0, 40) || one.id || one.className,
        outlined: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none',
        seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
            && Boolean(top && (one.contains(top) || top.contains(one))),
        html: one.outerHTML.slice(0, 120),
    };
}"""


@pytest.fixture
def page(open_page, server):
    def make(viewport=WIDE, query=""):
        page = open_page(server.call("C-1042") + query, viewport=viewport)
        page.locator("main[data-ready=true]").wait_for()
        until(page, "document.querySelector('audio').readyState >= 1")
        return page

    return make


def walk(page):
    """Everything Tab stops at, in order, until it comes round."""
    stops = []
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here is None:
            return stops
        stops.append(here)
    raise AssertionError(f"Tab does not come round in {STOPS} presses")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1280", "390"])
def test_tab_reaches_every_control_and_each_stop_is_outlined_and_in_sight(page, viewport):
    stops = walk(page(viewport))
    names = [stop["what"] for stop in stops]
    for wanted in (
        "Play",
        "Place in the call",
        "Comment",
        "Correct word",
        "Transcript",
        "About this call",
        "Play from 0:33",
    ):
        assert wanted in names, wanted
    assert [stop["html"] for stop in stops if not stop["outlined"]] == []
    assert [stop["html"] for stop in stops if not stop["seen"]] == []


def test_a_call_is_reviewed_with_keys_alone(page):
    """Listen from the first reason, find a word, comment on it, correct another, take the correction back."""
    here = page()
    here.keyboard.press("k")
    here.keyboard.press("k")
    here.keyboard.press(" ")
    until(here, "document.querySelector('audio').currentTime > 29.2")
    here.keyboard.press(" ")
    here.keyboard.press("/")
    here.keyboard.type("formal compl")
    until(here, "document.querySelector('.find output').textContent === '1 of 1'")
    here.keyboard.press("Enter")
    here.keyboard.press("Escape")
    here.keyboard.press("c")
    here.keyboard.type("asks for a complaint, not acknowledged")
    here.keyboard.press("Control+Enter")
    until(here, "document.querySelectorAll('[data-note]').length === 1")
    here.keyboard.press("e")
    here.keyboard.type("heard")
    here.keyboard.press("Control+Enter")
    until(here, "document.querySelectorAll('.w.corrected').length === 1")
    here.keyboard.press("u")
    until(here, "document.querySelectorAll('.w.corrected').length === 0")
    here.keyboard.press("u")
    until(here, "document.querySelectorAll('[data-note]').length === 0")


def test_closing_a_form_gives_the_focus_back_to_where_it_came_from(page):
    here = page()
    button = here.get_by_role("button", name="Comment", exact=True)
    button.focus()
    here.keyboard.press("Enter")
    here.locator("dialog.writing[open]").wait_for()
    here.keyboard.press("Escape")
    until(here, "document.activeElement?.matches('[data-comment]')")


def test_at_400_percent_nothing_needs_two_directions_of_scrolling(page):
    """WCAG 1.4.10: a page 1280 pixels wide at 400 % is one of 320 pixels."""
    here = page({"width": 320, "height": 640})
    assert here.evaluate("document.documentElement.scrollWidth") <= 320


def test_who_asked_for_less_motion_gets_none(open_page, server):
    here = open_page(server.call("C-1042"), reduced_motion="reduce")
    here.locator("main[data-ready=true]").wait_for()
    moving = here.evaluate(
        """() => [...document.querySelectorAll('body *')].filter((one) => {
            const style = getComputedStyle(one);
            return parseFloat(style.transitionDuration) > 0 || style.animationName !== 'none' || style.scrollBehavior === 'smooth';
        }).map((one) => one.outerHTML.slice(0, 80))"""
    )
    assert moving == []
