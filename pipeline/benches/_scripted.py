"""A call's way with the libraries as they come, one call and one window at a time: what scripts around them run.

The weights are callsift's own in all of it, so that the outputs can be compared: ffmpeg decodes, the network inside the
silero-vad wheel is fed frame by frame, transformers' feature extractor and model class hear one window after the other.
"""

from __future__ import annotations

import importlib.util
import subprocess
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from pipeline.audio.vad import FRAME, RATE, regions
from pipeline.benches._stock import stock
from pipeline.errors import BadRecording, ModelError
from pipeline.models.catalogue import default_models, require
from pipeline.records import AudioFacts, Span

if TYPE_CHECKING:
    from torch import Tensor

    from pipeline.asr.families.ctc import CtcRecognizer
    from pipeline.process import Models
    from pipeline.protocols import Samples


def scripted(models: Models, facts: Mapping[str, AudioFacts], folder: Path, model: str) -> Models:
    """``models`` with decoder, speech finder and recogniser as libraries give them.

    :param facts: of every file of ``folder`` that is decoded, by name: ffmpeg's raw samples do not tell them.
    :param model: name or folder of the recogniser that ``models`` carries.
    """
    from pipeline.asr.families.ctc import CtcRecognizer

    if not isinstance(models.recognizer, CtcRecognizer):
        raise ModelError(f"bench pipeline compares CTC models; {model} is none.")
    recognizer = _one_by_one(models.recognizer, model)
    return replace(models, pool=Ffmpeg(facts, folder), recognizer=recognizer, find_speech=_frame_by_frame())  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Ffmpeg:
    """Decodes by starting ffmpeg for each file, as scripts do. Answers like `pipeline.audio.pool.DecodePool`."""

    facts: Mapping[str, AudioFacts]
    folder: Path

    def decode_all(self, recordings: Iterable[BinaryIO]) -> Iterator[object]:
        from pipeline.audio.decode import Decoded

        for recording in recordings:
            name = Path(str(recording.name)).name  # the way of a call hands on a name, not always a path
            facts = self.facts[name]
            line = ["ffmpeg", "-v", "error", "-i", str(self.folder / name), "-f", "f32le", "-ar", str(RATE), "-"]
            done = subprocess.run(line, capture_output=True, check=False)
            if done.returncode:
                yield BadRecording("decoder_failed", done.stderr.decode(errors="replace"))
                continue
            samples = np.frombuffer(done.stdout, np.float32).reshape(-1, facts.channels).T
            yield Decoded(samples.copy(), facts)

    def close(self) -> None:
        """Nothing stays open."""


def _frame_by_frame() -> Callable[..., list[tuple[Span, ...]]]:
    """silero-vad's own network, which takes 32 ms a step."""
    import torch

    package = importlib.util.find_spec("silero_vad")
    if package is None or package.origin is None:
        raise ModelError("bench pipeline needs the package silero-vad for its peer")
    with warnings.catch_warnings():  # it comes as TorchScript only
        warnings.simplefilter("ignore", DeprecationWarning)
        network: Any = torch.jit.load(Path(package.origin).with_name("data") / "silero_vad.jit").eval()  # type: ignore[no-untyped-call]

    def find(signals: Sequence[Samples], *, threads: int = 0) -> list[tuple[Span, ...]]:
        found = []
        for signal in signals:
            network.reset_states()
            frames = torch.from_numpy(np.pad(signal, (0, -len(signal) % FRAME)).reshape(-1, FRAME))
            with torch.no_grad():
                odds = np.array([network(frame, RATE).item() for frame in frames], np.float32)
            found.append(regions(odds, len(signal)))
        return found

    return find


def _one_by_one(ours: CtcRecognizer, model: str) -> CtcRecognizer:
    """The same weights in the library's class, after the library's feature extractor, a window at a time."""
    import torch

    from pipeline.asr.families import Network

    net, extractor = stock(require(model, default_models()), ours.device)

    def run(clips: Sequence[Samples]) -> tuple[Tensor, Tensor]:
        rows = []
        for clip in clips:
            inputs = extractor(clip, sampling_rate=RATE, return_tensors="pt", return_attention_mask=True)
            logits = net(**inputs.to(ours.device)).logits[0]
            rows.append(logits[: -(-len(clip) // ours.network.step)])
        return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True), torch.tensor([len(row) for row in rows])

    return replace(ours, network=Network(run, ours.network.step))
