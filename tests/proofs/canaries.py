"""Secrets that were spoken, and a search for them in whatever form they may have been written.

The reading of digits here is its own, not the pipeline's: "four triple zero oh five", "4000 05", "4-0-0-0-0-5" and a list
of words in a JSON document are the same number. Ids, hashes and fractions are no numbers that somebody said.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

SPOKEN = {"zero": "0", "oh": "0", "o": "0", "nought": "0", "one": "1", "two": "2", "three": "3", "four": "4",
          "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9"}  # fmt: skip
TIMES = {"double": 2, "triple": 3}
LONG = 6  # digits from which a number is looked for inside of longer ones, and in bytes of any kind
HASH = re.compile(r"\b(?=[0-9a-f-]*[a-f])[0-9a-f-]{8,}\b")
TOKEN = re.compile(r"[a-z']+|\d|[^\s\w'-]")


@dataclass(frozen=True)
class Canary:
    """A planted number: its digits, how it was said, and whether nobody said a word in between."""

    digits: str
    said: str
    at_once: bool = True

    def in_text(self, text: str) -> bool:
        """True when the text says or writes it. A short one must stand alone where it is written in digits."""
        if self.said in " ".join(text.lower().split()):
            return True
        return any(
            self.digits == run or (self.digits in run and (spoken or len(self.digits) >= LONG))
            for run, spoken in runs(text)
        )

    def in_bytes(self, data: bytes) -> bool:
        """True when bytes of any kind hold it plainly: as words, as digits, or in groups of digits."""
        if self.said.encode() in data.lower():
            return True
        if len(self.digits) < LONG:
            return False
        joined = "[ -]?".join(self.digits)
        return re.search(rf"(?<![\w.]){joined}(?!\w)".encode(), data) is not None


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """(digits, whether words were among them) of every stretch of digits."""
    digits, spoken, times = "", False, 1
    for token in [*TOKEN.findall(HASH.sub(" . ", text.lower())), "."]:
        if token in TIMES:
            times, spoken = TIMES[token], True
        elif token in SPOKEN or token.isdigit():
            digits += SPOKEN.get(token, token) * times
            spoken, times = spoken or token in SPOKEN, 1
        else:
            if digits:
                yield digits, spoken
            digits, spoken, times = "", False, 1


def texts(data: bytes) -> Iterator[str]:
    """What can be read in bytes: packed or plain, the strings of a JSON document in their order, or the text."""
    plain = unpacked(data)
    try:
        text = plain.decode()
    except UnicodeDecodeError:
        return
    try:
        document = json.loads(text)
    except ValueError:
        yield text
    else:
        yield " ".join(leaves(document))
        by_name: dict[str, list[str]] = {}
        gather(document, "", by_name)
        yield from map(" ".join, by_name.values())


def unpacked(data: bytes) -> bytes:
    for skip in (0, 4):  # posteriors have four letters before what is packed
        try:
            return zlib.decompress(data[skip:])
        except zlib.error:
            continue
    return data


def leaves(document: object) -> Iterator[str]:
    """Strings and whole numbers of a document, in order; a fraction is a measurement and parts what stands beside it."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield f"{key} ;"
            yield from leaves(value)
    elif isinstance(document, list):
        for value in document:
            yield from leaves(value)
        yield ";"
    elif isinstance(document, str):
        yield document
    elif isinstance(document, int) and not isinstance(document, bool):
        yield f"; {document} ;"
    else:
        yield ";"


def gather(document: object, name: str, by_name: dict[str, list[str]]) -> None:
    """Strings by the name they stand under: words that are each an object of their own make a sentence again."""
    if isinstance(document, dict):
        for key, value in document.items():
            gather(value, key, by_name)
    elif isinstance(document, list):
        for value in document:
            gather(value, name, by_name)
    elif isinstance(document, str):
        by_name.setdefault(name, []).append(document)
