"""The call page in a browser: it plays, follows, jumps, searches, all by hand and by keyboard."""

from itertools import pairwise

import pytest

from tests.browser.conftest import NARROW, WIDE, keep_picture, until
from tests.web.calls import CARD, CODE, HOLD

TURNS = CARD.result().call.turns
NOW = "document.querySelector('audio').currentTime"
LIT = "document.querySelector('.w.now')?.textContent"


@pytest.fixture
def call(open_page, server):
    """A maker of pages of one call, ready to be used."""

    def make(name="C-1042", viewport=WIDE, query="", **options):
        page = open_page(server.call(name) + query, viewport=viewport, **options)
        page.locator("main[data-ready=true]").wait_for()
        until(page, "!document.querySelector('audio') || document.querySelector('audio').readyState >= 1")
        return page

    return make


def now(page):
    return page.evaluate(NOW)


def word(text):
    return next(word for turn in TURNS for word in turn.words if word.text == text)


def at(page, second, within=0.3):
    until(page, f"Math.abs({NOW} - arg) < {within}", second)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1280", "390"])
def test_playing_moves_the_time_the_words_and_the_cursor(call, viewport):
    page = call(viewport=viewport)
    keep_picture(page, f"call-{viewport['width']}")
    before = page.locator(".cursor").bounding_box()["x"]
    page.get_by_role("button", name="Play", exact=True).click()
    until(page, f"{NOW} > 1.5")
    assert page.get_by_role("button", name="Pause", exact=True).is_visible()
    until(page, f"{LIT} && {LIT} !== 'thank'")
    assert page.locator(".cursor").bounding_box()["x"] > before
    page.get_by_role("button", name="Pause", exact=True).click()
    until(page, "document.querySelector('audio').paused")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1280", "390"])
def test_a_click_on_a_word_plays_from_there(call, viewport):
    page = call(viewport=viewport)
    page.locator(".w", has_text="honestly").click()
    start = word("honestly").start
    until(page, f"{NOW} > arg && {NOW} < arg + 3 && !document.querySelector('audio').paused", start)


def test_the_time_beside_a_turn_plays_it_by_keyboard(call):
    page = call()
    page.get_by_role("button", name="Play from 0:33").focus()
    page.keyboard.press("Enter")
    until(page, f"{NOW} > arg && !document.querySelector('audio').paused", TURNS[4].start)


def test_an_address_with_a_second_opens_there(call):
    page = call(query="?t=36.5")
    at(page, 36.5)
    assert page.evaluate("document.querySelector('audio').paused")
    lit = page.locator(".w.now")
    assert lit.count() == 1
    box = page.locator(".turn.current").bounding_box()
    assert 0 < box["y"] < WIDE["height"]


def test_evidence_plays_from_five_seconds_before(call):
    page = call()
    page.locator(".reason .quote", has_text="1:02").click()
    until(page, f"{NOW} >= arg && {NOW} < arg + 3", 57.0)


def test_a_mark_on_the_waveform_is_a_button_that_plays(call):
    page = call()
    mark = page.locator(".marks button:visible").first
    box = mark.bounding_box()
    assert min(box["width"], box["height"]) >= 24
    assert "Dead air" in mark.get_attribute("aria-label")
    mark.focus()
    page.keyboard.press("Enter")
    until(page, f"{NOW} >= arg && {NOW} < arg + 3", 19.2 - 5)


def test_marks_that_would_overlap_become_one_with_their_number(call):
    page = call(viewport=NARROW)
    boxes = sorted(mark.bounding_box()["x"] for mark in page.locator(".marks button:visible").all())
    assert all(later - earlier >= 24 for earlier, later in pairwise(boxes))
    assert page.locator(".marks button:visible", has_text="2").count() >= 1


def test_the_lanes_are_drawn_from_the_peaks_each_party_its_own(call):
    page = call()
    page.locator(".lanes[data-drawn=peaks]").wait_for()
    filled = page.evaluate(
        """() => [...document.querySelectorAll('canvas.played')].map((canvas) => {
            const { width, height } = canvas;
            const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
            const tall = (from, to) => {
                let most = 0;
                for (let x = Math.floor(from * width); x < to * width; x += 1) {
                    let rows = 0;
                    for (let y = 0; y < height; y += 1) rows += data[(y * width + x) * 4 + 3] > 0;
                    most = Math.max(most, rows / height);
                }
                return most;
            };
            return [tall(0, 0.05), tall(0.08, 0.16)];
        })"""
    )
    (agent_first, agent_then), (customer_first, customer_then) = filled
    assert agent_first > 0.4 > agent_then  # the agent greets ...
    assert customer_then > 0.4 > customer_first  # ... and the customer answers


def test_in_a_mono_call_each_party_has_a_lane_of_its_own_words(call):
    page = call("C-1057")
    page.locator(".lanes[data-drawn=peaks]").wait_for()
    assert page.locator(".lane").count() == len(CODE.parties)


def test_the_waveform_is_a_slider_for_the_keyboard(call):
    page = call()
    slider = page.get_by_role("slider", name="Place in the call")
    slider.focus()
    page.keyboard.press("PageUp")
    at(page, 30)
    page.keyboard.press("ArrowRight")
    at(page, 35)
    assert slider.get_attribute("aria-valuetext") == "0:35 of 1:22, Agent speaking"
    page.keyboard.press("Home")
    at(page, 0)


