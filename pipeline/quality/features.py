"""What a ranker may know of a call: what the analyzers said of it, as numbers by name.

Neither agent, team, queue, customer nor the history of any of them comes in here: a ranker that knows who spoke learns whom
reviewers dislike (judges of texts change their mind up to 16 % of the time when they see the agent's history).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

INTEREST = "interest"


def features(
    interest: float, findings: Iterable[tuple[str, float]], measures: Iterable[tuple[str, float]]
) -> dict[str, float]:
    """``interest``: the score of the weights, 0 to 1; ``findings``: kind and score; ``measures``: name and value.

    Of each kind of finding the strongest counts; measures that are not numbers are left out.
    """
    known = {INTEREST: log_odds(interest)}
    for kind, score in findings:
        name = f"finding:{kind}"
        known[name] = max(score, known.get(name, 0.0))
    known.update({f"measure:{name}": value for name, value in measures if math.isfinite(value)})
    return known


def log_odds(chance: float) -> float:
    """Between -7 and 7, whatever the chance."""
    near = min(max(chance, 1e-3), 1 - 1e-3)
    return math.log(near / (1 - near))


def groups(known: Mapping[str, float]) -> dict[str, float]:
    """The same with the strongest finding of each family (``rule``, ``signal``, ...) added: few reviews teach these first."""
    strongest = dict[str, float]()
    for name, value in known.items():
        if name.startswith("finding:"):
            family = f"family:{name.removeprefix('finding:').partition(':')[0]}"
            strongest[family] = max(value, strongest.get(family, 0.0))
    return {**known, **strongest}
