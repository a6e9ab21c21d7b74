"""What was planted in the sample calls, what of it was found, and what was said to be there and is not.

The truth is only read here, after a call has been judged. A planted id stands for its rule and the parts of that rule: C2
for C2a and C2b, never D1 for D10. A rule is counted once a call, however often it was broken there. Something found that
was not planted in that call is false when its id is one that the truth speaks of at all: the scripts list everything a
perfect system finds of those.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import BadDataset
from pipeline.records import CallResult, Value

FIRM = 3  # verdicts that decide something, from which a call counts as judged
NAMED = {"sentiment_falls": "sentiment_fall"}  # a planted sign -> the finding that tells it, where they differ
SIGN = "signal:"

Planted = tuple[str, str]  # call, id


@dataclass(frozen=True, slots=True)
class Tally:
    """Planted, found of it, missed, and falsely said to be there, each as (call, id)."""

    found: tuple[Planted, ...] = ()
    missed: tuple[Planted, ...] = ()
    false: tuple[Planted, ...] = ()

    @property
    def planted(self) -> int:
        return len(self.found) + len(self.missed)

    def __str__(self) -> str:
        return f"planted {self.planted}, found {len(self.found)}, false {len(self.false)}"


@dataclass(frozen=True, slots=True)
class Count:
    """``breaches`` of rules, ``signs`` without a verdict, and how many calls of ``calls`` got FIRM firm verdicts."""

    breaches: Tally
    signs: Tally
    calls: int
    firm: int

    def lines(self) -> list[str]:
        return [
            f"Breaches of rules: {self.breaches}",
            f"Signs of fraud, distress and the like: {self.signs}",
            f"Calls with {FIRM} firm verdicts or more: {self.firm} of {self.calls}",
        ]


def count(results: Iterable[tuple[Mapping[str, Any], CallResult]]) -> Count:
    """Compare each result with the truth of its call."""
    pairs = list(results)
    broken = {str(truth["call"]): _expected(truth, "FAIL") for truth, _ in pairs}
    signs = {str(truth["call"]): _expected(truth, "found") for truth, _ in pairs}
    spoken_of = {row["id"] for truth, _ in pairs for row in truth["planted"] if row["kind"] != "signal"}
    said = {str(t["call"]): {v.rule for v in r.verdicts if v.value is Value.FAIL} for t, r in pairs}
    shown = {str(t["call"]): _signs(r) for t, r in pairs}
    return Count(
        _tally(broken, said, spoken_of),
        _tally(signs, shown, {id for ids in signs.values() for id in ids}),
        len(pairs),
        sum(sum(verdict.firm for verdict in result.verdicts) >= FIRM for _, result in pairs),
    )


def truth_of(recording: Path) -> dict[str, Any] | None:
    """The truth that lies beside the folder of a recording; None where there is none."""
    file = recording.parent.parent / "truth" / f"{recording.stem}.json"
    try:
        return read_truth(file)
    except BadDataset:
        return None


def read_truth(file: Path) -> dict[str, Any]:
    """The truth of one sample call; raises BadDataset."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise BadDataset(f"{file}: no truth that can be read: {error}") from error
    if not isinstance(found, dict) or not {"call", "audio", "turns", "words", "parties", "planted"} <= set(found):
        raise BadDataset(f"{file}: no truth of a call.")
    return found


def covers(planted: str, rule: str) -> bool:
    """True when ``rule`` is the planted one or a part of it."""
    return re.fullmatch(re.escape(planted) + "[a-z]*", rule) is not None


def _expected(truth: Mapping[str, Any], expect: str) -> set[str]:
    return {str(row["id"]) for row in truth["planted"] if row["expect"] == expect}


def _signs(result: CallResult) -> set[str]:
    """Kinds of findings and marks of the call, signals by the id of their rule."""
    return {finding.kind.removeprefix(SIGN) for finding in result.findings} | set(result.call.marks)


def _tally(wanted: Mapping[str, set[str]], said: Mapping[str, set[str]], spoken_of: set[str]) -> Tally:
    found: list[Planted] = []
    missed: list[Planted] = []
    false: list[Planted] = []
    for call, ids in wanted.items():
        for id in sorted(ids):
            (found if _said(id, said[call]) else missed).append((call, id))
        others = sorted(spoken_of - ids)
        false += [(call, id) for id in others if _said(id, said[call])]
    return Tally(tuple(found), tuple(missed), tuple(false))


def _said(id: str, names: Sequence[str] | set[str]) -> bool:
    return any(covers(NAMED.get(id, id), name) for name in names)
