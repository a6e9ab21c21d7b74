"""Posteriors of a call in one small deterministic block of bytes, and stretches of it removed for good.

A frame keeps its best outputs as numbers and log probabilities in steps of 1/16; frames that are blank for certain keep
nothing. The rest is zlib: about 150 to 250 bytes for a second of speech on one channel. Cutting writes a new block in which
the frames of a stretch are as empty as silence; that and where it was cut is all that stays.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from pipeline.errors import PipelineError
from pipeline.protocols import FramePosteriors
from pipeline.records import Span

MAGIC = b"CSP1"
HEAD = struct.Struct(
    "<BBBHdH"
)  # channels, outputs a frame, bytes of an output, blank, seconds a frame, length of the model's name
CHANNEL = struct.Struct("<IIH")  # frames, kept frames, cut stretches
STRETCH = struct.Struct("<II")
CERTAIN = math.log(0.999)  # a blank at least this likely leaves nothing to find
STEPS = 16  # of a log probability, to the whole number
FLOOR = -255 / STEPS
MARGIN_S = 0.1  # cut on either side: an output may come a little before or after its sound


class BadPosteriors(PipelineError):
    """Bytes that are no packed posteriors."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """Posteriors of each channel, and the stretches that were cut out of each (frames, end not included)."""

    channels: tuple[FramePosteriors, ...]
    removed: tuple[tuple[tuple[int, int], ...], ...]


@dataclass(frozen=True, slots=True)
class _Channel:
    """``kept`` ``[frames]``; ids and quantised log probabilities ``[outputs, kept frames]``."""

    kept: npt.NDArray[np.bool_]
    ids: npt.NDArray[np.unsignedinteger]
    logs: npt.NDArray[np.uint8]
    removed: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Block:
    outputs: int
    wide: int
    blank: int
    frame: float
    model: str
    channels: list[_Channel] = field(default_factory=list)


def pack(channels: Sequence[FramePosteriors], outputs: int = 8) -> bytes:
    """The posteriors of a call's channels as bytes; the same posteriors give the same bytes.

    :param outputs: how many of the best outputs of a frame are kept at most.
    """
    first = channels[0]
    most = max((int(channel.ids.max()) for channel in channels if channel.ids.size), default=0)
    k = min(outputs, max(channel.ids.shape[1] for channel in channels))
    block = _Block(k, 1 if max(most, first.blank) < 256 else 2, first.blank, first.frame, first.model)
    block.channels.extend(_quantised(channel, k, block.wide) for channel in channels)
    return _written(block)


def unpack(packed: bytes) -> Unpacked:
    """What `pack` and `cut` wrote. Raises BadPosteriors for anything else."""
    block = _read(packed)
    return Unpacked(
        tuple(_restored(channel, block) for channel in block.channels),
        tuple(channel.removed for channel in block.channels),
    )


def cut(packed: bytes, spans: Iterable[Span], *, channel: int | None = None) -> bytes:
    """The block without what was said in ``spans`` (seconds), on one channel or on all."""
    block = _read(packed)
    wanted = list(spans)
    channels = [
        _without(part, wanted, block.frame) if channel in (None, number) else part
        for number, part in enumerate(block.channels)
    ]
    return _written(_Block(block.outputs, block.wide, block.blank, block.frame, block.model, channels))


def _quantised(posteriors: FramePosteriors, k: int, wide: int) -> _Channel:
    ids, logs = posteriors.ids[:, :k], posteriors.log_probs[:, :k]
    kept = ~((ids[:, 0] == posteriors.blank) & (logs[:, 0] >= CERTAIN)) if ids.size else np.zeros(len(ids), bool)
    steps = np.clip(np.round(-np.maximum(logs[kept], FLOOR) * STEPS), 0, 255).astype(np.uint8)
    if ids.shape[1] < k:  # a silent channel beside a spoken one
        ids = np.pad(ids, ((0, 0), (0, k - ids.shape[1])), constant_values=posteriors.blank)
        steps = np.pad(steps, ((0, 0), (0, k - steps.shape[1])), constant_values=255)
    return _Channel(
        kept,
        np.ascontiguousarray(ids[kept].T.astype(np.uint8 if wide == 1 else np.uint16)),
        np.ascontiguousarray(steps.T),
    )


def _restored(channel: _Channel, block: _Block) -> FramePosteriors:
    ids = np.full((len(channel.kept), block.outputs), block.blank, np.uint16)
    logs = np.full((len(channel.kept), block.outputs), FLOOR, np.float32)
    logs[:, :1] = 0.0
    ids[channel.kept] = channel.ids.T
    logs[channel.kept] = channel.logs.T.astype(np.float32) / -STEPS
    return FramePosteriors(ids, logs, block.frame, block.blank, block.model)


def _without(channel: _Channel, spans: Sequence[Span], frame: float) -> _Channel:
    """Kept frames inside the spans go; neighbouring and overlapping stretches become one."""
    frames = len(channel.kept)
    gone = np.zeros(frames, bool)
    stretches = [
        *channel.removed,
        *((int((s.start - MARGIN_S) / frame), math.ceil((s.end + MARGIN_S) / frame)) for s in spans),
    ]
    for start, end in stretches:
        gone[max(0, start) : max(0, end)] = True
    edges = np.flatnonzero(np.diff(gone.astype(np.int8), prepend=0, append=0))
    removed = tuple((int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True))
    stays = ~gone[channel.kept]
    ids, logs = np.ascontiguousarray(channel.ids[:, stays]), np.ascontiguousarray(channel.logs[:, stays])
    return _Channel(channel.kept & ~gone, ids, logs, removed)


def _written(block: _Block) -> bytes:
    model = block.model.encode()
    parts = [HEAD.pack(len(block.channels), block.outputs, block.wide, block.blank, block.frame, len(model)), model]
    for channel in block.channels:
        parts.append(CHANNEL.pack(len(channel.kept), channel.ids.shape[1], len(channel.removed)))
        parts += [STRETCH.pack(*stretch) for stretch in channel.removed]
        parts += [np.packbits(channel.kept).tobytes(), channel.ids.tobytes(), channel.logs.tobytes()]
    return MAGIC + zlib.compress(b"".join(parts), 9)


def _read(packed: bytes) -> _Block:
    if packed[:4] != MAGIC:
        raise BadPosteriors("These bytes are no packed posteriors: they do not begin with CSP1.")
    try:
        return _parsed(zlib.decompress(packed[4:]))
    except (zlib.error, struct.error, ValueError, UnicodeDecodeError) as error:
        raise BadPosteriors(f"Packed posteriors are damaged: {error}") from error


def _parsed(data: bytes) -> _Block:
    count, outputs, wide, blank, frame, named = HEAD.unpack_from(data)
    at = HEAD.size + named
    block = _Block(outputs, wide, blank, frame, data[HEAD.size : at].decode())
    for _ in range(count):
        frames, held, stretches = CHANNEL.unpack_from(data, at)
        at += CHANNEL.size
        removed = tuple(STRETCH.unpack_from(data, at + n * STRETCH.size) for n in range(stretches))
        at += stretches * STRETCH.size
        kept, at = _taken(data, at, np.uint8, -(-frames // 8))
        ids, at = _taken(data, at, np.uint8 if wide == 1 else np.uint16, outputs * held)
        logs, at = _taken(data, at, np.uint8, outputs * held)
        shape = (outputs, held)
        block.channels.append(
            _Channel(np.unpackbits(kept, count=frames).astype(bool), ids.reshape(shape), logs.reshape(shape), removed)
        )
    return block


def _taken(
    data: bytes, at: int, kind: type[np.unsignedinteger], count: int
) -> tuple[npt.NDArray[np.unsignedinteger], int]:
    return np.frombuffer(data, kind, count, at), at + count * np.dtype(kind).itemsize
