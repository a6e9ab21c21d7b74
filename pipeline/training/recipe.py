"""A training recipe: which texts are spoken, in which stages, how long each is heard.

One TOML file holds everything that decides the result: the model's shape, the seeds, the texts and the stages. Hours
are hours of speech heard (texts are heard again, on another line, until they are reached), so a stage ends at the same
step on every machine.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from pipeline.errors import PipelineError


class RecipeError(PipelineError):
    """A recipe that cannot be followed."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Size of the encoder; see transformers' ParakeetEncoderConfig."""

    hidden_size: int = 144
    num_hidden_layers: int = 8
    num_attention_heads: int = 4
    intermediate_size: int = 576
    subsampling_conv_channels: int = 32


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of the training with a learning rate that rises and falls once."""

    name: str
    hours: float  # of speech heard
    texts: tuple[str, ...]  # files beside the recipe's texts folder, without .txt.gz; "phrases" and "words" are made
    phrases: int = 0  # how many made sentences join them
    talk: int = 0  # how many made sentences of everyday talk
    words: int = 0  # how many rows of random words
    voices: tuple[str, ...] = ()  # only these; none: all
    longest: int = 30  # words in a sentence; longer ones are left out
    peak: float = 1.2e-3  # learning rate
    warm: float = 0.1  # part of the stage in which it rises
    floor: float = 0.01  # part of the peak that is left at the end
    line: float = 1.0  # strength of line effects and masking, 0..1
    slowest: float = 0.9  # tempo, drawn for each batch
    fastest: float = 1.12
    join: float = 0.0  # how often a sentence is followed by the same speaker's next
    turns: float = 0.0  # how often somebody else answers in the same clip, at a level of their own
    batch_seconds: float = 40.0
    guide: float = 0.0  # weight of the sounds' true times beside CTC, where a voice tells them (flite's do)
    laid_along: float = 0.0  # weight of the rough alignment (pipeline/training/alignment.py) beside CTC
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what is trained."""

    name: str
    shape: Shape
    stages: tuple[Stage, ...]
    seed: int = 1
    save_every_s: float = 180.0
    measured: int = 40  # held-out sentences of each kind, understood for the log at every save
    workers: int = 2  # batches a step, each learnt from on a core of its own


def read_recipe(file: Path) -> Recipe:
    """The recipe in a TOML file.

    :raises RecipeError: unreadable, an unknown name, a stage that lacks something.
    """
    try:
        data = tomllib.loads(file.read_text())
        shape = Shape(**data.pop("shape", {}))
        stages = tuple(
            Stage(**{**row, "texts": tuple(row["texts"]), "voices": tuple(row.get("voices", ()))})
            for row in data.pop("stages")
        )
        return Recipe(shape=shape, stages=stages, **_known(data))
    except (OSError, tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise RecipeError(f"{file} is no training recipe: {error}") from error


def _known(data: Mapping[str, Any]) -> Mapping[str, Any]:
    names = {field.name for field in fields(Recipe)} - {"shape", "stages"}
    if unknown := set(data) - names:
        raise KeyError(f"unknown settings {', '.join(sorted(unknown))}; known are {', '.join(sorted(names))}")
    return data
