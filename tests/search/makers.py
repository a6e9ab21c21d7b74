"""Calls as an index holds them, in a few words."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from pipeline.search.query import parse
from pipeline.search.records import Grant, IndexedCall, IndexedTurn, Reach
from pipeline.search.resolving import resolve

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ORG = "o" * 32
EVERYTHING = Reach(ORG, (Grant(),))
WORDS = (
    "account address agent balance bank bill billing call cancel cancelled card charge code complaint customer date "
    "delivery fee fraud gift hold invoice late letter limit manager money month name number order overdue paid pay "
    "payment phone price product question receipt refund refunded refunds return security send service statement stop "
    "store transfer trouble verify wait week year"
).split()


def turn(role: str, start: float, text: str, gap: float = 0.5) -> IndexedTurn:
    """``text`` said from ``start`` on, a word every ``gap`` seconds."""
    words = tuple(text.split())
    times = tuple(round(start + at * gap, 3) for at in range(len(words)))
    return IndexedTurn(role, start, round(start + len(words) * gap, 3), words, times)  # type: ignore[arg-type]


def call(name: str, *lines: tuple[str, float, str], **facts: object) -> IndexedCall:
    """A call named ``name`` of two minutes; ``lines`` are role, second and text."""
    known: dict[str, object] = {"org": ORG, "team": "t1", "version": 1, "at": START, "duration": 120.0, "score": 0.5}
    turns = tuple(turn(*line) for line in lines)
    return IndexedCall(call_id=name.ljust(32, "0"), name=name, turns=turns, **known | facts)  # type: ignore[arg-type]


def names(found) -> list[str]:
    """Names of hits in order."""
    return [hit.call_id.rstrip("0") for hit in found.hits]


def find(index, query: str, reach: Reach = EVERYTHING, **how):
    """A query as a person types it, in ``reach``."""
    tree = resolve(parse(query), index, reach).tree
    return index.search(tree, reach, **how)


def random_calls(count: int, seed: int = 7) -> list[IndexedCall]:
    """Calls of random words, with facts of every kind."""
    rng = random.Random(seed)
    made = []
    for number in range(count):
        at = 0.0
        lines = []
        held = {"hold_seconds": float(rng.randint(0, 90))} if rng.random() < 0.6 else {}
        for _ in range(rng.randint(2, 12)):
            said = " ".join(
                rng.choices(WORDS, weights=[3 / (rank + 2) for rank in range(len(WORDS))], k=rng.randint(1, 14))
            )
            lines.append((rng.choice(("agent", "customer", "customer", "ivr")), round(at, 3), said))
            at += len(said.split()) * 0.5 + rng.random() * 8
        made.append(call(
            f"r{number}x", *lines,
            team=f"t{rng.randint(1, 3)}", agent=f"ag-{rng.randint(1, 4)}", queue=rng.choice(("Billing", "Sales", "Fraud line")),
            direction=rng.choice(("inbound", "outbound")), language="en", duration=round(at + 1, 3),
            score=round(rng.random(), 2), at=START + timedelta(hours=rng.randint(-200, 200)), version=1,
            held=rng.random() < 0.05, team_name=rng.choice(("north", "south")),
            labels={"fail": tuple(rng.sample(("D-1", "D-2", "REC-1"), rng.randint(0, 2))),
                    "topic": tuple(rng.sample(("billing", "delivery"), rng.randint(0, 2)))},
            measures={"silence_share": round(rng.random(), 2)} | held,
            vector=unit(rng),
        ))  # fmt: skip
    return made


def unit(rng: random.Random) -> tuple[float, ...]:
    """A vector of length one."""
    import numpy as np

    values = np.array([rng.gauss(0, 1) for _ in range(384)])
    return tuple((values / np.linalg.norm(values)).tolist())
