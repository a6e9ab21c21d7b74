"""The Search page over the index and SQL: the index finds and ranks, SQL says again who may see what was found."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import select

from dashboards.desk import QueueRow, Team
from dashboards.search import (
    FACET_NAMES,
    MOST_NAME,
    ROUND,
    SEARCH_SORTS,
    AlikeCall,
    Asking,
    FoundCall,
    Mark,
    Place,
    Results,
    SavedSearch,
    Wrong,
    downwards,
)
from pipeline.search.alike import more_like
from pipeline.search.errors import IndexUnavailable, QueryError
from pipeline.search.fields import FIELDS, MEASURE
from pipeline.search.query import parse
from pipeline.search.records import MOST_SORTED_OUT, Found, Passage, Reach, Sort
from pipeline.search.resolving import Resolved, resolve
from pipeline.search.tree import Known, Node, said
from pipeline.search.values import Days
from pipeline.search.words import terms
from webapp.audit import write_audit
from webapp.desk import asking, queue, searches, veil
from webapp.desk.desk import SqlDesk
from webapp.desk.hints import hints, measures
from webapp.desk.scope import team_rows
from webapp.desk.typed import kept_name, kept_query
from webapp.search.building import latest
from webapp.search.vectors import vector_of
from webapp.store.outbox import INDEX
from webapp.tables import OutboxRow, Ranked

log = logging.getLogger(__name__)

PAGE, PLACES = 20, 3
RESTRICTING = frozenset({"role", "window"})  # kinds of fields that only say where words must stand
PLAIN_WORDS = 8
SEARCHED = "search.run"
UNTIL_THEN = "Below are calls whose name, queue or agent holds these words."


@dataclass(frozen=True)
class SqlSearchDesk:
    """A `SearchDesk` on top of the desk of one request."""

    desk: SqlDesk

    @property
    def days(self) -> Days:
        return Days.of(ZoneInfo(self.desk.user.zone), self.desk.store.clock())

    @cached_property
    def reach(self) -> Reach:
        with self.desk.store.database.read() as session:
            return asking.reach_of(session, self.desk.scope)

    def check(self, query: str) -> Wrong | None:
        try:
            tree = parse(query, self.days)
        except QueryError as error:
            return Wrong(error.message, error.at, error.length)
        return self._kept_from(query, tree)

    def sorts(self) -> Mapping[str, str]:
        return {by: label for by, label in SEARCH_SORTS.items() if veil.sortable(self.desk.scope, by)}

    def measures(self) -> Sequence[str]:
        return [name for name in measures(self.desk) if veil.sortable(self.desk.scope, MEASURE + name)]

    def fields(self) -> Sequence[Asking]:
        shown = (one for one in FIELDS.values() if one.help)
        may = (one for one in shown if one.kind in RESTRICTING or self._may_ask(Known(one.column, ())))
        return [Asking(one.name, one.help, one.example) for one in may]

    def remember(self, query: str) -> str:
        kept = kept_query(query, self.desk.desks.policy)
        with self.desk.store.database.write() as session:
            return searches.remember(session, self.desk.scope, kept, self.desk.store.clock())

    def results(self, search_id: str, *, sort: str | None = None, after: str | None = None) -> Results | None:
        """What is shown of calls stands in the trail first, page by page: the words of each are read here."""
        scope, moment = self.desk.scope, self.desk.store.clock()
        with self.desk.store.database.write() as session:
            search = searches.use(session, scope, search_id, moment)
        if search is None:
            return None
        found = self._page(search, sort, after)
        with self.desk.store.database.write() as session:
            told = " ".join(one.row.id for one in found.calls if one.places)
            write_audit(session, scope.org, SEARCHED, search_id, at=moment, by=scope.user, detail=told)
        return found

    def searches(self) -> tuple[Sequence[SavedSearch], Sequence[SavedSearch]]:
        with self.desk.store.database.read() as session:
            return searches.saved(session, self.desk.scope), searches.latest(session, self.desk.scope)

    def save(self, search_id: str, name: str, *, shared: str, team: str = "", sort: str = "") -> str | None:
        kept = kept_name(name, self.desk.desks.policy, MOST_NAME)
        with self.desk.store.database.write() as session:
            order = sort if self._sortable(sort) else ""
            moment = self.desk.store.clock()
            return searches.save(session, self.desk.scope, search_id, kept, (shared, team), order, moment)

    def forget(self, search_id: str) -> bool:
        with self.desk.store.database.write() as session:
            return searches.forget(session, self.desk.scope, search_id, self.desk.store.clock())

    def teams_to_share_with(self) -> Sequence[Team]:
        with self.desk.store.database.read() as session:
            return [Team(row.public_id, row.name) for row in team_rows(session, self.desk.scope, searches.SHARE)]

    def similar(self, call_id: str, *, limit: int = 5) -> Sequence[AlikeCall]:
        index = self.desk.desks.index
        if index is None:
            return ()
        with self.desk.store.database.read() as session:
            vector = vector_of(session, self.desk.store.org, call_id)
        try:
            found = more_like(index, call_id, vector, self.reach, limit=limit)
        except IndexUnavailable as error:
            log.warning("no calls like %s: %s", call_id, error)
            return ()
        rows = self._rows([one.call_id for one in found])
        return tuple(
            AlikeCall(rows[one.call_id], None if one.likeness is None else max(one.likeness, 0.0), one.words)
            for one in found
            if one.call_id in rows
        )

    def _page(self, search: SavedSearch, sort: str | None, after: str | None) -> Results:
        try:
            tree = parse(search.query, self.days)
        except QueryError as error:  # kept by an older version, or a day that has no midnight any more
            return Results(search, "score", wrong=Wrong(error.message, error.at, error.length))
        wrong = self._kept_from(search.query, tree)
        if wrong is not None:  # kept by who may ask it, or before a role was taken away
            return Results(search, "started", wrong=wrong)
        spoken = any(one.what is not None for one in said(tree, wanted_only=True))
        usual = "relevance" if spoken else veil.best_first(self.desk.scope)
        by = next((one for one in (sort, search.sort) if one and self._sortable(one)), usual)
        told = hints(self.desk, tree) if after is None else ()
        if sort and by != sort:
            told = (
                f"Calls cannot be had in the order “{sort[:80]}” here; this is “{self.sorts().get(by, by)}”.",
                *told,
            )
        index = self.desk.desks.index
        try:
            if index is None:
                raise IndexUnavailable("no index is set")
            reach = self._reach_for(tree)
            asked = resolve(tree, index, reach)
            order = Sort(by.removeprefix(ROUND), descending=downwards(by))
            facets = veil.facets(self.desk.scope, FACET_NAMES) if after is None else ()
            found = index.search(asked.tree, reach, sort=order, limit=PAGE, after=after, facets=facets, passages=PLACES)
        except IndexUnavailable as error:
            log.warning("a search is answered by name only: %s", error)
            return self._by_name(search)
        return replace(self._shown(search, by, found, asked, after), hints=told)

    def _sortable(self, by: str) -> bool:
        """Whether there is this order for this person, either way: one with a name, or any measure that calls have."""
        if by.startswith(ROUND) and (by := by.removeprefix(ROUND)) == "relevance":
            return False  # nobody asks for what fits worst
        return by in self.sorts() or (by.startswith(MEASURE) and by.removeprefix(MEASURE) in self.measures())

    def _shown(self, search: SavedSearch, by: str, found: Found, asked: Resolved, after: str | None) -> Results:
        rows = self._rows([hit.call_id for hit in found.hits])
        calls = tuple(
            FoundCall(rows[hit.call_id], tuple(map(_place, hit.passages))) for hit in found.hits if hit.call_id in rows
        )
        facets = {name: values for name, values in found.facets.items() if values}
        # The index counts by what it last heard of a call; SQL knows who may see it now. Where all hits are on the page the
        # count is that of the page, and while the index is still told of changes any other count is nearly right only.
        alone = after is None and found.after is None
        total, about = (len(calls), False) if alone else (found.total, self._index_waits())
        among = MOST_SORTED_OUT if total > MOST_SORTED_OUT else 0
        return Results(
            search, by, calls, total, found.after, facets, asked.instead, about=about, many=found.many, among=among
        )

    def _index_waits(self) -> bool:
        """Whether calls changed of which the index has not heard yet."""
        waits = OutboxRow.org_id == self.desk.store.org, OutboxRow.kind == INDEX, OutboxRow.done_at.is_(None)
        with self.desk.store.database.read() as session:
            return session.scalar(select(OutboxRow.id).where(*waits).limit(1)) is not None

    def _rows(self, call_ids: Sequence[str]) -> dict[str, QueueRow]:
        """What SQL lets this person see of the calls."""
        inside = self.desk.scope.calls("calls:read")
        with self.desk.store.database.read() as session:
            rows = session.scalars(select(Ranked).where(inside, Ranked.public_id.in_(call_ids)))
            return {row.public_id: queue.as_row(row, self.desk.scope) for row in rows}

    def _by_name(self, search: SavedSearch) -> Results:
        """Without the index: calls whose name, queue or agent holds every plain word of the query."""
        words = [term for word in search.query.split() if ":" not in word for term in terms(word)][:PLAIN_WORDS]
        conditions = [self.desk.scope.calls("calls:read"), *map(queue.named, words)]
        with self.desk.store.database.read() as session:
            by = veil.best_first(self.desk.scope)
            page = queue.page(session, self.desk.scope, conditions, sort=by, descending=True, after=None, limit=PAGE)
        return Results(search, by, tuple(map(FoundCall, page.rows)), page.total, away=self._why_away())

    def _may_ask(self, tree: Node) -> bool:
        return veil.asked_with(self.desk.scope, tree) == "calls:read" or self.desk.may(veil.SIGNS)

    def _kept_from(self, query: str, tree: Node) -> Wrong | None:
        """What to say to who asks for judgements that they may not know of any call."""
        name = None if self._may_ask(tree) else veil.telling(tree)
        if name is None:
            return None
        at = max(0, query.casefold().find(f"{name}:"))
        return Wrong(f"Your role does not search by “{name}”. Search for words, days, topics or lengths", at, len(name))

    def _reach_for(self, tree: Node) -> Reach:
        permission = veil.asked_with(self.desk.scope, tree)
        if permission == "calls:read":
            return self.reach
        with self.desk.store.database.read() as session:
            return asking.reach_of(session, self.desk.scope, permission)

    def _why_away(self) -> str:
        """What people are told while the index cannot be asked."""
        run = latest(self.desk.store)
        if run is not None and run.running:
            return f"The search index is being made: {run.done} of {run.total} calls. {UNTIL_THEN}"
        return f"The search index does not answer at the moment. {UNTIL_THEN}"


def _place(passage: Passage) -> Place:
    return Place(
        passage.role, passage.start, tuple(Mark(piece.text, piece.marked) for piece in passage.pieces), passage.met
    )
