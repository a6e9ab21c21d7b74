"""Pipelines of pyannote.audio: config.yaml with a segmentation, an embedding and, for VBx, a PLDA folder beside it.

Their checkpoints are pickles of Lightning that name classes of pyannote.audio. Only those few names are let through, and
they become inert stand-ins: pyannote.audio itself is not imported here. What is kept are tensors (safetensors) and one JSON
file of plain values, from which `pipeline.diarization.pyannote` builds the pipeline. A configuration that points to other
models of the hub is refused: put their files into the folders first.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.errors import ModelError
from pipeline.models.pickles import refuse_foreign_names

DESCRIPTION = "pyannote.json"
PARTS = ("segmentation", "embedding")
PLDA = ("plda/xvec_transform.npz", "plda/plda.npz")
CLUSTERINGS = ("VBxClustering", "AgglomerativeClustering")  # the others must be told how many speakers there are
PICKLED = frozenset(
    {("pyannote.audio.core.task", name) for name in ("Specifications", "Problem", "Resolution")}
    | {("pyannote.audio.core.model", "Introspection"), ("torch.torch_version", "TorchVersion")}
)


class Pyannote:
    """A speaker diarization pipeline of pyannote.audio 3 or 4."""

    patterns = ("config.yaml", *(f"{part}/pytorch_model.bin" for part in PARTS), *PLDA, "README.md")

    def takes(self, folder: Path) -> bool:
        return (folder / "config.yaml").is_file() and all(
            (folder / part / "pytorch_model.bin").is_file() for part in PARTS
        )

    def prepare(self, stage: Path) -> None:
        for part in PARTS:
            refuse_foreign_names(stage / part / "pytorch_model.bin", also=PICKLED)

        import numpy.lib.format
        import ruamel.yaml
        import safetensors.torch
        import torch

        torch.set_num_threads(1)
        _ = safetensors.torch.save_file, ruamel.yaml.YAML, numpy.lib.format  # loads the modules behind them

    def convert(self, stage: Path, out: Path) -> None:
        from safetensors.torch import save_file

        described = _settings(stage)
        for part in PARTS:
            checkpoint = _checkpoint(stage / part / "pytorch_model.bin")
            described[part] = _description(checkpoint, part)
            save_file(_tensors(checkpoint, part), out / f"{part}.safetensors", {"format": "pt"})
        if described["clustering"] == "VBxClustering":
            save_file(_plda(stage), out / "plda.safetensors", {"format": "pt"})
        (out / DESCRIPTION).write_text(json.dumps(described, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        if (stage / "README.md").is_file():
            shutil.copyfileobj((stage / "README.md").open("rb"), (out / "README.md").open("wb"))


format = Pyannote()


def _settings(stage: Path) -> dict[str, Any]:
    """The pipeline's settings from config.yaml, checked name by name."""
    config = _yaml(stage / "config.yaml")
    pipeline = config.get("pipeline") or {}
    if str(pipeline.get("name", "")).rpartition(".")[2] != "SpeakerDiarization":
        raise ModelError(f"config.yaml: pipeline.name is {pipeline.get('name')!r}; only SpeakerDiarization is known.")
    params = pipeline.get("params") or {}
    for part in PARTS:
        if params.get(part, f"$model/{part}") != f"$model/{part}":
            raise ModelError(
                f"config.yaml: {part} is {params[part]!r}, a model outside of the folder. Put its pytorch_model.bin into "
                f"{part}/ and write {part}: $model/{part}."
            )
    clustering = params.get("clustering", CLUSTERINGS[0])
    if clustering not in CLUSTERINGS:
        raise ModelError(f"config.yaml: clustering {clustering!r} is not one of {', '.join(CLUSTERINGS)}.")
    return {
        "clustering": clustering, "segmentation_step": float(params.get("segmentation_step", 0.1)),
        "embedding_exclude_overlap": bool(params.get("embedding_exclude_overlap", False)),
        "params": _plain(config.get("params") or {}, "config.yaml: params"),
    }  # fmt: skip


def _yaml(file: Path) -> dict[str, Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        table = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        raise ModelError(f"config.yaml: not YAML: {error}") from error
    if not isinstance(table, dict):
        raise ModelError("config.yaml: holds no table.")
    return table


def _checkpoint(file: Path) -> dict[str, Any]:
    import torch
    from torch.torch_version import TorchVersion

    stand_ins: list[Callable[..., Any] | tuple[Callable[..., Any], str]] = [
        (_Record, "pyannote.audio.core.task.Specifications"), (_Record, "pyannote.audio.core.model.Introspection"),
        (_Number, "pyannote.audio.core.task.Problem"), (_Number, "pyannote.audio.core.task.Resolution"), TorchVersion,
    ]  # fmt: skip
    with torch.serialization.safe_globals(stand_ins):
        found = torch.load(file, map_location="cpu", weights_only=True)
    if not isinstance(found, dict) or not {"state_dict", "pyannote.audio"} <= found.keys():
        raise ModelError(f"{file.parent.name}/{file.name}: no checkpoint of pyannote.audio.")
    return found


class _Record:
    """Stands in for a dataclass of pyannote.audio: keeps its fields, does nothing."""


class _Number(int):
    """Stands in for an enumeration of pyannote.audio: keeps its number."""


def _description(checkpoint: dict[str, Any], part: str) -> dict[str, Any]:
    """Class name, settings and specifications of one model as plain values."""
    facts = checkpoint["pyannote.audio"]
    specifications = vars(facts["specifications"]) if isinstance(facts.get("specifications"), _Record) else {}
    return {
        "class": str(facts["architecture"]["class"]),
        "settings": _plain(checkpoint.get("hyper_parameters") or {}, f"{part}: hyper_parameters"),
        "specifications": _plain(specifications, f"{part}: specifications"),
    }


def _plain(value: Any, where: str) -> Any:
    """The value if JSON can hold it; raises ModelError otherwise. Enumerations become numbers, tuples lists."""
    if value is None or isinstance(value, bool | float | str):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, list | tuple):
        return [_plain(item, where) for item in value]
    if isinstance(value, dict):
        return {str(name): _plain(item, where) for name, item in value.items()}
    raise ModelError(f"{where} holds a {type(value).__name__}, which is no plain value.")


def _tensors(checkpoint: dict[str, Any], part: str) -> dict[str, Any]:
    """The weights without those of the loss, which only training needs."""
    import torch

    state = checkpoint["state_dict"]
    if not isinstance(state, dict) or not all(isinstance(tensor, torch.Tensor) for tensor in state.values()):
        raise ModelError(f"{part}/pytorch_model.bin: holds no table of tensors.")
    return {
        name: tensor.detach().clone().contiguous() for name, tensor in state.items() if not name.startswith("loss_func")
    }


def _plda(stage: Path) -> dict[str, Any]:
    """Arrays of the two PLDA files; arrays of objects are refused by numpy."""
    import numpy as np
    import torch

    found: dict[str, Any] = {}
    for file, names in zip(PLDA, (("mean1", "mean2", "lda"), ("mu", "tr", "psi")), strict=True):
        if not (stage / file).is_file():
            raise ModelError(f"{file} is missing, which VBxClustering needs.")
        try:
            with np.load(stage / file, allow_pickle=False) as arrays:
                found |= {name: torch.from_numpy(np.ascontiguousarray(arrays[name], np.float64)) for name in names}
        except (ValueError, KeyError, OSError) as error:
            raise ModelError(f"{file}: not the arrays {', '.join(names)}: {error}") from error
    return found
