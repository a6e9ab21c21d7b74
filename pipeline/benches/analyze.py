"""Everything behind the words: all calls together with models opened once, against one call at a time.

The peer is a script that is started for each call: it opens the sentence model and the language detector anew and gives the
model one text at a time. Rules, lists of words and the lexicon of sentiment stay loaded in both arms, which is in the peer's
favour; analyzers and settings are the same, and so must the findings be. Ours forgets every word and sentence it has read before
each run, as if the calls came for the first time. Words, roles left out, are the true ones of the sample calls: no recogniser
is measured here, and no sound is listened to. Both arms use one thread and are timed by its CPU time.

Besides the ratio: seconds of audio a second of CPU time of one core, once so and once with all that follows recognition from the
sound on (events, quality, loudness, pitch, listening copy and peaks; a recogniser's posteriors are left out); and how the time of a
call grows with its length, from scripted calls of one minute to three hours that are as long in total (slope of logarithm by
logarithm; 1 is in proportion).
"""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from pipeline.benches._lengths import scripted_call
from pipeline.benches._sounded import Heard, behind_hearing, heard_call
from pipeline.measuring.bench import Arms, BenchOptions, Ratio, run
from pipeline.records import Call, CallResult, Seconds

if TYPE_CHECKING:
    from pipeline.meaning.minilm import MiniLM
    from pipeline.process import Models

MINUTES = (1, 5, 30, 180)
SMALL_MINUTES = (1, 10, 60)
RUNS, SMALL_RUNS = 5, 3  # of every length; the least CPU time counts, for other work on the machine only adds
REAL_TIME = 500.0
STEEPEST = 1.02
DECIMALS = 3  # of scores: a batch adds in another order than one text alone


@dataclass(frozen=True, slots=True)
class Growth:
    """CPU seconds of one call of each length, and the slopes between."""

    minutes: tuple[int, ...]
    cpu_seconds: tuple[float, ...]

    @property
    def local(self) -> list[float]:
        rows = list(zip(self.minutes, self.cpu_seconds, strict=True))
        return [math.log(b[1] / a[1]) / math.log(b[0] / a[0]) for a, b in pairwise(rows)]

    @property
    def overall(self) -> float:
        return math.log(self.cpu_seconds[-1] / self.cpu_seconds[0]) / math.log(self.minutes[-1] / self.minutes[0])


@dataclass(frozen=True, slots=True)
class Measured:
    """The ratio, real time factors of several runs on one core (by the words, and with the sound), the growth with length."""

    ratio: Ratio
    real_time: tuple[float, ...]
    sounding: tuple[float, ...]
    growth: Growth

    def as_json(self) -> str:
        facts = {
            **self.ratio.facts, "real_time_per_core": [round(value) for value in self.real_time],
            "real_time_per_core_with_sound": [round(value) for value in self.sounding], "bar_real_time": REAL_TIME,
            **asdict(self.growth), "slopes": self.growth.local, "slope": self.growth.overall, "bar_slope": STEEPEST,
        }  # fmt: skip
        return replace(self.ratio, facts=facts).as_json()

    def line(self) -> str:
        times = ", ".join(
            f"{m} min {s:.3f} s" for m, s in zip(self.growth.minutes, self.growth.cpu_seconds, strict=True)
        )
        return "\n".join(
            (
                self.ratio.line(),
                f"  one core: {_rate(self.real_time)} real time, with the sound {_rate(self.sounding)}, bar {REAL_TIME:g}x",
                f"  by length: slope {self.growth.overall:.3f}, steepest part {max(self.growth.local):.3f}, bar {STEEPEST:g}; "
                f"CPU time of a call of {times}",
            )
        )


def _rate(values: Sequence[float]) -> str:
    return f"{median(values):,.0f}x [{min(values):,.0f}, {max(values):,.0f}]"


class Analyze:
    """Bars: 10x the peer, 500x real time on one core, slope 1.02 over the length."""

    name = "analyze"
    good = 10.0
    goal = 20.0

    def measure(self, options: BenchOptions) -> Measured:
        import torch

        before = torch.get_num_threads()
        torch.set_num_threads(1)  # per core
        try:
            models = opened()
            ratio = run(self, replace(options, threads=1))
            calls = demo_calls()[: 6 if options.small else None]
            seconds = sum(call.duration for call in calls)
            runs = SMALL_RUNS if options.small else RUNS
            rates = tuple(seconds / _cpu(lambda: first_reading(calls, models)) for _ in range(runs))
            heard = [heard_call(call) for call in calls]
            sounding = tuple(seconds / _cpu(lambda: first_hearing(heard, models)) for _ in range(runs))
            return Measured(ratio, rates, sounding, growth(models, SMALL_MINUTES if options.small else MINUTES, runs))
        finally:
            torch.set_num_threads(before)

    def prepare(self, options: BenchOptions) -> Arms:
        calls, models = demo_calls()[: 6 if options.small else None], opened()
        afresh = Afresh(models)
        facts = {
            "calls": len(calls),
            "words": sum(len(turn.words) for call in calls for turn in call.turns),
            "threads": 1,
        }
        minutes = sum(call.duration for call in calls) / 60
        return Arms(lambda: first_reading(calls, models), lambda: [afresh.result(call) for call in calls], difference, minutes,
                    "audio minutes", "one call at a time, models opened for each", facts, time.process_time)  # fmt: skip


