"""Windows after an event: "within two turns of the agent", "within 60 seconds"."""

from __future__ import annotations

from collections.abc import Sequence

from rules.engine.certainty import role_doubt
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
        end = min(end, _end_of_turns(view, event, roles, turns))
    return end


def replies(view: CallView, event: Hit, roles: frozenset[str]) -> int:
    """How many turns ``roles`` have after ``event``."""
    return len(set(_numbered(view, event, roles)))


def _numbered(view: CallView, event: Hit, roles: frozenset[str]) -> list[tuple[str, int]]:
    """(party, turn number) of the turns of ``roles`` that end after the event, in order of time."""
    return [
        (turn.party, view.exchanges[index])
        for index, turn in enumerate(view.call.turns)
        if turn.words and turn.end > event.evidence.end and role_doubt(view.parties.get(turn.party), roles) is not False
    ]


def _end_of_turns(view: CallView, event: Hit, roles: frozenset[str], turns: int) -> Seconds:
    allowed = set(list(dict.fromkeys(_numbered(view, event, roles)))[:turns])
    ends = [turn.end for index, turn in enumerate(view.call.turns) if (turn.party, view.exchanges[index]) in allowed]
    return max(ends, default=event.evidence.end) + 0.001


def after(hits: Sequence[Hit], event: Hit, end: Seconds) -> list[Hit]:
    """Hits that begin after ``event`` began and before ``end``; the event itself is not its own answer."""
    return [hit for hit in hits if event.start < hit.start < end and hit.evidence != event.evidence]
