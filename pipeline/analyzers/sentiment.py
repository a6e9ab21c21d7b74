"""Sentiment: how each turn sounds in words, where it is worst, and whether the call got better or worse.

Default: VADER (Hutto and Gilbert 2014), a lexicon made for short informal text; its compound score from -1 to 1 is the
turn's sentiment. Setting `sentiment_model` names an imported transformers text classifier instead. Known misses: sarcasm
("oh, great") and polite anger ("I am very disappointed") read better than they are meant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.analyzers._speech import turns_of
from pipeline.records import Call, Evidence, Finding, Measure, Turn

UNSURE = frozenset({"asr_unsure", "foreign_language"})
Scorer = Callable[[Sequence[str]], list[float]]


@cache
def vader() -> Scorer:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # reads its lexicon: 0.1 s, once

    lexicon = SentimentIntensityAnalyzer()
    return lambda texts: [float(lexicon.polarity_scores(text)["compound"]) for text in texts]


@dataclass(frozen=True)
class Sentiment:
    """Measures for agent and customer; findings for the customer's worst moment and for a fall over the call."""

    name: str = "sentiment"
    version: str = "1"
    weight: float = 0.5
    needs: tuple[str, ...] = ()
    facets: tuple[str, ...] = ("sentiment.customer", "sentiment_change.customer")
    bad: float = -0.5
    fall: float = -0.5
    scorer: Callable[[], Scorer] = vader

    def configured(self, settings: Mapping[str, Any]) -> Sentiment:
        model = settings.get("sentiment_model")
        if not model:
            return self
        from pipeline.analyzers._classifier import text_classifier  # torch: only when a model is set

        return Sentiment(
            version=f"1+{model}",
            scorer=lambda: text_classifier(str(model), str(settings.get("device", "auto")), settings.get("models")),
        )

    def analyze(self, call: Call) -> list[Finding | Measure]:
        said: list[Finding | Measure] = []
        if UNSURE & set(call.marks):
            return said  # words nobody can trust have no mood
        for role in ("agent", "customer"):
            turns = [turn for turn in turns_of(call, role) if any(not word.redacted for word in turn.words)]
            scores = (
                self.scorer()([" ".join(w.text for w in turn.words if not w.redacted) for turn in turns])
                if turns
                else []
            )
            said += self.measures(role, scores)
            if role == "customer":
                said += self.findings(turns, scores)
        return said

    def measures(self, role: str, scores: Sequence[float]) -> list[Measure]:
        if not scores:
            return []
        first, last = thirds(scores)
        named = {
            "sentiment": mean(scores),
            "sentiment_start": first,
            "sentiment_end": last,
            "sentiment_change": last - first,
            "sentiment_worst": min(scores),
        }
        return [Measure(f"{name}.{role}", value) for name, value in named.items()]

    def findings(self, turns: Sequence[Turn], scores: Sequence[float]) -> list[Finding]:
        if not scores:
            return []
        worst = min(range(len(scores)), key=scores.__getitem__)
        found = []
        if scores[worst] <= self.bad:
            found.append(
                self.finding(
                    "negative_moment", -scores[worst], turns[worst], "the customer's words are most negative here"
                )
            )
        first, last = thirds(scores)
        if len(scores) >= 6 and last - first <= self.fall:
            found.append(
                self.finding(
                    "sentiment_fall",
                    min(1.0, first - last),
                    turns[worst],
                    f"the customer's mood fell from {first:+.1f} to {last:+.1f}",
                )
            )
        return found

    def finding(self, kind: str, score: float, turn: Turn, why: str) -> Finding:
        return Finding(
            kind, min(1.0, score), turn.start, turn.end, why, (Evidence(turn.text, turn.start, turn.end, turn.party),)
        )


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def thirds(values: Sequence[float]) -> tuple[float, float]:
    """Means of the first and of the last third."""
    size = max(1, len(values) // 3)
    return mean(values[:size]), mean(values[-size:])


analyzer = Sentiment()
