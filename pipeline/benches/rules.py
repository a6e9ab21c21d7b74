"""Rules that are phrases: the automaton of the engine against a loop of `re` over 1,000 rules.

Both are given texts, a turn a line. Ours reads them as a recogniser writes them (fillers, numbers, contractions and all); the
peer is given words that were already brought to tokens, which is in its favour; both must find the same rules in the same
calls. Ours is warm: it knows the words, and the stretches with numbers or spelled letters that it read before; the facts tell
what the very first reading costs, and how compiling and matching grow from 10 to 10,000 rules with as many hits.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pipeline.benches._ruletexts import calls, phrases
from pipeline.measuring.bench import Arms, BenchOptions
from rules.engine.patterns import Scope
from rules.engine.program import Program
from rules.language.schema import Said
from rules.language.tokens import split_word, tokens_of
from rules.spoken.atoms import atoms_of, bare

STEPS = (10, 100, 1_000, 10_000)
BASE = 10  # rules whose phrases are planted: hits stay the same however many rules there are


@dataclass(frozen=True)
class PhraseRules:
    """``count`` rules over ``size`` calls (``small``: what CI runs)."""

    name: str = "rules"
    count: int = 1_000
    good: float = 500.0
    goal: float = 1_200.0
    size: int = 8
    small: int = 2

    def prepare(self, options: BenchOptions) -> Arms:
        every = phrases(self.count)
        spoken = calls(self.small if options.small else self.size, every[:BASE])
        program = compiled(every)
        texts = list(map(written, spoken))
        tokens = ["\n".join(" ".join(token.text for token in tokens_of(words)) for words in turns) for turns in spoken]
        expressions = [re.compile(rf"\b{re.escape(phrase)}\b") for phrase in every]

        def ours() -> list[set[int]]:
            return program.phrases_said(texts)

        def peer() -> list[set[int]]:
            return [{at for at, one in enumerate(expressions) if one.search(text)} for text in tokens]

        work = sum(map(len, texts)) / 1e3
        return Arms(ours, peer, difference, work, "kB of text", "a loop of re over the rules",
                    {**first_reading(program, texts), **growth(options)})  # fmt: skip


def compiled(every: list[str]) -> Program:
    return Program((Said.model_validate({"any_of": [phrase]}), Scope()) for phrase in every)


def written(turns: list[tuple[str, ...]]) -> str:
    """A call as a transcript stands in a file: a turn a line."""
    return "\n".join(map(" ".join, turns))


def first_reading(program: Program, texts: list[str]) -> dict[str, Any]:
    """CPU seconds of our arm when it meets every word for the first time, and when it has read them before."""

    def first() -> None:
        for memory in (program.wording.forget, split_word.cache_clear, atoms_of.cache_clear, bare.cache_clear):
            memory()
        program.phrases_said(texts)

    took = {"first_cpu_ms": _least(first), "again_cpu_ms": _least(lambda: program.phrases_said(texts))}
    return {name: round(1e3 * seconds, 3) for name, seconds in took.items()}


def growth(options: BenchOptions) -> dict[str, Any]:
    """Compile and match times from 10 to 10,000 rules with the same hits, and the slopes over them (log by log)."""
    steps = STEPS[:3] if options.small else STEPS
    every = phrases(steps[-1])
    texts = list(map(written, calls(20, every[:BASE])))
    compile_s, match_s = [], []
    for count in steps:
        said = [Said.model_validate({"any_of": [phrase]}) for phrase in every[:count]]
        began = time.process_time()
        program = Program((one, Scope()) for one in said)
        compile_s.append(time.process_time() - began)
        match_s.append(_least(lambda program=program: program.phrases_said(texts)))  # type: ignore[misc]
    slopes = [math.log(b / a) / math.log(10) for a, b in pairwise(match_s)]
    return {
        "rules": list(steps), "compile_cpu_s": [round(s, 3) for s in compile_s],
        "match_cpu_ms": [round(1e3 * s, 2) for s in match_s],
        "slope": round(math.log(match_s[-1] / match_s[0]) / math.log(steps[-1] / steps[0]), 3),
        "largest_slope": round(max(slopes), 3),
    }  # fmt: skip


def _least(work: Callable[[], Any], times: int = 7) -> float:
    """The least CPU seconds of several runs, after one to warm up: other work on the machine only adds."""
    work()
    found = []
    for _ in range(times):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


def difference(ours: list[set[int]], peer: list[set[int]]) -> str | None:
    for at, (mine, theirs) in enumerate(zip(ours, peer, strict=True)):
        if mine != theirs:
            return f"call {at}: only ours {sorted(mine - theirs)[:5]}, only the loop {sorted(theirs - mine)[:5]}"
    return None if any(ours) else "nothing was found"


bench = PhraseRules()
