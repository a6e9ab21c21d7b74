"""Log-mel features: ours against ParakeetFeatureExtractor on one long recording, same thread count.

The stock extractor is what `transformers` feeds a Parakeet model with. Both get the same samples in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.measuring.bench import Arms, BenchOptions

if TYPE_CHECKING:
    from torch import Tensor

RATE = 16000
MINUTES, SMALL_MINUTES = 30.0, 2.0
TOLERANCE = 1e-3  # after normalisation
NAME = "features"


class Features:
    """One recording to features, start to end."""

    name = NAME
    good = 3.0
    goal = 6.0

    def prepare(self, options: BenchOptions) -> Arms:
        import torch
        from transformers import ParakeetFeatureExtractor

        from pipeline.asr.features import log_mel

        if options.threads:
            torch.set_num_threads(options.threads)
        device = (
            "cuda" if options.device == "auto" and torch.cuda.is_available() else options.device.replace("auto", "cpu")
        )
        minutes = SMALL_MINUTES if options.small else MINUTES
        signal = speech_like(minutes * 60)
        stock = ParakeetFeatureExtractor(feature_size=80)  # type: ignore[no-untyped-call]

        def ours() -> Tensor:
            with torch.inference_mode():
                features = log_mel([signal], device=device)[0][0]
            return features

        def peer() -> Tensor:
            return stock(signal, sampling_rate=RATE, return_tensors="pt")["input_features"][0]

        facts = {"device": device, "threads": torch.get_num_threads(), "minutes": minutes, "tolerance": TOLERANCE}
        return Arms(ours, peer, _difference, minutes * 60, "audio seconds", "ParakeetFeatureExtractor", facts)


bench = Features()


def speech_like(seconds: float, seed: int = 0) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Noise with the loudness of syllables and pauses, so that no part of the features is constant."""
    rng = np.random.default_rng(seed)
    count = round(seconds * RATE)
    swell = np.repeat(rng.gamma(0.6, 0.15, -(-count // 2400)), 2400)[:count]
    return (rng.standard_normal(count, dtype=np.float32) * swell.clip(0.001, 0.6)).astype(np.float32)


def _difference(ours: Tensor, peer: Tensor) -> str | None:
    """The stock one returns a last, empty frame more."""
    worst = float((ours.cpu() - peer[: len(ours)]).abs().max())
    if len(peer) - len(ours) not in (0, 1) or worst > TOLERANCE:
        return f"features differ by up to {worst:.2g} ({len(ours)} and {len(peer)} frames)"
    return None
