"""One pass over the notices, as the scheduler makes it: watched searches, then mails. Safe at any time, from many sides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import exists, select

from pipeline.protocols import SearchIndex
from webapp.notices.mailing import KEPT, forget_old, write_due
from webapp.notices.watching import look
from webapp.search.opening import index_of
from webapp.settings import Settings
from webapp.store import SqlStore
from webapp.tables import NoticeRow, SearchWatch

SLACK = timedelta(days=1)  # old notices are looked for once so many are due


def write_mails(settings: Settings, store: SqlStore) -> int:
    """Write the mails that are due, forget notices of long ago; how many mails."""
    moment = store.clock()
    with store.database.read() as session:  # nearly every pass finds nothing: no reason to ask for the right to write
        waits = session.scalar(select(exists().where(NoticeRow.org_id == store.org, NoticeRow.mailed_at.is_(None))))
        old = session.scalar(
            select(exists().where(NoticeRow.org_id == store.org, NoticeRow.at < moment - KEPT - SLACK))
        )
    if not waits and not old:
        return 0
    with store.database.write() as session:
        if old:
            forget_old(session, store.org, moment)
        return write_due(session, store.org, settings, moment)


@dataclass
class Chore:
    """A pass; the index is opened with the first watched search."""

    settings: Settings
    store: SqlStore
    _index: list[SearchIndex] = field(default_factory=list)

    def __call__(self) -> None:
        if self._watched():
            if not self._index:
                self._index.append(index_of(self.settings))
            look(self.store, self._index[0])
        write_mails(self.settings, self.store)

    def close(self) -> None:
        for index in self._index:
            index.close()

    def _watched(self) -> bool:
        with self.store.database.read() as session:
            return bool(session.scalar(select(exists().where(SearchWatch.org_id == self.store.org))))


def chore(settings: Settings, store: SqlStore) -> Callable[[], None]:
    """A pass as the scheduler calls it."""
    return Chore(settings, store)
