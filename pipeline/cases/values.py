"""What may be lost: the amounts of money that were said in the calls of a case.

Redaction keeps amounts, so they are read from the words as everybody sees them. The same amount is said again and again in
one story, so nothing is added up: of each currency the largest amount counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.records import Seconds, Turn
from rules.spoken.written import normal_form

MONEY = re.compile(r"([$£€])([\d,]+(?:\.\d\d)?)")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount that was said: ``text`` as it is written, and where to hear it."""

    text: str
    currency: str
    value: float
    call: str
    start: Seconds


def amounts_of(call: str, turns: Iterable[Turn]) -> list[Amount]:
    """Every amount with a currency in the turns of a call, in the order they were said."""
    found = []
    for turn in turns:
        for item in normal_form([word.text for word in turn.words]):
            if said := MONEY.fullmatch(item.text):
                value = float(said[2].replace(",", ""))
                found.append(Amount(item.text, said[1], value, call, turn.words[item.first].start))
    return found


def largest(amounts: Iterable[Amount]) -> tuple[Amount, ...]:
    """The largest amount of each currency, first said; the largest of all first, whatever the currency."""
    best: dict[str, Amount] = {}
    for amount in amounts:
        if amount.currency not in best or amount.value > best[amount.currency].value:
            best[amount.currency] = amount
    return tuple(sorted(best.values(), key=lambda one: (-one.value, one.currency)))
