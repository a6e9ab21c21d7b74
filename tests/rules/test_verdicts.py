"""The four values: when a rule is firm, when it is not applicable, and every reason for being unsure."""

from dataclasses import replace

import pytest

from rules.examples import dialogue
from rules.facts import Stretch
from rules.records import Evidence, Party
from tests.rules.makers import answer, heard_with, look

REQUIRED = "kind: required\nsaid: {role: agent, any_of: [call is recorded]}"
PROHIBITED = "kind: prohibited\nsaid: {role: agent, any_of: [pay the debt]}"
ORDERED = "kind: ordered\nfirst: {role: agent, any_of: [date of birth]}\nthen: {role: agent, any_of: [you owe]}"
CONDITIONAL = """kind: conditional
trigger: {role: customer, any_of: [stop calling], negated: count}
then: {role: agent, any_of: [i will remove you]}
within_turns: 2"""
FORBIDDEN = """kind: forbidden_after
after: {role: customer, any_of: [stop calling], negated: count}
said: {role: agent, any_of: [one quick offer]}
within_turns: 2"""


@pytest.mark.parametrize(
    ("rule", "text", "value"),
    [
        (REQUIRED, "agent: this call is recorded\ncustomer: fine", "PASS"),
        (REQUIRED, "agent: hello\ncustomer: this call is recorded", "FAIL"),
        (PROHIBITED, "agent: pay the debt", "FAIL"),
        (PROHIBITED, "customer: pay the debt\nagent: no", "PASS"),
        (PROHIBITED, "agent: do not pay the debt", "PASS"),
        (ORDERED, "agent: your date of birth\ncustomer: may\nagent: you owe ten", "PASS"),
        (ORDERED, "agent: you owe ten\ncustomer: may\nagent: your date of birth", "FAIL"),
        (ORDERED, "agent: hello", "NOT_APPLICABLE"),
        (CONDITIONAL, "customer: stop calling\nagent: i will remove you", "PASS"),
        (CONDITIONAL, "customer: stop calling\nagent: why\ncustomer: because\nagent: i'll remove you", "PASS"),
        (CONDITIONAL, "customer: stop calling\nagent: why\ncustomer: no\nagent: who\ncustomer: me\nagent: i'll remove you", "FAIL"),
        (CONDITIONAL, "agent: i will remove you\ncustomer: stop calling\nagent: hm", "FAIL"),
        (CONDITIONAL, "customer: hello\nagent: hello", "NOT_APPLICABLE"),
        (CONDITIONAL, "agent: hello\ncustomer: stop calling", "UNSURE"),
        (FORBIDDEN, "customer: stop calling\nagent: one quick offer", "FAIL"),
        (FORBIDDEN, "agent: one quick offer\ncustomer: stop calling\nagent: sure", "PASS"),
        (FORBIDDEN, "customer: hello\nagent: one quick offer", "NOT_APPLICABLE"),
    ],
)  # fmt: skip
def test_a_trusted_call_gets_a_firm_answer(rule, text, value):
    assert answer(rule, text)[0] == value


@pytest.mark.parametrize(
    ("confidence", "trusted", "present", "absent"),
    [
        (0.95, False, "PASS", "FAIL"),
        (0.80, False, "PASS", "FAIL"),
        (0.79, False, "PASS", "UNSURE"),
        (0.60, False, "PASS", "UNSURE"),
        (0.59, False, "UNSURE", "UNSURE"),
        (None, False, "UNSURE", "UNSURE"),
        (None, True, "PASS", "FAIL"),
        (0.30, True, "UNSURE", "UNSURE"),
    ],
)
def test_word_confidence_decides_what_can_be_said(confidence, trusted, present, absent):
    said = heard_with("agent: this call is recorded\ncustomer: fine", confidence, trusted=trusted)
    unsaid = heard_with("agent: hello there\ncustomer: fine", confidence, trusted=trusted)
    assert answer(REQUIRED, said)[0] == present
    assert answer(REQUIRED, unsaid)[0] == absent


