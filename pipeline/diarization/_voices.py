"""Voice vectors: the GE2E speaker encoder of Resemblyzer, run in batches.

Three LSTM layers over a power mel spectrogram (40 bands, 25 ms every 10 ms; not a logarithm), the last hidden state
projected, rectified and normed. The weights lie in pipeline/models/voice_encoder/ in half precision; the network is run
in single precision. The encoder is used to loudness around -30 dBFS, so quiet stretches are raised to it, as its own
package does; it is not used to being shouted at, so nothing is lowered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pipeline.audio.threads import in_threads
from pipeline.errors import ModelError

if TYPE_CHECKING:  # torch takes seconds to import
    import torch
    from torch import Tensor

RATE = 16000
WINDOW, HOP, BANDS = 400, 160, 40  # samples, samples, mel bands
FRAMES_PER_SECOND = RATE // HOP
DIMENSION = 256
BATCH = 128  # windows through the LSTM at once; more does not get faster on a CPU
WEIGHTS = Path(__file__).parents[1] / "models" / "voice_encoder" / "model.safetensors"

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True)
class VoiceEncoder:
    """The network on one device. Make it with `load_encoder`."""

    lstm: torch.nn.LSTM
    linear: torch.nn.Linear
    device: str

    def mels(self, signal: Samples) -> Samples:
        """Power mel spectrogram ``[1 + samples // 160, 40]`` of ``[samples]`` at 16 kHz, frame n centred on sample 160 n."""
        import torch

        with torch.inference_mode():
            padded = torch.nn.functional.pad(torch.from_numpy(signal).to(self.device), (WINDOW // 2, WINDOW // 2))
            frames = padded.unfold(0, WINDOW, HOP)
            bank, window = _mel_bank().to(self.device), torch.hann_window(WINDOW, device=self.device)
            pieces = [torch.fft.rfft(piece * window).abs().square() @ bank for piece in torch.split(frames, 4096)]
            return torch.cat(pieces).cpu().numpy()

    def embed(self, windows: Sequence[Samples], *, threads: int = 0) -> Samples:
        """L2-normed voice vectors ``[n, 256]`` of mel windows ``[frames, 40]``; those of one length go together."""
        vectors = np.zeros((len(windows), DIMENSION), np.float32)
        order = sorted(range(len(windows)), key=lambda n: len(windows[n]))
        batches = _batches(order, windows)
        made = in_threads(lambda batch: self._forward(np.stack([windows[n] for n in batch])), batches, threads=threads)
        for batch, made_of_batch in zip(batches, made, strict=True):
            vectors[batch] = made_of_batch
        return vectors

    def _forward(self, mels: Samples) -> Samples:
        import torch

        with torch.inference_mode():
            _, (hidden, _) = self.lstm(torch.from_numpy(mels).to(self.device))
            raw = self.linear(hidden[-1]).relu()
            vectors: Samples = (raw / raw.norm(dim=1, keepdim=True).clamp_min(1e-9)).cpu().numpy()
        return vectors


def _batches(order: Sequence[int], windows: Sequence[Samples]) -> list[list[int]]:
    """Runs of equal length in ``order`` (sorted by length), cut to the batch size."""
    batches: list[list[int]] = []
    for n in order:
        full = not batches or len(batches[-1]) >= BATCH or len(windows[batches[-1][0]]) != len(windows[n])
        if full:
            batches.append([])
        batches[-1].append(n)
    return batches


@lru_cache(maxsize=2)
def load_encoder(device: str = "cpu") -> VoiceEncoder:
    """The encoder on a device, from the weights in this repository."""
    import torch
    from safetensors.torch import load_file

    if not WEIGHTS.exists():
        raise ModelError(f"{WEIGHTS}: the weights of the voice encoder are missing; reinstall callsift")
    weights = {name: value.float() for name, value in load_file(WEIGHTS).items()}
    lstm = torch.nn.LSTM(BANDS, DIMENSION, 3, batch_first=True)
    linear = torch.nn.Linear(DIMENSION, DIMENSION)
    for layer, prefix in ((lstm, "lstm."), (linear, "linear.")):
        layer.load_state_dict({name.removeprefix(prefix): w for name, w in weights.items() if name.startswith(prefix)})
    return VoiceEncoder(lstm.to(device).eval(), linear.to(device).eval(), device)


@lru_cache(maxsize=1)
def _mel_bank() -> Tensor:
    """Triangles on Slaney's mel scale with equal area, ``[201, 40]``, as librosa makes them."""
    import torch

    hertz = _hertz_of_mel(np.linspace(0.0, _mel_of_hertz(RATE / 2), BANDS + 2))
    bins = np.linspace(0.0, RATE / 2, WINDOW // 2 + 1)
    rising = (bins - hertz[:-2, None]) / np.diff(hertz)[:-1, None]
    falling = (hertz[2:, None] - bins) / np.diff(hertz)[1:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling)) * (2.0 / (hertz[2:] - hertz[:-2]))[:, None]
    return torch.from_numpy(triangles.T.astype(np.float32).copy())


BREAK_HZ, BREAK_MEL, LOG_STEP = 1000.0, 15.0, np.log(6.4) / 27.0  # linear below 1 kHz, logarithmic above


def _mel_of_hertz(hertz: float) -> float:
    return float(BREAK_MEL + np.log(hertz / BREAK_HZ) / LOG_STEP) if hertz >= BREAK_HZ else hertz * 3.0 / 200.0


def _hertz_of_mel(mels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(mels >= BREAK_MEL, BREAK_HZ * np.exp(LOG_STEP * (mels - BREAK_MEL)), mels * 200.0 / 3.0)
