"""Numbers in every shape they are written in, in any language, and what stands beside digits and is none of a secret."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evals._planted import card
from tests.redaction.test_redact import left
from tests.rules.test_foreign import CODES, WORDS

cards = st.integers(0, 2**32).map(lambda seed: card(random.Random(seed)))
FULL, ARABIC = str.maketrans("0123456789", "０１２３４５６７８９"), str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@given(cards, st.sampled_from([",", "–", "_", ".", "/", "-", "‑", " "]))
@settings(max_examples=100, deadline=None)
def test_a_written_card_number_goes_under_any_separator(number, between):
    said = between.join(number[at : at + 4] for at in range(0, 16, 4))
    assert left(f"c: it is {said} okay") == "it is [CARD_NUMBER] okay"


@given(cards, st.sampled_from([FULL, ARABIC]))
@settings(max_examples=40, deadline=None)
def test_a_card_number_goes_in_the_digits_of_any_script(number, script):
    assert left(f"c: it is {number.translate(script)} okay") == "it is [CARD_NUMBER] okay"


@given(cards, st.sampled_from(CODES))
@settings(max_examples=200, deadline=None)
def test_a_card_number_goes_in_any_language(number, code):
    words = " ".join(WORDS[code].split()[int(figure)] for figure in number)
    assert left(f"c: {words}") == "[CARD_NUMBER]"


@pytest.mark.parametrize("glue", ["cvv:{}", "CVV={}", "cvv{}", "cvc2:{}"])
def test_a_code_glued_to_its_label_goes(glue):
    assert left(f"c: and {glue.format(739)} thanks") == "and [CARD_CODE] thanks"


@pytest.mark.parametrize(
    ("said", "left_over"),
    [
        ("the number is oh eight hundred double two triple six", "the number is [NUMBER]"),
        ("oh eight hundred double two triple six", "[NUMBER]"),
        ("my number is four one five nine hundred twelve thirty four", "my number is [NUMBER]"),
        ("card number please it is four then fifteen ones", "card number please it is [CARD_NUMBER]"),
        ("my account number is twelve million three hundred forty five thousand six hundred seventy eight",
         "my account number is [BANK_ACCOUNT]"),
    ],
)  # fmt: skip
def test_identifiers_with_hundreds_and_counts_go(said, left_over):
    assert left(f"c: {said}") == left_over


@pytest.mark.parametrize(
    "sentence",
    [
        "delivered on 2026-12-24 and 12/24/2026",
        "my flight is at fourteen thirty",
        "be there at 1430",
        "my bill is 1250",
        "i paid 1250 for it",
        "my kids are aged 12 14 and 16",
        "we all have twenty twenty vision",
        "we have 2500 employees",
        "between 1000 and 2000",
        "the 2024 model",
        "windows 2000 gave error 50012",
        "about four thousand two hundred fifty",
        "twelve hundred or two thousand eight hundred",
        "tengo dos mil quinientos pesos y tres hijos desde mil novecientos ochenta y dos",
        "ich zahle neunundvierzig euro und warte seit zwanzig minuten",
    ],
)
def test_amounts_times_quantities_and_products_stay(sentence):
    assert left(f"c: {sentence}") == sentence
