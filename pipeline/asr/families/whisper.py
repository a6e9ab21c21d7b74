"""Whisper and its kin: 30 s windows, greedy text, word times from cross-attention.

These models write text that nobody said when there is little to hear: a window whose text repeats itself or whose
tokens are unlikely gives no words. There are no posteriors, so nothing can be searched by sound.
"""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pipeline.asr.batches import in_batches
from pipeline.asr.families import Place
from pipeline.asr.windows import cut
from pipeline.errors import ModelError
from pipeline.models.folder import ModelFolder
from pipeline.protocols import Transcript
from pipeline.records import Word

if TYPE_CHECKING:  # torch takes seconds to import
    from tokenizers import Tokenizer

Samples = npt.NDArray[np.float32]

RATE = 16000
WINDOW_S, OVERLAP_S = 30.0, 6.0
STEP = 320  # samples of one encoder position: 20 ms
SHORTEST_S = 0.12
QUIET = 1e-4
BATCH = {"cpu": 4, "cuda": 24}
MOST_REPEATED = 2.4  # text length over its deflated length: beyond, it goes round in circles
LEAST_LIKELY = 0.25  # geometric mean of token probabilities
SAME_WORD_S = 0.6  # two windows place one word at most this far apart


@dataclass(frozen=True)
class WhisperRecognizer:
    """A recogniser that writes text token by token; words carry times and confidences but no posteriors."""

    name: str
    model: Any
    extractor: Any
    tokenizer: Tokenizer
    place: Place

    def transcribe(self, clips: Sequence[Samples]) -> list[Transcript]:
        """Words of each clip, ``[samples]`` float32 at 16 kHz."""
        audible = [n for n, clip in enumerate(clips) if len(clip) >= SHORTEST_S * RATE and np.abs(clip).max() > QUIET]
        windows = cut(
            [len(clips[n]) for n in audible], longest=int(WINDOW_S * RATE), overlap=int(OVERLAP_S * RATE), step=STEP
        )
        most = BATCH[self.place.device.split(":")[0]]
        pieces = in_batches(
            [1] * len(windows),  # every window is computed as 30 s
            lambda batch: self._compute(
                [clips[audible[windows[n].clip]][windows[n].start : windows[n].end] for n in batch]
            ),
            budget=most,
        )
        words: list[list[Word]] = [[] for _ in clips]
        for window, piece in zip(windows, pieces, strict=True):
            row = words[audible[window.clip]]
            row[:] = stitch(row, [_moved(word, window.start / RATE) for word in piece], window.start / RATE)
        return [Transcript(tuple(row)) for row in words]

    def _compute(self, clips: Sequence[Samples]) -> list[list[Word]]:
        import torch

        inputs = self.extractor(list(clips), sampling_rate=RATE, return_tensors="pt", return_attention_mask=True)
        features = inputs["input_features"].to(self.place.device, next(self.model.parameters()).dtype)
        with torch.inference_mode(), warnings.catch_warnings():
            # transformers 5.23 hands a tensor to numpy.repeat; numpy 2 does it right but warns
            warnings.filterwarnings("ignore", "__array_wrap__", DeprecationWarning)
            made = self.model.generate(
                features, attention_mask=inputs["attention_mask"].to(self.place.device), do_sample=False, num_beams=1,
                return_timestamps=False, force_unique_generate_call=True, return_dict_in_generate=True, output_scores=True,
                return_token_timestamps=True,
            )  # fmt: skip
        likely = (
            self.model.compute_transition_scores(made["sequences"], made["scores"], normalize_logits=True)
            .float()
            .cpu()
            .numpy()
        )
        tokens, times = made["sequences"].cpu().numpy(), made["token_timestamps"].float().cpu().numpy()
        skipped = tokens.shape[1] - likely.shape[1]  # what generation was given to begin with
        return [
            self._words(tokens[n, skipped:], times[n, skipped:], likely[n], len(clip) / RATE)
            for n, clip in enumerate(clips)
        ]

    def _words(self, tokens: npt.NDArray[Any], times: Samples, likely: Samples, seconds: float) -> list[Word]:
        """Tokens of text grouped to words; a word begins where its first token does and ends where the next begins."""
        end = int(np.atleast_1d(self.model.generation_config.eos_token_id)[0])
        kept = [n for n, token in enumerate(tokens) if token < end]
        if (
            not kept
            or _goes_round([int(tokens[n]) for n in kept], self.tokenizer)
            or np.exp(likely[kept].mean()) < LEAST_LIKELY
        ):
            return []
        words = []
        for group in _by_word(kept, tokens, self.tokenizer):
            text = self.tokenizer.decode([int(tokens[n]) for n in group]).strip()
            after = group[-1] + 1
            stop = float(times[after]) if after < len(times) else seconds
            start = min(float(times[group[0]]), seconds)
            if text:
                confidence = round(float(np.exp(likely[group].mean())), 4)
                words.append(
                    Word(text, round(start, 3), round(min(max(stop, start + 0.02), seconds), 3), confidence, "")
                )
        return words


