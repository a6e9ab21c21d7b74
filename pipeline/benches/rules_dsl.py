"""The full rule language: the engine against a straightforward evaluator of the same rules (rules/engine/plainly.py).

Both get the same calls as turns of words and pay for bringing them to tokens; both answer for every rule of every call, with
the evidence of each answer, and must agree on all of it. The rules are of six kinds and ask for choices, gaps, parts that may
be missing, words near others, words apart, speakers, windows of time, order, counts and absence.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from pipeline.benches._ruletexts import calls, plain_words, spoken_pairs, stay
from pipeline.measuring.bench import Arms, BenchOptions
from rules.engine.judging import judge
from rules.engine.kind import kinds
from rules.engine.plainly import Answer, PlainCall, answer
from rules.engine.ruleset import RuleSet, load_packs
from rules.examples import dialogue
from rules.facts import CallFacts
from rules.language.files import Pack, Rule

Body = dict[str, Any]


@dataclass(frozen=True)
class FullRules:
    """``count`` rules over ``size`` calls (``small``: what CI runs)."""

    name: str = "rules_dsl"
    count: int = 1_000
    good: float = 50.0
    goal: float = 300.0
    size: int = 1

    def prepare(self, options: BenchOptions) -> Arms:
        ruleset = rules(100 if options.small else self.count)
        told = spoken_calls(self.size)
        bodies = [rule.body for rule in ruleset.rules]
        _ = ruleset.program  # compiled outside the clock

        def ours() -> list[list[Answer]]:
            return [[as_answer(verdict) for verdict in judge(call, ruleset)] for call in told]

        def peer() -> list[list[Answer]]:
            return [[answer(body, plain) for body in bodies] for plain in map(PlainCall, told)]

        work = sum(len(turn.words) for call in told for turn in call.turns)
        found = sum(bool(evidence) for call in ours() for _, evidence in call)
        facts = {"rules": len(bodies), "answers_with_evidence": found, "answers": len(bodies) * len(told)}
        return Arms(ours, peer, difference, work, "words", "a plain evaluator of the rules", facts)


def as_answer(verdict: Any) -> Answer:
    return str(verdict.value), tuple((shown.start, shown.end, shown.party) for shown in verdict.evidence)


def difference(ours: list[list[Answer]], peer: list[list[Answer]]) -> str | None:
    for number, (mine, theirs) in enumerate(zip(ours, peer, strict=True)):
        for at, (one, other) in enumerate(zip(mine, theirs, strict=True)):
            if one != other:
                return f"call {number}, rule {at}: {one} is not {other}"
    return None if any(evidence for call in ours for _, evidence in call) else "nothing was found"


def spoken_calls(count: int, seed: int = 1) -> list[CallFacts]:
    """Calls of two parties that take turns at random."""
    rng = random.Random(seed)
    found = []
    for number, turns in enumerate(calls(count, [" ".join(pair) for pair in spoken_pairs()[:10]], seed)):
        lines = [f"{rng.choice(('agent', 'customer'))}: {' '.join(words)}" for words in turns]
        found.append(dialogue("\n".join(["agent: good to hear you", "customer: same here", *lines]), name=f"c{number}"))
    return found


def rules(count: int, seed: int = 3) -> RuleSet:
    """``count`` rules; a tenth of their phrases are words that the calls do hold together, the others are not."""
    writer = _Writer(random.Random(seed))
    model = load_packs().rules[0]
    head = {
        "title": "t", "severity": "low", "jurisdiction": "any", "source": "s", "as_of": "2026-11-20",
        "source_status": "unchecked", "why": "w", "misses": "m", "owner": "o", "examples": {},
    }  # fmt: skip
    found = []
    for number in range(count):
        body = writer.body(number)
        kind = kinds()[body["kind"]]
        read = kind.model.model_validate({"id": f"B-{number}", **head, **body})
        found.append(Rule(read, kind, "bench", model.source, f"{number}", model.scope))
    return RuleSet((Pack("bench", load_packs().packs[0].about, tuple(found)),))


class _Writer:
    """Bodies of rules from random words."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.words, self.pairs = plain_words(), spoken_pairs()

    def body(self, number: int) -> Body:
        said = self.said
        return (
            {"kind": "prohibited", "said": said(role="agent", near=[self.word(), self.word()], near_words=8)},
            {
                "kind": "prohibited",
                "said": said(all_of=[self.word(), self.word()], near_words=10, unless=[self.phrase()]),
            },
            {"kind": "required", "said": said(role="agent", first_seconds=60)},
            {"kind": "ordered", "first": said(role="agent"), "then": said(role="customer")},
            {"kind": "conditional", "trigger": said(role="customer"), "then": said(role="agent"), "within_seconds": 40},
            {"kind": "count", "said": said(), "at_most": 1},
            {"kind": "forbidden_after", "after": said(), "said": said(role="agent"), "within_seconds": 90},
            {"kind": "prohibited", "said": said(before=said(), at_least=2)},
            {"kind": "prohibited", "said": said(after=said())},
        )[number % 9]

    def said(self, **more: Any) -> Body:
        return {"any_of": [self.phrase() for _ in range(3)], "negated": "count", **more}

    def phrase(self) -> str:
        while True:
            a, b = self.rng.choice(self.pairs) if self.rng.random() < 0.1 else (self.word(), self.word())
            c, d = self.word(), self.word()
            if stay(a, b) and stay(a, c, b) and stay(c, d, b):
                break
        shapes = (f"{a} {b}", f"{a} [{c}] {b}", f"({a}|{c} {d}) {b}", f"{a} ...3 {b}", f"{a} * {b}", f"{a} {b} !({c})")
        return self.rng.choice(shapes)

    def word(self) -> str:
        return self.rng.choice(self.words)


bench = FullRules()
