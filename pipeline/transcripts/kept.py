"""What of a transcript's other fields may be kept: all of it, but without what redaction would remove from the words.

Texts go through the policy. Inside lists, where formats repeat what was said piece by piece (alternatives, words,
entities), digits may be a card number in pieces that no policy can see: there every text with a digit or a spoken number
goes. Numbers, moments, ids, scores and labels stay.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.ingest.metadata import SECRET, without_card
from pipeline.records import Call, Turn, Word
from pipeline.redaction import Policy, redact
from pipeline.redaction.checks import holds_card
from rules.spoken import digits

REMOVED = "[REMOVED]"
SHORT_NOTE = 6  # words of a note in which a word for a secret and a number belong together
LONGEST = 20_000  # characters of one text
MOST = 200_000  # values altogether
SAFE = re.compile(
    r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|\d{4}-\d\d-\d\d([T ][\d:.]+(Z|[+-][\d:]+)?)?|PT[\dHMS.]+|\d{1,6}\.\d+s?|[a-z]{2}-[A-Z]{2}"
)  # ids, moments, durations, decimals: digits that nobody spoke
QUERY = re.compile(r"(https?://[^\s?#]+)[?#]\S*")
LOGIN = re.compile(r"(?<=://)[^\s/@:]+(?::[^\s/@]*)?@")  # https://user:password@host
TOKEN = re.compile(
    r"[A-Za-z][A-Za-z_.-]{2,}\d{1,2}[A-Za-z_.-]*|[a-z]+/[a-z0-9.+-]+|sha\d+|\d?[a-z]+\d+[a-z]*_?url"
)  # names of codes and formats
# Keys whose values are secrets of a type, where the policy removes that type; `pipeline.ingest.metadata.SECRET` goes always.
KEYS = {
    kind: re.compile(rf"\b(?:{keys})\b", re.I)
    for kind, keys in {
        "CARD_NUMBER": "pan|card (?:number|num|no)|(?:credit|debit) card|card",
        "CARD_EXPIRY": "exp|expiry|expiration|expires|exp date|valid thru",
        "NATIONAL_ID": r"national id\w*|national insurance|nino|nhs|sin|tax id|dni|nie|nif|bsn|cpf|curp|aadhaar|rrn|pesel|passport\w*"
        r"|driver'?s? licen[sc]e|licen[sc]e number",
        "BANK_ACCOUNT": "iban|bank account|account (?:number|num|no)|acct(?: (?:number|num|no))?|routing(?: number)?|sort code",
        "DATE_OF_BIRTH": "dob|birth ?(?:date|day)|date of birth",
        "EMAIL": "e ?mails?|mailto",
        "ADDRESS": "(?:street|postal|home|billing|mailing) address|street|zip(?: code)?|postcode|postal code",
        "NUMBER": "tel|phone(?: number)?|msisdn",
        "NAME": "(?:first|last|full|family|given|sur|agent|customer|caller|user|display|person|party|contact) ?name|surname",
    }.items()
}
PEOPLE = re.compile(
    r"part(y|ies)|participants?|agents?|customers?|callers?|contacts?|people|persons?|speakers?|users?", re.I
)
LABEL = re.compile(r"type|name|label|kind|entity(_?type)?|category|key|field|entity_?name", re.I)
SPOKEN_SECRET = re.compile(r"\b(code|cvv|cvc|pin|card|security|ssn|social|password|passcode|expir\w*)\b", re.I)


def kept(meta: Mapping[str, Any], policy: Policy) -> dict[str, Any]:
    """``meta`` as it may be stored."""
    return _Keeper(policy).table(meta, listed=False)


class _Keeper:
    """Walks one document; a text that comes often is redacted once."""

    def __init__(self, policy: Policy) -> None:
        self._policy, self._known, self._count = policy, dict[str, str](), 0

    def table(self, values: Mapping[str, Any], *, listed: bool, people: bool = False) -> dict[str, Any]:
        if _is_card([value for value in values.values() if not isinstance(value, list | dict)]) or self._labelled(
            values
        ):
            return {self._key(key): value if LABEL.fullmatch(key) else REMOVED for key, value in values.items()}
        if people and "NAME" in self._policy.remove:
            values = {key: REMOVED if key == "name" and value else value for key, value in values.items()}
        inside = listed or (bool(values) and all(key.isdigit() for key in values))  # a list, as `Node.left` tells it
        found = {self._key(key): self._value(key, value, listed=inside, people=people) for key, value in values.items()}
        return {key: value for key, value in found.items() if value is not None}

    def _labelled(self, values: Mapping[str, Any]) -> bool:
        """{"type": "cvv", "value": 739}: the label of one field names what stands in another."""
        labels = (
            value
            for key, value in values.items()
            if LABEL.fullmatch(key) and isinstance(value, str) and len(value) < 60
        )
        return len(values) > 1 and any(self._secret(label) for label in labels)

    def _secret(self, key: str) -> bool:
        """Whether a key says that its value is a secret which the policy removes."""
        plain = _spaced(key)
        return SECRET.search(plain) is not None or any(
            kind in self._policy.remove and pattern.fullmatch(plain) for kind, pattern in KEYS.items()
        )

    def _value(self, key: str, value: Any, *, listed: bool, people: bool = False) -> Any:
        self._count += 1
        if self._count > MOST:
            return None
        plural = isinstance(value, list | dict)
        if SECRET.search(_spaced(key)) or (value and not plural and self._secret(key)):
            return REMOVED
        people = PEOPLE.fullmatch(key) is not None or (people and not key)
        if isinstance(value, dict):
            return self.table(value, listed=listed, people=people)
        if isinstance(value, list):
            if _is_card(value) or self._secret(key):
                return REMOVED
            return [self._value("", item, listed=True, people=people) for item in value]
        if isinstance(value, str):
            return self._text(value[:LONGEST], listed=listed)
        return self._number(value)

    def _number(self, value: Any) -> Any:
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        if isinstance(value, bool) or not isinstance(value, int):
            return value
        if abs(value) >= 1 << 63:
            return REMOVED  # no number of anything
        shown = without_card(str(value))
        return value if shown == str(value) else shown

    def _text(self, text: str, *, listed: bool) -> str:
        if text not in self._known:
            self._known[text] = self._redacted(LOGIN.sub("", QUERY.sub(r"\1", text)))
        if listed and not SAFE.fullmatch(text) and not TOKEN.fullmatch(text) and _has_number(text):
            return REMOVED
        return self._known[text]

    def _key(self, key: str) -> str:
        return without_card(key[:200])

    def _redacted(self, text: str) -> str:
        """The text as the policy leaves it; what it would touch stands as typed words."""
        said = text.split()
        if len(said) < 2 and not any(c.isdigit() or c == "@" for c in text):
            return text
        if SAFE.fullmatch(text):
            return text
        words = tuple(Word(word, float(n), float(n + 1), None, "s1") for n, word in enumerate(said))
        call = redact(Call("meta", turns=(Turn("s1", 0.0, float(len(words)), words),)), self._policy)
        left = without_card(call.turns[0].text) if call.redactions else without_card(text)
        if len(said) <= SHORT_NOTE and SPOKEN_SECRET.search(left) and _has_number(left):
            return REMOVED  # "code 739": too short to tell what the number is
        return left


def _spaced(key: str) -> str:
    """ "nationalId", "national_id" and "national.id" as words."""
    return re.sub(r"[_.-]|(?<=[a-z])(?=[A-Z])", " ", key).strip()


def _is_card(values: Sequence[Any]) -> bool:
    """Whether scalars beside each other, put together, are a card number: [4000, 1234, 5678, 9010]."""
    plain = [str(value) for value in values if isinstance(value, int | str) and not isinstance(value, bool)]
    digits = [text for text in plain if text.isascii() and text.isdigit() and len(text) <= 19]
    if not (2 <= len(digits) <= 19 and 13 <= sum(map(len, digits)) <= 19):
        return False
    groups = len(digits) == len(values) and all(3 <= len(text) <= 6 for text in digits) and digits[0][0] in "3456"
    return groups or holds_card("".join(digits))


def _has_number(text: str) -> bool:
    """Whether anything in a text is a digit, or a number as it is spoken."""
    return any(c.isdigit() for c in text) or bool(digits(text.split()))
