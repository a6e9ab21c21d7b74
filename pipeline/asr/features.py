"""Log-mel features of many clips at once, on the device of the model; equal to transformers' ParakeetFeatureExtractor.

The stock extractor walks over the whole signal once for every step, so a long call falls out of the caches at each of
them. Here frames of all clips are cut into blocks that stay there: window, spectrum, mel and logarithm of one block
before the next begins. Only the sums of the normalisation look at a whole clip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:  # torch takes seconds to import; it is needed once clips come
    import torch
    from torch import Tensor

Samples = npt.NDArray[np.float32]

LOG_GUARD = 2.0**-24
EPSILON = 1e-5
CPU_BLOCK = 1024  # frames at once on a CPU: about 2 MB of samples, spectra and powers
GPU_BLOCK = 1 << 18


@dataclass(frozen=True, slots=True)
class MelSettings:
    """What a Parakeet checkpoint's preprocessor_config.json says, in samples unless said otherwise."""

    mels: int = 80
    rate: int = 16000
    hop: int = 160
    fft: int = 512
    window: int = 400
    preemphasis: float | None = 0.97

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> MelSettings:
        """From the keys of a ParakeetFeatureExtractor's configuration; missing ones have its defaults."""
        return cls(
            int(config.get("feature_size", 80)), int(config.get("sampling_rate", 16000)),
            int(config.get("hop_length", 160)), int(config.get("n_fft", 512)), int(config.get("win_length", 400)),
            config.get("preemphasis", 0.97),
        )  # fmt: skip


def log_mel(
    clips: Sequence[Samples], settings: MelSettings = MelSettings(), device: str | torch.device = "cpu"
) -> tuple[Tensor, Tensor]:
    """Features of clips: (float32 ``[clips, frames, mels]`` padded with zeros, int64 ``[clips]`` frames of each).

    Each clip is normalised by its own mean and deviation; a clip of n samples has n // hop frames.
    """
    import torch

    lengths = [len(clip) // settings.hop for clip in clips]
    features = torch.zeros(len(clips), max(lengths, default=0), settings.mels, device=device)
    for row, (clip, length) in enumerate(zip(clips, lengths, strict=True)):
        if length:
            _fill(features[row, :length], clip, settings)
    return features, torch.tensor(lengths, device=device)


def _fill(out: Tensor, clip: Samples, settings: MelSettings) -> None:
    """Log-mel of one clip into ``out`` ``[frames, mels]``, block by block, then normalised in place."""
    import torch

    signal = _emphasised(torch.from_numpy(np.ascontiguousarray(clip, np.float32)).to(out.device), settings)
    frames = signal.as_strided((len(out), settings.window), (settings.hop, 1))
    window, bank = _tables(settings, str(out.device))
    block = CPU_BLOCK if out.device.type == "cpu" else GPU_BLOCK
    total = torch.zeros(settings.mels, dtype=torch.float64, device=out.device)
    for start in range(0, len(out), block):
        spectrum = torch.fft.rfft(frames[start : start + block] * window, settings.fft)
        power = torch.view_as_real(spectrum).square_().view(len(spectrum), -1)
        rows = torch.addmm(_guard(str(out.device)), power, bank, out=out[start : start + block]).log_()
        total += rows.sum(0)
    _normalise(out, (total / len(out)).float())


def _normalise(rows: Tensor, mean: Tensor) -> None:
    rows -= mean
    variance = rows.square().sum(0) / (len(rows) - 1)
    rows /= variance.sqrt_() + EPSILON


def _emphasised(samples: Tensor, settings: MelSettings) -> Tensor:
    """High frequencies raised; zeros around, so that frame n begins at sample n * hop of what is returned."""
    import torch

    before = settings.window // 2  # the window is centred in its FFT, the FFT on the sample
    signal = torch.zeros(before + len(samples) + settings.window, device=samples.device)
    body = signal[before : before + len(samples)]
    body.copy_(samples)
    if settings.preemphasis is not None:
        body[1:].sub_(samples[:-1], alpha=settings.preemphasis)
    return signal


@lru_cache(maxsize=8)
def _tables(settings: MelSettings, device: str) -> tuple[Tensor, Tensor]:
    """The Hann window ``[window]`` and the mel filters ``[fft + 2, mels]``, each row twice: real and imaginary squares.

    A window in the middle of its FFT only turns phases, which a power spectrum does not have: it may stand at the front.
    """
    import torch

    window = torch.hann_window(settings.window, periodic=False)
    return window.to(device), torch.from_numpy(mel_filters(settings).repeat(2, axis=0)).to(device)


@lru_cache(maxsize=8)
def _guard(device: str) -> Tensor:
    import torch

    return torch.full((1, 1), LOG_GUARD, device=device)


def mel_filters(settings: MelSettings) -> Samples:
    """Triangles of equal area on Slaney's mel scale (linear to 1 kHz, logarithmic above): float32 ``[fft // 2 + 1, mels]``."""
    bins = np.linspace(0, settings.rate / 2, settings.fft // 2 + 1)
    edges = _hertz(np.linspace(_mel(0.0), _mel(settings.rate / 2), settings.mels + 2))
    rising = (bins[:, None] - edges[:-2]) / np.diff(edges)[:-1]
    falling = (edges[2:] - bins[:, None]) / np.diff(edges)[1:]
    triangles = np.maximum(0, np.minimum(rising, falling)) * (2 / (edges[2:] - edges[:-2]))
    return np.ascontiguousarray(triangles, np.float32)


def _mel(hertz: float) -> float:
    return hertz * 3 / 200 if hertz < 1000 else 15 + np.log(hertz / 1000) * 27 / np.log(6.4)


def _hertz(mels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(mels < 15, mels * 200 / 3, 1000 * np.exp((mels - 15) * np.log(6.4) / 27))
