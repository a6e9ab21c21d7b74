"""Overview: how much was heard, how interesting it was, why, and what changed against the days before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from dash import html
from dash.development.base_component import Component

from dashboards import wording
from dashboards.charts import Bar, Table, bars, card, columns, tiles
from dashboards.figures import TOPIC, Day, Figures, FiguresDesk, Wanted
from dashboards.pages._figures import behind, csv, figures_page, nothing, percent

MOST_DAYS = 93
MOST = 10  # reasons and themes shown
HEAD = ("What", "Calls", "Share")
# Kinds that have a place of their own, or that nearly every call has: its summary, what was named in it.
ELSEWHERE = (TOPIC, "rule:", "signal:", "case:", "summary.", "entity.", "key_phrases")
UNSURE = ("asr_unsure", "foreign_language")  # marks of calls whose words nobody should trust


def draw(here: FiguresDesk, wanted: Wanted) -> list[Component]:
    now, before = here.sums(wanted), here.sums(wanted.before())
    if not now.calls:
        return nothing(wanted, "/overview")
    charts = [_volume(here.days(wanted), wanted), _reasons(now, before, wanted), _topics(now, before, wanted),
              _themes(now, before, wanted)]  # fmt: skip
    return [tiles(_tiles(here, wanted, now, before)), html.Div(charts, className="fg-grid")]


def _tiles(here: FiguresDesk, wanted: Wanted, now: Figures, before: Figures) -> list[tuple[str, str, str, str]]:
    coverage = here.coverage()
    came, people = coverage.heard + coverage.waiting + coverage.parked, here.listened(wanted)
    unsure = sum(now.named.get("marks", {}).get(mark, 0) for mark in UNSURE)
    left = [f"{coverage.waiting} waiting" if coverage.waiting else "", f"{coverage.parked} parked" if coverage.parked else "",
            f"{coverage.refused} refused" if coverage.refused else ""]  # fmt: skip
    covered = f"of all calls taken in; {', '.join(filter(None, left)) or 'nothing waits'}"
    return [
        ("Calls heard", f"{now.calls:,}", change(now.calls, before.calls, "calls before"), behind(wanted, "all", "")),
        ("Audio", wording.length(now.seconds), f"{wording.length(now.seconds / now.calls)} a call", ""),
        ("Coverage", percent(coverage.heard / came) if came else "", covered, "/work"),
        ("Heard by a person", percent(people / now.calls), f"{people:,} of {now.calls:,} calls, {_share_before(here, wanted, before)}",
         behind(wanted, "heard", "")),
        ("Mean interest", f"{100 * now.interest.mean:.0f}", _interest(now, before), ""),
        ("Rules not met", f"{now.breaches:,}", change(now.breaches, before.breaches, "before"), wanted.address("/overview/compliance")),
        ("Words unsure", f"{unsure:,}", f"{percent(unsure / now.calls)} of the calls: nothing is judged from them", ""),
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
    most = max(day.calls for day in days)
    shown = columns([
        Bar(f"{day.day:%-d %b}", day.calls / most, f"{day.calls} calls, mean interest {100 * day.interest:.0f}",
            wanted.address("/figures/calls", since=day.day.isoformat(), until=day.day.isoformat(), kind="all"))
        for day in _without_gaps(days, wanted)
    ])  # fmt: skip
    cells = [(f"{d.day:%-d %b %Y}", f"{d.calls:,}", f"{100 * d.interest:.0f}") for d in days]
    about = f"Each bar is a day; the highest stands for {most:,}. A click shows the calls of that day."
    return card("Calls by day", about, shown, Table(("Day", "Calls", "Mean interest"), cells), csv(wanted, "days"))


def _without_gaps(days: Sequence[Day], wanted: Wanted) -> Sequence[Day]:
    """Every day of the period where they fit on a screen, else those with calls."""
    if wanted.days > MOST_DAYS:
        return days
    known = {day.day: day for day in days}
    every = (wanted.since + timedelta(days=n) for n in range(wanted.days))
    return [known.get(day, Day(day, 0, 0.0)) for day in every]


def _reasons(now: Figures, before: Figures, wanted: Wanted) -> Component:
    about = "In how many calls each thing raised the interest, and how that share changed against the same number of days before."
    return _ranking("Top reasons", about, "reason", now, before, wanted, now.named.get("reasons", {}))


def _topics(now: Figures, before: Figures, wanted: Wanted) -> Component:
    about = "In how many calls each topic came up; a call may have several, and the change is against the days before."
    found = {kind: n for kind, n in now.named.get("findings", {}).items() if kind.startswith(TOPIC)}
    return _ranking("What calls are about", about, "finding", now, before, wanted, found)


def _themes(now: Figures, before: Figures, wanted: Wanted) -> Component:
    """What was found in calls, by kind: moods, silence and the like."""
    found = {kind: n for kind, n in now.named.get("findings", {}).items() if not kind.startswith(ELSEWHERE)}
    about = "In how many calls each kind of finding stands, whether or not it raised the interest."
    return _ranking("What was found", about, "finding", now, before, wanted, found)


def _ranking(
    title: str, about: str, kind: str, now: Figures, before: Figures, wanted: Wanted, counts: Mapping[str, int]
) -> Component:
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    if not ranked:
        nothing_yet = html.P("Nothing of this kind in these days.", className="muted")
        return card(title, about, nothing_yet, Table(HEAD, ()), csv(wanted, f"{kind}s"))
    earlier = before.named.get(f"{kind}s", {})
    rows = [
        Bar(_name(name), n / now.calls, f"{n:,} · {percent(n / now.calls)}", behind(wanted, kind, name),
            about=_moved(n / now.calls, earlier.get(name, 0) / before.calls if before.calls else None))
        for name, n in ranked[:MOST]
    ]  # fmt: skip
    cells = [((_name(name), behind(wanted, kind, name)), f"{n:,}", percent(n / now.calls)) for name, n in ranked]
    table = Table(HEAD, cells)
    return card(title, about, bars(rows), table, csv(wanted, f"{kind}s"))


def _name(kind: str) -> str:
    return wording.plain(kind.removeprefix(TOPIC)) if kind.startswith(TOPIC) else wording.kind(kind)


def _moved(now: float, before: float | None) -> str:
    """A change of share in points, where there is something to compare with and it is worth a word."""
    if before is None or abs(now - before) < 0.005:
        return ""
    return f"{'up' if now > before else 'down'} {100 * abs(now - before):.1f} points"


page = figures_page("/overview", "Overview", draw, order=1, menu=True)
