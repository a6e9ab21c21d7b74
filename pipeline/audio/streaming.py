"""Decoded sound in pieces, with flat memory: frames, holes filled, 16 kHz, and what was heard on the way.

Times are those of the source: encoder delay is cut by FFmpeg, and a hole in the time stamps (lost packets, damaged
frames) becomes silence. What counts against a bomb is decoded seconds: 15 MB of FLAC can be 24 hours.
"""

from __future__ import annotations

from collections.abc import Iterator

import av
import numpy as np
import numpy.typing as npt
import soxr

from pipeline.audio.opening import Header, Limits, too_long
from pipeline.errors import BadRecording
from pipeline.records import Seconds

RATE = 16000
Samples = npt.NDArray[np.float32]

SILENCE = 16 / 32768  # a call that never leaves this band around its mean (16 steps of 16 bits) was not recorded
GAP: Seconds = 0.01
LONGEST_GAP: Seconds = 60.0  # a longer jump is a wrong clock, not lost sound
TOLERATED = 0.05  # share of packets that may be undecodable


def blocks(
    container: av.container.InputContainer, header: Header, limits: Limits, *, every: Seconds = 2.0
) -> Iterator[Samples]:
    """Sound of the first audio stream, ``[channels, k]`` at its own rate, about ``every`` seconds at a time."""
    queue, clock = av.AudioFifo(), _Clock(container.streams.audio[0], limits)
    for frame in _frames(container):
        if frame.layout.nb_channels != header.channels or frame.sample_rate != header.sample_rate:
            raise BadRecording("damaged", "Channels or sample rate change in the middle of the recording.")
        missing = clock.advance(frame)
        if missing or queue.samples >= every * header.sample_rate:
            yield from _drained(queue)
        if missing:
            yield np.zeros((header.channels, missing), np.float32)
        frame.pts = None  # the queue would refuse holes, which are filled already
        queue.write(frame)
    yield from _drained(queue)


class Resampler:
    """``[channels, k]`` at the source's rate -> 16 kHz in [-1, 1], in pieces, by soxr (HQ), which keeps times.

    One stream a channel: interleaved, soxr takes half as long again for two (measured).
    """

    def __init__(self, header: Header) -> None:
        self._none = np.zeros((header.channels, 0), np.float32)
        self._streams: list[soxr.ResampleStream] = []
        if header.sample_rate != RATE:
            self._streams = [_stream(header.sample_rate) for _ in range(header.channels)]

    def __call__(self, block: Samples, *, last: bool = False) -> Samples:
        if not self._streams:
            return block
        rows = [stream.resample_chunk(row, last=last) for stream, row in zip(self._streams, block, strict=True)]
        out = rows[0][None] if len(rows) == 1 else np.stack(rows)
        return np.clip(out, -1, 1, out=out)  # filters overshoot

    def rest(self) -> Samples:
        """What is still inside; call once, after the last block."""
        return self(self._none, last=True)


def _stream(rate: int) -> soxr.ResampleStream:
    return soxr.ResampleStream(rate, RATE, 1, dtype="float32", quality="HQ")


class Heard:
    """How many samples passed, and whether they ever left the band of silence (per channel, around its mean)."""

    def __init__(self, header: Header) -> None:
        self._header, self.samples = header, 0
        self._low = np.full(header.channels, np.inf, np.float32)
        self._high = -self._low

    def take(self, block: Samples) -> Samples:
        """The block, with what is no number made 0 and what is beyond full scale clipped (rare, so looked for first)."""
        if not block.shape[1]:
            return block
        low, high = block.min(axis=1), block.max(axis=1)
        if not (low.min() >= -1 and high.max() <= 1):  # also true for what is not a number
            block = np.clip(np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0), -1, 1)
            low, high = block.min(axis=1), block.max(axis=1)
        self.samples += block.shape[1]
        self._low, self._high = np.minimum(self._low, low), np.maximum(self._high, high)
        return block

    def check(self) -> None:
        """Raises BadRecording when all of it was too little: nothing, cut off, or silence."""
        got, promised = self.samples / self._header.sample_rate, self._header.duration
        if self._header.exact and promised is not None and got < promised - max(0.25, 0.002 * promised):
            raise BadRecording(
                "truncated",
                f"The recording is cut off: its header promises {promised:,.1f} s, the file holds {got:,.1f} s. "
                "Export or copy it again.",
            )
        if not self.samples:
            raise BadRecording("zero_length", "The recording is 0 seconds long: there is a header, but no sound.")
        if np.all(self._high - self._low <= 2 * SILENCE):
            raise BadRecording(
                "silence", f"The recording is silent from beginning to end ({got:,.1f} s): the line was not recorded."
            )


class _Clock:
    """Compares time stamps with the samples so far: how much is missing before a frame, and whether it is too much."""

    def __init__(self, stream: av.AudioStream, limits: Limits) -> None:
        self._scale = float(stream.time_base or 0) * stream.rate
        self._rate, self._limits = stream.rate, limits
        self._first: float | None = None
        self._samples = 0

    def advance(self, frame: av.AudioFrame) -> int:
        missing = self._missing(frame.pts)
        self._samples += missing + frame.samples
        if self._samples > self._limits.max_seconds * self._rate:
            raise too_long(None, self._limits)
        return missing

    def _missing(self, pts: int | None) -> int:
        if pts is None or not self._scale:
            return 0
        place = pts * self._scale
        if self._first is None:
            self._first = place
        hole = round(place - self._first) - self._samples
        return hole if GAP * self._rate < hole <= LONGEST_GAP * self._rate else 0


def _frames(container: av.container.InputContainer) -> Iterator[av.AudioFrame]:
    """Decoded frames; single undecodable packets are passed over, many of them make the recording damaged."""
    stream = container.streams.audio[0]
    stream.codec_context.thread_count = 1  # confined children may start no threads, and files are spread over children
    packets = bad = 0
    try:
        for packet in container.demux(stream):
            packets += 1
            try:
                yield from packet.decode()
            except av.FFmpegError:
                bad += 1
    except av.FFmpegError:  # the container itself breaks off; what it promised is compared at the end
        bad += 1
    if bad > max(2, TOLERATED * packets):
        raise BadRecording(
            "damaged", f"{bad} of {packets} pieces of the recording cannot be decoded. Export or copy it again."
        )


def _drained(queue: av.AudioFifo) -> Iterator[Samples]:
    frame = queue.read()
    if frame is not None:
        yield _floats(frame)


def _floats(frame: av.AudioFrame) -> Samples:
    """``[channels, k]`` float32, full scale 1, rows contiguous."""
    raw = frame.to_ndarray()
    if not frame.format.is_planar:
        raw = raw.reshape(-1, frame.layout.nb_channels).T
    if raw.dtype == np.uint8:
        raw = raw.astype(np.int16) - 128
        scale = np.float32(2**-7)
    else:
        scale = np.float32(2.0 ** (1 - 8 * raw.dtype.itemsize) if raw.dtype.kind == "i" else 1)
    if raw.dtype == np.float32:
        return np.ascontiguousarray(raw)
    out: Samples = np.empty(raw.shape, np.float32)
    return np.multiply(raw, scale, out=out, casting="unsafe")
