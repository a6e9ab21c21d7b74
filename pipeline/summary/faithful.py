"""Whether a written sentence is borne out by what was said: nothing a model invents may stand in a summary.

A sentence is kept when most of its content words, by stem, and all of its numbers were said in one turn or two that follow each other;
its evidence is that turn. This refuses paraphrase more often than it lets invention through, which is the side to err on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.records import Call, Evidence, Turn
from pipeline.topics.saying import stem
from rules.spoken import digits

SHARE = 0.6  # of the content words
SMALL = frozenset(
    "a an and are as at be been but by call called caller customer agent representative asked said says told for from had has have "
    "he her his i in is it its of on or our she so that the their them they this to was we were will with would you your".split()
)
SENTENCE = re.compile(r"[^.!?]+[.!?]?")
NEGATIONS = frozenset("not no never cannot".split())


def borne_out(text: str, call: Call) -> tuple[list[tuple[str, Evidence]], int]:
    """Sentences of ``text`` with the turn that says each, and how many were left out."""
    turns = [turn for turn in call.turns if any(not word.redacted for word in turn.words)]
    kept, dropped = [], 0
    for sentence in (found.group().strip() for found in SENTENCE.finditer(text)):
        if not re.search(r"\w", sentence):
            continue
        turn = _bearing(sentence, turns)
        if turn is None:
            dropped += 1
        else:
            kept.append((sentence, Evidence(turn.text, turn.start, turn.end, turn.party)))
    return kept, dropped


def _bearing(sentence: str, turns: Sequence[Turn]) -> Turn | None:
    """The turn that says most of ``sentence``; None where none says enough of it."""
    words = sentence.split()
    wanted, numbers, denied = _stems(words), _numbers(words), _denied(words)
    best, share = None, 0.0
    for place, turn in enumerate(turns):
        alone = [word.text for word in turn.words if not word.redacted]
        said = [word.text for near in turns[place : place + 2] for word in near.words if not word.redacted]
        if not wanted or not numbers <= _numbers(said):
            continue
        own = len(wanted & _stems(alone)) / len(wanted)
        both = len(wanted & _stems(said)) / len(wanted)
        if denied and not _denied(alone if own >= SHARE else said):
            continue
        if both >= SHARE and own > share:
            best, share = turn, own
    return best


def _stems(words: Sequence[str]) -> set[str]:
    plain = (re.sub(r"[^a-z']", "", word.lower()) for word in words)
    return {stem(word) for word in plain if word and word not in SMALL}


def _numbers(words: Sequence[str]) -> set[str]:
    return {run.digits for run in digits(list(words))}


def _denied(words: Sequence[str]) -> bool:
    plain = {word.lower().strip(".,!?") for word in words}
    return bool(plain & NEGATIONS) or any(word.endswith("n't") for word in plain)
