"""Turns and words as the transcript shows them: doubtful words marked, corrected ones with what was recognised, redacted
ones as blocks that say what they hide.

Words that are nothing special are plain text, and when each begins stands once a turn: an hour of speech stays a page of
a fifth of a megabyte. The page's script makes them words again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from dashboards.notes import Correction, place_of
from dashboards.wording import clock, plain, when
from pipeline.records import Seconds, Turn, Word

DOUBT = 0.5  # words the recogniser is less sure of than this are marked


@dataclass(frozen=True, slots=True)
class WordView:
    """One word on screen. ``classes`` begins with a space or is empty; ``version`` is that of its correction, 0 for none."""

    text: str
    classes: str = ""
    title: str = ""
    original: str = ""
    version: int = 0
    sure: int | None = None  # percent, of a doubtful word

    @property
    def special(self) -> bool:
        """Whether it needs an element of its own: plain words are told apart by the space between them."""
        return bool(self.classes or self.version) or len(self.text.split()) != 1


@dataclass(frozen=True, slots=True)
class TurnView:
    """One turn on screen; ``role`` is the colour, ``name`` the words. ``times``: milliseconds from ``ms`` to the first word,
    from each word to the next, and from the last to the end of the turn."""

    party: str
    role: str
    name: str
    start: Seconds
    end: Seconds
    ms: int
    times: str
    clock: str
    words: tuple[WordView, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """What people wrote over words, by `place_of`, and the zone in which the page says when."""

    corrections: Mapping[str, Correction]
    zone: str = "UTC"

    def view(self, turn: Turn, word: Word) -> WordView:
        found = self.corrections.get(place_of(turn.party, word.start))
        if found is None or found.original != word.text or word.redacted:
            return word_view(word)
        if not found.text:
            view = word_view(word)
            return replace(view, version=found.version)
        title = f"Recognised as “{found.original}”. Corrected by {found.author}, {when(found.at, self.zone)}"
        return WordView(found.text, " corrected", title, found.original, found.version)


NOTHING_WRITTEN = Written({})


def turn_view(
    turn: Turn, roles: Mapping[str, str], names: Mapping[str, str], written: Written = NOTHING_WRITTEN
) -> TurnView:
    role, name = roles.get(turn.party, "unknown"), names.get(turn.party, turn.party)
    begins = [round(1000 * at) for at in (turn.start, *(word.start for word in turn.words), turn.end)]
    times = " ".join(str(later - earlier) for earlier, later in pairwise(begins))
    words = tuple(written.view(turn, word) for word in turn.words)
    return TurnView(turn.party, role, name, turn.start, turn.end, begins[0], times, clock(turn.start), words)


def word_view(word: Word) -> WordView:
    if word.redacted:
        return WordView(redacted_text(word), " redacted", "Removed from words and sound")
    if word.confidence is not None and word.confidence < DOUBT:
        return WordView(word.text, " doubt", sure=round(100 * word.confidence))
    return WordView(word.text)


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
