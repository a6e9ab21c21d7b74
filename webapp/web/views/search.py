"""Search: what people type is sent in a form, kept under an id, and shown at an address that holds only the id."""

from __future__ import annotations

import re
from typing import Any, cast

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dashboards import wording
from dashboards.frame import Entry
from dashboards.here import desk, needs
from dashboards.search import (
    FACET_NAMES,
    ROUND,
    ROUND_SORTS,
    SHARES,
    FoundCall,
    Results,
    SearchDesk,
    Wrong,
    downwards,
    ordered,
)
from webapp.desk import SqlDesk

bp = Blueprint("search", __name__)
entry = Entry("/search", "Search", "calls:read", order=2)

SHOWN = 8  # values of a facet before the rest is folded away
ELSEWHERE = ("rule:", "topic.")  # findings that have a facet of their own
QUOTED = frozenset('()",:')


def search() -> SearchDesk:
    """The searches of whoever is signed in."""
    from webapp.desk.search import SqlSearchDesk  # with the query language: only where something is searched

    return SqlSearchDesk(cast(SqlDesk, desk()))


@bp.get("/search")
@needs("calls:read")
def show() -> ResponseReturnValue:
    """An empty search, with those kept."""
    return _page("")


@bp.post("/search")
@needs("calls:read")
def ask() -> ResponseReturnValue:
    """Keep what was typed and go to its address; what cannot be read comes back with the place marked."""
    query, add = request.form.get("q", ""), request.form.get("add", "")
    query = _narrowed(query.strip(), add) if add else query.strip()
    if not query:
        return redirect("/search", 303)
    wrong = search().check(query)
    if wrong is not None:
        return _page(query, wrong=_wrong(query, wrong)), 400
    return redirect(f"/search/{search().remember(query)}", 303)


@bp.get("/search/<search_id>")
@needs("calls:read")
def results(search_id: str) -> ResponseReturnValue:
    """One page of a search."""
    from pipeline.search.errors import QueryError

    sort, after = _order(), request.args.get("after")
    try:
        found = search().results(search_id, sort=sort, after=after)
    except QueryError as error:
        abort(400, error.message)
    if found is None:
        abort(404, "There is no such search, or it is not one of yours.")
    wrong = None if found.wrong is None else _wrong(found.search.query, found.wrong)
    return _page(found.search.query, found=_results(found, after), wrong=wrong)


@bp.post("/search/<search_id>/save")
@needs("calls:read")
def save(search_id: str) -> ResponseReturnValue:
    form = request.form
    if not form.get("name", "").strip() and search().results(search_id) is not None:
        abort(400, "Give the search a name under which you will find it again.")
    share = {name: form.get(name, "") for name in ("shared", "team", "sort")}
    kept = search().save(search_id, form.get("name", ""), **share)
    if kept is None:
        abort(404, "There is no such search, or that team is not one of yours.")
    flash("The search is kept and stands on the search page.", "good")
    return redirect(f"/search/{kept}", 303)


@bp.post("/search/<search_id>/forget")
@needs("calls:read")
def forget(search_id: str) -> ResponseReturnValue:
    if not search().forget(search_id):
        abort(404, "There is no such search, or it is not one of yours.")
    flash("The search is removed. The calls it found are untouched.", "good")
    return redirect("/search", 303)


def _order() -> str | None:
    """``sort``, an order; from the form of measures with ``way`` beside it, most or least first."""
    sort, way = request.args.get("sort"), request.args.get("way")
    return ordered(sort, down=way == "most") if sort and way else sort


def _page(query: str, *, found: dict[str, Any] | None = None, wrong: dict[str, Any] | None = None) -> str:
    saved, latest = search().searches()
    return render_template(
        "search.html", query=query, found=found, wrong=wrong, saved=saved, latest=latest, sorts=search().sorts(),
        shares=SHARES, teams=search().teams_to_share_with(), fields=search().fields(), may_judge=desk().may("signs:read"),
    )  # fmt: skip


def _narrowed(query: str, add: str) -> str:
    """``query`` and one more condition; parentheses keep an OR together."""
    name, _, value = add.partition(":")
    text = f'{name}:"{value}"' if " " in value or QUOTED & set(value) else f"{name}:{value}"
    return f"({query}) {text}" if " OR " in query else f"{query} {text}".strip()


def _wrong(query: str, wrong: Wrong) -> dict[str, Any]:
    """The query in three pieces, so that the page can point at the middle one."""
    end = min(wrong.at + wrong.length, len(query))
    return {"message": wrong.message, "at": wrong.at + 1, "before": query[: wrong.at],
            "here": query[wrong.at : end] or "␣", "after": query[end:]}  # fmt: skip


def _results(found: Results, after: str | None) -> dict[str, Any]:
    zone = desk().viewer().zone
    return {
        "id": found.search.id, "search": found.search, "total": found.total, "sort": found.sort, "after": found.after,
        "first": after is None, "about": found.about, "many": found.many, "among": found.among,
        "away": found.away, "instead": found.instead, "small": _small(found.search.query),
        "calls": [_call(one, zone) for one in found.calls], "hints": found.hints, "facets": _facets(found),
        "measures": [(f"measure.{name}", wording.measure(name, 0.0)[0]) for name in search().measures()],
        "by": found.sort.removeprefix(ROUND), "down": downwards(found.sort), "round": ROUND_SORTS,
        "turned": ordered(found.sort.removeprefix(ROUND), down=not downwards(found.sort)),
        "watch": bool(found.search.name) and desk().may("calls:read"),
    }  # fmt: skip


def _facets(found: Results) -> list[dict[str, Any]]:
    """Facets that narrow something down; what has a facet of its own is no kind of finding."""
    shown = []
    for name, counted in found.facets.items():
        values = [one for one in counted if name != "finding" or not one[0].startswith(ELSEWHERE)]
        if len(values) > 1 or (values and values[0][1] < (found.among or found.total)):
            shown.append({"name": FACET_NAMES[name], "field": name, "values": [_value(name, *one) for one in values]})
    return shown


def _small(query: str) -> list[str]:
    """Small words that were searched as words, although an operator may have been meant."""
    return [word for word in ("or", "and", "not") if word in re.sub(r'"[^"]*"', "", query).split()]


def _value(field: str, value: str, count: int) -> dict[str, Any]:
    said = {"finding": _found, "mark": _doubt, "redacted": _taken_out}
    return {"value": value, "label": said[field](value) if field in said else value, "count": count}


def _found(word: str) -> str:
    return wording.thing(word, {})


def _doubt(word: str) -> str:
    return wording.mark(word)[0]


def _taken_out(word: str) -> str:
    return wording.plain(word.lower())


def _call(one: FoundCall, zone: str) -> dict[str, Any]:
    row = one.row
    about = [row.queue, f"agent {row.agent}" if row.agent else "", wording.length(row.duration)]
    places = [
        {"start": f"{place.start:.1f}", "clock": wording.clock(place.start), "role": wording.role(place.role),
         "who": place.role, "pieces": place.pieces}
        for place in one.places
    ]  # fmt: skip
    at = wording.when(row.started_at, zone) if row.started_at else "day and time not told"
    named = (
        row.name if row.name and not row.id.startswith(row.name) else f"Call {row.id[:8]}, which came without a name"
    )
    return {"id": row.id, "name": named, "at": at, "best": f"{one.best.start:.1f}" if one.best else "",
            "score": wording.score(row.score) if row.judged else None,
            "about": " · ".join(part for part in about if part), "places": places,
            "reasons": [wording.sentence(one) for one in row.reasons[:2]]}  # fmt: skip
