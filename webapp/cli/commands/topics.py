"""`callsift topics`: learn call reasons from labelled calls, list them, and see what customers newly call about."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

if TYPE_CHECKING:
    from pipeline.topics.learning import Example
    from pipeline.topics.themes import Told
    from webapp.settings import Settings

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="What calls are about: train, list, new themes.", no_args_is_help=True)
    group.command("train")(train)
    group.command("list")(list_topics)
    group.command("new")(new)
    app.add_typer(group, name="topics")


def train(
    labels: Annotated[
        Path, typer.Argument(help="CSV with the columns label, and text or call (the id of a stored call).")
    ],
    out: Annotated[Path, typer.Option(help="The rule file to write.")] = Path("topics.yaml"),
    terms: Annotated[int, typer.Option(min=2, max=30, help="Most terms that are kept.")] = 30,
    words: Annotated[bool, typer.Option("--words", help="Words and phrases alone, no comparing of meaning.")] = False,
    rounds: Annotated[int, typer.Option(min=0, help="Draws of the learning curve; 0 prints none.")] = 5,
) -> None:
    """Learn topics from a few labelled calls and write them down as points that people can read and change.

    Several labels of one call are separated by ";". Use the file with CALLSIFT_TOPICS=FILE; measure with `callsift eval topics`.
    """
    from pipeline.topics.learning import learn  # numpy
    from pipeline.topics.rulefile import as_text
    from webapp.extras import require_hearing

    require_hearing()
    examples = _examples(labels)
    meaning = None if words else _meaning()
    learned = learn(examples, meaning, terms=terms).learned
    out.write_text(as_text(learned), encoding="utf-8")
    typer.echo(f"{len(examples)} labelled calls, {len(learned.start)} topics, {len(learned.terms)} terms: {out}")
    for topic in sorted(learned.start):
        best = sorted((t for t in learned.terms if t.points.get(topic, 0) > 0), key=lambda t: -t.points[topic])[:3]
        typer.echo(f"  {topic:<20} {', '.join(map(str, best)) or 'none of its own'}")
    _print_curve(examples, meaning, terms, rounds)


def _print_curve(examples: list[Example], meaning: Any, terms: int, rounds: int) -> None:
    """Macro-F1 by the number of labelled calls, on those that were not learned from."""
    from pipeline.topics.curve import draws, sizes_for
    from pipeline.topics.learning import learn

    sizes = sizes_for(examples)
    if not sizes or not rounds:
        return
    typer.echo(f"Learning curve: macro-F1 on the other calls, mean of {rounds} stratified draws (lowest to highest)")
    for size in sizes:
        made = list(draws(examples, meaning, size, rounds, lambda some, by: learn(some, by, terms=terms).learned))
        scores = [draw.score for draw in made]
        typer.echo(
            f"  {size:>4} labelled calls  {sum(scores) / rounds:.3f}  ({min(scores):.3f} to {max(scores):.3f})  "
            f"{len(examples) - size} tested, {sum(draw.answered for draw in made) / rounds:.0%} got a topic"
        )


def list_topics(as_json: Json = False) -> None:
    """The topics in force, from the setting `topics` or the shipped file."""
    from pipeline.topics.rulefile import Learned
    from pipeline.topics.taxonomy import SHIPPED, open_topics
    from webapp.cli.output import print_json
    from webapp.settings import load

    file = load().topics or SHIPPED
    known = open_topics(file)
    rows = (
        [{"name": name, "title": name, "terms": sum(name in t.points for t in known.terms)} for name in known.start]
        if isinstance(known, Learned)
        else [{"name": r.name, "title": r.title, "terms": len(r.phrases) + len(r.like)} for r in known.reasons.values()]
    )
    if as_json:
        print_json({"file": str(file), "topics": rows})
        return
    typer.echo(f"{file}")
    for row in rows:
        typer.echo(f"  {row['name']:<16} {row['title']} ({row['terms']} terms)")


def _meaning() -> Any:
    from pipeline.meaning import open_meaning

    return open_meaning()


def _examples(file: Path) -> list[Example]:
    from pipeline.topics.labels import read_labels

    rows = read_labels(file)
    if all(row.texts is not None for row in rows):
        return [row.example(row.texts or ()) for row in rows]
    said = _said_in([row.call for row in rows if row.texts is None])
    return [row.example(row.texts if row.texts is not None else said[row.call]) for row in rows]


def _said_in(calls: list[str]) -> dict[str, tuple[str, ...]]:
    """What customers said in stored calls; a call that is not there is an error that names it."""
    from pipeline.topics.labels import BadLabels
    from pipeline.topics.saying import by_customer, spoken
    from webapp.settings import load
    from webapp.store import open_store

    store = open_store(load())
    try:
        said = {}
        for call in calls:
            result = store.result(call)
            if result is None:
                raise BadLabels(f"There is no result of a call {call}. Name calls by the id in their address.")
            said[call] = tuple(spoken(turn) for turn in by_customer(result.call))
        return said
    finally:
        store.close()


def _midnight(day: str, zone: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(day), time(), ZoneInfo(zone))
    except ValueError as error:
        raise typer.BadParameter(f"{day!r} is not a day such as 2026-03-01") from error


def new(
    since: Annotated[str, typer.Option(help="Themes of calls from this day on (YYYY-MM-DD, in the setting `zone`).")],
    days: Annotated[int, typer.Option(min=1, help="Compared with so many days before.")] = 28,
    everything: Annotated[bool, typer.Option("--all", help="Show themes that did not grow, too.")] = False,
    as_json: Json = False,
) -> None:
    """What customers call about that they did not before: themes found in their words, new and growing ones first."""
    from dataclasses import asdict

    from pipeline.topics.themes import themes
    from webapp.cli.output import print_json
    from webapp.extras import require_hearing
    from webapp.settings import load

    require_hearing()
    settings = load()
    first = _midnight(since, settings.zone)
    told = _told(settings, first - timedelta(days=days))
    found = [theme for theme in themes(told, first, _meaning()) if everything or theme.new or theme.growing]
    now = sum(one.when >= first for one in told)
    if as_json:
        rows = [{**asdict(theme), "name": theme.name, "new": theme.new, "growing": theme.growing} for theme in found]
        print_json({"since": since, "calls": now, "calls_before": len(told) - now, "themes": rows})
        return
    typer.echo(f"{now} calls since {since}, {len(told) - now} in the {days} days before")
    for theme in found:
        what = "new" if theme.new else "growing" if theme.growing else "as before"
        typer.echo(
            f"  {what:<9} {theme.name}: {theme.now} calls ({theme.share_now:.1%}), before {theme.before} ({theme.share_before:.1%})"
        )
        typer.echo(f'            "{theme.quote[:100]}"  {" ".join(theme.calls)}')
    if not found:
        typer.echo("  No theme is new or grew. --all shows those that are as before.")


def _told(settings: Settings, first: datetime) -> list[Told]:
    """The reasons of stored calls from a moment on; calls whose words nobody can trust say nothing."""
    from pipeline.analyzers.topics import UNSURE
    from pipeline.topics.saying import by_customer, reason, spoken
    from pipeline.topics.themes import Told
    from webapp.cli.output import progress
    from webapp.store import open_store
    from webapp.store.rulebook import Rulebook

    store = open_store(settings)
    try:
        ids = Rulebook(store.database, store.org).calls(first, datetime.now(UTC))
        told = []
        with progress("topics new") as step:
            for done, call in enumerate(ids, 1):
                result = store.result(call)
                step(done, len(ids), "")
                if result is None or UNSURE & set(result.call.marks) or result.call.metadata.started_at is None:
                    continue
                texts = [spoken(turn) for turn in by_customer(result.call)]
                told.append(Told(call, result.call.metadata.started_at, reason(texts)))
        return told
    finally:
        store.close()
