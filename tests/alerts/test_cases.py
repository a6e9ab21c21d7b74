"""Cases as pure functions: the same calls make the same cases, and a case is more than its calls only where it should be."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cases import SAME_VOICE, THRESHOLD, WINDOW, Sign, SignedCall, Voice, build_cases, elsewhere, risk_of
from pipeline.cases.values import amounts_of, largest
from pipeline.records import Turn, Word
from rules.cases import case_score
from rules.engine.ruleset import load_packs
from rules.records import Signal

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def sign(rule="J5", step="guidance", score=0.7, start=20.0):
    return Sign(rule, step, score, start, start + 2, f"{rule}: it was heard", f"Title of {rule}")


def call(name, days=0.0, score=None, signs=(), **keys):
    signs = tuple(signs) or (sign(),)
    return SignedCall(name, NOON + timedelta(days=days), signs[0].score if score is None else score, signs, **keys)


def voice(x, model="ge2e"):
    return Voice("s2", model, (x, (1 - x * x) ** 0.5))


keys = st.none() | st.sampled_from("abcd")
signs = st.lists(
    st.builds(sign, st.sampled_from(["J1", "J3", "J4", "J5"]), st.sampled_from(["pressure", "credentials", "money"]),
              st.floats(0.2, 0.95), st.floats(0, 300)),
    min_size=1, max_size=4,
)  # fmt: skip
voices = st.lists(st.builds(voice, st.floats(-1, 1)), max_size=1).map(tuple)
calls = st.lists(
    st.builds(call, st.uuids().map(str), st.floats(0, 60), st.floats(0.1, 0.99), signs, customer=keys, account=keys,
              number=keys, voices=voices),
    max_size=12,
)  # fmt: skip


@given(calls, st.randoms())
def test_calls_in_any_order_end_in_the_same_cases(known, random):
    shuffled = list(known)
    random.shuffle(shuffled)
    assert build_cases(shuffled) == build_cases(known)
    assert build_cases([*known, *known[:3]]) == build_cases(known)  # told twice


@given(calls)
def test_each_call_is_in_exactly_one_case_and_a_case_is_never_less_than_its_strongest_call(known):
    cases = build_cases(known)
    assert sorted(name for case in cases for name in case.calls) == sorted(one.id for one in known)
    by_id = {one.id: one for one in known}
    for case in cases:
        assert max(by_id[name].score for name in case.calls) - 1e-4 <= case.risk <= 1.0
        assert not case.passes or case.risk >= THRESHOLD
        assert [moment.at for moment in case.timeline] == sorted(moment.at for moment in case.timeline)


@pytest.mark.parametrize(
    ("said", "passes"),
    [
        ([("pressure", 0.4), ("pressure", 0.4), ("pressure", 0.4)], False),  # three weak signs of one kind
        ([("pressure", 0.4), ("money", 0.4), ("credentials", 0.4)], True),
        ([("credentials", 0.9)], True),  # one as strong as a case must be
    ],
)
def test_a_case_needs_two_kinds_of_signs_or_a_strong_one(said, passes):
    heard = [sign(f"J{n}", step, score, 0.0) for n, (step, score) in enumerate(said)]
    [case] = build_cases([call("a", 0.0, 0.95, heard)])
    assert case.passes is passes


@pytest.mark.parametrize(("apart", "cases"), [(WINDOW, 1), (WINDOW + timedelta(seconds=1), 2)])
def test_the_same_account_links_calls_up_to_the_window(apart, cases):
    assert len(build_cases([call("a", account="4"), call("b", apart / timedelta(days=1), account="4")])) == cases


def test_a_call_between_two_links_calls_that_are_further_apart():
    story = [call("a", 0, customer="c"), call("b", 10, customer="c", number="+1"), call("c", 20, number="+1")]
    [case] = build_cases(story)
    assert case.calls == ("a", "b", "c")
    assert [link.kind for link in case.links] == ["customer", "number"]


def test_calls_of_nobody_known_are_never_one_case():
    assert len(build_cases([call("a"), call("b"), call("c", customer="")])) == 3


@pytest.mark.parametrize(("closeness", "cases"), [(SAME_VOICE, 1), (SAME_VOICE - 1e-6, 2)])
def test_the_same_voice_links_calls_of_different_people(closeness, cases):
    one, other = call("a", customer="x", voices=(voice(1.0),)), call("b", customer="y", voices=(voice(closeness),))
    assert len(build_cases([one, other])) == cases
    if cases == 1:
        [case] = build_cases([one, other])
        assert (
            case.reasons[0] == "What sounds like one voice speaks for 2 different customers or accounts: compare them."
        )
        assert case.risk > risk_of([one, other])  # the voice itself points


def test_voices_of_different_encoders_are_not_compared():
    assert len(build_cases([call("a", voices=(voice(1.0),)), call("b", voices=(voice(1.0, "other"),))])) == 2


def test_weak_signs_over_days_make_a_case_only_where_they_tell_different_steps():
    steps = [("J1", "credentials"), ("J3", "contact"), ("J4", "money")]
    story = [call(rule, day, 0.45, [sign(rule, step, 0.45)], account="4") for day, (rule, step) in enumerate(steps)]
    again = [
        call(rule, day, 0.45, [sign("J1", "credentials", 0.45)], account="4") for day, (rule, _) in enumerate(steps)
    ]
    assert build_cases(story)[0].passes
    assert build_cases(again)[0].risk == 0.45


def test_what_speaks_against_a_call_counts_in_the_chain_too():
    strong = call("a", 0, 0.5, [sign("J1", "credentials", 0.5)], account="4")
    believed = call("b", 1, 0.45, [sign("J5", "guidance", 0.45)], account="4")
    warned = call("b", 1, 0.05, [sign("J5", "guidance", 0.45)], account="4")
    assert risk_of([strong, believed]) > risk_of([strong, warned]) > 0.5


def test_the_risk_of_one_call_is_what_the_shipped_rules_say_of_it():
    ruleset = load_packs().only(packs=["fraud"])
    rules = [rule for rule in ruleset.rules if getattr(rule.body, "score", None)][:4]
    signals = [Signal(rule.id, rule.version, 0.4, "heard", step=str(rule.body.step)) for rule in rules]
    judged = case_score(signals, ruleset)
    one = call("a", score=judged.score, signs=[sign(s.rule, s.step, s.score) for s in signals])
    [case] = build_cases([one])
    assert (case.risk, judged.threshold) == (judged.score, THRESHOLD)


def test_the_same_pattern_elsewhere_needs_two_rules_in_common():
    others = {"twin": {"J1", "J4"}, "near": {"J1", "J4", "J5", "J7"}, "far": {"J1", "J5", "J7"}, "one": {"J1"}}
    assert [(one.call, one.likeness) for one in elsewhere(["J4", "J1"], others)] == [("twin", 1.0), ("near", 0.5)]


def test_reasons_name_no_customer_and_quote_nobody():
    quoted = Sign("J5", "guidance", 0.7, 1.0, 2.0, 'Under guidance: it was heard ("my name is anna")', "Under guidance")
    [case] = build_cases([call("a", signs=[quoted], customer="cu-1"), call("b", 2, signs=[quoted], customer="cu-1")])
    assert "anna" not in " ".join(case.reasons)
    assert "cu-1" not in " ".join(case.reasons)
    assert case.reasons[0] == "2 calls within 2 days, held together by the same customer."


def test_amounts_are_read_as_they_were_said_and_none_is_made_of_what_was_hidden():
    said = "move twelve thousand dollars [CARD_NUMBER] dollars one two three four then ninety nine pounds".split()
    turn = Turn("s2", 5.0, 20.0, tuple(Word(text, 5.0 + n, 5.5 + n, 1.0, "s2") for n, text in enumerate(said)))
    found = amounts_of("c", [turn])
    assert [(one.text, one.value, one.start) for one in found] == [("$12,000", 12000.0, 6.0), ("£99", 99.0, 16.0)]
    assert [one.text for one in largest([*found, *found])] == ["$12,000", "£99"]


@pytest.mark.parametrize(("people", "cases"), [(9, 1), (10, 10)])
def test_a_number_that_many_people_share_links_none_of_them(people, cases):
    story = [call(f"{n:02}", n / 10, customer=f"cu-{n}", number="+switchboard") for n in range(people)]
    assert len(build_cases(story)) == cases


def test_one_person_who_calls_often_is_no_hub_and_nobody_known_counts_as_one_more():
    often = [call(f"{n:02}", n / 10, customer="cu-1", account="a-1", number="+1") for n in range(15)]
    assert len(build_cases(often)) == 1
    unknown = [call(f"{n:02}", n / 10, number="+1") for n in range(10)]
    assert [len(build_cases(unknown[:9])), len(build_cases(unknown))] == [1, 10]
    assert len(build_cases(unknown, hub=11)) == 1


def test_a_hub_is_still_linked_by_what_only_two_share():
    story = [call(f"{n:02}", n / 10, customer=f"cu-{n}", number="+switchboard") for n in range(12)]
    pair = call("z", 2, customer="cu-3")
    assert max(len(case.calls) for case in build_cases([*story, pair])) == 2
