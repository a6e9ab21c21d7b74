"""Agreement beyond chance between people, and between people and the machine, with bootstrap intervals.

Every coefficient here is one minus observed over expected disagreement, and both are functions of one matrix: how often
which two answers met on the same call. A call adds its own matrix, so a bootstrap over calls is a sum of matrices under
random weights, done for all resamples at once.

Cohen 1960 (weighted: Cohen 1968), Fleiss 1971, Krippendorff 2011 ("Computing Krippendorff's Alpha-Reliability"). Written
in numpy because the web part runs without scikit-learn, whose import alone takes seconds; the tests compare with it and
with the published worked examples.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Level = Literal["nominal", "ordinal", "interval"]
Weights = Literal["linear", "quadratic"]
Coefficient = Callable[[Array], Array]

RESAMPLES, SEED = 2000, 20261120
LEVEL = 0.95
SPREAD = 5  # calls below which draws with replacement are too alike to be an interval: of two alike it has no width
FEWEST = 10  # calls below which a coefficient advises nothing: its interval spans most readings
ONE_SIDED = 0.8  # share of one answer from which kappa says little (Feinstein and Cicchetti 1990)


@dataclass(frozen=True, slots=True)
class Agreement:
    """One coefficient. ``value`` and its interval are None where chance cannot be told from agreement.

    Below SPREAD calls there is no interval.

    ``units`` is the number of calls with two answers or more, ``same`` the share of pairs of answers that are equal,
    ``common`` the share of the most frequent answer.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    units: int
    same: float | None
    common: float | None

    @property
    def reading(self) -> str:
        """What the value asks for, by its point (bands of Landis and Koch 1977)."""
        if self.value is None:
            return "not measurable"
        if self.units < FEWEST:
            return "too few calls to say"
        for least, words in (
            (0.8, "may be automated"),
            (0.6, "usable"),
            (0.4, "train"),
            (-2.0, "rewrite the question"),
        ):
            if self.value >= least:
                return words
        raise AssertionError(self.value)

    @property
    def note(self) -> str:
        """What a reader must know before they read the value."""
        if self.units == 0:
            return "No call was answered by two."
        if self.value is None:
            return "Everybody gave the same answer, so agreement beyond chance cannot be measured."
        if self.common is not None and self.common >= ONE_SIDED:
            return f"{100 * self.common:.0f} % of the answers are the same one: a low value may come from that alone."
        return ""


def cohen(
    first: Sequence[Hashable], second: Sequence[Hashable], categories: Sequence[Hashable], *, weights: Weights | None = None,
    resamples: int = RESAMPLES, seed: int = SEED,
) -> Agreement:  # fmt: skip
    """Cohen's kappa of two raters over the same calls; weighted for scales, whose categories are then in order."""
    place = {category: n for n, category in enumerate(categories)}
    matrices = np.zeros((len(first), len(place), len(place)))
    for n, (a, b) in enumerate(zip(first, second, strict=True)):
        matrices[n, place[a], place[b]] = 1
    distance = _distance(len(place), weights)

    def disagreement(met: Array) -> Array:
        rows, columns, total = met.sum(-1), met.sum(-2), met.sum((-1, -2))
        expected = np.einsum("bi,bj,ij->b", rows, columns, distance)
        return _beyond_chance(np.einsum("bij,ij->b", met, distance) * total, expected)

    return _measured("Cohen's kappa", matrices, disagreement, resamples, seed)


