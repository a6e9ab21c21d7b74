"""Where a training run stands, on disk: weights, optimizer and place, so that a killed run goes on as if it had not been.

One safetensors file, written beside and renamed: a run killed while writing keeps the one before. What is not a tensor
lies in the file's header as JSON.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from pipeline.training.batches import Place


@dataclass(frozen=True, slots=True)
class Position:
    """What has been done: stage number, steps and hours heard in it, and the place of its next batch."""

    stage: int = 0
    step: int = 0
    heard_s: float = 0.0
    place: Place = field(default_factory=Place)
    loss: float = float("nan")  # smoothed, for the log


def save_checkpoint(file: Path, model: torch.nn.Module, optimizer: torch.optim.Optimizer, position: Position) -> None:
    """Write model, optimizer and position."""
    tensors = {f"model.{name}": tensor for name, tensor in model.state_dict().items()}
    for name, moment in _moments(model, optimizer):
        tensors[name] = moment
    fresh = file.with_suffix(".tmp")
    save_file(
        {name: tensor.contiguous() for name, tensor in tensors.items()},
        fresh,
        {"position": json.dumps(asdict(position))},
    )
    fresh.rename(file)


def load_checkpoint(file: Path, model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> Position:
    """Put model and optimizer back as they were; the position they were saved at."""
    tensors = load_weights(file, model)
    with safe_open(file, framework="pt") as data:
        row = json.loads(data.metadata()["position"])
    for name, parameter in model.named_parameters():
        if f"adam.step.{name}" in tensors:
            optimizer.state[parameter] = {
                kind: tensors[f"adam.{kind}.{name}"] for kind in ("step", "exp_avg", "exp_avg_sq")
            }
    return Position(**{**row, "place": Place(**row["place"])})


def load_weights(file: Path, model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Put the weights alone back; all tensors of the file."""
    tensors = load_file(file)
    model.load_state_dict(
        {name.removeprefix("model."): tensor for name, tensor in tensors.items() if name.startswith("model.")}
    )
    return tensors


def _moments(model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> list[tuple[str, torch.Tensor]]:
    return [
        (f"adam.{kind}.{name}", optimizer.state[parameter][kind])
        for name, parameter in model.named_parameters()
        if parameter in optimizer.state
        for kind in ("step", "exp_avg", "exp_avg_sq")
    ]
