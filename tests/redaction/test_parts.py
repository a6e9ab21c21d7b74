"""Secrets told by their ends, sign by sign, or in few characters; addresses of machines; and what only looks like them.

The texts were written apart from the readers. `LATER` and half of the quiet ones were made when the readers stood: at first sight 18 of
22 went and 33 of 36 stayed; what was missed there was mended afterwards.
"""

import pytest

from pipeline.records import Call, Party, Turn, Word
from pipeline.redaction import load_policy, redact

LOOKED_AT = (
    ("c: it starts with fifty three and then ends with twelve", "it starts with [NUMBER] and then ends with [NUMBER]"),
    (
        "a: what are the first two digits\nc: it starts with fifty three\na: and the end\nc: it ends with twelve",
        "what are the first two digits / it starts with [NUMBER] / and the end / it ends with [NUMBER]",
    ),
    (
        "a: tell me your card number\nc: the card starts with fifty three and then ends with twelve",
        "tell me your card number / the card starts with [CARD_NUMBER] and then ends with [CARD_NUMBER]",
    ),
    ("c: my password is capital B as in boy r 4 lower case t", "my password is [PASSWORD]"),
    (
        "a: spell your password please\nc: capital B as in boy\na: okay\nc: r\nc: 4\nc: exclamation mark",
        "spell your password please / [PASSWORD] / okay / [PASSWORD] / [PASSWORD] / [PASSWORD]",
    ),
    ("a: what is the password\nc: it's x y 7", "what is the password / it's [PASSWORD]"),
    ("c: the pin is two one", "the pin is [PASSCODE]"),
    ("c: my code is a 4 9", "my code is [PASSCODE]"),
    ("a: your pin please\nc: seven seven", "your pin please / [PASSCODE]"),
    ("c: my pin is 9 4 2", "my pin is [PASSCODE]"),
    ("c: the access code is b 7", "the access code is [PASSCODE]"),
    ("c: my ip address is 192.168.4.20", "my ip address is [NUMBER]"),
    ("c: it is ten dot zero dot three dot seventeen", "it is [NUMBER]"),
    ("c: the server is at one nine two dot one six eight dot one dot one", "the server is at [NUMBER]"),
    ("c: ip 2001:db8::ff00:42:8329 is blocked", "ip [NUMBER] is blocked"),
)

LATER = (
    (
        "a: could you read me the start\nc: begins with seventy one and it finishes with oh four",
        "could you read me the start / begins with [NUMBER] and it finishes with [NUMBER]",
    ),
    (
        "c: mine starts in forty four\na: mhm\nc: and ends in ninety nine",
        "mine starts in [NUMBER] / mhm / and ends in [NUMBER]",
    ),
    ("c: the password's lower case k as in kite, u, double n, 8, dash", "the password's [PASSWORD]"),
    (
        "a: and your password\nc: sure it's capital T then h for hotel\na: yes\nc: five\na: go on\nc: o w dollar sign",
        "and your password / sure it's [PASSWORD] / yes / [PASSWORD] / go on / [PASSWORD]",
    ),
    ("c: password is m 9 q", "password is [PASSWORD]"),
    ("a: what's the pin\nc: nine one", "what's the pin / [PASSCODE]"),
    ("c: my passcode is q 2", "my passcode is [PASSCODE]"),
    ("c: access code is 88", "access code is [PASSCODE]"),
    (
        "a: do you know the machine's address\nc: yes 10.1.44.7 i think",
        "do you know the machine's address / yes [NUMBER] i think",
    ),
    ("c: we use one seven two point one six point four point nine here", "we use [NUMBER] here"),
    ("c: router answers on fe80::1ff:fe23:4567:890a", "router answers on [NUMBER]"),
    ("c: the card code is 4 1", "the card code is [CARD_CODE]"),
    (
        "c: the number on it opens with sixty two and closes with eleven",
        "the number on it opens with [NUMBER] and closes with [NUMBER]",
    ),
    (
        "a: which card\nc: the one that ends in forty one and starts with fifty five",
        "which card / the one that ends in [NUMBER] and starts with [NUMBER]",
    ),
    ("c: password is s for sugar h for house nine nine hash", "password is [PASSWORD]"),
    (
        "a: password please\nc: big m small e\na: okay\nc: seven star\na: right\nc: z",
        "password please / [PASSWORD] / okay / [PASSWORD] / right / [PASSWORD]",
    ),
    ("c: pin's seven three", "pin's [PASSCODE]"),
    ("a: and the security code\nc: six two", "and the security code / [CARD_CODE]"),
    ("c: log in code is w 5", "log in code is [PASSCODE]"),
    ("c: the box has 172.16.254.1 on it", "the box has [NUMBER] on it"),
    ("c: type two five five dot two five five dot zero dot zero", "type [NUMBER]"),
    ("c: ping 8.8.8.8:53 for me", "ping [NUMBER] for me"),
)

QUIET = (
    "c: i have been a customer since 2019",
    "c: i am on the gold plan 2000",
    "c: we moved here in 2015 and it was fine until 2021",
    "c: the model from 2018 is better",
    "c: i have the silver plan 3000 with you",
    "c: since two thousand and nineteen",
    "c: that was back in 1998",
    "c: we married in 2014",
    "c: the summer of 2006 was hot",
    "c: back in 2017 or 2018 i forget",
    "c: it was around 2011 when they opened",
    "c: after 2020 everything changed",
    "c: the premium plan 1500 is too dear",
    "c: the bundle 2500 has more",
    "c: the film starts with a man and ends with twelve people",
    "c: school starts at nine and ends at three",
    "c: the series ends with season twelve",
    "c: it starts with ten percent and ends with twenty percent",
    "c: update to version 10.2.3.4 please",
    "c: my code is not working",
    "c: the pin is wrong",
    "c: the code is a mess",
    "c: my password is too short",
    "c: a password is a b c of security really",
    "c: the pin is a 4 digit number",
    "c: point one is the price point two is the speed",
    "c: the dot com boom",
    "c: your code is on the way",
    "a: what's your pin\nc: i don't have one",
    "c: in about 2012 we bought it",
    "c: the house is from 1962 or 1963",
    "c: spring 2023 was wet",
    "c: i've had the family package 2000 for years",
    "c: the week starts with 2 tests and ends with 15 exams",
    "c: your pin is safe with us",
    "c: the code is x rated",
    "c: firmware 1.2.3.4 is out",
    "c: dot to dot books are for kids",
    "c: the answer was two point five",
    "c: it ends with a bang",
    "c: my pin is in the post",
    "c: the season began in 2003 and ended in 2004",
)


def redacted(text):
    turns, at = [], 0.0
    for line in text.splitlines():
        party, _, said = line.partition(": ")
        words = tuple(Word(word, at + 0.4 * n, at + 0.4 * n + 0.4, None, party) for n, word in enumerate(said.split()))
        turns.append(Turn(party, at, words[-1].end, words))
        at = words[-1].end
    call = Call("c", parties=(Party("a"), Party("c")), turns=tuple(turns), trusted=True)
    return " / ".join(turn.text for turn in redact(call, load_policy()).turns)


@pytest.mark.parametrize(("said", "stored"), [*LOOKED_AT, *LATER])
def test_what_is_told_in_parts_goes(said, stored):
    assert redacted(said) == stored


@pytest.mark.parametrize("said", QUIET)
def test_years_plans_and_remarks_stay(said):
    assert "[" not in redacted(said)
