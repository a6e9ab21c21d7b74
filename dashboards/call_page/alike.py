"""Calls that resemble the one on screen, as the page lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.search import AlikeCall
from dashboards.wording import length, score, when


@dataclass(frozen=True, slots=True)
class AlikeView:
    """One call like this one. ``likeness`` in percent, None where only words could be compared."""

    id: str
    name: str
    about: tuple[str, ...]
    likeness: int | None
    words: tuple[str, ...]


def alike_views(calls: Sequence[AlikeCall], zone: str) -> tuple[AlikeView, ...]:
    return tuple(_view(call, zone) for call in calls)


def _view(call: AlikeCall, zone: str) -> AlikeView:
    row = call.row
    agent = f"agent {row.agent}" if row.agent else ""
    started = when(row.started_at, zone) if row.started_at else ""
    about = tuple(part for part in (started, row.queue, agent, length(row.duration)) if part)
    likeness = None if call.likeness is None else score(call.likeness)
    return AlikeView(row.id, row.name or row.id[:8], about, likeness, call.words)
