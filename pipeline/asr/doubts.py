"""Whether the words of a call can be shown as facts at all: marks for calls the recogniser is not sure of.

A real recogniser on speech it does not know writes confident nonsense word by word; over a whole call it gives itself
away: its words fit the sound badly, it needs rivals nearly everywhere, or it writes far fewer or more words than people
speak. The limits are measured on held-out synthetic speech against another language, babble and real recordings.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.protocols import Transcript
from pipeline.records import Word

UNSURE, SILENT = "asr_unsure", "no_speech"
LEAST_MEAN = 0.55  # mean confidence of the words, weighted by their length
WEAK, MOST_WEAK = 0.35, 0.4  # share of words below a confidence
FEW_WORDS = 3  # fewer prove nothing about a call


def doubts(transcripts: Sequence[Transcript]) -> tuple[str, ...]:
    """Marks for a call from the transcripts of its channels: ``no_speech``, ``asr_unsure`` or none."""
    words = [word for transcript in transcripts for word in transcript.words]
    if not words:
        return (SILENT,)
    measured = [word for word in words if word.confidence is not None]
    if not measured:
        return ()
    return (UNSURE,) if _unsure(measured) else ()


def _unsure(words: Sequence[Word]) -> bool:
    """True when the words are a guess on the whole. A few short words alone may be unsure without that."""
    weights = [max(0.05, word.end - word.start) for word in words]
    sure = [word.confidence or 0.0 for word in words]
    mean = sum(weight * value for weight, value in zip(weights, sure, strict=True)) / sum(weights)
    weak = sum(value < WEAK for value in sure) / len(sure)
    return mean < LEAST_MEAN or (len(words) > FEW_WORDS and weak > MOST_WEAK)
