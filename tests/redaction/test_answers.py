"""Secrets told in answer to a question, turns later and in parts; and answers that tell none."""

import pytest

from tests.redaction.test_redact import left


@pytest.mark.parametrize(
    ("lines", "left_over"),
    [
        (("a: what's your password", "c: it is Fluffy99"), "what's your password / it is [PASSWORD]"),
        (("a: what is the memorable word", "c: um elephant"), "what is the memorable word / um [PASSWORD]"),
        (("c: the security answer is Rover",), "the security answer is [PASSWORD]"),
        (("a: and your mother's maiden name", "c: Kowalczyk"), "and your mother's maiden name / [PASSWORD]"),
        (("c: my passcode is blue 22 horse",), "my passcode is [PASSWORD]"),
        (("c: my password is correct horse battery staple",), "my password is [PASSWORD]"),
        (("a: your security word", "c: my word is tiger", "a: tiger thank you"),
         "your security word / my word is [PASSWORD] / [PASSWORD] thank you"),
        (("a: security question what was your first car", "c: a blue Honda"),
         "security question what was your first car / a [PASSWORD]"),
        (("a: your phone number", "c: seven oh seven", "a: seven oh seven", "c: five five five", "a: yes", "c: one two one two"),
         "your phone number / [NUMBER] / [NUMBER] / [NUMBER] / yes / [NUMBER]"),
        (("a: when does it expire", "c: December"), "when does it expire / [CARD_EXPIRY]"),
        (("c: it expires may of next year",), "it expires [CARD_EXPIRY]"),
        (("a: expiry", "c: april twenty seven"), "expiry / [CARD_EXPIRY]"),
        (("a: date of birth", "c: seven slash four slash eighty two"), "date of birth / [DATE_OF_BIRTH]"),
        (("a: date of birth", "c: the 4th, 7th, 82"), "date of birth / the [DATE_OF_BIRTH]"),
        (("a: date of birth", "c: twelfth, eighth, sixty five"), "date of birth / [DATE_OF_BIRTH]"),
        (("a: birthdate", "c: Jul 4 1982"), "birthdate / [DATE_OF_BIRTH]"),
        (("a: d.o.b.", "c: 3.5.75"), "d.o.b. / [DATE_OF_BIRTH]"),
        (("a: date of birth", "c: march third", "a: and the year", "c: 1975", "a: march third nineteen seventy five thanks"),
         "date of birth / [DATE_OF_BIRTH] / and the year / [DATE_OF_BIRTH] / [DATE_OF_BIRTH] thanks"),
        (("a: your email", "c: jane dot doe", "a: mhm", "c: at", "a: yes", "c: gmail dot com"),
         "your email / [EMAIL] / mhm / [EMAIL] / yes / [EMAIL]"),
        (("c: d as in david o as in orange e as in echo at outlook dot com",), "[EMAIL]"),
        (("c: write to anna at firma dot pl please",), "write to [EMAIL] please"),
        (("c: it's lena punkt schmidt ät web punkt de",), "it's [EMAIL]"),
    ],
)  # fmt: skip
def test_an_answer_goes(lines, left_over):
    assert left(*lines) == left_over


def test_a_date_of_birth_goes_however_late_it_is_told():
    late = "uh sure one sec i have to turn down the tv it is so loud today sorry about that okay so it's the fourth of july eighty two"
    assert left("a: and your date of birth for me please", f"c: {late}").endswith("okay so it's the [DATE_OF_BIRTH]")


@pytest.mark.parametrize(
    "lines",
    [
        ("a: what's your email", "c: yes that's right"),
        ("a: i can reset your password", "c: tiger woods is on tv"),
        ("c: i forgot my password", "a: no problem let me help"),
        ("c: our website at example dot com is down",),
        ("c: look at the dot in the middle",),
        ("a: your contract expires in december twenty twenty six", "c: okay"),
        ("a: happy birthday", "c: thank you it was yesterday actually"),
        ("a: what's your password", "c: i don't remember it"),
    ],
)
def test_an_answer_that_tells_nothing_stays(lines):
    assert left(*lines) == " / ".join(line.partition(": ")[2] for line in lines)
