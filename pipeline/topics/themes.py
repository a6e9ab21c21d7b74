"""Themes nobody named yet: reasons of calls that lie together in meaning, and which of them are new or growing.

HDBSCAN (Campello et al. 2013) finds groups of any number in the similarities of the calls' reasons and leaves the rest alone. A
group is named by the terms that its calls use more often than all others (class-based tf-idf, Grootendorst 2022). Calls from
a day on are compared with those before: a theme is new where hardly any call had it before, growing where so many calls of
the later days would be a rare chance at the earlier rate (binomial test).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from pipeline.topics.growth import SMALLEST, is_growing, is_new
from pipeline.topics.learning import SMALL
from pipeline.topics.saying import stem

if TYPE_CHECKING:
    from pipeline.protocols import Meaning

MOST = 5000  # calls compared with each other: the square of it in floats is 100 MB
NAMED = 4  # terms that name one
SHOWN = 3  # calls shown of one
ONE_THEME = 0.5  # mean similarity across two groups from which they are one
BELONGS = 0.45  # mean similarity to a group from which a call that HDBSCAN left alone is of it


@dataclass(frozen=True, slots=True)
class Told:
    """The reason of one call in the customer's words, and when it was."""

    call: str
    when: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Theme:
    """Calls that are about one thing. ``before`` and ``now`` count calls; shares are of all calls of their time."""

    terms: tuple[str, ...]
    before: int
    now: int
    share_before: float
    share_now: float
    chance: float  # of so many calls now, had nothing changed
    calls: tuple[str, ...]  # the most typical ones of now
    quote: str
    members: tuple[str, ...] = ()  # every call of now

    @property
    def name(self) -> str:
        return ", ".join(self.terms)

    @property
    def new(self) -> bool:
        return is_new(self.before, self.now)

    @property
    def growing(self) -> bool:
        return is_growing(
            self.before, self.now, share_before=self.share_before, share_now=self.share_now, chance=self.chance
        )


def themes(calls: Sequence[Told], since: datetime, meaning: Meaning) -> list[Theme]:
    """Themes with calls from ``since`` on: new ones first, then growing ones, then the others by their share."""
    said = sorted((told for told in calls if told.reason), key=lambda told: (told.when, told.call))[-MOST:]
    if len(said) < 2 * SMALLEST:
        return []
    alike = meaning.similar([told.reason for told in said], [told.reason for told in said])
    groups = _with_left(_merged(_groups(alike), alike), alike)
    later = sum(told.when >= since for told in said)
    names = _names([[said[n].reason for n in group] for group in groups])
    found = [_theme(group, name, said, alike, since, later) for group, name in zip(groups, names, strict=True)]
    rows = [theme for theme in found if theme.now]
    return sorted(rows, key=lambda theme: (not theme.new, not theme.growing, -theme.share_now, theme.name))


def _groups(alike: np.ndarray) -> list[list[int]]:
    """Places of the calls of each group; calls that belong to none are left out."""
    from sklearn.cluster import HDBSCAN  # 2 s: only where themes are looked for

    distance = np.clip(1.0 - alike.astype(np.float64), 0.0, 2.0)
    distance = (distance + distance.T) / 2
    np.fill_diagonal(distance, 0.0)
    labels = HDBSCAN(min_cluster_size=SMALLEST, min_samples=2, metric="precomputed", copy=True).fit_predict(distance)
    return [np.flatnonzero(labels == label).tolist() for label in sorted(set(labels.tolist()) - {-1})]


def _merged(groups: list[list[int]], alike: np.ndarray) -> list[list[int]]:
    """Groups whose calls are alike across them are one theme: the nearest two first, again and again."""
    groups = [list(group) for group in groups]
    while len(groups) > 1:
        middles = np.stack([alike[group].mean(0) for group in groups])
        across = np.stack([middles[:, group].mean(1) for group in groups])
        np.fill_diagonal(across, 0.0)
        one, two = sorted(divmod(int(across.argmax()), len(groups)))
        if across[one, two] < ONE_THEME:
            break
        groups[one] = sorted(groups[one] + groups.pop(two))
    return groups


def _with_left(groups: list[list[int]], alike: np.ndarray) -> list[list[int]]:
    """The groups with each call that was left alone in the one it is most alike to, if it is alike at all: a theme is counted
    by all of its calls."""
    left = sorted(set(range(len(alike))) - {place for group in groups for place in group})
    if not groups or not left:
        return groups
    nearness = np.stack([alike[np.ix_(left, group)].mean(1) for group in groups])
    wider = [list(group) for group in groups]
    for place, best, near in zip(left, nearness.argmax(0), nearness.max(0), strict=True):
        if near >= BELONGS:
            wider[int(best)].append(place)
    return [sorted(group) for group in wider]


def _theme(
    group: Sequence[int], name: tuple[str, ...], said: Sequence[Told], alike: np.ndarray, since: datetime, later: int
) -> Theme:
    now = [n for n in group if said[n].when >= since]
    before, earlier = len(group) - len(now), len(said) - later
    middle = alike[np.ix_(group, group)].mean(1)
    typical = sorted(now, key=lambda n: -float(middle[group.index(n)]))[:SHOWN]
    return Theme(
        name, before, len(now), before / max(1, earlier), len(now) / max(1, later),
        _chance(len(now), later, before, earlier),
        tuple(said[n].call for n in typical), said[typical[0]].reason if typical else "",
        tuple(said[n].call for n in now),
    )  # fmt: skip


def _chance(now: int, later: int, before: int, earlier: int) -> float:
    """Chance of at least ``now`` of ``later`` calls at the rate of the earlier days (one call added, so that it is not 0)."""
    from scipy.stats import binom

    return float(binom.sf(now - 1, later, (before + 1) / (earlier + 2))) if later else 1.0


def _names(groups: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    counted = [Counter(term for text in texts for term in _terms(text)) for texts in groups]
    everywhere: Counter[str] = Counter()
    for counts in counted:
        everywhere.update(counts)
    size = sum(everywhere.values()) / max(1, len(groups))
    return [_name(counts, everywhere, size) for counts in counted]


def _name(counts: Counter[str], everywhere: Counter[str], size: float) -> tuple[str, ...]:
    worth = {
        term: n * math.log(1 + size / everywhere[term]) * (1.3 if " " in term else 1.0)
        for term, n in counts.items()
        if n > 1
    }
    chosen: list[str] = []
    for term in sorted(worth, key=lambda term: (-worth[term], term)):
        if not any(_same(term, other) for other in chosen):
            chosen.append(term)
        if len(chosen) == NAMED:
            break
    return tuple(chosen) or ("no common words",)


def _same(term: str, other: str) -> bool:
    """True where two terms share a word."""
    return bool({stem(word) for word in term.split()} & {stem(word) for word in other.split()})


def _terms(text: str) -> set[str]:
    """Words and pairs of words of one call, small words left out, each once."""
    words = text.split()
    plain = {word for word in words if word not in SMALL and len(word) > 2}
    return plain | {f"{a} {b}" for a, b in pairwise(words) if a in plain and b in plain}
