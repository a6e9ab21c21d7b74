"""The listening copy: what people hear. PCM WAV that any browser plays and seeks, with tone over what must not be heard.

Its times are those of the source. Inside a span nothing of the original is left: the tone is put in before any filter
runs, so nothing can leak out of the span, and the original fades out before it and in after it (no click gives away
what was cut). Telephone recordings stay at 8 kHz, everything else is 16 kHz.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import soxr

from pipeline.audio.streaming import RATE, Samples
from pipeline.errors import BadRecording, RedactionError
from pipeline.records import Seconds

ToneSpan = tuple[Seconds, Seconds, int | None]  # start, end, channel; None: all channels

NARROW = 8000
TONE_HERTZ = 1000.0
TONE_LEVEL = 0.1  # of full scale: heard, and not louder than quiet speech
RAMP = 80  # samples at 16 kHz, 5 ms
FADE: Samples = np.linspace(0, 1, RAMP + 2, dtype=np.float32)[1:-1]
BLOCK = 30 * RATE
HEADER_BYTES = 44
MIME = "audio/wav"


def listening_copy(samples: Samples, source_rate: int, spans_to_tone: Sequence[ToneSpan]) -> bytes:
    """A WAV file (16-bit PCM) of ``samples`` float32 ``[channels, n]`` at 16 kHz; see `listening_blocks`."""
    return b"".join(listening_blocks(samples, source_rate, spans_to_tone))


def listening_blocks(samples: Samples, source_rate: int, spans_to_tone: Sequence[ToneSpan]) -> Iterator[bytes]:
    """The same file in pieces, for writing it sealed with flat memory.

    Spans are in seconds, may overlap and reach beyond the ends; one that makes no sense raises RedactionError before
    anything is written. The rate is 8 kHz for sources of up to 8 kHz, else 16 kHz.
    """
    channels, count = samples.shape
    rate = NARROW if source_rate <= NARROW else RATE
    checked = [(_in_samples(span, channels, count), span[2]) for span in spans_to_tone]
    spans = [_merged(place for place, only in checked if only in (None, channel)) for channel in range(channels)]
    return _blocks(samples, rate, spans)


def wav_header(channels: int, rate: int, count: int) -> bytes:
    """Header of a 16-bit PCM WAV file of ``count`` samples a channel."""
    size = 2 * channels * count
    if size + HEADER_BYTES >= 1 << 32:
        raise BadRecording("too_long", "The recording is too long for a listening copy (4 GB). Split it.")
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, rate, 2 * channels * rate, 2 * channels, 16)
    return struct.pack("<4sI4s", b"RIFF", HEADER_BYTES - 8 + size, b"WAVE") + fmt + struct.pack("<4sI", b"data", size)


def _blocks(samples: Samples, rate: int, spans: list[list[tuple[int, int]]]) -> Iterator[bytes]:
    channels, count = samples.shape
    left = -(-count * rate // RATE)
    yield wav_header(channels, rate, left)
    resamplers = [soxr.ResampleStream(RATE, rate, 1, dtype="float32", quality="HQ") for _ in range(channels)]
    for start in range(0, count, BLOCK):
        rows = [_toned(samples[channel], start, spans[channel]) for channel in range(channels)]
        if rate != RATE:
            last = start + BLOCK >= count
            rows = [stream.resample_chunk(row, last=last) for stream, row in zip(resamplers, rows, strict=True)]
        pcm = _pcm(rows)[:left]
        left -= len(pcm)
        yield pcm.tobytes()
    yield bytes(2 * channels * left)


def _toned(row: Samples, start: int, spans: Iterable[tuple[int, int]]) -> Samples:
    """One block of one channel, from sample ``start`` on, with its spans replaced."""
    block = row[start : start + BLOCK].copy()
    end = start + len(block)
    near = [(first, last) for first, last in spans if first - RAMP < end and last + RAMP > start]
    for first, last in near:
        _scale(block, start, first - RAMP, FADE[::-1])
        _scale(block, start, last, FADE)
    for first, last in near:
        a, b = max(first, start), min(last, end)
        block[max(0, a - start) : max(0, b - start)] = _tone(first, last, a, b)
    return block


def _scale(block: Samples, start: int, place: int, ramp: Samples) -> None:
    """Multiply the part of ``ramp`` (which belongs at sample ``place``) that lies in the block."""
    a, b = max(place, start), min(place + len(ramp), start + len(block))
    if a < b:
        block[a - start : b - start] *= ramp[a - place : b - place]


def _tone(first: int, last: int, a: int, b: int) -> Samples:
    """Samples a..b-1 of the tone over first..last-1, with its own ramps."""
    place = np.arange(a, max(a, b), dtype=np.float64)
    ramp = np.minimum(1.0, np.minimum(place - first, last - 1 - place) / RAMP)
    return (TONE_LEVEL * ramp * np.sin(2 * np.pi * TONE_HERTZ / RATE * (place - first))).astype(np.float32)


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, overlaps joined, empty ones left out."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(place for place in spans if place[0] < place[1]):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _in_samples(span: ToneSpan, channels: int, count: int) -> tuple[int, int]:
    """First sample and the one after the last, rounded outwards, within the call."""
    start, end, channel = span
    if not (math.isfinite(start) and math.isfinite(end) and start <= end):
        raise RedactionError(f"The span {start} to {end} s cannot be made inaudible: it has no sensible start and end.")
    if channel is not None and not 0 <= channel < channels:
        raise RedactionError(f"The span {start} to {end} s names channel {channel}, but the call has {channels}.")
    return min(count, max(0, math.floor(start * RATE))), min(count, max(0, math.ceil(end * RATE)))


def _pcm(rows: Sequence[Samples]) -> np.ndarray[tuple[int, int], np.dtype[np.int16]]:
    """``[n, channels]`` int16; 16-bit sources at 16 kHz come out bit for bit."""
    stacked = np.stack(rows, axis=1)
    return np.clip(np.rint(stacked * 32768), -32768, 32767).astype("<i2")
