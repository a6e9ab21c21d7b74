"""The queues: calls of this person's scope, the ones worth a person's time on top, each with its reasons.

The address holds which queue and its filters, so both can be kept and sent. Rows are read a block at a time by keyset: the
end of one block is remembered in the browser as the start of the next, so the hundredth block costs what the first does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import flask
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from dash_ag_grid import AgGrid

from dashboards import wording
from dashboards.desk import Desk, QueueFilter, Work
from dashboards.frame import Entry
from dashboards.here import desk, needs
from dashboards.moments import house_clock
from dashboards.page import Page
from dashboards.queues import (
    AGENT,
    INTEREST,
    PIECE,
    SAMPLE,
    SKIPS,
    BadQueue,
    Place,
    PlacePage,
    QueueKey,
    QueueName,
    Ranking,
    key_of,
    queues,
)

BLOCK = 100  # rows asked for at once
MOST_BLOCK = 500
COLUMNS = [
    {"colId": "rank", "field": "rank", "headerName": "#", "width": 52, "cellClass": "grid-rank"},
    {"colId": "score", "field": "score", "headerName": "Interest", "width": 124, "sortable": True, "sort": "desc",
     "sortingOrder": ["desc", "asc"], "cellRenderer": "QueueScore"},
    {"colId": "name", "field": "name", "headerName": "Call", "width": 158, "cellRenderer": "QueueName"},
    {"colId": "reasons", "field": "reasons", "headerName": "Why", "flex": 1, "minWidth": 260, "cellRenderer": "QueueReasons"},
    {"colId": "listen", "field": "listen", "headerName": "Listen from", "width": 112, "cellRenderer": "QueueListen"},
    {"colId": "started", "field": "day", "headerName": "Started", "width": 142, "sortable": True,
     "sortingOrder": ["desc", "asc"], "cellRenderer": "QueueStarted"},
    {"colId": "queue", "field": "queue", "headerName": "Queue and agent", "width": 150, "cellRenderer": "QueueWhere"},
    {"colId": "duration", "field": "duration", "headerName": "Length", "width": 88, "sortable": True,
     "sortingOrder": ["desc", "asc"]},
    {"colId": "card", "field": "name", "headerName": "Call", "flex": 1, "hide": True, "cellRenderer": "QueueCard"},
]  # fmt: skip
GRID_OPTIONS = {
    "rowModelType": "infinite",
    "cacheBlockSize": BLOCK,
    "maxConcurrentDatasourceRequests": 1,  # block n + 1 is asked for with the end of block n
    "suppressMovableColumns": True,
    "enableCellTextSelection": True,
    "suppressMultiSort": True,
    "rowSelection": {"mode": "multiRow", "checkboxes": True, "headerCheckbox": False, "enableClickSelection": False},
    "selectionColumnDef": {"headerName": "Chosen", "width": 44, "pinned": None, "resizable": False},
}
EVENTS = {"rowClicked": ["openCall(params)"], "cellKeyDown": ["openCallByKey(params)"],
          "selectionChanged": ["tellChosen(params)"]}  # fmt: skip
SORTS = ("started", "duration")  # columns to sort by besides the order of the queue


def layout() -> Component:
    grid = AgGrid(
        id="queue-grid", columnDefs=COLUMNS, defaultColDef={"sortable": False, "resizable": True, "suppressHeaderMenuButton": True},
        dashGridOptions=GRID_OPTIONS, rowModelType="infinite", getRowId="params.data.id", eventListeners=EVENTS,
        className="ag-theme-callsift", style={"height": "100%"},
    )  # fmt: skip
    table = html.Div([grid, html.Div(id="queue-empty")], id="queue-table")
    ends = dcc.Store(id="queue-ends", data={})
    return html.Div([ends, dcc.Store(id="queue-fresh"), table, html.Div(id="queue-status", role="status")], id="queue")


def wire(app: Dash) -> None:
    app.callback(
        Output("queue-grid", "getRowsResponse"),
        Output("queue-ends", "data"),
        Output("queue-status", "children"),
        Output("queue-empty", "children"),
        Input("queue-grid", "getRowsRequest"),
        State("page-url", "search"),
        State("queue-ends", "data"),
        prevent_initial_call=True,
    )(rows)
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("callsift", "refresh"),
        Output("queue-fresh", "data"),
        Input("page-url", "search"),
        prevent_initial_call=True,
    )


@needs("queues:work")
def rows(request: Mapping[str, Any] | None, search: str, ends: Mapping[str, Any]) -> tuple[Any, ...]:
    """One block of rows for the grid, where blocks end, the line below the grid, and what to say when it is empty."""
    if request is None:
        raise PreventUpdate
    here, key, done = queues(), key_of(search), wants_reviewed(search)
    sort, descending = order_of(request.get("sortModel") or [])
    start, limit = block_of(request)
    known = Ends.of(f"{search}|{sort}|{descending}", ends)
    zone = desk().viewer().zone

    def read(after: str | None, many: int) -> PlacePage:
        return here.page(key, sort=sort, descending=descending, after=after, limit=many, reviewed=done)

    try:
        known = known.walk_to(start, read)
        page = read(known.at[start], limit)
    except BadQueue as error:
        return {"rowData": [], "rowCount": 0}, known.as_data(), status(0, zone), nothing(str(error))
    shown = [row_of(place, start + n, zone) for n, place in enumerate(page.places, start=1)]
    ended = known.with_end(start + len(page.places), page.after)
    end = start + len(page.places) if page.after is None else None  # nobody counts a queue that has very many
    answer = {"rowData": shown, "rowCount": end if page.many else page.total}
    return answer, ended.as_data(), status(page.total, zone, many=page.many), empty(page.total, key, desk())


def block_of(request: Mapping[str, Any]) -> tuple[int, int]:
    """First row and number of rows the grid asks for."""
    start = max(0, int(request["startRow"]))
    return start, min(MOST_BLOCK, max(1, int(request["endRow"]) - start))


class Ends:
    """Where blocks end: row number to what the next block is asked for with. Belongs to one filter and order."""

    def __init__(self, key: str, at: Mapping[int, str | None]) -> None:
        self.key, self.at = key, dict(at)

    @classmethod
    def of(cls, key: str, data: Mapping[str, Any]) -> Ends:
        if data.get("key") != key:
            return cls(key, {0: None})
        return cls(key, {int(row): after for row, after in data["at"].items()})

    def walk_to(self, start: int, read: Any) -> Ends:
        """Read on from the nearest known end when a block further down is asked for (the scroll bar was dragged)."""
        row = max(end for end in self.at if end <= start)
        after, at = self.at[row], dict(self.at)
        while row < start:
            page = read(after, min(MOST_BLOCK, start - row))
            row, after = row + len(page.places), page.after
            if after is None:
                row = start  # the queue became shorter meanwhile
            at[row] = after
        return Ends(self.key, at)

    def with_end(self, row: int, after: str | None) -> Ends:
        return Ends(self.key, self.at | ({row: after} if after else {}))

    def as_data(self) -> dict[str, Any]:
        return {"key": self.key, "at": {str(row): after for row, after in self.at.items()}}


def wants_reviewed(search: str) -> bool:
    """Whether an address asks for calls that are done with, too."""
    return "done=1" in (search or "").removeprefix("?").split("&")


def order_of(model: list[Mapping[str, str]]) -> tuple[str, bool]:
    """What the grid is sorted by (empty: the order of the queue), and whether the most comes first."""
    if not model or model[0].get("colId") not in ("score", *SORTS):
        return "", True
    column, down = model[0]["colId"], model[0].get("sort") != "asc"
    return ("" if column == "score" and down else column), down


def row_of(place: Place, rank: int, zone: str) -> dict[str, Any]:
    """A row as the grid draws it: everything written out."""
    row = place.row
    return {
        "id": row.id,
        "rank": rank,
        "score": wording.score(row.score),
        "name": row.name or row.id[:8],
        "marks": [wording.mark(mark) for mark in sorted(row.marks, key=wording.gravity)],
        "reasons": [wording.sentence(reason) for reason in row.reasons],
        "listen": wording.clock(row.listen_from),
        "from": row.listen_from,
        "day": wording.day(row.started_at, zone),
        "hour": wording.hour(row.started_at, zone),
        "there": house_clock(row.started_at, zone),
        "direction": wording.DIRECTIONS.get(row.direction or "", ""),
        "queue": row.queue or "",
        "agent": row.agent or "",
        "duration": wording.clock(row.duration),
        "drawn": by_draw(place),
        "chance": "" if place.chance is None else f"{100 * place.chance:.0f} % likely flagged",
        "states": states(place, zone),
    }


def states(place: Place, zone: str) -> list[tuple[str, str]]:
    """Who has the call, whether it is done, whether it was drawn: label and explanation of each."""
    until = f", until {wording.hour(place.until, zone)}" if place.until else ""
    holder = "yours" if place.mine else f"with {place.holder}"
    drawn = "" if place.at_random or not place.drawn else f"{_chance_of(place)} What rates are made from."
    told = [
        (holder, f"Held{until}; nobody else is given this call.") if place.holder else None,
        ("reviewed", "A review of this call was submitted.") if place.reviewed else None,
        ("random draw", drawn) if drawn else None,
    ]  # fmt: skip
    return [one for one in told if one is not None]


def by_draw(place: Place) -> str:
    """Why a call stands at a random place; empty where its rank put it there."""
    if not place.at_random or place.drawn is None:
        return ""
    return f"{_chance_of(place)} It stands here whatever its interest: only drawn calls tell how all calls are."


def _chance_of(place: Place) -> str:
    return f"Drawn at random, with a probability of {place.drawn:.1%}."


def status(total: int, zone: str, *, many: bool = False) -> list[Component]:
    calls = "1 call" if total == 1 else f"{'more than ' if many else ''}{total:,} calls"
    return [html.Span(calls), html.Span(f"Times in {wording.zone_name(zone, datetime.now(UTC))}")]


def empty(total: int, key: QueueKey, here: Desk) -> Component | None:
    """What to do when there is nothing to show."""
    if total:
        return None
    if key.wanted != QueueFilter():
        text = "No open call fits these filters. Widen the dates, or take the filters away."
        return _empty("No calls here", text, html.A("Show all calls", href="/queue", className="button main"))
    if key.base != INTEREST:
        return nothing("No open call is in this queue now. New calls come in as soon as they have been heard.")
    if here.may("calls:upload"):
        text = (
            "Recordings you hand in are heard, ranked and shown here with their reasons. It takes a few seconds a call."
        )
        return _empty("No calls yet", text, html.A("Upload recordings", href="/upload", className="button main"))
    return _empty(
        "No calls yet", "As soon as calls of your teams have been heard they stand here, most interesting first."
    )


def nothing(text: str) -> Component:
    """A queue that has no rows for a reason, and the way back."""
    return _empty("No calls here", text, html.A("Most interesting calls", href="/queue", className="button main"))


def bar() -> dict[str, Any]:
    """What the form above the queue offers and holds."""
    search = flask.request.query_string.decode()
    here, key, mine = desk(), key_of(search), queues()
    work = here.work() if here.may("work:read") else None
    names, ranking = mine.queues(), mine.ranking()
    mixed = here.may("queues:work") and not wants_reviewed(search)
    return {
        "choices": here.choices(), "wanted": key.wanted, "work": work, "strip": strip(work) if work else "",
        "key": key, "names": names, "about": about(names, key, here.choices()["agents"]), "ranked_by": ranked_by(ranking), "skips": SKIPS,
        "piece": PIECE,
        "mixed_in": mixed_in(ranking, key) if mixed and not any(one.plan and one.key == key.base for one in names) else "",
        "may_work": here.may("queues:work"), "teams": here.teams() if here.may("queues:share") else (),
        "reviewed": wants_reviewed(search), "search": f"?{search}" if search else "",
    }  # fmt: skip


def about(names: Sequence[QueueName], key: QueueKey, agents: Sequence[str]) -> str:
    """What the queue on screen is, in a sentence."""
    if key.base == AGENT and not key.wanted.agents:
        return "Choose an agent in the filters below."
    if key.base == AGENT and not set(key.wanted.agents) & set(agents):
        return f"No call of yours is by {', '.join(key.wanted.agents)[:80]}. Choose an agent in the filters below."
    return next((name.about for name in names if name.key == key.base), "")


def mixed_in(ranking: Ranking, key: QueueKey) -> str:
    """How many of the places are random ones, in the queues that have them."""
    if ranking.share <= 0 or key.base in (SAMPLE, AGENT):
        return ""
    return f"One place in {max(1, round(1 / ranking.share))} is a random draw."


def ranked_by(ranking: Ranking) -> tuple[str, str]:
    """What ranks, in short, and how far to trust it."""
    if ranking.version == 0:
        told = f"{ranking.reviews} of {ranking.needed} reviews are there to learn from"
        if ranking.reviews >= ranking.needed:
            told = f"{ranking.reviews} reviews are there to learn from: callsift rank train"
        return "Ranked by the weights of scoring", told
    trained = ranking.trained
    return (
        f"Ranked by what {trained.get('reviews')} reviews teach",
        f"chance that a reviewer flags the call; on unseen reviews AUC {trained.get('auc')}, chances off by "
        f"{100 * float(str(trained.get('error', 0))):.1f} points",
    )


def strip(work: Work) -> str:
    """What is on its way, in one line; empty when nothing is."""
    parts = [f"{work.running} being heard" if work.running else "", f"{work.waiting} waiting" if work.waiting else ""]
    return ", ".join(part for part in parts if part)


def _empty(title: str, text: str, *actions: Component) -> Component:
    return html.Div([html.H2(title), html.P(text), html.P(list(actions), className="actions")], className="empty")


page = Page(Entry("/queue", "Queue", "queues:work", order=0), layout, wire, "queue.html", bar)
