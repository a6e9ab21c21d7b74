"""The default diarizer: one channel one party, and voices told apart where a channel carries several.

Works on batches: the windows of all calls go through the voice encoder together. A recording with two channels is taken
as one where both carry the same signal; what leaks from one side into the other makes no turns. A side of a stereo call
is one party unless it clearly holds two voices (a call that was passed on).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.diarization._clusters import LINE, SIDE, Limits, Voices, find_voices, normed
from pipeline.diarization._timeline import Timeline, close_windows, closer, segments, timeline
from pipeline.diarization._voices import WEIGHTS, VoiceEncoder, load_encoder
from pipeline.diarization._windows import HOP, LENGTH, Windows, cut, mirrored
from pipeline.diarization.channels import same_signal, without_leaks
from pipeline.protocols import Diarization, Diarizer, Segment
from pipeline.records import Party, Span

RATE = 16000
JOIN = 0.35  # seconds; a shorter pause does not part one party's speech, as in reference transcripts
LOUDNESS_DB = -30.0  # what the encoder is used to; quieter speech is raised to it

Samples = npt.NDArray[np.float32]


def load(model: str | None = None, *, device: str = "auto", threads: int = 0, models: Path | None = None,
         speakers: int | None = None) -> Diarizer:  # fmt: skip
    """The clustering diarizer, with the weights in this repository.

    :param model, models: for diarizers that run an imported model; not used here.
    :param speakers: how many voices a channel that carries several has, where that is known.
    """
    digest = hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()[:12] if WEIGHTS.exists() else "missing"
    return Clustering(load_encoder(device_named(device)), threads, speakers, f"clustering/voice_encoder@{digest}")


def device_named(wanted: str) -> str:
    """``auto`` is CUDA where there is one."""
    if wanted != "auto":
        return wanted
    import torch  # heavy

    return "cuda" if torch.cuda.is_available() else "cpu"


@dataclass(frozen=True)
class Lane:
    """One channel on its way. ``mels`` are raised to the encoder's loudness; ``alone``: it is one side of several."""

    channel: int | None
    mels: Samples
    speech: tuple[Span, ...]
    alone: bool

    @property
    def limits(self) -> Limits:
        return SIDE if self.alone else LINE

    def cut(self) -> Windows:
        return cut(self.speech, len(self.mels), hop=LENGTH if self.alone else HOP)

    def pieces(self, windows: Windows) -> list[Samples]:
        return [mirrored(self.mels[a:b]) for a, b in zip(windows.first, windows.last, strict=True)]


@dataclass(frozen=True)
class Told:
    """The voices of one lane, by number in the order of their first word: segments (party is the number), mean vectors."""

    segments: tuple[Segment, ...] = ()
    vectors: tuple[Samples, ...] = ()


