"""What must go goes: as digits, in words, split over turns, echoed; and what is none of it stays."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evals._planted import NEAR_MISSES, card
from pipeline.records import Call, Party, Turn, Word
from pipeline.redaction import load_policy, redact, spans
from pipeline.redaction.checks import holds_card, luhn
from pipeline.redaction.policy import BadPolicy
from rules.spoken import aloud, digits

POLICY = load_policy()
PARTIES = (Party("a", "agent", 0.9), Party("c", "customer", 0.9))


def dialogue(*lines: str) -> Call:
    """Lines "a: ..." and "c: ...", 0.3 s a word."""
    turns, clock = [], 0.0
    for line in lines:
        party, _, text = line.partition(": ")
        words = tuple(Word(w, clock + 0.3 * i, clock + 0.3 * i + 0.25, 0.9, party) for i, w in enumerate(text.split()))
        turns.append(Turn(party, clock, words[-1].end, words))
        clock += 0.3 * len(words) + 0.5
    return Call("c", parties=PARTIES, turns=tuple(turns))


def left(*lines: str) -> str:
    return " / ".join(turn.text for turn in redact(dialogue(*lines), POLICY).turns)


cards = st.integers(0, 2**32).map(lambda seed: card(random.Random(seed)))
styles = st.sampled_from(["single", "doubles", "pairs"])


@given(cards, styles)
@settings(max_examples=150, deadline=None)
def test_a_spoken_card_number_goes_without_any_cue(number, style):
    assert left("c: " + " ".join(aloud(number, style))) == "[CARD_NUMBER]"


@given(
    cards,
    st.lists(st.integers(2, 14), min_size=1, max_size=3, unique=True),
    st.sampled_from(["mm hm", "okay", "yes go on", "got that thanks"]),
)
@settings(max_examples=150, deadline=None)
def test_a_card_number_split_over_turns_goes_whole(number, cuts, answer):
    edges = [0, *sorted(cuts), 16]
    lines = []
    for start, end in pairwise(edges):
        lines += ["c: " + " ".join(aloud(number[start:end])), f"a: {answer}"]
    assert digits(left(*lines).replace("/", " ").split()) == []


@given(cards, st.integers(0, 12))
@settings(max_examples=100, deadline=None)
def test_an_agent_who_repeats_a_part_says_a_card_number(number, start):
    said = " ".join(aloud(number[start : start + 4]))
    assert left("c: " + " ".join(aloud(number)), f"a: so {said} right").endswith("so [CARD_NUMBER] right")


@pytest.mark.parametrize(
    "asked",
    [
        "and the three digits on the back",
        "what's the c v v",
        "could i have the security code please",
        "and the last three on the signature strip",
    ],
)
@pytest.mark.parametrize(
    "answer", ["four one nine", "it's double six one", "um hang on let me turn it over okay it's eight oh two", "419"]
)
def test_a_card_code_goes_when_it_was_asked_for(asked, answer):
    assert "[CARD_CODE]" in left(f"a: {asked}", f"c: {answer}")
    assert digits(left(f"a: {asked}", f"c: {answer}").split(" / ")[1].split()) == []


def test_a_code_nobody_asked_for_goes_after_a_card_number():
    assert left(
        "c: four one one one one one one one one one one one one one one one",
        "a: thank you let me type that into the system",
        "c: and seven three seven",
    ).endswith("and [CARD_CODE]")


@pytest.mark.parametrize(
    ("lines", "gone"),
    [
        (("a: what is your social security number", "c: one two three four five six seven eight nine"), "[SSN]"),
        (("a: the last four of your social please", "c: six seven eight nine"), "[SSN]"),
        (("a: read me the code we texted you", "c: eight one four two two nine"), "[PASSCODE]"),
        (("a: and your pin", "c: four double nine one"), "[PASSCODE]"),
        (("a: and your date of birth", "c: it's june fourth nineteen eighty two"), "[DATE_OF_BIRTH]"),
        (("c: my account number is five five one two oh nine three",), "[BANK_ACCOUNT]"),
        (("c: you can mail me at dana dot smith at example dot com",), "[EMAIL]"),
        (("c: it is dana@example.com",), "[EMAIL]"),
        (("c: my password is blue heron",), "[PASSWORD]"),
        (("a: your order is seven seven one two oh nine three",), "[NUMBER]"),
    ],
)  # fmt: skip
def test_each_type_is_named(lines, gone):
    assert gone in left(*lines)


@pytest.mark.parametrize(
    "sentence", [*NEAR_MISSES, "i will never ask you for your security code", "the code for the gate is four one nine"]
)
def test_amounts_dates_times_and_quantities_stay(sentence):
    assert left(f"a: {sentence}") == sentence


def test_redacting_again_changes_nothing():
    once = redact(
        dialogue(
            "c: four one one one one one one one one one one one one one one one", "a: and the code", "c: four one nine"
        ),
        POLICY,
    )
    assert redact(once, POLICY).turns == once.turns


def test_the_typed_word_knows_how_much_it_hides_and_nothing_else():
    [turn] = redact(dialogue("c: four one one one one one one one one one one one one one one one"), POLICY).turns
    [word] = turn.words
    assert dict(word.facts) == {"digits": 16, "luhn": True}
    assert (word.start, word.end) == (turn.start, turn.end)


def test_last_four_is_shown_only_where_the_policy_says_so():
    call = redact(
        dialogue("c: four one one one one one one one one one one one one one one one"), load_policy("cards_only")
    )
    assert call.turns[0].words[0].facts["last4"] == "1111"


def test_the_stretches_to_cut_cover_every_redacted_word_with_room():
    call = redact(dialogue("a: and the code on the back", "c: sure it is four one nine thanks"), POLICY)
    [span] = spans(call)
    [word] = [word for turn in call.turns for word in turn.words if word.redacted]
    assert span.start < word.start < word.end < span.end


def test_what_was_removed_is_counted():
    assert redact(dialogue("a: and the code on the back", "c: four one nine"), POLICY).redactions == {"CARD_CODE": 1}


@given(cards, st.integers(0, 15), st.integers(1, 9))
def test_one_wrong_digit_breaks_the_checksum(number, place, shift):
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert luhn(number)
    assert not luhn(wrong)


def test_a_card_hidden_in_a_longer_run_is_seen():
    assert holds_card("41111111111111110426")


def test_card_codes_go_whatever_the_policy_says(tmp_path):
    file = tmp_path / "lax.yaml"
    file.write_text("remove: [EMAIL]\nlast4: [CARD_CODE]\n")
    policy = load_policy(str(file))
    assert {"CARD_CODE", "CARD_NUMBER", "PASSCODE"} <= policy.remove
    assert "CARD_CODE" not in policy.last4


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("remove: [CARD_CODES]", 'Did you mean "CARD_CODE"'),
        ("remove: yes", "needs a list"),
        ("remove: [", "not valid YAML"),
    ],
)
def test_a_policy_that_cannot_be_used_says_why(tmp_path, text, says):
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(BadPolicy, match=says):
        load_policy(str(file))


def test_one_card_over_five_turns_counts_one():
    lines = [line for part in ("four one one one", "one one one one", "one one one one", "one one one one")
             for line in (f"c: {part}", "a: mm hm")]  # fmt: skip
    assert redact(dialogue(*lines), POLICY).redactions == {"CARD_NUMBER": 1}
    assert redact(dialogue("c: my pin is 4412 and my social is 123 45 6789"), POLICY).redactions == {
        "PASSCODE": 1,
        "SSN": 1,
    }


def test_a_number_like_a_card_goes_under_every_policy():
    call = redact(dialogue("c: it's 4111 1111 1111 1112 and order 4412"), load_policy("cards_only"))
    assert call.turns[0].text == "it's [CARD_NUMBER] and order 4412"
