"""How many voices a call has, and what each sounds like.

Voice vectors of one second vary more with what is said than with who says it. How they vary within one voice can be
read off the call itself: windows that follow each other mostly come from one person, so their differences give a
covariance to whiten with. In that space too many clusters are made, smoothed over time, and merged again while the two
closest cannot be told from one voice. That last judgement is made on cosines between mean vectors with the noise of
short data taken out (pairs of distant windows only), so one pair of limits serves short and long calls.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pipeline.diarization._windows import FRAMES_PER_SECOND, LENGTH, Windows

START = 6  # clusters to begin with
MOST_LINKED = 1500  # windows that take part in linkage; the others follow their nearest mean
SHRINK = 1.0  # of the covariance towards a multiple of the identity
NEAR_SHARE = 0.7  # differences above this quantile are taken for changes of speaker
SCALE, CHANGE, CHANGE_AT_PAUSE = 8.0, 1.5, 0.5  # of the smoothing over windows: log odds per cosine, cost of a change

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Limits:
    """What makes a voice one of its own. Cosines are between mean vectors, freed of noise.

    Two voices are one from a cosine of ``two`` on (less ``two_by`` / seconds of both); of three and more any pair from
    ``more`` on (less ``more_by`` / seconds of the shorter). ``least_of_two`` and ``least``: seconds of speech amid its
    own turns that a voice must have, of two and of more.
    """

    two: float = 0.945
    two_by: float = 0.15
    more: float = 0.90
    more_by: float = 0.32
    least_of_two: float = 1.0
    least: float = 4.0


LINE = Limits()  # everybody on one line: two are to be expected
SIDE = Limits(two=0.85, more=0.80, least_of_two=6.0, least=6.0)  # one side of a call: one is to be expected


@dataclass(frozen=True)
class Space:
    """Where voices of one call lie round: centred on the call's mean, whitened by the variation within a voice."""

    mean: Floats
    whitener: Floats

    def place(self, vectors: Floats) -> Floats:
        """L2-normed positions ``[n, d]`` of voice vectors ``[n, d]``."""
        return normed((vectors - self.mean) @ self.whitener)


@dataclass(frozen=True)
class Voices:
    """The voices found: their directions ``[k, d]`` in ``space``, and the label of every window ``[n]``."""

    space: Space
    directions: Floats
    labels: Labels


def find_voices(vectors: Floats, windows: Windows, *, limits: Limits = LINE, most: int = 4,
                speakers: int | None = None) -> Voices:  # fmt: skip
    """The voices of one call.

    :param vectors: L2-normed voice vectors ``[n, d]``, one a window.
    :param most: no more than this many voices.
    :param speakers: how many there are, where that is known.
    """
    pooled = _pooled(vectors, windows)
    space = _space(pooled, windows)
    places = space.place(pooled)
    labels = _linked(places, max(START, speakers or 0))
    while True:
        labels = _smoothed(places, labels, windows)
        if labels.max() == 0 or labels.max() + 1 == speakers:
            break
        fewer = _with_fewer(labels, vectors, places, windows, _told(limits) if speakers else limits, speakers or most)
        if fewer is None:
            break
        labels = fewer
    return Voices(space, normed(_means(places, labels)), labels)


def _told(limits: Limits) -> Limits:
    """Where the number of voices is known, one that says little is not dropped for that: those most alike are joined."""
    return replace(limits, least=limits.least_of_two)


def normed(vectors: npt.NDArray[np.floating]) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


def _pooled(vectors: Floats, windows: Windows) -> Floats:
    """Each vector averaged with its neighbours in the same region: steadier, and still short against a turn."""
    total = vectors.copy()
    joined = (windows.region[1:] == windows.region[:-1])[:, None]
    total[1:] += vectors[:-1] * joined
    total[:-1] += vectors[1:] * joined
    return normed(total)


def _space(vectors: Floats, windows: Windows) -> Space:
    steps = vectors[1:] - vectors[:-1]
    within = windows.region[1:] == windows.region[:-1]
    steps = steps[within] if within.sum() >= 10 else steps
    sizes = np.linalg.norm(steps, axis=1)
    steps = steps[sizes <= np.quantile(sizes, NEAR_SHARE)] if len(steps) else np.zeros((1, vectors.shape[1]))
    values, axes = np.linalg.eigh(steps.T.astype(np.float64) @ steps / len(steps))
    values = np.maximum(values, 0.0) + SHRINK * max(float(values.mean()), 1e-9)
    return Space(vectors.mean(0), ((axes / np.sqrt(values)) @ axes.T).astype(np.float32))


def _linked(places: Floats, count: int) -> Labels:
    """``count`` clusters by average linkage over cosines, of a share of the windows; the rest go to the nearest mean."""
    from scipy.cluster.hierarchy import fcluster, linkage  # half a second to import

    picked = np.unique(np.linspace(0, len(places) - 1, min(len(places), MOST_LINKED)).astype(int))
    if len(picked) <= count:
        return np.zeros(len(places), np.int64)
    labels = fcluster(linkage(places[picked], "average", metric="cosine"), count, "maxclust") - 1
    return _nearest(places, _means(places[picked], labels))


