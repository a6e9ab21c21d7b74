"""One recording from open file to the store: looked at, sealed, remembered; or refused with a reason.

Nothing one recording does stops the others: what is wrong with it becomes a refusal in the store, what is wrong around it
(disk, database) an outcome ``failed``, to be tried again. The user's file is only ever read.
"""

from __future__ import annotations

import hashlib
import logging
import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import PurePath
from typing import Literal, Protocol

from pipeline.audio.decode import fingerprint
from pipeline.audio.pool import DecodePool
from pipeline.errors import BadMetadata, BadRecording
from pipeline.failpoints import reach
from pipeline.ingest.metadata import together
from pipeline.ingest.room import shortage
from pipeline.ingest.transcripts import trailer, transcripts_of
from pipeline.protocols import ALONE, PAIRED, Intake, Store
from pipeline.records import Metadata
from pipeline.sealing.anonymous import anonymous_file
from pipeline.sealing.vault import Vault, quarantine
from pipeline.transcripts import Imported, TranscriptError, read

log = logging.getLogger(__name__)

What = Literal["new", "known", "new_metadata", "refused", "changing", "failed", "would_take"]
BLOCK = 1 << 20


class SealedStore(Store, Protocol):
    """A store whose files and keys are at hand."""

    @property
    def vault(self) -> Vault: ...

    def knows(self, sha256: str, call_id: str | None) -> bool:
        """Whether this recording is a call that needs no sealed copy any more: it has one, or a result."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one recording. ``id`` is the public id of the call or refusal; ``says`` is for people."""

    source: str
    what: What
    says: str
    id: str | None = None
    reason: str | None = None


SAYS = {
    "new": "Taken in.",
    "known": "Already here: the same recording with the same metadata is one call.",
    "new_metadata": "Already here; what is newly said about it was added.",
    "changing": "Still being written; it is taken when it rests.",
    "late": "Already here; its transcript was not used, because the recording was taken in before it.",
}


