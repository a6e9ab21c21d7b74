"""The fields of the query language: what may stand before a colon, what it takes and what it means.

One table: the parser reads it, the page prints it as help, both back ends store what it names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "label", "score", "length", "day", "number", "sentiment", "role", "window"]


@dataclass(frozen=True, slots=True)
class Field:
    """``text`` is a column of a call, ``label`` one of its many values; ``stored`` is its name in the index."""

    name: str
    kind: Kind
    help: str
    example: str
    stored: str = ""

    @property
    def column(self) -> str:
        return self.stored or self.name


_FIELDS = (
    Field("speaker", "role", "who says the words in the same parenthesis", "refund speaker:customer"),
    Field("first", "window", "said in the first seconds of the call, 1 to 120", '"call is recorded" first:30'),
    Field("last", "window", "said in the last seconds of the call, 1 to 120", "goodbye last:20"),
    Field("agent", "text", "agent id", "agent:ag-114"),
    Field("queue", "text", "queue", 'queue:"Fraud line"'),
    Field("team", "text", "team", "team:north", "team_name"),
    Field("name", "text", "the recorder's name of the call", "name:C-1042"),
    Field("direction", "text", "inbound or outbound", "direction:outbound"),
    Field("language", "text", "language of the call", "language:en"),
    Field("fail", "label", "a rule that the call broke", "fail:D-1"),
    Field("pass", "label", "a rule that the call kept", "pass:REC-*"),
    Field("unsure", "label", "a rule that could not be decided", "unsure:*"),
    Field("na", "label", "a rule that did not apply", "na:D-1"),
    Field("topic", "label", "what the call is about", "topic:billing"),
    Field("finding", "label", "a kind of finding", "finding:dead_air"),
    Field("mark", "label", "a doubt about the call", "mark:asr_unsure"),
    Field("redacted", "label", "what was taken out", "redacted:card_number"),
    Field("score", "score", "interest, 0 to 100", "score:>=80"),
    Field("duration", "length", "length of the call", "duration:5m..20m"),
    Field("date", "day", "day of the call, both ends included", "date:2026-03-01..2026-03-07"),
    Field("sentiment", "sentiment", "the customer's mood, -1 to 1 or a word", "sentiment:negative", "sentiment.customer"),
    Field("silence", "number", "share of the call in which nobody speaks, 0 to 1", "silence:>0.3", "silence_share"),
    Field("hold", "number", "seconds on hold", "hold:>60", "hold_seconds"),
    Field("deadair", "number", "seconds of dead air", "deadair:>30", "dead_air_seconds"),
    Field("overlap", "number", "seconds in which both speak", "overlap:>5", "talk_over_seconds"),
    Field("breaches", "number", "rules broken", "breaches:>=2"),
)  # fmt: skip
FIELDS: Mapping[str, Field] = {field.name: field for field in _FIELDS}
MEASURE = "measure."  # before the name of any other number that an analyzer found
LABELS = tuple(field.name for field in _FIELDS if field.kind == "label")
TEXTS = tuple(field.column for field in _FIELDS if field.kind == "text")
FACETS = ("queue", "agent", "team", "direction", "language", "topic", "fail", "finding", "mark", "redacted")
SORTS = ("relevance", "score", "started", "duration")  # and measure.NAME
WINDOW = 120  # seconds at either end of a call inside which words are known by their second
MOODS = {"negative": (None, -0.05), "neutral": (-0.05, 0.05), "positive": (0.05, None)}  # VADER's own borders
