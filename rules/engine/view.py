"""One call as the rules see it: where each pattern was said, worked out once and remembered.

The automaton has told which phrases can be there at all; everything else costs nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from rules.engine import manner
from rules.engine.certainty import Silence, call_doubts, overlap_doubt, role_doubt, sound_doubt, word_doubts
from rules.engine.encoding import BOUNDARY
from rules.engine.following import Following
from rules.engine.hits import Hit
from rules.engine.patterns import Pattern
from rules.engine.streams import Stream, streams_of
from rules.facts import CallFacts, Heard, History, Meaning
from rules.language.schema import Said
from rules.records import Evidence, Party, Seconds, Word

if TYPE_CHECKING:
    from rules.engine.program import Program

NEAR_QUOTE = 4  # words shown on both sides of a hit


class CallView:
    """A call, the compiled rules, and memory of what was looked up."""

    def __init__(
        self,
        call: CallFacts,
        program: Program,
        *,
        heard: Heard | None = None,
        history: History | None = None,
        meaning: Meaning | None = None,
        as_of: datetime | None = None,
    ) -> None:
        self.call, self.program, self.as_of = call, program, as_of
        self.heard, self.history, self.meaning = heard, history, meaning
        self.parties: dict[str, Party] = {party.id: party for party in call.parties}
        self.streams: list[Stream] = streams_of(call, program.wording)
        self.seen: list[dict[int, list[int]]] = [program.phrases_in(stream.encoded) for stream in self.streams]
        self._spans: dict[tuple[int, int], list[tuple[int, int, bool]]] = {}
        self._hits: dict[int, list[Hit]] = {}
        self._silence = Silence(call)
        self._roles: dict[tuple[int, frozenset[str]], str | bool | None] = {}
        self._silences: dict[tuple[frozenset[str], Seconds, Seconds, float], tuple[str, ...]] = {}
        self._doubts = call_doubts(call)
        self._others: dict[str, CallView] = {}
        self._following: dict[frozenset[str], Following] = {}

    def silence_doubts(self, roles: frozenset[str], start: Seconds, end: Seconds, least: float) -> tuple[str, ...]:
        """`Silence.doubts`, once for all rules that ask for the same span."""
        key = (roles, start, end, least)
        found = self._silences.get(key)
        if found is None:
            found = self._silences[key] = self._silence.doubts(roles, start, end, least)
        return found

    def sound_doubts(self, roles: frozenset[str], start: Seconds, end: Seconds) -> tuple[str, ...]:
        """Why not even a search by sound can tell that nothing was said there; see `Silence.by_sound`."""
        return self._silence.by_sound(roles, start, end)

    def beside(self, other: CallFacts) -> CallView:
        """The view of another call under the same rules, without a past of its own."""
        view = self._others.get(other.id)
        if view is None or view.call is not other:
            view = self._others[other.id] = CallView(other, self.program, meaning=self.meaning)
        return view

    @cached_property
    def any_seen(self) -> set[int]:
        """Phrases that may be somewhere in the call."""
        return set().union(*self.seen)

    def hits(self, said: Said | Pattern) -> list[Hit]:
        """Every place where ``said`` was said, in order of time; empty when there are fewer than it needs."""
        found = self._hits.get(id(said))
        if found is None:
            pattern = said if isinstance(said, Pattern) else self.program.linker.known(said)
            found = self._hits[id(said)] = self._look(pattern)
        return found

    def spans(self, stream: int, phrase: int) -> list[tuple[int, int, bool]]:
        """Matches of one phrase in one stream: (first token, end, only by a sound-alike)."""
        places = self.seen[stream].get(phrase)
        if places is None:
            return []
        key = (stream, phrase)
        found = self._spans.get(key)
        if found is None:
            expression, line = self.program.expressions[phrase], self.streams[stream]
            segments = dict.fromkeys(map(line.segment_at, places))
            found = [span for start, end in segments for span in expression.spans(line.encoded, start, end)]
            self._spans[key] = found
        return found

    def _look(self, pattern: Pattern) -> list[Hit]:
        hits = self.places(pattern)
        return hits if _enough(hits, pattern.said) else []

    def places(self, pattern: Pattern) -> list[Hit]:
        """Every place where ``pattern`` was said, however many it needs."""
        if not pattern.beyond and self.any_seen.isdisjoint(pattern.phrases):
            return []
        hits = [
            hit
            for stream, seen in enumerate(self.seen)
            if pattern.beyond or not seen.keys().isdisjoint(pattern.own)
            for hit in self._in_stream(pattern, stream)
        ]
        hits += [hit for event in pattern.events for hit in self._narrowed(self.hits(event), pattern)]
        return self._in_time(_apart(hits), pattern) if hits else []

    def _in_stream(self, pattern: Pattern, stream: int) -> list[Hit]:
        doubt = self._role_doubt(stream, pattern.roles)
        if doubt is False:
            return []
        seen = pattern.own & self.seen[stream].keys()
        places = [
            (first, end, weak, phrase)
            for phrase in seen.intersection(pattern.any_of)
            for first, end, weak in self.spans(stream, phrase)
        ]
        if pattern.all_of:
            places += self._together(pattern, stream)
        if pattern.beyond:
            places += self._typed(pattern.said, stream)
            places += self._by_regex(pattern, stream)
            places += self._by_meaning(pattern.said, stream)
        if not places:
            return []
        places = [place for place in sorted(set(places)) if self._wanted(pattern, stream, place[0], place[1])]
        doubts = () if doubt is None else (str(doubt),)
        return [self.hit(stream, first, end, phrase, weak=weak, doubts=doubts) for first, end, weak, phrase in places]

    def _role_doubt(self, stream: int, roles: frozenset[str]) -> str | bool | None:
        key = (stream, roles)
        if key not in self._roles:
            self._roles[key] = role_doubt(self.parties.get(self.streams[stream].party), roles)
        return self._roles[key]

    def _narrowed(self, hits: Iterable[Hit], pattern: Pattern) -> Iterable[Hit]:
        """Hits of a named event that also satisfy the block which names it."""
        for hit in hits:
            doubt = role_doubt(self.parties.get(hit.evidence.party), pattern.roles)
            if doubt is False or not self._wanted(pattern, hit.stream, hit.first, hit.end):
                continue
            yield hit if doubt is None else replace(hit, doubts=(*hit.doubts, str(doubt)))

    def _together(self, pattern: Pattern, stream: int) -> list[tuple[int, int, bool, int]]:
        """Places where all phrases of ``all_of`` lie within ``near_words``, from the first word to the last."""
        if not self.seen[stream].keys() >= set(pattern.all_of):
            return []
        every = [self.spans(stream, phrase) for phrase in pattern.all_of]
        found = []
        for anchor in every[0]:
            chosen = [anchor]
            for spans in every[1:]:
                nearest = min(spans, key=lambda span: abs(span[0] - anchor[0]), default=None)
                if nearest is None:
                    return []
                chosen.append(nearest)
            first, end = min(span[0] for span in chosen), max(span[1] for span in chosen)
            if end - first <= pattern.said.near_words and self._one_segment(stream, first, end):
                found.append((first, end, any(span[2] for span in chosen), pattern.all_of[0]))
        return found

    def _one_segment(self, stream: int, first: int, end: int) -> bool:
        return BOUNDARY not in self.streams[stream].encoded[first:end]

    def _typed(self, said: Said, stream: int) -> list[tuple[int, int, bool, int]]:
        if said.type is None:
            return []
        line = self.streams[stream]
        if said.type not in line.kinds:
            return []
        return [
            (at, at + 1, False, -1)
            for at, place in enumerate(line.places)
            if place.text and _is_typed(line.words[place.first], said)
        ]

    def _by_regex(self, pattern: Pattern, stream: int) -> list[tuple[int, int, bool, int]]:
        if not pattern.regex:
            return []
        return [
            place
            for first, end in self._segments(stream)
            for expression in pattern.regex
            for place in _regex_places(self.streams[stream], first, end, expression)
        ]

    def _by_meaning(self, said: Said, stream: int) -> list[tuple[int, int, bool, int]]:
        if said.means is None or self.meaning is None:
            return []
        segments = self._segments(stream)
        line = self.streams[stream]
        texts = [" ".join(word.text for word in line.words[line.places[a].first : line.places[b - 1].last + 1])
                 for a, b in segments]  # fmt: skip
        if not texts:
            return []
        scores = self.meaning.similar(texts, said.means.sentences)
        return [
            (a, b, False, -2) for (a, b), row in zip(segments, scores, strict=True) if max(row) >= said.means.at_least
        ]

    def _segments(self, stream: int) -> list[tuple[int, int]]:
        """(first token, end) of every segment of a stream that has words."""
        closes = self.streams[stream].closes
        firsts = [0, *(at + 1 for at in closes)]
        return [(first, end) for first, end in zip(firsts, closes, strict=False) if end > first]

    def _wanted(self, pattern: Pattern, stream: int, first: int, end: int) -> bool:
        """Whether a place is said in the way the block asks for."""
        said, line = pattern.said, self.streams[stream]
        if said.negated != "count" and manner.denied(line, first, end) != (said.negated == "only"):
            return False
        if said.form != "any" and manner.is_question(line, first, end) != (said.form == "question"):
            return False
        if said.hypothetical == "skip" and manner.supposed(line, first):
            return False
        if said.reported == "skip" and manner.told(line, first):
            return False
        if pattern.near and not self._near(pattern, stream, first, end):
            return False
        return not (pattern.unless and self._cancelled(pattern, stream, first, end))

    def _near(self, pattern: Pattern, stream: int, first: int, end: int) -> bool:
        """Whether a phrase of ``near`` is said within reach, in the same segment."""
        reach = pattern.said.near_words
        low, high = self.streams[stream].segment_at(first)
        return any(
            low <= a < high and max(a - end, first - b) < reach
            for phrase in pattern.near
            for a, b, _ in self.spans(stream, phrase)
        )

    def _cancelled(self, pattern: Pattern, stream: int, first: int, end: int) -> bool:
        """Whether a phrase of ``unless`` stands in the same segment."""
        start, stop = self.streams[stream].segment_at(first)
        return any(a < stop and start < b for phrase in pattern.unless for a, b, _ in self.spans(stream, phrase))

    def hit(self, stream: int, first: int, end: int, phrase: int, *, weak: bool, doubts: tuple[str, ...]) -> Hit:
        """The hit at tokens ``first`` to ``end`` with every doubt about it."""
        line = self.streams[stream]
        low, high = line.places[first].first, line.places[end - 1].last
        words = line.words[low : high + 1]
        doubts = (*self._doubts, *doubts)
        if weak:
            doubts = (*doubts, "it only sounds like it")
        unsure, confidence = word_doubts(words, self.call)
        party = self.parties.get(line.party)
        start, stop = words[0].start, max(word.end for word in words)
        overlap = overlap_doubt(start, stop, party, self._silence.turns)
        sound = sound_doubt(start, stop, party, self._silence.poor)
        doubts = (*doubts, *unsure, *(doubt for doubt in (overlap, sound) if doubt))
        evidence = Evidence(" ".join(word.text for word in words), start, stop, line.party)
        return Hit(stream, first, end, line.turns[low], evidence, confidence, doubts, phrase)

    def _in_time(self, hits: list[Hit], pattern: Pattern) -> list[Hit]:
        said = pattern.said
        start, end = self.window(pattern)
        hits = [hit for hit in hits if start <= hit.start < end]
        if pattern.soon_after is not None:
            causes = self.hits(pattern.soon_after)
            hits = [hit for hit in hits if any(self._soon(cause, hit, said.soon_turns) for cause in causes)]
        if said.first_turns is not None:
            hits = [hit for hit in hits if self.turn_number(hit.turn) <= said.first_turns]
        if said.last_turns is not None:
            hits = [hit for hit in hits if self.turns_left(hit.turn) < said.last_turns]
        return hits

    def _soon(self, cause: Hit, hit: Hit, turns: int) -> bool:
        """Whether ``hit`` begins at most ``turns`` turns after ``cause``, in the same turn only after it."""
        if hit.start <= cause.start:
            return False
        numbers = self.changes
        return numbers[hit.turn] - numbers[cause.turn] <= turns

    def window(self, said: Said | Pattern) -> tuple[Seconds, Seconds]:
        """The part of the call in which ``said`` counts (turn limits apart)."""
        pattern = said if isinstance(said, Pattern) else self.program.linker.known(said)
        start, end = 0.0, float("inf")
        if pattern.said.first_seconds is not None:
            end = self.first_word(pattern.roles) + pattern.said.first_seconds
        if pattern.said.last_seconds is not None:
            start = self.last_word - pattern.said.last_seconds
        if pattern.before is not None and (limit := self.hits(pattern.before)):
            end = min(end, limit[0].start)
        if pattern.after is not None:
            opening = self.hits(pattern.after)
            start = max(start, opening[0].start) if opening else float("inf")
        return start, end

    def first_word(self, roles: frozenset[str] = frozenset()) -> Seconds:
        """When the first of ``roles`` begins to speak; without roles, anybody."""
        for turn in self.call.turns:
            if turn.words and role_doubt(self.parties.get(turn.party), roles) is None:
                return turn.words[0].start
        return 0.0

    @cached_property
    def last_word(self) -> Seconds:
        return max((turn.end for turn in self.call.turns), default=self.call.duration)

    @cached_property
    def exchanges(self) -> list[int]:
        """For each turn its number within its party (from 1); turns without another party between them count once."""
        numbers: list[int] = []
        counts: dict[str, int] = {}
        before = None
        for turn in self.call.turns:
            if turn.party != before:
                counts[turn.party] = counts.get(turn.party, 0) + 1
                before = turn.party
            numbers.append(counts[turn.party])
        return numbers

    @cached_property
    def changes(self) -> list[int]:
        """For each turn how often the speaker changed before it; turns of one or two words do not count."""
        numbers: list[int] = []
        count, before = 0, None
        for turn in self.call.turns:
            if turn.party != before and (len(turn.words) > 2 or before is None):
                count, before = count + 1, turn.party
            numbers.append(count)
        return numbers

    def following(self, roles: frozenset[str]) -> Following:
        """The turns of ``roles``, ready to be looked up by time; worked out once."""
        found = self._following.get(roles)
        if found is None:
            fitting = {turn.party for turn in self.call.turns if self._may_be(turn.party, roles)}
            found = self._following[roles] = Following(self.call.turns, self.exchanges, fitting)
        return found

    def _may_be(self, party: str, roles: frozenset[str]) -> bool:
        return role_doubt(self.parties.get(party), roles) is not False

    def turn_number(self, turn: int) -> int:
        return self.exchanges[turn]

    def turns_left(self, turn: int) -> int:
        """Turns of the same party after this one."""
        party = self.call.turns[turn].party
        last = max(n for n, t in zip(self.exchanges, self.call.turns, strict=True) if t.party == party)
        return last - self.exchanges[turn]

    def quote(self, start: Seconds, end: Seconds) -> Sequence[Word]:
        """Words between two times, all parties, in order."""
        return [word for turn in self.call.turns for word in turn.words if start <= word.start < end]


def _is_typed(word: Word, said: Said) -> bool:
    if word.kind != said.type:
        return False
    count = word.facts.get("digits")
    if said.digits is not None and not (isinstance(count, int) and said.digits[0] <= count <= said.digits[1]):
        return False
    return said.luhn is None or word.facts.get("luhn") == said.luhn


def _regex_places(line: Stream, first: int, end: int, expression: object) -> list[tuple[int, int, bool, int]]:
    """Matches of an RE2 expression in the lower-case words of one segment, as tokens."""
    low, high = line.places[first].first, line.places[end - 1].last
    starts, text = [], ""
    for word in line.words[low : high + 1]:
        starts.append(len(text))
        text += word.text.lower() + " "
    found = []
    for match in expression.finditer(text):  # type: ignore[attr-defined]
        if match.start() == match.end():
            continue
        a = low + max(i for i, start in enumerate(starts) if start <= match.start())
        b = low + max(i for i, start in enumerate(starts) if start < match.end())
        tokens = [at for at in range(first, end) if line.places[at].last >= a and line.places[at].first <= b]
        if tokens:
            found.append((tokens[0], tokens[-1] + 1, False, -3))
    return found


def _apart(hits: list[Hit]) -> list[Hit]:
    """In order of time; of overlapping hits the firm one, then the longest, stays."""
    kept: list[Hit] = []
    taken: dict[int, list[tuple[int, int]]] = {}  # by stream: the tokens of what was kept, in order
    for hit in sorted(hits, key=lambda hit: (not hit.firm, -(hit.end - hit.first), hit.start)):
        spans = taken.setdefault(hit.stream, [])
        place = bisect_left(spans, (hit.end,))
        if place == 0 or spans[place - 1][1] <= hit.first:
            spans.insert(place, (hit.first, hit.end))
            kept.append(hit)
    return sorted(kept, key=lambda hit: (hit.start, hit.evidence.end, hit.stream))


def _enough(hits: list[Hit], said: Said) -> bool:
    if said.at_least == 1:
        return bool(hits)
    return (len({hit.phrase for hit in hits}) if said.distinct else len(hits)) >= said.at_least
