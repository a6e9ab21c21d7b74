"""A model's folder and its manifest: every file is read once, checked, and parsed from the bytes that were checked.

Nothing hands a path to a library, so a file swapped between the check and the use is not possible. The manifest maps
each file name to its SHA-256 and size; files it does not name do not exist for callsift.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import ModelError

if TYPE_CHECKING:  # torch takes seconds to import; only weights need it
    from torch import Tensor

MANIFEST = "manifest.json"
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class ModelFolder:
    """A folder with a manifest. Raises ModelError when there is none, or a file is not what the manifest says."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._files = _read_manifest(path)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._files)

    @property
    def size(self) -> int:
        return sum(int(row["size"]) for row in self._files.values())

    @cached_property
    def sha256(self) -> str:
        """One hash for the whole model: that of its files' names and hashes."""
        rows = [f"{name} {self._files[name]['sha256']}" for name in sorted(self._files)]
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()

    @property
    def name(self) -> str:
        """Name and hash, as results name the model they came from."""
        return f"{self.path.name}@{self.sha256[:12]}"

    def has(self, name: str) -> bool:
        return name in self._files

    def bytes(self, name: str) -> bytes:
        """The checked content of a file."""
        if name not in self._files:
            raise ModelError(f"{self.path}: the model has no file {name}.")
        try:
            data = (self.path / name).read_bytes()
        except OSError as error:
            raise ModelError(
                f"{self.path / name}: cannot be read: {error.strerror}. Import the model again."
            ) from error
        found, wanted = hashlib.sha256(data).hexdigest(), self._files[name]["sha256"]
        if found != wanted:
            raise ModelError(
                f"{self.path / name}: SHA-256 is {found[:12]}..., the manifest says {str(wanted)[:12]}...: the file was "
                "changed after the model was installed. Import the model again."
            )
        return data

    def json(self, name: str) -> dict[str, Any]:
        """A checked JSON file that holds one object."""
        try:
            table = json.loads(self.bytes(name))
        except ValueError as error:
            raise ModelError(f"{self.path / name}: not JSON: {error}") from error
        if not isinstance(table, dict):
            raise ModelError(f"{self.path / name}: holds a {type(table).__name__} where an object is needed.")
        return table

    def tensors(self, name: str = "model.safetensors") -> dict[str, Tensor]:
        """All tensors of a checked safetensors file, on the CPU."""
        from safetensors import SafetensorError  # imports torch
        from safetensors.torch import load

        try:
            return load(self.bytes(name))
        except SafetensorError as error:
            raise ModelError(f"{self.path / name}: not a safetensors file: {error}") from error

    def problems(self) -> list[str]:
        """What is wrong with the files, one sentence each; empty when all are what the manifest says."""
        found = []
        for name in self._files:
            try:
                self.bytes(name)
            except ModelError as error:
                found.append(str(error))
        return found


def write_manifest(path: Path, names: Iterable[str] | None = None) -> None:
    """Write the manifest of a folder over ``names``, or over all files in it but hidden and unfinished ones."""
    chosen = names if names is not None else (f.name for f in path.iterdir() if f.is_file() and PLAIN.fullmatch(f.name))
    rows = {
        name: {"sha256": hashlib.sha256((path / name).read_bytes()).hexdigest(), "size": (path / name).stat().st_size}
        for name in sorted(chosen) if name != MANIFEST and not name.endswith(".tmp")
    }  # fmt: skip
    fresh = path / f"{MANIFEST}.tmp"
    fresh.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    fresh.rename(path / MANIFEST)


def _read_manifest(path: Path) -> dict[str, dict[str, Any]]:
    file = path / MANIFEST
    try:
        rows = json.loads(file.read_bytes())
    except OSError as error:
        raise ModelError(
            f"{file}: cannot be read: {error.strerror}. Import the model: callsift models import {path}"
        ) from error
    except ValueError as error:
        raise ModelError(f"{file}: not JSON: {error}. Import the model again.") from error
    whole = isinstance(rows, dict) and all(
        isinstance(row, dict) and {"sha256", "size"} <= row.keys() for row in rows.values()
    )
    if not whole:
        raise ModelError(f"{file}: not a manifest (file name to sha256 and size). Import the model again.")
    odd = next((name for name in rows if not PLAIN.fullmatch(name)), None)
    if odd is not None:
        raise ModelError(f"{file}: names {odd!r}, which is no plain file name.")
    return rows
