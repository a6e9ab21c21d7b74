"""Watched folders: a recording is taken when it has stopped growing.

Decided from two looks at its size and time of change (and those of its sidecar), at least ``quiet`` seconds apart, by a
clock that is handed in. Nothing is remembered on disk: after a restart everything is looked at again, and the store says
what it already has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.ingest.folders import recordings_in
from pipeline.ingest.sidecars import TABLES, sidecar_of
from pipeline.ingest.transcripts import beside as transcripts_beside
from pipeline.records import Seconds

Signature = tuple[tuple[int, int, int], ...]  # size, time of change in ns and inode of recording, sidecar, table

QUIET: Seconds = 5.0


@dataclass(frozen=True, slots=True)
class Seen:
    """How a file looked, and since when it has looked so."""

    signature: Signature
    since: Seconds


@dataclass
class Watcher:
    """One watched folder. ``clock`` counts seconds and never goes back."""

    folder: Path
    clock: Callable[[], Seconds]
    quiet: Seconds = QUIET
    _seen: dict[Path, Seen] = field(default_factory=dict)
    _taken: dict[Path, Signature] = field(default_factory=dict)

    def look(self) -> list[Path]:
        """Recordings that have rested for ``quiet`` seconds and were not taken as they are now."""
        now = self.clock()
        present = {
            path: signature for path in recordings_in(self.folder) if (signature := _signature(path)) is not None
        }
        self._taken = {path: signature for path, signature in self._taken.items() if path in present}
        self._seen = {path: self._since(path, signature, now) for path, signature in present.items()}
        return [path for path, seen in self._seen.items() if self._is_ready(path, seen, now)]

    @property
    def unsettled(self) -> bool:
        """Whether the last look saw recordings that have not rested long enough."""
        return any(self._taken.get(path) != seen.signature for path, seen in self._seen.items())

    def took(self, path: Path) -> None:
        """The recording was taken in or refused as it was at the last look; it is offered again when it changes."""
        self._taken[path] = self._seen[path].signature

    def again(self, sources: Iterable[str]) -> None:
        """Offer these once more, because somebody asked for it."""
        wanted = set(sources)
        self._taken = {path: signature for path, signature in self._taken.items() if str(path) not in wanted}

    def _since(self, path: Path, signature: Signature, now: Seconds) -> Seen:
        before = self._seen.get(path)
        return before if before is not None and before.signature == signature else Seen(signature, now)

    def _is_ready(self, path: Path, seen: Seen, now: Seconds) -> bool:
        return self._taken.get(path) != seen.signature and now - seen.since >= self.quiet


def _signature(path: Path) -> Signature | None:
    """None when the recording is gone meanwhile."""
    sidecar = sidecar_of(path)
    beside = dict.fromkeys([*([sidecar] if sidecar else []), *transcripts_beside(path)])
    found = [_look(place) for place in (path, *beside, *(path.parent / name for name in TABLES))]
    return tuple(one for one in found if one is not None) if found[0] is not None else None


def _look(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino
