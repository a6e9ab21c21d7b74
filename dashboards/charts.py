"""Charts as plain page parts: bars that are links, with the table they draw beside them and the same figures as CSV.

No script draws them, so they follow the theme, work from the keyboard, can be read aloud, and cost no kilobytes. Every chart
is a card with a sentence that says what it shows; its figures open as a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

FIGURES = "0123456789+−±"  # a figure begins with one of these
Cell = str | tuple[str, str]  # a text, or a text and where it leads


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: ``share`` of the full length, what stands at its end, where it leads, and an interval as shares."""

    label: str
    share: float
    text: str
    href: str = ""
    low: float | None = None
    high: float | None = None
    tone: str = ""  # "", fail, pass or unsure: colour, never the only sign
    about: str = ""
    point: bool = False  # a mark at ``share`` instead of a bar: for a mean on a scale that does not begin at nothing


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of a chart."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def card(title: str, about: str, chart: Component, table: Table, csv: str) -> Component:
    """A chart with its table switch and CSV."""
    foot = _foot(title, table, csv)
    return html.Section([html.H2(title), html.P(about, className="muted small"), chart, foot], className="card fg-card")


def folded(title: str, sums: str, chart: Component, table: Table, csv: str, *, shown: bool = False) -> Component:
    """A chart that opens on a click; ``sums`` says beside its title what is in it."""
    head = html.Summary([html.H2(title), html.Span(sums, className="muted small")])
    body = html.Div([chart, _foot(title, table, csv)], className="fg-card")
    return html.Details([head, body], className="card fg-fold", open=shown)


def axis(labels: Sequence[str]) -> Component:
    """What the first, the last and some bars between stand for, under upright bars; they name themselves to who listens."""
    return html.Div(
        [html.Span(label) for label in labels], className="fg-axis muted small", **{"aria-hidden": "true"}  # type: ignore[arg-type]
    )  # fmt: skip


def links(rows: Sequence[tuple[str, str, str]]) -> Component:
    """Things without a figure of their own: name, what is said of it, and where it leads."""
    return html.Ul(
        [html.Li([html.A(name, href=href), html.Span(text, className="muted small")]) for name, text, href in rows],
        className="fg-links",
    )


def _foot(title: str, table: Table, csv: str) -> Component:
    shown = html.Details(
        [html.Summary("Show as table"), grid(table, title)], className="fg-table"
    )  # fmt: skip
    return html.Div([shown, _files(title, csv)], className="fg-foot")


def _files(title: str, csv: str) -> Component:
    """The CSV of a chart, and what that file is."""
    files = [
        html.A("CSV", href=csv, className="button small quiet", **{"aria-label": f"{title} as CSV"}),  # type: ignore[arg-type]
        html.A("SHA-256", href=csv.replace(".csv", ".json", 1), className="button small quiet",
               title="Filter, zone, versions, rows and SHA-256 of the CSV",
               **{"aria-label": f"{title}: filter, versions and SHA-256 of the CSV"}),  # type: ignore[arg-type]
    ]  # fmt: skip
    return html.Span(files, className="fg-files")


def listing(title: str, about: str, table: Table, nothing: str, csv: str) -> Component:
    """Rows that no chart would tell better, with their CSV; ``nothing`` is said where there are none."""
    shown = grid(table, title) if table.rows else html.P(nothing, className="muted")
    foot = html.Div([html.Span(), _files(title, csv)], className="fg-foot")
    return html.Section(
        [html.H2(title), html.P(about, className="muted small"), shown, foot], className="card fg-card fg-listing"
    )


def grid(table: Table, title: str) -> Component:
    """A plain table; columns that hold figures alone stand right-aligned."""
    numbers = [n > 0 and _numeric([row[n] for row in table.rows]) for n in range(len(table.head))]
    head = html.Tr([
        html.Th(name, scope="col", className="num" if number else "")
        for name, number in zip(table.head, numbers, strict=True)
    ])  # fmt: skip
    labels = ["", *table.head[1:]]
    body = [
        html.Tr([_cell(cell, label, number=number) for cell, label, number in zip(row, labels, numbers, strict=True)])
        for row in table.rows
    ]
    return html.Div(
        html.Table([html.Thead(head), html.Tbody(body)], className="list"),
        className="scroll", tabIndex=0, role="region", **{"aria-label": f"{title}, table"},  # type: ignore[arg-type]
    )  # fmt: skip


