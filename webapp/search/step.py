"""One pass over the index: make it where it is gone, carry what is marked, add vectors. Safe at any time and from many sides."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.protocols import SearchIndex
from pipeline.search.errors import IndexUnavailable
from webapp.search.building import AlreadyBuilding, build
from webapp.search.draining import drain
from webapp.search.opening import index_of
from webapp.search.vectors import add_missing
from webapp.settings import Settings
from webapp.store import SqlStore

log = logging.getLogger(__name__)


def run_index(store: SqlStore, index: SearchIndex) -> int:
    """Everything that is due now; how many marks were carried. Raises IndexUnavailable while the index is away."""
    state = index.state()
    if not state.answers:
        raise IndexUnavailable(state.says)
    if not state.ready:
        log.warning("the search index is made anew: %s", state.says)
        try:
            build(store, index)
        except AlreadyBuilding:
            return 0
    return drain(store, index)


@dataclass
class Chore:
    """A pass as the scheduler calls it. An index that is away is told of once, when it goes and when it is back."""

    store: SqlStore
    opened: Callable[[], SearchIndex]
    _index: list[SearchIndex] = field(default_factory=list)
    _away: bool = False

    def __call__(self) -> None:
        if not self._index:
            self._index.append(self.opened())
        try:
            run_index(self.store, self._index[0])
        except IndexUnavailable as error:
            if not self._away:
                log.warning("search waits for its index, everything else goes on: %s", error)
            self._away = True
            return
        if self._away:
            log.warning("the search index is back")
        self._away = False

    def close(self) -> None:
        for index in self._index:
            index.close()


def chore(settings: Settings, store: SqlStore) -> Chore:
    """The index as the scheduler keeps it."""
    return Chore(store, lambda: index_of(settings))


def index_once(settings: Settings, store: SqlStore) -> None:
    """Vectors and one pass, for a process that ends afterwards."""
    vectors_chore(store)()
    kept = chore(settings, store)
    try:
        kept()
    finally:
        kept.close()


def vectors_chore(store: SqlStore) -> Callable[[], None]:
    """Vectors of calls that have none yet, where the sentence model is installed."""

    def run() -> None:
        from pipeline.search.meaning import open_call_meaning  # torch: only where calls are processed

        meaning = open_call_meaning()
        if meaning is not None:
            add_missing(store, meaning)

    return run
