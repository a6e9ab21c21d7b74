"""Networks of transformers from checked bytes: an imported folder, imported first where a path was given, and its filled class."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import ModelError
from pipeline.models.catalogue import find, require
from pipeline.models.folder import ModelFolder


def imported(model: str, models: Path) -> ModelFolder:
    """The imported model of that name; a folder that is none yet is imported. Raises ModelError."""
    if find(model, models) is None and Path(model).is_dir():
        from pipeline.models.importing import import_named  # starts a child; only for foreign folders

        return import_named(model, models)
    return require(model, models)


def filled_network(
    model_class: Any, config: Mapping[str, Any], folder: ModelFolder, *, unsaved: tuple[str, ...] = ()
) -> Any:
    """``model_class`` with the weights of ``folder``, for inference.

    :param unsaved: endings of tensors that checkpoints leave out because they hold nothing learned.
    :raises ModelError: the folder lacks a tensor.
    """
    network = model_class(model_class.config_class.from_dict(dict(config)))
    missing, _unexpected = network.load_state_dict(folder.tensors(), strict=False)
    network.tie_weights()
    state = network.state_dict()
    filled = {tensor.data_ptr() for name, tensor in state.items() if name not in missing}  # tied ones are stored once
    lacking = [name for name in missing if state[name].data_ptr() not in filled and not name.endswith(unsaved)]
    if lacking:
        raise ModelError(f"{folder.path}: the weights lack the tensor {lacking[0]}. Import the model again.")
    return network.eval()
