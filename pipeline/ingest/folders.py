"""Which files of a folder are recordings, and what is left alone.

Symbolic links are not followed, hidden and half-written files are passed over, and a folder called ``truth`` is never
entered: it holds the answers that measurements are compared with.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from pipeline.audio.sniff import HEAD, looks_like_a_recording
from pipeline.errors import BadMetadata, PipelineError
from pipeline.ingest.endings import RECORDINGS
from pipeline.ingest.transcripts import ENDINGS, Companions, beside, look

TRUTH = "truth"
RESERVED = ("metadata.json", "contacts.json", "package.json")  # tables of a folder
UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", "~")
OTHERS = frozenset(
    ".json .jsonl .ndjson .csv .tsv .txt .md .yaml .yml .xml .py .pyc .toml .ini .cfg .log .pdf .html .htm .zip .gz .rttm .srt .vtt "
    ".png .jpg .jpeg .gif .sh .db .sqlite".split()
)  # never looked into when they lie in a folder; given by hand they are taken, and refused with a reason


class ForbiddenFolder(PipelineError):
    """A folder that holds truth to measure against: reading it would spoil every figure."""


def refuse_truth(path: Path) -> None:
    """Raises ForbiddenFolder for a path that leads into a folder of truth."""
    if any(part.lower() == TRUTH for part in (*path.parts, path.resolve().name, path.resolve().parent.name)):
        raise ForbiddenFolder(
            f"{path}: folders called {TRUTH} hold what measurements are compared with and are never taken in."
        )


def recordings_in(folder: Path) -> Iterator[Path]:
    """Files of ``folder`` and below that are recordings (by name or first bytes) or transcripts (by content) of none that
    lies there; sorted, links not followed."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise BadMetadata(f"{folder}: the folder cannot be read: {error.strerror}.") from error
    seen = [entry for entry in entries if not entry.name.startswith(".") and not entry.is_symlink()]
    files = [Path(entry.path) for entry in seen if entry.is_file(follow_symlinks=False)]
    taken = {path for path in files if is_recording(path)}
    taken |= _lone_transcripts(files, taken)
    for entry in seen:
        if entry.is_dir(follow_symlinks=False):
            if entry.name.lower() != TRUTH:
                yield from recordings_in(Path(entry.path))
        elif Path(entry.path) in taken:
            yield Path(entry.path)


def _lone_transcripts(files: Sequence[Path], recordings: Collection[Path]) -> set[Path]:
    """Transcripts, broken ones too, that belong to no recording of the folder."""
    texts = [path for path in files if path.name.lower().endswith(ENDINGS) and path.name.lower() not in RESERVED]
    looks = {path: look(path) for path in texts}
    found = {path for path, seen in looks.items() if (seen.transcript and not seen.silent) or seen.broken}
    if not found:
        return found
    companions = Companions()
    claimed = {place for recording in recordings for place in (*beside(recording), companions.of(recording))}
    return found - claimed


def is_recording(path: Path) -> bool:
    """By its ending; where that says nothing, by its first bytes."""
    name = path.name.lower()
    if name.endswith(UNFINISHED) or path.suffix.lower() in OTHERS:
        return False
    return path.suffix.lower() in RECORDINGS or looks_like_a_recording(_head(path))


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError:
        return b""  # taking it in will say why
