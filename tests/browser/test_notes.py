"""Comments and corrections in a browser, by keyboard: written, changed, taken back, refused, and never run."""

import pytest

from tests.browser.conftest import keep_picture, until
from tests.web.calls import CARD

NOW = "document.querySelector('audio').currentTime"
STATUS = "document.querySelector('[data-status]').textContent"


@pytest.fixture
def call(open_page, server):
    """A maker of pages of a call for somebody, at a second."""

    def make(login="lead", name="C-1051", second=0.0, **options):
        page = open_page(f"{server.call(name)}?t={second}", login, **options)
        page.locator("main[data-ready=true]").wait_for()
        until(page, f"document.querySelector('audio').readyState >= 1 && Math.abs({NOW} - arg) < 0.2", second)
        return page

    return make


def said(page, start):
    until(page, f"{STATUS}.startsWith(arg)", start)


def write(page, text, key="c"):
    page.keyboard.press(key)
    page.locator("dialog.writing[open]").wait_for()
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")


def words(page):
    return page.locator("[data-notes] .words").all_inner_texts()


def test_a_comment_is_written_without_a_mouse_shown_marked_and_taken_back(call):
    page = call(second=5)
    page.keyboard.press(" ")
    until(page, "!document.querySelector('audio').paused")
    page.keyboard.press("c")
    page.locator("dialog.writing[open]").wait_for()
    assert page.evaluate("document.querySelector('audio').paused")
    keep_picture(page, "comment-form")
    page.keyboard.type("greets well; card 4242 4242 4242 4242 on <b>paper</b>")
    page.keyboard.press("Control+Enter")
    said(page, "The comment is kept")
    assert words(page) == ["greets well; card [CARD_NUMBER] on <b>paper</b>"]
    mark = page.locator(".marks button.note")
    assert mark.get_attribute("aria-label").startswith("0:05: Lena Mills: greets well")
    keep_picture(page, "comment-kept")
    page.keyboard.press("u")
    said(page, "The comment is removed")
    assert words(page) == []
    assert mark.count() == 0


def test_a_stretch_is_marked_with_two_presses_and_can_be_typed_instead_of_dragged(call):
    page = call(second=2)
    page.keyboard.press("r")
    said(page, "Stretch from 0:02")
    page.keyboard.press("l")
    until(page, f"{NOW} > 6.5")
    page.keyboard.press("r")
    page.locator("dialog.writing[open]").wait_for()
    assert [page.input_value(f"#note-{end}") for end in ("since", "until")] == ["0:02.0", "0:07.0"]
    page.fill("#note-until", "0:08.5")
    page.fill("#note-text", "a stretch")
    page.keyboard.press("Control+Enter")
    said(page, "The comment is kept")
    assert page.locator("[data-notes] .jump", has_text="0:02–0:08").count() == 1
    page.keyboard.press("u")
    said(page, "The comment is removed")


def test_escape_leaves_a_stretch_and_a_form_without_writing(call):
    page = call(second=2)
    page.keyboard.press("r")
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    assert page.input_value("#note-until") == "0:02.0"
    page.keyboard.type("thrown away")
    page.keyboard.press("Escape")
    until(page, "!document.querySelector('dialog[open]')")
    assert words(page) == []


def test_a_changed_comment_shows_what_it_said_before(call):
    page = call(second=3)
    write(page, "frist")
    said(page, "The comment is kept")
    page.get_by_role("button", name="Edit the comment at 0:03").click()
    page.fill("#note-text", "first")
    page.get_by_label("For coaching").check()
    page.keyboard.press("Control+Enter")
    said(page, "The comment is changed")
    assert words(page) == ["first"]
    page.locator("[data-note] summary", has_text="Changed once").click()
    assert "“frist”" in page.locator("[data-note] details").inner_text()
    assert page.locator("[data-note] .chip", has_text="coaching").count() == 1
    page.keyboard.press("u")
    said(page, "The comment reads as before")
    assert words(page) == ["frist"]
    page.keyboard.press("u")
    said(page, "The comment is removed")


