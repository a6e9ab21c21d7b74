"""The scheduled intake: what has come to rest in the watched folders, and the contact logs.

Each folder is looked at twice with a pause between, so a run needs nothing from the run before; what this process took in
already is not read again unless it changed or somebody asked for another try.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Protocol

from pipeline.errors import BadMetadata
from pipeline.ingest.folders import refuse_truth
from pipeline.ingest.intake import Ingest, IngestSettings, Taken
from pipeline.ingest.taking import Outcome, SealedStore
from pipeline.ingest.watching import QUIET, Watcher
from pipeline.protocols import Retry
from pipeline.records import Seconds


class WatchSettings(IngestSettings, Protocol):
    """Also where to look."""

    @property
    def data(self) -> Path: ...
    @property
    def watch(self) -> tuple[Path, ...]: ...
    @property
    def contact_logs(self) -> tuple[Path, ...]: ...


class RetryStore(SealedStore, Protocol):
    """Also knows which refused recordings somebody wants tried again."""

    def retries(self) -> list[Retry]: ...


def ingest_watched(
    settings: WatchSettings, store: RetryStore, *, pause: Callable[[Seconds], None] = time.sleep
) -> Taken:
    """One run over all watched folders and contact logs of the settings. ``pause`` waits between the two looks."""
    taken = Taken()
    watchers = [_watcher(folder, settings.data) for folder in settings.watch]
    wanted = store.retries()
    for watcher in watchers:
        watcher.again([retry.source for retry in wanted])
    with Ingest(store, settings) as door:
        taken.outcomes += [door.take_again(retry.copy) for retry in wanted if retry.copy is not None]
        for log in settings.contact_logs:
            door.take_contacts(log, taken)
        unsettled = [_look(watcher) and watcher.unsettled for watcher in watchers]  # all of them look
        if any(unsettled):
            pause(QUIET)
        for watcher in watchers:
            take_rested(watcher, door, taken)
    return taken


def take_rested(watcher: Watcher, door: Ingest, taken: Taken) -> list[Outcome]:
    """Take in what has come to rest in one folder; a folder that cannot be read is a problem, not an end."""
    describer, outcomes = door.describer(), []
    try:
        ready = watcher.look()
    except BadMetadata as error:
        taken.problems.append(str(error))
        return []
    for path in ready:
        found = door.take_each(path, describer)
        outcomes += found
        if not any(outcome.what in ("changing", "failed") for outcome in found):
            watcher.took(path)
    taken.outcomes += outcomes
    return outcomes


def _look(watcher: Watcher) -> bool:
    try:
        watcher.look()
    except BadMetadata:
        return False  # said by the second look
    return True


@cache
def _watcher(folder: Path, data: Path) -> Watcher:
    """One for each folder and installation, for as long as this process lives."""
    refuse_truth(folder)
    return Watcher(folder, time.monotonic)
