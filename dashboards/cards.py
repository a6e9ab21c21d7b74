"""What the pages of scorecards ask for and show: cards in force, drafts, the trash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class CardLine:
    """The version of a scorecard that is in force."""

    id: str
    title: str
    about: str
    version: int
    questions: int
    weight: float
    made_at: datetime | None
    made_by: str
    note: str
    text: str
    general: bool = True  # it is made for no kind of call in particular


@dataclass(frozen=True, slots=True)
class DraftView:
    """A card in the editor. ``token`` names the last step (""; nothing was changed yet), ``steps`` is how many can be undone;
    ``newer`` is what somebody else published since the change began with version ``base``."""

    line: CardLine
    body: Mapping[str, Any]
    token: str
    base: int
    steps: int
    newer: tuple[str, ...]
    others: tuple[str, ...]  # who else changes it at the moment


@dataclass(frozen=True, slots=True)
class TrashedCard:
    """A scorecard in the trash."""

    id: str
    title: str
    at: datetime
    by: str


class CardDesk(Protocol):
    """Scorecards of an organisation."""

    def cards(self) -> Sequence[CardLine]: ...

    def card(self, card: str) -> CardLine | None: ...

    def versions(self, card: str) -> Sequence[CardLine]: ...

    def publish(self, text: str, note: str, *, base: int) -> CardLine: ...

    def trash(self) -> Sequence[TrashedCard]: ...

    def throw(self, card: str) -> bool:
        """Put a card in the trash: it is offered no more; its versions and the reviews by them stay."""
        ...

    def restore(self, card: str) -> bool: ...
