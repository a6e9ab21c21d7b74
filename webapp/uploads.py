"""Recordings handed in through the browser, on their way into the store.

The confined children start with the first upload and stay: a page must not wait a second for each recording.
"""

from __future__ import annotations

import threading
from typing import IO, TYPE_CHECKING

from webapp.settings import Settings
from webapp.store import SqlStore
from webapp.web.ports import Taken

if TYPE_CHECKING:
    from pipeline.ingest import Ingest

LARGEST_SIDECAR, LARGEST_TRANSCRIPT = 1 << 20, 16 << 20
WAITS = {"new": "It waits to be heard."}


class Uploads:
    """The way in for uploads; requests may use it side by side."""

    def __init__(self, settings: Settings, store: SqlStore) -> None:
        self._settings, self._store = settings, store
        self._door: Ingest | None = None
        self._opening = threading.Lock()

    def take(self, name: str, audio: IO[bytes], *, team: str, sidecar: tuple[str, IO[bytes]] | None = None) -> Taken:
        """Seal and remember one recording for the team of that name; see `webapp.web.ports.Intake`."""
        beside = None
        if sidecar is not None:
            beside = (sidecar[0], sidecar[1].read(LARGEST_TRANSCRIPT + 1))
            if len(beside[1]) > LARGEST_SIDECAR and not _may_be_transcript(beside[1]):
                return Taken("refused", f"{sidecar[0]} is larger than a sidecar can be ({LARGEST_SIDECAR >> 20} MB).")
        outcome = self._ingest().take_stream(name, audio, sidecar=beside, team=team)
        what = "refused" if outcome.what in ("failed", "changing") else outcome.what
        return Taken(what, WAITS.get(what, outcome.says), None if what == "refused" else outcome.id)

    def close(self) -> None:
        if self._door is not None:
            self._door.close()

    def _ingest(self) -> Ingest:
        with self._opening:
            if self._door is None:
                from pipeline.ingest import Ingest  # numpy and the decoder: only where something is handed in

                self._door = Ingest(self._store, self._settings)
            return self._door


def _may_be_transcript(data: bytes) -> bool:
    """Only looked into where it is too large for a sidecar."""
    from pipeline.ingest.transcripts import is_transcript

    return len(data) <= LARGEST_TRANSCRIPT and is_transcript(data)
