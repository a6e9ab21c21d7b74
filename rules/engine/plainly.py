"""The rule language read word by word, rule by rule: slow, short, and written without the engine's tables.

Tests and `callsift bench rules_dsl` hold the engine against it. It answers for trusted calls of known parties and reads no
sound-alikes, no manner of saying (denied, asked, told), no conditions; every block must say ``negated: count``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any as Whatever

from rules.engine.outcomes import MOST_EVIDENCE
from rules.engine.streams import segments_of
from rules.facts import CallFacts
from rules.language.phrase import Any, Choice, Gap, Lit, Node, Not, Number, Seq, parse
from rules.language.schema import Said
from rules.language.tokens import Token, tokens_of
from rules.records import Seconds, Word

Answer = tuple[str, tuple[tuple[Seconds, Seconds, str], ...]]  # verdict, and its evidence: start, end, party


def ends(node: Node, words: Sequence[str], at: int) -> Iterator[int]:
    """Where a match of ``node`` that begins at ``at`` can end, the preferred end first; ends may repeat."""
    if isinstance(node, Lit):
        if at < len(words) and words[at] == node.token:
            yield at + 1
    elif isinstance(node, Number):
        if at < len(words) and words[at].isascii() and words[at].isdigit() and _fits(node, words[at]):
            yield at + 1
    elif isinstance(node, Any):
        if at < len(words):
            yield at + 1
    elif isinstance(node, Gap):
        yield from range(at, min(len(words), at + node.most) + 1)
    elif isinstance(node, Not):
        if not any(True for option in node.options for _ in ends(option, words, at)):
            yield at
    elif isinstance(node, Choice):
        for option in sorted(node.options, key=lambda option: -len(option.parts)):
            yield from ends(option, words, at)
    else:
        yield from _sequence(node.parts, words, at)


def _fits(node: Number, figures: str) -> bool:
    return node.least <= len(figures) <= node.most


def _sequence(parts: Sequence[Node], words: Sequence[str], at: int) -> Iterator[int]:
    if not parts:
        yield at
        return
    for middle in ends(parts[0], words, at):
        yield from _sequence(parts[1:], words, middle)


def spans(tree: Seq, words: Sequence[str]) -> list[tuple[int, int]]:
    """(first, end) of every match, from the left, none over another."""
    found, at = [], 0
    while at < len(words):
        end = next(ends(tree, words, at), at)
        if end > at:
            found.append((at, end))
        at = max(at + 1, end)
    return found


@dataclass(frozen=True)
class Place:
    """One place where a block was said."""

    start: Seconds
    end: Seconds
    party: str
    segment: int
    first: int
    last: int


@dataclass(frozen=True)
class _Segment:
    party: str
    role: str
    words: tuple[Word, ...]
    tokens: tuple[Token, ...]
    texts: tuple[str, ...]


class PlainCall:
    """One call, ready to be asked rule after rule."""

    def __init__(self, call: CallFacts) -> None:
        self.call = call
        roles = {party.id: party.role for party in call.parties}
        self.segments: list[_Segment] = []
        for party in dict.fromkeys(turn.party for turn in call.turns if turn.words):
            for indices in segments_of(call.turns, party):
                words = tuple(word for index in indices for word in call.turns[index].words)
                tokens = tuple(tokens_of([word.text for word in words]))
                self.segments.append(
                    _Segment(party, roles[party], words, tokens, tuple(token.text for token in tokens))
                )

    def places(self, said: Said) -> list[Place]:
        """Where ``said`` is said, in order of time; of places that overlap the longest stays."""
        start, end = self._window(said)
        found = [place for number in range(len(self.segments)) for place in self._in_segment(said, number)]
        kept: list[Place] = []
        for place in sorted(found, key=lambda place: (place.first - place.last, place.start)):
            if not any(place.segment == k.segment and place.first < k.last and k.first < place.last for k in kept):
                kept.append(place)
        return [place for place in sorted(kept, key=lambda p: (p.start, p.end)) if start <= place.start < end]

    def hits(self, said: Said) -> list[Place]:
        """The same, but none where there are fewer than the block needs."""
        found = self.places(said)
        return found if len(found) >= said.at_least else []

    def _window(self, said: Said) -> tuple[Seconds, Seconds]:
        start, end = 0.0, float("inf")
        if said.first_seconds is not None:
            mine = [s.words[0].start for s in self.segments if not said.roles or s.role in said.roles]
            end = min(mine, default=0.0) + said.first_seconds
        if said.before is not None and (limit := self.hits(said.before)):
            end = min(end, limit[0].start)
        if said.after is not None:
            opening = self.hits(said.after)
            start = max(start, opening[0].start) if opening else float("inf")
        return start, end

    def _in_segment(self, said: Said, number: int) -> Iterator[Place]:
        segment = self.segments[number]
        if said.roles and segment.role not in said.roles:
            return
        if any(self._spans(phrase, segment) for phrase in said.unless):
            return
        found = [span for phrase in said.any_of for span in self._spans(phrase, segment)]
        found += self._together(said, segment)
        near = [span for phrase in said.near for span in self._spans(phrase, segment)]
        for first, end in dict.fromkeys(found):
            if said.near and not any(_between(first, end, a, b) < said.near_words for a, b in near):
                continue
            words = segment.words[segment.tokens[first].first : segment.tokens[end - 1].last + 1]
            yield Place(words[0].start, max(word.end for word in words), segment.party, number, first, end)

    def _together(self, said: Said, segment: _Segment) -> Iterator[tuple[int, int]]:
        every = [self._spans(phrase, segment) for phrase in said.all_of]
        if not every or not all(every):
            return
        for anchor in every[0]:
            chosen = [anchor, *(min(spans, key=lambda span: abs(span[0] - anchor[0])) for spans in every[1:])]
            first, end = min(span[0] for span in chosen), max(span[1] for span in chosen)
            if end - first <= said.near_words:
                yield first, end

    def _spans(self, phrase: str, segment: _Segment) -> list[tuple[int, int]]:
        return spans(_tree(phrase), segment.texts)


def _between(first: int, end: int, a: int, b: int) -> int:
    """Words between two places of one segment; 0 where they touch or overlap."""
    return max(a - end, first - b, 0)


@lru_cache(maxsize=100_000)
def _tree(phrase: str) -> Seq:
    return parse(phrase)


def answer(rule: Whatever, call: PlainCall) -> Answer:
    """What a rule of one of the kinds below says of a call."""
    value, places = _KINDS[rule.kind](rule, call)
    return value, tuple((place.start, place.end, place.party) for place in places[:MOST_EVIDENCE])


def _required(rule: Whatever, call: PlainCall) -> tuple[str, list[Place]]:
    hits = call.hits(rule.said)
    return ("PASS", hits[:1]) if hits else ("FAIL", [])


def _prohibited(rule: Whatever, call: PlainCall) -> tuple[str, list[Place]]:
    hits = call.hits(rule.said)
    return ("FAIL", hits) if hits else ("PASS", [])


def _count(rule: Whatever, call: PlainCall) -> tuple[str, list[Place]]:
    hits = call.hits(rule.said)
    return "FAIL" if len(hits) > rule.at_most else "PASS", hits


def _ordered(rule: Whatever, call: PlainCall) -> tuple[str, list[Place]]:
    later = call.hits(rule.then)
    if not later:
        return "NOT_APPLICABLE", []
    before = [place for place in call.places(rule.first) if place.start < later[0].start]
    return ("PASS", [before[0], later[0]]) if before else ("FAIL", later[:1])


def _conditional(rule: Whatever, call: PlainCall) -> tuple[str, list[Place]]:
    triggers = call.hits(rule.trigger)
    if not triggers:
        return "NOT_APPLICABLE", []
    for trigger in triggers:
        answers = _following(call.hits(rule.then), trigger, rule.within_seconds)
        if answers:
            return "PASS", [triggers[0], answers[0]]
    asked = [trigger for trigger in triggers if _replied(call, trigger, rule.then.roles)]
    return ("FAIL", asked[:1]) if asked else ("UNSURE", triggers[:1])


def _replied(call: PlainCall, trigger: Place, roles: frozenset[str]) -> bool:
    known = {party.id: party.role for party in call.call.parties}
    return any(
        turn.words and turn.end > trigger.end and (not roles or known[turn.party] in roles) for turn in call.call.turns
    )


def _forbidden_after(rule: Whatever, call: PlainCall) -> tuple[str, list[Place]]:
    events = call.hits(rule.after)
    if not events:
        return "NOT_APPLICABLE", []
    pairs = [(e, hit) for e in events for hit in _following(call.hits(rule.said), e, rule.within_seconds)]
    return ("FAIL", [pairs[0][0], *dict.fromkeys(hit for _, hit in pairs)]) if pairs else ("PASS", events[:1])


def _following(hits: list[Place], event: Place, seconds: Seconds | None) -> list[Place]:
    limit = float("inf") if seconds is None else event.end + seconds
    return [hit for hit in hits if event.start < hit.start < limit]


_KINDS: dict[str, Callable[[Whatever, PlainCall], tuple[str, list[Place]]]] = {
    "required": _required, "prohibited": _prohibited, "count": _count,
    "ordered": _ordered, "conditional": _conditional, "forbidden_after": _forbidden_after,
}  # fmt: skip
