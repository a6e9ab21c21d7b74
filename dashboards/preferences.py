"""What a person sets for themselves: their keys, whether single keys work, how dense lists are, light or dark, their zone.

Keys are chosen from a closed list of names and kept by the name of what they do, so that nothing a person types ever
reaches a page of anybody. Answers (1 to 9, 0), Enter, Escape, arrows up and down and ``?`` stay as they are.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import combinations
from typing import Protocol

from rules.errors import CallsiftError


@dataclass(frozen=True, slots=True)
class Deed:
    """Something a key does. ``pages``: where; two deeds of one page need different keys unless they share one from the start."""

    name: str
    group: str
    words: str
    key: str
    pages: frozenset[str]


CALL, REVIEW, QUEUE = frozenset({"call"}), frozenset({"call", "review"}), frozenset({"queue"})
DEEDS: tuple[Deed, ...] = (
    Deed("player.play", "Player", "Play or pause", "Space", REVIEW),
    Deed("player.back", "Player", "Back 5 s", "J", REVIEW),
    Deed("player.forward", "Player", "Forward 5 s", "L", REVIEW),
    Deed("player.back_more", "Player", "Back 15 s", "Shift+J", CALL),
    Deed("player.forward_more", "Player", "Forward 15 s", "Shift+L", CALL),
    Deed("player.next_place", "Player", "Next place with a reason", "K", CALL),
    Deed("player.place_before", "Player", "The place before", "Shift+K", CALL),
    Deed("player.slower", "Player", "Slower", "[", CALL),
    Deed("player.faster", "Player", "Faster", "]", CALL),
    Deed("transcript.follow", "Transcript", "Follow the voice, or stop following", "F", CALL),
    Deed("transcript.search", "Transcript", "Search in this call", "/", CALL),
    Deed("transcript.next_hit", "Transcript", "Next hit", "N", CALL),
    Deed("transcript.hit_before", "Transcript", "Previous hit", "P", CALL),
    Deed("comments.write", "Comments", "Comment on this second", "C", CALL),
    Deed("comments.stretch", "Comments", "Mark a stretch", "R", CALL),
    Deed("comments.correct", "Comments", "Correct the word that is lit", "E", CALL),
    Deed("comments.undo", "Comments", "Take back what was done last", "U", CALL),
    Deed("scorecard.begin", "Scorecard", "Begin the review of this call", "G", CALL),
    Deed("scorecard.note", "Scorecard", "Write a note on the marked question", "M", REVIEW),
    Deed("scorecard.undo", "Scorecard", "Take back what was done last", "U", REVIEW),
    Deed("scorecard.submit", "Scorecard", "Submit, and on to the next call", "Ctrl+Enter", REVIEW),
    Deed("queue.next_call", "Queue", "Next call of this queue", "N", CALL),
    Deed("queue.call_before", "Queue", "Previous call of this queue", "P", CALL),
    Deed("queue.skip_call", "Queue", "Skip this call", "Ctrl+Space", CALL),
    Deed("queue.row_next", "Queue", "Next row", "J", QUEUE),
    Deed("queue.row_before", "Queue", "Previous row", "K", QUEUE),
    Deed("queue.take_next", "Queue", "Open the next call that nobody has", "N", QUEUE),
    Deed("queue.choose", "Queue", "Choose the row, or not", "X", QUEUE),
    Deed("queue.range", "Queue", "Choose all rows from the one chosen last", "Shift+X", QUEUE),
    Deed("queue.skip", "Queue", "Skip the call, with a reason", "S", QUEUE),
)
BY_NAME: Mapping[str, Deed] = {deed.name: deed for deed in DEEDS}
_LETTERS = tuple(string.ascii_uppercase)
_NAMED = ("Space", "Home", "End", "PageUp", "PageDown", "ArrowLeft", "ArrowRight", "F2", "F4", "F7", "F8", "F9", "F10")
_MEDIA = ("MediaPlayPause", "MediaStop", "MediaTrackNext", "MediaTrackPrevious")  # foot pedals send these
KEYS: tuple[str, ...] = (
    *_LETTERS, *(f"Shift+{key}" for key in _LETTERS), *(f"Alt+{key}" for key in _LETTERS), *"[]/;,.'-=`\\", *_NAMED, *_MEDIA,
    *(f"Shift+{key}" for key in _NAMED), "Ctrl+Enter", "Ctrl+Space", "Ctrl+ArrowLeft", "Ctrl+ArrowRight",
)  # fmt: skip
_BY_LOWER: Mapping[str, str] = {key.lower(): key for key in KEYS}

DENSITIES: Mapping[str, str] = {"comfortable": "comfortable", "compact": "compact"}
THEMES: Mapping[str, str] = {"system": "as the system says", "light": "light", "dark": "dark"}


class PreferencesRefused(CallsiftError):
    """What was sent cannot be kept; ``faults`` says why at which field."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Preferences:
    """What counts for one person. ``keys`` holds only what differs from the key a deed has by itself."""

    keys: Mapping[str, str] = field(default_factory=dict)
    single_keys: bool = True
    density: str = "comfortable"
    theme: str = "system"

    def key(self, deed: Deed) -> str:
        return self.keys.get(deed.name, deed.key)


def own_keys(typed: Mapping[str, str]) -> dict[str, str]:
    """The keys of a form (deed -> what was typed), only those that differ. Raises PreferencesRefused, fault by field."""
    faults: dict[str, str] = {}
    chosen: dict[str, str] = {}
    for name, text in typed.items():
        if name not in BY_NAME:
            continue  # a deed of another version
        key = _BY_LOWER.get(text.strip().lower().replace(" ", ""))
        if key is None:
            near = get_close_matches(text.strip()[:20].title(), KEYS, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            faults[name] = f"This is no key that can be chosen.{meant}" if text.strip() else "Name a key."
        else:
            chosen[name] = key
    faults |= {name: said for name, said in clashes(chosen).items() if name not in faults}
    if faults:
        raise PreferencesRefused(faults)
    return {name: key for name, key in chosen.items() if key != BY_NAME[name].key}


def clashes(keys: Mapping[str, str]) -> dict[str, str]:
    """Deeds of one page that would have the same key, each with the sentence that says so."""
    found: dict[str, str] = {}
    for one, two in combinations(DEEDS, 2):
        same = keys.get(one.name, one.key) == keys.get(two.name, two.key)
        if same and one.pages & two.pages and one.key != two.key:
            for this, other in ((one, two), (two, one)):
                found.setdefault(this.name, f"{keys.get(this.name, this.key)} is also the key of “{other.words}”.")
    return found


def checked(kept: Mapping[str, object]) -> dict[str, str]:
    """Keys as they were kept, without what this version knows no more: a page is given names of the closed lists only."""
    return {
        name: key
        for name, key in kept.items()
        if name in BY_NAME and isinstance(key, str) and key in _BY_LOWER.values()
    }


class PreferenceDesk(Protocol):
    """One's own preferences, for one signed-in person."""

    def mine(self) -> Preferences: ...

    def keep_keys(self, typed: Mapping[str, str]) -> None:
        """Keep the keys of a form; an empty mapping puts all back. Raises PreferencesRefused."""
        ...

    def keep_single(self, *, on: bool) -> None: ...

    def keep_look(self, density: str, theme: str, zone: str) -> None:
        """Raises PreferencesRefused."""
        ...

    def zones(self) -> Sequence[str]:
        """Names of zones to choose from."""
        ...