@dataclass(frozen=True, slots=True)
class Taker:
    """Takes open recordings into a store. ``dry_run`` only looks."""

    store: SealedStore
    pool: DecodePool
    dry_run: bool = False

    def take(
        self, source: str, suffix: str, describe: Callable[[], Metadata], descriptor: int, *, uploaded: bool = False,
        team: str | None = None, beside: bytes | None = None,
    ) -> Outcome:  # fmt: skip
        """One open file. ``source`` is for people; ``suffix`` a hint for headerless formats; never raises for the file.

        ``uploaded``: it lies nowhere else, so a sealed copy stays with its refusal. ``team``: whose refusal it is where
        the metadata do not say. ``beside``: the transcript of this recording; a file may be a transcript itself, too.
        """
        metadata = Metadata(team=team)
        try:
            if not self.dry_run and (short := shortage(self.store.vault.files.root, os.fstat(descriptor).st_size)):
                log.error("a recording could not be taken in: the disk is nearly full")
                return Outcome(source, "failed", short, reason="disk_full")
            metadata = describe()
            if beside is None and (told := transcripts_of(descriptor, suffix)):
                return self._take_transcript(source, metadata, descriptor, told)
            if beside is not None:
                metadata = together(metadata, read(beside, metadata.call_id, PurePath(source).stem).metadata)
            self.pool.probe(descriptor, suffix=suffix)
            reach("ingest.probed")
            return self._take(source, suffix, metadata, descriptor, beside)
        except (BadMetadata, BadRecording) as error:
            reason = error.reason if isinstance(error, BadRecording) else "bad_metadata"
            copied = (suffix, metadata) if uploaded else None
            return self.refuse(
                source, reason, str(error), descriptor, team=metadata.team or team, copied=copied, beside=beside
            )
        except Exception as error:  # the one place: the next recording must not suffer
            return failed(source, error)

    def refuse(
        self, source: str, reason: str, message: str, descriptor: int | None = None, *, team: str | None = None,
        copied: tuple[str, Metadata] | None = None, beside: bytes | None = None,
    ) -> Outcome:  # fmt: skip
        """Remember that a recording could not be taken; ``descriptor`` for its fingerprint and, where ``copied`` tells
        its suffix and metadata, for the sealed copy that is kept."""
        try:
            sha256, size = (None, 0) if descriptor is None else fingerprint(descriptor)
            known = None
            if not self.dry_run:
                copy = None
                if copied is not None and descriptor is not None and sha256 is not None and size:
                    copy = self._refused_copy(source, sha256, size, descriptor, *copied, beside)
                known = self.store.refuse(source, sha256, reason, message, team=team, copy=copy)
        except Exception as error:  # the database is away: the refusal will be found again at the next run
            return failed(source, error)
        return Outcome(source, "refused", message, known, reason)

    def _refused_copy(
        self,
        source: str,
        sha256: str,
        size: int,
        descriptor: int,
        suffix: str,
        metadata: Metadata,
        beside: bytes | None,
    ) -> Intake:
        name, sealed_key = self._seal(sha256, descriptor, hashlib.sha256(), beside)
        return Intake(sha256, size, source, _suffix(suffix, beside), metadata, name, sealed_key)

    def _take_transcript(self, source: str, metadata: Metadata, descriptor: int, told: Sequence[Imported]) -> Outcome:
        """A file that is a transcript: alone, or (a vCon) with its recording inside."""
        named = [one for one in told if one.name == metadata.call_id] or told
        if len(named) > 1:
            names = ", ".join(one.name for one in named[:10])
            raise TranscriptError(
                f"The file holds {len(named)} recordings ({names}). Give each its own, "
                "by `callsift transcripts convert FILE OUT --name NAME`.", reason="several_recordings",
            )  # fmt: skip
        known, recording = together(metadata, named[0].metadata), named[0].recording
        if recording is not None and recording.data is not None:
            return self._take_inside(source, known, descriptor, recording.name, recording.data, words=named[0].words)
        if not named[0].words:
            hint = f" Lay the recording {recording.name} beside it." if recording is not None else ""
            raise TranscriptError(f"There are no words in this transcript.{hint}", reason="no_words")
        reach("ingest.probed")
        return self._take(source, ALONE, known, descriptor)

    def _take_inside(
        self, source: str, metadata: Metadata, descriptor: int, name: str, sound: bytes, *, words: int
    ) -> Outcome:
        suffix, beside = PurePath(name).suffix, b"".join(_blocks(descriptor, hashlib.sha256())) if words else None
        with anonymous_file() as file:
            file.write(sound)
            file.flush()
            self.pool.probe(file.fileno(), suffix=suffix)
            return self._take(source, suffix, metadata, file.fileno(), beside)

    def _take(
        self, source: str, suffix: str, metadata: Metadata, descriptor: int, beside: bytes | None = None
    ) -> Outcome:
        before = os.fstat(descriptor)
        sha256, size = fingerprint(descriptor)
        if self.dry_run:
            return Outcome(source, "would_take", "Would be taken in.")
        name, sealed_key = self._sealed(sha256, metadata.call_id, descriptor, beside)
        after = os.fstat(descriptor)
        if name is None or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            return self._changed(source, name)
        reach("ingest.sealed")
        intake = Intake(sha256, size, source, _suffix(suffix, beside), metadata, name, sealed_key)
        added = self.store.add(intake)
        late = beside is not None and added.what != "new"
        return Outcome(source, _what(added.what), SAYS["late" if late else added.what], added.public_id)

    def _sealed(
        self, sha256: str, call_id: str | None, descriptor: int, beside: bytes | None
    ) -> tuple[str | None, bytes]:
        """Content path and wrapped key of the quarantine copy; "" where none is needed, None when the bytes changed."""
        if self.store.knows(sha256, call_id):
            return "", b""
        again = hashlib.sha256()
        name, sealed_key = self._seal(sha256, descriptor, again, beside)
        if again.hexdigest() != sha256:
            self.store.vault.files.delete(name)
            return None, b""
        return name, sealed_key

    def _seal(self, sha256: str, descriptor: int, digest: hashlib._Hash, beside: bytes | None) -> tuple[str, bytes]:
        """Content path and wrapped key of a new sealed copy; what was read goes into ``digest``."""
        vault = self.store.vault
        _, sealed_key = vault.keyring.new_key()
        behind = [] if beside is None else [trailer(beside)]
        stored = vault.seal(chain(_blocks(descriptor, digest), behind), sealed_key, quarantine(sha256))
        return stored.name, sealed_key

    def _changed(self, source: str, name: str | None) -> Outcome:
        if name:
            self.store.vault.files.delete(name)
        return Outcome(source, "changing", SAYS["changing"])


def failed(source: str, error: Exception) -> Outcome:
    """What is wrong around a recording, not with it; to be tried again. Messages of errors may name persons: not logged."""
    trace = "".join(traceback.format_tb(error.__traceback__))
    log.error("a recording could not be taken in: %s\n%s", type(error).__name__, trace)
    return Outcome(source, "failed", f"Not taken in, try again: {type(error).__name__}. The log says more.")


def _suffix(suffix: str, beside: bytes | None) -> str:
    """The intake's suffix, which says whether a transcript is in its copy; a recording's own ending never does."""
    plain = suffix.lower().lstrip(".")
    if suffix != ALONE and (plain == ALONE or "+" in plain):
        plain = ""
    return plain if beside is None else plain + PAIRED


def _what(word: str) -> What:
    known: dict[str, What] = {"new": "new", "known": "known", "new_metadata": "new_metadata"}
    return known[word]


def _blocks(descriptor: int, digest: hashlib._Hash) -> Iterator[bytes]:
    place = 0
    while block := os.pread(descriptor, BLOCK, place):
        digest.update(block)
        place += len(block)
        yield block