@pytest.mark.parametrize("mark", ["asr_unsure", "foreign_language", "no_speech"])
@pytest.mark.parametrize("rule", [REQUIRED, PROHIBITED, ORDERED, CONDITIONAL, FORBIDDEN])
@pytest.mark.parametrize(
    "text", ["agent: call is recorded pay the debt you owe\ncustomer: stop calling\nagent: so", "agent: x"]
)
def test_a_call_whose_words_cannot_be_trusted_gets_no_firm_answer(mark, rule, text):
    value, reason = answer(rule, replace(dialogue(text), marks=(mark,)))
    assert value == "UNSURE"
    assert reason


@pytest.mark.parametrize(
    ("role", "sure", "value"),
    [("agent", 1.0, "FAIL"), ("agent", 0.6, "FAIL"), ("agent", 0.5, "UNSURE"), ("unknown", 0.0, "UNSURE"),
     ("customer", 1.0, "PASS"), ("customer", 0.4, "UNSURE")],
)  # fmt: skip
def test_who_said_it_must_be_sure(role, sure, value):
    call = replace(dialogue("agent: pay the debt"), parties=(Party("s1", role, sure),))
    assert answer(PROHIBITED, call)[0] == value


def test_a_required_notice_cannot_be_missing_where_nobody_is_known_to_be_the_agent():
    call = replace(dialogue("agent: hello"), parties=(Party("s1", "customer", 1.0),))
    assert answer(REQUIRED, call)[0] == "UNSURE"


def test_what_only_sounds_alike_is_never_firm():
    value, reason = answer(PROHIBITED, "agent: pay the dead")
    assert value == "UNSURE"
    assert "sounds like" in reason


def test_words_that_others_talk_over_in_one_channel_are_not_sure():
    call = dialogue("agent: pay the debt\ncustomer @0: no no no no no no no")
    mono = replace(call, parties=tuple(replace(party, channel=None) for party in call.parties))
    assert answer(PROHIBITED, call)[0] == "FAIL"
    assert answer(PROHIBITED, mono)[0] == "UNSURE"


class Sound:
    """A second look that always gives this score and remembers what it was asked."""

    def __init__(self, score):
        self.score, self.asked = score, []

    def find(self, phrases, span, party=None):
        self.asked.append((list(phrases), span, party))
        return self.score, Evidence("(clip)", span.start, span.start + 1, party or "")


@pytest.mark.parametrize(
    ("score", "value"), [(0.0, "FAIL"), (0.49, "FAIL"), (0.5, "UNSURE"), (0.79, "UNSURE"), (0.8, "PASS"), (1.0, "PASS")]
)
def test_what_was_not_read_is_looked_for_by_sound_before_it_fails(score, value):
    sound = Sound(score)
    judged = look(REQUIRED, heard_with("agent: hello\ncustomer: yes", 0.3), heard=sound).verdicts[0]
    assert judged.value == value
    assert [(one.quote, one.start) for one in judged.evidence] == [("", 0.0)]  # where to listen; its words are others
    phrases, span, party = sound.asked[0]
    assert phrases == ["call is recorded"]
    assert isinstance(span, Stretch)
    assert party == "s1"


def test_what_was_read_is_not_looked_for_again():
    sound = Sound(0.0)
    assert look(REQUIRED, "agent: call is recorded", heard=sound).verdicts[0].value == "PASS"
    assert sound.asked == []


def test_missing_metadata_is_never_not_applicable():
    rule = "applies_when: {metadata: {direction: outbound}}\n" + PROHIBITED
    call = dialogue("agent: pay the debt")
    assert answer(rule, call)[0] == "UNSURE"
    assert answer(rule, replace(call, metadata={"direction": "outbound"}))[0] == "FAIL"
    assert answer(rule, replace(call, metadata={"direction": "inbound"}))[0] == "NOT_APPLICABLE"


def test_a_pass_stands_whether_or_not_the_rule_applies():
    rule = "applies_when: {metadata: {direction: outbound}}\n" + REQUIRED
    assert answer(rule, "agent: this call is recorded")[0] == "PASS"