def test_a_time_outside_of_the_call_is_refused_in_the_form_and_nothing_typed_is_lost(call):
    page = call(second=3, expected=("400",))
    page.keyboard.press("c")
    page.fill("#note-since", "9:99:99")
    page.fill("#note-text", "still here")
    page.keyboard.press("Control+Enter")
    page.locator("dialog [role=alert]:visible", has_text="begins before it ends").wait_for()
    page.fill("#note-since", "soon")
    page.keyboard.press("Control+Enter")
    page.locator("dialog [role=alert]:visible", has_text="“soon” is no time").wait_for()
    assert page.input_value("#note-text") == "still here"


def test_what_others_wrote_can_be_read_but_not_changed(call):
    page = call("reviewer", second=1)
    write(page, "by the reviewer")
    said(page, "The comment is kept")
    other = call("lead")
    assert words(other) == ["by the reviewer"]
    assert other.get_by_role("button", name="Remove the comment").count() == 0
    page.keyboard.press("u")
    said(page, "The comment is removed")


def lit(page):
    return page.locator(".w.now")


def test_a_word_is_corrected_by_one_key_keeps_its_original_and_is_taken_back(call):
    meter = next(w for turn in CARD.result().call.turns for w in turn.words if w.text == "third")
    page = call(name="C-1042", second=meter.start)
    page.keyboard.press("e")
    page.locator("dialog.writing[open]").wait_for()
    assert page.locator("[data-context] mark").inner_text() == "third"
    assert "31 % sure" in page.locator("[data-word-form] [data-original]").inner_text()
    keep_picture(page, "correction-form")
    page.fill("#word-text", "<b>fourth</b>")
    page.keyboard.press("Control+Enter")
    said(page, "The word is corrected")
    assert lit(page).inner_text() == "<b>fourth</b>"
    assert lit(page).get_attribute("title").startswith("Recognised as “third”. Corrected by Lena Mills")
    page.reload()
    page.locator("main[data-ready=true]").wait_for()
    fixed = page.locator(".w.corrected")
    assert fixed.inner_text() == "<b>fourth</b>"
    page.fill("#find", "bfourth")
    until(page, "document.querySelector('.find output').textContent === '1 of 1'")
    page.locator("#find").press("Escape")
    fixed.click()
    page.keyboard.press("e")
    page.get_by_role("button", name="As recognised").click()
    said(page, "The word reads again")
    assert page.locator(".w.corrected").count() == 0
    page.keyboard.press("u")
    said(page, "The word reads “<b>fourth</b>” again")
    page.keyboard.press("e")
    page.get_by_role("button", name="As recognised").click()
    said(page, "The word reads again")


def test_of_two_people_who_correct_one_word_the_second_is_told_and_decides(call):
    first, second = call("reviewer", second=0.9), call("lead", second=0.9, expected=("409",))
    for page in (first, second):
        page.keyboard.press("e")
        page.fill("#word-text", "ours" if page is first else "mine")
    first.keyboard.press("Control+Enter")
    said(first, "The word is corrected")
    second.keyboard.press("Control+Enter")
    second.locator("dialog [role=alert]:visible", has_text="Remy Okafor was faster: the word reads “ours”").wait_for()
    second.keyboard.press("Control+Enter")
    said(second, "The word is corrected")
    assert second.locator(".w.corrected").inner_text() == "mine"
    second.keyboard.press("e")
    second.get_by_role("button", name="As recognised").click()
    said(second, "The word reads again")


def test_who_may_only_read_has_no_way_to_write(call):
    page = call("agent", "C-1042")
    for key in "cre":
        page.keyboard.press(key)
    assert page.locator("dialog[open]").count() == 0
    assert page.locator("#notes, [data-comment], [data-correct]").count() == 0
