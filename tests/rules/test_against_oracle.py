"""Random rules on random trusted calls: the engine and the slow reading of the language give the same verdicts.

Also: the same sentences in another order flip the verdict of an ordered rule.
"""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.engine.judging import judge
from rules.examples import dialogue
from tests.rules import oracle
from tests.rules.makers import answer, ruleset

# Words with no meaning for negation, and long turns, so that turns never join into one segment.
WORDS = "red green blue gold pink gray".split()
FILL = "uno dos tres".split()


@st.composite
def calls(draw):
    lines = []
    for _ in range(draw(st.integers(1, 6))):
        role = draw(st.sampled_from(["agent", "customer"]))
        words = draw(st.lists(st.sampled_from(WORDS + FILL), min_size=1, max_size=6))
        lines.append(f"{role}: {' '.join(words)}")
        lines.append("third_party: one two three four five six seven")
    return dialogue("\n".join(lines))


PHRASES = st.lists(
    st.builds(lambda a, b, c: a.format(b, c), st.sampled_from(["{} {}", "({}|{})", "{} ...2 {}", "{} [{}]", "{} * {}"]),
              st.sampled_from(WORDS), st.sampled_from(WORDS)),
    min_size=1, max_size=3, unique=True,
)  # fmt: skip
ROLES = st.sampled_from(["agent", "customer", "any"])


def block(role, phrases):
    return f"{{role: {role}, any_of: {phrases!r}}}"


@settings(max_examples=120, deadline=None)
@given(calls(), st.lists(st.tuples(ROLES, PHRASES, ROLES, PHRASES), min_size=1, max_size=3))
def test_every_kind_agrees_with_the_slow_reading(call, wanted):
    bodies, expected = [], []
    for role_a, a, role_b, b in wanted:
        first = oracle.said_at(call, set() if role_a == "any" else {role_a}, a)
        then = oracle.said_at(call, set() if role_b == "any" else {role_b}, b)
        one, two = block(role_a, a), block(role_b, b)
        bodies += [f"kind: prohibited\nsaid: {one}", f"kind: ordered\nfirst: {one}\nthen: {two}"]
        order = oracle.judge("ordered", first, then)
        # Nobody can be blamed for silence where it is not known that they were there.
        expected += [
            oracle.judge("prohibited", first, []),
            order if order != "FAIL" or first or _spoke(call, role_a) else "UNSURE",
        ]
        bodies += [f"kind: forbidden_after\nafter: {one}\nsaid: {two}"]
        expected += [_after(first, then)]
        bodies += [f"kind: required\nsaid: {one}"]
        expected += [oracle.judge("required", first, []) if _spoke(call, role_a) else "UNSURE"]
    verdicts = judge(call, ruleset(*bodies))
    assert [str(verdict.value) for verdict in verdicts] == expected


def _after(first, then):
    """Places that begin together are one place to the engine; the event is not its own breach."""
    return oracle.judge("forbidden_after", first, then)


def _spoke(call, role):
    return role == "any" or any(party.role == role for party in call.parties)


@given(st.permutations(["what is your date of birth", "you owe ten dollars", "thank you for holding", "one moment"]))
def test_the_same_sentences_in_the_wrong_order_flip_the_verdict(sentences):
    rule = "kind: ordered\nfirst: {role: agent, any_of: [date of birth]}\nthen: {role: agent, any_of: [you owe]}"
    text = "\n".join(f"agent: {said}\ncustomer: i see what you mean there" for said in sentences)
    right = sentences.index("what is your date of birth") < sentences.index("you owe ten dollars")
    assert answer(rule, text)[0] == ("PASS" if right else "FAIL")


@pytest.mark.parametrize("seed", range(3))
def test_rules_do_not_disturb_each_other(packs, seed):
    """A rule answers the same alone as among a hundred others."""
    draw = random.Random(seed)
    call = dialogue("agent: this is dana at harbor bank your balance is ten\ncustomer: i want to complain stop calling me\n"
                    "agent: you could be arrested pay now\ncustomer: i lost my job")  # fmt: skip
    chosen = draw.sample([rule for rule in packs.rules if not rule.kind.signals], 6)
    together = {verdict.rule: (verdict.value, verdict.reason) for verdict in judge(call, packs)}
    for rule in chosen:
        alone = judge(call, packs.only(ids=[rule.id]))
        assert [(v.value, v.reason) for v in alone] == [together[rule.id]]
