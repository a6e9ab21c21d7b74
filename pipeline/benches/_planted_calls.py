"""Calls with a planted truth, from a seed, as a recogniser of a given word error rate would write them down.

Knows what was planted and nothing of how callsift looks for it: this file and _scenes.py import no rule, analyzer or scoring,
and a test keeps it so. Each planted call is one of several kinds that a reviewer would flag; some have it only in passing.
Three in ten of the others say things that merely sound like it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.benches._scenes import CHECK, CLOSING, FLAGGED, NEAR, OPENING, ORDINARY, SLOTS, Line
from pipeline.records import AudioFacts, Call, Metadata, Party, Turn, Word

LINES = {"service": 0.45, "bank": 0.25, "collections": 0.15, "sales": 0.15}  # of unflagged calls
OUTBOUND = frozenset({"collections", "sales"})
NEAR_SHARE = 0.3
PASSING = 0.3  # of the flagged calls: only the first exchange of what was planted happens
AGENTS = 40
PACE, PAUSE = 0.36, 0.5  # seconds a word, seconds between turns
# Of the errors of recognisers on telephone speech most are other words, then missing ones, then extra ones.
SUBSTITUTED, DELETED = 0.6, 0.25


@dataclass(frozen=True, slots=True)
class Planted:
    """A call as it was really said. ``kind`` is what was planted, empty for a call nobody would flag."""

    call: Call
    kind: str

    @property
    def flagged(self) -> bool:
        return bool(self.kind)


def planted(seed: int, good: int, bad: int) -> list[Planted]:
    """``good`` ordinary calls and ``bad`` ones that a reviewer would flag, mixed."""
    rng = random.Random(seed)
    kinds = list(FLAGGED)
    calls = [_call(rng, n, "") for n in range(good)]
    calls += [_call(rng, good + n, kinds[n % len(kinds)]) for n in range(bad)]
    rng.shuffle(calls)
    return calls


def misheard(call: Call, rate: float, rng: random.Random, vocabulary: Sequence[str]) -> Call:
    """The call with a word error rate of ``rate``; confidences are lower where it erred, but not always."""
    turns = []
    for turn in call.turns:
        words = tuple(_heard(turn.words, rate, rng, vocabulary))
        if words:
            turns.append(replace(turn, words=words))
    return replace(call, turns=tuple(turns))


def words_of(calls: Sequence[Planted]) -> list[str]:
    """Every word that is said, once for each time: what a recogniser takes another word for."""
    return [word.text for one in calls for turn in one.call.turns for word in turn.words]


def raters_say(truth: Sequence[bool], kappa: float, rng: random.Random) -> list[bool]:
    """What a rater decides who flags as many calls as there are, and agrees with the truth by ``kappa`` beyond chance."""
    share = sum(truth) / max(1, len(truth))
    missed, false = (1 - kappa) * (1 - share), (1 - kappa) * share
    return [rng.random() >= missed if flagged else rng.random() < false for flagged in truth]


def _call(rng: random.Random, n: int, kind: str) -> Planted:
    line = FLAGGED[kind][0] if kind else rng.choices(list(LINES), list(LINES.values()))[0]
    slots = {name: rng.choice(values.split("|")) for name, values in SLOTS.items()}
    lines = [*OPENING[line], *(CHECK if (line == "service" and rng.random() < 0.7) or line == "bank" else ())]
    middle = [rng.choice(ORDINARY) for _ in range(rng.randint(1, 7) + (not kind))]  # length alone must not tell
    if kind:
        scene = rng.choice(FLAGGED[kind][1])
        middle.insert(
            rng.randint(0, len(middle)), scene[: max(2, len(scene) // 2)] if rng.random() < PASSING else scene
        )
    if rng.random() < NEAR_SHARE:
        middle.insert(rng.randint(0, len(middle)), rng.choice(NEAR[line]))
    lines += [one for exchange in middle for one in exchange]
    if kind != "hung_up":
        lines += rng.choice(CLOSING)
    turns = tuple(_said(lines, slots, rng))
    length = turns[-1].end + rng.uniform(0.5, 3)
    metadata = Metadata(
        direction="outbound" if line in OUTBOUND else "inbound", queue=line, agent_id=f"ag-{rng.randrange(AGENTS)}"
    )
    parties = (Party("s1", "agent", 0.97, 0), Party("s2", "customer", 0.97, 1))
    facts = AudioFacts("0" * 64, "pcm_mulaw", 8000, 2, length, int(8000 * length))
    return Planted(Call(f"planted-{n}", "", metadata, facts, parties, turns, "en"), kind)


def _said(lines: Sequence[Line], slots: dict[str, str], rng: random.Random) -> Iterator[Turn]:
    at = 0.5
    for role, ways in lines:
        text = rng.choice(ways.split("|"))
        if text.startswith("~"):
            silence, _, text = text[1:].partition(" ")
            at += float(silence)
        party = "s1" if role == "a" else "s2"
        words = []
        for word in text.format_map(slots).split():
            long = PACE * rng.uniform(0.7, 1.3)
            words.append(Word(word, round(at, 2), round(at + 0.9 * long, 2), round(rng.betavariate(14, 1.2), 3), party))
            at += long
        yield Turn(party, words[0].start, words[-1].end, tuple(words))
        at += PAUSE * rng.uniform(0.5, 2)


def _heard(words: Sequence[Word], rate: float, rng: random.Random, vocabulary: Sequence[str]) -> Iterator[Word]:
    for word in words:
        if rng.random() >= rate:
            yield word
            continue
        unsure, what = round(rng.betavariate(4, 2.5), 3), rng.random()
        if what < SUBSTITUTED:
            yield replace(word, text=rng.choice(vocabulary), confidence=unsure)
        elif what >= SUBSTITUTED + DELETED:
            yield word
            yield replace(word, text=rng.choice(vocabulary), start=word.end, confidence=unsure)