@pytest.mark.parametrize(
    ("condition", "metadata", "value"),
    [
        ("any: [{metadata: {a: '1'}}, {metadata: {b: '1'}}]", {"a": "1"}, "FAIL"),
        ("any: [{metadata: {a: '1'}}, {metadata: {b: '1'}}]", {"a": "2"}, "UNSURE"),
        ("any: [{metadata: {a: '1'}}, {metadata: {b: '1'}}]", {"a": "2", "b": "2"}, "NOT_APPLICABLE"),
        ("all: [{metadata: {a: '1'}}, {metadata: {b: '1'}}]", {"a": "2"}, "NOT_APPLICABLE"),
        ("all: [{metadata: {a: '1'}}, {metadata: {b: '1'}}]", {"a": "1"}, "UNSURE"),
        ("not: {metadata: {a: '1'}}", {}, "UNSURE"),
        ("not: {metadata: {a: '1'}}", {"a": "1"}, "NOT_APPLICABLE"),
        ("not: {known: {a: '1'}}", {}, "FAIL"),
        ("metadata: {a: ['1', '2']}", {"a": "2"}, "FAIL"),
        ("present: [a]", {}, "NOT_APPLICABLE"),
        ("said: {any_of: [goodbye]}", {}, "NOT_APPLICABLE"),
        ("said: {any_of: [pay]}", {}, "FAIL"),
    ],
)
def test_conditions_know_three_answers(condition, metadata, value):
    rule = f"applies_when: {{{condition}}}\n" + PROHIBITED
    assert answer(rule, replace(dialogue("agent: pay the debt"), metadata=metadata))[0] == value


def test_every_verdict_names_its_basis():
    call = replace(dialogue("agent: pay the debt"), basis={"audio": "abc", "posteriors": "def"})
    basis = look(PROHIBITED, call).verdicts[0].basis
    assert {"rule_text", "engine", "transcript", "metadata", "ledger", "tzdata", "audio", "posteriors"} <= set(basis)
    other = look(PROHIBITED, replace(call, trusted=False)).verdicts[0].basis
    assert basis["transcript"] == other["transcript"]
    assert look(PROHIBITED, "agent: pay the debts").verdicts[0].basis["transcript"] != basis["transcript"]


def test_a_rule_that_compares_meanings_is_not_run_without_a_model():
    rule = "kind: prohibited\nsaid: {role: agent, any_of: [pay], means: {sentences: [you must pay], at_least: 0.5}}"
    judged = look(rule, "agent: pay")
    assert judged.verdicts == ()
    assert judged.not_run == ("T-1",)


class Same:
    """A model that finds everything alike."""

    def similar(self, texts, others):
        return [[0.6 for _ in others] for _ in texts]


@pytest.mark.parametrize(("least", "value"), [(0.6, "FAIL"), (0.61, "PASS")])
def test_meaning_counts_from_its_own_threshold(least, value):
    rule = f"kind: prohibited\nsaid: {{role: agent, any_of: [xyz], means: {{sentences: [you must pay], at_least: {least}}}}}"
    assert answer(rule, "agent: money please", meaning=Same())[0] == value


