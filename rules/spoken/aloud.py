"""Says a string of digits in one of the ways people do: one by one, with "double", or in pairs.

The inverse of ``digits``: reading what was said gives the same string back, whatever the style.
"""

from __future__ import annotations

from itertools import groupby
from typing import Literal

Style = Literal["single", "oh", "doubles", "pairs"]
NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def aloud(digits: str, style: Style = "single") -> list[str]:
    """Words that say ``digits`` (only 0-9); raises ValueError for anything else."""
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"aloud needs a string of digits, not {digits!r}")
    if style == "doubles":
        return _doubles(digits)
    if style == "pairs":
        return [word for at in range(0, len(digits), 2) for word in _pair(digits[at : at + 2])]
    return ["oh" if style == "oh" and figure == "0" and at else NAMES[int(figure)] for at, figure in enumerate(digits)]


def _doubles(digits: str) -> list[str]:
    words = []
    for figure, group in groupby(digits):
        count = len(list(group))
        name = NAMES[int(figure)]
        while count > 0:
            taken = 3 if count == 3 else min(2, count)
            words += {1: [name], 2: ["double", name], 3: ["triple", name]}[taken]
            count -= taken
    return words


def _pair(pair: str) -> list[str]:
    """ "41" is "forty one"; "05" and a single digit are said one by one; "40" too, lest "forty" "five" become 45."""
    if len(pair) < 2 or pair[0] == "0" or (pair[1] == "0" and pair != "10"):
        return [NAMES[int(figure)] for figure in pair]
    if pair[0] == "1":
        return [TEENS[int(pair[1])]]
    return [TENS[int(pair[0])], NAMES[int(pair[1])]]
