"""A review as its template and its script want it: words chosen, figures written out, nothing left to decide there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dashboards import wording
from dashboards.agreeing import read
from dashboards.calibration import Figure
from dashboards.reviews import Clash, QuestionView, ReviewView

BANDS = {"pass": ("pass", "good"), "coach": ("unsure", "to coach"), "flag": ("fail", "flagged"), "": ("", "not scored")}
SLOTS = {"first": "Review", "second": "Second review", "calibration": "Calibration"}
EVENTS = {
    "begun": "began", "submitted": "submitted", "reopened": "reopened", "acknowledged": "acknowledged",
    "disputed": "disputed", "upheld": "upheld the dispute of", "rejected": "turned down the dispute of",
    "taken over": "took over the review", "answered": "answered", "took back": "took back an answer to",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Numbered:
    """A question with its number in the card."""

    number: int
    view: QuestionView
    quotes: tuple[tuple[float, str, str], ...]  # second, clock, words


def panel(view: ReviewView, zone: str, *, may_coach: bool = False) -> dict[str, Any]:
    """What panel.html shows of a review."""
    numbers = {question.id: n for n, question in enumerate(view.questions, 1)}
    tone, says = _band(view)
    return {
        "review": view,
        "title": f"{SLOTS[view.slot]}: {view.card}",
        "sections": [
            (title, [Numbered(numbers[q.id], q, _quotes(q)) for q in questions]) for title, questions in view.sections
        ],
        "tone": tone,
        "band": says,
        "score": _points(view.score),
        "quality": _points(view.quality),
        "compliance": _points(view.compliance),
        "submitted": wording.when(view.submitted_at, zone) if view.submitted_at else "",
        "history": [_event(view, event, zone) for event in view.history],
        "flag": view.flag or "",
        "may_coach": may_coach and view.state == "submitted" and view.slot == "first",
    }


def state(view: ReviewView, clash: Clash | None = None, zone: str = "UTC") -> dict[str, Any]:
    """The same for the script, after a change: what stands now, and who was faster."""
    tone, says = _band(view)
    found: dict[str, Any] = {
        "version": view.version, "state": view.state, "open": view.open, "score": _points(view.score), "band": says,
        "tone": tone, "fatal": bool(view.fatal), "flag": view.flag, "flag_version": view.flag_version, "note": view.note,
        "note_version": view.note_version,
        "questions": {
            q.id: {"asked": q.asked, "value": q.value, "source": q.source, "version": q.version, "by": q.by, "note": q.note,
                   "note_version": q.note_version, "differs": q.differs}
            for q in view.questions
        },
    }  # fmt: skip
    if clash is not None:
        found["clash"] = {"question": clash.question, "part": clash.part, "theirs": clash.theirs, "title": clash.title,
                          "by": clash.by, "at": wording.hour(clash.at, zone)}  # fmt: skip
    return found


def last_day(end: datetime | None, zone: str) -> str:
    """The last day of a time that ends with it, as people read it; "" where there is none."""
    return wording.day(end - timedelta(seconds=1), zone) if end else ""


def figure(one: Figure) -> dict[str, Any]:
    """A coefficient in words: ``0.62``, ``0.41 to 0.80``, how it is to be read and why."""
    how = read(one)
    span = f"{signed(one.low)} to {signed(one.high)}" if one.low is not None and one.high is not None else ""
    return {"value": "–" if one.value is None else signed(one.value), "span": span if one.value is not None else "", "units": one.units,
            "same": _percent(one.same), "tone": how.tone, "reading": how.says, "note": how.why, "name": one.name}  # fmt: skip


def signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _band(view: ReviewView) -> tuple[str, str]:
    """A score belongs somewhere once nothing is open; a fatal answer decides at once."""
    return BANDS[view.band] if not view.open or view.fatal else ("", "so far")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f}\u00a0%"


def _points(score: float | None) -> str:
    return "–" if score is None else f"{score:.0f}"


def _quotes(question: QuestionView) -> tuple[tuple[float, str, str], ...]:
    """Each place of the evidence once, with its words; redacted blocks are spelled out."""
    found = question.machine.evidence if question.machine else ()
    return tuple(
        dict.fromkeys((round(one.start, 1), wording.clock(one.start), one.quote) for one in found if one.end > 0)
    )


def _event(view: ReviewView, event: Any, zone: str) -> Mapping[str, str]:
    asks = {question.id: question.ask for question in view.questions}
    change = f"{event.old} → {event.new}" if event.old and event.new else event.new
    return {"at": wording.when(event.at, zone), "who": event.who or "callsift", "what": EVENTS.get(event.what, event.what),
            "ask": asks.get(event.question, ""), "change": change, "note": event.note}  # fmt: skip
