"""Every CTC architecture of transformers: Parakeet by our own encoder, the others by the library's classes.

Clips of any length go in; windows of all of them are pooled, computed in batches of like length, and joined again by
frames. The device hands back only the best outputs of each frame, which are all that decoding and searching need.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pipeline.asr.batches import in_batches
from pipeline.asr.families import Network, Place
from pipeline.asr.greedy import greedy_words
from pipeline.asr.vocabulary import Vocabulary, read_vocabulary
from pipeline.asr.windows import Window, cut, join
from pipeline.models.folder import ModelFolder
from pipeline.protocols import FramePosteriors, Transcript
from pipeline.records import Word

if TYPE_CHECKING:  # torch takes seconds to import
    from torch import Tensor

Samples = npt.NDArray[np.float32]

RATE = 16000
BEST = 8  # outputs kept of each frame
LONGEST_S, OVERLAP_S = 20.0, 2.0  # of one window; attention costs the square of it
SHORTEST_S = 0.12  # less than this is no word, and no network takes it
BUDGET_S = {"cpu": 160.0, "cuda": 2400.0}  # seconds of sound in one batch
QUIET = 1e-4  # peak below which a clip is silence

Decode = Callable[[Sequence[FramePosteriors]], list[tuple[Word, ...]]]


@dataclass(frozen=True)
class CtcRecognizer:
    """A recogniser with posteriors. ``decode`` turns frames into words: the best path, or the decoder with a word list."""

    name: str
    vocabulary: Vocabulary
    network: Network
    decode: Decode
    device: str = "cpu"

    def transcribe(self, clips: Sequence[Samples]) -> list[Transcript]:
        """Words and posteriors of each clip, ``[samples]`` float32 at 16 kHz."""
        posteriors = self.listen(clips)
        words = self.decode(posteriors)
        return [Transcript(row, frames) for row, frames in zip(words, posteriors, strict=True)]

    def listen(self, clips: Sequence[Samples]) -> list[FramePosteriors]:
        """The best outputs of every frame of each clip."""
        step = self.network.step
        audible = [n for n, clip in enumerate(clips) if len(clip) >= SHORTEST_S * RATE and np.abs(clip).max() > QUIET]
        lengths = [len(clips[n]) for n in audible]
        windows = self.windows(lengths)
        pieces = in_batches(
            [window.length for window in windows],
            lambda batch: self._compute(
                [clips[audible[windows[n].clip]][windows[n].start : windows[n].end] for n in batch]
            ),
            budget=int(BUDGET_S[self.device.split(":")[0]] * RATE),
            padding=0.0 if self.network.exact else 0.08,
        )
        found = [self._blank(len(clip)) for clip in clips]
        for number, clip in enumerate(audible):
            mine = [n for n, window in enumerate(windows) if window.clip == number]
            found[clip] = join([pieces[n] for n in mine], [windows[n].start // step for n in mine])
        return found

    def windows(self, lengths: Sequence[int]) -> list[Window]:
        """The windows in which clips of so many samples are computed."""
        longest, overlap = int(LONGEST_S * RATE), int(OVERLAP_S * RATE)
        return cut(lengths, longest=longest, overlap=overlap, step=self.network.step)

    def _compute(self, clips: Sequence[Samples]) -> list[FramePosteriors]:
        import torch

        with torch.inference_mode():
            logits, lengths = self.network.run(clips)
            best, ids = torch.topk(logits.float().log_softmax(-1), min(BEST, logits.shape[-1]), -1)
            best, ids, frames = best.cpu(), ids.to(torch.int32).cpu(), lengths.tolist()
        log_probs, numbers = best.numpy(), ids.numpy().astype(np.uint16)
        return [self._posteriors(numbers[n, :count], log_probs[n, :count]) for n, count in enumerate(frames)]

    def _posteriors(self, ids: npt.NDArray[np.uint16], log_probs: Samples) -> FramePosteriors:
        return FramePosteriors(ids, log_probs, self.network.step / RATE, self.vocabulary.blank, self.name)

    def _blank(self, samples: int) -> FramePosteriors:
        frames = samples // self.network.step
        return self._posteriors(
            np.full((frames, 1), self.vocabulary.blank, np.uint16), np.zeros((frames, 1), np.float32)
        )


class Ctc:
    """Models whose architecture ends in ForCTC."""

    def takes(self, config: Mapping[str, Any]) -> bool:
        return str((config.get("architectures") or [""])[0]).endswith("ForCTC")

    def open(self, folder: ModelFolder, place: Place) -> CtcRecognizer:
        config = folder.json("config.json")
        vocabulary = read_vocabulary(folder, config)
        network = (_parakeet if config["model_type"] == "parakeet_ctc" else _stock)(folder, config, place)
        return CtcRecognizer(folder.name, vocabulary, network, _decoder(folder, vocabulary), place.device)


family = Ctc()


def _decoder(folder: ModelFolder, vocabulary: Vocabulary) -> Decode:
    """The search with the folder's word list where it has one, else the best output of each frame."""
    if folder.has("words.txt.gz"):
        import torch

        from pipeline.asr.decoding import open_decoder  # compiled code: only where there is a word list

        decoder = open_decoder(folder, vocabulary, torch.get_num_threads())
        if decoder is not None:
            return decoder
    return lambda clips: greedy_words(clips, vocabulary)


def _parakeet(folder: ModelFolder, config: Mapping[str, Any], place: Place) -> Network:
    import torch

    from pipeline.asr.features import MelSettings, log_mel  # heavy: torch
    from pipeline.asr.parakeet import ParakeetNet, Shape

    encoder = config["encoder_config"]
    mel = MelSettings.of(folder.json("preprocessor_config.json"))
    dtype = torch.bfloat16 if place.half else torch.float32
    net = ParakeetNet(folder.tensors(), Shape.of(encoder), device=place.device, dtype=dtype)

    def run(clips: Sequence[Samples]) -> tuple[Tensor, Tensor]:
        return net(*log_mel(clips, mel, place.device))

    return Network(run, mel.hop * int(encoder.get("subsampling_factor", 8)))


def _stock(folder: ModelFolder, config: Mapping[str, Any], place: Place) -> Network:
    from pipeline.asr.stock import stock_network  # heavy: torch and transformers

    return stock_network(folder, config, place)
