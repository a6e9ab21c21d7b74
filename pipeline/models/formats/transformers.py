"""Checkpoints of the transformers library: config.json beside model.safetensors or pytorch_model.bin.

Only classes of the installed library are built, never code from the checkpoint. Pickled weights are read for foreign
names first, then loaded with weights_only, written as safetensors, and only these are given to the model class.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from pipeline.errors import ModelError
from pipeline.models.pickles import refuse_foreign_names

WEIGHTS = ("model*.safetensors", "pytorch_model*.bin")
TEXTS = ("config.json", "preprocessor_config.json", "processor_config.json", "tokenizer.json", "tokenizer_config.json", "vocab.json",
         "vocab.txt", "merges.txt", "generation_config.json", "special_tokens_map.json", "letters.json",
         "decoder.json", "README.md")  # fmt: skip
POOLING = "1_Pooling/config.json"  # of sentence-transformers; kept as pooling.json
EXTRAS = ("words.txt.gz", "ngrams.txt.gz")


class Transformers:
    """One model class of transformers with its weights."""

    patterns = (*TEXTS, *EXTRAS, *WEIGHTS, "*.index.json", POOLING)

    def takes(self, folder: Path) -> bool:
        return (folder / "config.json").is_file() and any(any(folder.glob(pattern)) for pattern in WEIGHTS)

    def prepare(self, stage: Path) -> None:
        for file in _pickled(stage):
            refuse_foreign_names(file)

        import safetensors.torch
        import torch
        import transformers

        torch.set_num_threads(1)
        _ = safetensors.torch.load_file, _model_class(_config(stage), transformers)  # loads the modules behind them

    def convert(self, stage: Path, out: Path) -> None:
        import torch
        from safetensors.torch import save_file

        config = _config(stage)
        model = _build(config, _state(stage))
        kept = _without_doubles(model.state_dict())
        save_file(
            {name: _stored(tensor, torch) for name, tensor in kept.items()}, out / "model.safetensors", {"format": "pt"}
        )
        (out / "config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        for name in (*TEXTS[1:], *EXTRAS):
            if (stage / name).is_file():
                shutil.copyfileobj((stage / name).open("rb"), (out / name).open("wb"))
        if (stage / POOLING).is_file():
            shutil.copyfileobj((stage / POOLING).open("rb"), (out / "pooling.json").open("wb"))


format = Transformers()


def _config(stage: Path) -> dict[str, Any]:
    """config.json without what would make a library run code of the checkpoint."""
    try:
        config = json.loads((stage / "config.json").read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"config.json: not JSON: {error}") from error
    if not isinstance(config, dict) or not config.get("architectures"):
        raise ModelError("config.json: names no architecture; only checkpoints made by transformers can be imported.")
    config.pop("auto_map", None)
    config.pop("custom_pipelines", None)
    return config


def _model_class(config: dict[str, Any], transformers: Any) -> Any:
    name = str(config["architectures"][0])
    found = getattr(transformers, name, None)
    if not isinstance(found, type) or not issubclass(found, transformers.PreTrainedModel):
        raise ModelError(f"config.json: transformers {transformers.__version__} has no model class {name}.")
    return found


def _build(config: dict[str, Any], state: dict[str, Any]) -> Any:
    """The model with all weights of ``state``; a checkpoint that lacks some is refused."""
    import transformers

    model_class = _model_class(config, transformers)
    settings = model_class.config_class.from_dict(config)
    model, report = model_class.from_pretrained(None, config=settings, state_dict=state, output_loading_info=True)
    missing = sorted(report["missing_keys"])
    if missing:
        raise ModelError(f"The weights lack {len(missing)} tensors of a {model_class.__name__}, first {missing[0]}.")
    return model.eval()


def _state(stage: Path) -> dict[str, Any]:
    """All tensors of the checkpoint's files, safetensors where there are any."""
    from safetensors.torch import load_file

    state: dict[str, Any] = {}
    for file in _safe(stage):
        state |= load_file(file)
    for file in _pickled(stage):
        state |= _unpickled(file)
    if not state:
        raise ModelError("The folder holds no weights (model.safetensors or pytorch_model.bin).")
    return state


def _safe(stage: Path) -> list[Path]:
    return sorted(stage.glob("model*.safetensors"))


def _pickled(stage: Path) -> list[Path]:
    """Pickled weights that will be opened: none where there are safetensors."""
    return [] if _safe(stage) else sorted(stage.glob("pytorch_model*.bin"))


def _unpickled(file: Path) -> dict[str, Any]:
    import torch

    state = torch.load(file, map_location="cpu", weights_only=True)
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise ModelError(f"{file.name}: holds no table of tensors.")
    return state


def _without_doubles(state: dict[str, Any]) -> dict[str, Any]:
    """Tensors that share memory (tied weights) once, under the first of their names."""
    kept: dict[str, Any] = {}
    seen: set[tuple[int, tuple[int, ...]]] = set()
    for name, tensor in state.items():
        place = (tensor.data_ptr(), tuple(tensor.shape))
        if tensor.numel() and place in seen:
            continue
        seen.add(place)
        kept[name] = tensor
    return kept


def _stored(tensor: Any, torch: Any) -> Any:
    return tensor.detach().contiguous() if tensor.dtype != torch.float64 else tensor.detach().float().contiguous()
