"""One interest score a call, from 0 to 1, with its parts and a sentence for each.

The strongest finding decides; the others add to it, damped, so that forty weak hits never stand above one strong one:
with strengths s1 >= s2 >= ... (weight times score, the strongest of each kind) the score is
1 - (1 - s1) * product over i > 1 of (1 - 0.6 * s_i). The same findings always give the same score and order.

What was not said counts less than what was, unless the sound was searched for it as well: a recogniser that errs loses
sentences that were spoken, and hardly ever makes one up. A duty of five words is then missed in most calls at a word error
rate of 25 %, and such breaches would stand above the calls in which something was really said.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.errors import PipelineError
from pipeline.records import Finding, Interest, Part

DAMPED = 0.6
UNHEARD = 0.6  # of its strength a breach keeps that rests on words alone, and on their absence
DEFAULT_WEIGHT = 0.5


class BadWeights(PipelineError):
    """A weights file that cannot be used; the message names file and entry."""


def score(
    findings: Iterable[Finding], weights: Mapping[str, float], overrides: Mapping[str, float] | None = None
) -> Interest:
    """Interest from ``findings``. ``weights``: default weight of each kind; ``overrides`` wins, by kind or by the part before ":"."""
    strongest: dict[str, tuple[float, Finding]] = {}
    for finding in findings:
        strength = _weight(finding.kind, weights, overrides or {}) * finding.score
        strength *= UNHEARD if finding.facts.get("by_words") else 1.0
        if strength > 0 and strength > strongest.get(finding.kind, (0.0, finding))[0]:
            strongest[finding.kind] = (strength, finding)
    ranked = sorted(strongest.values(), key=lambda pair: (-pair[0], pair[1].start, pair[1].kind))
    left, parts = 1.0, []
    for place, (strength, finding) in enumerate(ranked):
        before = left
        left *= 1.0 - min(1.0, strength) * (1.0 if place == 0 else DAMPED)
        parts.append(Part(finding.kind, round(before - left, 6), finding.why, finding.start))
    return Interest(round(1.0 - left, 6), tuple(parts))


def read_weights(file: Path) -> dict[str, float]:
    """Overrides from a TOML table ``[weights]`` of kind = number from 0 to 1; raises BadWeights."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get("weights", {})
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadWeights(f"{file}: cannot be read as TOML: {error}") from error
    for kind, weight in table.items():
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight <= 1:
            raise BadWeights(f"{file}: weights.{kind} = {weight!r} is not a number from 0 to 1")
    return {kind: float(weight) for kind, weight in table.items()}


def _weight(kind: str, weights: Mapping[str, float], overrides: Mapping[str, float]) -> float:
    for name in (kind, kind.partition(":")[0]):
        if name in overrides:
            return overrides[name]
    return weights.get(kind, DEFAULT_WEIGHT)