def test_a_click_on_the_waveform_seeks(call):
    page = call()
    box = page.locator(".lanes").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    at(page, float(page.locator("main").get_attribute("data-duration")) / 2, within=0.5)


def test_keys_play_jump_and_change_the_speed(call):
    page = call()
    page.keyboard.press("l")
    at(page, 5)
    page.keyboard.press("Shift+L")
    at(page, 20)
    page.keyboard.press("j")
    at(page, 15)
    page.keyboard.press("]")
    assert page.evaluate("document.querySelector('audio').playbackRate") == 1.25
    page.keyboard.press("[")
    page.keyboard.press("[")
    until(page, "document.querySelector('[data-speed]').textContent === '0.75×'")
    page.keyboard.press(" ")
    until(page, "!document.querySelector('audio').paused")
    page.keyboard.press(" ")
    until(page, "document.querySelector('audio').paused")


def test_k_goes_from_reason_to_reason_and_back(call):
    page = call()
    page.keyboard.press("k")
    at(page, 19.2 - 5)
    assert page.locator("[data-status]").inner_text().startswith("0:19: Dead air")
    page.keyboard.press("k")
    at(page, 34.0 - 5)
    page.keyboard.press("Shift+K")
    at(page, 19.2 - 5)


def test_keys_can_be_switched_off_and_stay_so(call):
    page = call()
    page.keyboard.press("?")
    page.locator("dialog[open]").wait_for()
    switch = page.get_by_label("Single keys work on every page")
    with page.expect_response("**/preferences/single"):
        switch.uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    assert now(page) == 0
    page.reload()
    page.locator("main[data-ready=true]").wait_for()
    page.keyboard.press("l")
    assert now(page) == 0
    page.locator(".who summary").click()
    page.get_by_role("button", name="Keys of this page").click()
    with page.expect_response("**/preferences/single"):
        switch.check()
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    at(page, 5)


def test_search_finds_words_steps_through_them_and_marks_the_waveform(call):
    page = call()
    page.keyboard.press("/")
    page.keyboard.type("the")
    until(page, "document.querySelector('.find output').textContent.startsWith('1 of ')")
    many = page.locator(".w.found").count()
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.find output').textContent.startsWith('2 of ')")
    page.fill("#find", "third time")
    until(page, "document.querySelector('.find output').textContent === '1 of 1'")
    assert many > page.locator(".w.found").count() == 2
    page.fill("#find", "zebra")
    until(page, "document.querySelector('.find output').textContent === 'not said'")
    page.locator("#find").press("Escape")
    assert page.locator(".w.found").count() == 0


def test_typing_in_the_search_is_not_taken_for_keys(call):
    page = call()
    page.fill("#find", "")
    page.locator("#find").press_sequentially("jl k")
    assert now(page) == 0


def test_the_transcript_follows_the_voice_and_yields_to_the_reader(call):
    page = call("C-1042", viewport={"width": 1280, "height": 520})
    page.evaluate("document.querySelector('audio').playbackRate = 2")
    page.locator(".turn").nth(6).locator(".at").click()
    until(page, "document.querySelector('.transcript').scrollTop > 0")
    page.mouse.move(400, 450)
    page.mouse.wheel(0, -4000)
    page.get_by_role("button", name="Back to now").wait_for()
    assert page.locator("[data-follow]").get_attribute("aria-pressed") == "false"
    until(page, "document.querySelector('.transcript').scrollTop < 60")
    page.get_by_role("button", name="Back to now").click()
    until(page, "document.querySelector('.transcript').scrollTop > 60")
    assert page.locator("[data-follow]").get_attribute("aria-pressed") == "true"


def test_long_silence_is_shaded_and_can_be_heard_into(call):
    page = call("C-1049")
    assert page.locator(".lanes [data-band=silence]").count() == 1
    assert page.locator(".lanes [data-band]").count() == len(HOLD.findings)
    assert "Nobody spoke for 41 s" in page.locator(".side").inner_text()


def test_text_of_a_call_does_not_run(call):
    page = call("C-1066")
    assert "<script>window.pwned=1</script>" in page.locator(".transcript").inner_text()
    page.fill("#find", "<img src=x onerror=window.pwned=1>")
    assert page.evaluate("window.pwned") is None


def test_the_link_to_this_second_is_copied(call, server):
    page = call(query="?t=12", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    page.get_by_text("Link to 0:12 copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == f"{server.call('C-1042')}?t=12.0"


def test_without_permission_to_listen_nothing_is_fetched(call, server, monkeypatch):
    monkeypatch.setattr("webapp.desk.desk.SqlDesk.may", lambda self, permission: permission == "calls:read")
    page = call()
    assert page.locator("audio").count() == 0
    assert "no listening copy you may hear" in page.locator(".player").inner_text()
    page.locator(".w", has_text="honestly").click()
    until(page, f"{LIT} === 'honestly'")


def test_calls_like_this_one_are_listed_once_the_page_is_there(call):
    page = call("C-1102")
    alike = page.locator("[data-similar] a")
    alike.first.wait_for()
    assert alike.first.inner_text().startswith("C-11")
    alike.first.click()
    page.wait_for_url("**/calls/*")
    page.locator("h1", has_text="C-11").wait_for()
