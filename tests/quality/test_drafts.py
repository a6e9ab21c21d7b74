"""Steps of a changed card, the trash and preferences as SQL keeps them, on both databases."""

import pytest

from dashboards.preferences import PreferencesRefused
from pipeline.quality.drafting import step
from webapp.desk.preferences import SqlPreferenceDesk
from webapp.desk.quality.drafts import SqlDraftDesk, StaleDraft


def test_steps_are_kept_undone_and_published_from_the_version_they_began_with(house):
    here = SqlDraftDesk(house.desk("ada"))
    body = here.open("service").body
    first = here.keep("service", step(body, "down:0.0"), "")
    assert here.keep("service", step(body, "down:0.0"), first) == first  # nothing changed: no step
    with pytest.raises(StaleDraft):
        here.keep("service", step(body, "remove:0.0"), "")
    second = here.keep("service", step(body, "remove:0.0"), first)
    assert (here.open("service").steps, here.open("service").token) == (2, second)
    assert here.undo("service")
    assert here.open("service").token == first
    assert SqlDraftDesk(house.desk("lena")).open("service").others == ("Ada",)
    with pytest.raises(StaleDraft):
        here.publish("service", second, "x")
    assert here.publish("service", first, "x").version == 2
    assert here.open("service").steps == 0
    assert [q["id"] for q in here.open("service").body["sections"][0]["questions"]][:2] == [
        "recording_told",
        "introduced",
    ]


def test_a_card_is_thrown_away_once_and_taken_out_once(house):
    cards = house.cards("ada")
    assert cards.throw("sales")
    assert not cards.throw("sales")
    assert [one.id for one in cards.trash()] == ["sales"]
    assert "sales" not in [one.id for one in cards.cards()]
    assert house.reviews("rita").begin(house.call("C-1"), "sales", "first") is None
    assert cards.restore("sales")
    assert not cards.restore("sales")
    assert cards.throw("sales")  # again, with a row of its own


def test_preferences_of_one_person_change_one_by_one_and_for_nobody_else(house):
    ada, rita = (SqlPreferenceDesk(house.desk(who)) for who in ("ada", "rita"))
    ada.keep_keys({"player.back": "b"})
    ada.keep_single(on=False)
    ada.keep_look("compact", "dark", "Asia/Kathmandu")
    mine = ada.mine()
    assert (mine.keys, mine.single_keys, mine.density, mine.theme) == ({"player.back": "B"}, False, "compact", "dark")
    assert house.accounts.find("ada").zone == "Asia/Kathmandu"
    assert (rita.mine().keys, rita.mine().single_keys, house.accounts.find("rita").zone) == ({}, True, "UTC")
    with pytest.raises(PreferencesRefused):
        ada.keep_look("compact", "dark", "../../etc/passwd")
    ada.keep_keys({})
    assert ada.mine().keys == {}
