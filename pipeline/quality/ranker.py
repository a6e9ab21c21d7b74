"""P(a reviewer would flag the call): a logistic model that anybody can read, calibrated, kept as JSON.

Using one needs nothing but this file: the web part and the workers that store results have no scikit-learn. Training is in
training.py. Until LEAST reviews exist there is none, and the interest score of the weights ranks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.errors import PipelineError
from pipeline.quality.features import groups

LEAST = 100  # reviews before a model is trained
FORMAT = 1
STEEP = (
    4.0  # standard deviations beyond which a feature says no more: one odd call must not be carried to the top by it
)


class BadRanker(PipelineError):
    """A ranker that cannot be read or trained, and why."""


@dataclass(frozen=True, slots=True)
class Weight:
    """One feature: its mean and scale among the reviews, and what one scale more adds to the log-odds."""

    name: str
    mean: float
    scale: float
    weight: float


@dataclass(frozen=True, slots=True)
class Ranker:
    """log-odds = slope * (intercept + sum of weights times standardised features) + shift.

    ``trained`` tells on what, and how well it did on reviews it had not seen: reviews, flagged, from, to, auc, brier, error
    (mean gap between predicted and flagged shares over ten groups).
    """

    weights: tuple[Weight, ...]
    intercept: float
    slope: float
    shift: float
    trained: Mapping[str, Any]

    def chance(self, known: Mapping[str, float]) -> float:
        """From 0 to 1; a feature the call lacks counts as 0, one the model does not know as nothing."""
        wide = groups(known)
        score = self.intercept + sum(
            one.weight * min(max((wide.get(one.name, 0.0) - one.mean) / one.scale, -STEEP), STEEP)
            for one in self.weights
        )
        return 1 / (1 + math.exp(-min(max(self.slope * score + self.shift, -30.0), 30.0)))

    def as_data(self) -> dict[str, Any]:
        return {"format": FORMAT, "kind": "logistic", **asdict(self)}


def read_ranker(data: Mapping[str, Any]) -> Ranker:
    """A ranker from what `as_data` gave, read back from JSON; raises BadRanker."""
    try:
        if (data["format"], data["kind"]) != (FORMAT, "logistic"):
            raise BadRanker(f"a ranker of kind {data['kind']!r}, format {data['format']!r} is not known here")
        weights = tuple(
            Weight(str(w["name"]), float(w["mean"]), float(w["scale"]), float(w["weight"])) for w in data["weights"]
        )
        read = Ranker(
            weights, float(data["intercept"]), float(data["slope"]), float(data["shift"]), dict(data["trained"])
        )
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, BadRanker):
            raise
        raise BadRanker(f"a ranker cannot be read: {error!r}") from error
    if not all(one.scale > 0 and math.isfinite(one.weight) for one in weights):
        raise BadRanker("a ranker has a weight that is no number or a scale that is not above 0")
    return read
