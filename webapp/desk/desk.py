"""The desk over SQL: everything a page may ask for, inside the scope of one person.

A desk lives for one request. It reads its person's roles once, when it is first asked something; every query carries
the scope as a condition, and a call that the search index names is checked again in SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement

from dashboards.desk import Audio, CallView, Peaks, QueueFilter, QueuePage, Refused, Team, Viewer, Work
from pipeline.protocols import SearchIndex
from pipeline.sealing.vault import listening
from pipeline.search.values import Days
from webapp.desk import asking, calls, queue, veil, working
from webapp.desk.names import names
from webapp.desk.scope import Scope, read_scope, team_rows
from webapp.store import SqlStore
from webapp.web.ports import User

HEAD = 16  # bytes that tell a media type


@dataclass(frozen=True, slots=True)
class SqlDesks:
    """Makes desks. ``next_run``: of the schedule; ``index`` searches words, where there is one; ``policy`` of redaction."""

    store: SqlStore
    next_run: Callable[[], datetime | None] = lambda: None
    index: SearchIndex | None = None
    policy: str = "default"

    def desk(self, user: User) -> SqlDesk:
        return SqlDesk(self, user)


@dataclass(frozen=True)
class SqlDesk:
    """The desk of one person for one request."""

    desks: SqlDesks
    user: User

    @property
    def store(self) -> SqlStore:
        return self.desks.store

    @cached_property
    def scope(self) -> Scope:
        with self.store.database.read() as session:
            return read_scope(session, self.store.org, self.user.id)

    def may(self, permission: str) -> bool:
        return self.scope.may(permission)

    def viewer(self) -> Viewer:
        roles = dict.fromkeys(member.role for member in self.scope.members)
        return Viewer(self.user.name, self.user.zone, tuple(roles))

    def teams(self) -> Sequence[Team]:
        with self.store.database.read() as session:
            return [Team(row.public_id, row.name) for row in team_rows(session, self.scope, "calls:upload")]

    def queue(
        self, wanted: QueueFilter, *, sort: str = "score", descending: bool = True, after: str | None = None,
        limit: int = 50,
    ) -> QueuePage:  # fmt: skip
        conditions = [self.scope.calls("calls:read"), *queue.filtered(wanted, ZoneInfo(self.user.zone))]
        with self.store.database.read() as session:
            if wanted.text.strip():
                conditions.append(self._matching(wanted.text.strip()))
            by = sort if veil.sortable(self.scope, sort) else veil.best_first(self.scope)
            return queue.page(session, self.scope, conditions, sort=by, descending=descending, after=after, limit=limit)

    def choices(self) -> Mapping[str, Sequence[str]]:
        with self.store.database.read() as session:
            return names(session, self.scope, "calls:read")

    def call(self, call_id: str) -> CallView | None:
        with self.store.database.write() as session:
            found = calls.find(session, self.scope, "calls:read", call_id)
            if found is None:
                return None
            if self.may("audit:read"):
                found = replace(found, looked=calls.looks(session, self.scope, call_id))
            calls.note(session, self.scope, calls.READ, call_id, self.store.clock())
        shown = calls.as_view(found, calls.open_result(self.store.vault, found), may_listen=self.may("calls:listen"))
        with self.store.database.read() as session:
            return veil.call(session, self.scope, found.team, shown)

    def peaks(self, call_id: str) -> Peaks | None:
        with self.store.database.read() as session:
            found = calls.find(session, self.scope, "calls:listen", call_id)
        if found is None or "peaks" not in found.files:
            return None
        from pipeline.audio.peaks import read_peaks  # with numpy: only where a waveform is drawn

        peaks = read_peaks(self.store.vault.files.read(found.files["peaks"]))
        return Peaks(peaks.rate, tuple(channel.tobytes() for channel in peaks.values))

    def audio(self, call_id: str) -> Audio | None:
        found = self._heard(call_id)
        if found is None or "listening" not in found.files:
            return None
        name, vault, about = found.files["listening"], self.store.vault, listening(call_id)

        def read(start: int, end: int) -> bytes:
            with vault.open(name, found.sealed_key, about) as reader:
                return reader.read(start, end)

        with vault.open(name, found.sealed_key, about) as reader:
            size, head = reader.size, reader.read(0, HEAD)
        return Audio(size, calls.containers(head), name[-32:], read)

    def refused(self, *, limit: int = 200) -> Sequence[Refused]:
        with self.store.database.read() as session:
            return working.read_refused(session, self.scope, limit)

    def retry(self, refused_id: str) -> bool:
        with self.store.database.write() as session:
            return working.retry(session, self.scope, refused_id, self.store.clock())

    def work(self) -> Work:
        with self.store.database.read() as session:
            return working.read_work(session, self.scope, self.desks.next_run())

    def _heard(self, call_id: str) -> calls.Found | None:
        """The call, once it is written down that this person hears it."""
        moment = self.store.clock()
        with self.store.database.read() as session:
            found = calls.find(session, self.scope, "calls:listen", call_id)
            if found is None or calls.noted(session, self.scope, calls.HEARD, call_id, moment):
                return found
        with self.store.database.write() as session:
            calls.note(session, self.scope, calls.HEARD, call_id, moment)
            return calls.find(session, self.scope, "calls:listen", call_id)

    def _matching(self, text: str) -> ColumnElement[bool]:
        """Calls in which it is said, by the index, and those named like it."""
        days = Days.of(ZoneInfo(self.user.zone), self.store.clock())
        with self.store.database.read() as session:
            return asking.matching(session, self.desks.index, self.scope, text, days)
