"""Families of recognisers, one file each with an object ``family`` (see `Family`): found by being here.

Importing a family must not import torch; opening a model may.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from pipeline.models.folder import ModelFolder
from pipeline.protocols import Recognizer

if TYPE_CHECKING:  # torch takes seconds to import
    from torch import Tensor

    from pipeline.protocols import Samples


@dataclass(frozen=True, slots=True)
class Place:
    """Where a model computes: ``device`` is a torch device ("cpu", "cuda"); half means bfloat16 weights."""

    device: str = "cpu"

    @property
    def half(self) -> bool:
        return self.device.startswith("cuda")


@dataclass(frozen=True, slots=True)
class Network:
    """Sound to CTC logits: ``run`` takes clips and returns (logits ``[clips, frames, outputs]``, frames of each clip).

    ``step`` is the samples of one frame; ``exact`` says that padding changes results, so only equal lengths go together.
    """

    run: Callable[[Sequence[Samples]], tuple[Tensor, Tensor]]
    step: int
    exact: bool = False


class Family(Protocol):
    """One way from sound to words."""

    def takes(self, config: Mapping[str, Any]) -> bool:
        """True when a model with this config.json belongs here."""
        ...

    def open(self, folder: ModelFolder, place: Place) -> Recognizer:
        """Load the model. Raises ModelError when the folder lacks something."""
        ...
