"""Topics: what the customer calls about, several to a call, each with the words that show it.

By default the reasons of pipeline/topics/reasons.yaml: a phrase that was said, or, where the [pipeline] extra is installed, a
turn that is like one of the reason's sentences. Setting `topics` names another such file or one that `callsift topics train`
made. A topic says what a call is about, not that it deserves a listener: its weight is 0. Known miss: a topic that is only
named to say that it is not the reason ("it's not about the bill").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from pipeline.language import FOREIGN
from pipeline.meaning import open_meaning
from pipeline.protocols import Meaning
from pipeline.records import Call, Evidence, Finding, Measure, Turn
from pipeline.topics.rulefile import Learned, Term, key, stems_in
from pipeline.topics.saying import GREETINGS, Said, by_customer, letters, spoken, stems_of
from pipeline.topics.saying import reason as reason_of
from pipeline.topics.taxonomy import SHIPPED, Reason, Taxonomy, open_topics

PREFIX = "topic."
UNSURE = frozenset({"asr_unsure", FOREIGN})
MOST = 5  # topics of a call
FIRST, NEXT = 0.5, 0.15  # score of one phrase, and of each further one
OFFERED = 0.6  # of the score, where agents alone speak of it
EARLY = 8  # turns of customers in which the reason is usually said
EARLY_BONUS = 0.1
ALIKE = 0.5  # similarity from which a turn is like a sentence of a reason
FEWEST_WORDS = 4  # of a turn that is compared in meaning
MOST_TURNS = 60  # compared in meaning; the reason is said early
DECIDING = 3  # terms told of a learned topic


def shipped_meaning() -> Meaning | None:
    found: Any = open_meaning()  # a frozen record has a name that cannot be set
    return cast("Meaning | None", found)


@dataclass(frozen=True)
class Topics:
    """One finding ``topic.NAME`` and a measure of the same name for each topic of a call."""

    name: str = "topics"
    version: str = "3"
    of_words = True
    weight: float = 0.0
    needs: tuple[str, ...] = ("embeddings",)
    file: Path = SHIPPED
    given: Taxonomy | Learned | None = None
    meaning: Callable[[], Meaning | None] = shipped_meaning

    def configured(self, settings: Mapping[str, Any]) -> Topics:
        named = settings.get("topics")
        return replace(self, file=Path(named), version=f"3+{Path(named).name}") if named else self

    def taught(self, items: Sequence[Mapping[str, Any]]) -> Topics:
        """Topics learned from labelled items of a manifest; without any, the taxonomy."""
        if not items:
            return self
        from pipeline.topics.labels import examples  # scikit-learn: only where something is learned
        from pipeline.topics.learning import learn

        return replace(self, version="3+taught", given=learn(examples(items), self.meaning()).learned)

    @cached_property
    def known(self) -> Taxonomy | Learned:
        return self.given if self.given is not None else open_topics(self.file)

    @property
    def facets(self) -> tuple[str, ...]:
        names = self.known.start if isinstance(self.known, Learned) else self.known.reasons
        return tuple(PREFIX + name for name in names)

    def prepare(self, calls: Sequence[Call]) -> None:
        """Everything that will be compared in meaning goes through the model in batches over all calls."""
        texts = [text for call in calls if not UNSURE & set(call.marks) for text in self.compared(call)]
        meaning = self.meaning() if texts else None
        if meaning is not None and hasattr(meaning, "remember"):
            meaning.remember(texts)

    def compared(self, call: Call) -> list[str]:
        """Texts of a call that `analyze` compares in meaning."""
        if isinstance(self.known, Learned):
            texts = [spoken(turn) for turn in by_customer(call)]
            heard = [text for text in texts if set(letters(text)) - GREETINGS][:EARLY]
            return [reason_of(texts), *heard] if self.known.needs_meaning else []
        return [spoken(turn) or "-" for turn in asked(by_customer(call))]

    def analyze(self, call: Call) -> list[Finding | Measure]:
        if UNSURE & set(call.marks) or not call.turns:
            return []  # words nobody can trust are about nothing
        known = self.known
        found = self.learned(call, known) if isinstance(known, Learned) else self.reasons(call, known)
        best = sorted(found, key=lambda finding: (-finding.score, finding.kind))[:MOST]
        return [*(Measure(finding.kind, finding.score) for finding in best), *best]

    def reasons(self, call: Call, known: Taxonomy) -> list[Finding]:
        turns = by_customer(call)
        alike = self.alike(turns, known)
        said = [(turn, known.phrasebook.find(turn, stems_of(turn))) for turn in call.turns]
        own, early = {id(turn) for turn in turns}, {id(turn) for turn in turns[:EARLY]}
        found = []
        for reason in known.reasons.values():
            places = [
                place
                for turn, there in said
                if there and (reason.anybody or id(turn) in own)
                for p in reason.phrases
                if (place := there.get(p.text)) is not None and not place.negated
            ]
            finding = self.finding(reason, places, alike.get(reason.name), early)
            if finding is not None:
                by_agent = all(call.role_of(item.party) == "agent" for item in finding.evidence)
                found.append(replace(finding, score=round(finding.score * OFFERED, 4)) if by_agent else finding)
        return found

    def alike(self, turns: Sequence[Turn], known: Taxonomy) -> dict[str, tuple[float, Turn, str]]:
        """For each reason the turn that is most like one of its sentences, all turns and sentences compared at once."""
        meaning = self.meaning()
        heard = asked(turns)
        sentences = [(reason.name, text) for reason in known.reasons.values() for text in reason.like]
        if meaning is None or not heard or not sentences:
            return {}
        scores = meaning.similar([spoken(turn) or "-" for turn in heard], [text for _, text in sentences])
        best: dict[str, tuple[float, Turn, str]] = {}
        for column, (name, text) in enumerate(sentences):
            row = int(scores[:, column].argmax())
            score = float(scores[row, column])
            if score >= ALIKE and score > best.get(name, (0.0,))[0]:
                best[name] = (score, heard[row], text)
        return best

    def finding(
        self, reason: Reason, places: Sequence[Said], alike: tuple[float, Turn, str] | None, early: set[int]
    ) -> Finding | None:
        """None where neither a phrase nor the meaning speaks for the reason."""
        quotes = {place.evidence().quote.lower(): place for place in reversed(places)}
        said = sorted(quotes.values(), key=lambda place: place.words[0].start)
        score = FIRST + NEXT * (len(said) - 1) if said else 0.0
        score += EARLY_BONUS if any(id(place.turn) in early for place in said) else 0.0
        evidence = [place.evidence() for place in said[:3]]
        if alike is not None:
            score = max(score, alike[0]) + (NEXT if said else 0.0)
            turn = alike[1]
            evidence = evidence or [Evidence(turn.text, turn.start, turn.end, turn.party)]
        if not evidence:
            return None
        how = f'said "{evidence[0].quote}"' if said else f'like "{alike[2] if alike else ""}"'
        return Finding(PREFIX + reason.name, round(min(1.0, score), 4), evidence[0].start, evidence[0].end,
                       f"about {reason.title.lower()}: {how}", tuple(evidence), {"phrases": len(said)})  # fmt: skip

    def learned(self, call: Call, known: Learned) -> list[Finding]:
        turns = by_customer(call)
        meaning = self.meaning() if known.needs_meaning else None
        present = known.present([spoken(turn) for turn in turns], meaning)
        return [
            self.learned_finding(topic, chance, deciding(topic, present), turns, meaning)
            for topic, chance in known.told(present).items()
        ]

    def learned_finding(
        self, topic: str, chance: float, terms: Sequence[Term], turns: Sequence[Turn], meaning: Meaning | None
    ) -> Finding:
        """``terms``: those that speak for the topic, the strongest first; evidence is where they were said."""
        places = list({id(turn): turn for term in terms if (turn := said_at(term, turns, meaning))}.values())
        evidence = tuple(Evidence(turn.text, turn.start, turn.end, turn.party) for turn in places)
        why = f"about {topic}: {', '.join(map(str, terms))}"
        return Finding(PREFIX + topic, round(chance, 4), places[0].start, places[0].end, why, evidence)


def deciding(topic: str, present: Sequence[Term]) -> list[Term]:
    """The terms that gave a topic most of its points."""
    speaking = [term for term in present if term.points.get(topic, 0.0) > 0]
    return sorted(speaking, key=lambda term: -term.points[topic])[:DECIDING]


def said_at(term: Term, turns: Sequence[Turn], meaning: Meaning | None) -> Turn | None:
    """The turn that says ``term``, or that is most like it of those that make the reason."""
    if not term.by_meaning or meaning is None:
        return next((turn for turn in turns if key(term.text) in stems_in([spoken(turn)])), turns[0])
    heard = [turn for turn in turns if set(letters(spoken(turn))) - GREETINGS][:EARLY] or list(turns[:1])
    alike = meaning.similar([spoken(turn) or "-" for turn in heard], [term.text])[:, 0]
    return heard[int(alike.argmax())]


def asked(turns: Sequence[Turn]) -> list[Turn]:
    """The turns that are compared in meaning."""
    return [turn for turn in turns if len(turn.words) >= FEWEST_WORDS][:MOST_TURNS]


analyzer = Topics()
