"""Topics: what customers call about, what of it grew, themes nobody named yet, and how the calls of each topic go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from dash import html
from dash.development.base_component import Component

from dashboards import wording
from dashboards.charts import Bar, Cell, Table, bars, card, empty, prose, rows_of_columns
from dashboards.figures import TOPIC, FiguresDesk, Mean, Move, NewTheme, Topic, Wanted
from dashboards.pages._figures import behind, csv, figures_page, nothing, percent, share_interval

MOST = 12  # topics drawn; the table has all
MOST_BINS = 12  # upright bars of one topic
STEPS = (1, 7, 28, 91, 364)  # days of one bar
ABOUT = "Share of the calls in which each topic came up, with its 95 % Wilson interval. A call may have several topics."
GROWS = (
    "Topics whose share is clearly larger than in as many days before: the whole 95 % interval of the change (Newcombe) lies"
    " above nothing. Points are of a hundred calls."
)
THEMES = (
    "Groups of calls whose reasons are alike in meaning, named by their words, found each night in the last week of each team"
    " against the four weeks before. New: no earlier call had it. Growing: so many would be a rare chance at the earlier rate."
)
MOOD = (
    "Mean mood of the customer's words from −100 to 100, with its 95 % interval. Where two intervals overlap, nothing is"
    " known to differ."
)
TALK = "Mean time in which somebody speaks, with its 95 % interval; the length of the call stands in the table."


def draw(here: FiguresDesk, wanted: Wanted) -> list[Component]:
    now, before = here.sums(wanted), here.sums(wanted.before())
    if not now.calls:
        return nothing(wanted, "/overview/topics")
    moves = here.moves(now, before)
    if not moves:
        told = "None of these calls has a topic. Topics come from a file of reasons: the setting `topics`, or the shipped one."
        return [empty("No topic was found", told, "/overview", "To the overview"), _themes(here.themes(wanted), wanted)]
    there = [one for one in moves if one.calls]
    charts = [
        _volume(there, now.calls, moves, now.topics, wanted), _growing(moves, wanted, before.calls),
        _over_time(there, here.topic_days(wanted), wanted), _themes(here.themes(wanted), wanted),
        _moods(there, now.topics, wanted), _talk(there, now.topics, wanted),
    ]  # fmt: skip
    return [html.Div(charts, className="fg-grid")]


def _volume(
    there: Sequence[Move], calls: int, moves: Sequence[Move], topics: Mapping[str, Topic], wanted: Wanted
) -> Component:
    rows = [
        Bar(_name(one.topic), one.calls / calls, f"{one.calls:,} · {percent(one.calls / calls)}", _calls(one, wanted),
            *share_interval(one.calls, calls), about=_change(one))
        for one in there[:MOST]
    ]  # fmt: skip
    head = ("Topic", "Calls", "Share", "Before", "Change in points", "Mood", "Talk time", "Length")
    cells: list[list[Cell]] = [
        [(_name(one.topic), _calls(one, wanted)), f"{one.calls:,}", percent(one.calls / calls), f"{one.before:,}",
         _change(one, plain=True), *_means(topics.get(one.topic, Topic()))]
        for one in moves
    ]  # fmt: skip
    return card("What calls are about", ABOUT, bars(rows), Table(head, cells), csv(wanted, "topics"))


def _growing(moves: Sequence[Move], wanted: Wanted, before: int) -> Component:
    grown = sorted((one for one in moves if one.grows), key=lambda one: -(one.change or 0.0))
    head = ("Topic", "Change in points", "Low", "High")
    if not grown:
        told = (
            "No topic clearly grew."
            if before
            else "There are no calls in as many days before, so nothing can be compared."
        )
        return card("What grew", GROWS, html.P(told, className="muted"), Table(head, ()), csv(wanted, "topics"))
    most = max(one.high or 0.0 for one in grown)
    rows = [
        Bar(_name(one.topic), (one.change or 0) / most, f"+{100 * (one.change or 0):.1f} points", _calls(one, wanted),
            (one.low or 0) / most, (one.high or 0) / most, about=f"{one.before:,} → {one.calls:,} calls")
        for one in grown[:MOST]
    ]  # fmt: skip
    cells: list[list[Cell]] = [
        [
            (_name(one.topic), _calls(one, wanted)),
            *(f"{100 * (value or 0):.1f}" for value in (one.change, one.low, one.high)),
        ]
        for one in grown
    ]
    return card("What grew", GROWS, bars(rows), Table(head, cells), csv(wanted, "topics"))


def _over_time(there: Sequence[Move], days: Mapping[str, Mapping[date, int]], wanted: Wanted) -> Component:
    bins = bins_of(wanted)
    counted = {one.topic: [within(days.get(one.topic, {}), span) for span in bins] for one in there}
    most = max((n for counts in counted.values() for n in counts), default=1) or 1
    step = (bins[-1][1] - bins[-1][0]).days + 1
    unit = {1: "one day", 7: "one week", 28: "four weeks"}.get(step, f"{step} days")
    rows = [
        (_name(one.topic), _calls(one, wanted), [
            Bar(span_name(span), n / most, f"{n:,} calls", wanted.address(
                "/figures/calls", kind="finding", name=TOPIC + one.topic, since=span[0].isoformat(), until=span[1].isoformat()))
            for span, n in zip(bins, counted[one.topic], strict=True)
        ], f"{one.calls:,}")
        for one in there[:MOST // 2]
    ]  # fmt: skip
    cells: list[list[Cell]] = [[_name(one.topic), *(f"{n:,}" for n in counted[one.topic])] for one in there]
    about = f"Calls of the most frequent topics; each bar is {unit}, the highest stands for {most:,}. A click shows its calls."
    table = Table(("Topic", *(span_name(span) for span in bins)), cells)
    return card("Over time", about, rows_of_columns(rows), table, csv(wanted, "topic_days"))


def bins_of(wanted: Wanted) -> list[tuple[date, date]]:
    """The wanted days in at most MOST_BINS parts of equal length, the first one shorter where they do not come out even."""
    step = next((step for step in STEPS if wanted.days <= step * MOST_BINS), STEPS[-1])
    ends = [wanted.until - timedelta(days=n) for n in range(0, wanted.days, step)]
    return [(max(wanted.since, end - timedelta(days=step - 1)), end) for end in reversed(ends)]


def within(days: Mapping[date, int], span: tuple[date, date]) -> int:
    """The sum over the days of a span, both ends included."""
    return sum(n for day, n in days.items() if span[0] <= day <= span[1])


def span_name(span: tuple[date, date]) -> str:
    """A span of days for people."""
    first, last = span
    return f"{first:%-d %b}" if first == last else f"{first:%-d %b} to {last:%-d %b}"


def _themes(themes: Sequence[NewTheme], wanted: Wanted) -> Component:
    head = ("Theme", "Team", "Week up to", "Calls", "Before", "")
    title = "What customers newly call about"
    if not themes:
        told = (
            "No theme is kept for these days. A worker looks each night at 03:30 where a team had eight calls in a week;"
            " `callsift topics new --since DAY` does it at once."
        )
        return card(title, THEMES, html.P(prose(told), className="muted"), Table(head, ()), csv(wanted, "themes"))
    shown = [one for one in themes if one.new or one.growing]
    cells: list[list[Cell]] = [
        [
            (one.name, _theme(one, wanted)),
            one.team,
            f"{one.last:%-d %b %Y}",
            f"{one.now:,}",
            f"{one.before:,}",
            _state(one),
        ]
        for one in themes
    ]
    if not shown:
        told = f"None of the {len(themes)} themes in these days is new or grew; the table has them all."
        return card(title, THEMES, html.P(told, className="muted"), Table(head, cells), csv(wanted, "themes"))
    most = max(one.now / max(1, one.calls_now) for one in shown)
    rows = [
        Bar(one.name, one.now / max(1, one.calls_now) / most, f"{one.now:,} calls, {one.before:,} before",
            _theme(one, wanted), about=f"{_state(one)} · {one.team}, week up to {one.last:%-d %b}")
        for one in shown[:MOST]
    ]  # fmt: skip
    return card(title, THEMES, bars(rows), Table(head, cells), csv(wanted, "themes"))


def _moods(there: Sequence[Move], topics: Mapping[str, Topic], wanted: Wanted) -> Component:
    known = [(one, topics[one.topic].mood) for one in there if one.topic in topics and topics[one.topic].mood.n]
    rows = [
        Bar(_name(one.topic), (mood.mean + 1) / 2, _figure(mood, lambda value: f"{100 * value:+.0f}".replace("-", "−")),
            _calls(one, wanted), *_ends(mood, lambda value: (value + 1) / 2), point=True)
        for one, mood in known[:MOST]
    ]  # fmt: skip
    cells: list[list[Cell]] = [[(_name(one.topic), _calls(one, wanted)), *_numbers(mood, 100)] for one, mood in known]
    chart = bars(rows) if rows else html.P("Nobody's mood is known in these calls.", className="muted")
    return card("Mood by topic", MOOD, chart, Table(("Topic", "Mood", "±", "Calls"), cells), csv(wanted, "topics"))


def _talk(there: Sequence[Move], topics: Mapping[str, Topic], wanted: Wanted) -> Component:
    known = [(one, topics[one.topic].talk) for one in there if one.topic in topics and topics[one.topic].talk.n]
    most = max((talk.mean + (talk.half or 0.0) for _one, talk in known), default=1.0) or 1.0
    rows = [
        Bar(_name(one.topic), talk.mean / most, _figure(talk, wording.length), _calls(one, wanted),
            *_ends(talk, lambda value: max(0.0, value) / most))
        for one, talk in known[:MOST]
    ]  # fmt: skip
    cells: list[list[Cell]] = [[(_name(one.topic), _calls(one, wanted)), *_numbers(talk, 1)] for one, talk in known]
    chart = bars(rows) if rows else html.P("How long people speak is not known in these calls.", className="muted")
    return card(
        "Talk time by topic", TALK, chart, Table(("Topic", "Seconds", "±", "Calls"), cells), csv(wanted, "topics")
    )


def _name(topic: str) -> str:
    return wording.plain(topic)


def _calls(one: Move, wanted: Wanted) -> str:
    return behind(wanted, "finding", TOPIC + one.topic)


def _theme(one: NewTheme, wanted: Wanted) -> str:
    """A theme's own week, whatever days are shown."""
    since = (one.last - timedelta(days=one.days - 1)).isoformat()
    return wanted.address("/figures/calls", kind="theme", name=one.id, since=since, until=one.last.isoformat())


