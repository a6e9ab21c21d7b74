"""Recognition: calls pooled by windows against transformers' pipeline() one call at a time, same weights, same threads.

Both arms get samples in memory; the peer is the stock class with its feature extractor and greedy decoding, without
chunk_length_s (which loses Parakeet's text). Equal means: in every window the same outputs as the stock model gives for that
window.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.benches._stock import stock
from pipeline.benches.features import speech_like
from pipeline.errors import ModelError
from pipeline.measuring.bench import Arms, BenchOptions

if TYPE_CHECKING:
    from pipeline.asr.families.ctc import CtcRecognizer
    from pipeline.models.folder import ModelFolder
    from pipeline.protocols import FramePosteriors, Samples

RATE = 16000
CALLS, SMALL_CALLS = 12, 3
MEDIAN_S, SPREAD, LONGEST_S = 70.0, 0.6, 200.0  # lengths of calls are log-normal
MOST_DIFFERENT = 0.002  # of the outputs: another order of additions may turn a near tie


class Asr:
    """Calls of one channel to outputs."""

    name = "asr"
    good = 2.0
    goal = 3.5

    def prepare(self, options: BenchOptions) -> Arms:
        import torch

        from pipeline.asr.families.ctc import CtcRecognizer
        from pipeline.asr.loading import load
        from pipeline.models.catalogue import default_models, require

        recognizer = load(options.model, device=options.device, threads=options.threads)
        if not isinstance(recognizer, CtcRecognizer):
            raise ModelError(f"bench asr compares CTC models; {options.model} is none.")
        calls = _calls(SMALL_CALLS if options.small else CALLS)
        pieces = [call[window.start : window.end] for call in calls for window in recognizer.windows([len(call)])]
        stock = _Stock(require(options.model, default_models()), recognizer)
        reference = [stock.outputs(piece) for piece in pieces]

        def same(found: Sequence[FramePosteriors], texts: Sequence[str]) -> str | None:
            frames = [len(call) // recognizer.network.step for call in calls]
            if len(texts) != len(calls) or any(abs(len(row.ids) - n) > 1 for row, n in zip(found, frames, strict=True)):
                return "an arm left out calls or frames"
            return _difference(recognizer.listen(pieces), reference)

        seconds = sum(map(len, calls)) / RATE
        facts = {"calls": len(calls), "windows": len(pieces), "threads": torch.get_num_threads(),
                 "device": recognizer.device, "model": recognizer.name}  # fmt: skip
        return Arms(lambda: recognizer.listen(calls), lambda: [stock.text(call) for call in calls], same, seconds,
                    "audio seconds", "transformers pipeline()", facts)  # fmt: skip


bench = Asr()


class _Stock:
    """The library's model and pipeline with the same weights."""

    def __init__(self, folder: ModelFolder, recognizer: CtcRecognizer) -> None:
        import transformers

        self.model, self.extractor = stock(folder, recognizer.device)
        self.recognizer = recognizer
        self.pipeline = transformers.pipeline(
            "automatic-speech-recognition", model=self.model, feature_extractor=self.extractor,
            tokenizer=_tokenizer(recognizer.vocabulary.pieces, recognizer.vocabulary.blank), device=recognizer.device,
        )  # fmt: skip

    def text(self, call: Samples) -> str:
        answer: Any = self.pipeline({"raw": call.copy(), "sampling_rate": RATE})
        return str(answer["text"])

    def outputs(self, window: Samples) -> list[int]:
        """The stock model's best output of each frame of one window."""
        import torch

        inputs = self.extractor(window, sampling_rate=RATE, return_tensors="pt", return_attention_mask=True)
        with torch.inference_mode():
            logits = self.model(**inputs.to(self.recognizer.device)).logits
        return [int(output) for output in logits[0].argmax(-1)]


def _tokenizer(pieces: Sequence[str], blank: int) -> Any:
    import transformers

    table = {("|" if piece == " " else piece or f"<{n}>"): n for n, piece in enumerate(pieces)}
    names = {number: name for name, number in table.items()}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "vocab.json"
        file.write_text(json.dumps(table))
        return transformers.Wav2Vec2CTCTokenizer(  # type: ignore[no-untyped-call]
            str(file), pad_token=names[blank], unk_token=names[blank], bos_token=None, eos_token=None
        )


def _calls(count: int, seed: int = 0) -> list[Samples]:
    rng = np.random.default_rng(seed)
    lengths = np.minimum(LONGEST_S, MEDIAN_S * np.exp(SPREAD * rng.standard_normal(count)))
    return [speech_like(float(seconds), seed + n) for n, seconds in enumerate(lengths)]


def _difference(found: Sequence[FramePosteriors], reference: Sequence[Sequence[int]]) -> str | None:
    """None when all but a hair of the best outputs agree, window by window; the stock model may add one frame of padding."""
    different = sum(
        int(np.count_nonzero(ours.ids[:, 0] != np.array(theirs[: len(ours.ids)])))
        + (len(theirs) - len(ours.ids) not in (0, 1))
        for ours, theirs in zip(found, reference, strict=True)
    )
    share = different / sum(map(len, reference))
    return (
        f"{share:.2%} of the outputs differ from the stock model's on the same windows"
        if share > MOST_DIFFERENT
        else None
    )