def opened() -> Models:
    """Analyzers and redaction as they are shipped; nothing that listens."""
    from pipeline.analysis import load_analyzers
    from pipeline.process import Models
    from pipeline.redaction import load_policy

    return Models(None, None, None, load_analyzers(), load_policy())  # type: ignore[arg-type]


def demo_calls() -> list[Call]:
    """The sample calls by their true words; who is who is left open."""
    from pipeline.evals.planted import true_calls

    return [
        replace(call, parties=tuple(replace(p, role="unknown", role_confidence=0.0) for p in call.parties))
        for call in true_calls()
    ]


def first_reading(calls: Sequence[Call], models: Models) -> list[CallResult]:
    """Ours: all calls together, none of whose words was ever read before."""
    from pipeline.process import understand

    forget(models)
    return understand(calls, models)


def first_hearing(calls: Sequence[Heard], models: Models) -> list[CallResult]:
    """As `first_reading`, from the sound and the words of each recorded side on."""
    forget(models)
    return behind_hearing(calls, models)


def forget(models: Models) -> None:
    """Drop what a worker remembers of words, numbers and sentences; models and rules stay open."""
    from pipeline.analyzers.rules import Rules
    from pipeline.meaning import open_meaning
    from pipeline.topics.saying import stem
    from rules.language.tokens import split_word
    from rules.spoken.atoms import atoms_of, bare

    for memory in (split_word.cache_clear, atoms_of.cache_clear, bare.cache_clear, stem.cache_clear):
        memory()
    for analyzer in models.analyzers:
        if isinstance(analyzer, Rules):
            analyzer.ruleset.program.wording.forget()
    meaning = open_meaning()
    if meaning is not None:
        meaning.forget()


class Afresh:
    """The peer: models are opened for every call, and the sentence model reads one text at a time."""

    def __init__(self, models: Models) -> None:
        self._opened: MiniLM | None = None
        told = [replace(a, meaning=self._meaning) if _compares(a) else a for a in models.analyzers]  # type: ignore[type-var]
        self._models = replace(models, analyzers=told)

    def result(self, call: Call) -> CallResult:
        from pipeline.language import detect
        from pipeline.process import understand

        self._opened = None
        detect.open_detector.cache_clear()
        [result] = understand([call], self._models)
        return result

    def _meaning(self) -> MiniLM | None:
        from pipeline.meaning.minilm import MiniLM
        from pipeline.meaning.opening import model_folder

        folder = model_folder()
        if self._opened is None and folder is not None:
            self._opened = replace(MiniLM.load(folder), batch=1)
        return self._opened


def _compares(analyzer: object) -> bool:
    """True for an analyzer that opens the sentence model by its field ``meaning``."""
    return callable(getattr(analyzer, "meaning", None))


def growth(models: Models, minutes: Sequence[int], runs: int) -> Growth:
    """CPU time of one call of each length: so many calls of a length that all lengths are as long in total."""
    sets = {length: [scripted_call(60.0 * length, n) for n in range(max(minutes) // length)] for length in minutes}
    least = dict.fromkeys(minutes, math.inf)
    for _ in range(runs):
        for length, calls in sets.items():
            least[length] = min(least[length], _cpu(lambda calls=calls: first_reading(calls, models)) / len(calls))  # type: ignore[misc]
    return Growth(tuple(minutes), tuple(round(least[length], 4) for length in minutes))


def _cpu(work: Callable[[], Any]) -> Seconds:
    gc.collect()
    began = time.process_time()
    work()
    return time.process_time() - began


def difference(ours: Sequence[CallResult], peer: Sequence[CallResult]) -> str | None:
    """None when every call has the same findings, measures, verdicts and interest."""
    for mine, theirs in zip(ours, peer, strict=True):
        for what, one, other in zip(
            ("findings", "measures", "verdicts", "interest"), _facts(mine), _facts(theirs), strict=True
        ):
            if one != other:
                odd = [row for row in (*one, *other) if (row in one) != (row in other)]
                return f"{mine.call.id}: {what} differ: {odd[:4]}"
    return None if any(result.findings for result in ours) else "nothing was found"


def _facts(result: CallResult) -> tuple[list[Any], ...]:
    return (
        [(f.kind, f.start, f.end, f.why, round(f.score, DECIMALS)) for f in result.findings],
        [(measure.name, round(measure.value, DECIMALS)) for measure in result.measures],
        [(verdict.rule, verdict.value, verdict.reason) for verdict in result.verdicts],
        [round(result.interest.score, DECIMALS)],
    )


bench = Analyze()
