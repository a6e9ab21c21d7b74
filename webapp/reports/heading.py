"""What stands at the head of a report: period, filter, moment, and how much lies in it, as label and text."""

from __future__ import annotations

from datetime import date

from pipeline.quality.rates import Rate
from pipeline.reporting.definitions import DISCLAIMER
from pipeline.reporting.records import Filter, Report
from webapp.teams import DEFAULT_ORG


def heading(report: Report) -> list[tuple[str, str]]:
    """Label and text, in the order they are read."""
    period = report.wanted.period
    before = period.before()
    return [
        ("Compliance report", whose(report)),
        ("Period", f"{span(period.first, period.last)}, {period.zone}"),
        ("Compared with", span(before.first, before.last)),
        ("As of", f"{moment(report)}"),
        *filter_words(report.wanted),
        ("Calls", f"{report.calls:,}"),
        ("Verdicts", f"{report.rows:,}"),
        ("Breaches", f"{report.breaches:,}"),
        ("Flagged by reviewers", drawn_words(report.drawn)),
        ("Please note", DISCLAIMER),
    ]


def drawn_words(rate: Rate | None) -> str:
    """How many of all calls reviewers flag, with what it is told from; never a rate of calls that were picked."""
    if rate is None:
        return "not told: fewer than two calls drawn at random were reviewed in their turn"
    return (
        f"{100 * rate.rate:.1f} % of calls (95 % interval {100 * rate.low:.1f} to {100 * rate.high:.1f} %), weighted, from "
        f"{rate.heard:,} heard of {rate.drawn:,} drawn at random out of {rate.frame:,}"
    )


def filter_words(wanted: Filter) -> list[tuple[str, str]]:
    """The filter in words, each part of it, so that nobody takes a part for the whole."""
    named = (("Packs", wanted.packs), ("Teams", wanted.teams), ("Agents", wanted.agents), ("Queues", wanted.queues),
             ("Jurisdictions", wanted.jurisdictions))  # fmt: skip
    unchecked = "included" if wanted.unchecked else "left out"
    return [
        *((label, ", ".join(names) or "all") for label, names in named),
        ("Rules with an unchecked source", unchecked),
    ]


def moment(report: Report) -> str:
    return f"{report.as_of:%Y-%m-%d %H:%M:%S} UTC"


def whose(report: Report) -> str:
    """Whose calls these are, in words: the teams, or the house where all of them are meant."""
    house = "" if report.org == DEFAULT_ORG else report.org
    teams = report.wanted.teams
    named = f"team {teams[0]}" if len(teams) == 1 else f"teams {', '.join(teams)}" if teams else "all teams"
    said = ", ".join(filter(None, (house, named)))
    return said[:1].upper() + said[1:]


def span(first: date, last: date) -> str:
    return f"{day(first)} to {day(last)}" if first != last else day(first)


def day(one: date) -> str:
    return f"{one.day} {one:%B %Y}"
