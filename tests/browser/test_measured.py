"""The page Measured with reports on it: read, named and touched, wide and narrow, light and dark; an example opens its call."""

from tests.browser.conftest import NARROW, WIDE, keep_picture
from tests.browser.test_every_page import AXE, VIOLATIONS
from tests.web import seed
from tests.web.test_measured import fingerprint, put

WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def test_reports_can_be_read_and_an_example_opens_its_call(open_page, server, tmp_path_factory):
    folder = tmp_path_factory.getbasetemp() / "served0"
    settings = seed.settings_of(folder)
    sound = {"item": "sample", "sha256": fingerprint(server.store, "C-1042"), "at": 2.5, "wrong": "role"}
    put(settings, sound, {"id": "date-7", "text": "a text without a recording"})
    put(settings, name="asr", error="eval asr needs a recogniser")
    page = open_page("/measured", "lead")
    page.locator("summary").first.wait_for()
    page.locator(".measured-examples > summary").first.click()
    page.evaluate(AXE)
    for viewport, scheme in ((WIDE, "light"), (WIDE, "dark"), (NARROW, "light"), (NARROW, "dark")):
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        keep_picture(page, f"measured-{viewport['width']}-{scheme}")
        assert page.evaluate(VIOLATIONS) == []
        assert not page.evaluate(WIDER)
    page.get_by_role("link", name="C-1042 at 0:02").click()
    page.wait_for_url("**/calls/*?t=2.5")
