"""Loudness curves: decibels below full scale of each channel, one value every tenth of a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.records import Levels

if TYPE_CHECKING:
    from pipeline.protocols import Samples

STEP = 0.1
FLOOR = -90.0


def levels(samples: Samples, rate: int = 16000) -> Levels:
    """Levels of ``[channels, samples]`` float32 in [-1, 1]; nothing is lower than FLOOR dB. Rounded to 0.1 dB."""
    size = round(STEP * rate)
    slots = -(-samples.shape[1] // size)
    padded = np.zeros((samples.shape[0], slots * size), np.float32)
    padded[:, : samples.shape[1]] = samples
    power = np.square(padded.reshape(samples.shape[0], slots, size)).mean(axis=2)
    decibels = np.maximum(10 * np.log10(np.maximum(power, 1e-12)), FLOOR)
    return Levels(STEP, tuple(tuple(np.round(row, 1).tolist()) for row in decibels))
