"""Forgiving typos: a word that nobody in reach says is looked for under its neighbours.

Whether a word is known is asked inside the scope: what other teams say changes nothing that a searcher can see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.search.records import Reach
from pipeline.search.tree import Node, Said, Term, mapped, said, terms_of, with_terms
from pipeline.search.words import nearest, shortened, stem

if TYPE_CHECKING:
    from pipeline.protocols import SearchIndex


@dataclass(frozen=True, slots=True)
class Resolved:
    """A tree ready to be searched. ``instead`` maps what was typed to the words that were searched for it."""

    tree: Node
    instead: Mapping[str, tuple[str, ...]]


def resolve(tree: Node, index: SearchIndex, reach: Reach) -> Resolved:
    """The tree with neighbours of unknown words put beside them. At most three questions to the index."""
    wanted = [
        term
        for one in said(tree, wanted_only=True)
        for term in terms_of(one)
        if isinstance(term, Term) and term.form == "stem" and shortened(term.typed)
    ]
    if not wanted:
        return Resolved(tree, {})
    known = index.known({value for term in wanted for value in term.values}, reach)
    unsure = {term for term in wanted if term.alike or not known & set(term.values)}
    near = _neighbours({term.typed for term in unsure}, index, reach)
    if not near:
        return Resolved(tree, {})

    def widened(term: Term) -> Term:
        if term not in unsure or term.typed not in near:
            return term
        return replace(term, values=tuple(dict.fromkeys((*term.values, *map(stem, near[term.typed])))))

    def change(one: Said) -> Said:
        return with_terms(one, widened)

    return Resolved(mapped(tree, change), near)


def _neighbours(typed: set[str], index: SearchIndex, reach: Reach) -> dict[str, tuple[str, ...]]:
    """For each mistyped word, words one letter away that somebody in reach says."""
    if not typed:
        return {}
    candidates = index.alike(frozenset(piece for word in typed for piece in shortened(word)))
    close = {word: nearest(word, candidates) for word in sorted(typed)}
    known = index.known({stem(other) for others in close.values() for other in others}, reach)
    kept = {word: tuple(other for other in others if stem(other) in known) for word, others in close.items()}
    return {word: others for word, others in kept.items() if others}
