"""All evaluations in one run: each on what the repository carries, or on the files of a data folder that suit it.

An evaluation is one file in pipeline/evals/ with ``evaluate``. Beside it the file may say ``GOALS`` (a tuple of `Goal`), ``QUICK``
(how many items do for a quick look) and ``shared(root, scratch)``, which yields a name and a manifest for each data set of a
data folder that it can be measured on; manifests it makes itself go to ``scratch``. One that fails stops none of the others.
"""

from __future__ import annotations

import hashlib
import logging
import math
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pipeline
import rules
from pipeline import evals
from pipeline.errors import BadDataset
from pipeline.measuring.evaluation import EvalOptions, Report
from pipeline.measuring.goals import Goal, flat
from rules.discovery import load_module, module_names

log = logging.getLogger(__name__)

QUICK = 40  # items of an evaluation that says nothing else
OWN = "own data"
BREAKDOWN = "by_"  # figures that part another one; they stand in the report, not in the table

Told = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Trial:
    """One evaluation on one data set. ``data`` None is what the repository carries."""

    name: str
    label: str
    data: Path | None
    goals: tuple[Goal, ...] = ()
    quick: int = QUICK


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a trial: its report, or why there is none."""

    trial: Trial
    report: Report | None
    error: str
    seconds: float
    made_of: str = ""  # fingerprint of the code, the data and the options


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of the table. ``reached`` is None where nothing was promised."""

    name: str
    data: str
    n: int
    figure: str
    value: Any
    interval: tuple[float, float] | None
    goal: str
    reached: bool | None


@contextmanager
def trials(root: Path | None = None) -> Iterator[list[Trial]]:
    """Trials of all evaluations; the manifests made for them are gone afterwards."""
    with tempfile.TemporaryDirectory() as scratch:
        yield [trial for name in module_names(evals) for trial in _of(name, root, Path(scratch))]


def run(planned: Sequence[Trial], options: EvalOptions, *, quick: bool = False, tell: Told) -> Iterator[Outcome]:
    """One outcome for each trial, in order. ``tell(done, of, what)`` is called before each and at the end."""
    for number, trial in enumerate(planned):
        tell(number, len(planned), f"{trial.name} on {trial.label}")
        made_of = fingerprint(trial, options, quick=quick)
        yield replace(_tried(trial, _limited(trial, options, quick=quick)), made_of=made_of)
    tell(len(planned), len(planned), "")


def fingerprint(trial: Trial, options: EvalOptions, *, quick: bool = False) -> str:
    """Equal for trials that would give the same report: same code and models, same data, same options."""
    limit = _limited(trial, options, quick=quick).limit
    said = repr((trial.name, trial.label, options.model, limit)).encode()
    data = trial.data.read_bytes() if trial.data is not None and trial.data.is_file() else b""
    return hashlib.sha256(b"\0".join((_code().encode(), said, data))).hexdigest()[:16]


def one(name: str, data: Path | None, options: EvalOptions) -> Outcome:
    """One evaluation for itself; what makes it fail is raised."""
    module, label = load_module(evals, name), OWN if data is None else data.name
    began = time.monotonic()
    report = module.evaluate(data, options)
    trial = Trial(name, label, data, goals_of(module, label))
    return Outcome(trial, report, "", round(time.monotonic() - began, 1), fingerprint(trial, options))


def rows(outcome: Outcome) -> list[Row]:
    """The figures of one outcome, those that were promised first."""
    report = outcome.report
    if report is None:
        return []
    figures = {key: value for key, value in flat(report.figure).items() if not key.startswith(BREAKDOWN)}
    goals = {goal.figure: goal for goal in outcome.trial.goals}
    order = sorted(figures, key=lambda key: key not in goals)
    found = [_row(outcome.trial, report, key, figures[key], goals.get(key)) for key in order]
    return found + [
        Row(report.name, outcome.trial.label, report.n, goal.figure, None, None, str(goal), False)
        for key, goal in goals.items()
        if key not in figures
    ]


def goals_of(module: ModuleType, label: str) -> tuple[Goal, ...]:
    return tuple(goal for goal in getattr(module, "GOALS", ()) if label.startswith(goal.data))


@cache
def _code() -> str:
    """Fingerprint of everything in the two packages that measure and are measured, models and data of their own included."""
    told = hashlib.sha256()
    for package in (pipeline, rules):
        folder = Path(package.__path__[0])
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                told.update(str(file.relative_to(folder)).encode() + hashlib.sha256(file.read_bytes()).digest())
    return told.hexdigest()


def _limited(trial: Trial, options: EvalOptions, *, quick: bool) -> EvalOptions:
    return replace(options, limit=min(options.limit or trial.quick, trial.quick)) if quick else options


def _of(name: str, root: Path | None, scratch: Path) -> Iterator[Trial]:
    try:
        module = load_module(evals, name)
        quick = int(getattr(module, "QUICK", QUICK))
        folder = scratch / name
        folder.mkdir()
        found = list(module.shared(root, folder)) if root is not None and hasattr(module, "shared") else []
    except Exception as error:  # a file that cannot be loaded is one failed trial: `run` says why
        log.exception("evaluation %s cannot be planned", name)
        yield Trial(name, f"nothing: {error}", scratch / name / "missing")
        return
    if not found:
        yield Trial(name, OWN, None, goals_of(module, OWN), quick)
    for label, data in found:
        yield Trial(name, label, data, goals_of(module, label), quick)


def _tried(trial: Trial, options: EvalOptions) -> Outcome:
    began = time.monotonic()
    try:
        report, error = load_module(evals, trial.name).evaluate(trial.data, options), ""
    except BadDataset as problem:
        report, error = None, str(problem)
    except Exception as problem:  # the one place: an evaluation that fails must not cost the others
        log.debug("evaluation %s failed", trial.name, exc_info=True)
        report, error = None, f"{type(problem).__name__}: {problem}"
    return Outcome(trial, report, error, round(time.monotonic() - began, 1))


def _row(trial: Trial, report: Report, key: str, value: Any, goal: Goal | None) -> Row:
    judged = goal is not None and isinstance(value, int | float) and not math.isnan(value)
    reached = None if goal is None else judged and goal.reached(value)
    data = trial.label if trial.data else report.data
    return Row(report.name, data, report.n, key, value, report.interval.get(key), str(goal) if goal else "", reached)
