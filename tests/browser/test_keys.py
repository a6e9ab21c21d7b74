"""Keys: the list says what works on this page right now, and nothing else; single keys can be switched off for good."""

import pytest

from tests.browser.conftest import until

HELP = "dialog.keys-help[open]"


def ready(page):
    page.locator("dialog.keys-help[data-ready=true]").wait_for(state="attached")
    return page


def listed(page):
    """What the list of keys shows, opened by its key and closed again."""
    page.keyboard.press("?")
    page.locator(HELP).wait_for()
    rows = page.evaluate(
        "() => [...document.querySelectorAll('.keys dt')].map((one) => [one.nextElementSibling.textContent,"
        " [...one.querySelectorAll('kbd')].map((key) => key.textContent)])"
    )
    page.keyboard.press("Escape")
    until(page, "!document.querySelector('dialog[open]')")
    return dict(rows)


@pytest.fixture
def call(open_page, server):
    def make(name="C-1042", login="lead"):
        page = ready(open_page(server.call(name), login))
        page.locator("main[data-ready=true]").wait_for()
        return page

    return make


def test_the_list_names_the_keys_of_the_call_page(call):
    keys = listed(call())
    assert keys["Play or pause"] == ["Space"]
    assert keys["Back or forward 5 s"] == ["J", "L"]
    assert keys["The keys of this page"] == ["?"]
    assert "Next or previous hit" not in keys


def test_keys_of_a_search_are_listed_while_there_are_hits(call):
    page = call()
    page.fill("#find", "the")
    page.locator("#find").blur()
    assert listed(page)["Next or previous hit"] == ["N", "P"]
    page.keyboard.press("p")
    until(page, "document.querySelector('.find output').textContent.split(' ')[0] > 1")
    page.keyboard.press("n")
    until(page, "document.querySelector('.find output').textContent.startsWith('1 of')")
    page.keyboard.press("Escape")
    assert "Next or previous hit" not in listed(page)


def test_without_sound_no_key_for_sound_is_listed(call, monkeypatch):
    monkeypatch.setattr("webapp.desk.desk.SqlDesk.may", lambda self, permission: permission == "calls:read")
    keys = listed(call())
    assert "Play or pause" not in keys
    assert "Slower or faster" not in keys
    assert "Back or forward 5 s" in keys


@pytest.mark.parametrize("path", ["/work", "/upload", "/reports"])
def test_a_page_without_keys_lists_only_the_list_itself(open_page, path):
    assert list(listed(ready(open_page(path, "lead")))) == ["The keys of this page"]


def test_switched_off_no_single_key_works_anywhere_and_the_menu_still_opens_the_list(call, server):
    page = call()
    page.keyboard.press("?")
    with page.expect_response("**/preferences/single"):
        page.get_by_label("Single keys work on every page").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    page.keyboard.press("?")
    assert page.evaluate("document.querySelector('audio').currentTime") == 0
    assert page.locator(HELP).count() == 0
    page.goto(f"{server.url}/work")
    ready(page)
    page.keyboard.press("?")
    assert page.locator(HELP).count() == 0
    page.locator(".who summary").click()
    page.get_by_role("button", name="Keys of this page").click()
    with page.expect_response("**/preferences/single"):
        page.get_by_label("Single keys work on every page").check()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.locator(HELP).wait_for()


def test_keys_of_ones_own_work_are_listed_and_those_they_replaced_do_nothing(call, open_page, server):
    page = ready(open_page("/preferences", "compliance"))
    page.get_by_label("Forward 5 s").fill("alt+w")
    page.get_by_label("Comment on this second").fill("l")
    page.get_by_role("button", name="Keep these keys").click()
    page.get_by_text("Your keys are kept").wait_for()
    page = call(login="compliance")
    keys = listed(page)
    assert keys["Back or forward 5 s"] == ["J", "Alt W"]
    assert keys["Pause and comment on this second, or on the stretch being marked"] == ["L"]
    assert page.locator("kbd[data-deed='comments.write']").first.text_content() == "L"
    page.keyboard.press("Alt+w")
    until(page, "Math.abs(document.querySelector('audio').currentTime - 5) < 0.1")
    page.keyboard.press("c")
    assert page.locator("dialog[open]").count() == 0
    page.keyboard.press("l")
    page.locator("dialog[open]").wait_for()
    page.keyboard.press("Escape")
    page.goto(f"{server.url}/preferences")
    page.get_by_role("button", name="Put all back").click()
    page.get_by_text("Your keys are kept").wait_for()
    assert listed(call(login="compliance"))["Back or forward 5 s"] == ["J", "L"]


def test_dark_is_dark_for_whoever_chose_it_whatever_the_system_says(open_page, server):
    page = ready(open_page("/preferences", "fraud", color_scheme="light"))
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_label("Light or dark").select_option("dark")
    page.get_by_role("button", name="Keep", exact=True).first.click()
    page.get_by_text("It is kept").wait_for()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(color_scheme="dark")
    assert dark != light
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    page.get_by_label("Light or dark").select_option("system")
    page.get_by_role("button", name="Keep", exact=True).first.click()
    page.get_by_text("It is kept").wait_for()
