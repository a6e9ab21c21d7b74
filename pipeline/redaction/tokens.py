"""The words of a call as one stream in time, and the stretches of each party in which digits belong together.

A number may be split over turns ("four one one one" - "mm hm" - "one one one one"), so digits are read from a party's own
words with the others' short acknowledgements left out. A cue or a longer remark in between ends the number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.records import Call, Seconds, Word
from pipeline.redaction.cues import Cue
from rules.spoken import digits
from rules.spoken.atoms import bare

SHORT = 6  # words of the other party that do not end a number
PAUSE: Seconds = 25.0


@dataclass(frozen=True, slots=True)
class Token:
    """One word and where it stands: turn, place in the turn, lower-case text without punctuation.

    A typed word has no text: "[NUMBER]" is neither a word people say nor a cue.
    """

    turn: int
    place: int
    word: Word
    text: str


@dataclass(frozen=True, slots=True)
class Run:
    """Digits one party said: ``tokens`` are indices into the stream; ``chunk`` is equal for runs that may be one number."""

    tokens: tuple[int, ...]
    digits: str
    readings: tuple[str, ...]
    chunk: int

    @property
    def first(self) -> int:
        return self.tokens[0]

    @property
    def last(self) -> int:
        return self.tokens[-1]


def stream(call: Call) -> list[Token]:
    return [
        Token(t, p, word, "" if word.redacted else bare(word.text))
        for t, turn in enumerate(call.turns)
        for p, word in enumerate(turn.words)
    ]


def find_runs(tokens: Sequence[Token], cues: Sequence[Cue]) -> list[Run]:
    """Every run of digits of every party, in order of its first word."""
    runs: list[Run] = []
    for number, chunk in enumerate(_chunks(tokens, {cue.word for cue in cues})):
        for run in digits([tokens[i].text for i in chunk]):
            said = tuple(chunk[run.first : run.last + 1])
            runs.append(Run(said, run.digits, run.readings or (run.digits,), number))
    return sorted(runs, key=lambda run: run.first)


def _chunks(tokens: Sequence[Token], cue_words: set[int]) -> list[list[int]]:
    """Indices of one party's words that may hold one number."""
    turns = [list(group) for _, group in groupby(range(len(tokens)), key=lambda i: tokens[i].turn)]
    open_chunks: dict[str, list[int]] = {}
    chunks: list[list[int]] = []
    for turn in turns:
        party = tokens[turn[0]].word.party
        before = open_chunks.get(party)
        if before is not None and _continues(tokens, before[-1], turn[0], cue_words):
            before.extend(turn)
            continue
        chunks.append(list(turn))
        open_chunks[party] = chunks[-1]
    return chunks


def _continues(tokens: Sequence[Token], last: int, first: int, cue_words: set[int]) -> bool:
    if tokens[first].word.start - tokens[last].word.end > PAUSE:
        return False
    between = [i for i in range(last + 1, first) if tokens[i].word.party != tokens[first].word.party]
    if not cue_words.isdisjoint(between):
        return False
    spoken = digits([tokens[i].text for i in between])
    plain = len(between) - sum(run.last - run.first + 1 for run in spoken)
    return plain <= SHORT
