"""How far words can be trusted: where a hit may be a mishearing, and where silence proves nothing.

The limits are here and nowhere else. A transcript without confidences counts as certain only when people made it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from rules.engine.timeline import Timeline
from rules.facts import CallFacts, Poor
from rules.records import Party, Seconds, Turn, Word

HEARD = 0.6  # mean word confidence from which something counts as said
SILENT = 0.8  # mean word confidence of a span from which something counts as not said, without a second look
QUIET = 0.6  # the same for what is forbidden: its absence is the normal case
ROLE = 0.6  # role confidence from which a party is taken for what it is
OVERLAP = 0.6  # share of a hit that others talk over, in one channel
POOR = 0.5  # share of a hit that lies in poor sound
POOR_SILENT = 0.2  # share of the speech of a span in poor sound from which silence proves nothing
POOR_QUIET = 0.5  # the same for what is forbidden
SPEAK = frozenset({"en"})  # languages of the rules
FOREIGN, FOREIGN_QUIET = 0.2, 0.5  # share of the words of a span in other languages from which silence proves nothing
POOR_SOUND = {
    "noisy": "noise covers",
    "clipped": "the recording is overdriven in",
    "lost": "pieces of the sound are missing in",
}
UNTRUSTED_MARKS = {
    "asr_unsure": "the recogniser is not sure of the words of this call",
    "foreign_language": "the call is in a language the rules do not speak",
    "no_speech": "nobody was heard speaking",
}


def mean_confidence(words: Iterable[Word], *, trusted: bool) -> float | None:
    """Mean confidence of ``words``; None where nobody measured it and nobody vouches for them."""
    values = [1.0 if word.confidence is None else word.confidence for word in words]
    if not trusted and any(word.confidence is None for word in words):
        return None
    return fmean(values) if values else 1.0


def call_doubts(call: CallFacts) -> tuple[str, ...]:
    """Why no words of this call can be trusted, empty where they can."""
    return tuple(sentence for mark, sentence in UNTRUSTED_MARKS.items() if mark in call.marks)


def word_doubts(words: Sequence[Word], call: CallFacts) -> tuple[tuple[str, ...], float]:
    """Doubts about words that were heard, and their confidence."""
    mean = mean_confidence(words, trusted=call.trusted)
    if mean is None:
        return ("the transcript does not say how sure its words are",), 0.5
    if mean < HEARD:
        return (f"the words were heard with {mean:.0%} confidence only",), mean
    return (), mean


def role_doubt(party: Party | None, roles: frozenset[str]) -> str | bool | None:
    """None: the party has one of ``roles``. False: it surely has not. Else the doubt in words."""
    if not roles:
        return None
    if party is None or party.role == "unknown":
        return None if "unknown" in roles else "it is not known who said it"
    if party.role in roles:
        return None if party.role_confidence >= ROLE else f"it is not sure that the {party.role} said it"
    return False if party.role_confidence >= ROLE else f"it is not sure whether the {party.role} said it"


def overlap_doubt(start: Seconds, end: Seconds, party: Party | None, turns: Timeline[Turn]) -> str | None:
    """A doubt when others talk over most of ``start`` to ``end`` in the same channel."""
    if party is None or party.channel is not None or end <= start:
        return None
    covered = sum(_common(start, end, turn) for turn in turns.touching(start, end) if turn.party != party.id)
    return "others talk over it" if covered >= OVERLAP * (end - start) else None


def sound_doubt(start: Seconds, end: Seconds, party: Party | None, stretches: Timeline[Poor]) -> str | None:
    """A doubt when the sound of most of ``start`` to ``end`` is poor: lies in ``stretches``."""
    if not stretches.items or end <= start:
        return None
    for kind, words in POOR_SOUND.items():
        if _poor_seconds(stretches, party, start, end, kind) >= POOR * (end - start):
            return f"{words} it"
    return None


def _poor_seconds(
    stretches: Timeline[Poor], party: Party | None, start: Seconds, end: Seconds, kind: str | None = None
) -> Seconds:
    """How much of a span is poor on the channel of ``party``, of one kind or of any."""
    channel = None if party is None else party.channel
    spans = sorted(
        (max(start, poor.start), min(end, poor.end))
        for poor in stretches.touching(start, end)
        if kind in (None, poor.kind) and channel in (None, poor.channel)
    )
    total, reached = 0.0, start
    for first, last in spans:
        total += max(0.0, last - max(first, reached))
        reached = max(reached, last)
    return total


def _common(start: Seconds, end: Seconds, turn: Turn) -> Seconds:
    return max(0.0, min(end, turn.end) - max(start, turn.start))


class Silence:
    """Why it cannot be held that something was not said in a call, for many spans and roles of it.

    ``poor`` is where the sound is poor; what people wrote down needs no sound.
    """

    def __init__(self, call: CallFacts) -> None:
        self.call, self.turns = call, Timeline(call.turns)
        self.poor: Timeline[Poor] = Timeline(() if call.trusted else call.poor)
        self._doubts = call_doubts(call)
        self._silent = not any(turn.words for turn in call.turns)
        self._foreign = any(turn.language is not None and turn.language not in SPEAK for turn in call.turns)

    def doubts(self, roles: frozenset[str], start: Seconds, end: Seconds, least: float = SILENT) -> tuple[str, ...]:
        """Why "it was not said between ``start`` and ``end`` by one of ``roles``" cannot be held, empty where it can."""
        doubts = [*self._doubts, *(["no words were heard in this call"] if self._silent else [])]
        speaking = [party for party in self.call.parties if role_doubt(party, roles) is not False]
        known = [party for party in speaking if role_doubt(party, roles) is None]
        if roles and not speaking:
            doubts.append(f"nobody in this call is known to be the {' or '.join(sorted(roles))}")
        if roles and len(speaking) > len(known):
            doubts.append("it is not sure who of the parties is the " + " or ".join(sorted(roles)))
        others = (
            ()
            if "unknown" not in roles
            else {turn.party for turn in self.call.turns} - {p.id for p in self.call.parties}
        )
        doubts += self.by_sound(roles, start, end, POOR_QUIET if least <= QUIET else POOR_SILENT)
        doubts += self._by_language(roles, start, end, FOREIGN_QUIET if least <= QUIET else FOREIGN)
        mean = self._mean(frozenset([*(party.id for party in known), *others]) if roles else None, start, end)
        if mean is None:
            doubts.append("the transcript does not say how sure its words are")
        elif mean < least:
            doubts.append(f"the words there were heard with {mean:.0%} confidence only")
        return tuple(doubts)

    def by_sound(
        self, roles: frozenset[str], start: Seconds, end: Seconds, most: float = POOR_SILENT
    ) -> tuple[str, ...]:
        """The doubt when more than ``most`` of what those who may be one of ``roles`` say there is poor in sound."""
        if not self.poor.items:
            return ()
        parties = {p.id: p for p in self.call.parties if role_doubt(p, roles) is not False}
        turns = [turn for turn in self.turns.touching(start, end) if turn.party in parties]
        spoken = sum(_common(start, end, turn) for turn in turns)
        poor = sum(
            _poor_seconds(self.poor, parties[t.party], max(start, t.start), min(end, t.end)) for t in turns
        )  # fmt: skip
        return (f"{poor / spoken:.0%} of the speech there is poor in sound",) if spoken and poor > most * spoken else ()

    def _by_language(self, roles: frozenset[str], start: Seconds, end: Seconds, most: float) -> tuple[str, ...]:
        """The doubt when more than ``most`` of what those who may be one of ``roles`` say there is in other languages."""
        if not self._foreign:
            return ()
        parties = {p.id for p in self.call.parties if role_doubt(p, roles) is not False}
        turns = [turn for turn in self.turns.touching(start, end) if turn.party in parties]
        words = sum(len(turn.words) for turn in turns)
        foreign = sum(len(t.words) for t in turns if t.language is not None and t.language not in SPEAK)
        share = foreign / words if words else 0.0
        return (f"{share:.0%} of the words there are in a language the rules do not speak",) if share > most else ()

    def _mean(self, parties: frozenset[str] | None, start: Seconds, end: Seconds) -> float | None:
        """`mean_confidence` of the words of ``parties`` (None: of all) that begin in the span."""
        starts, confidences, numbers = self._words
        there = (starts >= start) & (starts < end)
        if parties is not None:
            there &= np.isin(numbers, [at for at, turn in enumerate(self.call.turns) if turn.party in parties])
        values = confidences[there]
        if not self.call.trusted and np.isnan(values).any():
            return None
        return fmean(np.where(np.isnan(values), 1.0, values).tolist()) if len(values) else 1.0

    @cached_property
    def _words(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
        """Start, confidence (nan: not known) and number of the turn of every word."""
        words = [(word.start, word.confidence, at) for at, turn in enumerate(self.call.turns) for word in turn.words]
        starts, confidences, numbers = zip(*words, strict=True) if words else ((), (), ())
        return np.array(starts, np.float64), np.array(confidences, np.float64), np.array(numbers, np.intp)
