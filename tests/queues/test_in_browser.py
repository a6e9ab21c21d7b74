"""Working through a queue in a browser: keys, two people at once, deeds on many calls with their undo, a plan, rates."""

import pytest

from tests.browser.conftest import (
    NARROW,
    WIDE,
    Server,
    chromium,
    keep_picture,
    open_page,
    quick_passwords,
    seeded,
    signed_in,
    until,
)
from tests.databases import upgraded_sqlite
from tests.web import seed
from tests.web.calls import NORTH

__all__ = ["chromium", "open_page", "quick_passwords", "seeded", "signed_in", "upgraded_sqlite"]

RANKED = [told.name for told in sorted(NORTH, key=lambda told: -told.score)]


@pytest.fixture(scope="session")
def server(seeded, tmp_path_factory):
    folder = tmp_path_factory.mktemp("queued")
    seed.copy(seeded, folder)
    with Server(folder) as server:
        yield server


@pytest.fixture(autouse=True)
def nobody_holds_anything(server):
    """Each test begins with all calls free."""
    from sqlalchemy import delete, update

    from webapp.tables import PlaceRow, Standing

    with server.store.database.write() as session:
        session.execute(delete(PlaceRow))
        session.execute(update(Standing).values(holder_id=None, leased_until=None, aside_at=None, reviewed_at=None))


def ready(page):
    page.locator('.ag-row [col-id="name"] .grid-link').first.wait_for()
    until(page, "document.querySelector('[data-keys-help]')?.dataset.ready === 'true'")


def first_row(page):
    """Put the cursor of the grid into its first row, by keyboard alone."""
    ready(page)
    page.keyboard.press("j")
    until(page, "document.activeElement?.closest('.ag-row')?.getAttribute('row-index') === '0'")


def test_j_k_and_enter_open_a_call_which_is_then_taken(open_page):
    page = open_page()
    first_row(page)
    page.keyboard.press("j")
    until(page, "document.activeElement?.closest('.ag-row')?.getAttribute('row-index') === '1'")
    page.keyboard.press("k")
    until(page, "document.activeElement?.closest('.ag-row')?.getAttribute('row-index') === '0'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/calls/*?queue=interest*")
    other = open_page("/queue", "reviewer")
    ready(other)
    other.wait_for_selector("text=with Lena Mills")
    keep_picture(other, "queue-held-1280")


def test_n_opens_the_next_call_without_a_mouse(open_page):
    page = open_page()
    ready(page)
    page.keyboard.press("n")
    page.wait_for_url("**/calls/*?queue=interest*")


def test_two_people_who_ask_for_the_next_call_get_two_calls(open_page):
    pages = [open_page("/queue", login) for login in ("lead", "reviewer")]
    for page in pages:
        ready(page)
        page.click("button:has-text('Next call')")
    for page in pages:
        page.wait_for_url("**/calls/*?queue=*")
    names = {page.locator("h1").inner_text() for page in pages}
    assert len(names) == 2


def test_x_and_shift_x_choose_rows_and_a_deed_is_counted_done_and_undone(open_page, server):
    page = open_page()
    first_row(page)
    page.keyboard.press("x")
    page.wait_for_selector("text=1 call chosen")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    page.wait_for_selector("text=3 calls chosen")
    keep_picture(page, "queue-chosen-1280")
    page.click("[data-do=aside]")
    page.wait_for_selector("dialog[open] >> text=/leaves? every queue/")  # those drawn at random stay
    keep_picture(page, "queue-sure-1280")
    page.click("dialog[open] button:has-text('Cancel')")
    page.click("[data-do=take]")
    page.wait_for_selector("dialog[open] >> text=Of 3 calls chosen, 3 are yours for half an hour.")
    page.click("dialog[open] [data-yes]")
    page.wait_for_selector("text=3 calls done.")
    page.wait_for_selector(".chip.held >> text=yours")
    page.click("[data-undo]")
    page.wait_for_selector("text=3 calls put back.")
    page.wait_for_selector(".chip.held", state="detached")


def choose(page, number):
    """Choose the first rows, by keys, and begin to take them in pieces of two calls."""
    first_row(page)
    page.keyboard.press("x")
    for _ in range(number - 1):
        page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    page.wait_for_selector(f"text={number} calls chosen")
    page.evaluate("document.querySelector('[data-bulk]').dataset.piece = 2")
    page.click("[data-do=take]")
    page.wait_for_selector(f"dialog[open] >> text=Of {number} calls chosen, {number} are yours")


