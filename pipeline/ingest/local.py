"""Recordings for `callsift process`: read where they lie, nothing stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from pipeline.audio.decode import fingerprint, open_regular
from pipeline.errors import BadMetadata, BadRecording
from pipeline.ingest.fields import READERS
from pipeline.ingest.folders import recordings_in, refuse_truth
from pipeline.ingest.intake import IngestSettings
from pipeline.ingest.mapping import Columns, read_mapping
from pipeline.ingest.names import read_pattern
from pipeline.ingest.sidecars import Describer
from pipeline.ingest.transcripts import look, read_beside, transcripts_of
from pipeline.protocols import Source
from pipeline.records import Metadata


def sources(paths: Sequence[Path], settings: IngestSettings) -> list[Source]:
    """Files, and all recordings of folders, with their metadata; raises ForbiddenFolder for a folder of truth.

    A recording that cannot be read, or whose sidecar cannot, is told when it is opened, so that it stops no other. Its
    id is the recorder's, else its path.
    """
    columns = read_mapping(settings.mapping, READERS) if settings.mapping else Columns()
    pattern = read_pattern(settings.file_pattern) if settings.file_pattern else None
    describer = Describer(columns, settings.zone, pattern)
    found: list[Path] = []
    for path in paths:
        refuse_truth(path)
        found += recordings_in(path) if path.is_dir() else [path]
    return _each_its_own([_source(path, describer, name) for path in found for name in look(path).names or (None,)])


def _each_its_own(found: Sequence[Source]) -> list[Source]:
    """The sources, each with an id of its own: two files of one recorder's id are two calls here, the later by its path."""
    taken: dict[str, int] = {}
    told = []
    for source in found:
        name = source.id if source.id not in taken else source.name
        taken[name] = taken.get(name, 0) + 1
        told.append(replace(source, id=name if taken[name] == 1 else f"{name}#{taken[name]}"))
    return told


def _source(path: Path, describer: Describer, name: str | None) -> Source:
    """``name``: the recording that is meant of several that a transcript tells of."""
    path = describer.companions.recording_of(path) or path
    told = describer.companions.of(path)
    try:
        with open_regular(path) as descriptor:
            sha256, _ = fingerprint(descriptor)
            silent = told is None and bool(transcripts_of(descriptor, path.suffix))
        metadata = describer.of_file(path)
        metadata = metadata if name is None else replace(metadata, call_id=name)
    except BadRecording as error:
        return Source(str(path), str(path), "", Metadata(), _raising(error))
    except BadMetadata as error:
        return Source(str(path), str(path), "", Metadata(), _raising(BadRecording("bad_metadata", str(error))))
    words = path if silent else told
    return Source(
        metadata.call_id or str(path), str(path), sha256, metadata, lambda: path.open("rb"), path.suffix.lower(),
        (lambda: read_beside(words)) if words is not None else None, silent,
    )  # fmt: skip


def _raising(error: BadRecording) -> Callable[[], BinaryIO]:
    def opening() -> BinaryIO:
        raise error

    return opening
