"""Settings and fields of the index on the server, and a call as its document.

Nothing is guessed by the server: the mapping is strict and carries the schema's number. Terms come ready-made, so the only
analyzer is the one that splits at spaces, which every server has.
"""

from __future__ import annotations

from typing import Any

from pipeline.search.fields import LABELS, TEXTS
from pipeline.search.records import MOST_TURNS, VECTOR_SIZE, IndexedCall, IndexedTurn
from pipeline.search.terms import terms_of_turn
from pipeline.search.words import SCHEMA

WORD, NUMBER = {"type": "keyword"}, {"type": "double"}
_SILENT = {"type": "keyword", "doc_values": False}  # asked for, never counted or sorted by
_COUNTED = {"type": "keyword", "index": False}  # the other way round: it is asked for by its folded form
_SORTED = {"type": "double", "index": False}
_TEXT = {"type": "text", "analyzer": "whitespace"}
_MARKS = _TEXT | {"norms": False, "index_options": "docs"}  # as one text: many short values cost the server much more
_SHOWN = {"type": "object", "enabled": False}
_KEPT = {"type": "double", "index": False, "doc_values": False}
BETWEEN = "\x1f"  # a field and its value, in one list: fewer fields are quicker to fill
_MANY = (*LABELS, *TEXTS)

SETTINGS: dict[str, Any] = {
    "number_of_shards": 1,
    "auto_expand_replicas": "0-1",
    "gc_deletes": "0s",  # a dropped call may come back with the version it had
    "mapping.nested_objects.limit": 2 * MOST_TURNS,
}

# While a new index is filled that nobody searches yet, and that is made again should the server fall over.
FILLING: dict[str, Any] = SETTINGS | {"refresh_interval": "-1", "translog.durability": "async"}
FILLED: dict[str, Any] = {"refresh_interval": None, "translog.durability": None}


def mapping() -> dict[str, Any]:
    """Of the calls."""
    turns = {
        "role": _SILENT, "start": _SORTED, "end": _KEPT, "words": _TEXT, "stems": _TEXT, "edges": _MARKS, "said": _SHOWN,
    }  # fmt: skip
    return {
        "dynamic": "strict",
        "_meta": {"schema": SCHEMA},
        "_source": {"excludes": ["turns.words", "turns.stems", "turns.edges", "folded", "vector"]},
        "properties": {
            **dict.fromkeys(("org", "team", "agent", "call_id"), WORD),
            **dict.fromkeys(("started", "duration", "score"), NUMBER),
            "version": _KEPT | {"type": "long"},
            "held": {"type": "boolean"},
            "labels": {"properties": dict.fromkeys(_MANY, _COUNTED)},
            "folded": _SILENT,
            "measures": {"type": "nested", "properties": {"name": _SILENT, "value": NUMBER}},
            "turns": {"type": "nested", "properties": turns},
            "vector": {"type": "dense_vector", "dims": VECTOR_SIZE, "index": True, "similarity": "dot_product",
                       "index_options": {"type": "hnsw"}},
        },
    }  # fmt: skip


def word_mapping() -> dict[str, Any]:
    """Of the words, under all their forms with one letter missing."""
    return {"dynamic": "strict", "_meta": {"schema": SCHEMA}, "properties": {"word": WORD, "pieces": _SILENT}}


def document(call: IndexedCall) -> tuple[dict[str, Any], set[str]]:
    """The document of a call, and the distinct words it says."""
    labels = call.compared()
    turns, words = [], set[str]()
    for turn in call.turns[:MOST_TURNS]:
        found = terms_of_turn(turn, call.duration)
        words.update(found.words)
        turns.append(
            {"role": turn.role, "start": turn.start, "end": turn.end, "words": " ".join(found.words),
             "stems": " ".join(found.stems), "edges": " ".join(found.edges), "said": {"words": turn.words, "times": turn.times}}
        )  # fmt: skip
    made: dict[str, Any] = {
        "org": call.org, "team": call.team, "agent": call.agent, "call_id": call.call_id, "version": call.version,
        "started": call.at.timestamp(), "duration": call.duration, "score": call.score, "held": call.held,
        "labels": labels, "folded": [folded(field, value) for field, values in labels.items() for value in values],
        "measures": [{"name": name, "value": value} for name, value in call.measures.items()], "turns": turns,
    }  # fmt: skip
    if call.vector is not None:
        made["vector"] = call.vector
    return made, words


def folded(field: str, value: str) -> str:
    """A label as it is asked for."""
    return f"{field}{BETWEEN}{value.casefold()}"


def read_turn(source: dict[str, Any]) -> IndexedTurn:
    """A turn from its part of a document."""
    said = source["said"]
    return IndexedTurn(source["role"], source["start"], source["end"], tuple(said["words"]), tuple(said["times"]))