@dataclass
class Clustering:
    """See the module. ``name`` carries the hash of the weights."""

    encoder: VoiceEncoder
    threads: int
    speakers: int | None
    name: str

    def diarize(self, calls: Sequence[Samples], speech: Sequence[Sequence[Sequence[Span]]]) -> list[Diarization]:
        """See `Diarizer`."""
        lanes = [self._lanes(call, spans) for call, spans in zip(calls, speech, strict=True)]
        told = iter(self._tell([lane for of_call in lanes for lane in of_call]))
        twice = [len(of_call) == 1 and len(call) > 1 for of_call, call in zip(lanes, calls, strict=True)]
        return [
            _joined([(lane, next(told)) for lane in of_call], mono_in_stereo=doubled)
            for of_call, doubled in zip(lanes, twice, strict=True)
        ]

    def _lanes(self, call: Samples, speech: Sequence[Sequence[Span]]) -> list[Lane]:
        if len(call) == 1 or all(same_signal(call[0], other) for other in call[1:]):
            return [self._lane(call[0], tuple(speech[0]), None, alone=False)]
        own = without_leaks(call, speech)
        return [self._lane(call[n], own[n], n, alone=True) for n in range(len(call))]

    def _lane(self, signal: Samples, speech: tuple[Span, ...], channel: int | None, *, alone: bool) -> Lane:
        return Lane(channel, self.encoder.mels(signal) * _raise(signal, speech) ** 2, speech, alone)

    def _tell(self, lanes: Sequence[Lane]) -> list[Told]:
        """The voices of every lane. The encoder sees all windows of all lanes at once, and once more those at changes."""
        wide = [lane.cut() for lane in lanes]
        vectors = self._embed(lanes, wide)
        voices = [self._voices(*of_lane) for of_lane in zip(lanes, wide, vectors, strict=True)]
        lines = [
            timeline(lane.speech, w, v, heard) if heard else None
            for lane, w, v, heard in zip(lanes, wide, vectors, voices, strict=True)
        ]
        close = [close_windows(line, line.labels()) if line else NOTHING for line in lines]
        nearer = self._embed(lanes, close)
        return [
            _told(lane, closer(line, c, near, heard) if len(c) else line, heard, v) if line and heard else Told()
            for lane, line, c, near, heard, v in zip(lanes, lines, close, nearer, voices, vectors, strict=True)
        ]

    def _voices(self, lane: Lane, windows: Windows, vectors: Samples) -> Voices | None:
        speakers = None if lane.alone else self.speakers
        return find_voices(vectors, windows, limits=lane.limits, speakers=speakers) if len(windows) else None

    def _embed(self, lanes: Sequence[Lane], windows: Sequence[Windows]) -> list[Samples]:
        pieces = [lane.pieces(of_lane) for lane, of_lane in zip(lanes, windows, strict=True)]
        vectors = self.encoder.embed([piece for of_lane in pieces for piece in of_lane], threads=self.threads)
        ends = np.cumsum([len(of_lane) for of_lane in pieces])
        return [vectors[end - len(of_lane) : end] for of_lane, end in zip(pieces, ends, strict=True)]


NOTHING = Windows(*np.zeros((3, 0), np.int64))


def _raise(signal: Samples, speech: Sequence[Span]) -> float:
    """The factor that brings the speech of a channel to the encoder's loudness; never below 1."""
    power = [float(np.square(signal[round(s.start * RATE) : round(s.end * RATE)]).sum()) for s in speech]
    count = sum(round(s.end * RATE) - round(s.start * RATE) for s in speech)
    loudness = 10 * np.log10(max(sum(power) / max(1, count), 1e-10))
    return float(10 ** (max(0.0, LOUDNESS_DB - loudness) / 20))


def _told(lane: Lane, line: Timeline, voices: Voices, vectors: Samples) -> Told:
    found = segments(line, line.labels(), [str(n) for n in range(len(voices.directions))], lane.speech)
    order = list(dict.fromkeys(segment.party for segment in found))
    renamed = tuple(Segment(str(order.index(s.party)), s.start, s.end) for s in found)
    means = [normed(vectors[voices.labels == int(voice)].mean(0, keepdims=True))[0] for voice in order]
    return Told(renamed, tuple(means))


def _joined(told: Sequence[tuple[Lane, Told]], *, mono_in_stereo: bool) -> Diarization:
    """The lanes of a call as one: s1 is the first voice of the first lane that speaks, s2 of the second, then the rest."""
    voices = [(n, number) for n, (_, of_lane) in enumerate(told) for number in range(len(of_lane.vectors))]
    voices.sort(key=lambda voice: (voice[1] > 0, *voice))
    names = {voice: f"s{count}" for count, voice in enumerate(voices, 1)}
    parties = tuple(Party(name, channel=told[lane][0].channel) for (lane, _), name in names.items())
    found = [
        Segment(names[n, int(segment.party)], segment.start, segment.end)
        for n, (_, of_lane) in enumerate(told)
        for segment in of_lane.segments
    ]
    vectors: Mapping[str, Samples] = {name: told[n][1].vectors[number] for (n, number), name in names.items()}
    own = tuple(lane.speech for lane, _ in told) if len(told) > 1 else ()
    return Diarization(parties, bridged(found), mono_in_stereo, vectors, own)


def bridged(found: Sequence[Segment]) -> tuple[Segment, ...]:
    """Segments in order; one party's pauses of up to ``JOIN`` in which nobody else speaks are closed."""
    merged: list[Segment] = []
    for segment in sorted(found, key=lambda s: (s.start, s.end)):
        last = merged[-1] if merged else None
        if last and last.party == segment.party and segment.start - last.end <= JOIN:
            merged[-1] = Segment(last.party, last.start, max(last.end, segment.end))
        else:
            merged.append(segment)
    return tuple(merged)
