"""Speech for training: sentences spoken by many voices, kept as compact shards on disk.

A shard is a few hundred sentences at 16 kHz in 8-bit mu-law (58 MB an hour), clean: the telephone line is drawn anew
in every pass at training time. Shards are named by what made them (texts, seed, voices), written under another name
and renamed, so two makers can work side by side and a killed one leaves no half shard behind.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.training.line import Samples, from_mulaw, mulaw
from pipeline.training.sounds import SYMBOL
from pipeline.training.voices import RATE, VOICES, Phone, speak_all, speak_timed

SENTENCES_A_SHARD = 400
SENTENCES_A_SPEAKER = 20  # festival starts slowly; a speaker is one voice at one pitch and tempo

SHARES = {
    "slt": 16, "rms": 14, "awb": 12, "kal16": 12, "en-us": 5, "en-us+f2": 5, "en-us+f5": 2, "en-us+m3": 5,
    "en-us+m7": 2, "en-us-nyc": 2, "en-gb": 6, "en-gb+f3": 5, "en-gb-x-rp": 2, "en-gb-scotland": 2, "slt_hts": 5,
    "kal_diphone": 5,
}  # fmt: skip
"""How often each voice speaks, in parts of the whole; the statistical voices of flite cost the most to make."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Spoken sentences: clip n lies at audio[ends[n-1]:ends[n]], as 8-bit mu-law at 16 kHz."""

    audio: NDArray[np.int8]
    ends: NDArray[np.int64]
    texts: list[str]
    voices: list[str]
    speakers: NDArray[np.int64]  # clips with the same number were spoken by one voice at one pitch and tempo
    sounds: list[str]  # of each clip, where the voice tells when it says what; else empty
    middles: NDArray[np.float32]  # of all sounds in their order, seconds from the start of their clip
    first: NDArray[np.int64]  # number of each clip's first sound in middles

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def seconds(self) -> float:
        return len(self.audio) / RATE

    def clip(self, number: int) -> Samples:
        """Float samples of one sentence at 16 kHz."""
        start = int(self.ends[number - 1]) if number else 0
        return from_mulaw(self.audio[start : int(self.ends[number])])


def plan_shards(texts: Sequence[str], seed: int, folder: Path) -> list[tuple[Path, list[str], int]]:
    """(file, its sentences, its seed) of each shard these sentences make, in a random order that the seed fixes."""
    order = np.random.default_rng(seed).permutation(len(texts))
    chosen = [texts[i] for i in order]
    plans = []
    for start in range(0, len(chosen), SENTENCES_A_SHARD):
        part = chosen[start : start + SENTENCES_A_SHARD]
        key = hashlib.sha256(json.dumps([part, seed, start, SHARES]).encode()).hexdigest()[:16]
        plans.append((folder / f"{key}.npz", part, seed + start))
    return plans


def make_shard(file: Path, texts: Sequence[str], seed: int, shares: Mapping[str, int] = SHARES) -> None:
    """Speak the sentences with random voices and write the shard; does nothing where it is there already."""
    if file.exists():
        return
    rng = np.random.default_rng(seed)
    starts = range(0, len(texts), SENTENCES_A_SPEAKER)
    blocks = [list(_spoken_block(texts[start : start + SENTENCES_A_SPEAKER], rng, shares)) for start in starts]
    rows = [
        (one.text, one.voice, speaker, one.clip, one.sounds, one.middles)
        for speaker, block in enumerate(blocks)
        for one in block
    ]
    fresh = file.with_suffix(f".{os.getpid()}.tmp")
    with fresh.open("wb") as target:
        np.savez(
            target,
            audio=np.concatenate([mulaw(row[3]) for row in rows]),
            ends=np.cumsum([len(row[3]) for row in rows]),
            labels=np.frombuffer(json.dumps([row[:2] + row[4:5] for row in rows]).encode(), dtype=np.uint8),
            speakers=np.array([row[2] for row in rows]),
            middles=np.array([time for row in rows for time in row[5]], dtype=np.float32),
        )
    fresh.rename(file)


def read_shard(file: Path) -> Shard:
    """The shard in memory."""
    with np.load(file, allow_pickle=False) as data:
        labels = json.loads(data["labels"].tobytes())
        sounds = [row[2] if len(row) > 2 else "" for row in labels]
        first = np.cumsum([0, *map(len, sounds)])[:-1]
        middles = data["middles"] if "middles" in data else np.zeros(0, dtype=np.float32)
        texts, voices = [row[0] for row in labels], [row[1] for row in labels]
        return Shard(data["audio"], data["ends"], texts, voices, data["speakers"], sounds, middles, first)


def pronounced(text: str) -> str:
    """What the synthesiser is given: the letter "a" inside a spelling or a time would be spoken as the article."""
    words = text.split()
    return " ".join("ay" if _is_letter_a(words, i) else word for i, word in enumerate(words))


def _is_letter_a(words: Sequence[str], i: int) -> bool:
    if words[i] != "a":
        return False
    before, after = words[i - 1] if i else "", words[i + 1] if i + 1 < len(words) else ""
    return (
        (len(before) == 1 and before not in "ai")
        or (len(after) == 1 and after not in "ai")
        or [after, *words[i + 2 : i + 3]] == ["as", "in"]
    )


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    voice: str
    clip: Samples
    sounds: str = ""
    middles: tuple[float, ...] = ()


def _spoken_block(texts: Sequence[str], rng: np.random.Generator, shares: Mapping[str, int]) -> Iterator[_Said]:
    names = list(shares)
    odds = np.array([shares[name] for name in names], dtype=float)
    voice = names[rng.choice(len(names), p=odds / odds.sum())]
    pitch, tempo = rng.uniform(-2.5, 2.5), rng.uniform(0.9, 1.3)
    given = [pronounced(text) for text in texts]
    if VOICES[voice].engine == "flite":
        for text, words in zip(texts, given, strict=True):
            yield _timed(text, voice, *speak_timed(words, voice, pitch=pitch, tempo=tempo))
        return
    for text, clip in zip(texts, speak_all(given, voice, pitch=pitch, tempo=tempo), strict=True):
        yield _Said(text, voice, _trimmed(clip)[0])


def _timed(text: str, voice: str, clip: Samples, phones: Sequence[Phone]) -> _Said:
    trimmed, start = _trimmed(clip)
    known = [(SYMBOL[name], (begin + end) / 2 - start) for name, begin, end in phones if name in SYMBOL]
    return _Said(text, voice, trimmed, "".join(sound for sound, _ in known), tuple(middle for _, middle in known))


def _trimmed(clip: Samples, keep: float = 0.08) -> tuple[Samples, float]:
    """Without the silence that a synthesiser puts around a sentence, and how many seconds were cut off its start; how
    much silence there is, the line decides."""
    loud = np.flatnonzero(np.abs(clip) > 0.01)
    if not len(loud):
        return clip, 0.0
    start = max(0, int(loud[0]) - int(keep * RATE))
    return clip[start : loud[-1] + int(keep * RATE)], start / RATE