def _nearest(places: Floats, means: Floats) -> Labels:
    return _compact((places @ normed(means).T).argmax(1))


def _means(places: Floats, labels: Labels) -> Floats:
    return np.stack([places[labels == label].mean(0) for label in range(labels.max() + 1)])


def _compact(labels: Labels) -> Labels:
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def _smoothed(places: Floats, labels: Labels, windows: Windows) -> Labels:
    """Labels after three rounds of means and best paths over time; clusters that live from single windows die out."""
    pause = np.r_[False, windows.region[1:] != windows.region[:-1]]
    costs = np.where(pause, CHANGE_AT_PAUSE, CHANGE)
    for _ in range(3):
        scores = SCALE * (places @ normed(_means(places, labels)).T)
        labels = _compact(best_path(scores, costs))
    return labels


def best_path(scores: npt.NDArray[np.floating], costs: npt.NDArray[np.floating]) -> Labels:
    """Viterbi: the labels ``[n]`` with the highest sum of ``scores`` ``[n, k]``, less ``costs`` ``[n]`` at each change."""
    back = np.zeros(scores.shape, np.int64)
    own = np.arange(scores.shape[1])
    total = scores[0].astype(np.float64)
    for n in range(1, len(scores)):
        best = int(total.argmax())
        changed = total[best] - costs[n]
        back[n] = np.where(changed > total, best, own)
        total = np.maximum(changed, total) + scores[n]
    path = np.zeros(len(scores), np.int64)
    path[-1] = int(total.argmax())
    for n in range(len(scores) - 1, 0, -1):
        path[n - 1] = back[n, path[n]]
    return path


def _with_fewer(labels: Labels, vectors: Floats, places: Floats, windows: Windows, limits: Limits,
                most: int) -> Labels | None:  # fmt: skip
    """Labels with one voice less, or None where all of them stand."""
    count = int(labels.max()) + 1
    amid = _amid_own_turn(labels, windows)
    seconds = _seconds(labels, amid, windows)
    if seconds.min() < (limits.least if count > 2 else limits.least_of_two):
        return _nearest(places, np.delete(_means(places, labels), int(seconds.argmin()), axis=0))
    excess = _likeness(vectors[amid], labels[amid], windows.first[amid], count) - _cosines(limits, seconds)
    np.fill_diagonal(excess, -np.inf)
    one, other = np.unravel_index(int(excess.argmax()), excess.shape)
    if excess[one, other] <= 0.0 and count <= most:
        return None
    return _compact(np.where(labels == other, one, labels))


def _amid_own_turn(labels: Labels, windows: Windows) -> npt.NDArray[np.bool_]:
    """Windows two steps or more away from a change of voice within their region: not a mixture of two."""
    change = (labels[1:] != labels[:-1]) & (windows.region[1:] == windows.region[:-1])
    touched = np.zeros(len(labels) + 4, bool)
    for shift in (1, 2, 3, 4):
        touched[shift : shift + len(change)] |= change
    return ~touched[2 : 2 + len(labels)]


def _seconds(labels: Labels, amid: npt.NDArray[np.bool_], windows: Windows) -> npt.NDArray[np.float64]:
    """Speech of each voice amid its own turns, without counting overlapping windows twice."""
    until = np.r_[windows.first[1:], windows.last[-1:]]
    own = np.minimum(windows.last, np.where(until > windows.first, until, windows.last)) - windows.first
    return np.bincount(labels[amid], own[amid], minlength=int(labels.max()) + 1) / FRAMES_PER_SECOND


def _cosines(limits: Limits, seconds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Cosines ``[k, k]`` from which two voices are one."""
    if len(seconds) == 2:
        return np.full((2, 2), limits.two - limits.two_by / max(1.0, float(seconds.sum())))
    smaller = np.minimum(seconds[:, None], seconds[None, :])
    return np.asarray(limits.more - limits.more_by / np.maximum(smaller, 1.0))


def _likeness(vectors: Floats, labels: Labels, first: Labels, count: int) -> npt.NDArray[np.float64]:
    """Cosine ``[k, k]`` between the means of the voices, freed of noise: only pairs of windows without common sound.

    A voice with no such pair counts as like any other (1.0): nothing shows that it is one of its own.
    """
    picked = np.unique(np.linspace(0, len(vectors) - 1, min(len(vectors), MOST_LINKED)).astype(int))
    vectors, labels, first = vectors[picked], labels[picked], first[picked]
    apart = np.abs(first[:, None] - first[None, :]) >= LENGTH
    member = np.eye(count)[labels]
    pairs = member.T @ apart @ member
    sums = member.T @ ((vectors @ vectors.T) * apart) @ member
    means = np.where(pairs > 0, sums / np.maximum(pairs, 1), np.nan)
    scale = np.sqrt(np.maximum(np.diag(means), 1e-6))
    return np.nan_to_num(means / scale[:, None] / scale[None, :], nan=1.0)
