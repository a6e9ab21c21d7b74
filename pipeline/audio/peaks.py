"""The waveform of a listening copy as a page draws it, so that no browser has to decode a call.

File: ``magic CSPK | version (1) | channels (1) | slots a second (2) | slots (4) | scale (float, 4)``, big endian, then
int8 ``[channels, slots, 2]``: minimum and maximum of each slot in steps of scale / 127 of full scale. The scale is the
loudest sample, so that quiet calls keep their shape. One hour of stereo is 720 kB.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.audio.listening import HEADER_BYTES
from pipeline.errors import PipelineError

HEADER = struct.Struct(">4sBBHIf")
MAGIC, VERSION = b"CSPK", 1
SLOTS_A_SECOND = 50


@dataclass(frozen=True, slots=True)
class Peaks:
    """``values`` int8 ``[channels, slots, 2]`` (minimum, maximum); times ``scale / 127`` they are amplitudes in [-1, 1]."""

    rate: int
    scale: float
    values: npt.NDArray[np.int8]


def peaks_of(listening: bytes) -> bytes:
    """The peaks file of a listening copy (a WAV file by `listening_copy`), 50 slots a second, the last one as it is."""
    channels, rate = struct.unpack("<HI", listening[22:28])
    sound = np.frombuffer(listening, "<i2", offset=HEADER_BYTES).reshape(-1, channels)
    low, high = _extremes(sound, rate // SLOTS_A_SECOND)
    loudest = max(1, int(-low.min(initial=0)), int(high.max(initial=0)))
    values = np.stack([np.floor(low / loudest * 127), np.ceil(high / loudest * 127)], axis=-1).astype(np.int8)
    header = HEADER.pack(MAGIC, VERSION, channels, SLOTS_A_SECOND, values.shape[0], loudest / 32768)
    return header + np.ascontiguousarray(values.swapaxes(0, 1)).tobytes()


def read_peaks(data: bytes) -> Peaks:
    """A peaks file back; raises PipelineError when it is none."""
    if len(data) < HEADER.size or data[:4] != MAGIC or data[4] != VERSION:
        raise PipelineError("This is not a file of peaks of this version; redo the call.")
    _, _, channels, rate, slots, scale = HEADER.unpack_from(data)
    if len(data) != HEADER.size + 2 * channels * slots:
        raise PipelineError("The file of peaks is cut short; redo the call.")
    return Peaks(rate, scale, np.frombuffer(data, np.int8, offset=HEADER.size).reshape(channels, slots, 2))


def _extremes(sound: npt.NDArray[np.int16], slot: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Minimum and maximum ``[slots, channels]`` of each ``slot`` samples."""
    if not len(sound):
        none = np.zeros((0, sound.shape[1]), np.int32)
        return none, none
    starts = np.arange(0, len(sound), slot)
    low, high = np.minimum.reduceat(sound, starts), np.maximum.reduceat(sound, starts)
    return low.astype(np.int32), high.astype(np.int32)
