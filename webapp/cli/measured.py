"""`callsift eval all`: every evaluation, one table; and where reports are kept for the page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from pipeline.measuring.evaluation import EvalOptions
    from pipeline.measuring.everything import Outcome, Row

COLUMNS = {"name": "Evaluation", "data": "Data", "n": "n", "figure": "Figure", "value": "Value", "interval": "95 %", "goal": "Goal",
           "reached": "Reached"}  # fmt: skip
KEPT = "measured"  # folder of the installation's data


def everything(root: Path | None, options: EvalOptions, *, quick: bool, as_json: bool, keep: bool) -> int:
    """Run them all, print the table, and say how many failed."""
    from pipeline.measuring.everything import run, trials
    from webapp.cli.output import progress

    with trials(root) as planned, progress("eval") as step:
        found = []
        for outcome in run(planned, options, quick=quick, tell=step):
            found.append(outcome)
            if keep:
                kept(outcome)
    failed = sum(outcome.report is None for outcome in found)
    if as_json:
        print(json.dumps([_object(outcome) for outcome in found], ensure_ascii=False))
    else:
        show(found, quick=quick)
    return failed


def show(found: Sequence[Outcome], *, quick: bool = False) -> None:
    """One table of all figures; below it what failed, and how many goals were reached."""
    from pipeline.measuring.everything import rows
    from webapp.cli.output import print_table

    every = [row for outcome in found for row in rows(outcome)]
    print_table([_printed(row) for row in every], COLUMNS)
    for outcome in found:
        if outcome.report is None:
            typer.echo(f"failed: {outcome.trial.name} on {outcome.trial.label}: {outcome.error}")
    promised = [row for row in every if row.reached is not None]
    failed = sum(outcome.report is None for outcome in found)
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


def _printed(row: Row) -> dict[str, str]:
    reached = {None: "", True: "yes", False: "NO"}[row.reached]
    interval = "" if row.interval is None else f"{shown(row.interval[0])} to {shown(row.interval[1])}"
    return {**{key: shown(value) for key, value in asdict(row).items() if key != "interval"}, "interval": interval,
            "reached": reached, "goal": row.goal}  # fmt: skip


def _object(outcome: Outcome) -> dict[str, Any]:
    from pipeline.measuring.everything import rows

    report = json.loads(outcome.report.as_json()) if outcome.report else None
    goals = {row.figure: {"goal": row.goal, "reached": row.reached} for row in rows(outcome) if row.reached is not None}
    return {"name": outcome.trial.name, "data": outcome.trial.label, "seconds": outcome.seconds, "error": outcome.error,
            "goals": goals, "report": report}  # fmt: skip
