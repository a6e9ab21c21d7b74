"""Calls to transcripts: speech regions become clips, the clips of all calls go through the recogniser together.

A clip is one or several regions with little silence between, and some sound around them. What lies outside of the regions
is never looked at, so silence and music give no words there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from pipeline.protocols import FramePosteriors, Recognizer, Transcript
from pipeline.records import Span, Word

if TYPE_CHECKING:
    from pipeline.protocols import Samples

RATE = 16000
GRID = 2560  # samples; clips begin on whole frames of every recogniser: a multiple of 32 and of 40 ms
LONGEST_S = 20.0  # regions are joined up to here; a longer region stays whole and is windowed by the recogniser
GAP_S = 1.2  # a longer silence parts two clips
AROUND_S = 0.3
SHORTEST_S = 2.0  # a shorter clip gets more of what is around it, for features are normalised by clip


@dataclass(frozen=True, slots=True)
class Clip:
    """Samples ``start`` to ``end`` of one channel of one call."""

    call: int
    channel: int
    start: int
    end: int


def transcribe_calls(
    calls: Sequence[Samples], regions: Sequence[Sequence[Sequence[Span]]], recognizer: Recognizer
) -> list[list[Transcript]]:
    """One transcript for each channel of each call, times from the start of the call.

    :param calls: float32 ``[channels, samples]`` at 16 kHz each.
    :param regions: for each call and channel, the spans where somebody speaks, in order.
    """
    clips = [
        clip
        for number, (samples, channels) in enumerate(zip(calls, regions, strict=True))
        for channel, spans in enumerate(channels)
        for clip in clips_of(spans, samples.shape[-1], number, channel)
    ]
    heard = recognizer.transcribe([calls[clip.call][clip.channel][clip.start : clip.end] for clip in clips])
    found: dict[tuple[int, int], list[tuple[Clip, Transcript]]] = {}
    for clip, transcript in zip(clips, heard, strict=True):
        found.setdefault((clip.call, clip.channel), []).append((clip, transcript))
    return [
        [_joined(found.get((number, channel), []), samples.shape[-1]) for channel in range(len(channels))]
        for number, (samples, channels) in enumerate(zip(calls, regions, strict=True))
    ]


def clips_of(spans: Sequence[Span], samples: int, call: int = 0, channel: int = 0) -> list[Clip]:
    """Regions joined to clips that do not overlap, with some sound around each."""
    groups: list[list[Span]] = []
    for span in spans:
        if groups and span.start - groups[-1][-1].end <= GAP_S and span.end - groups[-1][0].start <= LONGEST_S:
            groups[-1].append(span)
        else:
            groups.append([span])
    edges = [(int(group[0].start * RATE), min(samples, round(group[-1].end * RATE))) for group in groups]
    found = []
    for n, (start, end) in enumerate(edges):
        earliest = (edges[n - 1][1] + start) // 2 if n else 0
        latest = (edges[n + 1][0] + end) // 2 if n + 1 < len(edges) else samples
        around = max(AROUND_S * RATE, (SHORTEST_S * RATE - (end - start)) / 2)
        first = -(-max(earliest, int(start - around)) // GRID) * GRID
        first = first if first <= start else start // GRID * GRID
        found.append(Clip(call, channel, first, min(latest, int(end + around))))
    return _apart(found)


def _apart(clips: Sequence[Clip]) -> list[Clip]:
    """Where a beginning was moved back to whole frames, the clip before ends there."""
    ends = [*(following.start for following in clips[1:]), *(clip.end for clip in clips[-1:])]
    return [replace(clip, end=min(clip.end, end)) for clip, end in zip(clips, ends, strict=True)]


def _joined(parts: Sequence[tuple[Clip, Transcript]], samples: int) -> Transcript:
    words = tuple(_moved(word, clip.start / RATE) for clip, transcript in parts for word in transcript.words)
    pieces = [(clip, transcript.posteriors) for clip, transcript in parts if transcript.posteriors is not None]
    return Transcript(words, _placed(pieces, samples) if pieces else None)


def _moved(word: Word, seconds: float) -> Word:
    return replace(word, start=round(word.start + seconds, 3), end=round(word.end + seconds, 3))


def _placed(pieces: Sequence[tuple[Clip, FramePosteriors]], samples: int) -> FramePosteriors:
    """Frames of the whole channel: blank for certain outside of the clips."""
    kind = pieces[0][1]
    frames = round(samples / RATE / kind.frame)
    width = max(piece.ids.shape[1] for _, piece in pieces)
    ids = np.full((frames, width), kind.blank, np.uint16)
    log_probs = np.full((frames, width), -np.inf, np.float32)
    log_probs[:, 0] = 0.0
    for clip, piece in pieces:
        first = round(clip.start / RATE / kind.frame)
        count = min(len(piece.ids), frames - first)
        ids[first : first + count, : piece.ids.shape[1]] = piece.ids[:count]
        log_probs[first : first + count, : piece.ids.shape[1]] = piece.log_probs[:count]
    return FramePosteriors(ids, log_probs, kind.frame, kind.blank, kind.model)
