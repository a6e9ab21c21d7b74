"""More like this call: by the meaning of the whole call where vectors are, else by the words that set it apart.

Either way each call found comes with words that both say and few others do (inverse document frequency, Sparck Jones 1972),
counted among the calls that the searcher may see.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.search.records import IndexedCall, Reach
from pipeline.search.tree import Any_, Said, Term
from pipeline.search.words import stem, terms

if TYPE_CHECKING:
    from pipeline.protocols import SearchIndex

ASKED, WORDS, SHOWN = 60, 12, 5  # words counted of a call; searched for; shown of a pair
LEAST = 3  # letters of a word that says something
# Said in every call, so that counting them is a waste.
_COMMON = frozenset(
    "about after again all also and any anything are back because been before being but call can could did does doing "
    "dont down else even every for from get give going good got had has have hello her here hers hey him his how its "
    "ive just know let like look make may maybe me might more much must need not now off okay one only our out over "
    "please put really right said same say see sir she should some something still sure take tell than thank thanks "
    "that thats the their them then there these they thing things think this those through today too um under until "
    "very want was way well were what whats when where which while who why will with would yeah yes you your youre".split()
)


@dataclass(frozen=True, slots=True)
class Alike:
    """One call that is alike. ``likeness`` is the cosine of both vectors (-1 to 1), None when only words were compared."""

    call_id: str
    likeness: float | None
    words: tuple[str, ...]


def more_like(
    index: SearchIndex, call_id: str, vector: Sequence[float] | None, reach: Reach, *, limit: int = 5
) -> list[Alike]:
    """The calls most alike, best first; none where the call itself is not in reach. Raises IndexUnavailable."""
    mine = index.read(call_id, reach)
    if mine is None:
        return []
    said = told_words(mine)
    weights = rarity(index, said, reach)
    if vector is not None:
        hits = index.similar(vector, reach, without=call_id, limit=limit)
        found: list[tuple[str, float | None]] = [(hit.call_id, hit.score) for hit in hits]
    else:
        found = [(other, None) for other in _by_words(index, call_id, weights, reach, limit)]
    calls = [(index.read(other, reach), likeness) for other, likeness in found]
    return [Alike(one.call_id, likeness, shared(said, one, weights)) for one, likeness in calls if one is not None]


def told_words(call: IndexedCall) -> dict[str, tuple[str, int]]:
    """Stems of the words that say something: the form said most often, and how often in all."""
    forms: dict[str, Counter[str]] = {}
    for turn in call.turns:
        for term in (term for word in turn.words for term in terms(word)):
            if len(term) >= LEAST and term.isalpha() and term not in _COMMON:
                forms.setdefault(stem(term), Counter())[term] += 1
    return {
        one: (min(counted, key=lambda form: (-counted[form], form)), counted.total()) for one, counted in forms.items()
    }


def rarity(index: SearchIndex, said: Mapping[str, tuple[str, int]], reach: Reach) -> dict[str, float]:
    """How much each of the words said most sets a call apart: occurrences times the log of calls per call that says it."""
    often = sorted(said, key=lambda one: (-said[one][1], one))[:ASKED]
    counted = index.counts(often, reach)
    total = index.size(reach)
    return {one: (1 + math.log(said[one][1])) * math.log((1 + total) / counted[one]) for one in often if counted[one]}


def shared(said: Mapping[str, tuple[str, int]], other: IndexedCall, weights: Mapping[str, float]) -> tuple[str, ...]:
    """Words of both calls, those that few others say first."""
    both = [one for one in told_words(other) if weights.get(one, 0.0) > 0.0]
    return tuple(said[one][0] for one in sorted(both, key=lambda one: (-weights[one], one))[:SHOWN])


def _by_words(
    index: SearchIndex, call_id: str, weights: Mapping[str, float], reach: Reach, limit: int
) -> list[str]:  # fmt: skip
    rarest = sorted(weights, key=lambda one: (-weights[one], one))[:WORDS]
    if not rarest:
        return []
    tree = Any_(tuple(Said(Term("stem", (one,), one)) for one in rarest))
    hits = index.search(tree, reach, limit=limit + 1).hits
    return [hit.call_id for hit in hits if hit.call_id != call_id][:limit]
