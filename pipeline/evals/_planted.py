"""Carrier sentences with spoken secrets at known places, from a seed: what `eval redaction` measures on by default.

Half of the sentences carry a secret in one of the ways people say digits, the others near misses: amounts, dates,
times, quantities. All numbers are made up here; card numbers are random with a right checksum.
"""

from __future__ import annotations

import random
from typing import Any, Literal

from pipeline.redaction.kinds import luhn
from rules.spoken import aloud

Style = Literal["single", "doubles", "pairs"]
STYLES: tuple[Style, ...] = ("single", "doubles", "pairs")

SECRETS: dict[str, tuple[str, ...]] = {
    "CARD_NUMBER": ("yes the card number is {}", "okay so it's {} is that right", "um {} and that's a visa"),
    "CARD_CODE": ("the three digits on the back are {}", "and the security code is {}", "c v v is {} i think"),
    "SSN": ("my social security number is {}", "sure my social is {}", "the social is {} yes"),
    "PASSCODE": ("the code you texted me is {}", "it says your one time code is {}", "my pin is {}"),
    "BANK_ACCOUNT": ("the account number is {}", "routing number {} please", "my checking account is {}"),
}
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
)


def planted(rng: random.Random, n: int) -> list[dict[str, Any]]:
    """``n`` manifest objects."""
    return [
        _secret(rng, i) if i % 2 else {"id": f"quiet-{i}", "text": rng.choice(NEAR_MISSES), "spans": []}
        for i in range(n)
    ]


def card(rng: random.Random) -> str:
    """Sixteen digits with a right checksum."""
    body = rng.choice("45") + "".join(rng.choice("0123456789") for _ in range(14))
    return next(body + last for last in "0123456789" if luhn(body + last))


def _secret(rng: random.Random, i: int) -> dict[str, Any]:
    kind = rng.choice(list(SECRETS))
    digits = card(rng) if kind == "CARD_NUMBER" else "".join(rng.choice("0123456789") for _ in range(LENGTH[kind]))
    spoken = " ".join(aloud(digits, rng.choice(STYLES)))
    if rng.random() < 0.2:
        spoken = digits
    before, _, after = rng.choice(SECRETS[kind]).partition("{}")
    text = before + spoken + after
    return {
        "id": f"{kind.lower()}-{i}",
        "text": text,
        "spans": [{"start": len(before), "end": len(before) + len(spoken), "type": kind}],
    }
