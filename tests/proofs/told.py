"""A recogniser that is told what was said, so that planted words are certain to be heard.

It knows recordings by their decoded samples and the words by their truth. A clip it is given is looked for in those
samples, so that the whole chain around it (decoding, speech regions, clips, parties, roles) stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.errors import BadDataset
from pipeline.protocols import Transcript
from pipeline.records import Word

if TYPE_CHECKING:
    from pipeline.protocols import Samples

RATE = 16000


@dataclass(frozen=True, slots=True)
class Told:
    """A recorded side: its samples ``[n]`` at 16 kHz as bytes, and the words said on it, times from the start of the call."""

    sound: bytes
    words: tuple[Word, ...]


@dataclass(frozen=True)
class Teller:
    """A `Recognizer` for recordings whose words are known. Each word is given with confidence 1."""

    sides: Sequence[Told]
    name: str = "words of the truth"

    def transcribe(self, clips: Sequence[Samples]) -> list[Transcript]:
        """Raises BadDataset for a clip that is no part of a known recording."""
        return [self._transcript(clip) for clip in clips]

    def _transcript(self, clip: Samples) -> Transcript:
        side, first = self._place(clip.tobytes())
        start, end = first / RATE, (first + len(clip)) / RATE
        words = [word for word in side.words if start <= (word.start + word.end) / 2 < end]
        return Transcript(tuple(_moved(word, -start, len(clip) / RATE) for word in words))

    def _place(self, wanted: bytes) -> tuple[Told, int]:
        """The side a clip is from, and its first sample there."""
        for side in self.sides:
            at = side.sound.find(wanted)
            if at >= 0 and at % 4 == 0:
                return side, at // 4
        raise BadDataset("A clip is not part of any recording whose words are known.")


def sides_of(samples: Samples, truth: dict[str, Any]) -> Iterator[Told]:
    """The sides of one call, ``[channels, n]``, with the words that its truth has on each; on mono all words."""
    channel = {party["party"]: party["channel"] for party in truth["parties"]}
    spoken = [Word(str(w["word"]), float(w["start"]), float(w["end"]), 1.0, "") for w in truth["words"]]
    by_side: list[list[Word]] = [[] for _ in samples]
    for word, row in zip(spoken, truth["words"], strict=True):
        by_side[(channel[row["party"]] or 0) if len(samples) > 1 else 0].append(word)
    for sound, words in zip(samples, by_side, strict=True):
        yield Told(sound.tobytes(), tuple(sorted(words, key=lambda word: word.start)))


def _moved(word: Word, by: float, most: float) -> Word:
    start, end = max(0.0, word.start + by), min(most, word.end + by)
    return Word(word.text, start, max(start, end), word.confidence, word.party)
