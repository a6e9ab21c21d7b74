"""Sentiment: how each turn sounds in words and voice, where it is worst, and whether the call got better or worse.

Words are scored by a linear head on sentence vectors where the [pipeline] extra is installed (pipeline/sentiment/head.json, its
card by `callsift sentiment show`), else by VADER; the agent's always by VADER, which costs nothing and decides nothing. Setting
`sentiment_model` names `vader`, a head of your own (a .json file) or an imported transformers text classifier. The voice makes
words worse by the rule of pipeline/sentiment/moods.py. Known misses: sarcasm ("oh, great") and polite anger ("I am very
disappointed") read better than they are meant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.analyzers._speech import turns_of
from pipeline.records import Call, Evidence, Finding, Measure, Mood, Role, Turn
from pipeline.sentiment import MISSES
from pipeline.sentiment.head import SHIPPED, SUFFIX, Reader, open_reader
from pipeline.sentiment.lexicon import Scorer, vader
from pipeline.sentiment.moods import Trajectory, mean, moods, trajectory
from pipeline.sentiment.voice import Manner, manners
from pipeline.topics.saying import spoken

UNSURE = frozenset({"asr_unsure", "foreign_language"})
MOODS = ("angry", "distressed")  # labels of a head that are told in a reason


@cache
def shipped() -> Scorer:
    """The shipped head; VADER where its sentence model is not installed. Opened once in a process."""
    return open_reader(SHIPPED) or vader()


@cache
def own_head(file: Path) -> Scorer:
    """A head that `callsift sentiment train` made; VADER where the sentence model is not installed."""
    return open_reader(file) or vader()


@dataclass(frozen=True)
class Sentiment:
    """Moods of turns, measures for agent and customer; findings for the customer's worst moment and for a fall over the call."""

    name: str = "sentiment"
    version: str = "2"
    of_words = True
    weight: float = 0.5
    needs: tuple[str, ...] = ("audio", "embeddings")
    facets: tuple[str, ...] = ("sentiment.customer", "sentiment_change.customer")
    bad: float = -0.75
    fall: float = -0.25
    low: float = -0.25  # where a fall must end
    least: int = 12  # turns: thirds of less than four are single sentences, not a mood
    scorer: Callable[[], Scorer] = shipped
    agents: Callable[[], Scorer] = vader

    def configured(self, settings: Mapping[str, Any]) -> Sentiment:
        model = str(settings.get("sentiment_model") or "")
        if not model:
            return self
        chosen = replace(self, version=f"2+{Path(model).name}")
        if model == "vader":
            return replace(chosen, scorer=vader)
        if model.endswith(SUFFIX):
            return replace(chosen, scorer=lambda: own_head(Path(model)))
        from pipeline.analyzers._classifier import text_classifier  # torch: only when a model is set

        def classifier() -> Scorer:
            return text_classifier(model, str(settings.get("device", "auto")), settings.get("models"))

        return replace(chosen, scorer=classifier, agents=classifier)

    def prepare(self, calls: Sequence[Call]) -> None:
        """The words of customers of all calls go through the sentence model in batches."""
        scorer = self.scorer()
        if isinstance(scorer, Reader):
            known = [call for call in calls if not UNSURE & set(call.marks)]
            scorer.model.remember([spoken(turn) for call in known for turn in worded(call, "customer")])

    def analyze(self, call: Call) -> list[Finding | Measure | Mood]:
        if UNSURE & set(call.marks):
            return []  # words nobody can trust have no mood
        said: list[Finding | Measure | Mood] = []
        heard = manners(call)
        sides: tuple[tuple[Role, Callable[[], Scorer]], ...] = (("agent", self.agents), ("customer", self.scorer))
        for role, scorer in sides:
            turns = worded(call, role)
            if not turns:
                continue
            texts = [spoken(turn) for turn in turns]
            scores, labels = read(scorer(), texts)
            found = moods(turns, scores, heard)
            way = trajectory([mood.mood for mood in found], [len(text.split()) for text in texts])
            said += [*found, *self.measures(role, way, scores)]
            if role == "customer":
                said += self.findings(turns, found, labels, way, heard)
        return said

    def measures(self, role: str, way: Trajectory, words: Sequence[float]) -> list[Measure]:
        named = {
            "sentiment": way.mean,
            "sentiment_start": way.start,
            "sentiment_end": way.end,
            "sentiment_change": way.change,
            "sentiment_worst": way.lowest,
            "sentiment_words": mean(words),
            **({} if way.recovery is None else {"sentiment_recovery": way.recovery}),
        }
        return [Measure(f"{name}.{role}", round(value, 4)) for name, value in named.items()]

    def findings(
        self,
        turns: Sequence[Turn],
        found: Sequence[Mood],
        labels: Sequence[str],
        way: Trajectory,
        heard: Sequence[Manner],
    ) -> list[Finding]:
        said = []
        turn, worst = turns[way.worst], found[way.worst].mood
        how = next((manner.told() for manner in heard if manner.turn is turn), "")
        if worst <= self.bad:
            label = labels[way.worst]
            why = f"the customer sounds {label}" if label in MOODS else "the customer's words are most negative"
            said.append(self.finding("negative_moment", -worst, turn, f"{why} here{f', {how}' if how else ''}"))
        if len(found) >= self.least and way.change <= self.fall and way.end <= self.low:
            back = "" if way.after is None else " and came back" if way.recovered else " and did not come back"
            why = f"the customer's mood fell from {way.start:+.1f} to {way.end:+.1f}{back} ({MISSES})"
            said.append(self.finding("sentiment_fall", -way.change, turn, why))
        return said

    def finding(self, kind: str, score: float, turn: Turn, why: str) -> Finding:
        quote = Evidence(turn.text, turn.start, turn.end, turn.party)
        return Finding(kind, min(1.0, score), turn.start, turn.end, why, (quote,))


def worded(call: Call, role: Role) -> list[Turn]:
    """The turns of a role that have words besides the redacted ones."""
    return [turn for turn in turns_of(call, role) if any(not word.redacted for word in turn.words)]


def read(scorer: Scorer, texts: Sequence[str]) -> tuple[list[float], list[str]]:
    """Scores of texts, and their labels where the scorer knows any."""
    if isinstance(scorer, Reader):
        felt = scorer.felt(texts)
        return [score for score, _ in felt], [label for _, label in felt]
    return scorer(texts), [""] * len(texts)


analyzer = Sentiment()
