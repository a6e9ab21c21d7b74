"""What was said, as the finders of topics read it: the words of the customer, their stems, and phrases with gaps.

A phrase is written as people say it: ``cancel my plan|contract`` takes one of the words between bars, ``*`` up to three words
of anything. Words are compared by their stems, so "cancelling my plans" is met as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from pipeline.records import Call, Evidence, Turn, Word

GAP = 3  # words that a star may stand for
FEWEST = 5  # words of customers, below which everybody is read
REASON_WORDS = 40  # of the beginning, in which people say why they call
GREETINGS = frozenset(
    "hi hii hello hai hey good morning afternoon evening day yes yeah no ok okay thanks thank you bye there".split()
)
NEGATIONS = frozenset("not don't dont doesn't didn't never won't isn't wouldn't can't cannot without".split())
ASKS = re.compile(
    r"\?\s*$|\b(?:do|did|would|are|were|have|had|can|could|will|is|was)(?:n't)? (?:you|your|this|that|it|there)\b", re.I
)
DENIES = re.compile(r"(?:(?:um|uh|oh|well|sorry)\W+)*(?:no|nope|nah|not really|not at all)\b", re.I)
NEAR = 3  # words before a phrase in which a negation turns it round


@dataclass(frozen=True, slots=True)
class Said:
    """Words of one turn that met a phrase."""

    turn: Turn
    first: int
    last: int  # inclusive

    @property
    def words(self) -> tuple[Word, ...]:
        return self.turn.words[self.first : self.last + 1]

    def evidence(self) -> Evidence:
        words = self.words
        return Evidence(" ".join(w.text for w in words), words[0].start, words[-1].end, self.turn.party)

    @property
    def negated(self) -> bool:
        """True where somebody says that it is not so: "i don't want to cancel"."""
        before = [bare(word.text) for word in self.turn.words[max(0, self.first - NEAR) : self.first]]
        return any(word in NEGATIONS for word in before)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase as it is written, and its steps: sets of stems, None for a gap."""

    text: str
    steps: tuple[frozenset[str] | None, ...]

    def find(self, turn: Turn, stems: Sequence[str]) -> Said | None:
        """The first place of ``turn`` (whose words have ``stems``) where the phrase stands."""
        begin = self.steps[0] if self.steps else None
        if begin is not None and begin.isdisjoint(stems):
            return None  # of thousands of phrases nearly all end here
        for first in range(len(stems)):
            last = self._from(stems, first, 0)
            if last is not None:
                return Said(turn, first, last)
        return None

    def _from(self, stems: Sequence[str], at: int, step: int) -> int | None:
        """The last word, when the steps from ``step`` on are met from word ``at`` on."""
        if step == len(self.steps):
            return at - 1
        wanted = self.steps[step]
        if wanted is None:
            ends = (
                self._from(stems, at + skipped, step + 1) for skipped in range(GAP + 1) if at + skipped <= len(stems)
            )
            return next((end for end in ends if end is not None), None)
        return self._from(stems, at + 1, step + 1) if at < len(stems) and stems[at] in wanted else None


class Phrasebook:
    """Many phrases that are looked for together: only those one of whose first words stands in a turn are tried."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._phrases = tuple(dict.fromkeys(phrases))
        self._opened_by: dict[str, list[int]] = {}
        self._anywhere: list[int] = []  # those that begin with a gap
        for number, one in enumerate(self._phrases):
            if not one.steps or one.steps[0] is None:
                self._anywhere.append(number)
            else:
                for opening in one.steps[0]:
                    self._opened_by.setdefault(opening, []).append(number)

    def find(self, turn: Turn, stems: Sequence[str]) -> dict[str, Said]:
        """The first place in ``turn`` of each phrase that stands there, by the phrase's text."""
        tried = {number for word in set(stems) for number in self._opened_by.get(word, ())}
        found = {}
        for number in sorted(tried.union(self._anywhere)):
            place = self._phrases[number].find(turn, stems)
            if place is not None:
                found[self._phrases[number].text] = place
        return found


@cache
def phrase(text: str) -> Phrase:
    """``text`` ready to be looked for."""
    steps = (
        None if part == "*" else frozenset(stem(word) for word in part.split("|")) for part in text.lower().split()
    )
    return Phrase(text, tuple(steps))


def bare(word: str) -> str:
    return word.lower().replace("’", "'").strip('.,?!;:"()')


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    return str(_stemmer().stemWord(bare(word)))


def stems_of(turn: Turn) -> list[str]:
    """One stem a word; redacted words have their type, which no phrase meets."""
    return [word.kind if word.redacted else stem(word.text) for word in turn.words]


def by_customer(call: Call) -> list[Turn]:
    """Turns of customers; of everybody where it is not known who they are or they hardly speak, less denied questions."""
    own = [turn for turn in call.turns if call.role_of(turn.party) == "customer"]
    if sum(len(turn.words) for turn in own) >= FEWEST:
        return own
    denied = {id(turn) for turn, after in pairwise(call.turns) if _denied(turn, after)}
    return [turn for turn in call.turns if id(turn) not in denied]


def _denied(turn: Turn, after: Turn) -> bool:
    """Whether a question gets a no from the other party: what it asks about is then no reason to call."""
    return turn.party != after.party and bool(DENIES.match(after.text)) and bool(ASKS.search(turn.text))


def spoken(turn: Turn) -> str:
    """The words of a turn without redacted ones."""
    return " ".join(word.text for word in turn.words if not word.redacted)


def letters(text: str) -> list[str]:
    """Words without figures and signs; single letters that are no words go."""
    return [word for word in re.findall(r"[a-z']+", text.lower().replace("’", "'")) if len(word) > 1 or word in "ai"]


def reason(texts: Iterable[str]) -> str:
    """The first words in which somebody says why they call: greetings and bare answers left out."""
    words: list[str] = []
    for said in map(letters, texts):
        if not set(said) <= GREETINGS:
            words += said
        if len(words) >= REASON_WORDS:
            break
    return " ".join(words[:REASON_WORDS])


def grams(words: Sequence[str], longest: int) -> Iterator[tuple[str, ...]]:
    for size in range(1, longest + 1):
        for at in range(len(words) - size + 1):
            yield tuple(words[at : at + size])


@cache
def _stemmer() -> Any:
    import snowballstemmer  # builds its tables on import

    return snowballstemmer.stemmer("english")
