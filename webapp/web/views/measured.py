"""How good callsift is, by figures somebody measured here: what was promised, and the calls that came out wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from dashboards import wording
from dashboards.frame import Entry
from dashboards.here import desk, needs
from dashboards.measured import Example, Figure, MeasuredDesk, Report
from webapp.desk import SqlDesk
from webapp.settings import Settings

bp = Blueprint("measured", __name__)
entry = Entry("/measured", "Measured", "figures:read", order=32)

SETTINGS = "callsift.settings"
NAMED = ("item", "call", "id")  # facts that name an example
TEXTS = ("text", "said", "heard", "missed")
NAMES = {"asr": "Words heard", "moderation": "Hurtful words", "phrases": "Key phrases", "planted": "Planted breaches and signs",
         "rules": "Fraud rules", "diarization": "Who speaks when"}  # fmt: skip
STATES = {True: ("pass", "yes"), False: ("fail", "no"), None: ("", "")}


def measured() -> MeasuredDesk:
    """The kept reports for whoever is signed in."""
    from webapp.desk.measured import SqlMeasuredDesk  # with the redaction of examples: only where they are looked at

    return SqlMeasuredDesk(cast(SqlDesk, desk()), cast(Settings, current_app.extensions[SETTINGS]))


@bp.get("/measured")
@needs("figures:read")
def show() -> ResponseReturnValue:
    zone = desk().viewer().zone
    reports = [_report(number, one, zone) for number, one in enumerate(measured().reports())]
    promised = [figure for report in reports for figure in report["figures"] if figure["goal"]]
    reached = sum(figure["tone"] == "pass" for figure in promised)
    return render_template("measured.html", reports=reports, promised=len(promised), reached=reached)


def _report(number: int, report: Report, zone: str) -> dict[str, Any]:
    examples = [_example(one) for one in report.examples]
    return {
        "id": f"report-{number}", "title": NAMES.get(report.name, wording.plain(report.name)), "name": report.name, "data": report.data,
        "at": wording.when(report.at, zone), "n": report.n, "error": report.error, "figures": [_figure(one) for one in report.figures],
        "examples": examples, "hidden": report.hidden,
        "settings": ", ".join(f"{wording.plain(key)} {_value(value)}" for key, value in report.settings.items()),
    }  # fmt: skip


def _figure(figure: Figure) -> dict[str, str]:
    tone, reached = STATES[figure.reached]
    interval = "" if figure.interval is None else f"{_value(figure.interval[0])} to {_value(figure.interval[1])}"
    name = wording.plain(figure.name.replace(".", ", "))
    return {
        "name": name,
        "value": _value(figure.value),
        "interval": interval,
        "goal": figure.goal,
        "tone": tone,
        "reached": reached,
    }


def _example(example: Example) -> dict[str, Any]:
    naming = next((key for key in NAMED if example.facts.get(key)), "")
    rest = {key: value for key, value in example.facts.items() if key not in (naming, "call", *TEXTS)}
    texts = [(wording.plain(key), _value(example.facts[key])) for key in TEXTS if example.facts.get(key)]
    second = "" if example.at is None else f"?t={example.at:g}"
    return {
        "name": example.name or str(example.facts.get(naming, "")), "link": f"/calls/{example.call}{second}" if example.call else "",
        "clock": wording.clock(example.at) if example.at is not None else "", "facts": _facts(rest), "texts": texts,
        "foreign": example.foreign,
    }  # fmt: skip


def _facts(facts: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{wording.plain(key).lower()}: {_value(value)}" for key, value in facts.items() if value not in (None, "", [])
    )


def _value(value: Any) -> str:
    """A figure for people: at most four figures, a list as its items, nothing as a dash."""
    if value is None or value != value:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_value, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)
