"""Operations: how fast calls are heard, what waits and how long, what failed and why, and what the machine has left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from dash import html
from dash.development.base_component import Component

from dashboards import wording
from dashboards.charts import Bar, Cell, Table, axis, bars, card, columns, listing, tiles
from dashboards.figures import FiguresDesk, Wanted
from dashboards.operations import (
    Disk,
    Failed,
    OnItsWay,
    OperationsDesk,
    Parked,
    Speed,
    Undone,
    operations,
    stage_of,
)
from dashboards.pages._figures import figures_page

NEEDS = "operations:read"
LOW_DISK = 2 * 10**9
KINDS = {
    "index": "search index", "cases": "fraud cases", "figures": "figures of these pages", "mail": "mails", "unlink": "files to delete",
}  # fmt: skip
SPEED = "Audio minutes heard in a minute of work, by day; time in which several calls were worked on counts once."
FAILED = "Why calls were parked, are tried again, or recordings were refused, by the day it last happened."
COMING = "The running ones with their stage, then those that wait in the order they are taken; times left go by the last day's speed."
PARKED = "A parked call can be tried again while its sealed copy lasts; then the recording has to be taken in again."
RUNS = "What the schedule ran, newest first; only one machine runs each."
UNDONE = "What follows a commit and has not been done yet; what is old or tried often hangs."


def draw(_here: FiguresDesk, wanted: Wanted) -> list[Component]:
    here = operations()
    zone = here.zone()
    cards = [
        _speed(here.speeds(wanted), wanted), _failures(here.failed(wanted), wanted, zone),
        _coming(here.on_their_way(), wanted, zone), _parked(here.parked(), wanted, zone, here.now()),
    ]  # fmt: skip
    if here.everything():
        cards += [_undone(here.undone() or (), wanted, zone), _mails(here, wanted), _runs(here, wanted, zone)]
    return [tiles(_tiles(here, wanted)), html.Div(cards, className="fg-grid wide operations")]


def _tiles(here: OperationsDesk, wanted: Wanted) -> list[tuple[str, str, str, str]]:
    counts, speeds = here.counts(), here.speeds(wanted)
    audio, busy = sum(one.audio for one in speeds), sum(one.busy for one in speeds)
    kept, undone, disk = here.quarantine(), here.undone(), here.disk()
    gone = f"the first goes {wording.when(kept.next_goes, here.zone())}" if kept.next_goes else "nothing is kept"
    found = [
        ("Speed", f"{audio / busy:.1f} ×" if busy else "none", _work(audio, busy), ""),
        ("Waiting", f"{counts.get('waiting', 0):,}", _wait(counts, here.left()), "/work"),
        ("Parked", f"{counts.get('parked', 0):,}", "need somebody", "/trouble"),
        ("Sealed copies", f"{kept.copies:,}", f"{_bytes(kept.size)}, {gone}", ""),
    ]  # fmt: skip
    if undone is not None:
        index = next((one for one in undone if one.kind == "index"), None)
        lag = wording.length(max(0.0, (here.now() - index.oldest).total_seconds())) if index else "none"
        found.append(
            ("Search index behind", lag, f"{index.count:,} calls to carry" if index else "it holds every call", "")
        )
    return [*found, *([_disk(disk)] if disk else [])]


def _work(audio: float, busy: float) -> str:
    if not busy:
        return "nothing was heard in these days"
    return f"{wording.length(audio)} of audio in {wording.length(busy)} of work"


def _wait(counts: Mapping[str, int], left: float | None) -> str:
    running = f"{counts.get('running', 0):,} being heard"
    if not counts.get("waiting"):
        return f"{running}, nothing waits"
    return f"{running}, all done in about {wording.length(left)}" if left else f"{running}, time left not known yet"


def _disk(disk: Disk) -> tuple[str, str, str, str]:
    low = " · low, free some" if disk.free < LOW_DISK or disk.free < disk.total / 20 else ""
    database = f", database {_bytes(disk.database)}" if disk.database is not None else ""
    return "Disk free", _bytes(disk.free), f"of {_bytes(disk.total)}{database}{low}", ""


def _speed(speeds: Sequence[Speed], wanted: Wanted) -> Component:
    head = ("Day", "Calls", "Audio", "Work", "Audio minutes a minute")
    if not speeds:
        told = html.P(
            "No call was heard in these days. Widen them, or see whether a worker runs; the command callsift work is one.",
            className="muted",
        )
        return card("Speed", SPEED, told, Table(head, ()), csv(wanted, "speed"))
    most = max((one.rate or 0.0) for one in speeds) or 1.0
    shown = columns([
        Bar(f"{one.day:%-d %b}", (one.rate or 0.0) / most, f"{one.rate or 0:.1f} audio minutes a minute, {one.calls:,} calls",
            wanted.address("/overview", since=one.day.isoformat(), until=one.day.isoformat()))
        for one in speeds
    ])  # fmt: skip
    cells: list[list[Cell]] = [
        [
            f"{one.day:%-d %b %Y}",
            f"{one.calls:,}",
            wording.length(one.audio),
            wording.length(one.busy),
            f"{one.rate or 0:.1f}",
        ]
        for one in speeds
    ]
    ends = [speeds[0], speeds[-1]] if len(speeds) > 1 else speeds
    chart = html.Div([shown, axis([f"{one.day:%-d %b}" for one in ends])])
    about = f"{SPEED} Each bar is a day with work; the highest stands for {most:.1f}."
    return card("Speed", about, chart, Table(head, cells), csv(wanted, "speed"))


def _failures(failed: Sequence[Failed], wanted: Wanted, zone: str) -> Component:
    head = ("Reason", "What became of it", "Count", "Latest")
    if not failed:
        return card(
            "Failures",
            FAILED,
            html.P("Nothing failed in these days.", className="muted"),
            Table(head, ()),
            csv(wanted, "failures"),
        )
    most = max(one.count for one in failed)
    rows = [
        Bar(wording.plain(one.reason), one.count / most, f"{one.count:,} {one.what}", "" if one.what == "tried again" else "/trouble",
            tone="fail", about=f"latest {wording.when(one.latest, zone)}")
        for one in failed
    ]  # fmt: skip
    cells: list[list[Cell]] = [
        [wording.plain(one.reason), one.what, f"{one.count:,}", wording.when(one.latest, zone)] for one in failed
    ]
    return card("Failures", FAILED, bars(rows), Table(head, cells), csv(wanted, "failures"))


def _coming(jobs: Sequence[OnItsWay], wanted: Wanted, zone: str) -> Component:
    head = ("Call", "Work", "Where it stands", "Left", "Taken in", "Attempt")
    cells: list[list[Cell]] = [
        [one.name, one.kind, stage_of(one.stage) or "running" if one.state == "running" else f"place {one.place:,} in the queue",
         wording.length(one.left) if one.left is not None else "", wording.when(one.since, zone), f"{one.attempt}"]
        for one in jobs
    ]  # fmt: skip
    nothing = "Nothing waits. Calls come in from watched folders, by upload or with the command callsift ingest."
    return listing("On their way", COMING, Table(head, cells), nothing, csv(wanted, "queue"))


def _parked(parked: Sequence[Parked], wanted: Wanted, zone: str, now: datetime) -> Component:
    head = ("Call", "Team", "Reason", "Parked", "Attempts", "Sealed copy")
    cells: list[list[Cell]] = [
        [
            (one.name, "/trouble"),
            one.team,
            wording.plain(one.reason),
            wording.when(one.since, zone),
            f"{one.attempts}",
            _copy(one, now),
        ]
        for one in parked
    ]
    return listing("Parked calls", PARKED, Table(head, cells), "No call is parked.", csv(wanted, "parked"))


def _copy(one: Parked, now: datetime) -> str:
    if one.copy_until is None:
        return "gone"
    left = (one.copy_until - now).total_seconds()
    return f"lasts {wording.length(left)}" if left > 0 else "goes with the next sweep"


def _undone(undone: Sequence[Undone], wanted: Wanted, zone: str) -> Component:
    head = ("What", "Waiting", "Since", "Tries", "Last error")
    cells: list[list[Cell]] = [
        [KINDS.get(one.kind, one.kind), f"{one.count:,}", wording.when(one.oldest, zone), f"{one.tries}", one.error]
        for one in undone
    ]
    return listing("Outbox", UNDONE, Table(head, cells), "Nothing waits.", csv(wanted, "outbox"))


def _mails(here: OperationsDesk, wanted: Wanted) -> Component:
    mails = here.mails(wanted) or ()
    cells: list[list[Cell]] = [[one.state, f"{one.count:,}", one.said] for one in mails]
    about = "Mails written in these days. Filed: no mail server is set, they lie in the outbox folder."
    table = Table(("State", "Mails", "What the server said last"), cells)
    return listing("Mails", about, table, "No mail was written in these days.", csv(wanted, "mails"))


def _runs(here: OperationsDesk, wanted: Wanted, zone: str) -> Component:
    cells: list[list[Cell]] = []
    for run in here.runs(wanted) or ():
        took = wording.length((run.ended_at - run.started_at).total_seconds()) if run.ended_at else "runs now"
        result = f"failed: {run.error}" if run.error else run.summary or "done"
        cells.append([wording.plain(run.name), wording.when(run.started_at, zone), took, result])
    table = Table(("Run", "Started", "Took", "Result"), cells)
    return listing("Runs", RUNS, table, "The schedule did not run in these days.", csv(wanted, "runs"))


def _bytes(size: int) -> str:
    for unit, one in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size >= one:
            return f"{size / one:.1f} {unit}"
    return f"{size / 1e3:.0f} kB"


def csv(wanted: Wanted, what: str) -> str:
    return wanted.address(f"/figures/operations/{what}.csv")


def today(_here: FiguresDesk) -> date:
    return operations().today()


Rows = Callable[[OperationsDesk, Wanted], Sequence[Sequence[str | float | int]]]


def _rows(head: Sequence[str], read: Callable[[OperationsDesk, Wanted], Sequence[Sequence[str | float | int]]]) -> Rows:
    return lambda here, wanted: [head, *read(here, wanted)]


def _moment(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"


TABLES: Mapping[str, Rows] = {
    "speed": _rows(("day", "calls", "audio_seconds", "work_seconds"), lambda here, wanted: [
        (one.day.isoformat(), one.calls, round(one.audio, 1), round(one.busy, 1)) for one in here.speeds(wanted)]),
    "failures": _rows(("what", "reason", "count", "latest_utc"), lambda here, wanted: [
        (one.what, one.reason, one.count, _moment(one.latest)) for one in here.failed(wanted)]),
    "queue": _rows(("call", "work", "state", "stage", "place", "seconds_left", "taken_in_utc", "attempt"), lambda here, wanted: [
        (one.name, one.kind, one.state, one.stage, one.place, "" if one.left is None else round(one.left, 1),
         _moment(one.since), one.attempt) for one in here.on_their_way(limit=10_000)]),
    "parked": _rows(("call", "team", "reason", "parked_utc", "attempts", "copy_until_utc"), lambda here, wanted: [
        (one.name, one.team, one.reason, _moment(one.since), one.attempts, _moment(one.copy_until))
        for one in here.parked(limit=10_000)]),
    "outbox": _rows(("what", "waiting", "oldest_utc", "tries", "last_error"), lambda here, wanted: [
        (one.kind, one.count, _moment(one.oldest), one.tries, one.error) for one in here.undone() or ()]),
    "mails": _rows(("state", "mails", "said_last"), lambda here, wanted: [
        (one.state, one.count, one.said) for one in here.mails(wanted) or ()]),
    "runs": _rows(("run", "started_utc", "ended_utc", "summary", "error"), lambda here, wanted: [
        (run.name, _moment(run.started_at), _moment(run.ended_at), run.summary, run.error or "")
        for run in here.runs(wanted, limit=10_000) or ()]),
}  # fmt: skip

page = figures_page(
    "/overview/operations", "Operations", draw, order=1, menu=False, needs_=NEEDS, until=today, fields=("team",)
)
