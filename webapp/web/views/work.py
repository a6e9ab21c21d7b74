"""What runs: jobs waiting and running, the schedule's runs, the last failure."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from dashboards import wording
from dashboards.desk import MOST_DONE, Coming, Run
from dashboards.frame import Entry
from dashboards.here import desk, needs

bp = Blueprint("work", __name__)
entry = Entry("/work", "Work", "work:read", order=30)


@bp.get("/work")
@needs("work:read")
def show() -> ResponseReturnValue:
    work, zone = desk().work(), desk().viewer().zone
    return render_template(
        "work.html",
        most_done=MOST_DONE,
        work=work,
        last_run=wording.when(work.last_run, zone) if work.last_run else "never",
        next_run=wording.when(work.next_run, zone) if work.next_run else "not planned",
        coming=[_coming(one, zone) for one in work.coming],
        runs=[_run(run, zone) for run in work.runs],
        may_refused=desk().may("refused:read"),
    )


def _coming(one: Coming, zone: str) -> dict[str, object]:
    return {"name": one.name, "state": one.state, "attempt": one.attempt, "since": wording.when(one.since, zone)}


def _run(run: Run, zone: str) -> dict[str, str | None]:
    took = wording.length((run.ended_at - run.started_at).total_seconds()) if run.ended_at else "runs now"
    return {"name": wording.plain(run.name), "started": wording.when(run.started_at, zone), "took": took,
            "summary": run.summary, "error": run.error}  # fmt: skip
