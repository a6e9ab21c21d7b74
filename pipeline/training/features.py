"""Log-mel features of many clips at once, equal to transformers' ParakeetFeatureExtractor.

The stock extractor builds Python lists, copies each clip twice and multiplies over a full spectrum; a training step
needs the same numbers a few times faster. A test holds the two equal. Masking is for training only.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray

RATE, HOP, WINDOW, FFT, MELS = 16000, 160, 400, 512, 80
PREEMPHASIS = 0.97
LOG_GUARD = 2.0**-24
EPSILON = 1e-5
FIRST_MEL_ABOVE_THE_LINE = 55  # a telephone carries nothing above 3.7 kHz: what lies there depends on the resampler


def log_mel(clips: Sequence[NDArray[np.float32]], hop: int = HOP) -> tuple[torch.Tensor, torch.Tensor]:
    """(features float32 [clips, frames, 80], mask bool [clips, frames]) of float32 clips at 16 kHz, padded with zeros.

    :param hop: samples from frame to frame. A smaller one in training is slower speech at the same pitch.
    """
    lengths = torch.tensor([len(clip) for clip in clips])
    audio = torch.nn.utils.rnn.pad_sequence([torch.from_numpy(clip) for clip in clips], batch_first=True)
    emphasised = torch.cat([audio[:, :1], audio[:, 1:] - PREEMPHASIS * audio[:, :-1]], dim=1)
    emphasised.masked_fill_(torch.arange(audio.shape[1])[None] >= lengths[:, None], 0.0)
    around = torch.nn.functional.pad(emphasised, (WINDOW // 2, WINDOW // 2))
    waves = around.unfold(1, WINDOW, hop) @ _waves()
    power = waves[..., : FFT // 2 + 1].square() + waves[..., FFT // 2 + 1 :].square()
    logs = torch.log(power @ _filters() + LOG_GUARD)
    frames = torch.div(lengths, hop, rounding_mode="floor")
    return _normalised(logs, frames)


def masked(features: torch.Tensor, mask: torch.Tensor, rng: np.random.Generator, strength: float) -> torch.Tensor:
    """Features with bands and moments hidden (SpecAugment), and noise where the telephone carries nothing; in place."""
    for clip, length in zip(features, mask.sum(1).tolist(), strict=True):
        low = int(rng.integers(0, 50))
        clip[:, low : low + int(rng.integers(0, 1 + round(14 * strength)))] = 0
        for _ in range(max(1, length // 250)):
            width = int(rng.integers(0, 1 + round(12 * strength)))
            start = int(rng.integers(0, max(1, length - width)))
            clip[start : start + width] = 0
        if rng.random() < 0.3:
            noise = rng.standard_normal((length, MELS - FIRST_MEL_ABOVE_THE_LINE), dtype=np.float32)
            clip[:length, FIRST_MEL_ABOVE_THE_LINE:] = torch.from_numpy(noise)
    return features


def _normalised(logs: torch.Tensor, frames: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    mask = torch.arange(logs.shape[1])[None] < frames[:, None]
    inside = mask.unsqueeze(-1)
    mean = (logs * inside).sum(1, keepdim=True) / frames[:, None, None]
    centred = (logs - mean) * inside
    deviation = (centred.square().sum(1, keepdim=True) / (frames[:, None, None] - 1)).sqrt()
    return centred / (deviation + EPSILON), mask


@cache
def _waves() -> torch.Tensor:
    """[400, 514]: windowed cosines and sines of the 257 bins. On a CPU one product with them beats an FFT a frame."""
    turns = torch.arange(FFT // 2 + 1, dtype=torch.float64) * (2 * torch.pi / FFT)
    angles = (torch.arange(WINDOW, dtype=torch.float64) + (FFT - WINDOW) // 2)[:, None] * turns
    window = torch.hann_window(WINDOW, periodic=False, dtype=torch.float64)[:, None]
    return torch.cat([window * angles.cos(), window * angles.sin()], dim=1).float()


@cache
def _filters() -> torch.Tensor:
    from transformers.audio_utils import mel_filter_bank  # slow to import

    bank = mel_filter_bank(
        num_frequency_bins=FFT // 2 + 1, num_mel_filters=MELS, min_frequency=0.0, max_frequency=RATE / 2,
        sampling_rate=RATE, norm="slaney", mel_scale="slaney",
    )  # fmt: skip
    return torch.from_numpy(np.ascontiguousarray(bank.astype(np.float32)))
