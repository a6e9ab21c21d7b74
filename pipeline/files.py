"""Files named by what is in them: written once, whole or not at all, never changed.

A name is ``ab/abcdef...``: the SHA-256 of the content below a folder of its first two letters. A name is handed out only
after content, rename and folder are on disk, so a row in SQL that holds a name can rely on the file. Two rows may hold
the same name where their content is the same; delete only what no row names (sealed files never coincide).
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import PipelineError

NAME = re.compile(r"([0-9a-f]{2})/(\1[0-9a-f]{62})")
BLOCK = 1 << 20
Seconds = float


class FileDamaged(PipelineError):
    """A stored file that is missing or no longer what its name says."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that lies safely on disk: its content path and its size in bytes."""

    name: str
    size: int


class NewFile:
    """A file being written; ``commit`` gives it its name, leaving without commit removes it."""

    def __init__(self, files: Files, handle: BinaryIO, place: Path) -> None:
        self._files, self._handle, self._place = files, handle, place
        self._hash, self.size = hashlib.sha256(), 0

    def write(self, data: bytes | memoryview) -> int:
        self._handle.write(data)
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    def commit(self) -> Stored:
        """Flush to disk, rename, flush the folder; afterwards the content survives a power cut."""
        self._handle.flush()
        os.fsync(self._handle.fileno())
        digest = self._hash.hexdigest()
        name = f"{digest[:2]}/{digest}"
        self._files._take_over(self._place, name)
        return Stored(name, self.size)


class Files:
    """The content-addressed files below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._temporary = root / "tmp"

    @contextmanager
    def writer(self) -> Iterator[NewFile]:
        """A new file to write to in pieces. Nothing is kept unless ``commit()`` was called."""
        self._temporary.mkdir(mode=0o700, parents=True, exist_ok=True)
        place = self._temporary / secrets.token_hex(16)
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as handle:
                yield NewFile(self, handle, place)
        finally:
            place.unlink(missing_ok=True)  # gone already when it was committed

    def put(self, data: bytes) -> Stored:
        with self.writer() as new:
            new.write(data)
            return new.commit()

    def path(self, name: str) -> Path:
        """Where a content path lies; raises FileDamaged for anything that is not a content path."""
        if NAME.fullmatch(name) is None:
            raise FileDamaged(f"{name!r} is not the name of a stored file.")
        return self.root / name

    def open(self, name: str) -> BinaryIO:
        """The file as it is, not verified (for files that carry their own seal)."""
        try:
            return self.path(name).open("rb")
        except FileNotFoundError as error:
            raise FileDamaged(f"{self.path(name)} is missing; restore it from a backup or redo the call.") from error

    def read(self, name: str) -> bytes:
        """The whole content, verified against its name."""
        with self.open(name) as handle:
            data = handle.read()
        if hashlib.sha256(data).hexdigest() != name[3:]:
            raise FileDamaged(f"{self.path(name)} has changed on disk; restore it from a backup or redo the call.")
        return data

    def delete(self, name: str) -> bool:
        """Remove a file for good; False when it was not there."""
        place = self.path(name)
        try:
            place.unlink()
        except FileNotFoundError:
            return False
        _flush_folder(place.parent)
        return True

    def names(self) -> Iterator[str]:
        """Every stored name, in order: what a check compares with the rows in SQL."""
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            for place in sorted(folder.iterdir()):
                if NAME.fullmatch(name := f"{folder.name}/{place.name}"):
                    yield name

    def sweep(self, *, now: float, older_than: Seconds = 3600.0) -> int:
        """Remove temporary files that killed writers left, not touched for ``older_than`` seconds. Returns how many."""
        removed = 0
        for place in self._temporary.glob("*"):
            with suppress(FileNotFoundError):  # its writer may finish while we look
                if now - place.stat().st_mtime >= older_than:
                    place.unlink()
                    removed += 1
        return removed

    def _take_over(self, place: Path, name: str) -> None:
        target = self.root / name
        if not target.parent.is_dir():
            target.parent.mkdir(mode=0o700, exist_ok=True)
            _flush_folder(self.root)
        place.replace(target)
        _flush_folder(target.parent)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
