"""Addresses in the shapes of several countries, and names where the policy removes them; what only resembles them stays."""

import pytest

from pipeline.redaction import load_policy, redact
from tests.redaction.test_redact import dialogue, left

STRICT = load_policy("strict")


def strict(*lines):
    return " / ".join(turn.text for turn in redact(dialogue(*lines), STRICT).turns)


@pytest.mark.parametrize(
    ("lines", "left_over"),
    [
        (("c: i live at fifteen main, springfield",), "i live at [ADDRESS]"),
        (("c: I'm at 7 Elm Walk",), "I'm at [ADDRESS]"),
        (("c: 44 Queens Quay",), "[ADDRESS]"),
        (("c: 8 The Ridge",), "[ADDRESS]"),
        (("c: it is 12 rue de la Paix, 75002 Paris",), "it is [ADDRESS]"),
        (("c: Hauptstraße 12 in Berlin",), "[ADDRESS] in Berlin"),
        (("c: vivo en calle mayor 12",), "vivo en [ADDRESS]"),
        (("c: send it to Leeds LS1 4DY please",), "send it to Leeds [ADDRESS] please"),
        (("c: p o box forty four",), "[ADDRESS]"),
        (("c: number twelve the mews",), "number [ADDRESS]"),
        (("a: which street", "c: baker street"), "which street / [ADDRESS]"),
        (("c: my address is Rose Cottage, Upper Farm, Little Snoring",), "my address is [ADDRESS]"),
    ],
)
def test_an_address_goes(lines, left_over):
    assert left(*lines) == left_over


@pytest.mark.parametrize(
    "lines",
    [
        ("c: i live at home with two cats",),
        ("a: what's your address", "c: it's the same as before"),
        ("c: we take 12 steps up the hill and i walk 5 miles a day",),
        ("c: i want it delivered to my house by 5",),
        ("c: he lives on the third floor via the app",),
    ],
)
def test_no_address_stays(lines):
    assert left(*lines) == " / ".join(line.partition(": ")[2] for line in lines)


@pytest.mark.parametrize(
    ("lines", "left_over"),
    [
        (("c: it's john smith calling about my bill",), "it's [NAME] calling about my bill"),
        (("a: can I get your first and last name", "c: sure Maria Gonzalez"),
         "can I get your first and last name / sure [NAME]"),
        (("c: my husband Robert Miller is on the account",), "my husband [NAME] is on the account"),
        (("a: Hello John, how can I help",), "Hello [NAME] how can I help"),
        (("c: spelled S M I T H",), "spelled [NAME]"),
        (("c: name's McDonald, M C D O N A L D",), "name's [NAME]"),
        (("a: okay Sarah let me check, Sarah Connor, right", "c: yes"), "okay [NAME] let me check, [NAME] right / yes"),
        (("a: am i speaking with Mrs Eva Novak", "c: Eva speaking"), "am i speaking with [NAME] / [NAME] speaking"),
        (("c: je m'appelle Pierre Dupont",), "je m'appelle [NAME]"),
    ],
)  # fmt: skip
def test_a_name_goes_under_strict(lines, left_over):
    assert strict(*lines) == left_over


@pytest.mark.parametrize(
    "lines",
    [
        ("c: Hi I want to cancel, it's raining here",),
        ("c: Thank you. Goodbye",),
        ("a: what's your name", "c: why do you ask"),
        ("c: i'm calling about my bill and this is urgent",),
    ],
)
def test_no_name_stays_under_strict(lines):
    assert strict(*lines) == " / ".join(line.partition(": ")[2] for line in lines)
