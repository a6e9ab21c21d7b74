"""From which case score on a call, or a chain of calls, is a case: what the pack in force says."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.cases.records import PACK
from rules.cases import THRESHOLD
from rules.engine.ruleset import RuleSet


def threshold_of(ruleset: RuleSet, pack: str = PACK) -> float:
    """The threshold of a pack; where several folders bring one of its name, that of the last which has one."""
    return last_of(found.about.threshold for found in ruleset.packs if found.name == pack)


def last_of(thresholds: Iterable[float | None]) -> float:
    """The last threshold that is one; the common one where there is none."""
    return next((one for one in reversed(list(thresholds)) if one is not None), THRESHOLD)
