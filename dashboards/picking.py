"""Calls to choose from by their names, inside the scope of whoever chooses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dashboards import wording

OFFERED = 12  # calls offered while somebody types


@dataclass(frozen=True, slots=True)
class Pick:
    """One call that may be chosen. ``says`` is what is written to choose it: its name, or its id where others share the name."""

    id: str
    name: str
    says: str
    started_at: datetime | None
    queue: str
    agent: str

    def about(self, zone: str) -> str:
        """What tells it from others: ``19 Nov 2026, 11:17 · Billing · agent ag-114``."""
        parts = (wording.when(self.started_at, zone), self.queue, f"agent {self.agent}" if self.agent else "")
        return " · ".join(part for part in parts if part)


class PickDesk(Protocol):
    """What a field that names calls asks for."""

    def offered(self, text: str) -> Sequence[Pick]:
        """At most OFFERED calls whose name or id begins with ``text``, the newest first."""
        ...

    def named(self, names: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """The ids of the calls that each name (or id) stands for; none for a name nobody has."""
        ...


def wrong_names(found: Mapping[str, Sequence[str]]) -> str:
    """What is wrong with the names that were typed, in sentences; empty where each stands for one call."""
    unknown = [name for name, ids in found.items() if not ids]
    shared = [name for name, ids in found.items() if len(ids) > 1]
    says = []
    if unknown:
        names = ", ".join(f"“{name[:40]}”" for name in unknown[:5]) + (" and others" if len(unknown) > 5 else "")
        says.append(f"No call of your teams is named {names}.")
    says += [f"{len(found[name])} calls are named “{name[:40]}”." for name in shared[:3]]
    return " ".join([*says, "Choose from the calls that are offered while you type."]) if says else ""
