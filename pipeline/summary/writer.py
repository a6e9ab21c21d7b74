"""Summaries written by a sequence-to-sequence model of transformers (BART, T5, PEGASUS and their like), opened from checked bytes.

The call goes in as lines "Agent: ..." and "Customer: ..." without redacted words, as much of it as the model reads. Greedy, so
that the same call gives the same text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import ModelError
from pipeline.models.catalogue import default_models
from pipeline.models.folder import ModelFolder
from pipeline.models.networks import filled_network, imported
from pipeline.records import Call

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LONGEST_IN, LONGEST_OUT = 1024, 160  # tokens
ROLES = {"agent": "Agent", "customer": "Customer", "ivr": "System"}
ENDING = ("ForConditionalGeneration",)


@cache
def open_writer(model: str, device: str = "auto", models: Path | None = None) -> Callable[[Call], str]:
    """A function from calls to summaries; each model is opened once in a process.

    :param model: name of an imported model, or a folder (imported first when it is not).
    :raises ModelError: no such model, or none that writes text from text.
    """
    import torch
    import transformers

    folder = imported(model, models or default_models())
    config = folder.json("config.json")
    name = str((config.get("architectures") or [""])[0])
    model_class = getattr(transformers, name, None)
    if not name.endswith(ENDING) or model_class is None:
        raise ModelError(f"{folder.path}: a {name or 'model without a class'} writes no summaries.")
    place = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    network = filled_network(model_class, config, folder).to(place)
    tokenizer = _tokenizer(folder, config)

    def write(call: Call) -> str:
        ids = torch.tensor([tokenizer.encode(as_lines(call)).ids], device=place)
        with torch.inference_mode():
            made = network.generate(input_ids=ids, attention_mask=torch.ones_like(ids), do_sample=False, num_beams=1,
                                    max_new_tokens=LONGEST_OUT)  # fmt: skip
        return str(tokenizer.decode(made[0].tolist(), skip_special_tokens=True))

    return write


def as_lines(call: Call) -> str:
    """The call as a model reads it."""
    lines = []
    for turn in call.turns:
        said = " ".join(word.text for word in turn.words if not word.redacted)
        if said:
            lines.append(f"{ROLES.get(call.role_of(turn.party), 'Caller')}: {said}")
    return "\n".join(lines)


def _tokenizer(folder: ModelFolder, config: Mapping[str, Any]) -> Tokenizer:
    from tokenizers import Tokenizer

    if not folder.has("tokenizer.json"):
        raise ModelError(f"{folder.path}: the model has no tokenizer.json. Save its fast tokenizer beside it.")
    tokenizer = Tokenizer.from_str(folder.bytes("tokenizer.json").decode())
    most = min(LONGEST_IN, int(config.get("max_position_embeddings") or config.get("n_positions") or LONGEST_IN))
    tokenizer.no_padding()
    tokenizer.enable_truncation(most)
    return tokenizer
