"""From call to call in a queue, by key and by button; a call is skipped with a reason; two people never get the same one."""

import re

import pytest

from tests.browser.conftest import until


@pytest.fixture
def queue(open_page):
    """A maker: somebody is given the first call of a queue."""

    def make(login="lead", key="interest"):
        page = open_page("/queue", login)
        page.locator("main").wait_for()
        href = page.evaluate(
            """async (queue) => {
                const token = document.querySelector('[name=csrf_token]').value;
                const body = new URLSearchParams({ csrf_token: token, queue });
                const answer = await fetch('/queues/next', { method: 'POST', body, headers: { Accept: 'application/json' } });
                return (await answer.json()).href;
            }""",
            key,
        )
        page.goto(href if href.startswith("http") else page.url.split("/queue")[0] + href)
        return ready(page)

    return make


def ready(page):
    page.locator("main[data-ready=true]").wait_for()
    return page


def name(page):
    return page.locator("h1").inner_text()


def turn(page, key):
    """Press a key that leads to another call; its name."""
    before = page.url
    page.keyboard.press(key)
    page.wait_for_url(lambda url: url != before)
    return name(ready(page))


def test_n_and_p_go_through_the_queue_and_a_search_takes_them_for_its_hits(queue):
    page = queue()
    first = name(page)
    assert page.locator(".back").inner_text() == "Most interesting"
    second = turn(page, "n")
    assert second != first
    assert turn(page, "p") == first
    page.fill("#find", "the")
    page.locator("#find").blur()
    page.keyboard.press("n")
    until(page, "document.querySelector('.find output').textContent.startsWith('2 of')")
    page.keyboard.press("Escape")
    assert turn(page, "n") == second
    page.get_by_role("button", name="Previous").click()
    until(page, "document.querySelector('h1')?.textContent === arg", first)


def test_a_call_is_skipped_by_keyboard_with_a_reason(queue, server):
    page = queue("reviewer")
    skipped, before = name(page), page.url
    page.keyboard.press("Control+Space")
    page.locator("dialog.skipping[open]").wait_for()
    page.get_by_role("button", name="The words cannot be understood").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != before)
    assert not page.locator("h1", has_text=re.compile(f"^{skipped}$")).count()


def test_two_people_in_one_queue_have_different_calls(queue):
    names = [name(queue(login)) for login in ("lead", "reviewer")]
    assert len(set(names)) == 2


def test_outside_of_a_queue_there_is_nothing_to_turn(open_page, server):
    page = ready(open_page(f"{server.call('C-1049')}?queue=%3Cscript%3E"))
    assert page.locator("[data-turn], [data-skip]").count() == 0
    page.keyboard.press("?")
    assert page.locator(".keys dd", has_text="Next call").count() == 0
