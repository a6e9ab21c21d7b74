"""`callsift scorecards`, and what disputes teach `callsift rules check`."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from pipeline.quality.scorecards import SHIPPED
from rules.engine.ruleset import load_packs
from tests.quality.test_team_work import disputes, results
from tests.web import seed
from tests.web.calls import DAY
from webapp.cli import disputed, make_app
from webapp.store.examples import KeptExample, kept_examples

CARD = SHIPPED / "service.yaml"


@pytest.fixture
def run(settings, monkeypatch, tmp_path):
    monkeypatch.setenv("CALLSIFT_DATA", str(tmp_path))
    for name, value in seed.SECRETS.items():
        monkeypatch.setenv(f"CALLSIFT_{name.upper()}", value)

    def call(*words):
        return CliRunner().invoke(make_app(), list(words))

    return call


def test_cards_are_listed_shown_and_published(run, tmp_path):
    listed = json.loads(run("scorecards", "list", "--json").stdout)
    assert {(row["id"], row["version"]) for row in listed} == {("collections", 0), ("sales", 0), ("service", 0)}
    text = run("scorecards", "show", "service").stdout
    assert text == CARD.read_text()
    file = tmp_path / "mine.yaml"
    file.write_text(text.replace("weight: 12", "weight: 11"))
    assert json.loads(run("scorecards", "publish", str(file), "--json").stdout)["version"] == 2
    assert run("scorecards", "publish", str(file)).stdout == "service: version 2 is in force\n"  # nothing has changed
    assert run("scorecards", "show", "service", "--version", "1").stdout == text
    assert "weight: 11" in run("scorecards", "show", "service").stdout


def test_a_faulty_card_is_refused_with_its_line(run, tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text(CARD.read_text().replace("answers: yes_no", "answers: yess_no", 1))
    answer = run("scorecards", "check", str(file))
    assert answer.exit_code == 1
    assert f"{file}:13:" in str(answer.exception)
    assert 'Did you mean "yes_no"' in str(answer.exception)


def test_a_card_that_names_a_rule_nobody_has_says_so(run, tmp_path):
    file = tmp_path / "odd.yaml"
    file.write_text(CARD.read_text().replace("rules: [ID-1]", "rules: [ID-99]"))
    assert 'there is no rule "ID-99"' in run("scorecards", "check", str(file)).stdout
    assert json.loads(run("scorecards", "check", str(CARD), "--json").stdout)["unknown"] == []


def test_a_card_nobody_has_is_wrong_use_with_a_suggestion(run):
    answer = run("scorecards", "show", "servce")
    assert answer.exit_code == 2
    assert 'Did you mean "service"' in answer.output


def test_no_dispute_has_taught_anything_at_first(run):
    assert run("scorecards", "examples").stdout == "No upheld dispute has taught a rule yet.\n"


@pytest.mark.parametrize(("text", "expected", "wrong"), [
    ("agent @1.0: people like you never pay", "quiet", True),
    ("agent @1.0: people like you never pay", "fires", False),
    ("agent @1.0: how can i help you today", "quiet", False),
])  # fmt: skip
def test_a_rule_is_judged_by_the_calls_disputes_left_it(text, expected, wrong):
    example = KeptExample("B12", expected, text, {"call_type": "collections"}, "1a2b3c4d", DAY)
    found = list(disputed.problems([example], load_packs()))
    assert bool(found) is wrong
    if wrong:
        assert (found[0].rule, "dispute 1a2b3c4d was upheld" in found[0].message) == ("B12", True)


def test_rules_that_are_gone_and_texts_nobody_can_read_stop_nothing():
    good = KeptExample("B12", "quiet", "agent @1.0: hello", {}, "1a", DAY)
    found = list(disputed.problems([replace(good, rule="gone"), replace(good, text="no role here")], load_packs()))
    assert [problem.rule for problem in found] == ["B12"]
    assert "cannot be read" in found[0].message


def test_an_upheld_dispute_reaches_the_check(house):
    """The balance is told before anybody is identified: rule E1 still says so, and now it must not."""
    review = house.reviewed("rita", house.call("C-1", call_type="service"), identity="no")
    results(house).dispute(review, "identity", "they were known to me")
    disputes(house).decide(disputes(house).disputes()[0].id, True, "yes", "they were")
    with house.store.database.read() as session:
        [example] = kept_examples(session, house.store.org)
    [problem] = disputed.problems([example], load_packs())
    assert (problem.rule, example.dispute in problem.message) == ("E1", True)
