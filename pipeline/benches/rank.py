"""Bad calls found: the queue against random, longest, most negative and most rules broken, on planted truth.

Ours is what a house has after its first 400 reviews, made by raters who agree with the truth by a kappa of 0.6: 280 calls
from the top of the weights' ranking and 120 drawn at random; the weights alone, before any review, are told beside it. All
arms rank the same calls, none of which was reviewed, though planted from the same scenes: how far a ranker carries over to
faults nobody has reviewed yet is not measured here. Effort is the share of calls heard whole; ``clips`` is what the budget
finds in the time that hearing 2 % of the calls whole would take.
"""

from __future__ import annotations

import json
import math
import multiprocessing
import os
import random
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pipeline.benches._planted_calls import Planted, misheard, planted, raters_say, words_of
from pipeline.measuring.bench import BenchOptions, machine
from pipeline.measuring.progress import done, say
from pipeline.quality.budget import SETTLE, Offer, fill, offer
from pipeline.quality.features import features
from pipeline.quality.ranker import BadRanker, Ranker
from pipeline.quality.training import train
from pipeline.records import Finding, Interest

KAPPA = 0.6
WERS, PREVALENCES = (0.0, 0.15, 0.25), (0.02, 0.05, 0.10)
REVIEWED, AT_RANDOM = 400, 120
LIFT_AT, FOUND_AT, NDCG_AT = 0.01, 0.02, 50
DRAWS = 20  # of which calls are bad, for each prevalence: one draw alone would be luck
NEGATIVE = "sentiment.customer"
TOGETHER = 40  # calls judged at once: what goes through the sentence model goes there in batches
A_PROCESS = 400  # calls that are worth a process of their own: it takes some seconds to start


@dataclass(frozen=True, slots=True)
class Judged:
    """A planted call and what the pipeline says of it."""

    one: Planted
    interest: Interest
    findings: tuple[Finding, ...]
    measures: dict[str, float]

    @property
    def known(self) -> dict[str, float]:
        return features(self.interest.score, [(f.kind, f.score) for f in self.findings], list(self.measures.items()))


@dataclass(frozen=True, slots=True)
class Cell:
    """One word error rate and prevalence: lift at 1 % effort, bad calls found at 2 % against random, NDCG of the first
    NDCG_AT, by arm."""

    wer: float
    prevalence: float
    lift: dict[str, float]
    found: dict[str, float]
    ndcg: dict[str, float]


@dataclass(frozen=True, slots=True)
class Found:
    """The result: ``lift`` and ``found`` of ours in the worst cell, and all cells."""

    name: str
    lift: float
    found: float
    good: tuple[float, float]
    goal: float
    machine: str
    cells: tuple[Cell, ...]
    facts: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    def line(self) -> str:
        arms = ("ours", "weights", "rule count", "most negative", "longest", "random")
        head = (
            f"{'WER':>4} {'bad':>5}   lift at 1 % effort: {'  '.join(arms)}   "
            f"found at 2 % effort, times random: ours, weights, clips   NDCG@{NDCG_AT}: ours, weights"
        )
        rows = [
            f"{cell.wer:4.0%} {cell.prevalence:5.0%}   {'  '.join(f'{cell.lift[a]:{len(a)}.1f}' for a in arms)}   "
            f"{cell.found['ours']:.1f}x, {cell.found['weights']:.1f}x, {cell.found['clips']:.1f}x   "
            f"{cell.ndcg['ours']:.2f}, {cell.ndcg['weights']:.2f}"
            for cell in self.cells
        ]
        last = (
            f"{self.name}: lift {self.lift:.1f} at 1 % effort and {self.found:.1f}x the bad calls of random at 2 % effort in the "
            f"worst of {len(self.cells)} cells; bars {self.good[0]:g} and {self.good[1]:g}x, goal {self.goal:g}x; {self.machine}"
        )
        return "\n".join([head, *rows, last])


