"""Any recording of a telephone call -> float32 at 16 kHz, or a BadRecording with a reason for people.

``decode`` works in this process; recordings from outside go through the confined children of pipeline.audio.pool, which
run the same two functions on a descriptor.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.audio.opening import Header, Limits, opened
from pipeline.audio.streaming import RATE, Heard, Resampler, Samples, blocks
from pipeline.errors import BadRecording
from pipeline.records import AudioFacts

Sink = Callable[[Samples], None]


@dataclass(frozen=True, slots=True)
class Decoded:
    """A recording in memory: ``samples`` float32 ``[channels, n]`` at 16 kHz in [-1, 1], and what was found out."""

    samples: Samples
    facts: AudioFacts


def decode(path: Path, *, limits: Limits | None = None) -> Decoded:
    """Decode a file in this process, unconfined: for recordings of our own making. Raises BadRecording."""
    pieces: list[Samples] = []
    with open_regular(path) as descriptor:
        sha256, size = fingerprint(descriptor)
        header = decode_descriptor(descriptor, pieces.append, suffix=path.suffix, limits=limits or Limits())
    samples = np.concatenate(pieces, axis=1)
    return Decoded(samples, facts_of(header, samples.shape[1], sha256, size))


def decode_descriptor(descriptor: int, sink: Sink, *, suffix: str, limits: Limits) -> Header:
    """Hand the recording to ``sink`` in blocks ``[channels, k]`` at 16 kHz. What was handed over before a BadRecording
    is void."""
    with opened(descriptor, suffix, limits) as (container, header):
        heard, resampler = Heard(header), Resampler(header)
        for block in blocks(container, header, limits):
            sink(resampler(heard.take(block)))
        sink(resampler.rest())
        heard.check()
    return header


def decode_span(descriptor: int, sink: Sink, *, suffix: str, limits: Limits, first: int, last: int) -> Header:
    """Hand samples ``first`` to ``last`` at 16 kHz to ``sink``; what lies before them is decoded, counted and let go (no
    format of telephone recorders can be trusted to seek to a sample), what lies behind them is not read."""
    place = 0
    with opened(descriptor, suffix, limits) as (container, header):
        heard, resampler = Heard(header), Resampler(header)
        for block in blocks(container, header, limits):
            place = _cut(resampler(heard.take(block)), place, first, last, sink)
            if place >= last:
                return header
        place = _cut(resampler.rest(), place, first, last, sink)
    if place <= first:
        raise BadRecording("zero_length", f"The recording ends after {place / RATE:,.1f} s, before the part begins.")
    return header


def _cut(block: Samples, place: int, first: int, last: int, sink: Sink) -> int:
    """Hand on what of a block that begins at sample ``place`` lies inside the span; the place behind the block."""
    inside = block[:, max(0, first - place) : max(0, last - place)]
    if inside.shape[1]:
        sink(inside)
    return place + block.shape[1]


def probe_descriptor(descriptor: int, *, suffix: str, limits: Limits) -> Header:
    """The header, checked, and proof that the first sound decodes; cheap whatever the length. Raises BadRecording."""
    with opened(descriptor, suffix, limits) as (container, header):
        for _ in blocks(container, header, limits, every=0.0):
            return header
    raise BadRecording("zero_length", "The recording is 0 seconds long: there is a header, but no sound.")


def facts_of(header: Header, samples: int, sha256: str, size: int) -> AudioFacts:
    """The facts of a decoded recording of ``samples`` at 16 kHz."""
    return AudioFacts(sha256, header.codec, header.sample_rate, header.channels, samples / RATE, size)


@contextmanager
def open_regular(path: Path, *, follow: bool = True) -> Iterator[int]:
    """A descriptor of an ordinary file; raises BadRecording for folders, pipes, devices and what cannot be opened.

    ``follow=False`` refuses symbolic links too.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise BadRecording("unreadable", f"The file cannot be opened: {error.args[-1]}.") from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise BadRecording("unreadable", "This is not a file but a folder, pipe or device.")
        yield descriptor
    finally:
        os.close(descriptor)


def fingerprint(descriptor: int) -> tuple[str, int]:
    """SHA-256 (hex) and size of the bytes of an open file, whatever its position."""
    digest, place = hashlib.sha256(), 0
    while block := os.pread(descriptor, 1 << 20, place):
        digest.update(block)
        place += len(block)
    return digest.hexdigest(), place
