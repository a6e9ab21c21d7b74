"""`callsift eval themes`: are reasons that nobody named found when they are new or grow, and nothing else?

Without data: reasons of calls from templates, from a fixed seed. Five subjects are steady over two weeks, one grows threefold in
the second, one is new in it. ``new_found`` and ``growing_found``: a theme of the second week consists mostly of calls of that
subject and is told as new, or as growing; ``false_alarms``: other themes so told, a run; ``purity``: share of the calls of a theme that are
of its commonest subject. With data ({"id", "text" or "turns", "domain"} a line) each domain takes its turn as the new one.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.errors import BadDataset
from pipeline.measuring.dialogues import call_of, in_folder, turns_in, write_manifest
from pipeline.measuring.evaluation import EvalOptions, Report, bootstrap, read_manifest
from pipeline.measuring.goals import Goal
from pipeline.measuring.labels import share
from pipeline.topics.saying import by_customer, reason, spoken
from pipeline.topics.themes import Theme, Told, themes

SINCE = datetime(2026, 3, 9, tzinfo=UTC)
WEEK = timedelta(days=7)
RUNS, A_WEEK = 30, 12  # draws; calls of a steady subject in a week
GOALS = (
    Goal("new_found", 0.9, data="own"),
    Goal("growing_found", 0.8, data="own"),
    Goal("false_alarms", 0.5, most=True, data="own"),
)
QUICK = 400
SUBJECTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "delivery": (
        ("my parcel", "the package", "my order", "the delivery"),
        ("has not arrived", "is late again", "was left with a neighbour", "never came"),
    ),
    "bill": (
        ("my bill", "the invoice", "the monthly charge", "my statement"),
        ("is higher than usual", "is wrong", "has a fee on it", "went up"),
    ),
    "internet": (
        ("my internet", "the wifi", "our connection", "the broadband"),
        ("is down", "is very slow", "keeps dropping", "stopped working"),
    ),
    "card": (
        ("my card", "my debit card", "the bank card", "my credit card"),
        ("was declined", "is lost", "was eaten by the machine", "does not work"),
    ),
    "booking": (
        ("my appointment", "the booking", "our reservation", "the visit"),
        ("must be moved", "has to be cancelled", "is on the wrong day", "was not kept"),
    ),
    "heating": (
        ("my boiler", "the heating", "the radiator", "our hot water"),
        ("makes a noise", "is cold", "is leaking", "stopped in the night"),
    ),
    "password": (
        ("my password", "the login", "my account", "the app"),
        ("is locked", "was reset by somebody", "does not let me in", "asks for a code i never get"),
    ),
}
OPENINGS = (
    "hello i am calling because {}",
    "hi {} and i need help",
    "{} can you do something",
    "i have a problem {}",
    "good morning {} since monday",
)


@dataclass(frozen=True, slots=True)
class Run:
    """One draw: whether the new and the growing subject were found (None: there was none), false alarms, purity."""

    id: str
    new: bool
    growing: bool | None
    false: int
    purity: float
    names: str


def evaluate(data: Path | None, options: EvalOptions) -> Report:
    """Figures ``new_found``, ``growing_found``, ``false_alarms`` (a run), ``purity``."""
    from pipeline.meaning import open_meaning

    meaning: Any = open_meaning()  # a frozen record has a name that cannot be set
    if meaning is None:
        raise BadDataset("eval themes needs the sentence model: install callsift[pipeline].")
    draws = list(_planted() if data is None else _of_domains(data, options.limit))
    runs = []
    for done, (name, calls, subject, new, growing) in enumerate(draws, 1):
        runs.append(_run(name, themes(calls, SINCE, meaning), subject, new, growing))
        options.progress(done, len(draws), "")
    figure = {
        "new_found": _new(runs),
        "growing_found": _growing(runs),
        "false_alarms": _false(runs),
        "purity": _purity(runs),
    }
    interval = {
        "new_found": bootstrap(runs, _new),
        "growing_found": bootstrap(runs, _growing),
        "false_alarms": bootstrap(runs, _false),
    }
    wrong = [run for run in runs if not run.new or run.growing is False or run.false]
    worst = [{"item": r.id, "new": r.new, "growing": r.growing, "false": r.false, "text": r.names} for r in wrong][:20]
    settings = {"runs": len(runs), "meaning": meaning.name}
    asked = sum(len(row[1]) for row in draws)
    return Report("themes", str(data or "reasons from templates"), asked, figure, interval, worst, settings)


def shared(root: Path, scratch: Path) -> Iterator[tuple[str, Path]]:
    rows = (
        {"id": row["id"], "turns": turns_in(row), "domain": row["domain"]}
        for row in in_folder(root, "multidogo_customer_turns")
    )
    made = write_manifest(scratch / "domains.jsonl", rows)
    if made:
        yield "multidogo domains", made


Draw = tuple[str, list[Told], dict[str, str], str, str]


def _planted() -> Iterator[Draw]:
    names = list(SUBJECTS)
    for number in range(RUNS):
        rng = random.Random(number)
        new, growing = rng.sample(names, 2)
        calls, subject = [], {}
        for name in names:
            before, now = (
                (0, A_WEEK) if name == new else (A_WEEK // 2, 3 * A_WEEK // 2) if name == growing else (A_WEEK, A_WEEK)
            )
            for place in range(before + now):
                when = SINCE + WEEK * (rng.random() - (place < before))
                told = Told(f"{name}-{place}", when, _said(name, rng))
                calls.append(told)
                subject[told.call] = name
        yield f"draw {number}: new {new}, growing {growing}", calls, subject, new, growing


def _said(name: str, rng: random.Random) -> str:
    things, happened = SUBJECTS[name]
    return rng.choice(OPENINGS).format(f"{rng.choice(things)} {rng.choice(happened)}")


def _of_domains(data: Path, limit: int | None) -> Iterator[Draw]:
    rows = list(read_manifest(data, ("id", "domain")))[:limit]
    why = {str(row["id"]): reason(map(spoken, by_customer(call_of(row, data)))) for row in rows}
    domains = {str(row["id"]): str(row["domain"]) for row in rows}
    if len(set(domains.values())) < 2:
        raise BadDataset(f"{data}: needs calls of at least two domains.")
    for new in sorted(set(domains.values())):
        rng = random.Random(new)
        calls = [
            Told(id, SINCE + WEEK * (rng.random() - (name != new and rng.random() < 0.5)), why[id])
            for id, name in domains.items()
        ]
        yield f"new {new}", calls, domains, new, ""


def _run(name: str, found: Sequence[Theme], subject: dict[str, str], new: str, growing: str) -> Run:
    """``found``: themes with their most typical calls, by which their subject is told."""
    about = [
        (theme, Counter(subject[call] for call in theme.calls).most_common(1)[0]) for theme in found if theme.calls
    ]
    told = [(theme, top) for theme, (top, _) in about if theme.new or theme.growing]
    shares = [count / len(theme.calls) for theme, (_, count) in about]
    return Run(
        name,
        any(theme.new and top == new for theme, top in told),
        any(theme.growing and top == growing for theme, top in told) if growing else None,
        sum(top not in (new, growing) for _, top in told),
        sum(shares) / len(shares) if shares else 0.0,
        "; ".join(
            f"{'new' if t.new else 'growing' if t.growing else 'steady'}: {t.name} ({t.before}, {t.now})" for t in found
        ),
    )


def _new(runs: Sequence[Run]) -> float:
    return sum(run.new for run in runs) / len(runs)


def _growing(runs: Sequence[Run]) -> float:
    return share(run.growing for run in runs)


def _false(runs: Sequence[Run]) -> float:
    return sum(run.false for run in runs) / len(runs)


def _purity(runs: Sequence[Run]) -> float:
    return sum(run.purity for run in runs) / len(runs)
