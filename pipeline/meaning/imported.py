"""A sentence encoder of your own: an imported checkpoint of sentence-transformers, or any encoder of transformers.

Token vectors become one vector as its ``1_Pooling/config.json`` says, by the first token or by their mean; without that file
by their mean. Its name carries the hash of its files, and whatever is kept of vectors is kept with that name: those of two
models are never compared. Prompts that some models want before a text are not put there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import ModelError
from pipeline.meaning.minilm import LONGEST, MiniLM, Vectors
from pipeline.models.folder import ModelFolder
from pipeline.models.networks import filled_network, imported

UNSAVED = ("position_ids", "token_type_ids", "pooler.dense.weight", "pooler.dense.bias")
KEPT_POSITIONS = 2  # RoBERTa keeps so many for itself


@dataclass(frozen=True)
class Encoder(MiniLM):
    """A `Meaning` like the shipped one, with another network. ``first``: the first token stands for the text."""

    first: bool = False

    def _embedded(self, texts: Sequence[str]) -> Vectors:
        import torch

        rows = [encoded.ids for encoded in self.tokenizer.encode_batch(list(texts))]
        longest = max(1, *map(len, rows))
        padding = int(self.model.config.pad_token_id or 0)
        ids = torch.tensor([[*row, *[padding] * (longest - len(row))] for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
        with torch.inference_mode():
            states = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).float()
        whole = states[:, 0] if self.first else (states * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
        vectors: Vectors = torch.nn.functional.normalize(whole, dim=1).numpy()
        return vectors


def open_encoder(model: str, models: Path) -> Encoder:
    """The imported encoder ``model``; a folder that is none yet is imported first. Raises ModelError."""
    import transformers  # seconds

    folder = imported(model, models)
    config = folder.json("config.json")
    name = str((config.get("architectures") or [""])[0])
    found = getattr(transformers, name, None)
    if not name.endswith("Model") or found is None:
        raise ModelError(f"{folder.path}: a {name or 'model without architecture'} gives no vectors of sentences.")
    network = filled_network(found, config, folder, unsaved=UNSAVED).float()
    most = min(LONGEST, int(config.get("max_position_embeddings") or LONGEST) - KEPT_POSITIONS)
    pooling = folder.json("pooling.json") if folder.has("pooling.json") else {}
    return Encoder(
        folder.name, _tokenizer(folder, most), network, width=int(network.config.hidden_size),
        first=bool(pooling.get("pooling_mode_cls_token")),
    )  # fmt: skip


def _tokenizer(folder: ModelFolder, most: int) -> Any:
    from tokenizers import Tokenizer

    if not folder.has("tokenizer.json"):
        raise ModelError(f"{folder.path}: the model has no tokenizer.json. Save its fast tokenizer beside it.")
    tokenizer = Tokenizer.from_str(folder.bytes("tokenizer.json").decode())
    tokenizer.no_padding()
    tokenizer.enable_truncation(most)
    return tokenizer
