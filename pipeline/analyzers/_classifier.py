"""Any text classifier of transformers as a scorer of sentiment: probabilities of its labels become one number.

Only an imported model is opened (`callsift models import`), from checked bytes: weights, configuration and tokenizer. Texts go
through it in batches of like length; a text longer than the model can read is cut at its end. Labels are understood by their
names (negative, neutral, positive; one to five stars); bare numbers are taken in the order that checkpoints use: two are
negative and positive, three negative, neutral and positive.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.asr.batches import in_batches
from pipeline.errors import ModelError
from pipeline.models.catalogue import default_models
from pipeline.models.folder import ModelFolder
from pipeline.models.networks import filled_network, imported

if TYPE_CHECKING:  # torch takes seconds to import
    from tokenizers import Tokenizer

BATCH_TOKENS = 4096
LONGEST = 512  # tokens of a text, where the model does not say less
NAMES = {"negative": -1.0, "neg": -1.0, "neutral": 0.0, "neu": 0.0, "positive": 1.0, "pos": 1.0}
BARE = {2: (-1.0, 1.0), 3: (-1.0, 0.0, 1.0), 5: (-1.0, -0.5, 0.0, 0.5, 1.0)}


@cache
def text_classifier(
    model: str, device: str = "auto", models: Path | None = None
) -> Callable[[Sequence[str]], list[float]]:
    """A function from texts to sentiments, -1 to 1; each model is opened once in a process.

    :param model: name of an imported model, or a folder (imported first when it is not).
    :raises ModelError: no such model, not a text classifier, or labels that say nothing of sentiment.
    """
    import torch
    import transformers

    folder = imported(model, models or default_models())
    config = folder.json("config.json")
    name = str((config.get("architectures") or [""])[0])
    model_class = getattr(transformers, name, None)
    if not name.endswith("ForSequenceClassification") or model_class is None:
        raise ModelError(f"{folder.path}: a {name or 'model without a class'} is no text classifier.")
    values = torch.tensor(label_values(config))
    place = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    network = filled_network(model_class, config, folder, unsaved=("position_ids",)).to(place)
    tokenizer = _tokenizer(folder, config)
    padding = int(config.get("pad_token_id") or 0)

    def run(rows: Sequence[Sequence[int]]) -> list[float]:
        longest = max(map(len, rows))
        ids = torch.tensor([[*row, *[padding] * (longest - len(row))] for row in rows], device=place)
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows], device=place)
        with torch.inference_mode():
            chances = network(input_ids=ids, attention_mask=mask).logits.float().softmax(-1).cpu()
        scores: list[float] = (chances @ values).tolist()
        return scores

    def score(texts: Sequence[str]) -> list[float]:
        rows = [encoded.ids for encoded in tokenizer.encode_batch(list(texts))]
        batches = in_batches([len(row) for row in rows], lambda batch: run([rows[n] for n in batch]),
                             budget=BATCH_TOKENS, padding=0.5)  # fmt: skip
        return [max(-1.0, min(1.0, value)) for value in batches]

    return score


def label_values(config: Mapping[str, Any]) -> list[float]:
    """The sentiment of each label, -1 to 1, in the order of the outputs."""
    labels = {int(number): str(label).lower() for number, label in (config.get("id2label") or {}).items()}
    names = [labels[number] for number in sorted(labels)] or ["label_0", "label_1"]
    if all(name in NAMES for name in names) and len(set(names)) == len(names) > 1:
        return [NAMES[name] for name in names]
    stars = [re.fullmatch(r"([1-5])[ _]?stars?", name) for name in names]
    if len(names) == 5 and all(stars):
        return [(int(star.group(1)) - 3) / 2 for star in stars if star]
    if len(names) in BARE and all(re.fullmatch(r"label_\d|\d", name) for name in names):
        return list(BARE[len(names)])
    raise ModelError(f"The labels {', '.join(names)} say nothing of sentiment; negative and positive are needed.")


def _tokenizer(folder: ModelFolder, config: Mapping[str, Any]) -> Tokenizer:
    """From tokenizer.json, or from the word pieces of a BERT (vocab.txt); cuts texts that are too long."""
    from tokenizers import Tokenizer

    if folder.has("tokenizer.json"):
        tokenizer = Tokenizer.from_str(folder.bytes("tokenizer.json").decode())
    elif folder.has("vocab.txt"):
        tokenizer = _word_pieces(folder)
    else:
        raise ModelError(f"{folder.path}: the model has no tokenizer.json. Save its fast tokenizer beside it.")
    most = min(
        LONGEST, int(config.get("max_position_embeddings") or LONGEST) - 2
    )  # RoBERTa keeps two positions for itself
    tokenizer.no_padding()
    tokenizer.enable_truncation(most)
    return tokenizer


def _word_pieces(folder: ModelFolder) -> Tokenizer:
    from tokenizers import BertWordPieceTokenizer

    settings = folder.json("tokenizer_config.json") if folder.has("tokenizer_config.json") else {}
    words = folder.bytes("vocab.txt").decode().splitlines()
    table = {word: number for number, word in enumerate(words)}
    made = BertWordPieceTokenizer(table, lowercase=bool(settings.get("do_lower_case", True)))
    tokenizer: Tokenizer = made._tokenizer  # the wrapper hides it; it has no other way to hand it out
    return tokenizer
