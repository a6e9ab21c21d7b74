"""The parts of a call that redaction removed: what each was, and whether it may be heard once more.

Card data is never heard again: its codes may not be kept even encrypted (PCI DSS 3.3.1), and numbers and dates of cards
go the same way. Anything else can be heard while the sealed original is still kept, by who may, for a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboards.call_page.words import redacted_text
from dashboards.unmasking import NEVER
from dashboards.wording import clock
from pipeline.records import Seconds, Turn


@dataclass(frozen=True, slots=True)
class Original:
    """The sealed original of a call: until when it is kept (None: it is gone), and whether this person may hear it."""

    until: datetime | None = None
    may_unmask: bool = False


@dataclass(frozen=True, slots=True)
class Removed:
    """One removed part. ``why_not`` is empty where it can be heard again."""

    start: Seconds
    end: Seconds
    clock: str
    text: str
    why_not: str


def removed(turns: Sequence[Turn], original: Original) -> tuple[Removed, ...]:
    """The removed parts, in the order of the call."""
    found = [
        Removed(word.start, word.end, clock(word.start), redacted_text(word), why_not(word.kind, original))
        for turn in turns
        for word in turn.words
        if word.redacted
    ]
    return tuple(sorted(found, key=lambda part: part.start))


def why_not(kind: str, original: Original) -> str:
    """Why a removed part of this kind cannot be heard again, or nothing."""
    if kind in NEVER:
        return "Card data and passcodes are never heard again."
    if original.until is None:
        return "The original of this call is not kept."
    if not original.may_unmask:
        return "Only people with the right to unmask may hear it again."
    return ""
