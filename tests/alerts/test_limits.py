"""A user's own threshold and the published one decide what a case is; so does the setting for shared numbers."""

from rules.engine.ruleset import load_packs
from tests.alerts.makers import hear, members, signal
from webapp.alerts.limits import limits_of
from webapp.alerts.step import run_alerts
from webapp.store.rulebook import Rulebook

PACK = "title: Ours\nabout: our own threshold\nthreshold: {}\n"


def own_pack(folder, threshold):
    (folder / "fraud").mkdir(parents=True, exist_ok=True)
    (folder / "fraud" / "_pack.yaml").write_text(PACK.format(threshold))
    return folder


def test_the_shipped_threshold_holds_where_nobody_says_otherwise(lite, settings):
    assert limits_of(settings(), lite).threshold == 0.6


def test_the_threshold_of_a_users_own_pack_reaches_the_cases(lite, settings, tmp_path):
    own = settings(packs=own_pack(tmp_path / "own", 0.4))
    hear(lite, "low", signal("J5", 0.45), account_id="1")
    run_alerts(own, lite)
    assert members(lite) == {(frozenset({"low"}), 0.45)}
    own_pack(tmp_path / "own", 0.5)  # read again when it was changed
    hear(lite, "next", signal("J5", 0.45), account_id="2")
    run_alerts(own, lite)
    assert members(lite) == {(frozenset({"low"}), 0.45)}


def test_what_was_published_is_in_force_and_not_what_lies_in_the_folder(lite, settings, tmp_path):
    Rulebook(lite.database, lite.org).publish(load_packs().only(packs=["fraud"]), by="test")
    own = settings(packs=own_pack(tmp_path / "own", 0.4))
    assert limits_of(own, lite).threshold == 0.6


def test_a_switchboard_does_not_make_one_case_of_its_callers(lite, settings):
    for n in range(4):
        hear(lite, f"c{n}", signal("J5", 0.7), customer_id=f"cu-{n}", person_number="+100")
    run_alerts(settings(alert_hub=4), lite)
    assert {names for names, _risk in members(lite)} == {frozenset({f"c{n}"}) for n in range(4)}
