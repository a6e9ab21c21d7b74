"""The words of a call as one stream in time, and the stretches of each party in which digits belong together.

A number may be split over turns ("four one one one" - "mm hm" - "one one one one"), so digits are read from a party's own
words with the others' short acknowledgements left out. A cue or a longer remark in between ends the number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from pipeline.records import Call, Seconds, Word
from pipeline.redaction.cues import Cue
from pipeline.redaction.pieces import pieces
from rules.spoken import digits
from rules.spoken.foreign import foreign_digits

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
    """Digits one party said: ``tokens`` are indices into the stream; ``chunk`` is equal for runs that may be one number.

    ``cardinal``: in another language, one number said with hundreds or thousands, as amounts and years are.
    """

    tokens: tuple[int, ...]
    digits: str
    readings: tuple[str, ...]
    chunk: int
    cardinal: bool = False

    @property
    def first(self) -> int:
        return self.tokens[0]

    @property
    def last(self) -> int:
        return self.tokens[-1]


def stream(call: Call) -> list[Token]:
    """Every word of the call; what is written as one word and said as several ("cvv:123") is several tokens of one place."""
    tokens = [
        Token(t, p, word, text)
        for t, turn in enumerate(call.turns)
        for p, word in enumerate(turn.words)
        for text in (("",) if word.redacted else pieces(word.text))
    ]
    for i, token in enumerate(tokens):
        if token.text.startswith(("$", "£", "€")) and _begins_groups(tokens, i):
            tokens[i] = replace(token, text=token.text[1:])
    return tokens


def _begins_groups(tokens: Sequence[Token], at: int) -> bool:
    """ "$4111 1111 1111 1111": a sign that a formatter put before a number of several groups, which no amount has."""
    groups = [token.text for token in tokens[at : at + 3]]
    return (
        len(groups) == 3
        and all(len(group) in (4, 5) for group in (groups[0][1:], *groups[1:]))
        and all(group.isdigit() for group in (groups[0][1:], *groups[1:]))
    )


def find_runs(tokens: Sequence[Token], chunks: Sequence[Sequence[int]]) -> list[Run]:
    """Every run of digits of every party in any language, in order of its first word."""
    texts = [[tokens[i].text for i in chunk] for chunk in chunks]
    spoken = frozenset(run.language for said in texts for run in foreign_digits(said))
    runs: list[Run] = []
    for number, (chunk, said) in enumerate(zip(chunks, texts, strict=True)):
        other = foreign_digits(said, spoken) if spoken else []
        taken = {i for foreign in other for i in range(foreign.first, foreign.last + 1)}
        for foreign in other:
            place = tuple(chunk[foreign.first : foreign.last + 1])
            runs.append(Run(place, foreign.digits, (foreign.digits,), number, foreign.cardinal))
        for run in digits(said):
            if taken.isdisjoint(range(run.first, run.last + 1)):
                place = tuple(chunk[run.first : run.last + 1])
                runs.append(Run(place, run.digits, run.readings or (run.digits,), number))
    return sorted(runs, key=lambda run: run.first)


def find_chunks(tokens: Sequence[Token], cues: Sequence[Cue]) -> list[list[int]]:
    """Indices of one party's words that may hold one number."""
    cue_words = {cue.word for cue in cues}
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
