"""Dates of birth: dates after "date of birth" and the like, in the answer to it, in parts over turns, and repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from pipeline.redaction.blocks import Block
from pipeline.redaction.cues import Cue
from pipeline.redaction.dates import Date, dates
from pipeline.redaction.questions import answers, asks, content
from pipeline.redaction.tokens import Run, Token

NEAR = 25  # words after the cue in which the date is told
SHORT = 3  # words of an answer that may be a month alone
ECHO = 60  # words after the date in which it may be repeated or completed
YEAR = re.compile(r"(?:19|20)?\d\d")
PARTS = frozenset("year month day".split())  # "and the year"


def births(tokens: Sequence[Token], cues: Sequence[Cue], runs: Sequence[Run], turns: dict[int, range]) -> list[Block]:
    """A block for each part of each date, repairs included."""
    in_run = {i: run for run in runs for i in run.tokens}
    blocks: list[Block] = []
    for cue in cues:
        if cue.type != "DATE_OF_BIRTH":
            continue
        found = [*_told(tokens, cue.word, in_run, turns)]
        blocks += [Block("DATE_OF_BIRTH", date.first, date.last) for date in found]
        after = max((date.last for date in found), default=cue.word)
        blocks += _completed(
            tokens, after, in_run, turns, asked=tokens[cue.word].text == "year" or "year" in _words(tokens, cue.word)
        )
        blocks += _echoed(tokens, found, in_run)
    return blocks


def _words(tokens: Sequence[Token], at: int) -> list[str]:
    return [token.text for token in tokens[max(0, at - 2) : at + 1]]


def _told(tokens: Sequence[Token], word: int, in_run: dict[int, Run], turns: dict[int, range]) -> Iterator[Date]:
    """The dates soon after the cue; where there is none, the first date of the answers, and a lone month."""
    near = [date for date in dates(tokens, range(word + 1, min(len(tokens), word + NEAR)), in_run) if date.whole]
    if near or not asks(tokens, turns, word):
        yield from (_full(tokens, date, in_run) for date in near)
        return
    for said in answers(tokens, turns, word):
        told = [*dates(tokens, said, in_run)]
        alone = len(content(tokens, said)) <= SHORT  # "may" in a longer answer is no month
        whole = [date for date in told if date.whole] or [d for d in told if alone and (d.months or d.days)][:1]
        if whole:
            yield from whole
            return


def _full(tokens: Sequence[Token], date: Date, in_run: dict[int, Run]) -> Date:
    """``date`` as long as it is: the words near the cue may end in the middle of it."""
    longer = dates(tokens, range(date.first, min(len(tokens), date.last + 12)), in_run)
    return next((other for other in longer if other.first == date.first), date)


def _completed(
    tokens: Sequence[Token], after: int, in_run: dict[int, Run], turns: dict[int, range], *, asked: bool
) -> Iterator[Block]:
    """The year, month or day that is asked for or added soon after: "and the year" - "1975"."""
    for i in range(after if asked else after + 1, min(len(tokens), after + ECHO)):
        question = tokens[i].text in PARTS and i + 3 >= turns[tokens[i].turn].stop
        if not (question or (asked and i == after)):
            continue
        for said in answers(tokens, turns, i, patience=1):
            for date in dates(tokens, said, in_run):
                yield Block("DATE_OF_BIRTH", date.first, date.last)


def _echoed(tokens: Sequence[Token], found: Sequence[Date], in_run: dict[int, Run]) -> Iterator[Block]:
    """Whoever says a part of the date again, a year added or not."""
    for told in found:
        said = {tokens[i].text for i in chain(range(told.first, told.last + 1)) if len(tokens[i].text) > 2}
        for date in dates(tokens, range(told.last + 1, min(len(tokens), told.last + ECHO)), in_run):
            again = {tokens[i].text for i in range(date.first, date.last + 1)} & said - {"the", "and"}
            if date.whole and again:
                yield Block("DATE_OF_BIRTH", date.first, date.last)
