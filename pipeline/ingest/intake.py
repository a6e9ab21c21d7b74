"""The way in: files, folders, URLs, uploads and contact logs into the store, each recording for itself.

What is allowed and how foreign columns are read comes from the settings. A folder's ``contacts.csv`` or ``contacts.json``
is its contact log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import IO, Protocol

from pipeline.audio.decode import open_regular
from pipeline.audio.opening import Limits
from pipeline.audio.pool import DecodePool
from pipeline.errors import BadMetadata, BadRecording, PipelineError
from pipeline.ingest import contacts as contact_logs
from pipeline.ingest.fetching import Fetcher, is_url, label
from pipeline.ingest.fields import READERS
from pipeline.ingest.folders import recordings_in, refuse_truth
from pipeline.ingest.mapping import Columns, read_mapping
from pipeline.ingest.names import read_pattern
from pipeline.ingest.sidecars import Describer, read_table
from pipeline.ingest.taking import Outcome, SealedStore, Taker, failed
from pipeline.ingest.transcripts import is_transcript, look, read_beside, split
from pipeline.protocols import PAIRED, Intake
from pipeline.records import Metadata
from pipeline.sealing.anonymous import anonymous_file
from pipeline.sealing.vault import quarantine

CONTACTS = ("contacts.csv", "contacts.json", "contacts.jsonl")
Source = str | Path


class IngestSettings(Protocol):
    """The settings that decide what is taken and how it is read."""

    @property
    def zone(self) -> str: ...
    @property
    def mapping(self) -> Path | None: ...
    @property
    def file_pattern(self) -> str | None: ...
    @property
    def url_schemes(self) -> tuple[str, ...]: ...
    @property
    def url_hosts(self) -> tuple[str, ...]: ...
    @property
    def max_hours(self) -> float: ...
    @property
    def max_upload_mb(self) -> int: ...


@dataclass
class Taken:
    """What a run came to. ``problems`` are sentences about contact logs and folders that could not be read."""

    outcomes: list[Outcome] = field(default_factory=list)
    contacts: int = 0
    problems: list[str] = field(default_factory=list)

    def count(self, what: str) -> int:
        return sum(outcome.what == what for outcome in self.outcomes)

    @property
    def new(self) -> int:
        return self.count("new")

    @property
    def refused(self) -> int:
        return self.count("refused")

    @property
    def failed(self) -> int:
        return self.count("failed")


class Ingest:
    """Takes recordings into one store. Holds confined children: close it, or use it in ``with``; threads may share it."""

    def __init__(
        self, store: SealedStore, settings: IngestSettings, *, metadata: Path | None = None, dry_run: bool = False,
        pool: DecodePool | None = None, fetcher: Fetcher | None = None,
    ) -> None:  # fmt: skip
        """``metadata``: a table about recordings by file name. Raises BadMetadata when it, or the settings, cannot be read."""
        self.zone = settings.zone
        self.columns = (
            read_mapping(settings.mapping, (*READERS, *contact_logs.READERS)) if settings.mapping else Columns()
        )
        self._pattern = read_pattern(settings.file_pattern) if settings.file_pattern else None
        self._table = read_table(metadata, self.columns) if metadata else None
        self.most_bytes = settings.max_upload_mb << 20
        self._fetcher = fetcher or Fetcher(settings.url_schemes, settings.url_hosts, self.most_bytes)
        self._pool = pool or DecodePool(Limits(max_seconds=settings.max_hours * 3600), children=1)
        self._store, self._taker = store, Taker(store, self._pool, dry_run)

    def describer(self) -> Describer:
        """Reads what is said about recordings; tables of folders are read once for each describer."""
        return Describer(self.columns, self.zone, self._pattern, self._table)

    def take(self, sources: Sequence[Source], taken: Taken) -> Iterator[Outcome]:
        """Files, folders (with their contact logs) and URLs; outcomes as they come, also added to ``taken``."""
        describer = self.describer()
        for source in sources:
            for outcome in self._take(source, describer, taken):
                taken.outcomes.append(outcome)
                yield outcome

    def take_each(self, path: Path, describer: Describer) -> list[Outcome]:
        """One file where it lies; each recording by itself where it is a transcript of several."""
        names = () if describer.companions.recording_of(path) else look(path).names
        return [self.take_file(path, describer, name) for name in names] or [self.take_file(path, describer)]

    def take_file(self, path: Path, describer: Describer, name: str | None = None) -> Outcome:
        """One file where it lies: a recording, with its transcript where one belongs to it, or a transcript alone.

        ``name``: the recording that is meant of several that the transcript tells of; it is the call's id then.
        """
        companions = describer.companions
        path = companions.recording_of(path) or path
        told = companions.of(path)
        try:
            beside = read_beside(told) if told is not None else None
            with open_regular(path, follow=False) as descriptor:
                return self._taker.take(
                    str(path), path.suffix, lambda: _named(describer.of_file(path), name), descriptor, beside=beside
                )
        except BadRecording as error:
            return self._taker.refuse(str(path), error.reason, str(error))

    def take_url(self, url: str, describer: Describer) -> Outcome:
        """One recording behind a URL; what people see of it has no query."""
        shown, name = label(url), PurePath(label(url)).name
        try:
            with self._fetcher.fetch(url) as file:
                describe: Callable[[], Metadata] = lambda: describer.of_stream(name, None)  # noqa: E731
                return self._taker.take(shown, PurePath(name).suffix, describe, file.fileno())
        except BadRecording as error:
            return self._taker.refuse(shown, error.reason, str(error))
        except Exception as error:  # whatever a bucket's package raises
            return failed(shown, error)

    def take_stream(
        self, name: str, file: IO[bytes], *, sidecar: tuple[str, bytes] | None = None, team: str | None = None
    ) -> Outcome:
        """One uploaded recording or transcript; ``team`` counts, whatever is said elsewhere. ``name`` is for people and its
        ending. ``sidecar`` may be the recording's transcript, too.
        """
        name = PurePath(name.replace("\\", "/")).name
        try:
            with anonymous_file() as whole:
                self._copy(file, whole)
                whole.flush()
                beside = sidecar[1] if sidecar is not None and is_transcript(sidecar[1]) else None
                said = None if beside is not None else sidecar
                told: Callable[[], Metadata] = lambda: self._told(name, said, team)  # noqa: E731
                suffix = PurePath(name).suffix
                return self._taker.take(name, suffix, told, whole.fileno(), uploaded=True, team=team, beside=beside)
        except BadRecording as error:
            return self._taker.refuse(name, error.reason, str(error), team=team)

    def take_again(self, copy: Intake) -> Outcome:
        """An upload that was refused once, from its sealed copy."""
        try:
            vault, about = self._store.vault, quarantine(copy.sha256)
            with vault.unseal(copy.quarantine, copy.sealed_key, about) as plain:
                beside = split(plain) if copy.suffix.endswith(PAIRED) else None
                ending = copy.suffix.removesuffix(PAIRED)
                suffix = f".{ending}" if ending else ""
                return self._taker.take(
                    copy.source, suffix, lambda: copy.metadata, plain.fileno(), uploaded=True, beside=beside
                )
        except PipelineError as error:  # the copy is gone or damaged
            return failed(copy.source, error)

    def take_contacts(self, path: Path, taken: Taken) -> None:
        """One contact log; rows that cannot be read stand in ``taken.problems``."""
        try:
            found = contact_logs.read_contacts(path, self.columns, self.zone)
            taken.problems += found.errors
            if not self._taker.dry_run:
                taken.contacts += self._store.add_contacts(found.contacts, str(path))
        except BadMetadata as error:
            taken.problems.append(str(error))

    def close(self) -> None:
        self._pool.close()

    def __enter__(self) -> Ingest:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take(self, source: Source, describer: Describer, taken: Taken) -> Iterator[Outcome]:
        if isinstance(source, str) and is_url(source):
            yield self.take_url(source, describer)
            return
        path = Path(source)
        refuse_truth(path)
        if not path.is_dir():
            yield from self.take_each(path, describer)
            return
        for log in (path / name for name in CONTACTS):
            if log.is_file():
                self.take_contacts(log, taken)
        for found in recordings_in(path):
            yield from self.take_each(found, describer)

    def _told(self, name: str, sidecar: tuple[str, bytes] | None, team: str | None) -> Metadata:
        told = self.describer().of_stream(name, sidecar)
        return replace(told, team=team) if team is not None else told

    def _copy(self, source: IO[bytes], target: IO[bytes]) -> None:
        size = 0
        while block := source.read(1 << 20):
            size += len(block)
            if size > self.most_bytes:
                raise BadRecording(
                    "too_large", f"The recording is larger than {self.most_bytes >> 20} MB, the most an upload may be."
                )
            target.write(block)


def _named(metadata: Metadata, name: str | None) -> Metadata:
    return metadata if name is None else replace(metadata, call_id=name)


def ingest(
    sources: Sequence[Source], store: SealedStore, settings: IngestSettings, *, metadata: Path | None = None,
    contacts: Sequence[Path] = (), tell: Callable[[Outcome], None] | None = None, dry_run: bool = False,
    fetcher: Fetcher | None = None,
) -> Taken:  # fmt: skip
    """Take everything in ``sources`` in. Raises ForbiddenFolder or BadMetadata (settings, table) before anything is taken."""
    files = [Path(source) for source in sources if not (isinstance(source, str) and is_url(source))]
    for path in (*files, *contacts, *([metadata] if metadata else [])):
        refuse_truth(path)
    taken = Taken()
    with Ingest(store, settings, metadata=metadata, dry_run=dry_run, fetcher=fetcher) as door:
        for log in contacts:
            door.take_contacts(log, taken)
        for outcome in door.take(sources, taken):
            if tell is not None:
                tell(outcome)
    return taken