class Whisper:
    """Models of the Whisper architecture."""

    def takes(self, config: Mapping[str, Any]) -> bool:
        return config.get("model_type") == "whisper"

    def open(self, folder: ModelFolder, place: Place) -> WhisperRecognizer:
        import torch
        import transformers  # seconds to import

        from pipeline.asr.stock import fill

        config = transformers.WhisperConfig.from_dict(folder.json("config.json"))
        model = transformers.WhisperForConditionalGeneration(config)
        fill(model, folder)
        model.generation_config = _generation(folder, config, transformers)
        extractor = transformers.WhisperFeatureExtractor.from_dict(folder.json("preprocessor_config.json"))
        model = model.train(False).to(place.device, torch.bfloat16 if place.half else torch.float32)
        model.set_attn_implementation("eager")  # word times are read off attention, which other kernels do not return
        return WhisperRecognizer(folder.name, model, extractor, _tokenizer(folder), place)


family = Whisper()


def stitch(before: Sequence[Word], after: Sequence[Word], start: float) -> list[Word]:
    """Words of two overlapping windows as one row; ``start`` is where the second window begins.

    Where both heard the same word at about the same time, the rows are joined at it, at the place nearest to the middle of
    the overlap; where they agree on nothing, the middle parts them.
    """
    shared = [word for word in before if word.end > start]
    if not shared or not after:
        return [*before, *after]
    middle = (start + before[-1].end) / 2
    same = [
        (abs((mine.start + mine.end) / 2 - middle), before.index(mine), n)
        for mine in shared for n, other in enumerate(after)
        if _plain(mine) == _plain(other) and abs(mine.start - other.start) < SAME_WORD_S
    ]  # fmt: skip
    if same:
        _, left, right = min(same)
        return [*before[: left + 1], *after[right + 1 :]]
    early = [word for word in before if (word.start + word.end) / 2 < middle]
    return [*early, *(word for word in after if (word.start + word.end) / 2 >= middle)]


def _plain(word: Word) -> str:
    return word.text.lower().strip(".,!?;:\"'")


def _moved(word: Word, seconds: float) -> Word:
    return replace(word, start=round(word.start + seconds, 3), end=round(word.end + seconds, 3))


def _by_word(kept: Sequence[int], tokens: npt.NDArray[Any], tokenizer: Tokenizer) -> list[list[int]]:
    """Places of tokens, one row a word: a word begins with a token that carries the space before it."""
    groups: list[list[int]] = []
    for n in kept:
        piece = tokenizer.id_to_token(int(tokens[n])) or ""
        if not groups or piece.startswith(("Ġ", " ")):
            groups.append([])
        groups[-1].append(n)
    return groups


def _goes_round(tokens: list[int], tokenizer: Tokenizer) -> bool:
    text = tokenizer.decode(tokens).encode()
    return len(text) > 40 and len(text) / len(zlib.compress(text)) > MOST_REPEATED


def _generation(folder: ModelFolder, config: Any, transformers: Any) -> Any:
    """Generation settings of the checkpoint; all heads of the upper half align where it names none (as OpenAI does)."""
    given = folder.json("generation_config.json") if folder.has("generation_config.json") else {}
    settings = (
        transformers.GenerationConfig.from_dict(given)
        if given
        else transformers.GenerationConfig.from_model_config(config)
    )
    if not getattr(settings, "alignment_heads", None):
        layers, heads = config.decoder_layers, config.decoder_attention_heads
        settings.alignment_heads = [[layer, head] for layer in range(layers // 2, layers) for head in range(heads)]
    settings.return_dict_in_generate = True
    return settings


def _tokenizer(folder: ModelFolder) -> Tokenizer:
    """The byte-level tokenizer from tokenizer.json, or from vocab.json and merges.txt of older checkpoints."""
    from tokenizers import Tokenizer, decoders, models

    if folder.has("tokenizer.json"):
        return Tokenizer.from_str(folder.bytes("tokenizer.json").decode())
    if not (folder.has("vocab.json") and folder.has("merges.txt")):
        raise ModelError(f"{folder.path}: Whisper needs tokenizer.json, or vocab.json with merges.txt.")
    lines = folder.bytes("merges.txt").decode().splitlines()
    merges = [
        (pair[0], pair[1]) for line in lines if not line.startswith("#version") and len(pair := line.split()) == 2
    ]
    tokenizer = Tokenizer(models.BPE(folder.json("vocab.json"), merges))
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer
