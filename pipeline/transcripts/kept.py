"""What of a transcript's other fields may be kept: all of it, but without what redaction would remove from the words.

Texts go through the policy. Inside lists, where formats repeat what was said piece by piece (alternatives, words,
entities), digits may be a card number in pieces that no policy can see: there every text with a digit or a spoken number
goes. Numbers, moments, ids, scores and labels stay.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from pipeline.ingest.metadata import SECRET, without_card
from pipeline.records import Call, Turn, Word
from pipeline.redaction import Policy, redact
from rules.spoken import digits

REMOVED = "[REMOVED]"
LONGEST = 20_000  # characters of one text
MOST = 200_000  # values altogether
SAFE = re.compile(
    r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|\d{4}-\d\d-\d\d([T ][\d:.]+(Z|[+-][\d:]+)?)?|PT[\dHMS.]+|\d{1,6}\.\d+s?|[a-z]{2}-[A-Z]{2}"
)  # ids, moments, durations, decimals: digits that nobody spoke
QUERY = re.compile(r"(https?://[^\s?#]+)[?#]\S*")


def kept(meta: Mapping[str, Any], policy: Policy) -> dict[str, Any]:
    """``meta`` as it may be stored."""
    return _Keeper(policy).table(meta, listed=False)


class _Keeper:
    """Walks one document; a text that comes often is redacted once."""

    def __init__(self, policy: Policy) -> None:
        self._policy, self._known, self._count = policy, dict[str, str](), 0

    def table(self, values: Mapping[str, Any], *, listed: bool) -> dict[str, Any]:
        inside = listed or (bool(values) and all(key.isdigit() for key in values))  # a list, as `Node.left` tells it
        found = {self._key(key): self._value(key, value, listed=inside) for key, value in values.items()}
        return {key: value for key, value in found.items() if value is not None}

    def _value(self, key: str, value: Any, *, listed: bool) -> Any:
        self._count += 1
        if self._count > MOST:
            return None
        if SECRET.search(re.sub(r"[_.]|(?<=[a-z])(?=[A-Z])", " ", key)):
            return REMOVED
        if isinstance(value, dict):
            return self.table(value, listed=listed)
        if isinstance(value, list):
            return [self._value("", item, listed=True) for item in value]
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
            self._known[text] = self._redacted(QUERY.sub(r"\1", text))
        if listed and not SAFE.fullmatch(text) and _has_number(text):
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
        return without_card(call.turns[0].text) if call.redactions else without_card(text)


def _has_number(text: str) -> bool:
    """Whether anything in a text is a digit, or a number as it is spoken."""
    return any(c.isdigit() for c in text) or bool(digits(text.split()))
