"""The queue: every call of this person's scope, the ones worth a person's time on top, each with its reasons.

The address holds the filters, so a filter can be kept and sent. Rows are read a block at a time by keyset: the end of
one block is remembered in the browser as the start of the next, so the hundredth block costs what the first does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs

import flask
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from dash_ag_grid import AgGrid

from dashboards import wording
from dashboards.desk import SORTS, Desk, QueueFilter, QueueRow, Work
from dashboards.frame import Entry
from dashboards.here import desk, needs
from dashboards.page import Page

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
}
EVENTS = {"rowClicked": ["openCall(params)"], "cellKeyDown": ["openCallByKey(params)"]}


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


@needs("calls:read")
def rows(request: Mapping[str, Any] | None, search: str, ends: Mapping[str, Any]) -> tuple[Any, ...]:
    """One block of rows for the grid, where blocks end, the line below the grid, and what to say when it is empty."""
    if request is None:
        raise PreventUpdate
    here, wanted = desk(), wanted_of(search)
    sort, descending = order_of(request.get("sortModel") or [])
    start, limit = block_of(request)
    known = Ends.of(f"{search}|{sort}|{descending}", ends)
    known = known.walk_to(
        start, lambda after, many: here.queue(wanted, sort=sort, descending=descending, after=after, limit=many)
    )
    page = here.queue(wanted, sort=sort, descending=descending, after=known.at[start], limit=limit)
    zone = here.viewer().zone
    shown = [row_of(row, start + n, zone) for n, row in enumerate(page.rows, start=1)]
    ended = known.with_end(start + len(page.rows), page.after)
    answer = {"rowData": shown, "rowCount": page.total}
    return answer, ended.as_data(), status(page.total, zone), empty(page.total, wanted, here)


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
            row, after = row + len(page.rows), page.after
            if after is None:
                row = start  # the queue became shorter meanwhile
            at[row] = after
        return Ends(self.key, at)

    def with_end(self, row: int, after: str | None) -> Ends:
        return Ends(self.key, self.at | ({row: after} if after else {}))

    def as_data(self) -> dict[str, Any]:
        return {"key": self.key, "at": {str(row): after for row, after in self.at.items()}}


def wanted_of(search: str) -> QueueFilter:
    """The filter an address asks for; what it does not understand is left out."""
    query = parse_qs((search or "").removeprefix("?"))
    return QueueFilter(
        since=_day(query.get("since")),
        until=_day(query.get("until")),
        queues=tuple(query.get("queue", ())),
        agents=tuple(query.get("agent", ())),
    )


def order_of(model: list[Mapping[str, str]]) -> tuple[str, bool]:
    """What the grid is sorted by, and whether the most comes first."""
    if not model or model[0].get("colId") not in SORTS:
        return "score", True
    return model[0]["colId"], model[0].get("sort") != "asc"


def row_of(row: QueueRow, rank: int, zone: str) -> dict[str, Any]:
    """A row as the grid draws it: everything written out."""
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
        "direction": wording.DIRECTIONS.get(row.direction or "", ""),
        "queue": row.queue or "",
        "agent": row.agent or "",
        "duration": wording.clock(row.duration),
    }


def status(total: int, zone: str) -> list[Component]:
    calls = "1 call" if total == 1 else f"{total:,} calls"
    return [html.Span(calls), html.Span(f"Times in {wording.zone_name(zone, datetime.now(UTC))}")]


def empty(total: int, wanted: QueueFilter, here: Desk) -> Component | None:
    """What to do when there is nothing to show."""
    if total:
        return None
    if wanted != QueueFilter():
        text = "No call fits these filters. Widen the dates, or take the filters away."
        return _empty("No calls here", text, html.A("Show all calls", href="/queue", className="button main"))
    if here.may("calls:upload"):
        text = (
            "Recordings you hand in are heard, ranked and shown here with their reasons. It takes a few seconds a call."
        )
        return _empty("No calls yet", text, html.A("Upload recordings", href="/upload", className="button main"))
    return _empty(
        "No calls yet", "As soon as calls of your teams have been heard they stand here, most interesting first."
    )


def bar() -> dict[str, Any]:
    """What the form above the queue offers and holds."""
    here, wanted = desk(), wanted_of(flask.request.query_string.decode())
    work = here.work() if here.may("work:read") else None
    return {"choices": here.choices(), "wanted": wanted, "work": work, "strip": strip(work) if work else ""}


def strip(work: Work) -> str:
    """What is on its way, in one line; empty when nothing is."""
    parts = [f"{work.running} being heard" if work.running else "", f"{work.waiting} waiting" if work.waiting else ""]
    return ", ".join(part for part in parts if part)


def _empty(title: str, text: str, *actions: Component) -> Component:
    return html.Div([html.H2(title), html.P(text), html.P(list(actions), className="actions")], className="empty")


def _day(values: list[str] | None) -> date | None:
    try:
        return date.fromisoformat(values[0]) if values else None
    except ValueError:
        return None


page = Page(Entry("/queue", "Queue", "calls:read", order=0), layout, wire, "queue.html", bar)
