"""What a change of the rules would do to calls that were already judged.

Both versions of a rule judge the same kept words with the same engine, so every difference comes from the rule. Only rules
that differ are run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipeline.ledger import judge_call
from pipeline.protocols import Heard, Ledger, Meaning
from pipeline.records import CallResult, Evidence, Value
from pipeline.rejudging.kept import as_judged
from rules.engine.judging import Judgement
from rules.engine.ruleset import RuleSet

FOUND = "signal"


@dataclass(frozen=True, slots=True)
class Change:
    """A rule of which two versions differ; the other one is None where it is new or gone."""

    rule: str
    active: str | None
    candidate: str | None

    @property
    def what(self) -> Literal["new", "gone", "changed"]:
        return "new" if self.active is None else "gone" if self.candidate is None else "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One call that one rule would judge otherwise. ``clip`` is where to listen, None where nothing was said."""

    rule: str
    call: str
    before: str
    after: str
    reason: str
    clip: Evidence | None = None

    @property
    def gained(self) -> bool:
        """Whether the call would newly be found: a breach or a signal that was none before."""
        return _counts(self.after) and not _counts(self.before)

    @property
    def lost(self) -> bool:
        return _counts(self.before) and not _counts(self.after)


@dataclass(frozen=True, slots=True)
class _Said:
    value: str
    reason: str
    evidence: tuple[Evidence, ...] = field(default=())


def changed_rules(active: RuleSet, candidate: RuleSet) -> list[Change]:
    """Rules that are not the same text in both, by id."""
    before = {rule.id: rule.digest for rule in active.rules}
    after = {rule.id: rule.digest for rule in candidate.rules}
    wanted = sorted(id for id in {*before, *after} if before.get(id) != after.get(id))
    return [Change(id, before.get(id), after.get(id)) for id in wanted]


def compare(
    result: CallResult,
    active: RuleSet,
    candidate: RuleSet,
    *,
    heard: Heard | None = None,
    ledger: Ledger | None = None,
    meaning: Meaning | None = None,
) -> list[Difference]:
    """Where the two rule sets answer differently for one kept call. Give both as `RuleSet.only` of the changed rules."""
    call = as_judged(result)
    before, after = (
        _answers(judge_call(call, rules, heard=heard, ledger=ledger, meaning=meaning)) for rules in (active, candidate)
    )
    return [
        _difference(rule, call.id, before, after)
        for rule in sorted({*before, *after})
        if (before[rule].value if rule in before else "") != (after[rule].value if rule in after else "")
    ]


def _answers(judged: Judgement) -> Mapping[str, _Said]:
    verdicts = {v.rule: _Said(str(v.value), v.reason, v.evidence) for v in judged.verdicts}
    return {**verdicts, **{s.rule: _Said(FOUND, s.reason, s.evidence) for s in judged.signals}}


def _difference(rule: str, call: str, before: Mapping[str, _Said], after: Mapping[str, _Said]) -> Difference:
    nothing = _Said("", "the rule says nothing of it")
    was, will = before.get(rule, nothing), after.get(rule, nothing)
    shown = will if _counts(will.value) else was
    return Difference(rule, call, was.value, will.value, shown.reason, _clip(shown.evidence))


def _clip(evidence: Sequence[Evidence]) -> Evidence | None:
    return next((item for item in evidence if item.end > 0), None)


def _counts(value: str) -> bool:
    return value in (FOUND, str(Value.FAIL))
