"""Who speaks when. Each diarizer is one file here with ``load(*, device, threads, models) -> Diarizer``.

Names beginning with an underscore hold parts that the diarizers share; `assign` gives words to parties.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from pipeline.errors import ModelError
from pipeline.models.catalogue import default_models, find
from pipeline.models.folder import ModelFolder
from pipeline.protocols import Diarizer


def names() -> list[str]:
    """Names of the diarizers, sorted."""
    found = sorted(info.name for info in pkgutil.iter_modules(__path__) if not info.name.startswith("_"))
    return [name for name in found if hasattr(importlib.import_module(f"{__name__}.{name}"), "load")]


def load(name: str = "clustering", *, device: str = "auto", threads: int = 0, models: Path | None = None) -> Diarizer:
    """A diarizer by the name of its file, ``file:model`` for one that runs an imported model, or that model's name alone.

    :param device: ``auto``, ``cpu`` or ``cuda``.
    :param threads: CPU threads, 0 for as many as there are cores.
    :param models: the folder of imported models.
    :raises ModelError: no such diarizer, or its model cannot be used.
    """
    file, _, model = name.partition(":")
    if file not in names():
        file, model = _of_model(name, models), name
    module = importlib.import_module(f"{__name__}.{file}")
    diarizer: Diarizer = module.load(model or None, device=device, threads=threads, models=models)
    return diarizer


def _of_model(name: str, models: Path | None) -> str:
    """The file whose diarizer runs the imported model ``name``."""
    folder = find(name, models or default_models())
    for file in names() if folder else ():
        takes = getattr(importlib.import_module(f"{__name__}.{file}"), "takes", None)
        if folder and takes and takes(ModelFolder(folder)):
            return file
    raise ModelError(
        f"There is no diarizer {name!r}; there are: {', '.join(names())}, and imported pyannote pipelines."
    )
