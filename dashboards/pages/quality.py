"""Quality: how far people agree, with each other and with the machine, how much is reviewed, and what the draws tell of all calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from dash import html
from dash.development.base_component import Component

from dashboards.agreeing import read
from dashboards.calibration import AgreementView, Figure, QuestionFigures
from dashboards.charts import Bar, Cell, Table, bars, card, rows_of_columns, side_by_side, tiles
from dashboards.figures import FiguresDesk, Wanted
from dashboards.judging import Calibrated, Disputed, Drawn, JudgingDesk, Reviewer, judging
from dashboards.pages._figures import figures_page, percent, share_interval
from dashboards.pages.topics import bins_of, span_name, within
from dashboards.queues import RateView
from dashboards.wording import counted

MOST = 12
PEOPLE = (
    "Agreement beyond chance between people who answered the same question for the same call, from −1 to 1 with its 95 %"
    " interval (Cohen's or Fleiss' kappa, else Krippendorff's alpha); the middle of the scale is chance."
)
MACHINE = (
    "The same between people and the machine. It cannot agree better with people than they agree with each other. In first"
    " reviews people see what the machine says before they answer, which brings them nearer to it."
)
SESSIONS = "Share of pairs of scores within ten points in each closed session, with its 95 % Wilson interval. Same calls, same card, blind."
REVIEWERS = (
    "Reviews submitted by each person, by name; nobody is ranked. Calls differ in length and people in their work."
)
DRAWN = "Of the calls drawn at random in these days, how many somebody has reviewed. Rates of all calls rest on these alone."
DISPUTES = "What became of agents' disputes. A question whose disputes are often upheld is asked or judged wrongly."
PREVALENCE = (
    "Share of all calls that a reviewer would flag, from drawn calls alone, each weighted by one over its probability (Horvitz"
    " and Thompson), with its 95 % interval (Korn and Graubard). Over all draws; the days above do not narrow it."
)
NONE_YET = (
    "Nobody has answered this card twice for the same call in these days. Second reviews and calibration sessions do."
)
NO_MACHINE = "The machine left open what people answered in these days, or nobody submitted a review with this card."


def draw(_here: FiguresDesk, wanted: Wanted) -> list[Component]:
    here = judging()
    agreed, people = here.agreement(wanted), here.reviewers(wanted)
    drawn, disputes, sessions = here.drawn(wanted), here.disputes(wanted), here.calibrations(wanted)
    found = agreed.figures if agreed else ()
    left = [
        _agreement("Agreement among people", PEOPLE, found, lambda one: one.people, NONE_YET, wanted),
        _agreement("Agreement with the machine", MACHINE, found, lambda one: one.machine, NO_MACHINE, wanted),
    ]
    right = [
        _prevalence(here.prevalence(), wanted), _sessions(sessions, wanted),
        _reviewers(people, wanted), _disputes(disputes, wanted), _drawn(drawn, wanted),
    ]  # fmt: skip
    return [tiles(_tiles(agreed, people, drawn, disputes)), side_by_side(left, right)]


def _tiles(
    agreed: AgreementView | None, people: Sequence[Reviewer], drawn: Sequence[Drawn], disputes: Sequence[Disputed]
) -> list[tuple[str, str, str, str]]:
    reviews = sum(one.reviews for one in people)
    calls, heard = sum(one.drawn for one in drawn), sum(one.reviewed for one in drawn)
    upheld = sum(one.upheld for one in disputes)
    decided, waiting = upheld + sum(one.rejected for one in disputes), sum(one.open for one in disputes)
    near = percent(agreed.near) if agreed and agreed.near is not None else "none"
    pairs = (
        f"{agreed.pairs} pairs of scores within ten points" if agreed and agreed.pairs else "no call was scored twice"
    )
    of_drawn = f"{heard:,} of {calls:,} drawn calls" if calls else "nothing was drawn in these days"
    return [
        ("Reviews", f"{reviews:,}", f"by {len(people)} {'person' if len(people) == 1 else 'people'}", "/reviews"),
        ("Scores that agree", near, pairs, "/reviews/agreement"),
        ("Draws reviewed", percent(heard / calls) if calls else "none", of_drawn, "/queues/rates"),
        ("Disputes upheld", f"{upheld} of {decided}", f"{waiting} wait for a decision" if waiting else "none waits", "/disputes"),
    ]  # fmt: skip


def _agreement(
    title: str,
    about: str,
    found: Sequence[QuestionFigures],
    of: Callable[[QuestionFigures], Figure],
    nothing: str,
    wanted: Wanted,
) -> Component:
    head = ("Question", "Agreement", "Low", "High", "Calls", "Same answer", "Measure", "Reading")
    known = [one for one in found if of(one).units]
    rows = [_kappa(one.ask, of(one), wanted) for one in known]
    cells: list[list[Cell]] = [[one.ask, *_figure(of(one)), of(one).name, _reading(of(one))] for one in known]
    chart = bars(rows, scale=("−1", "0, chance", "1")) if rows else html.P(nothing, className="muted")
    return card(title, about, chart, Table(head, cells), csv(wanted, "agreement"))


def _kappa(ask: str, one: Figure, wanted: Wanted) -> Bar:
    """A coefficient on the scale from −1 to 1."""
    href = wanted.address("/figures/calls", kind="reviewed")
    how, calls = read(one), counted(one.units, "call")
    if one.value is None:
        return Bar(ask, 0.0, "cannot be told", href, about=f"{calls}, {how.says}")
    low, high = one.low, one.high
    interval = "" if low is None or high is None else f" ({low:.2f} to {high:.2f})"
    begin, end = (None, None) if low is None or high is None else ((low + 1) / 2, (high + 1) / 2)
    text = f"{one.value:.2f}{interval}".replace("-", "−")
    return Bar(ask, (one.value + 1) / 2, text, href, begin, end, how.tone, f"{calls}, {how.says}", point=True)


def _reading(one: Figure) -> str:
    how = read(one)
    return f"{how.says[:1].upper()}{how.says[1:]}. {how.why}".strip()


def _figure(one: Figure) -> list[str]:
    numbers = ["" if value is None else f"{value:.2f}".replace("-", "−") for value in (one.value, one.low, one.high)]
    return [*numbers, f"{one.units:,}", "" if one.same is None else percent(one.same)]


def _sessions(sessions: Sequence[Calibrated], wanted: Wanted) -> Component:
    head = (
        "Session",
        "Closed",
        "Scorecard",
        "People",
        "Calls",
        "Pairs",
        "Within ten points",
        "Mean distance",
        "Least agreement",
    )
    told = "No session was closed in these days. Open one with two people and three calls."
    rows = [
        Bar(one.title, one.near or 0.0, f"{percent(one.near or 0.0)} of {one.pairs} pairs", f"/calibration/{one.id}",
            *share_interval(round((one.near or 0.0) * one.pairs), one.pairs), about=f"closed {one.closed:%-d %b %Y}")
        for one in sessions if one.pairs
    ]  # fmt: skip
    cells: list[list[Cell]] = [
        [(one.title, f"/calibration/{one.id}"), f"{one.closed:%-d %b %Y}", one.card, f"{one.people}", f"{one.calls}", f"{one.pairs}",
         "" if one.near is None else percent(one.near), "" if one.mean_gap is None else f"{one.mean_gap:.1f}", _least(one.agreement)]
        for one in sessions
    ]  # fmt: skip
    chart = bars(rows) if rows else html.P([told + " ", html.A("Calibration", href="/calibration")], className="muted")
    return card("Calibration over time", SESSIONS, chart, Table(head, cells), csv(wanted, "calibrations"))


def _least(one: Figure | None) -> str:
    return "" if one is None or one.value is None else f"{one.value:.2f}".replace("-", "−")


def _reviewers(people: Sequence[Reviewer], wanted: Wanted) -> Component:
    bins = bins_of(wanted)
    done = {one.id: [within(one.days, span) for span in bins] for one in people}
    most = max((n for counts in done.values() for n in counts), default=1) or 1

    def calls(one: Reviewer, span: tuple[date, date] | None = None) -> str:
        days = {"since": span[0].isoformat(), "until": span[1].isoformat()} if span else {}
        return wanted.address("/figures/calls", kind="reviewed", name=one.id, **days)

    rows = [
        (one.name, calls(one), [Bar(span_name(span), n / most, f"{n} reviews", calls(one, span))
                                for span, n in zip(bins, done[one.id], strict=True)], f"{one.reviews:,}")
        for one in people
    ]  # fmt: skip
    cells: list[list[Cell]] = [
        [(one.name, calls(one)), f"{one.reviews:,}", *(f"{n}" for n in done[one.id])] for one in people
    ]
    table = Table(("Reviewer", "Reviews", *(span_name(span) for span in bins)), cells)
    told = html.P(["Nobody submitted a review in these days. ", html.A("Reviews", href="/reviews")], className="muted")
    return card("Reviews done", REVIEWERS, rows_of_columns(rows) if rows else told, table, csv(wanted, "reviewers"))


def _disputes(disputes: Sequence[Disputed], wanted: Wanted) -> Component:
    head = ("Question", "Upheld", "Rejected", "Open")
    decided = [one for one in disputes if one.upheld + one.rejected]
    rows = [
        Bar(one.ask, one.upheld / (one.upheld + one.rejected), f"{one.upheld} of {one.upheld + one.rejected} upheld",
            "/disputes?decided=1", *share_interval(one.upheld, one.upheld + one.rejected),
            about=f"{one.open} open" if one.open else "")
        for one in decided[:MOST]
    ]  # fmt: skip
    cells: list[list[Cell]] = [[one.ask, f"{one.upheld}", f"{one.rejected}", f"{one.open}"] for one in disputes]
    chart = bars(rows) if rows else html.P("No dispute was decided in these days.", className="muted")
    return card("Disputes", DISPUTES, chart, Table(head, cells), csv(wanted, "disputes"))


def _drawn(drawn: Sequence[Drawn], wanted: Wanted) -> Component:
    rows = [
        Bar(one.team, one.reviewed / one.drawn, f"{one.reviewed:,} of {one.drawn:,}", "/queue?list=sample")
        for one in drawn if one.drawn
    ]  # fmt: skip
    cells: list[list[Cell]] = [[one.team, f"{one.drawn:,}", f"{one.reviewed:,}"] for one in drawn]
    told = html.P(
        [
            "Nothing was drawn in these days. ",
            html.A("The random sample", href="/queue?list=sample"),
            " draws once a day.",
        ],
        className="muted",
    )
    table = Table(("Team", "Drawn", "Reviewed"), cells)
    return card("Random draws reviewed", DRAWN, bars(rows) if rows else told, table, csv(wanted, "drawn"))


def _prevalence(rates: Sequence[RateView], wanted: Wanted) -> Component:
    head = ("Calls of", "Flagged", "Low", "High", "Heard", "Drawn", "Calls")
    known = [one for one in rates if one.rate is not None]
    rows = [
        Bar(one.name, one.rate or 0.0, f"{percent(one.rate or 0.0)} · {one.heard} heard", "/queues/rates", one.low, one.high)
        for one in known[:MOST]
    ]  # fmt: skip
    cells: list[list[Cell]] = [
        [one.name, *("" if value is None else percent(value) for value in (one.rate, one.low, one.high)), f"{one.heard}",
         f"{one.drawn}", f"{one.frame:,}"]
        for one in rates
    ]  # fmt: skip
    told = html.P(
        [
            "Two drawn calls reviewed in their order give a first rate. ",
            html.A("The random sample", href="/queue?list=sample"),
        ],
        className="muted",
    )
    return card(
        "Weighted prevalence", PREVALENCE, bars(rows) if rows else told, Table(head, cells), csv(wanted, "prevalence")
    )


def csv(wanted: Wanted, what: str) -> str:
    return wanted.address(f"/figures/quality/{what}.csv")


def today(_here: FiguresDesk) -> date:
    return judging().today()


Row = Sequence[str | float | int]


def _agreement_rows(here: JudgingDesk, wanted: Wanted) -> list[Row]:
    head = "question", "ask", "between", "measure", "value", "low_95", "high_95", "calls", "same_answer"
    agreed = here.agreement(wanted)
    pairs = [
        (one, who, figure)
        for one in (agreed.figures if agreed else ())
        for who, figure in (("people", one.people), ("machine", one.machine))
    ]
    return [head, *(
        (one.question, one.ask, who, f.name, *(_number(value) for value in (f.value, f.low, f.high)), f.units, _number(f.same))
        for one, who, f in pairs
    )]  # fmt: skip


def _number(value: float | None) -> float | str:
    return "" if value is None else round(value, 4)


TABLES: Mapping[str, Callable[[JudgingDesk, Wanted], Sequence[Row]]] = {
    "agreement": _agreement_rows,
    "calibrations": lambda here, wanted: [
        ("session", "closed", "scorecard", "people", "calls", "pairs", "within_ten_points", "mean_distance", "least_agreement"),
        *((one.title, one.closed.isoformat(), one.card, one.people, one.calls, one.pairs, _number(one.near), _number(one.mean_gap),
           _number(one.agreement.value if one.agreement else None)) for one in here.calibrations(wanted))],
    "reviewers": lambda here, wanted: [
        ("reviewer", "day", "reviews"),
        *((one.name, day.isoformat(), n) for one in here.reviewers(wanted) for day, n in one.days.items())],
    "disputes": lambda here, wanted: [
        ("question", "ask", "upheld", "rejected", "open"),
        *((one.question, one.ask, one.upheld, one.rejected, one.open) for one in here.disputes(wanted))],
    "drawn": lambda here, wanted: [
        ("team", "drawn", "reviewed"), *((one.team, one.drawn, one.reviewed) for one in here.drawn(wanted))],
    "prevalence": lambda here, wanted: [
        ("calls_of", "flagged", "low_95", "high_95", "heard", "could_not_be_judged", "drawn", "calls"),
        *((one.name, _number(one.rate), _number(one.low), _number(one.high), one.heard, one.missing, one.drawn, one.frame)
          for one in here.prevalence())],
}  # fmt: skip

page = figures_page(
    "/overview/quality", "Quality", draw, order=1, menu=False, until=today, fields=("team", "queue", "agent", "card")
)
