"""Places on the call page that other parts fill: the scorecard.

A part offers a maker for its place when the application starts; the page asks it what to show of one call. A maker that
has nothing to show for this person gives None, and the place is not there at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app

OFFERED = "callsift.call_slots"
SCORECARD = "scorecard"


@dataclass(frozen=True, slots=True)
class Panel:
    """What one place shows: a template that gets ``panel`` (this) and ``page``; ``scripts`` and ``styles`` are addresses."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()


Maker = Callable[[str], Panel | None]


def offer(app: Flask, place: str, maker: Maker) -> None:
    """Fill ``place`` of every call page with what ``maker`` gives for the call's public id."""
    app.extensions.setdefault(OFFERED, {})[place] = maker


def filled(call_id: str) -> dict[str, Panel]:
    """The panels of one call by place, those that have something to show."""
    makers: Mapping[str, Maker] = current_app.extensions.get(OFFERED, {})
    made = {place: maker(call_id) for place, maker in makers.items()}
    return {place: panel for place, panel in made.items() if panel is not None}
