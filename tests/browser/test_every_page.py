"""What every page keeps: names for all controls, one heading, room on a phone, both colour schemes."""

from importlib import resources

import pytest

from tests.browser.conftest import NARROW, WIDE, enter, keep_picture, until
from webapp.permissions import ROLES, grants
from webapp.web.frames import entries

MENU = {entry.path.strip("/"): entry.path for entry in entries()}  # a page added to the menu is asked here too
SEES = {entry.path.strip("/"): next(role for role in ROLES if grants(role, entry.needs)) for entry in entries()}
OTHERS = {
    "sign-in": "/sign-in",
    "password": "/password",
    "preferences": "/preferences",
    "nothing-here": "/no-such-page",
    "queue-filtered": "/queue?since=2027-01-01",
    "plan": "/queues/plan?queue=interest&minutes=60",
    "rates": "/queues/rates",
    "notices": "/notices",
    "agreement": "/reviews/agreement",
    "about-queue": "/about/queue",
    "about-calls": "/about/calls",
    **{name: f"/{name}" for name in ("assignments", "calibration", "coaching", "disputes", "scorecards")},
}
CALLS = {"call": "C-1042", "call-unsure": "C-1061", "call-hostile": "C-1066", "call-mono": "C-1057"}
PAGES = [*MENU, *OTHERS, *CALLS, *(f"{name}:empty" for name in MENU)]
READY = {"queue": ".ag-row", "queue-filtered": "#queue-empty .empty", **dict.fromkeys(CALLS, "main[data-ready=true]")}
LOOKS = [(WIDE, "light"), (WIDE, "dark"), (NARROW, "light"), (NARROW, "dark")]
AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text()
VIOLATIONS = """async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
    .map((one) => `${one.id} (${one.help}): ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`)"""

NAMELESS = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a[href], summary, [role=slider]')]
    .filter((one) => one.checkVisibility() && !one.closest('.ag-root-wrapper'))
    .filter((one) => !(one.labels?.length || one.getAttribute('aria-label') || one.getAttribute('aria-labelledby')
        || one.textContent.trim() || one.title))
    .map((one) => one.outerHTML)"""
SMALL = """() => [...document.querySelectorAll('button, select, input:not([type=hidden]):not([type=checkbox]), summary, .grid-listen')]
    .filter((one) => one.checkVisibility() && !one.closest('.ag-header, .ag-hidden'))
    .map((one) => [one.getBoundingClientRect(), one])
    .filter(([box]) => box.width > 0 && (box.width < 24 || box.height < 24))
    .map(([box, one]) => `${box.width}x${box.height} ${one.outerHTML.slice(0, 120)}`)"""
DOUBLE_IDS = """() => [...document.querySelectorAll('[id]')].map((one) => one.id)
    .filter((id, n, all) => id && all.indexOf(id) !== n)"""
FAINT = """() => {
    const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
    const behind = (one) => {
        for (let at = one; at; at = at.parentElement) {
            const style = getComputedStyle(at);
            if (style.backgroundImage !== 'none') return null;
            const colour = numbers(style.backgroundColor);
            if (colour.length === 3 || colour[3] === 1) return colour;
        }
        return [255, 255, 255];
    };
    const faint = [];
    for (const one of document.querySelectorAll('body *')) {
        const text = [...one.childNodes].filter((node) => node.nodeType === 3 && node.textContent.trim());
        if (!text.length || !one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || one.disabled) continue;
        const ground = behind(one);
        if (!ground) continue;
        const [a, b] = [light(numbers(getComputedStyle(one).color)), light(ground)].sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05);
        if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${one.className} ${text[0].textContent.trim().slice(0, 40)}`);
    }
    return faint;
}"""


@pytest.fixture
def shown(open_page, server, empty_server):
    """A maker: the page of a name, ready, as somebody who may see it does; ``:empty`` is in a house without calls."""

    def make(name):
        bare, _, state = name.partition(":")
        path = MENU.get(bare) or OTHERS.get(bare) or server.call(CALLS[bare])
        home = empty_server if state else server
        page = open_page(
            path,
            None if name == "sign-in" else SEES.get(bare, "admin"),
            home=home,
            expected=("404",) if name == "nothing-here" else (),
        )
        page.locator("main").first.wait_for() if state else page.locator(READY.get(name, "main")).first.wait_for()
        page.wait_for_load_state("networkidle")
        page.evaluate(AXE)
        return page

    return make


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_named_and_touched(shown, name):
    page = shown(name)
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.title().endswith("callsift")
    assert page.evaluate(DOUBLE_IDS) == []
    wrong = {f"{viewport['width']} {scheme}": looked(page, name, viewport, scheme) for viewport, scheme in LOOKS}
    assert {look: found for look, found in wrong.items() if found} == {}


@pytest.mark.parametrize("key", ["?", "c", "e"], ids=["keys", "comment", "correction"])
def test_an_open_form_can_be_read_named_and_touched(shown, key):
    page = shown("call")
    page.keyboard.press(key)
    page.locator("dialog[open]").wait_for()
    wrong = {f"{viewport['width']} {scheme}": looked(page, "call-form", viewport, scheme) for viewport, scheme in LOOKS}
    assert {look: found for look, found in wrong.items() if found} == {}


def looked(page, name, viewport, scheme):
    """What is wrong with a page at a size and in a scheme."""
    page.set_viewport_size(viewport)
    page.emulate_media(color_scheme=scheme)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    keep_picture(page, f"{name.replace(':', '-').replace('/', '-')}-{viewport['width']}-{scheme}")
    wrong = [*page.evaluate(VIOLATIONS), *page.evaluate(NAMELESS), *page.evaluate(SMALL), *page.evaluate(FAINT)]
    wrong += [] if page.locator("h1:visible").count() == 1 else ["not one heading"]
    wide = page.evaluate("document.documentElement.scrollWidth")
    return wrong + ([] if wide <= viewport["width"] else [f"{wide} pixels wide"])


@pytest.mark.parametrize(("path", "row"), [("/measured", ".top nav"), ("/overview/operations", ".tabs")])
def test_on_a_phone_the_place_that_is_open_is_in_sight(open_page, path, row):
    page = open_page(path, "admin", NARROW)
    here = page.locator(f"{row} [aria-current]").first
    until(page, f"document.querySelector('{row}').scrollLeft > 0")
    box = here.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= NARROW["width"]
    assert page.evaluate("scrollY") == 0


def test_the_first_tab_leads_past_the_menu(open_page):
    page = open_page("/work", "lead")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_recordings_are_handed_in_one_by_one_with_what_became_of_them(open_page, tmp_path):
    page = open_page("/upload", "lead")
    files = []
    for name, body in [("one.wav", b"RIFF"), ("one.json", b"{}"), ("bad.wav", b"text")]:
        (tmp_path / name).write_bytes(body)
        files.append(tmp_path / name)
    page.set_input_files("#files", files)
    page.get_by_text("begins like a text file").wait_for()
    page.get_by_text("It waits to be heard").wait_for()
    assert page.locator("#uploads li").count() == 2
    keep_picture(page, "upload-done")


def test_signing_out_ends_at_the_sign_in_page(open_page):
    page = open_page("/sign-in", None)
    enter(page, "compliance")
    page.wait_for_url("**/queue")
    page.wait_for_load_state("networkidle")  # else the queue itself notices first that the session has ended
    page.locator(".who summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("You are signed out").wait_for()
    page.goto(page.url.replace("/sign-in?said=out", "/queue"))
    page.locator("#login").wait_for()
