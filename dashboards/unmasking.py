"""Hearing a removed part of a call once more: who may, for what reason, and what is never heard again.

Only sound can be heard again, from the sealed original and only while that is kept: as the redaction policy of the call says, else
the setting `keep_originals`. The words of a removed part are stored nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from pipeline.records import Seconds, Word
from rules.errors import CallsiftError

# Card codes may not be kept even encrypted (PCI DSS 3.3.1); numbers and dates of cards and passcodes go the same way.
NEVER = frozenset({"CARD_NUMBER", "CARD_CODE", "CARD_EXPIRY", "PASSCODE"})
CARD_DIGITS = 13  # the least that a card number has
LEAST_REASON = 10  # characters


class UnmaskRefused(CallsiftError):
    """It cannot be heard; the message is for whoever asked."""


def may_be_kept(types: Iterable[str], words: Iterable[Word] = ()) -> bool:
    """Whether the sealed original of a call may outlive redaction, by the types that were removed from the call.

    ``words`` of the call: a removed number as long as a card's may be one that was misheard, whatever its type.
    """
    return not NEVER & set(types) and not any(_like_card(word) for word in words if word.redacted)


def _like_card(word: Word) -> bool:
    digits = word.facts.get("digits")
    return word.facts.get("luhn") is True or (isinstance(digits, int) and digits >= CARD_DIGITS)


class UnmaskDesk(Protocol):
    """What the call page asks for, for one signed-in person."""

    def kept_until(self, call_id: str) -> datetime | None:
        """Until when the sealed original is kept; None when it is gone."""
        ...

    def hear(self, call_id: str, start: Seconds, reason: str) -> bytes | None:
        """The original sound of the removed part that begins at ``start``, as WAV, once it is in the audit log with its reason.

        None when there is no such call for this person. Raises UnmaskRefused.
        """
        ...
