"""Whether the words of a call can be shown as facts at all: marks for calls the recogniser is not sure of.

A recogniser on speech it does not know writes nonsense with words it is sure of in between: the mean confidence hardly
falls. The share of words it had no reason for gives it away, so the geometric mean is asked, in which a word of 0.1 weighs as
much as many of 0.9; none counts for less than ``FLOOR``, for one word must not condemn a call.

``callsift eval asr`` prints ``unsure_recall`` and ``unsure_false`` for the model in use: the share of recordings over 35 %
WER that are marked, and of the others. The border was set on the first 50 s of the English sample calls with three
checkpoints of one training (mean WER 0.43, 0.34 and 0.33), so that it holds for better ones as well:

    WER over 0.35, marked         17 of 18   10 of 11   8 of 11   (all but one missed lie below 0.40)
    WER up to 0.35, marked         8 of 11    1 of 18   3 of 18
    other speech and noise         8 of 8     8 of 8    8 of 8

The last are Spanish, German, French and Polish speech, nonsense syllables, four voices at once and a call in noise as loud
as it. Of the measures tried this one parted best: area under the curve 0.95; mean confidence 0.91, best outputs 0.80.
What it cannot see are words that were left out: ns-6101 is missed for that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from pipeline.protocols import Transcript
from pipeline.records import Word

UNSURE, SILENT = "asr_unsure", "no_speech"
LEAST_TYPICAL = 0.79  # geometric mean of the words' confidences
LEAST_OF_FEW = 0.55  # the same for calls of a few words, which prove little
FLOOR = 0.05
FEW_WORDS = 3


def doubts(transcripts: Sequence[Transcript]) -> tuple[str, ...]:
    """Marks for a call from the transcripts of its channels: ``no_speech``, ``asr_unsure`` or none."""
    words = [word for transcript in transcripts for word in transcript.words]
    if not words:
        return (SILENT,)
    measured = [word for word in words if word.confidence is not None]
    if not measured:
        return ()
    return (UNSURE,) if _unsure(measured) else ()


def typical(words: Sequence[Word]) -> float:
    """Geometric mean of the words' confidences, 0 to 1; 1.0 where none has any."""
    sure = [max(FLOOR, word.confidence) for word in words if word.confidence is not None]
    return math.exp(sum(map(math.log, sure)) / len(sure)) if sure else 1.0


def _unsure(words: Sequence[Word]) -> bool:
    """True when the words are a guess on the whole."""
    return typical(words) < (LEAST_TYPICAL if len(words) > FEW_WORDS else LEAST_OF_FEW)