def test_a_deed_on_many_calls_tells_how_far_it_is_and_stops_where_it_is_told_to(open_page):
    page, asked = open_page(), []

    def hold(route):  # the second piece waits at the border until somebody has pressed Stop
        asked.append(route)
        if len(asked) != 2:
            route.continue_()

    page.route("**/queues/bulk", hold)
    choose(page, 5)
    page.click("dialog[open] [data-yes]")
    page.wait_for_selector("dialog[open] >> text=2 of 5 calls")
    assert page.locator("dialog[open] progress").evaluate("bar => bar.value / bar.max") == pytest.approx(0.4)
    keep_picture(page, "queue-doing-1280")
    page.keyboard.press("Escape")
    assert page.locator("dialog[open] [data-stop]").is_disabled()
    assert page.locator("dialog[open] progress").is_visible()  # it stays open until the piece under way is done
    asked[1].continue_()
    page.wait_for_selector(".toast >> text=4 calls done. Stopped. 1 call not reached.")
    assert len(asked) == 2
    page.click("[data-undo]")
    page.wait_for_selector("text=4 calls put back.")
    page.wait_for_selector(".chip.held", state="detached")


def test_a_piece_that_fails_leaves_what_was_done_and_says_how_much(open_page):
    page, asked = open_page(expected=["500"]), []

    def fail(route):
        asked.append(route)
        route.continue_() if len(asked) == 1 else route.fulfill(status=500, json={"message": "The disk is full."})

    page.route("**/queues/bulk", fail)
    choose(page, 3)
    page.click("dialog[open] [data-yes]")
    page.wait_for_selector(".toast >> text=2 calls done. The disk is full. 1 call not reached.")
    page.click("[data-undo]")
    page.wait_for_selector("text=2 calls put back.")


def test_s_skips_the_call_with_a_reason(open_page, server):
    page = open_page("/queue", "reviewer")
    first_row(page)
    page.keyboard.press("s")
    page.wait_for_selector("dialog[open] >> text=Skip this call")
    keep_picture(page, "queue-skip-1280")
    page.click("dialog[open] button:has-text('Skip')")
    page.wait_for_selector(".toast >> text=is not given to you again")
    from sqlalchemy import select

    from webapp.tables import PlaceRow

    with server.store.database.read() as session:
        assert session.scalars(select(PlaceRow.state)).all() == ["skipped"]


def test_a_queue_is_saved_with_its_filters_and_removed(open_page):
    page = open_page("/queue?queue=Billing")
    ready(page)
    page.click("summary:has-text('Save this queue')")
    page.fill("#save-name", "Billing, mine")
    page.click(".queue-save button:has-text('Save')")
    page.wait_for_url("**/queue?list=*")
    ready(page)
    expected = sum(told.queue == "Billing" for told in NORTH)
    until(page, f"document.querySelector('#queue-status').textContent.startsWith('{expected} calls')")
    keep_picture(page, "queue-saved-1280")
    page.click("button:has-text('Remove this queue')")
    page.wait_for_selector("text=The saved queue is gone")


@pytest.mark.parametrize("base", ["fraud", "compliance", "sample", "agent"])
def test_each_queue_opens_and_says_what_it_is(open_page, base):
    page = open_page(f"/queue?list={base}")
    page.wait_for_selector(".ag-row .grid-link, #queue-empty .empty")
    assert page.locator("nav.tabs.places [aria-current]").count() == 1
    keep_picture(page, f"queue-{base}-1280")


def test_a_plan_fits_the_minutes_and_starts(open_page):
    page = open_page()
    ready(page)
    page.fill("#minutes", "10")
    page.click("button:has-text('Plan')")
    page.wait_for_url("**/queues/plan?*")
    page.wait_for_selector("text=expected an hour this way")
    keep_picture(page, "plan-1280")
    page.click("button:has-text('Start with the first call')")
    page.wait_for_url("**/calls/*?queue=*")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1280", "390"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit_the_screen_in_both_schemes(open_page, viewport, scheme):
    for path in ("/queue", "/queues/plan?minutes=30", "/queues/rates"):
        page = open_page(path, viewport=viewport, color_scheme=scheme)
        page.wait_for_selector(".ag-row .grid-link, .call-card, table, .empty")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        keep_picture(page, f"{path.split('?')[0].strip('/').replace('/', '-')}-{viewport['width']}-{scheme}")
