"""From when on calls are a case, and what may link them: what the pack in force and the settings say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.cases import HUB, THRESHOLD
from pipeline.cases.records import PACK
from webapp.settings import Settings
from webapp.store import SqlStore
from webapp.store.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Limits:
    """``threshold`` of the risk, ``hub`` as `pipeline.cases.chains` takes it, ``voices``: whether voices link calls."""

    threshold: float = THRESHOLD
    hub: int = HUB
    voices: bool = False


def limits_of(settings: Settings, store: SqlStore) -> Limits:
    """What holds now; raises RuleError for a pack file that cannot be read."""
    book = Rulebook(store.database, store.org)
    version = book.newest()
    threshold = _in_folders(settings.packs) if version is None else _published(book, version)
    return Limits(threshold, settings.alert_hub, settings.voiceprints)


@lru_cache(maxsize=16)  # what was published never changes
def _published(book: Rulebook, version: int) -> float:
    from pipeline.cases.thresholds import threshold_of  # the whole rule language: only where a new version is met

    ruleset = book.ruleset(version)
    assert ruleset is not None  # a version that `newest` named
    return threshold_of(ruleset)


def _in_folders(own: Path | None) -> float:
    from pipeline.cases.thresholds import last_of

    return last_of(_said(file, file.stat().st_mtime_ns) for file in _pack_files(own))


def _pack_files(own: Path | None) -> Iterator[Path]:
    """The pack files of the fraud pack, the user's last. Its own needs no rule beside it."""
    from rules.language.files import PACK_FILE, SHIPPED

    places = [SHIPPED / PACK]
    if own is not None:
        places += [own / PACK, *([own] if own.name == PACK else [])]
    yield from (place / PACK_FILE for place in places if (place / PACK_FILE).is_file())


@lru_cache(maxsize=16)
def _said(file: Path, _changed: int) -> float | None:
    """The threshold in a pack file; None where it names none."""
    from rules.language.files import read_pack

    return read_pack(file.parent).about.threshold
