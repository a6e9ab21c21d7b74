"""all-MiniLM-L6-v2 by transformers: mean of the token vectors, scaled to length one (Reimers and Gurevych 2019).

On the CPU in float32 and in batches of like length, so that the same texts give the same numbers; a text's vector does not
depend on its neighbours beyond the last bits, which is why similarities are rounded.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

BATCH = 32
LONGEST = 256  # word pieces; the model was trained on 256
DECIMALS = 4
WIDTH = 384
REMEMBERED = 20_000  # vectors, 1.5 kB each

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True)
class MiniLM:
    """A `Meaning`. ``name`` carries the hash of the weights, ``batch`` is how many texts go through it at once."""

    name: str
    tokenizer: Any
    model: Any
    batch: int = BATCH
    width: int = WIDTH
    _known: OrderedDict[str, Vectors] = field(default_factory=OrderedDict, repr=False)

    @classmethod
    def load(cls, folder: Path) -> MiniLM:
        from transformers import AutoModel, AutoTokenizer  # seconds; only where a rule compares meanings
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]

        digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True)
        return cls(f"all-MiniLM-L6-v2@{digest[:12]}", tokenizer, model.eval().float())

    def similar(self, texts: Sequence[str], others: Sequence[str]) -> Vectors:
        """Cosine similarity ``[len(texts), len(others)]``, rounded to 4 decimals."""
        if not texts or not others:
            return np.zeros((len(texts), len(others)), np.float32)
        vectors = self.vectors([*texts, *others])
        product = vectors[: len(texts)] @ vectors[len(texts) :].T
        return np.round(np.clip(product, -1.0, 1.0), DECIMALS)

    def remember(self, texts: Sequence[str]) -> None:
        """Compute what `vectors` will be asked for, so that texts of many calls share batches."""
        for start in range(0, len(texts), REMEMBERED // 2):
            self.vectors(texts[start : start + REMEMBERED // 2])

    def forget(self) -> None:
        """Drop all vectors, as if nothing had been read yet."""
        self._known.clear()

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """``[len(texts), width]`` of length one. Sentences of rules and phrases people repeat are computed once."""
        if not texts:
            return np.zeros((0, self.width), np.float32)
        missing = sorted({text for text in texts if text not in self._known}, key=lambda text: (len(text), text))
        fresh: dict[str, Vectors] = {}
        for start in range(0, len(missing), self.batch):
            batch = missing[start : start + self.batch]
            fresh.update(zip(batch, self._embedded(batch), strict=True))
        self._known.update(fresh)
        found = np.stack([self._known[text] for text in texts])
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found

    def _embedded(self, texts: Sequence[str]) -> Vectors:
        import torch

        pieces = self.tokenizer(list(texts), padding=True, truncation=True, max_length=LONGEST, return_tensors="pt")
        with torch.inference_mode():
            states = self.model(**pieces).last_hidden_state
        mask = pieces["attention_mask"].unsqueeze(-1).float()
        mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, dim=1).numpy()
