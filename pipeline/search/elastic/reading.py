"""Questions to the server and what its answers say."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipeline.search.cursors import Counted, as_cursor, checked, read_cursor
from pipeline.search.elastic.compiling import compiled, counting, in_reach, said_clause, sorting
from pipeline.search.elastic.mapping import read_turn
from pipeline.search.errors import IndexUnavailable
from pipeline.search.fields import LABELS
from pipeline.search.highlighting import passages as shown_passages
from pipeline.search.records import (
    MOST_COUNTED,
    MOST_SORTED_OUT,
    Found,
    Hit,
    IndexedCall,
    Passage,
    Reach,
    Sort,
)
from pipeline.search.tree import Node, Said, Term, said

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

TURNS = 8  # matching turns read of one call and one wanted thing
VALUES = 100  # of one facet
SOME = "some"  # the calls in which facets are counted
PAGE = 5000  # calls read at once where all are listed
_SHOWN = ["turns.role", "turns.start", "turns.end", "turns.said"]


def page(
    client: Elasticsearch, index: str, tree: Node, reach: Reach, sort: Sort, *, limit: int, after: str | None,
    facets: Sequence[str], passages: int,
) -> Found:  # fmt: skip
    """One keyset page; where passages are shown, a second question fetches the turns of its calls only.

    Calls are counted on the first page; a place further on brings along what was counted.
    """
    sort = checked(sort)
    spot = None if after is None else read_cursor(sort, after)
    counted = None if spot is None else spot.counted
    asked: dict[str, Any] = {"query": compiled(tree, reach), "sort": sorting(sort), "size": limit + 1,
                             "track_total_hits": MOST_COUNTED if counted is None else False,
                             "_source": ["call_id", "duration"]}  # fmt: skip
    if spot is not None:
        asked["search_after"] = [spot.value, spot.call_id]
    if facets:
        asked["aggs"] = {SOME: {"sampler": {"shard_size": MOST_SORTED_OUT}, "aggs": counting(facets, VALUES)}}
    answer = client.search(index=index, **asked).body
    rows = answer["hits"]["hits"]
    if counted is None:
        counted = Counted(answer["hits"]["total"]["value"], answer["hits"]["total"]["relation"] == "gte")
    places = _passages(client, index, tree, rows[:limit], passages) if passages else {}
    hits = tuple(Hit(row["_source"]["call_id"], row["sort"][0], places.get(row["_id"], ())) for row in rows[:limit])
    more = (
        as_cursor(sort, rows[limit - 1]["sort"][0], rows[limit - 1]["_source"]["call_id"], counted)
        if len(rows) > limit
        else None
    )
    return Found(
        hits, counted.total, more, _facets(answer["aggregations"][SOME], facets) if facets else {}, counted.many
    )


def size(client: Elasticsearch, index: str, reach: Reach) -> int:
    return int(client.count(index=index, query={"bool": {"filter": in_reach(reach)}})["count"])


def known(client: Elasticsearch, index: str, stems: Collection[str], reach: Reach) -> set[str]:
    found = _each(client, index, stems, reach, {"size": 0, "terminate_after": 1, "track_total_hits": 1})
    return {one for one, calls in found.items() if calls}


def counts(client: Elasticsearch, index: str, stems: Collection[str], reach: Reach) -> dict[str, int]:
    return _each(client, index, stems, reach, {"size": 0, "track_total_hits": True})


def alike(client: Elasticsearch, index: str, pieces: Collection[str]) -> set[str]:
    query = {"terms": {"pieces": sorted(pieces)}}
    answer = client.search(index=index, query=query, size=PAGE, source_includes=["word"])
    return {row["_source"]["word"] for row in answer["hits"]["hits"]}


def read(client: Elasticsearch, index: str, call_id: str, reach: Reach) -> IndexedCall | None:
    query = {"bool": {"filter": [{"term": {"call_id": call_id}}, *in_reach(reach)]}}
    rows = client.search(index=index, query=query, size=1)["hits"]["hits"]
    if not rows:
        return None
    one = rows[0]["_source"]
    labels = {field: tuple(values) for field, values in one["labels"].items()}
    own = {name: (labels.get(name) or ("",))[0] for name in ("name", "queue", "direction", "language", "team_name")}
    return IndexedCall(
        one["org"], one["team"], one["call_id"], one["version"], own["name"], datetime.fromtimestamp(one["started"], UTC),
        one["duration"], one["score"], one["agent"], own["queue"], own["direction"], own["language"], own["team_name"],
        one["held"], {field: tuple(sorted(values, key=str.casefold)) for field, values in labels.items() if field in LABELS},
        {row["name"]: row["value"] for row in sorted(one["measures"], key=lambda row: row["name"])},
        tuple(read_turn(turn) for turn in one["turns"]),
    )  # fmt: skip


def similar(
    client: Elasticsearch, index: str, vector: Sequence[float], reach: Reach, *, without: str, limit: int
) -> list[Hit]:
    """By the server's graph of neighbours; the more candidates it looks at, the nearer to exact."""
    inside = {"bool": {"filter": in_reach(reach), "must_not": [{"term": {"call_id": without}}]}}
    near = {"field": "vector", "query_vector": list(vector), "k": limit, "num_candidates": max(200, 10 * limit),
            "filter": inside}  # fmt: skip
    rows = client.search(index=index, knn=near, size=limit, source_includes=["call_id"])["hits"]["hits"]
    found = [Hit(row["_source"]["call_id"], 2 * row["_score"] - 1) for row in rows]
    return sorted(found, key=lambda hit: (-hit.score, hit.call_id))


def versions(client: Elasticsearch, index: str, org: str) -> Iterator[tuple[str, int]]:
    after: list[Any] | None = None
    while True:
        rows = client.search(index=index, query={"term": {"org": org}}, sort=[{"call_id": "asc"}], size=PAGE,
                             source_includes=["call_id", "version"], search_after=after)["hits"]["hits"]  # fmt: skip
        yield from ((row["_source"]["call_id"], row["_source"]["version"]) for row in rows)
        if len(rows) < PAGE:
            return
        after = rows[-1]["sort"]


def _each(
    client: Elasticsearch, index: str, stems: Collection[str], reach: Reach, how: dict[str, Any]
) -> dict[str, int]:
    """How many calls in reach say each stem, all asked at once."""
    if not stems:
        return {}
    asked: list[dict[str, Any]] = []
    for one in stems:
        clause = said_clause(Said(Term("stem", (one,), one)))
        asked += [{"index": index}, {"query": {"bool": {"filter": [clause, *in_reach(reach)]}}, **how}]
    return dict(zip(stems, totals(client, asked), strict=True))


def totals(client: Elasticsearch, asked: Sequence[dict[str, Any]]) -> list[int]:
    """How many documents each of several searches found."""
    answers = client.msearch(searches=list(asked))["responses"]
    if wrong := next((answer for answer in answers if "error" in answer), None):
        raise IndexUnavailable(f"The search server answered {wrong['status']}: {wrong['error']['type']}.")
    return [answer["hits"]["total"]["value"] for answer in answers]


def _facets(counted: dict[str, Any], facets: Sequence[str]) -> dict[str, tuple[tuple[str, int], ...]]:
    """Values that differ in their case only are one, as everywhere."""
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    for facet, answer in ((facet, counted[facet]) for facet in facets if facet in counted):
        merged: dict[str, tuple[str, int]] = {}
        for bucket in answer["buckets"]:
            value, calls = bucket["key"], bucket["doc_count"]
            shown, before = merged.get(value.casefold(), (value, 0))
            merged[value.casefold()] = (min(shown, value), before + calls)
        ranked = sorted(merged.values(), key=lambda item: (-item[1], item[0].casefold(), item[0]))
        found[facet] = tuple(ranked[:VALUES])
    return found


def _passages(
    client: Elasticsearch, index: str, tree: Node, rows: Sequence[dict[str, Any]], most: int
) -> dict[str, tuple[Passage, ...]]:
    """The first places of each call of a page, by document."""
    wanted = [one for one in said(tree, wanted_only=True) if one.what is not None]
    if not wanted or not rows:
        return {}
    inner = {"size": TURNS, "sort": [{"turns.start": "asc"}], "_source": _SHOWN}
    some = [said_clause(one, inner_hits={"name": str(number), **inner}) for number, one in enumerate(wanted)]
    query = {"bool": {"filter": [{"ids": {"values": [row["_id"] for row in rows]}}], "should": some}}
    answer = client.search(index=index, query=query, size=len(rows), source=False)
    lengths = {row["_id"]: row["_source"]["duration"] for row in rows}
    found: dict[str, tuple[Passage, ...]] = {}
    for row in answer["hits"]["hits"]:
        turns = {
            hit["_nested"]["offset"]: read_turn(hit["_source"])
            for group in row["inner_hits"].values()
            for hit in group["hits"]["hits"]
        }
        found[row["_id"]] = shown_passages(tree, turns.values(), lengths[row["_id"]], most)
    return found
