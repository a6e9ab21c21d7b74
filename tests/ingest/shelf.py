"""A store in memory that keeps the promises of `pipeline.protocols.Store`, for tests of what comes before it."""

import itertools
from dataclasses import replace
from pathlib import Path

from pipeline.files import Files
from pipeline.protocols import Added, Intake, Job, Retry
from pipeline.records import Metadata
from pipeline.sealing.keyring import Keyring
from pipeline.sealing.vault import Vault, quarantine


class Shelf:
    """Calls by (bytes, recorder's id), refusals by (source, bytes), contacts as a set; files really sealed on disk."""

    def __init__(self, folder: Path) -> None:
        self.vault = Vault(Files(folder / "files"), Keyring(bytes(range(32))))
        self.calls: dict[str, Intake] = {}
        self.refusals: dict[tuple[str, str | None], tuple[str, str, str]] = {}
        self.contacts = set()
        self.wanted_again: list[str] = []
        self.kept: dict[str, tuple[str | None, Intake | None]] = {}  # whose trouble a refusal is, and its sealed copy
        self.broken: Exception | None = None
        self._ids = (f"call-{number}" for number in itertools.count(1))

    def add(self, intake: Intake) -> Added:
        if self.broken:
            raise self.broken
        for public_id, known in self.calls.items():
            if known.sha256 == intake.sha256 and known.metadata.call_id in (None, intake.metadata.call_id):
                if intake.quarantine and intake.quarantine != known.quarantine:
                    self.vault.files.delete(intake.quarantine)
                changed = known.metadata != intake.metadata
                self.calls[public_id] = replace(known, metadata=intake.metadata)
                return Added(public_id, "new_metadata" if changed else "known")
        public_id = next(self._ids)
        self.calls[public_id] = intake
        return Added(public_id, "new")

    def knows(self, sha256: str, call_id: str | None) -> bool:
        return any(c.sha256 == sha256 and c.metadata.call_id in (None, call_id) for c in self.calls.values())

    def refuse(
        self, source: str, sha256: str | None, reason: str, message: str, *, team: str | None = None,
        copy: Intake | None = None,
    ) -> str:  # fmt: skip
        if self.broken:
            raise self.broken
        self.kept[source] = (team, copy)
        known = self.refusals.get((source, sha256))
        public_id = known[0] if known else f"refusal-{len(self.refusals) + 1}"
        self.refusals[source, sha256] = (public_id, reason, message)
        return public_id

    def add_contacts(self, contacts, source: str) -> int:
        before = len(self.contacts)
        self.contacts.update(contacts)
        return len(self.contacts) - before

    def retries(self) -> list[Retry]:
        return [Retry(f"again-{number}", source) for number, source in enumerate(self.wanted_again)]

    # For tests to look at

    @property
    def reasons(self) -> dict[str, str]:
        """``{source: reason}`` of what was refused."""
        return {source: reason for (source, _), (_, reason, _) in self.refusals.items()}

    def only(self) -> Intake:
        [intake] = self.calls.values()
        return intake

    def metadata(self) -> Metadata:
        return self.only().metadata

    def bytes_of(self, intake: Intake) -> bytes:
        with self.vault.unseal(intake.quarantine, intake.sealed_key, quarantine(intake.sha256)) as plain:
            return plain.read()

    def claim(self, worker: str, *, limit: int, lease: float) -> list[Job]:
        raise NotImplementedError("nothing works on a shelf")