def _state(one: NewTheme) -> str:
    return "new" if one.new else "growing" if one.growing else "as before"


def _change(one: Move, *, plain: bool = False) -> str:
    """How a share in points with the interval; nothing where there is nothing to compare with."""
    if one.change is None or one.low is None or one.high is None:
        return ""
    low, high = 100 * one.low, 100 * one.high
    if plain:
        return f"{100 * one.change:+.1f} ({low:+.1f} to {high:+.1f})".replace("-", "−")
    if low <= 0 <= high:
        return ""
    return f"{'up' if one.change > 0 else 'down'} {abs(100 * one.change):.1f} points"


def _means(topic: Topic) -> list[str]:
    mood = f"{100 * topic.mood.mean:+.0f}".replace("-", "−") if topic.mood.n else ""
    return [mood, *(wording.length(mean.mean) if mean.n else "" for mean in (topic.talk, topic.length))]


def _figure(mean: Mean, say: Callable[[float], str]) -> str:
    half = "" if mean.half is None else f" ± {say(mean.half).lstrip('+')}"
    return f"{say(mean.mean)}{half} · {mean.n:,}"


def _ends(mean: Mean, place: Callable[[float], float]) -> tuple[float | None, float | None]:
    if mean.half is None:
        return None, None
    return max(0.0, place(mean.mean - mean.half)), min(1.0, place(mean.mean + mean.half))


def _numbers(mean: Mean, scale: float) -> list[str]:
    half = "" if mean.half is None else f"{scale * mean.half:.1f}"
    return [f"{scale * mean.mean:.1f}".replace("-", "−"), half, f"{mean.n:,}"]


page = figures_page("/overview/topics", "Topics", draw, order=1, menu=False)
