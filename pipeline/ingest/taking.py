"""One recording from open file to the store: looked at, sealed, remembered; or refused with a reason.

Nothing one recording does stops the others: what is wrong with it becomes a refusal in the store, what is wrong around it
(disk, database) an outcome ``failed``, to be tried again. The user's file is only ever read.
"""

from __future__ import annotations

import hashlib
import logging
import os
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from pipeline.audio.decode import fingerprint
from pipeline.audio.pool import DecodePool
from pipeline.errors import BadMetadata, BadRecording
from pipeline.failpoints import reach
from pipeline.protocols import Intake, Store
from pipeline.records import Metadata
from pipeline.sealing.vault import Vault, quarantine

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
}


@dataclass(frozen=True, slots=True)
class Taker:
    """Takes open recordings into a store. ``dry_run`` only looks."""

    store: SealedStore
    pool: DecodePool
    dry_run: bool = False

    def take(
        self, source: str, suffix: str, describe: Callable[[], Metadata], descriptor: int, *, uploaded: bool = False,
        team: str | None = None,
    ) -> Outcome:  # fmt: skip
        """One open file. ``source`` is for people; ``suffix`` a hint for headerless formats; never raises for the file.

        ``uploaded``: it lies nowhere else, so a sealed copy stays with its refusal. ``team``: whose refusal it is where
        the metadata do not say.
        """
        metadata = Metadata(team=team)
        try:
            metadata = describe()
            self.pool.probe(descriptor, suffix=suffix)
            reach("ingest.probed")
            return self._take(source, suffix, metadata, descriptor)
        except (BadMetadata, BadRecording) as error:
            reason = error.reason if isinstance(error, BadRecording) else "bad_metadata"
            copied = (suffix, metadata) if uploaded else None
            return self.refuse(source, reason, str(error), descriptor, team=metadata.team, copied=copied)
        except Exception as error:  # the one place: the next recording must not suffer
            return failed(source, error)

    def refuse(
        self, source: str, reason: str, message: str, descriptor: int | None = None, *, team: str | None = None,
        copied: tuple[str, Metadata] | None = None,
    ) -> Outcome:  # fmt: skip
        """Remember that a recording could not be taken; ``descriptor`` for its fingerprint and, where ``copied`` tells
        its suffix and metadata, for the sealed copy that is kept."""
        try:
            sha256, size = (None, 0) if descriptor is None else fingerprint(descriptor)
            known = None
            if not self.dry_run:
                copy = None
                if copied is not None and descriptor is not None and sha256 is not None and size:
                    copy = self._refused_copy(source, sha256, size, descriptor, *copied)
                known = self.store.refuse(source, sha256, reason, message, team=team, copy=copy)
        except Exception as error:  # the database is away: the refusal will be found again at the next run
            return failed(source, error)
        return Outcome(source, "refused", message, known, reason)

    def _refused_copy(
        self, source: str, sha256: str, size: int, descriptor: int, suffix: str, metadata: Metadata
    ) -> Intake:
        name, sealed_key = self._seal(sha256, descriptor, hashlib.sha256())
        return Intake(sha256, size, source, suffix.lower().lstrip("."), metadata, name, sealed_key)

    def _take(self, source: str, suffix: str, metadata: Metadata, descriptor: int) -> Outcome:
        before = os.fstat(descriptor)
        sha256, size = fingerprint(descriptor)
        if self.dry_run:
            return Outcome(source, "would_take", "Would be taken in.")
        name, sealed_key = self._sealed(sha256, metadata.call_id, descriptor)
        after = os.fstat(descriptor)
        if name is None or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            return self._changed(source, name)
        reach("ingest.sealed")
        intake = Intake(sha256, size, source, suffix.lower().lstrip("."), metadata, name, sealed_key)
        added = self.store.add(intake)
        return Outcome(source, _what(added.what), SAYS[added.what], added.public_id)

    def _sealed(self, sha256: str, call_id: str | None, descriptor: int) -> tuple[str | None, bytes]:
        """Content path and wrapped key of the quarantine copy; "" where none is needed, None when the bytes changed."""
        if self.store.knows(sha256, call_id):
            return "", b""
        again = hashlib.sha256()
        name, sealed_key = self._seal(sha256, descriptor, again)
        if again.hexdigest() != sha256:
            self.store.vault.files.delete(name)
            return None, b""
        return name, sealed_key

    def _seal(self, sha256: str, descriptor: int, digest: hashlib._Hash) -> tuple[str, bytes]:
        """Content path and wrapped key of a new sealed copy; what was read goes into ``digest``."""
        vault = self.store.vault
        _, sealed_key = vault.keyring.new_key()
        stored = vault.seal(_blocks(descriptor, digest), sealed_key, quarantine(sha256))
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


def _what(word: str) -> What:
    known: dict[str, What] = {"new": "new", "known": "known", "new_metadata": "new_metadata"}
    return known[word]


def _blocks(descriptor: int, digest: hashlib._Hash) -> Iterator[bytes]:
    place = 0
    while block := os.pread(descriptor, BLOCK, place):
        digest.update(block)
        place += len(block)
        yield block
