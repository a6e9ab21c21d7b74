"""What was planted in the sample calls is counted rightly, and the rules find it where the words are right."""

import pytest

from pipeline.analysis import load_analyzers
from pipeline.evals.planted import _across, _own, _told
from pipeline.measuring.planted import count, covers, read_truth, truth_of
from pipeline.process import Models
from pipeline.records import Call, CallResult, Finding, Value, Verdict
from pipeline.redaction import load_policy
from tests.proofs.house import SAMPLES


def truth(call="c1", *planted):
    return {"call": call, "planted": [{"kind": kind, "id": id, "expect": expect} for kind, id, expect in planted]}


def judged(*failed, passed=(), signs=(), marks=()):
    verdicts = [Verdict(rule, "1", Value.FAIL, "") for rule in failed] + [
        Verdict(r, "1", Value.PASS, "") for r in passed
    ]
    findings = tuple(Finding(kind, 0.5, 0.0, 1.0, "") for kind in signs)
    return CallResult(Call("c1", marks=tuple(marks)), findings, (), tuple(verdicts))


@pytest.mark.parametrize(
    ("planted", "rule", "expected"),
    [("C2", "C2", True), ("C2", "C2a", True), ("D1", "D10", False), ("J1", "J10x", False)],
)
def test_an_id_stands_for_its_rule_and_the_parts_of_it(planted, rule, expected):
    assert covers(planted, rule) is expected


def test_found_missed_and_false_breaches():
    what = truth(
        "c1", ("rule", "D1", "FAIL"), ("rule", "D2", "FAIL"), ("rule", "E1", "PASS"), ("near_miss", "D3", "quiet")
    )
    counted = count([(what, judged("D1", "D3", "E1", "Q16", passed=("A", "B")))])
    assert counted.breaches.found == (("c1", "D1"),)
    assert counted.breaches.missed == (("c1", "D2"),)
    assert counted.breaches.false == (("c1", "D3"), ("c1", "E1"))  # nobody planted anything about Q16
    assert str(counted.breaches) == "planted 2, found 1, false 2"


def test_signs_are_findings_or_marks():
    what = truth("c1", ("signal", "J4", "found"), ("signal", "sentiment_falls", "found"), ("cross_call", "J8", "found"))
    signs = count([(what, judged(signs=("signal:J4b", "sentiment_fall", "signal:J8")))]).signs
    assert (len(signs.found), signs.missed, signs.false) == (3, (), ())


@pytest.mark.parametrize(("verdicts", "firm"), [(2, 0), (3, 1)])
def test_a_call_is_judged_from_three_firm_verdicts_on(verdicts, firm):
    assert count([(truth(), judged(passed=[f"A{n}" for n in range(verdicts)]))]).firm == firm


def test_where_no_truth_lies_nothing_is_counted(tmp_path):
    (tmp_path / "calls").mkdir()
    assert truth_of(tmp_path / "calls" / "rb-4101.mp3") is None
    assert truth_of(SAMPLES / "calls" / "rb-4101.mp3") == read_truth(SAMPLES / "truth" / "rb-4101.json")


def test_from_the_true_words_every_planted_breach_is_found_and_none_made_up():
    """What the recogniser loses is another matter; here a rule that gets worse is seen at once."""
    items = _own()
    models = Models(None, None, None, load_analyzers({"redaction_policy": "default", "device": "cpu"}), load_policy())
    counted = count(zip((item.truth for item in items), _across([*_told(items, models)], models), strict=True))
    single = {(i.truth["call"], row["id"]) for i in items for row in i.truth["planted"] if row["kind"] == "rule"}
    assert [row for row in counted.breaches.missed if row in single] == []
    assert counted.breaches.false == ()
    assert counted.firm == sum(item.truth["language"] == "en" for item in items)
