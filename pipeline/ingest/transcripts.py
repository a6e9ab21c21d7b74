"""Transcripts on their way in: which files are some, which recording each belongs to, both as one sealed copy.

A transcript is known by its content. It belongs to the recording of its stem (``x.wav``, ``x.json``), or to the one its
vCon names; a JSON file beside a recording that is no transcript is the recording's sidecar, as ever. The sealed copy of
a pair is the recording followed by the transcript, its length and `MAGIC`.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from pipeline.audio.decode import open_regular
from pipeline.errors import BadRecording
from pipeline.ingest.endings import RECORDINGS
from pipeline.transcripts.document import HEAD, LARGEST, document, is_text
from pipeline.transcripts.errors import TranscriptError
from pipeline.transcripts.reading import format_of, read_document
from pipeline.transcripts.records import Imported
from pipeline.transcripts.registry import all_formats

ENDINGS = (".vcon", ".vcon.json", ".json", ".vtt", ".srt", ".ctm", ".stm", ".rttm")
MAGIC = b"callsift:transcript:1"


@dataclass(frozen=True, slots=True)
class Look:
    """What a file is at first sight: ``broken`` begins like one and cannot be read; ``recording`` is the name it tells.

    ``silent``: it tells who speaks and no words (most RTTM files), so alone it is no call. ``names``: of several recordings
    that one file tells of (CTM, STM, RTTM).
    """

    transcript: bool = False
    silent: bool = False
    broken: bool = False
    recording: str = ""
    names: tuple[str, ...] = ()


def transcripts_of(descriptor: int, suffix: str) -> list[Imported]:
    """The transcripts an open file holds; none where it is something else.

    Raises TranscriptError for one that is broken: JSON that ends too soon, or a name that promises a transcript.
    """
    if not is_text(os.pread(descriptor, HEAD, 0)) or os.fstat(descriptor).st_size > LARGEST:
        return []
    try:
        found = document(_all(descriptor))
    except TranscriptError:
        return []  # what it is instead is said by those who look for sound
    if format_of(found) is not None:
        return [*read_document(found)]
    if found.broken is not None or found.is_json or suffix.lower() in _promising():
        read_document(found)  # raises, with the reason
    return []


def read_beside(path: Path) -> bytes:
    """The bytes of a transcript beside a recording; raises BadRecording."""
    with open_regular(path, follow=False) as descriptor:
        if os.fstat(descriptor).st_size > LARGEST:
            raise TranscriptError(
                "The transcript is larger than a transcript can be.", place=path.name, reason="too_large"
            )
        return _all(descriptor)


def is_transcript(data: bytes) -> bool:
    """Whether bytes that came with a recording are its transcript, not its sidecar."""
    try:
        return format_of(document(data)) is not None
    except TranscriptError:
        return False


def look(path: Path) -> Look:
    """What a file in a folder is; remembered for as long as it does not change."""
    try:
        told = path.lstat()
    except OSError:
        return Look()
    return _look(str(path), told.st_size, told.st_mtime_ns, told.st_ino)


@lru_cache(maxsize=200_000)
def _look(path: str, size: int, changed: int, inode: int) -> Look:
    if size > LARGEST:
        return Look()
    try:
        with open_regular(Path(path), follow=False) as descriptor:
            if not is_text(os.pread(descriptor, HEAD, 0)):
                return Look()  # a recording is not read for this
            found = document(_all(descriptor))
    except BadRecording:
        return Look(broken=Path(path).suffix.lower() in _promising())
    chosen = format_of(found)
    if chosen is None:
        return Look(broken=found.broken is not None or Path(path).suffix.lower() in _promising())
    if chosen.name not in ("vcon", "rttm", "ctm", "stm"):
        return Look(transcript=True)
    try:
        told = read_document(found)
    except TranscriptError:
        return Look(transcript=True)  # taking it in will say what is wrong
    recording, spoken = told[0].recording, [one.name for one in told if one.words]
    return Look(
        transcript=True,
        silent=chosen.name == "rttm" and not spoken,
        recording=recording.name if recording is not None and recording.data is None else "",
        names=tuple(spoken) if len(told) > 1 else (),
    )


@dataclass
class Companions:
    """Which transcript belongs to which recording. Folders are read once for as long as it lives."""

    _folders: dict[Path, Mapping[str, Path]] = field(default_factory=dict)

    def of(self, recording: Path) -> Path | None:
        """The transcript of a recording: of its stem, else the vCon that names it."""
        return next((place for place in beside(recording) if _may_be(place, look(place))), None) or self._named(
            recording
        )

    def recording_of(self, path: Path) -> Path | None:
        """The recording in the same folder that a transcript belongs to; None for what is no transcript, or has none."""
        if not path.name.lower().endswith(ENDINGS) or not look(path).transcript:
            return None
        named = look(path).recording
        places = [path.with_name(named)] if named and "/" not in named and named not in (".", "..") else []
        stem = next(path.name[: -len(ending)] for ending in ENDINGS if path.name.lower().endswith(ending))
        places += [path.with_name(stem), *(path.with_name(stem + ending) for ending in sorted(RECORDINGS))]
        found = (place for place in places if place != path and place.is_file() and not place.is_symlink())
        return next((place for place in found if self.of(place) == path), None)

    def _named(self, recording: Path) -> Path | None:
        folder = recording.parent
        if folder not in self._folders:
            files = sorted(path for path in folder.iterdir() if path.name.lower().endswith((".vcon", ".json")))
            self._folders[folder] = {name: path for path in files if (name := look(path).recording)}
        return self._folders[folder].get(recording.name)


def beside(recording: Path) -> Iterator[Path]:
    """Where a transcript of a recording lies by its name."""
    for ending in ENDINGS:
        for place in (recording.with_suffix(ending), recording.with_name(recording.name + ending)):
            if place != recording and place.is_file() and not place.is_symlink():
                yield place


def _may_be(place: Path, found: Look) -> bool:
    """A JSON file that cannot be read may as well be a sidecar, and is refused as that."""
    return found.transcript or (found.broken and place.suffix.lower() != ".json")


def _promising() -> frozenset[str]:
    return frozenset(ending for item in all_formats().values() for ending in item.endings)


# One sealed copy of both


def trailer(transcript: bytes) -> bytes:
    """What follows a recording in the sealed copy of a pair."""
    return transcript + struct.pack(">Q", len(transcript)) + MAGIC


def split(both: BinaryIO) -> bytes:
    """The transcript behind a recording; ``both``, an open file of one's own, is the recording alone afterwards.

    :raises TranscriptError: where there is none behind it.
    """
    size = os.fstat(both.fileno()).st_size
    tail = os.pread(both.fileno(), 8 + len(MAGIC), max(0, size - 8 - len(MAGIC)))
    length = struct.unpack(">Q", tail[:8])[0] if tail.endswith(MAGIC) and len(tail) == 8 + len(MAGIC) else -1
    start = size - len(tail) - length
    if length < 0 or start < 0:
        raise TranscriptError("The sealed copy of this call does not hold the transcript it should.")
    transcript = _all(both.fileno(), start)[:length]
    both.truncate(start)
    both.seek(0)
    return transcript


def _all(descriptor: int, start: int = 0) -> bytes:
    """From ``start`` on, at most a little more than a transcript may be."""
    pieces = []
    end = start + LARGEST + (1 << 20)
    while start < end and (block := os.pread(descriptor, 1 << 20, start)):
        pieces.append(block)
        start += len(block)
    return b"".join(pieces)
