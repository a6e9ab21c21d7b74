"""Where somebody speaks: silero-vad over whole signals at once.

The weights are those inside the pinned silero-vad wheel (MIT). The package feeds its network 32 ms at a time in a Python
loop; only the LSTM needs that order. Here everything before it runs on blocks of frames of all signals, and the LSTM
steps through all signals side by side, so the probabilities are the official ones (within 1e-5) at a fraction of the time.
"""

from __future__ import annotations

import importlib.util
import os
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pipeline.audio.threads import in_threads
from pipeline.errors import ModelError
from pipeline.records import Span

if TYPE_CHECKING:  # torch takes seconds to import; it is needed only once signals come
    import torch
    from torch import Tensor

RATE = 16000
FRAME = 512  # samples; one probability a frame
CONTEXT = 64  # samples of the frame before that the network also sees
WINDOW, HOP = 256, 128  # of the spectrum, in samples
ENTER, LEAVE = 0.5, 0.35  # speech begins at ENTER and goes on until LEAVE is undercut for MIN_SILENCE
MIN_SPEECH, MIN_SILENCE, PAD = 0.25, 0.1, 0.03  # seconds; the package's own defaults
BLOCK = 1024  # frames through the encoder at once: what stays in the caches of one core
STEPS = 2048  # frames of the LSTM before signals that have ended leave the batch

Samples = npt.NDArray[np.float32]


def speech_regions(signals: Sequence[Samples], *, threads: int = 0) -> list[tuple[Span, ...]]:
    """Speech in each signal, in seconds, in order, without overlap.

    :param signals: float32 ``[samples]`` at 16 kHz in -1..1, of any length (0 included).
    :param threads: signals are shared out to so many threads; 0: as many as there are cores.
    """
    probabilities = speech_probabilities(signals, threads=threads)
    return [regions(odds, len(signal)) for odds, signal in zip(probabilities, signals, strict=True)]


def speech_probabilities(signals: Sequence[Samples], *, threads: int = 0) -> list[Samples]:
    """Probability of speech of every 32 ms frame, float32 ``[ceil(samples / 512)]`` a signal."""
    network = _network()
    shares = _shares([len(signal) for signal in signals], threads or os.cpu_count() or 1)
    odds: list[Samples] = [np.zeros(0, np.float32)] * len(signals)
    answers = in_threads(lambda share: _run(network, [signals[n] for n in share]), shares, threads=threads)
    for share, answer in zip(shares, answers, strict=True):
        for n, of_signal in zip(share, answer, strict=True):
            odds[n] = of_signal
    return odds


def _shares(lengths: Sequence[int], count: int) -> list[list[int]]:
    """Numbers of the signals in at most ``count`` shares of about equal length, the longest of each first."""
    shares: list[list[int]] = [[] for _ in range(count)]
    totals = [0] * count
    for n in sorted(range(len(lengths)), key=lambda n: -lengths[n]):
        least = totals.index(min(totals))
        shares[least].append(n)
        totals[least] += lengths[n] + 1
    return [share for share in shares if share]