def bars(rows: Sequence[Bar], scale: Sequence[str] = ()) -> Component:
    """Horizontal bars, one line each; ``scale`` tells what the ends and the middle stand for, with a line at the middle."""
    shown = [html.Li(_bar(row)) for row in rows]
    if not scale:
        return html.Ul(shown, className="fg-bars")
    named = html.Span([html.Span(one) for one in scale], className="scale muted small")
    line = html.Li(html.Div([html.Span(), named, html.Span()], className="fg-bar"), **{"aria-hidden": "true"})  # type: ignore[arg-type]
    return html.Ul([line, *shown], className="fg-bars middled")


def side_by_side(left: Sequence[Component], right: Sequence[Component]) -> Component:
    """Two columns of cards, each as long as it is: no gap under a short card beside a long one."""
    return html.Div([html.Div(list(cards), className="fg-stack") for cards in (left, right)], className="fg-grid")


def columns(rows: Sequence[Bar]) -> Component:
    """Upright bars in the order given, such as days; each names itself to a screen reader and on hover."""
    return html.Ol(
        [
            html.Li(
                html.A(
                    html.Span(style={"height": f"{100 * row.share:.2f}%"}), href=row.href, title=f"{row.label}: {row.text}",
                    **{"aria-label": f"{row.label}: {row.text}"},  # type: ignore[arg-type]
                )
            )
            for row in rows
        ],
        className="fg-columns",
    )  # fmt: skip


def rows_of_columns(rows: Sequence[tuple[str, str, Sequence[Bar], str]]) -> Component:
    """Small upright bars for each of several things, on one scale: name, where it leads, its bars, what stands at the end."""
    return html.Ul(
        [
            html.Li(
                [
                    html.Span(html.A(name, href=href), className="name"),
                    columns(bars_),
                    html.Span(text, className="fg-value"),
                ]
            )
            for name, href, bars_, text in rows
        ],
        className="fg-many",
    )


def tiles(rows: Sequence[tuple[str, str, str, str]]) -> Component:
    """Single figures: label, figure, what it means, and where it leads ("" for nowhere)."""
    return html.Dl([_tile(*row) for row in rows], className="fg-tiles")


def prose(text: str) -> list[str | Component]:
    """A text whose `commands` and names of settings stand between backticks, with those as code."""
    return [html.Code(piece) if n % 2 else piece for n, piece in enumerate(text.split("`"))]


def empty(title: str, text: str, href: str, action: str) -> Component:
    """What to do where there is nothing to show; ``text`` as `prose`."""
    return html.Div(
        [
            html.H2(title),
            html.P(prose(text)),
            html.P(html.A(action, href=href, className="button main"), className="actions"),
        ],
        className="empty card",
    )


def _bar(row: Bar) -> Component:
    named = html.A(row.label, href=row.href) if row.href else html.Span(row.label)
    parts: list[Component] = [] if row.point or row.share <= 0 else [_length(row)]
    if row.low is not None and row.high is not None:
        low, high = 100 * row.low, 100 * min(1.0, row.high)
        parts.append(html.Span(style={"left": f"{low:.2f}%", "width": f"{high - low:.2f}%"}, className="range"))
    if row.point:
        parts.append(html.Span(style={"left": f"{100 * row.share:.2f}%"}, className=f"point {row.tone}".strip()))
    about = [html.Span(row.about, className="muted small")] if row.about else []
    return html.Div(
        [html.Span([named, *about], className="name"), html.Span(parts, className="track"), html.Span(row.text, className="fg-value")],
        className="fg-bar",
    )  # fmt: skip


def _length(row: Bar) -> Component:
    return html.Span(style={"width": f"{100 * min(1.0, row.share):.2f}%"}, className=f"fill {row.tone}".strip())


def _tile(label: str, figure: str, meaning: str, href: str) -> Component:
    shown = html.A(figure, href=href) if href else figure
    return html.Div([html.Dt(label), html.Dd([html.Strong(shown), html.Span(meaning, className="muted small")])])


def _numeric(cells: Sequence[Cell]) -> bool:
    """Whether a column holds nothing but figures (and what stands for one that cannot be told)."""
    texts = [cell if isinstance(cell, str) else cell[0] for cell in cells]
    return any(texts) and all(not text or text[0] in FIGURES or text == "too few" for text in texts)


def _cell(cell: Cell, label: str, *, number: bool) -> Component:
    """``label`` stands beside the cell where the table is as narrow as a phone."""
    shown = cell if isinstance(cell, str) else html.A(cell[0], href=cell[1])
    labelled = {"data-label": label} if label else {}
    return html.Td(shown, className="num" if number else "", **labelled)  # type: ignore[arg-type]
