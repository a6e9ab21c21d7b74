"""The verdicts of one kept result, made again and compared byte for byte.

A verdict is compared as its canonical JSON, floats rounded to four decimals. Where another version of the engine made it,
nothing is claimed: the same words may rightly give another verdict now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from pipeline.ledger import judge_call
from pipeline.protocols import Heard, Ledger, Meaning
from pipeline.records import CallResult, Verdict
from pipeline.rejudging.kept import as_judged
from rules.engine.basis import ENGINE
from rules.engine.ruleset import RuleSet

DECIMALS = 4
State = Literal["equal", "differs", "other engine", "no text", "no posteriors"]


@dataclass(frozen=True, slots=True)
class Again:
    """One verdict and what came of making it again. ``what`` says which parts differ, or what is missing."""

    verdict: Verdict
    state: State
    what: str = ""
    now: Verdict | None = None


def replay(
    result: CallResult,
    ruleset: RuleSet,
    *,
    heard: Heard | None = None,
    ledger: Ledger | None = None,
    meaning: Meaning | None = None,
) -> list[Again]:
    """One answer for each verdict of ``result``. ``ruleset`` holds the kept texts that its verdicts name."""
    known = {rule.digest for rule in ruleset.rules}
    made = {as_of: _judged(result, ruleset, as_of, heard, ledger, meaning) for as_of in _moments(result)}
    return [_again(verdict, made[verdict.basis.get("as_of")], known, heard) for verdict in result.verdicts]


def canonical(verdict: Verdict) -> bytes:
    """The bytes that are compared."""
    return json.dumps(_rounded(asdict(verdict)), sort_keys=True, ensure_ascii=False).encode()


def _moments(result: CallResult) -> set[Any]:
    return {verdict.basis.get("as_of") for verdict in result.verdicts}


def _judged(
    result: CallResult,
    ruleset: RuleSet,
    as_of: Any,
    heard: Heard | None,
    ledger: Ledger | None,
    meaning: Meaning | None,
) -> Mapping[tuple[str, str], Verdict]:
    """The verdicts that these facts give now, by rule and text."""
    moment = None if as_of is None else datetime.fromisoformat(str(as_of))
    judged = judge_call(as_judged(result), ruleset, heard=heard, ledger=ledger, meaning=meaning, as_of=moment)
    return {(verdict.rule, str(verdict.basis["rule_text"])): verdict for verdict in judged.verdicts}


def _again(verdict: Verdict, made: Mapping[tuple[str, str], Verdict], known: set[str], heard: Heard | None) -> Again:
    text, engine = str(verdict.basis.get("rule_text")), verdict.basis.get("engine")
    if engine != ENGINE:
        return Again(verdict, "other engine", f"engine {engine} made it, this is engine {ENGINE}")
    if text not in known:
        return Again(verdict, "no text", f"no rule text {text[:12]} is kept")
    if verdict.basis.get("posteriors") and heard is None:
        return Again(verdict, "no posteriors", "the posteriors it rests on, or the model that made them, are not here")
    now = made.get((verdict.rule, text))
    if now is not None and canonical(now) == canonical(verdict):
        return Again(verdict, "equal", "", now)
    return Again(verdict, "differs", _difference(verdict, now), now)


def _difference(verdict: Verdict, now: Verdict | None) -> str:
    if now is None:
        return "the rule gives no verdict now"
    before, after = _flat(verdict), _flat(now)
    names = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    return "; ".join(f"{name}: {before.get(name)} -> {after.get(name)}" for name in names)


def _flat(verdict: Verdict) -> dict[str, Any]:
    """Parts of a verdict by name, those of its basis one by one."""
    parts = _rounded(asdict(verdict))
    basis = parts.pop("basis")
    return {**parts, **{f"basis.{name}": value for name, value in basis.items()}}


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, Mapping):
        return {str(key): _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value
