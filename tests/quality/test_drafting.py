"""Scorecards in the editor: steps, the file they become, forms there and back, what differs between versions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from pipeline.quality.drafting import EMPTY, as_text, body_of, changes, step
from pipeline.quality.errors import CardError
from pipeline.quality.scorecards import faults_of, read_card, shipped_cards
from webapp.web.card_form import body_from, fields

SERVICE = shipped_cards()["service"]


def ids(body):
    return [[question["id"] for question in section["questions"]] for section in body["sections"]]


def sent(body):
    """The form a browser would send for this body, field by field as the page draws them."""
    form, shown = MultiDict(), fields(body, ())
    for name, value in shown["top"].items():
        form.add(name.replace("applies_", "applies."), value)
    for section in shown["sections"]:
        form.add(f"{section['name']}.id", section["id"])
        form.add(f"{section['name']}.title", section["title"])
        for q in section["questions"]:
            for field, key in (("id", "id"), ("ask", "ask"), ("help", "help"), ("answers", "scale"), ("was", "scale"),
                               ("weight", "weight"), ("na", "na"), ("rules", "rules"), ("mode", "mode"), ("passes", "passes"),
                               ("fails", "fails"), ("when", "when")):  # fmt: skip
                form.add(f"{q['name']}.{field}", q[key])
            for value in q["is"]:
                form.add(f"{q['name']}.is", value)
            if q["compliance"]:
                form.add(f"{q['name']}.compliance", "1")
            for option in q["options"]:
                if option["fatal"]:
                    form.add(f"{q['name']}.fatal", option["value"])
                if q["scale"] == "own":
                    for field in ("value", "title", "earns"):
                        form.add(f"{q['name']}.o{option['n']}.{field}", option[field])
    return form


@pytest.mark.parametrize("card", shipped_cards().values(), ids=lambda card: card.id)
def test_a_card_goes_through_form_and_file_and_is_the_same_card(card):
    body = {"id": card.id, **body_from(sent(body_of(card)))}
    assert read_card(as_text(body), "x").body == card.body
    assert as_text(body) == as_text(body_of(card))


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=60).filter(
    str.strip
)


@settings(max_examples=60, deadline=None)
@given(
    WORDS, st.floats(0, 100), st.sampled_from(["no", "null", "~", "1e3", "- x", "a: b", "#", '"', "\u2028", "{}", "é"])
)
def test_whatever_is_typed_comes_out_of_the_file_as_it_went_in(ask, weight, title):
    question = {"id": "q", "ask": ask, "answers": "yes_no", "weight": round(weight, 6) or 1}
    body = {
        "id": "c",
        "title": title,
        "about": "x",
        "owner": "y",
        "sections": [{"id": "s", "title": "t", "questions": [question]}],
    }
    read = read_card(as_text(body), "x").body
    assert (read.title, read.sections[0].questions[0].ask) == (title, ask)
    assert read.sections[0].questions[0].weight == pytest.approx(question["weight"], rel=1e-9)


@pytest.mark.parametrize(
    ("what", "after"),
    [
        ("up:0.1", [["b", "a"], ["c"]]), ("down:0.1", [["a"], ["b", "c"]]), ("up:1.0", [["a", "b", "c"], []]),
        ("up:0.0", [["a", "b"], ["c"]]),
        ("down:1.0", [["a", "b"], ["c"]]), ("remove:0.0", [["b"], ["c"]]), ("copy:0.0", [["a", "question", "b"], ["c"]]),
        ("add-question:1", [["a", "b"], ["c", "question"]]), ("down:0", [["c"], ["a", "b"]]), ("remove:1", [["a", "b"]]),
        ("add-section", [["a", "b"], ["c"], ["question"]]),
    ],
)  # fmt: skip
def test_a_step_changes_the_order_and_nothing_of_what_it_began_with(what, after):
    made = [{"id": str(n), "title": "t", "questions": [{"id": one, "ask": one, "answers": "yes_no", "weight": 1} for one in row]}
            for n, row in enumerate((["a", "b"], ["c"]))]  # fmt: skip
    body = {"sections": made}
    assert ids(step(body, what)) == after
    assert ids(body) == [["a", "b"], ["c"]]


@pytest.mark.parametrize(
    "what", ["up:9.9", "up:-1.0", "up:x", "explode:0", "up", "", "remove:0.0.0", "add-question:0.1"]
)
def test_what_is_no_step_is_refused(what):
    with pytest.raises(CardError, match="there is no step"):
        step(body_of(SERVICE), what)


def test_every_fault_stands_at_its_field():
    body = body_of(shipped_cards()["collections"])
    form = sent(body)
    form["s0.q0.weight"] = "seven"
    form["s0.q1.ask"] = ""
    form["coach"] = "95"
    shown = fields(body_from(form), faults_of({"id": "x", **body_from(form)}))
    assert set(shown["faults"]) == {"s0.q0.weight", "s0.q1.ask"}  # what the types cannot say comes once they fit
    form["s0.q0.weight"], form["s0.q1.ask"] = "7", "Asked?"
    shown = fields(body_from(form), faults_of({"id": "x", **body_from(form)}))
    assert set(shown["faults"]) == {"coach"}
    form["coach"], form["s0.q0.rules"] = "70", ""
    form["s1.q0.id"] = form["s0.q0.id"]
    assert set(fields(body_from(form), faults_of({"id": "x", **body_from(form)}))["faults"]) >= {"s1.q0.id"}


def test_a_question_nobody_named_gets_an_id_that_says_what_it_asks_and_conditions_follow_it():
    body = step({"id": "x", **EMPTY}, "add-question:0")
    form = sent(body)
    form["s0.q0.ask"], form["s0.q1.ask"] = "Was it sold?", "Were the terms told?"
    form["s0.q1.when"] = "question"
    made = body_from(form)
    assert ids(made) == [["was_it_sold", "were_the_terms_told"]]
    assert made["sections"][0]["questions"][1]["when"] == {"question": "was_it_sold", "is": ["yes"]}
    assert faults_of({"id": "x", **made}) == []


def test_own_answers_begin_with_those_of_the_scale_and_keep_what_is_fatal():
    form = sent(body_of(SERVICE))
    form["s0.q2.answers"] = "own"
    question = body_from(form)["sections"][0]["questions"][2]
    assert [(row["value"], row["earns"]) for row in question["answers"]] == [("yes", 1), ("no", 0)]
    assert question["fatal"] == ["no"]


def test_the_difference_of_two_versions_is_told_in_sentences():
    after = step(body_of(SERVICE), "down:0.2")
    after["sections"][0]["questions"][0]["weight"] = 5
    after["sections"][1]["questions"][1] |= {"ask": "Heard out?"}
    del after["sections"][3]["questions"][1]["fatal"]
    after["bands"] = {"pass": 90}
    card = read_card(as_text(after), "x")
    said = changes(SERVICE, card)
    assert "Good from: 85 → 90 points." in said
    assert "“Did the agent give their own name and the company's?”, weight: 3 → 5." in said
    assert any("stands under “Listening” now, before under “Opening”" in one for one in said)
    assert any(one.endswith("ask: Was the reason for the call found and said back? → Heard out?.") for one in said)
    assert any(one.endswith("fatal: no → nothing.") for one in said)
    assert changes(card, card) == []
