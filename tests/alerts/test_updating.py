"""Results become cases: in any order, once, in one transaction; alerts tell of what is new and of nothing else."""

import itertools

import pytest

from pipeline import failpoints
from tests.alerts.makers import add_voice, alerts, cases, deliveries, hear, judge, members, rows, signal
from webapp.alerts.step import run_alerts
from webapp.store.outbox import CASES
from webapp.tables import CaseHistory, OutboxRow, SuspectRow, Voiceprint

STORY = {
    "a": (0, [signal("J3", 0.45)], {"account_id": "4"}),
    "b": (3, [signal("J4", 0.5)], {"account_id": "4", "person_number": "+358401"}),
    "c": (6, [signal("J5", 0.55)], {"person_number": "+358401"}),
    "alone": (6, [signal("J5", 0.75)], {"account_id": "9"}),
    "weak": (6, [signal("J5", 0.3)], {"account_id": "8"}),
    "late": (40, [signal("J5", 0.5)], {"account_id": "4"}),
}


@pytest.mark.parametrize("order", [*itertools.permutations("abc"), ("c", "late", "a", "b")])
@pytest.mark.parametrize("at_once", [True, False])
def test_calls_in_any_order_end_in_the_same_cases(lite, settings, order, at_once):
    names = [*order, *(set(STORY) - set(order))]
    for name in names:
        days, signs, metadata = STORY[name]
        hear(lite, name, *signs, days=days, **metadata)
        if not at_once:
            run_alerts(settings(), lite)
    run_alerts(settings(), lite)
    assert members(lite) == {(frozenset("abc"), 0.7384), (frozenset({"alone"}), 0.75)}


def test_a_call_is_a_case_from_the_threshold_on(store, settings):
    hear(store, "below", signal("J5", 0.59))
    hear(store, "at", signal("J5", 0.6))
    passed = run_alerts(settings(), store)
    assert (passed.results, passed.alerts) == (2, 1)
    assert members(store) == {(frozenset({"at"}), 0.6)}


def test_a_second_pass_finds_nothing_to_do(store, settings):
    hear(store, "a", signal("J5", 0.9))
    run_alerts(settings(), store)
    again = run_alerts(settings(), store)
    assert (again.results, again.alerts, again.written) == (0, 0, 0)


def test_the_same_result_again_raises_no_second_alert(store, settings):
    hear(store, "a", signal("J5", 0.9))
    run_alerts(settings(), store)
    store.redo("rules")
    judge(store, signal("J5", 0.95))
    run_alerts(settings(), store)
    assert [case.risk for case in cases(store)] == [0.95]
    assert len(alerts(store)) == 1


def test_a_case_whose_signs_have_gone_is_withdrawn_and_stands_again_when_they_are_back(store, settings):
    hear(store, "a", signal("J5", 0.9))
    run_alerts(settings(), store)
    store.redo("rules")
    judge(store)
    run_alerts(settings(), store)
    assert [(case.state, case.risk) for case in cases(store)] == [("withdrawn", 0.0)]
    assert rows(store.database, SuspectRow) == []
    store.redo("rules")
    judge(store, signal("J5", 0.9))
    run_alerts(settings(), store)
    assert len(members(store)) == 1


def test_a_call_that_joins_is_told_once_and_the_call_that_holds_two_cases_merges_them(store, settings):
    hear(store, "a", signal("J5", 0.7), account_id="4")
    hear(store, "b", signal("J3", 0.65), days=2, person_number="+1")
    run_alerts(settings(), store)
    first, second = cases(store)
    hear(store, "c", signal("J4", 0.4), days=1, account_id="4", person_number="+1")
    run_alerts(settings(), store)
    [left] = cases(store)
    assert left.id == first.id
    assert len(alerts(store)) == 3
    assert {alert.case_id for alert in alerts(store)} == {left.id}
    assert [row.what for row in rows(store.database, CaseHistory)] == ["opened", "opened", "merged", "grew"]
    assert second.id != left.id


def test_a_closed_case_opens_again_when_a_call_joins(lite, settings):
    hear(lite, "a", signal("J5", 0.7), account_id="4")
    run_alerts(settings(), lite)
    with lite.database.write() as session:
        session.get_one(type(cases(lite)[0]), cases(lite)[0].id).state = "closed"
    hear(lite, "b", signal("J3", 0.5), days=1, account_id="4")
    run_alerts(settings(), lite)
    assert [case.state for case in cases(lite)] == ["open"]


@pytest.mark.parametrize(
    ("setting", "consent", "together"), [(True, True, 1), (False, True, 2), (True, False, 2), (True, None, 2)]
)
def test_voices_link_calls_only_where_the_setting_and_the_consent_allow_it(lite, settings, setting, consent, together):
    for name, who in (("a", "x"), ("b", "y")):
        call = hear(lite, name, signal("J5", 0.7), customer_id=who, consent_voiceprint=consent)
        add_voice(lite, call, 1.0)
    run_alerts(settings(voiceprints=setting), lite)
    assert len(members(lite)) == together


def test_a_voiceprint_goes_when_the_consent_is_taken_back(lite, settings):
    call = hear(lite, "a", signal("J5", 0.7), call_type="x", consent_voiceprint=True)
    add_voice(lite, call, 1.0)
    run_alerts(settings(voiceprints=True), lite)
    assert len(rows(lite.database, Voiceprint)) == 1
    hear(lite, "a", signal("J5", 0.7), consent_voiceprint=False)
    run_alerts(settings(voiceprints=True), lite)
    assert rows(lite.database, Voiceprint) == []


def test_the_marks_stay_when_a_pass_dies_and_the_next_one_does_the_work(store, settings):
    hear(store, "a", signal("J5", 0.9))
    failpoints.arm("cases.written=raise")
    try:
        with pytest.raises(OSError, match=r"cases\.written"):
            run_alerts(settings(), store)
    finally:
        failpoints.arm("")
    assert cases(store) == []
    assert [row.done_at for row in rows(store.database, OutboxRow) if row.kind == CASES] == [None]
    run_alerts(settings(), store)
    assert (len(cases(store)), len(alerts(store)), len(deliveries(store))) == (1, 1, 1)
