"""Writing numbers, money, times and e-mail addresses as people say them on the telephone.

Training texts hold no digit: what the recogniser learns to write is what a voice speaks. `normalise` turns written
sentences into that form and gives up (returns None) on what it cannot read aloud, so that no sentence teaches a guess.
"""

import re
from typing import Any

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
TENS = ". . twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
MONTHS = "january february march april may june july august september october november december".split()
SCALES = ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"))
TITLES = {
    "mr": "mister",
    "mrs": "missus",
    "ms": "miz",
    "dr": "doctor",
    "vs": "versus",
    "etc": "et cetera",
    "ok": "okay",
}
UNITS = {
    "mbps": "megabits per second",
    "gb": "gigabytes",
    "mb": "megabytes",
    "lbs": "pounds",
    "oz": "ounces",
    "kwh": "kilowatt hours",
}

ALLOWED = re.compile(r"[a-z' ]+")


def number(value: int) -> str:
    """1204 -> "one thousand two hundred four"."""
    if value < 0:
        return f"minus {number(-value)}"
    if value < 20:
        return ONES[value]
    if value < 100:
        return TENS[value // 10] + (f" {ONES[value % 10]}" if value % 10 else "")
    if value < 1000:
        return f"{ONES[value // 100]} hundred" + (f" {number(value % 100)}" if value % 100 else "")
    for size, name in SCALES:
        if value >= size:
            return f"{number(value // size)} {name}" + (f" {number(value % size)}" if value % size else "")
    raise AssertionError(value)


def ordinal(value: int) -> str:
    """21 -> "twenty first"."""
    *before, last = number(value).split()
    last = ORDINALS.get(last) or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return " ".join([*before, last])


def digits(text: str, zero: str = "zero") -> str:
    """ "4402" -> "four four zero two"; other signs are skipped."""
    return " ".join(zero if sign == "0" else ONES[int(sign)] for sign in text if sign.isdecimal())


def year(value: int) -> str:
    """1987 -> "nineteen eighty seven", 2005 -> "two thousand five", 2024 -> "twenty twenty four"."""
    if 2000 <= value < 2010 or value % 1000 == 0:
        return number(value)
    high, low = divmod(value, 100)
    return f"{number(high)} " + ("hundred" if low == 0 else f"oh {ONES[low]}" if low < 10 else number(low))


def money(cents: int) -> str:
    """12550 -> "one hundred twenty five dollars and fifty cents"."""
    dollars, rest = divmod(cents, 100)
    parts = [f"{number(dollars)} dollar{'' if dollars == 1 else 's'}"] if dollars or not rest else []
    parts += [f"{number(rest)} cent{'' if rest == 1 else 's'}"] if rest else []
    return " and ".join(parts)


def clock(hour: int, minute: int) -> str:
    """(15, 5) -> "three oh five"; the part of the day is said by whoever asks."""
    return f"{number((hour - 1) % 12 + 1)} " + (
        "o'clock" if not minute else f"oh {ONES[minute]}" if minute < 10 else number(minute)
    )


def address(text: str) -> str:
    """ "ann.lee@web.com" -> "ann dot lee at web dot com"."""
    signs = {"@": " at ", ".": " dot ", "-": " dash ", "_": " underscore ", "/": " slash "}
    return " ".join("".join(signs.get(sign, sign) for sign in text).split())


def normalise(text: str) -> str | None:
    """One written sentence as it is said: lower case letters, apostrophes, spaces. None: not readable aloud for sure."""
    text = text.lower().replace("’", "'").replace("‘", "'").replace("`", "'")
    text = re.sub(r"\*[^*]*\*|\([^)]*\)|<[^>]*>", " ", text)
    for pattern, spoken in _SPOKEN:
        text = pattern.sub(spoken, text)
    text = re.sub(r"[—–\-,.!?;:\"“”…/*_]+", " ", text)
    text = " ".join(word.strip("'") if word.strip("'") else "" for word in text.split())
    text = " ".join(TITLES.get(word, UNITS.get(word, word)) for word in text.split())
    return text if ALLOWED.fullmatch(text) else None


def _say_money(found: re.Match[str]) -> str:
    whole = int(found[1].replace(",", ""))
    if found[3]:
        return f" {number(whole)} {found[3]} dollars "
    return f" {money(whole * 100 + int((found[2] or '.0')[1:].ljust(2, '0')))} "


def _say_plain(found: re.Match[str]) -> str:
    text = found[0].replace(",", "")
    if "," not in found[0] and (len(text) > 4 or text.startswith("0")):
        return f" {digits(text)} "
    value = int(text)
    return f" {year(value) if 1900 <= value <= 2099 and ',' not in found[0] else number(value)} "


def _say_clock(found: re.Match[str]) -> str:
    return f" {clock(int(found[1]), int(found[2]))} "


_SPOKEN: list[tuple[re.Pattern[str], Any]] = [
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), lambda found: f" {address(found[0])} "),
    (re.compile(r"(www\.)?[a-z][\w-]+\.(com|org|net|gov|co\.uk)\b"), lambda found: f" {address(found[0])} "),
    (re.compile(r"\$\s?(\d[\d,]*)(\.\d{1,2})?(?:\s(million|thousand|billion)\b)?"), _say_money),
    (re.compile(r"\b(\d{1,2}):(\d\d)\b"), _say_clock),
    (re.compile(r"(\d)\s?%"), r"\1 percent "),
    (re.compile(r"\b([ap])\.?m\b\.?"), r" \1 m "),
    (re.compile(r"(\d)([ap])m\b"), r"\1 \2 m"),
    (re.compile(r"\b24/7\b"), " twenty four seven "),
    (re.compile(r"\b(\d{1,2})(st|nd|rd|th)\b"), lambda found: f" {ordinal(int(found[1]))} "),
    (re.compile(r"\b(\d+)\.(\d+)\b"), lambda found: f" {number(int(found[1]))} point {digits(found[2])} "),
    (re.compile(r"\b\d{1,3}(?:-\d{2,4})+\b"), lambda found: f" {digits(found[0])} "),
    (re.compile(r"&"), " and "),
    (re.compile(r"\d[\d,]*\d|\d"), _say_plain),
]
