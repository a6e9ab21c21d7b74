"""Windows after an event: "within two turns of the agent", "within 60 seconds"."""

from __future__ import annotations

from collections.abc import Sequence

from rules.engine.hits import Hit
from rules.engine.view import CallView
from rules.records import Seconds


def limit_after(
    view: CallView, event: Hit, roles: frozenset[str], *, turns: int | None, seconds: float | None
) -> Seconds:
    """The time until which a reply to ``event`` counts; the end of the call without limits."""
    end = float("inf")
    if seconds is not None:
        end = event.evidence.end + seconds
    if turns is not None:
        last = view.following(roles).end(event.evidence.end, turns)
        end = min(end, (event.evidence.end if last is None else last) + 0.001)
    return end


def replies(view: CallView, event: Hit, roles: frozenset[str]) -> int:
    """How many turns ``roles`` have after ``event``."""
    return view.following(roles).count(event.evidence.end)


def after(hits: Sequence[Hit], event: Hit, end: Seconds) -> list[Hit]:
    """Hits that begin after ``event`` began and before ``end``; the event itself is not its own answer."""
    return [hit for hit in hits if event.start < hit.start < end and hit.evidence != event.evidence]
