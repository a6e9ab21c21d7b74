"""Carrier sentences with spoken secrets at known places, from a seed: what `eval redaction` measures on by default.

Half of the sentences carry a secret in one of the ways people say digits, the others near misses: amounts, dates,
times, quantities. All numbers are made up here; card numbers are random with a right checksum.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, Literal

from pipeline.redaction.checks import luhn
from rules.spoken import aloud

Style = Literal["single", "doubles", "pairs"]
STYLES: tuple[Style, ...] = ("single", "doubles", "pairs")

SECRETS: dict[str, tuple[str, ...]] = {
    "CARD_NUMBER": ("yes the card number is {}", "okay so it's {} is that right", "um {} and that's a visa"),
    "CARD_CODE": ("the three digits on the back are {}", "and the security code is {}", "c v v is {} i think"),
    "SSN": ("my social security number is {}", "sure my social is {}", "the social is {} yes"),
    "PASSCODE": ("the code you texted me is {}", "it says your one time code is {}", "my pin is {}"),
    "BANK_ACCOUNT": ("the account number is {}", "routing number {} please", "my checking account is {}"),
    "EMAIL": ("you can write to {} thanks", "it's {} yes", "my email is {}"),
    "NUMBER": ("it says {} on the letter", "my reference is {} i think", "yeah {} please"),
    "DATE_OF_BIRTH": ("my date of birth is {}", "i was born on {} in denver", "birthday {} yes"),
    "ADDRESS": ("i live at {} now", "please send it to {} thank you", "we moved to {}"),
}
NAMES = ("maple", "harris", "dana", "oakley", "winter", "lopez", "bennett", "rivera", "chen", "fisher")
MAIL_HOUSES = ("gmail", "example", "g mail", "outlook", "blue river")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
DAYS = ("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth"
        " seventeenth eighteenth nineteenth twentieth").split() + [f"twenty {n}" for n in
        "first second third fourth fifth sixth seventh eighth".split()]  # fmt: skip
ALPHABET = dict(zip("bcdefghjklmnpqrstvwxyz", (
    "bravo charlie delta echo foxtrot golf hotel juliet kilo lima mike november papa quebec romeo sierra tango victor whiskey xray"
    " yankee zulu").split(), strict=True))  # fmt: skip
LENGTH = {"CARD_CODE": 3, "SSN": 9, "PASSCODE": 6, "BANK_ACCOUNT": 9}
NEAR_MISSES = (
    "that comes to forty nine dollars and ninety nine cents",
    "we are open from nine thirty until five forty five",
    "i moved here in two thousand and twelve",
    "there were two hundred and fifty people in the queue before me",
    "the meeting is on the twenty third of may at ten",
    "it takes three to five business days and costs twelve pounds",
    "i have called you four times in two weeks",
    "one of the two phones is three years old",
    "on may fourth twenty twenty six you charged me nineteen dollars",
    "the rate is four point nine percent for thirty six months",
    "is it plan b or the one at nine fifteen a m",
    "i had an i phone eleven and two u s b cables",
    "go to exit twelve and take a right at the second street",
    "we have one bedroom and a 3 year lease from march 2024",
)


def planted(rng: random.Random, n: int) -> list[dict[str, Any]]:
    """``n`` manifest objects."""
    return [
        _secret(rng, i) if i % 2 else {"id": f"quiet-{i}", "text": rng.choice(NEAR_MISSES), "spans": []}
        for i in range(n)
    ]


def spelled_mail(rng: random.Random) -> str:
    """An address as people say it: letters, words, "dot", "underscore"."""
    name = rng.choice(NAMES)
    first = " ".join(name) if rng.random() < 0.5 else name
    between = rng.choice((" dot ", " underscore ", " ", " dash "))
    number = rng.choice(("", f" {' '.join(aloud(str(rng.randrange(10, 99))))}"))
    return f"{first}{between}{rng.choice(NAMES)}{number} at {rng.choice(MAIL_HOUSES)} dot {rng.choice(('com', 'net', 'co dot uk'))}"


def spelled_code(rng: random.Random) -> str:
    """Five to nine letters and digits, one by one or by an alphabet; at least one letter and two digits."""
    letters = [rng.choice("bcdefghjklmnpqrstvwxyz") for _ in range(rng.randrange(1, 4))]
    figures = [rng.choice("0123456789") for _ in range(rng.randrange(4, 7))]
    if rng.random() < 0.3:
        return "".join(letters).upper() + "".join(figures)
    told = [ALPHABET[letter] if rng.random() < 0.4 else letter for letter in letters]
    return " ".join(told + aloud("".join(figures)))


def birth_date(rng: random.Random) -> str:
    month, day, year = rng.choice(MONTHS), rng.randrange(28), rng.randrange(1940, 2005)
    if rng.random() < 0.3:
        return f"{MONTHS.index(month) + 1:02}/{day + 1:02}/{year}"
    return f"{month} {DAYS[day]} {' '.join(aloud(str(year), 'pairs'))}"


def address(rng: random.Random) -> str:
    number = str(rng.randrange(2, 9999))
    house = number if rng.random() < 0.4 else " ".join(aloud(number))
    return f"{house} {rng.choice(NAMES)} {rng.choice(('street', 'road', 'avenue', 'lane', 'drive', 'court'))}"


def _digits(rng: random.Random, kind: str) -> str:
    digits = card(rng) if kind == "CARD_NUMBER" else "".join(rng.choice("0123456789") for _ in range(LENGTH[kind]))
    return digits if rng.random() < 0.2 else " ".join(aloud(digits, rng.choice(STYLES)))


def card(rng: random.Random) -> str:
    """Sixteen digits with a right checksum."""
    body = rng.choice("45") + "".join(rng.choice("0123456789") for _ in range(14))
    return next(body + last for last in "0123456789" if luhn(body + last))


def _secret(rng: random.Random, i: int) -> dict[str, Any]:
    kind = rng.choice(list(SECRETS))
    spoken = SAID[kind](rng) if kind in SAID else _digits(rng, kind)
    before, _, after = rng.choice(SECRETS[kind]).partition("{}")
    text = before + spoken + after
    return {
        "id": f"{kind.lower()}-{i}",
        "text": text,
        "spans": [{"start": len(before), "end": len(before) + len(spoken), "type": kind}],
    }


SAID: dict[str, Callable[[random.Random], str]] = {
    "EMAIL": spelled_mail, "NUMBER": spelled_code, "DATE_OF_BIRTH": birth_date, "ADDRESS": address,
}  # fmt: skip
