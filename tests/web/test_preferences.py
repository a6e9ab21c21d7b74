"""Preferences: keys of one's own from a closed list, without clashes, for oneself alone."""

import re
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import update

import dashboards
from dashboards.preferences import BY_NAME, DEEDS, KEYS, PreferencesRefused, clashes, own_keys
from tests.web.conftest import post
from webapp.tables import PreferenceRow

WORDS = r'(\[(?:\s*"[^"]*",?)*\s*\]|"[^"]*")'
AS = re.compile(rf"register\({WORDS},.*?\bas: {WORDS}", re.DOTALL)


def own(page):
    """The map of keys a page is drawn with, as it stands in its HTML."""
    return unescape(re.search(r'data-own="([^"]*)"', page.text)[1])


def test_every_deed_of_the_scripts_has_its_name_and_key_in_the_list_and_the_other_way_round():
    found = {}
    for script in Path(dashboards.__file__).parent.glob("**/static/*.js"):
        found |= registered(script.read_text())
    found |= registered((Path(dashboards.__file__).parent / "scripts" / "queue.js").read_text())
    assert found == {deed.name: deed.key for deed in DEEDS}


def registered(text):
    """{name: key} of the keys that a script registers with a name."""
    found = {}
    for one in re.split(r"(?=\bregister\()", text)[1:]:
        if match := AS.match(one):
            keys, names = (re.findall(r'"([^"]+)"', match[part]) for part in (1, 2))
            assert len(keys) == len(names), one
            found |= dict(zip(names, keys, strict=True))
    return found


def test_the_keys_as_they_come_do_not_clash_and_can_all_be_chosen():
    assert clashes({}) == {}
    assert {deed.key for deed in DEEDS} <= set(KEYS)
    assert own_keys({deed.name: deed.key for deed in DEEDS}) == {}


@pytest.mark.parametrize(
    ("typed", "kept"), [("q", "Q"), (" shift + q ", "Shift+Q"), ("mediaplaypause", "MediaPlayPause")]
)
def test_a_key_is_known_however_it_is_written(typed, kept):
    assert own_keys({"player.play": typed}) == {"player.play": kept}


@pytest.mark.parametrize(
    "typed", ["", "1", "?", "Enter", "Escape", "Ctrl+W", "JJ", "<script>alert(1)</script>", '"><img src=x>', "J\n", "é", "Shift+["]
)  # fmt: skip
def test_what_is_no_key_of_the_list_is_refused_at_its_field(typed):
    if typed == "J\n":
        assert own_keys({"player.back": typed}) == {}  # the key itself, with a line end around it
        return
    with pytest.raises(PreferencesRefused) as refused:
        own_keys({"player.play": typed})
    assert set(refused.value.faults) == {"player.play"}
    assert "<" not in str(refused.value)


def test_two_deeds_of_one_page_cannot_have_one_key_and_those_of_different_pages_can():
    with pytest.raises(PreferencesRefused) as refused:
        own_keys({"player.back": "C"})
    assert refused.value.faults["player.back"] == "C is also the key of “Comment on this second”."
    assert set(refused.value.faults) <= {"player.back", "comments.write"}
    assert own_keys({"queue.skip": "C"}) == {"queue.skip": "C"}
    assert own_keys({"player.back": "C", "comments.write": "J"}) == {"player.back": "C", "comments.write": "J"}


def test_keys_are_kept_for_oneself_shown_on_every_page_and_put_back(browser):
    lead, reviewer = browser("lead"), browser("reviewer")
    assert post(lead, "/preferences/keys", page="/preferences", **{"key:player.back": "b"}).status_code == 303
    assert own(lead.get("/work")) == '{"player.back": "B"}'
    assert own(reviewer.get("/reviews")) == "{}"
    assert 'value="B"' in lead.get("/preferences").text
    assert post(lead, "/preferences/keys", page="/preferences", what="reset").status_code == 303
    assert own(lead.get("/work")) == "{}"


def test_a_fault_keeps_what_was_typed_and_stands_at_its_field(browser):
    lead = browser("lead")
    page = post(lead, "/preferences/keys", page="/preferences", **{"key:player.back": "<b>", "key:player.play": "Q"})
    assert page.status_code == 400
    assert '<span class="fault" id="fault-player-back">' in page.text
    assert 'value="&lt;b&gt;"' in page.text
    assert 'value="Q"' in page.text
    assert own(lead.get("/work")) == "{}"


def test_what_stands_in_the_database_but_in_no_list_never_reaches_a_page(browser, store):
    lead = browser("lead")
    post(lead, "/preferences/keys", page="/preferences", **{"key:player.back": "B"})
    planted = {
        "player.play": "</script><script>alert(1)</script>",
        "constructor": "J",
        "player.back": 7,
        "player.forward": "B",
    }
    with store.database.write() as session:
        session.execute(update(PreferenceRow).values(keys=planted))
    page = lead.get("/work")
    assert own(page) == '{"player.forward": "B"}'
    assert "alert(1)" not in page.text


def test_density_theme_zone_and_single_keys_change_the_pages_of_their_owner(browser):
    lead = browser("lead")
    kept = post(lead, "/preferences/look", page="/preferences", density="compact", theme="dark", zone="Asia/Kathmandu")
    assert kept.status_code == 303
    page = lead.get("/work").text
    assert '<html lang="en" data-theme="dark" data-density="compact">' in page
    assert "Asia/Kathmandu" in page
    assert post(lead, "/preferences/single", page="/preferences").status_code == 303
    assert 'data-single="off"' in lead.get("/work").text
    assert 'data-density="compact"' in lead.get("/work").text  # one form leaves alone what another one keeps
    assert '<html lang="en">' in browser("reviewer").get("/reviews").text
    for wrong in ({"zone": "Mars/Base"}, {"theme": "pink"}, {"density": '" onload="x'}):
        form = {"density": "compact", "theme": "dark", "zone": "UTC"} | wrong
        assert post(lead, "/preferences/look", page="/preferences", **form).status_code == 400


def test_nobody_has_no_preferences_and_a_form_without_its_token_changes_nothing(browser, client):
    assert client.get("/preferences").status_code in (302, 303, 401)
    lead = browser("lead")
    for place in ("keys", "single", "look"):
        assert lead.post(f"/preferences/{place}", data={"key:player.back": "B"}).status_code == 400
    assert own(lead.get("/work")) == "{}"


def test_every_deed_is_asked_for_on_the_page(browser):
    page = browser("agent").get("/preferences").text
    assert set(re.findall(r'name="key:([\w.]+)"', page)) == set(BY_NAME)
