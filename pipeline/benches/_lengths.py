"""Scripted calls of any length, from a seed: planted scenes one after the other, as a recogniser would write them down.

One word in five is another one out of a long list, so that new words and phrases keep coming however long a call is. Roles are
left open, and the loudness is made up, so that everything behind the words has its work to do.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path

from pipeline.benches._planted_calls import misheard, planted
from pipeline.records import Call, Levels, Party, Seconds, Turn

WORDS = Path(__file__).parents[1] / "training" / "texts" / "lists" / "nouns.txt"
ERRORS = 0.2
STEP = 0.1  # seconds of a value of loudness
PARTIES = (Party("s1", channel=0), Party("s2", channel=1))


def scripted_call(seconds: Seconds, seed: int) -> Call:
    """A call of ``seconds`` with two parties whose roles nobody told."""
    rng = random.Random(seed)
    [pattern] = planted(seed, 1, 0)
    turns = tuple(_until(seconds, seed, rng))
    assert pattern.call.audio is not None
    facts = replace(pattern.call.audio, duration=seconds)
    return replace(pattern.call, id=f"scripted-{seed}-{seconds:g}", audio=facts, parties=PARTIES, turns=turns,
                   levels=_levels(seconds, rng), language=None)  # fmt: skip


def _until(seconds: Seconds, seed: int, rng: random.Random) -> Iterator[Turn]:
    at = 0.0
    for number in count():
        [scene] = planted(1000 * seed + number, 1, 0)
        for turn in misheard(scene.call, ERRORS, rng, _nouns()).turns:
            if at + turn.end > seconds:
                return
            yield _later(turn, at)
        at += scene.call.duration


def _later(turn: Turn, by: Seconds) -> Turn:
    words = tuple(replace(word, start=word.start + by, end=word.end + by) for word in turn.words)
    return Turn(turn.party, turn.start + by, turn.end + by, words)


def _levels(seconds: Seconds, rng: random.Random) -> Levels:
    return Levels(STEP, tuple(tuple(rng.uniform(-45.0, -25.0) for _ in range(int(seconds / STEP))) for _ in PARTIES))


@cache
def _nouns() -> tuple[str, ...]:
    return tuple(WORDS.read_text(encoding="utf-8").split())
