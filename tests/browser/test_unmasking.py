"""A removed part in a browser: heard for a reason where the original is kept, else the page says why not."""

import pytest

from tests.browser.conftest import Server, keep_picture, until
from tests.notes.test_unmasking import WHY, take_in
from tests.web import seed
from webapp.store import open_store

STATUS = "document.querySelector('[data-status]').textContent"


@pytest.fixture(scope="module")
def house(quick_passwords, upgraded_sqlite, tmp_path_factory):
    """A server that keeps originals: one call with a number removed, one with a card number."""
    folder = tmp_path_factory.mktemp("originals")
    seed.build_empty(folder, upgraded_sqlite)
    store = open_store(seed.settings_of(folder, keep_originals=True))
    calls = {"number": take_in(store, "north", "NUMBER"), "card": take_in(store, "south", "CARD_NUMBER")}
    store.close()
    with Server(folder, keep_originals=True) as server:
        yield server, calls


@pytest.fixture
def removed(open_page, house):
    """A maker: the list of removed parts of a call, open, as somebody sees it."""

    def make(login, which, **options):
        server, calls = house
        page = open_page(f"/calls/{calls[which]}", login, home=server, **options)
        page.locator("main[data-ready=true]").wait_for()
        page.locator("section[aria-labelledby=removed] summary").click()
        return page

    return make


def test_the_original_is_heard_once_a_reason_is_given(removed):
    page = removed("compliance", "number", expected=("400",))
    page.get_by_role("button", name="Hear the original at 0:03").click()
    page.locator("dialog.writing[open]").wait_for()
    keep_picture(page, "unmask-form")
    page.fill("#unmask-reason", "          .")
    page.keyboard.press("Control+Enter")
    page.locator("dialog [role=alert]:visible", has_text="Say why").wait_for()
    page.fill("#unmask-reason", WHY)
    page.keyboard.press("Control+Enter")
    until(page, f"{STATUS}.startsWith('The original is playing: 1.6 s')")


@pytest.mark.parametrize(
    ("login", "which", "why"),
    [("lead", "number", "Only people with the right to unmask"), ("admin", "card", "never heard again")],
)
def test_where_it_cannot_be_heard_the_page_says_why(removed, login, which, why):
    page = removed(login, which)
    assert why in page.locator(".removed").inner_text()
    assert page.locator("[data-unmask]").count() == 0
