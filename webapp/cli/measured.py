"""`callsift eval all`: every evaluation, one table; and where reports are kept for the page."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from pipeline.measuring.evaluation import EvalOptions
    from pipeline.measuring.everything import Outcome, Row, Trial
    from pipeline.measuring.keeping import Kept

COLUMNS = {"name": "Evaluation", "data": "Data", "n": "n", "figure": "Figure", "value": "Value", "interval": "95 %", "goal": "Goal",
           "reached": "Reached"}  # fmt: skip
KEPT = "measured"  # folder of the installation's data


def everything(
    root: Path | None, options: EvalOptions, *, quick: bool, as_json: bool, keep: bool, resume: bool = False
) -> int:
    """Run them all, print the table, and say how many failed. ``resume``: a kept report that would come out the same stands."""
    from pipeline.measuring.everything import fingerprint, run, trials
    from pipeline.measuring.keeping import read_kept
    from webapp.cli.output import progress
    from webapp.settings import load

    known = {one.made_of: one for one in read_kept(load().path(KEPT)) if not one.error} if resume else {}
    with trials(root) as planned, progress("eval") as step:
        there = {trial: known.get(fingerprint(trial, options, quick=quick)) for trial in planned}
        found: dict[Trial, Outcome | Kept] = {trial: report for trial, report in there.items() if report is not None}
        if found:
            typer.echo(f"{len(found)} of {len(planned)} evaluations stand as they were kept.", err=True)
        for outcome in run([trial for trial in planned if trial not in found], options, quick=quick, tell=step):
            found[outcome.trial] = outcome
            if keep:
                kept(outcome)
        ordered = [found[trial] for trial in planned]
    if as_json:
        print(json.dumps([_object(one) for one in ordered], ensure_ascii=False))
    else:
        show(ordered, quick=quick)
    return sum(bool(one.error) for one in ordered)


def show(found: Sequence[Outcome | Kept], *, quick: bool = False) -> None:
    """One table of all figures; below it what failed, and how many goals were reached."""
    from webapp.cli.output import print_table

    every = [row for one in found for row in _rows(one)]
    print_table(_grouped([_printed(row) for row in every]) if sys.stdout.isatty() else [*map(_printed, every)], COLUMNS)
    for one in found:
        if one.error:
            typer.echo("failed: {} on {}: {}".format(*_named(one), one.error))
    promised = [row for row in every if row.reached is not None]
    failed = sum(bool(one.error) for one in found)
    part = " Only the first items of each were looked at (--quick): intervals are wide." if quick else ""
    typer.echo(f"{len(found) - failed} of {len(found)} evaluations ran; {sum(bool(row.reached) for row in promised)} of "
               f"{len(promised)} goals reached.{part}")  # fmt: skip


def kept(outcome: Outcome) -> Path:
    """Keep a report in the installation's data folder, where the page Measured finds it."""
    from pipeline.measuring.keeping import keep
    from webapp.settings import load

    return keep(outcome, load().path(KEPT))


def shown(value: Any) -> str:
    """A figure for people; a list as its items, nothing as a dash."""
    if value is None or value != value:
        return "–"
    if isinstance(value, list | tuple):
        return ", ".join(map(shown, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _grouped(printed: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """What repeats from row to row is said once: a terminal has few columns. Into files each row says all."""
    same = [{key for key in ("name", "data", "n") if row["name"] == before.get("name") and row[key] == before.get(key)}
            for before, row in zip([{}, *printed], printed, strict=False)]  # fmt: skip
    return [{**row, **dict.fromkeys(told, "")} for row, told in zip(printed, same, strict=True)]


def _printed(row: Row) -> dict[str, str]:
    reached = {None: "", True: "yes", False: "NO"}[row.reached]
    interval = "" if row.interval is None else f"{shown(row.interval[0])} to {shown(row.interval[1])}"
    return {**{key: shown(value) for key, value in asdict(row).items() if key != "interval"}, "interval": interval,
            "reached": reached, "goal": row.goal}  # fmt: skip


def _rows(one: Outcome | Kept) -> Sequence[Row]:
    from pipeline.measuring.everything import Outcome, rows

    return rows(one) if isinstance(one, Outcome) else one.rows


def _named(one: Outcome | Kept) -> tuple[str, str]:
    """Evaluation and data."""
    from pipeline.measuring.everything import Outcome

    return (one.trial.name, one.trial.label) if isinstance(one, Outcome) else (one.name, one.data)


def _object(one: Outcome | Kept) -> dict[str, Any]:
    name, data = _named(one)
    goals = {row.figure: {"goal": row.goal, "reached": row.reached} for row in _rows(one) if row.reached is not None}
    return {
        "name": name,
        "data": data,
        "seconds": one.seconds,
        "error": one.error,
        "goals": goals,
        "report": _report(one),
    }


def _report(one: Outcome | Kept) -> dict[str, Any] | None:
    """The report as an object; of a kept one what was kept: its figures as they stood in the table, and its examples."""
    from pipeline.measuring.everything import Outcome

    if isinstance(one, Outcome):
        return json.loads(one.report.as_json()) if one.report else None
    return {
        "name": one.name, "data": one.data, "n": one.n, "figure": {row.figure: row.value for row in one.rows},
        "interval": {row.figure: row.interval for row in one.rows if row.interval}, "worst": list(one.examples),
        "settings": dict(one.settings), "measured": one.at.isoformat(),
    }  # fmt: skip