@dataclass(frozen=True)
class Rank:
    """``good`` ordinary and ``bad`` planted calls to rank, as many again of a tenth bad to review; ``small`` for CI."""

    name: str = "rank"
    good: int = 1600
    bad: int = 180
    small: tuple[int, int] = (120, 16)

    def measure(self, options: BenchOptions) -> Found:
        good, bad = self.small if options.small else (self.good, self.bad)
        ranked, reviewed = planted(1, good, bad), planted(2, good // 2, bad // 2)
        wers = WERS[-1:] if options.small else WERS
        cells, facts = [], {}
        with judges(options.threads or min(os.cpu_count() or 1, 1 + len(ranked) // A_PROCESS)) as judging:
            for wer in wers:
                learnt = judged(judging, heard(reviewed, wer), f"WER {wer:.0%}, reviewed calls")
                there = judged(judging, heard(ranked, wer), f"WER {wer:.0%}, calls to rank")
                ranker, facts[f"wer {wer:.0%}"] = taught_or_not(learnt)
                say(f"WER {wer:.0%}: {DRAWS} draws for each share of bad calls")
                cells += [cell_of(wer, prevalence, there, ranker) for prevalence in PREVALENCES]
        done()
        return Found(
            self.name, min(cell.lift["ours"] for cell in cells), min(cell.found["ours"] for cell in cells), (5.0, 3.0), 6.0,
            machine(), tuple(cells), {"kappa": KAPPA, "reviews": REVIEWED, "calls": good + bad, **facts},
        )  # fmt: skip


def heard(calls: Sequence[Planted], wer: float) -> list[Planted]:
    rng, vocabulary = random.Random(round(1000 * wer)), words_of(calls)
    return [Planted(misheard(one.call, wer, rng, vocabulary), one.kind) for one in calls]


Judging = Callable[[Iterable[Sequence[Planted]]], Iterable[list[Judged]]]


@contextmanager
def judges(count: int) -> Iterator[Judging]:
    """What judges some calls at a time, in ``count`` processes; in this one where it is one."""
    if count == 1:
        yield lambda parts: map(judge, parts)
        return
    with ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), one_thread) as pool:
        yield lambda parts: pool.map(judge, parts)


def one_thread() -> None:
    """There is a process for each core."""
    import torch  # only in the processes that judge

    torch.set_num_threads(1)


@cache
def _pipeline() -> tuple[Any, Any]:
    from pipeline.analysis import load_analyzers
    from pipeline.redaction import load_policy

    return load_analyzers({}), load_policy("default")


def judge(calls: Sequence[Planted]) -> list[Judged]:
    """The pipeline behind the words: redaction, analyzers, scoring."""
    from pipeline.analysis import analyze, prepare
    from pipeline.redaction import redact
    from pipeline.scoring import score

    analyzers, policy = _pipeline()
    shown = [redact(one.call, policy) for one in calls]
    prepare(shown, analyzers)
    found = []
    for one, call in zip(calls, shown, strict=True):
        analysis = analyze(call, analyzers)
        measures = {measure.name: measure.value for measure in analysis.measures}
        found.append(Judged(one, score(analysis.findings, analysis.weights), analysis.findings, measures))
    return found


def judged(judging: Judging, calls: Sequence[Planted], what: str) -> list[Judged]:
    """All calls, in their order."""
    found: list[Judged] = []
    say(f"{what}: 0 of {len(calls):,}")
    for some in judging([calls[at : at + TOGETHER] for at in range(0, len(calls), TOGETHER)]):
        found += some
        say(f"{what}: {len(found):,} of {len(calls):,}")
    return found


def taught(learnt: Sequence[Judged]) -> Ranker:
    """A ranker from REVIEWED calls that raters judged: most from the top, some at random."""
    rng = random.Random(3)
    top = sorted(learnt, key=lambda call: -call.interest.score)[: REVIEWED - AT_RANDOM]
    chosen = {id(call) for call in top}
    others = [call for call in learnt if id(call) not in chosen]
    reviewed = [*top, *rng.sample(others, min(AT_RANDOM, len(others)))]
    says = raters_say([call.one.flagged for call in learnt], KAPPA, rng)
    said = {id(call): says[n] for n, call in enumerate(learnt)}
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return train([call.known for call in reviewed], [said[id(call)] for call in reviewed], [moment] * len(reviewed))


def taught_or_not(learnt: Sequence[Judged]) -> tuple[Ranker | None, Any]:
    """As in a house: where the reviews teach nothing better, there is no ranker and the weights go on ranking."""
    try:
        ranker = taught(learnt)
    except BadRanker as error:
        return None, str(error)
    return ranker, dict(ranker.trained)


def cell_of(wer: float, prevalence: float, there: Sequence[Judged], ranker: Ranker | None) -> Cell:
    """Means over DRAWS choices of bad calls that make up ``prevalence``."""
    chances = {id(call): call.interest.score if ranker is None else ranker.chance(call.known) for call in there}
    arms: dict[str, Callable[[Judged], float]] = {
        "ours": lambda call: chances[id(call)],
        "weights": lambda call: call.interest.score,
        "rule count": lambda call: call.measures.get("breaches", 0.0),
        "most negative": lambda call: -call.measures.get(NEGATIVE, 0.0),
        "longest": lambda call: call.one.call.duration,
        "random": lambda _call: 0.0,
    }
    offers = {id(call): _offer(call, chances[id(call)]) for call in there}
    lift: dict[str, list[float]] = {name: [] for name in arms}
    found: dict[str, list[float]] = {name: [] for name in [*arms, "clips"]}
    ndcg: dict[str, list[float]] = {name: [] for name in arms}
    for seed in range(DRAWS):
        calls = _mixed(there, prevalence, random.Random(seed))
        for name, arm in arms.items():
            order = sorted(calls, key=arm, reverse=True)  # ties stay in their random order
            lift[name].append(_share(order, LIFT_AT) / prevalence)
            found[name].append(_share(order, FOUND_AT) / prevalence)
            ndcg[name].append(_ndcg(order))
        found["clips"].append(_by_clips(calls, offers) / (len(calls) * FOUND_AT * prevalence))
    return Cell(
        wer,
        prevalence,
        *({name: round(statistics.mean(of), 2) for name, of in one.items()} for one in (lift, found, ndcg)),
    )


def _mixed(there: Sequence[Judged], prevalence: float, rng: random.Random) -> list[Judged]:
    good = [call for call in there if not call.one.flagged]
    bad = [call for call in there if call.one.flagged]
    wanted = min(len(bad), round(len(good) * prevalence / (1 - prevalence)))
    calls = [*good, *rng.sample(bad, wanted)]
    rng.shuffle(calls)
    return calls


def _share(order: Sequence[Judged], effort: float) -> float:
    """Bad calls among those heard."""
    first = order[: max(1, round(effort * len(order)))]
    return sum(call.one.flagged for call in first) / len(first)


def _ndcg(order: Sequence[Judged]) -> float:
    """Of the first NDCG_AT places (Jarvelin and Kekalainen 2002): bad calls count 1, discounted by the logarithm of the place."""
    discounts = [1 / math.log2(place + 2) for place in range(NDCG_AT)]
    bad = sum(call.one.flagged for call in order)
    gained = sum(discount for discount, call in zip(discounts, order, strict=False) if call.one.flagged)
    return gained / sum(discounts[:bad]) if bad else 0.0


def _offer(call: Judged, chance: float) -> Offer:
    return offer(call.one.call.id, chance, call.interest.parts, call.findings, call.one.call.duration)


def _by_clips(calls: Sequence[Judged], offers: dict[int, Offer]) -> int:
    """Bad calls among those whose clips fit into the time that FOUND_AT of the calls take whole."""
    time = FOUND_AT * sum(call.one.call.duration + SETTLE for call in calls)
    taken = fill(sorted((offers[id(call)] for call in calls), key=lambda one: -one.worth), time)
    bad = {call.one.call.id for call in calls if call.one.flagged}
    return sum(one.call_id in bad for one in taken.offers)


bench = Rank()