@dataclass(frozen=True)
class _Network:
    """Weights laid out for matrix products over ``[frames * positions, inputs]``."""

    window: Tensor
    layers: tuple[tuple[Tensor, Tensor], ...]  # (weight [inputs, outputs], bias [outputs]) of the four convolutions
    lstm: torch.nn.LSTM
    out: tuple[Tensor, Tensor]

    def encode(self, frames: Tensor) -> Tensor:
        """Features ``[n, 128]`` of frames ``[n, 576]``: four spectra a frame, then convolutions down to one position."""
        import torch

        padded = torch.nn.functional.pad(frames, (0, CONTEXT), "reflect")
        spectra = torch.fft.rfft(padded.unfold(1, WINDOW, HOP)[:, :4] * self.window).abs()
        hidden = self._convolve(0, torch.nn.functional.pad(spectra, (0, 0, 1, 1)), step=1)
        hidden = self._convolve(1, torch.nn.functional.pad(hidden, (0, 0, 1, 0)), step=2)
        hidden = self._convolve(2, torch.nn.functional.pad(hidden, (0, 0, 1, 0)), step=2)
        return self._convolve(3, torch.nn.functional.pad(hidden, (0, 0, 1, 1)), step=1)[:, 0]

    def _convolve(self, layer: int, inputs: Tensor, *, step: int) -> Tensor:
        """A convolution of three taps over ``[n, positions, channels]`` as one matrix product, then ReLU."""
        weight, bias = self.layers[layer]
        taps = inputs.unfold(1, 3, step).transpose(2, 3)  # [n, positions out, 3, channels]
        return (taps.reshape(-1, weight.shape[0]) @ weight).add_(bias).relu_().view(*taps.shape[:2], -1)

    def decode(self, features: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Probabilities ``[steps, rows]`` of features ``[steps, rows, 128]``, and the state to go on with."""
        hidden, state = self.lstm(features, state)
        weight, bias = self.out
        return (hidden.relu() @ weight + bias).sigmoid(), state


@lru_cache(maxsize=1)
def _network() -> _Network:
    import torch

    weights = _weights()
    lstm = torch.nn.LSTM(128, 128)
    lstm.load_state_dict({f"{name}_l0": weights[f"decoder.rnn.{name}"] for name in
                          ("weight_ih", "weight_hh", "bias_ih", "bias_hh")})  # fmt: skip
    convolutions = tuple(
        (weights[f"encoder.{n}.reparam_conv.weight"].permute(2, 1, 0).flatten(0, 1).contiguous(),
         weights[f"encoder.{n}.reparam_conv.bias"]) for n in range(4)
    )  # fmt: skip
    out = (weights["decoder.decoder.2.weight"].flatten(), weights["decoder.decoder.2.bias"])
    return _Network(torch.hann_window(WINDOW), convolutions, lstm.eval(), out)


def _weights() -> dict[str, Tensor]:
    """The 16 kHz weights of the silero-vad wheel, found without importing the package (it resets torch's threads)."""
    import torch

    package = importlib.util.find_spec("silero_vad")
    if package is None or package.origin is None:
        raise ModelError(
            "The package silero-vad is missing; install callsift with its extra: pip install callsift[pipeline]"
        )
    with warnings.catch_warnings():  # the wheel has this version of the network only as TorchScript or ONNX
        warnings.simplefilter("ignore", DeprecationWarning)
        script = torch.jit.load(Path(package.origin).with_name("data") / "silero_vad.jit", map_location="cpu")  # type: ignore[no-untyped-call]
    prefix = "_model."
    return {name.removeprefix(prefix): value for name, value in script.state_dict().items() if name.startswith(prefix)}


def _run(network: _Network, signals: Sequence[Samples]) -> list[Samples]:
    """Probabilities of signals sorted by length, longest first: the rows of the LSTM that have ended are the last ones."""
    import torch

    counts = [-(-len(signal) // FRAME) for signal in signals]
    odds = [np.zeros(count, np.float32) for count in counts]
    state = None
    with torch.inference_mode():
        for start in range(0, max(counts, default=0), STEPS):
            rows = sum(count > start for count in counts)
            state = _advance(network, signals[:rows], start, odds[:rows], state)
    return odds


def _advance(network: _Network, signals: Sequence[Samples], start: int, odds: Sequence[Samples],
             state: tuple[Tensor, Tensor] | None) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Frames ``start`` to ``start + STEPS`` of the signals into ``odds``; returns the LSTM's state after them."""
    import torch

    rows = len(signals)
    lengths = [min(STEPS, len(row) - start) for row in odds]
    features = torch.zeros(max(lengths), rows, 128)
    for row, (signal, length) in enumerate(zip(signals, lengths, strict=True)):
        for at in range(0, length, BLOCK):
            last = min(at + BLOCK, length)
            features[at:last, row] = network.encode(_frames(signal, start + at, start + last))
    state = (torch.zeros(1, rows, 128),) * 2 if state is None else (state[0][:, :rows], state[1][:, :rows])
    values, state = network.decode(features, (state[0].contiguous(), state[1].contiguous()))
    for row, length in enumerate(lengths):
        odds[row][start : start + length] = values[:length, row].numpy()
    return state


def _frames(signal: Samples, first: int, last: int) -> Tensor:
    """Frames ``first`` to ``last`` (not included), each with its context: ``[last - first, 576]``."""
    import torch

    begin, end = first * FRAME - CONTEXT, last * FRAME
    piece = np.asarray(signal[max(0, begin) : end], np.float32)
    if begin < 0 or end > len(signal):
        piece = np.pad(piece, (max(0, -begin), max(0, end - len(signal))))
    return torch.from_numpy(np.ascontiguousarray(piece)).unfold(0, FRAME + CONTEXT, FRAME)


def regions(odds: Samples, samples: int) -> tuple[Span, ...]:
    """Hysteresis over frames, then the pad, as the package does it."""
    spans = [(start, end) for start, end in _runs(odds, samples) if end - start > MIN_SPEECH * RATE]
    pad = round(PAD * RATE)
    padded = []
    for n, (start, end) in enumerate(spans):
        before = start - spans[n - 1][1] if n else start * 2
        after = spans[n + 1][0] - end if n + 1 < len(spans) else (samples - end) * 2
        padded.append(Span((start - min(pad, before // 2)) / RATE, (end + min(pad, after // 2)) / RATE))
    return tuple(padded)


def _runs(odds: Samples, samples: int) -> Iterator[tuple[int, int]]:
    """Speech in samples: from a frame at ENTER to the first frame under LEAVE that no ENTER follows within MIN_SILENCE."""
    patience = int(np.ceil(MIN_SILENCE * RATE / FRAME))
    high, low = odds >= ENTER, odds < LEAVE
    start = quiet = -1
    for frame in np.flatnonzero(high | low):
        if high[frame]:
            start, quiet = (int(frame) if start < 0 else start), -1
        elif start >= 0:
            quiet = int(frame) if quiet < 0 else quiet
            if frame - quiet >= patience:
                yield start * FRAME, quiet * FRAME
                start = quiet = -1
    if start >= 0:
        yield start * FRAME, samples
