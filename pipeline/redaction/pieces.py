"""One written word as the words a speaker would have said: "cvv:123" is two, full-width digits are digits.

Recognisers and services that write numbers join what people say apart ("4111,1111,1111,1111", "exp0426"); the reading of
digits and the cues work on spoken words only.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pipeline.redaction.schemes import by_shape
from rules.spoken.atoms import bare

# Names of secrets that stand glued to them in notes and in written transcripts.
LABELS = frozenset(
    "cvv cvv2 cvc cvc2 cid csc cav pin exp expiry expires expiration card cardno cc ssn otp code dob iban account acct acc pan visa"
    " mastercard amex passcode password pw pwd passphrase birthdate email mail nhs sin bsn dni nif cpf curp".split()
)
MASKS = "x*•·#"
LEAST_CARD, MOST_CARD = 12, 19
MASKED = re.compile(rf"(?=(?:[^\d]*\d){{4}})(?=(?:[^{MASKS}]*[{MASKS}]){{4}})[\d{MASKS}-]{{12,24}}")
MASKED_PART = re.compile(rf"(?=.*\d|[{MASKS}]{{4}})[\d{MASKS}]{{4,6}}")
_LABELLED = re.compile(r"([a-z][a-z0-9_.]{1,20}?)[:=]+(?!//)(.+)")
_GLUED = re.compile(r"[a-z]+|\d[\d/.,_\u2010-\u2015-]*\d|\d")
_GROUPED = re.compile(r"\d{2,}(?:[,_·. \u2010-\u2015-]\d{2,})+")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+")
_WRITTEN_DATE = re.compile(r"\d{1,2}[._]\d{1,2}[._](?:\d{4}|\d{2})|\d{4}[._]\d{1,2}[._]\d{1,2}")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){2,3}")  # of a machine, or a version


@lru_cache(maxsize=50_000)
def pieces(text: str) -> tuple[str, ...]:
    """The bare lower-case words in one written word; never empty."""
    plain = bare(text if text.isascii() else unicodedata.normalize("NFKC", _ascii_digits(text)))
    if plain.isalpha() or plain.isdigit() or not any(c.isdigit() or c in ":=" for c in plain):
        return (plain,)
    labelled = _LABELLED.fullmatch(plain)
    if labelled is not None and not labelled[1].isdigit():
        return (*pieces(labelled[1]), *pieces(labelled[2]))
    glued = _GLUED.findall(plain)
    if "".join(glued) == plain and len(glued) > 1 and _tells(glued) and by_shape(plain) is None:
        return tuple(bare(_grouped(part)) for part in glued)
    return (_grouped(plain),)


def _ascii_digits(text: str) -> str:
    """Digits of every script as 0 to 9."""
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def _tells(glued: list[str]) -> bool:
    """Whether letters among the parts name what the digits are, or the digits are as long as a card number."""
    return glued[0] in LABELS or any(part in LABELS for part in glued[1:]) or any(len(part) >= 13 for part in glued)


def _grouped(text: str) -> str:
    """Groups of digits under any separator, joined by hyphens; amounts, dates and versions as they are."""
    if not _GROUPED.fullmatch(text) or _WRITTEN_DATE.fullmatch(text) or _ADDRESS.fullmatch(text):
        return text
    figures = re.sub(r"\D", "", text)
    if len(figures) < 7 or (_THOUSANDS.fullmatch(text) and len(figures) < LEAST_CARD):
        return text
    return re.sub(r"[^\d]", "-", text)
