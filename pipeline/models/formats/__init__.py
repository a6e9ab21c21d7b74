"""Kinds of foreign checkpoints, one file each with an object ``format`` (see `Format`): found by being here."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Format(Protocol):
    """How one kind of foreign checkpoint becomes safetensors and JSON. ``prepare`` and ``convert`` run in the child."""

    patterns: tuple[str, ...]  # file names worth fetching from the hub

    def takes(self, folder: Path) -> bool:
        """True for a folder of this kind; looks at names and JSON only."""
        ...

    def prepare(self, stage: Path) -> None:
        """Import every library that converting needs."""
        ...

    def convert(self, stage: Path, out: Path) -> None:
        """Write the model into ``out``; raises ModelError when it cannot be one."""
        ...
