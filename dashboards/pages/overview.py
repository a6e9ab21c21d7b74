"""Overview: how much was heard, how interesting it was, why, and what changed against the days before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from dash import html
from dash.development.base_component import Component

from dashboards import wording
from dashboards.charts import Bar, Table, axis, bars, card, columns, side_by_side, tiles
from dashboards.figures import TOPIC, Day, Figures, FiguresDesk, Wanted, left_out, things, without_gaps
from dashboards.pages._figures import behind, csv, figures_page, nothing, percent

MOST = 10  # reasons and themes shown
HEAD = ("What", "Calls", "Share")


def draw(here: FiguresDesk, wanted: Wanted) -> list[Component]:
    now, before = here.sums(wanted), here.sums(wanted.before())
    if not now.calls:
        return nothing(wanted, "/overview")
    titles = {rule: one.title for rule, one in here.rules().items()}
    left = [_volume(here.days(wanted), wanted), _topics(now, before, wanted)]
    right = [_reasons(now, before, wanted, titles), _things(now, before, wanted)]
    return [tiles(_tiles(here, wanted, now, before)), side_by_side(left, right)]


def _tiles(here: FiguresDesk, wanted: Wanted, now: Figures, before: Figures) -> list[tuple[str, str, str, str]]:
    coverage = here.coverage()
    came, people = coverage.heard + coverage.waiting + coverage.parked, here.listened(wanted)
    marks = now.named.get("marks", {})
    unsure, foreign = marks.get("asr_unsure", 0), marks.get("foreign_language", 0)
    left = [f"{coverage.waiting} waiting" if coverage.waiting else "", f"{coverage.parked} parked" if coverage.parked else "",
            f"{coverage.refused} refused" if coverage.refused else "",
            f"{coverage.again} to be tried again" if coverage.again else ""]  # fmt: skip
    covered = f"of all calls taken in; {', '.join(filter(None, left)) or 'nothing waits'}"
    fewer = "; ".join(filter(None, (change(now.breaches, before.breaches, "before"), left_out(now, here.rules()))))
    return [
        ("Calls heard", f"{now.calls:,}", change(now.calls, before.calls, "calls before"), behind(wanted, "all", "")),
        ("Audio", wording.length(now.seconds), f"{wording.length(now.seconds / now.calls)} a call", behind(wanted, "all", "")),
        ("Coverage", percent(coverage.heard / came) if came else "", covered, "/work"),
        ("Heard by a person", percent(people / now.calls), f"{people:,} of {now.calls:,} calls, {_share_before(here, wanted, before)}",
         behind(wanted, "heard", "")),
        ("Mean interest", f"{100 * now.interest.mean:.0f}", _interest(now, before), behind(wanted, "all", "")),
        ("Rules not met", f"{now.breaches:,}", fewer, wanted.address("/overview/compliance")),
        ("Words unsure", f"{unsure:,}", f"{percent(unsure / now.calls)} of the calls: nothing is judged from them",
         behind(wanted, "mark", "asr_unsure")),
        *([("Other language?", f"{foreign:,}", f"{percent(foreign / now.calls)} of the calls: not what the recogniser knows",
            behind(wanted, "mark", "foreign_language"))] if foreign else []),
    ]  # fmt: skip


def change(now: float, before: float, what: str) -> str:
    """How a figure stands to the one before it, in words."""
    if not before:
        return f"none {what}" if what == "before" else f"no {what}"
    return f"{'+' if now >= before else '−'}{abs(now - before) / before:.0%} against {before:,.0f} {what}"


def _interest(now: Figures, before: Figures) -> str:
    """The half width of the interval, and what it was in the days before."""
    half = "" if now.interest.half is None else f"± {100 * now.interest.half:.1f}, of 100"
    earlier = f"{100 * before.interest.mean:.0f} before" if before.calls else ""
    return ", ".join(filter(None, (half, earlier)))


def _share_before(here: FiguresDesk, wanted: Wanted, before: Figures) -> str:
    return f"{percent(here.listened(wanted.before()) / before.calls)} before" if before.calls else "no calls before"


def _volume(days: Sequence[Day], wanted: Wanted) -> Component:
    most, every = max(day.calls for day in days), without_gaps(days, wanted)
    shown = columns([
        Bar(f"{day.day:%-d %b}", day.calls / most, _of_day(day),
            wanted.address("/figures/calls", since=day.day.isoformat(), until=day.day.isoformat(), kind="all"))
        for day in every
    ])  # fmt: skip
    cells = [(f"{d.day:%-d %b %Y}", f"{d.calls:,}", f"{100 * d.interest:.0f}" if d.calls else "") for d in every]
    chart = html.Div([shown, axis([f"{day.day:%-d %b}" for day in _ends(every)])])
    about = f"Each bar is a day; the highest stands for {most:,}. A click shows the calls of that day."
    return card("Calls by day", about, chart, Table(("Day", "Calls", "Mean interest"), cells), csv(wanted, "days"))


def _of_day(day: Day) -> str:
    calls = wording.counted(day.calls, "call")
    return f"{calls}, mean interest {100 * day.interest:.0f}" if day.calls else calls


def _ends(days: Sequence[Day]) -> Sequence[Day]:
    """The first day, the last one, and one in the middle where there is room."""
    return [days[0], days[len(days) // 2], days[-1]] if len(days) > 4 else days


def _reasons(now: Figures, before: Figures, wanted: Wanted, titles: Mapping[str, str]) -> Component:
    about = "In how many calls each thing raised the interest, and how that share changed against the same number of days before."
    return _ranking(
        "Top reasons", about, "reason", now, before, wanted, now.named.get("reasons", {}), "reasons", titles
    )


def _topics(now: Figures, before: Figures, wanted: Wanted) -> Component:
    about = "In how many calls each topic came up; a call may have several, and the change is against the days before."
    found = {kind: n for kind, n in now.named.get("findings", {}).items() if kind.startswith(TOPIC)}
    return _ranking("What calls are about", about, "finding", now, before, wanted, found, "topics")


def _things(now: Figures, before: Figures, wanted: Wanted) -> Component:
    """What was found in calls, by kind: moods, silence and the like."""
    about = "In how many calls each kind of finding stands, whether or not it raised the interest."
    return _ranking("What was found", about, "finding", now, before, wanted, things(now), "findings")


def _ranking(
    title: str, about: str, kind: str, now: Figures, before: Figures, wanted: Wanted, counts: Mapping[str, int], file: str,
    titles: Mapping[str, str] = MappingProxyType({}),
) -> Component:  # fmt: skip
    """The most frequent of ``counts`` with all of them as a table and in ``file``.csv; ``titles`` are those of rules."""
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    if not ranked:
        nothing_yet = html.P("Nothing of this kind in these days.", className="muted")
        return card(title, about, nothing_yet, Table(HEAD, ()), csv(wanted, file))
    earlier = before.named.get(f"{kind}s", {})
    rows = [
        Bar(wording.thing(name, titles), n / now.calls, f"{n:,} · {percent(n / now.calls)}", behind(wanted, kind, name),
            about=_moved(n / now.calls, earlier.get(name, 0) / before.calls if before.calls else None))
        for name, n in ranked[:MOST]
    ]  # fmt: skip
    cells = [
        ((wording.thing(name, titles), behind(wanted, kind, name)), f"{n:,}", percent(n / now.calls))
        for name, n in ranked
    ]
    table = Table(HEAD, cells)
    return card(title, about, bars(rows), table, csv(wanted, file))


def _moved(now: float, before: float | None) -> str:
    """A change of share in points, where there is something to compare with and it is worth a word."""
    if before is None or abs(now - before) < 0.005:
        return ""
    return f"{'up' if now > before else 'down'} {100 * abs(now - before):.1f} points"


page = figures_page("/overview", "Overview", draw, order=1, menu=True)
