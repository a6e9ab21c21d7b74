"""A query tree in the server's query language. What only narrows stands in filters, which neither score nor are scored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.search.cursors import missing
from pipeline.search.elastic.mapping import folded
from pipeline.search.fields import FACETS, MEASURE
from pipeline.search.records import Reach, Sort
from pipeline.search.terms import edges_wanted
from pipeline.search.tree import All, Any_, Between, Known, Near, Node, Phrase, Said, Term, Without
from pipeline.search.words import stem

Clause = dict[str, Any]
_COLUMNS = {"stem": "turns.stems", "prefix": "turns.words", "word": "turns.words"}
_OWN_NUMBERS = {"score", "duration", "started"}
MOST_SCORED = 50  # endings of a prefix that count for relevance; all of them match


def compiled(tree: Node, reach: Reach) -> Clause:
    return {"bool": {"must": [_clause(tree)], "filter": in_reach(reach)}}


def in_reach(reach: Reach) -> list[Clause]:
    """The calls that may be found."""
    ways = [
        {"bool": {"filter": [{"term": {name: value}} for name, value in (("team", grant.team), ("agent", grant.agent))
                             if value is not None]}}
        for grant in reach.grants
    ]  # fmt: skip
    some: Clause = {"bool": {"should": ways, "minimum_should_match": 1}} if ways else {"match_none": {}}
    return [{"term": {"org": reach.org}}, {"term": {"held": False}}, some]


def sorting(sort: Sort) -> list[Clause]:
    """The value, then the call id upwards."""
    order = "desc" if sort.descending else "asc"
    if sort.by == "relevance":
        by: Clause = {"_score": {"order": order}}
    elif sort.by.startswith(MEASURE):
        nested = {"path": "measures", "filter": {"term": {"measures.name": sort.by.removeprefix(MEASURE)}}}
        by = {"measures.value": {"order": order, "nested": nested, "missing": missing(sort)}}
    else:
        by = {sort.by: {"order": order}}
    return [by, {"call_id": {"order": "asc"}}]


def counting(facets: Sequence[str], most: int) -> Clause:
    """How often each value stands in the calls found."""
    stored = {facet: "team_name" if facet == "team" else facet for facet in facets if facet in FACETS}
    order = [{"_count": "desc"}, {"_key": "asc"}]
    return {
        facet: {"terms": {"field": f"labels.{name}", "size": 10 * most, "order": order}}
        for facet, name in stored.items()
    }


def said_clause(one: Said, **inner: Any) -> Clause:
    """Something said in one turn; the score is the sum over all such turns. ``inner`` goes with the nested query."""
    what = one.what
    prefix = isinstance(what, Term) and what.form == "prefix"
    scored = [] if what is None else _scored(what)
    narrowed = [] if what is None else _narrowed(what)
    if one.roles:
        narrowed.append({"terms": {"turns.role": list(one.roles)}})
    narrowed += [{"terms": {"turns.edges": edges}} for edges in _edges(one)]
    # Only some endings of a prefix are scored, so that they may not decide what matches: the filter does.
    query = {"bool": {"should" if prefix else "must": scored, "filter": narrowed}}
    return {"nested": {"path": "turns", "score_mode": "sum", "query": query, **inner}}


def _clause(node: Node) -> Clause:
    match node:
        case Said(what=None):
            return {"bool": {"filter": [said_clause(node)]}}
        case Said():
            return said_clause(node)
        case Known(name, values, prefix):
            return {"bool": {"filter": [_known(name, values, prefix=prefix)]}}
        case Between():
            return {"bool": {"filter": [_between(node)]}}
        case Without(part):
            return {"bool": {"must_not": [_clause(part)]}}
        case All(parts):
            return {"bool": {"must": [_clause(part) for part in parts]}}
        case Any_(parts):
            return {"bool": {"should": [_clause(part) for part in parts], "minimum_should_match": 1}}


def _scored(what: Term | Phrase | Near) -> list[Clause]:
    """What must match and says how well."""
    match what:
        case Term("prefix", values):
            some = [{"prefix": {"turns.words": {"value": v, "rewrite": f"top_terms_{MOST_SCORED}"}}} for v in values]
            return [{"bool": {"should": some}}]
        case Term(form, values):
            return [{"bool": {"should": [{"term": {_COLUMNS[form]: v}} for v in values], "minimum_should_match": 1}}]
        case Phrase(form, values):
            return [{"match_phrase": {_COLUMNS[form]: {"query": " ".join(values), "analyzer": "whitespace"}}}]
        case Near(left, right):
            return [*_scored(left), *_scored(right)]


def _narrowed(what: Term | Phrase | Near) -> list[Clause]:
    """What must match beside that."""
    match what:
        case Term("prefix", values):
            return [{"bool": {"should": [{"prefix": {"turns.words": value}} for value in values]}}]
        case Near(left, right, gap):
            both = {"intervals": [_interval(left), _interval(right)], "max_gaps": gap, "ordered": False}
            return [{"intervals": {"turns.stems": {"all_of": both}}}]
        case _:
            return []


def _interval(side: Term | Phrase) -> Clause:
    if isinstance(side, Phrase):
        return {"match": {"query": " ".join(side.values), "max_gaps": 0, "ordered": True}}
    return {"any_of": {"intervals": [{"match": {"query": value}} for value in side.values]}}


def _edges(one: Said) -> list[list[str]]:
    """Each word of it inside each window; of a word's forms one is enough."""
    sides = (one.what.left, one.what.right) if isinstance(one.what, Near) else (one.what,)
    found: list[list[str]] = []
    for side in sides:
        groups: list[tuple[str, ...]] = []
        if isinstance(side, Phrase):
            groups = [(value if side.form == "stem" else stem(value),) for value in side.values]
        elif isinstance(side, Term):
            groups = [side.values if side.form == "stem" else tuple(map(stem, side.values))]
        for group in groups:
            windows = [edges_wanted(word, one.first, one.last) for word in group]
            found += [[edge for edges in side_ for edge in edges] for side_ in zip(*windows, strict=True)]
    return found


def _known(name: str, values: tuple[str, ...], *, prefix: bool) -> Clause:
    if not prefix:
        return {"terms": {"folded": [folded(name, value) for value in values]}}
    there: Clause = {"exists": {"field": f"labels.{name}"}}
    some = [{"prefix": {"folded": folded(name, value)}} if value else there for value in values]
    return {"bool": {"should": some, "minimum_should_match": 1}}


def _between(wanted: Between) -> Clause:
    ends = {("gt" if wanted.strict_low else "gte"): wanted.low, ("lt" if wanted.strict_high else "lte"): wanted.high}
    given = {sign: value for sign, value in ends.items() if value is not None}
    if wanted.field in _OWN_NUMBERS:
        return {"range": {wanted.field: given}}
    rows = [{"term": {"measures.name": wanted.field}}, {"range": {"measures.value": given}}]
    return {"nested": {"path": "measures", "query": {"bool": {"filter": rows}}}}