def fleiss(
    answers: Sequence[Sequence[Hashable]],
    categories: Sequence[Hashable],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Agreement:
    """Fleiss' kappa: each call answered equally often, not always by the same people. Raises ValueError otherwise."""
    if len({len(given) for given in answers}) > 1:
        raise ValueError("Fleiss' kappa needs equally many answers on each call; Krippendorff's alpha does not.")

    def disagreement(met: Array) -> Array:
        total, shares = met.sum((-1, -2)), met.sum(-1)
        return _beyond_chance((total - np.einsum("bii->b", met)) * total, total**2 - (shares**2).sum(-1))

    return _measured("Fleiss' kappa", _coincidences(answers, categories), disagreement, resamples, seed)


def krippendorff(
    answers: Sequence[Sequence[Hashable]], categories: Sequence[Hashable], *, level: Level = "nominal",
    resamples: int = RESAMPLES, seed: int = SEED,
) -> Agreement:  # fmt: skip
    """Krippendorff's alpha: any number of answers on each call. Categories stand in order where ``level`` has one.

    For ``interval`` they are numbers.
    """

    def disagreement(met: Array) -> Array:
        shares = met.sum(-1)
        distance = _alpha_distance(shares, categories, level)
        expected = np.einsum("bi,bj,bij->b", shares, shares, distance)
        return _beyond_chance(np.einsum("bij,bij->b", met, distance) * (shares.sum(-1) - 1), expected)

    return _measured("Krippendorff's alpha", _coincidences(answers, categories), disagreement, resamples, seed)


def best_for(
    answers: Sequence[Mapping[str, Hashable]], categories: Sequence[Hashable], *, ordered: bool = False,
    resamples: int = RESAMPLES,
) -> Agreement:  # fmt: skip
    """The coefficient that fits: Cohen for the same two raters, Fleiss for equally many, else Krippendorff.

    ``answers`` is ``{rater: answer}`` of each call; calls with one answer only are left out.
    """
    paired = [given for given in answers if len(given) > 1]
    raters = sorted({rater for given in paired for rater in given})
    if len(raters) == 2:
        first, second = ([given[rater] for given in paired] for rater in raters)
        return cohen(first, second, categories, weights="quadratic" if ordered else None, resamples=resamples)
    listed = [list(given.values()) for given in paired]
    if not ordered and len({len(given) for given in listed}) == 1:
        return fleiss(listed, categories, resamples=resamples)
    return krippendorff(listed, categories, level="ordinal" if ordered else "nominal", resamples=resamples)


def _coincidences(answers: Sequence[Sequence[Hashable]], categories: Sequence[Hashable]) -> Array:
    """The matrix of each call with two answers or more: each pair of its answers, over one less than their number."""
    place = {category: n for n, category in enumerate(categories)}
    paired = [[place[answer] for answer in given] for given in answers if len(given) > 1]
    matrices = np.zeros((len(paired), len(place), len(place)))
    for n, given in enumerate(paired):
        for a, b in combinations(given, 2):
            matrices[n, a, b] += 1 / (len(given) - 1)
            matrices[n, b, a] += 1 / (len(given) - 1)
    return matrices


def _measured(name: str, matrices: Array, coefficient: Coefficient, resamples: int, seed: int) -> Agreement:
    """The value over all calls, and the interval of the values over calls drawn with replacement."""
    units = len(matrices)
    if units == 0:
        return Agreement(name, None, None, None, 0, None, None)
    whole = matrices.sum(0)
    total = float(whole.sum())
    common = float((whole.sum(0) + whole.sum(1)).max() / (2 * total))
    value = float(coefficient(whole[None])[0])
    low, high = _interval(matrices, coefficient, resamples, seed) if units >= SPREAD else (None, None)
    known = None if np.isnan(value) else value
    return Agreement(
        name, known, low if known is not None else None, high if known is not None else None, units,
        float(np.trace(whole) / total), common,
    )  # fmt: skip


def _interval(
    matrices: Array, coefficient: Coefficient, resamples: int, seed: int
) -> tuple[float, float] | tuple[None, None]:
    units = len(matrices)
    drawn = np.random.default_rng(seed).multinomial(units, np.full(units, 1 / units), size=resamples)
    summed = (drawn @ matrices.reshape(units, -1)).reshape(resamples, *matrices.shape[1:])
    values = coefficient(summed)
    values = values[~np.isnan(values)]  # draws in which everybody agrees on one answer measure nothing
    if not len(values):
        return None, None
    tail = 100 * (1 - LEVEL) / 2
    low, high = np.percentile(values, [tail, 100 - tail])
    return float(low), float(high)


def _beyond_chance(observed: Array, expected: Array) -> Array:
    """One minus observed over expected; NaN where nothing could disagree."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 1e-12, 1 - observed / expected, np.nan)


def _distance(size: int, weights: Weights | None) -> Array:
    apart = np.abs(np.subtract.outer(np.arange(size), np.arange(size))).astype(float)
    return (apart > 0).astype(float) if weights is None else apart if weights == "linear" else apart**2


def _alpha_distance(shares: Array, categories: Sequence[Hashable], level: Level) -> Array:
    """How far two answers are apart, for each resample; on an ordinal scale that depends on how many lie between."""
    size = shares.shape[-1]
    if level == "nominal":
        return np.broadcast_to(_distance(size, None), (len(shares), size, size))
    if level == "interval":
        numbers = np.array([float(str(category)) for category in categories])
        return np.broadcast_to(np.subtract.outer(numbers, numbers) ** 2, (len(shares), size, size))
    below = np.cumsum(shares, -1) - shares / 2  # rank of the middle of each answer
    return (below[:, :, None] - below[:, None, :]) ** 2
