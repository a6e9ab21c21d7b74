"""Topics learned from labelled calls, as a file people can read: some thirty terms, and the points each adds.

A call begins with the points of ``start``; each term that is there adds its points to the topics it names; the topic with the
most points is the answer. That is all the learned model is: boosted trees of one split each are such a sum (Friedman 2001),
so the file answers as the trees do. ``said`` is a word or phrase by its stems; ``like`` is there when the customer's reason
is at least so alike in meaning to the phrase.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import PipelineError
from pipeline.protocols import Meaning
from pipeline.topics.saying import grams, letters, reason, stem

FORMAT = "callsift topics 1"
LONGEST = 4  # words of a term
MARGIN = 0.1  # points that the terms of a call must add to a topic before it is told at all
BESIDE = 0.6  # of the points of the best topic, from which another one is told beside it
HEAD = """# Topics learned by `callsift topics train`. Read it, change it, keep it with your settings (CALLSIFT_TOPICS=this file).
# A call begins with the points of `start`; each term that is there adds its points; the topic with the most points wins.
# said: the word or phrase was said (by its stem). like: the reason of the call is that much alike in meaning.
"""


class BadTopics(PipelineError, ValueError):
    """A file of topics that cannot be used; the message names the file and what to change."""


@dataclass(frozen=True, slots=True)
class Term:
    """One readable term. ``least`` is 0 for ``said``, else the similarity from which a reason counts as alike."""

    text: str
    points: Mapping[str, float]
    least: float = 0.0

    @property
    def by_meaning(self) -> bool:
        return self.least > 0

    def __str__(self) -> str:
        return f'like "{self.text}"' if self.by_meaning else f'said "{self.text}"'


@dataclass(frozen=True)
class Learned:
    """Learned topics. ``start`` holds every topic; ``note`` says what they were learned from."""

    start: Mapping[str, float]
    terms: tuple[Term, ...]
    note: str = ""

    @property
    def needs_meaning(self) -> bool:
        return any(term.by_meaning for term in self.terms)

    def present(self, texts: Sequence[str], meaning: Meaning | None) -> list[Term]:
        """Terms that are there in what a customer said, one text a turn."""
        said = stems_in(texts)
        alike: dict[str, float] = {}
        asked = [term.text for term in self.terms if term.by_meaning]
        why = reason(texts)
        if asked and why and meaning is not None:
            alike = dict(zip(asked, meaning.similar([why], asked)[0].tolist(), strict=True))
        return [
            term
            for term in self.terms
            if (alike.get(term.text, 0.0) >= term.least if term.by_meaning else key(term.text) in said)
        ]

    def points(self, present: Sequence[Term]) -> dict[str, float]:
        total = dict(self.start)
        for term in present:
            for topic, points in term.points.items():
                total[topic] += points
        return total

    def chances(self, present: Sequence[Term]) -> dict[str, float]:
        """Points as probabilities that add up to one."""
        points = self.points(present)
        most = max(points.values())
        weights = {topic: math.exp(value - most) for topic, value in points.items()}
        return {topic: weight / sum(weights.values()) for topic, weight in weights.items()}

    def told(self, present: Sequence[Term]) -> dict[str, float]:
        """Topics that terms speak for, the best first, each with its chance against all that are not told.

        Empty where nothing that was said adds MARGIN points to the topic with the most: a call of greetings is about nothing.
        """
        chances, added = self.chances(present), dict.fromkeys(self.start, 0.0)
        for term in present:
            for topic, points in term.points.items():
                added[topic] += points
        best = max(chances, key=lambda topic: (chances[topic], topic))
        if added[best] < MARGIN:
            return {}
        names = [topic for topic in self.start if topic == best or added[topic] >= max(MARGIN, BESIDE * added[best])]
        rest = max((chance for topic, chance in chances.items() if topic not in names), default=0.0)
        return {
            topic: chances[topic] / (chances[topic] + rest) if chances[topic] else 0.0
            for topic in sorted(names, key=lambda topic: (topic != best, -chances[topic], topic))
        }

    def best(self, texts: Sequence[str], meaning: Meaning | None) -> str:
        """The first topic that is told of what a customer said; empty for none."""
        return next(iter(self.told(self.present(texts, meaning))), "")


def key(text: str) -> str:
    return " ".join(stem(word) for word in text.split())


def stems_in(texts: Sequence[str]) -> set[str]:
    """All words and phrases of up to LONGEST words that stand in ``texts``, as stems."""
    return {" ".join(gram) for text in texts for gram in grams([stem(word) for word in letters(text)], LONGEST)}


def as_text(learned: Learned) -> str:
    """The file's text; the same topics always give the same bytes."""
    rows = [
        {("like" if term.by_meaning else "said"): term.text, **({"least": term.least} if term.by_meaning else {}),
         "points": dict(term.points)}
        for term in learned.terms
    ]  # fmt: skip
    out = io.StringIO()
    out.write(HEAD)
    _yaml().dump({"format": FORMAT, "note": learned.note, "start": dict(learned.start), "terms": rows}, out)
    return out.getvalue()


def read(file: Path) -> Learned:
    """Learned topics from ``file``; raises BadTopics."""
    try:
        found = _yaml().load(file.read_text(encoding="utf-8"))
    except Exception as error:  # ruamel has a tree of its own errors, all of which mean the same here
        raise BadTopics(f"{file}: cannot be read as YAML: {error}") from error
    return parse(found, str(file))


def parse(found: Any, where: str) -> Learned:
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise BadTopics(f'{where}: no file of learned topics; it must begin with format: "{FORMAT}".')
    try:
        start = {str(topic): float(points) for topic, points in found["start"].items()}
        terms = tuple(_term(row) for row in found["terms"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadTopics(
            f"{where}: start must map topics to points, terms be a list of said or like, points: {error}"
        ) from error
    unknown = sorted({topic for term in terms for topic in term.points} - set(start))
    if unknown or not start:
        raise BadTopics(
            f"{where}: a term gives points to {', '.join(unknown) or 'nothing'}, which start does not name."
        )
    return Learned(start, terms, str(found.get("note", "")))


def _term(row: Mapping[str, Any]) -> Term:
    points = {str(topic): float(value) for topic, value in row["points"].items()}
    if "like" in row:
        return Term(str(row["like"]), points, float(row["least"]))
    return Term(str(row["said"]), points)


def _yaml() -> Any:
    from ruamel.yaml import YAML  # 0.1 s: only where a file is read

    yaml: Any = YAML(typ="safe", pure=True)
    yaml.default_flow_style = None
    yaml.sort_base_mapping_type_on_output = False
    yaml.width = 120
    return yaml
