"""Opening a recogniser by name: shipped, imported, or foreign (then it is imported first)."""

from __future__ import annotations

from pathlib import Path

from pipeline.asr import families
from pipeline.asr.families import Family, Place
from pipeline.errors import ModelError
from pipeline.models.catalogue import HUB_ID, default_models, find, require
from pipeline.models.folder import ModelFolder
from pipeline.protocols import Recognizer
from rules.discovery import load_all


def load(model: str, *, device: str = "auto", threads: int = 0, models: Path | None = None) -> Recognizer:
    """The recogniser called ``model``, ready to transcribe.

    :param model: "demo", the name of an imported model, a folder, or an id of the Hugging Face hub. Foreign folders and
        hub ids are imported into ``models`` first; nothing else is ever downloaded.
    :param device: "auto" (CUDA where there is one), "cpu" or "cuda". CUDA computes in bfloat16, a CPU in float32.
    :param threads: CPU threads of torch for this process; 0 leaves what is set.
    :param models: folder of imported models; by default ``models`` in the data folder.
    """
    folder = _folder(model, models or default_models())
    config = folder.json("config.json")
    for family in load_all(families, "family").values():
        if family.takes(config):  # type: ignore[attr-defined]
            return _open(family, folder, _place(device, threads))  # type: ignore[arg-type]
    kind = config.get("model_type", "without a model_type")
    raise ModelError(f"{folder.path}: a {kind} model is no recogniser known here (CTC of any kind, or Whisper).")


def _open(family: Family, folder: ModelFolder, place: Place) -> Recognizer:
    return family.open(folder, place)


def _folder(model: str, models: Path) -> ModelFolder:
    if find(model, models) is None and (Path(model).is_dir() or HUB_ID.fullmatch(model)):
        from pipeline.models.importing import import_named  # starts a child; only for foreign models

        return import_named(model, models)
    return require(model, models)


def _place(device: str, threads: int) -> Place:
    import torch  # heavy

    if threads:
        torch.set_num_threads(threads)
    if device == "auto":
        return Place("cuda" if torch.cuda.is_available() else "cpu")
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise ModelError(f"device = {device!r}, but torch {torch.__version__} sees no GPU here. Use auto or cpu.")
    return Place(device)
