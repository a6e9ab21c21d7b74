"""What one Dash page is made of. A module of pages/ carries one as `page`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dash import Dash
from dash.development.base_component import Component

from dashboards.frame import Entry


@dataclass(frozen=True, slots=True)
class Page:
    """One Dash page: where it is, its layout (which reads nothing), how its callbacks are wired, and a form above it.

    ``bar`` is a template drawn above the layout, with what ``context`` gives; the address is the state of its form.
    """

    entry: Entry
    layout: Callable[[], Component]
    wire: Callable[[Dash], None]
    bar: str
    context: Callable[[], Mapping[str, Any]]
