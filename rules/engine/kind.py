"""What a kind of rule promises; tests/contracts/test_rule_kinds.py runs on every kind that is found."""

from __future__ import annotations

from functools import cache
from typing import Any, Protocol, cast, runtime_checkable

from rules.engine.outcomes import Outcome
from rules.engine.view import CallView
from rules.language.schema import RuleBase


@runtime_checkable
class Kind(Protocol):
    """One kind of rule. ``name`` is what stands under ``kind:``; ``signals`` is true when it passes no verdict."""

    name: str
    model: type[RuleBase]
    signals: bool

    def judge(self, rule: Any, view: CallView) -> Outcome:
        """The answer for one call to which the rule applies; ``rule`` is an instance of ``model``."""
        ...


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of the folder, by name."""
    from rules import kinds as folder  # the folder's modules import this one
    from rules.discovery import load_all

    return {kind.name: kind for kind in cast(dict[str, Kind], load_all(folder, "kind")).values()}