@pytest.mark.parametrize(
    ("said", "text", "hits"),
    [
        ("{any_of: [give the code]}", "agent: give me the code", 0),
        ("{any_of: [give me the code]}", "agent: i will never ask you to give me the code", 0),
        ("{any_of: [give me the code]}", "agent: don't worry give me the code", 1),
        ("{any_of: [give me the code]}", "agent: why don't you give me the code", 1),
        ("{any_of: [your code]}", "agent: we do not need your code", 0),
        ("{any_of: [your code], negated: count}", "agent: we do not need your code", 1),
        ("{any_of: [your code], negated: only}", "agent: we do not need your code", 1),
        ("{any_of: [your code], negated: only}", "agent: we need your code", 0),
        ("{any_of: [your code]}", "agent: No. Your code please.", 1),
        ("{any_of: [your code]}", "agent: your code is not needed", 0),
        ("{any_of: [you owe money], form: question}", "agent: do you owe money", 1),
        ("{any_of: [you owe money], form: question}", "agent: You owe money?", 1),
        ("{any_of: [you owe money], form: question}", "agent: you owe money", 0),
        ("{any_of: [you owe money], form: statement}", "agent: you owe money", 1),
        ("{any_of: [gift cards], hypothetical: skip}", "agent: if you told me to buy gift cards", 0),
        ("{any_of: [gift cards], reported: skip}", "agent: they told you to buy gift cards", 0),
        ("{any_of: [gift cards]}", "agent: they told you to buy gift cards", 1),
        ("{any_of: [pay], near: [today], near_words: 3}", "agent: pay it today", 1),
        ("{any_of: [pay], near: [today], near_words: 3}", "agent: pay it some other day not today", 0),
        ("{any_of: [pay], unless: [no fee]}", "agent: pay it there is no fee", 0),
        ("{all_of: [date of birth, zip code], near_words: 9}", "agent: your zip code and your date of birth", 1),
        ("{all_of: [date of birth, zip code], near_words: 5}", "agent: your zip code x x x x date of birth", 0),
        ("{any_of: [pay], first_seconds: 2}", "agent: hello\nagent: x x x x x x x pay", 0),
        ("{any_of: [pay], last_seconds: 2}", "agent: x x x x x x x x pay", 1),
        ("{any_of: [pay], first_turns: 1}", "agent: hello\ncustomer: hi\nagent: pay", 0),
        ("{any_of: [pay], last_turns: 1}", "agent: hello\ncustomer: hi\nagent: pay", 1),
        ("{any_of: [pay], before: {any_of: [recorded]}}", "agent: pay recorded", 1),
        ("{any_of: [pay], before: {any_of: [recorded]}}", "agent: recorded pay", 0),
        ("{any_of: [pay], after: {any_of: [recorded]}}", "agent: recorded pay", 1),
        ("{any_of: [pay], after: {any_of: [recorded]}}", "agent: pay", 0),
        ("{any_of: ['{digits:3}'], soon_after: {role: customer, any_of: [the code]}}", "customer: the code is\nagent: 123", 1),
        ("{any_of: [pay], at_least: 2}", "agent: pay\ncustomer: who are you then please\nagent: pay", 2),
        ("{any_of: [pay], at_least: 2}", "agent: pay", 0),
        ("{any_of: [pay, now], at_least: 2, distinct: true}", "agent: pay\ncustomer: well i say\nagent: pay", 0),
        ("{regex: ['pa+y']}", "agent: please PAAY it", 1),
        ("{type: CARD_CODE}", "customer: it is [CARD_CODE:3]", 1),
        ("{type: CARD_CODE, digits: [4, 4]}", "customer: it is [CARD_CODE:3]", 0),
        ("{type: CARD_NUMBER, luhn: true}", "customer: [CARD_NUMBER:16!]", 0),
        ("{any_of: ['code {digits:3}']}", "customer: code [CARD_CODE:3]", 1),
        ("{any_of: [this call is recorded]}", "agent: this call\ncustomer: yes\nagent: is recorded", 1),
        ("{any_of: [this call is recorded]}", "agent: this call\ncustomer: but who are you then\nagent: is recorded", 0),
    ],
)  # fmt: skip
def test_what_said_can_ask_for(said, text, hits):
    from rules.engine.view import CallView
    from tests.rules.makers import ruleset

    rules = ruleset(f"kind: prohibited\nsaid: {said}")
    view = CallView(dialogue(text), rules.program)
    assert len(view.hits(rules.rules[0].body.said)) == hits


def test_evidence_quotes_the_words_with_their_time_and_party():
    evidence = look(PROHIBITED, "agent: hello\nagent @10: so pay the debt now").verdicts[0].evidence
    assert [(e.quote, round(e.start, 1), round(e.end, 1), e.party) for e in evidence] == [
        ("pay the debt", 10.4, 11.6, "s1")
    ]
