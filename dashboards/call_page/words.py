"""Turns and words as the transcript shows them: doubtful words marked, redacted ones as blocks that say what they hide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboards.wording import clock, plain
from pipeline.records import Seconds, Turn, Word

DOUBT = 0.5  # words the recogniser is less sure of than this are marked


@dataclass(frozen=True, slots=True)
class WordView:
    """One word on screen. ``classes`` begins with a space or is empty."""

    text: str
    start: Seconds
    end: Seconds
    classes: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class TurnView:
    """One turn on screen; ``role`` is the colour, ``name`` the words."""

    party: str
    role: str
    name: str
    start: Seconds
    end: Seconds
    clock: str
    words: tuple[WordView, ...]


def turn_view(turn: Turn, roles: Mapping[str, str], names: Mapping[str, str]) -> TurnView:
    words = tuple(word_view(word) for word in turn.words)
    role, name = roles.get(turn.party, "unknown"), names.get(turn.party, turn.party)
    return TurnView(turn.party, role, name, turn.start, turn.end, clock(turn.start), words)


def word_view(word: Word) -> WordView:
    if word.redacted:
        return WordView(redacted_text(word), word.start, word.end, " redacted", "Removed from words and sound")
    if word.confidence is not None and word.confidence < DOUBT:
        sure = f"The recogniser is {100 * word.confidence:.0f} % sure of this word"
        return WordView(word.text, word.start, word.end, " doubt", sure)
    return WordView(word.text, word.start, word.end)


def redacted_text(word: Word) -> str:
    """``Card number · 16 digits · ends 4242``: the type, and of its facts what the policy left."""
    parts = [plain(word.kind.lower())]
    if (digits := word.facts.get("digits")) is not None:
        parts.append(f"{digits} digits")
    if (luhn := word.facts.get("luhn")) is not None:
        parts.append("check digit fits" if luhn else "check digit does not fit")
    if last := word.facts.get("last4"):
        parts.append(f"ends {last}")
    return " · ".join(parts)
