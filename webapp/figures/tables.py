"""The figures of each chart as rows, the head first: what its CSV holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from dashboards import figures as f
from dashboards import wording
from dashboards.figures import LEAST, Figures, FiguresDesk, Group, Mean, Wanted, things, without_gaps

Row = Sequence[str | float | int]
Table = Callable[[FiguresDesk, Wanted], Iterator[Row]]


def days(here: FiguresDesk, wanted: Wanted) -> Iterator[Row]:
    yield "day", "calls", "mean_interest"
    for day in without_gaps(here.days(wanted), wanted):
        yield day.day.isoformat(), day.calls, round(day.interest, 4) if day.calls else ""


def named(of: Callable[[Figures], Mapping[str, int]]) -> Table:
    """In how many calls each thing stands, in words and by its code, and stood in as many days before."""

    def rows(here: FiguresDesk, wanted: Wanted) -> Iterator[Row]:
        found, before = here.sums(wanted), here.sums(wanted.before())
        titles = {rule: one.title for rule, one in here.rules().items()}
        yield "name", "code", "calls", "of_calls", "calls_before", "of_calls_before"
        earlier = of(before)
        for name, n in sorted(of(found).items(), key=lambda pair: (-pair[1], pair[0])):
            yield wording.thing(name, titles), name, n, found.calls, earlier.get(name, 0), before.calls

    return rows


def reasons(found: Figures) -> Mapping[str, int]:
    return found.named.get("reasons", {})


def rules(here: FiguresDesk, wanted: Wanted) -> Iterator[Row]:
    names = here.rules()
    yield "rule", "title", "pack", *(value.lower() for value in wording.VERDICTS), "not_met_low_95", "not_met_high_95"
    for rule, verdicts in sorted(here.sums(wanted).verdicts.items()):
        known = names.get(rule, f.RuleName(""))
        if wanted.pack and wanted.pack != (known.pack or f.NO_PACK):
            continue
        yield (
            rule,
            known.title,
            known.pack,
            *(verdicts.of(value) for value in wording.VERDICTS),
            *(verdicts.unmet or ("", "")),
        )


def groups(by: f.By) -> Table:
    def rows(here: FiguresDesk, wanted: Wanted) -> Iterator[Row]:
        yield by, "calls", "seconds", "mean_interest", "half_width_95", "no_mean_because", "rules_not_met"
        for group in here.groups(wanted, by):
            found = group.figures
            yield group.name, found.calls, round(found.seconds, 1), *_interest(group), found.breaches

    return rows


def _interest(group: Group) -> Row:
    """Mean and half width as the page has them: few calls give none, with the reason beside."""
    mean = group.figures.interest
    if group.figures.calls < LEAST or mean.half is None:
        return "", "", f"fewer than {LEAST} calls"
    return round(mean.mean, 4), _half(mean), ""


def topics(here: FiguresDesk, wanted: Wanted) -> Iterator[Row]:
    """Share of the calls, how it moved, and means with the half width of their 95 % intervals."""
    yield (
        "topic", "name", "calls", "of_calls", "calls_before", "of_calls_before", "change", "change_low_95", "change_high_95",
        "mood", "mood_half_95", "mood_calls", "talk_seconds", "talk_half_95", "talk_calls", "length_seconds", "length_half_95",
    )  # fmt: skip
    now, before = here.sums(wanted), here.sums(wanted.before())
    for one in here.moves(now, before):
        told = now.topics.get(one.topic, f.Topic())
        yield (
            one.topic, wording.plain(one.topic), one.calls, now.calls, one.before, before.calls,
            *map(_round, (one.change, one.low, one.high)),
            *_mean(told.mood), *_mean(told.talk), *_mean(told.length)[:2],
        )  # fmt: skip


def topic_days(here: FiguresDesk, wanted: Wanted) -> Iterator[Row]:
    yield "topic", "name", "day", "calls"
    for topic, by_day in sorted(here.topic_days(wanted).items()):
        for day, n in sorted(by_day.items()):
            yield topic, wording.plain(topic), day.isoformat(), n


def themes(here: FiguresDesk, wanted: Wanted) -> Iterator[Row]:
    yield "theme", "team", "last_day", "days", "state", "calls", "of_calls", "calls_before", "of_calls_before", "chance"
    for one in here.themes(wanted):
        state = "new" if one.new else "growing" if one.growing else "as before"
        yield (
            one.name, one.team, one.last.isoformat(), one.days, state, one.now, one.calls_now, one.before, one.calls_before,
            round(one.chance, 6),
        )  # fmt: skip


def _mean(mean: Mean) -> tuple[float | str, float | str, int]:
    return (round(mean.mean, 4) if mean.n else "", _half(mean), mean.n)


def _half(mean: Mean) -> float | str:
    return "" if mean.half is None else round(mean.half, 4)


def _round(value: float | None) -> float | str:
    return "" if value is None else round(value, 4)


TABLES: Mapping[str, Table] = {
    "days": days, "reasons": named(reasons), "findings": named(things), "rules": rules, "agents": groups("agent"),
    "teams": groups("team"), "topics": topics, "topic_days": topic_days, "themes": themes,
}  # fmt: skip
