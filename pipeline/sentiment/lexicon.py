"""VADER (Hutto and Gilbert 2014), a lexicon made for short informal text: the scorer that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

Scorer = Callable[[Sequence[str]], list[float]]  # texts -> how each sounds, -1 to 1
BORDER = 0.05  # between neutral and the rest, as VADER's authors set it


@cache
def vader() -> Scorer:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # reads its lexicon: 0.1 s, once

    lexicon = SentimentIntensityAnalyzer()
    return lambda texts: [float(lexicon.polarity_scores(text)["compound"]) for text in texts]
