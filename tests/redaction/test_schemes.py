"""National numbers and IBANs are known by shape and check digits, typed, and go without NUMBER in the policy."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.redaction import load_policy, redact
from pipeline.redaction.schemes import IBAN_LENGTHS, by_digits, by_shape, iban
from rules.spoken import aloud
from tests.redaction.test_redact import dialogue

# Published examples of each scheme, none of a living person.
EXAMPLES = {
    "bsn": "111222333",
    "nhs": "9434765919", "sin": "130692544", "cpf": "52998224725", "tax_id_de": "36574261809", "pesel": "44051401359",
    "aadhaar": "234123412346", "nir": "185057800608491", "dni": "12345678Z", "codice_fiscale": "RSSMRA85T10A562S",
    "pan_india": "ABCDE1234F", "tckn": "10000000146", "za": "8001015009087", "personnummer": "8112189876",
    "medicare": "2123456701", "hetu": "131052308T", "nric": "S1234567D", "thai": "1234567890121",
    "curp": "GODE561231HDFRRN09", "nino": "AB123456C",
}  # fmt: skip


@pytest.mark.parametrize(("name", "number"), EXAMPLES.items())
def test_a_published_example_is_known(name, number):
    known = by_digits(number) if number.isdigit() else by_shape(number.lower())
    assert known is not None
    assert name in known.scheme.split("/")


CATCHING = ("nhs", "sin", "bsn", "aadhaar", "tax_id_de", "pesel")  # whose check digits catch every single wrong digit


@given(st.sampled_from(CATCHING), st.integers(0, 20), st.integers(1, 9))
@settings(max_examples=100, deadline=None)
def test_one_wrong_digit_is_another_scheme_or_none(name, place, shift):
    number = EXAMPLES[name]
    at = place % len(number)
    wrong = number[:at] + str((int(number[at]) + shift) % 10) + number[at + 1 :]
    known = by_digits(wrong)
    assert known is None or name not in known.scheme.split("/")


def _iban(rng):
    country = rng.choice(["de", "nl", "gb", "fr", "es"])
    body = "".join(rng.choice("0123456789") for _ in range(IBAN_LENGTHS[country] - 4))
    return next(number.upper() for check in range(2, 99) if iban(number := f"{country}{check:02}{body}"))


@given(
    st.integers(0, 2**32).map(lambda seed: _iban(random.Random(seed))), st.sampled_from(["whole", "groups", "spelled"])
)
@settings(max_examples=100, deadline=None)
def test_an_iban_goes_in_every_shape_without_number(number, shape):
    groups = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    spelled = " ".join(c if c.isalpha() else aloud(c)[0] for c in number)
    said = {"whole": number, "groups": groups, "spelled": spelled}[shape]
    call = redact(dialogue(f"c: take it from {said} please"), load_policy("eu"))
    assert call.turns[0].text == "take it from [BANK_ACCOUNT] please"
    assert [dict(word.facts)["scheme"] for word in call.turns[0].words if word.redacted] == ["iban"]


@pytest.mark.parametrize(
    "said",
    [
        "my nhs number is nine four three four seven six five nine one nine",
        "my sin is one three zero six nine two five four four",
        "my dni is 12345678Z",
        "my cpf is 529.982.247-25",
        "codice fiscale RSSMRA85T10A562S",
        "bsn is eleven twelve twenty two three thirty three",
        "pan number ABCDE1234F",
        "it says 850101-1234567 on the form",
        "my ssn is 123-45-6789",
        "my passport is 533380006",
    ],
)
def test_a_national_number_goes_without_number(said):
    call = redact(dialogue(f"c: {said}"), load_policy("eu"))
    assert {"NATIONAL_ID", "SSN"} & set(call.redactions)
    assert not any(c.isdigit() for c in call.turns[0].text)
