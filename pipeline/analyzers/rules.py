"""Rules: every shipped pack and the user's own, judged on one redacted call, with all other findings as facts.

Each rule gives a verdict. What a reviewer should hear becomes a finding too: breaches of medium and high severity, signals
that point, and the fraud case when enough of them come together. Breaches of low severity are answers on a scorecard, not
places to listen to. Rules over several calls are judged again by pipeline/ledger once the call is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from pipeline.ledger import judge_call
from pipeline.meaning import open_meaning
from pipeline.protocols import Heard, Ledger, Meaning
from pipeline.records import Call, Evidence, Finding, Measure, Verdict
from rules.cases import CaseScore, case_score
from rules.engine.ruleset import RuleSet, load_packs
from rules.language.files import Rule
from rules.records import Signal, Value

SEVERITY: Mapping[str, float] = {"high": 0.85, "medium": 0.55, "low": 0.15}
SHOWN = 0.3  # severity score from which a breach is worth listening to
POINTS = 0.2  # score from which a single signal is shown
FRAUD = "fraud"
OF_SILENCE = frozenset({"required", "ordered", "conditional"})  # kinds whose breach is that something was not said


@dataclass(frozen=True)
class Rules:
    """The packs in force, and what a call is judged with besides its words.

    ``heard`` is the second look into the posteriors of the call at hand (see `hearing`), ``remember`` opens the ledger for
    one call and says as of when it is read, ``meaning`` compares sentences; each is None where there is none.
    """

    name: str = "rules"
    version: str = "1"
    weight: float = 0.9
    needs: tuple[str, ...] = ()
    facets: tuple[str, ...] = ("breaches", "unsure", "fraud_case")
    packs: Path | None = None
    heard: Heard | None = None
    remember: Callable[[], tuple[Ledger, datetime]] | None = None
    meaning: Meaning | None = None

    @cached_property
    def ruleset(self) -> RuleSet:
        """Read and compiled once, on the first call."""
        return load_packs([] if self.packs is None else [self.packs])

    def configured(self, settings: Mapping[str, Any]) -> Rules:
        packs = settings.get("packs")
        return replace(self, packs=Path(packs) if packs else None)

    def hearing(self, heard: Heard) -> Rules:
        """The same rules with the posteriors of one call."""
        return self._with(self.ruleset, heard=heard)

    def under(self, ruleset: RuleSet) -> Rules:
        """The same analyzer with other rules, such as a published version."""
        return self._with(ruleset)

    def _with(self, ruleset: RuleSet, **changes: Any) -> Rules:
        other = replace(self, **changes)
        other.__dict__["ruleset"] = ruleset  # compiled once, whoever asks
        return other

    @property
    def _meaning(self) -> Meaning | None:
        """The sentence model; the shipped one is opened only where a rule compares meanings."""
        if self.meaning is not None or not any(rule.needs_meaning for rule in self.ruleset.rules):
            return self.meaning
        return cast("Meaning | None", open_meaning())  # a frozen record has a name that cannot be set

    def analyze(self, call: Call) -> list[Finding | Measure | Verdict]:
        ledger, as_of = (None, None) if self.remember is None else self.remember()
        judged = judge_call(
            call, self.ruleset, heard=self.heard, ledger=ledger, meaning=self._meaning, as_of=as_of
        )  # fmt: skip
        case = case_score(judged.signals, self.ruleset, FRAUD)
        breaches = [verdict for verdict in judged.verdicts if verdict.value is Value.FAIL]
        return [
            Measure("breaches", float(len(breaches))),
            Measure("unsure", float(sum(verdict.value is Value.UNSURE for verdict in judged.verdicts))),
            Measure("fraud_case", case.score),
            *judged.verdicts,
            *(finding for verdict in breaches if (finding := self._breach(verdict)) is not None),
            *(
                self._signal(signal)
                for signal in judged.signals
                if signal.score >= POINTS and not self._against(signal)
            ),
            *([_case(case)] if case.passes else []),
        ]

    def _breach(self, verdict: Verdict) -> Finding | None:
        rule = self.ruleset.by_id[verdict.rule]
        score = SEVERITY[rule.body.severity] * verdict.confidence
        if SEVERITY[rule.body.severity] < SHOWN:
            return None
        start, end = _place(verdict.evidence)
        facts: dict[str, str | bool] = {"rule": rule.id, "severity": rule.body.severity, "pack": rule.pack}
        if rule.body.kind in OF_SILENCE and self.heard is None:
            facts["by_words"] = True  # nobody searched the sound for what the words lack
        return Finding(f"rule:{rule.id}", score, start, end, _sentence(rule, verdict.reason, verdict.evidence),
                       verdict.evidence, facts)  # fmt: skip

    def _signal(self, signal: Signal) -> Finding:
        rule = self.ruleset.by_id[signal.rule]
        start, end = _place(signal.evidence)
        facts = {"rule": rule.id, "severity": rule.body.severity, "pack": rule.pack, "step": signal.step}
        return Finding(f"signal:{rule.id}", signal.score, start, end, _sentence(rule, signal.reason, signal.evidence),
                       signal.evidence, facts)  # fmt: skip

    def _against(self, signal: Signal) -> bool:
        return bool(getattr(self.ruleset.by_id[signal.rule].body, "against", False))


def _case(case: CaseScore) -> Finding:
    """The fraud case: what points to it, the strongest first, and where to begin listening."""
    evidence = tuple(signal.evidence[0] for signal in case.signals if signal.evidence)[:5]
    start, end = _place(evidence)
    quotes = ", ".join(f'"{item.quote}"' for item in evidence[:3])
    signs = "1 sign" if len(case.signals) == 1 else f"{len(case.signals)} signs"
    why = f"look harder: {signs} of fraud ({case.score:.0%}), among them {quotes}"
    return Finding("case:fraud", case.score, start, end, why, evidence, {"signals": len(case.signals)})


def _place(evidence: Sequence[Evidence]) -> tuple[float, float]:
    """From where to where to listen: the earliest evidence that has a time."""
    timed = [item for item in evidence if item.end > 0]
    first = min(timed, key=lambda item: item.start, default=None)
    return (0.0, 0.0) if first is None else (first.start, first.end)


def _sentence(rule: Rule, reason: str, evidence: Sequence[Evidence]) -> str:
    quote = next((item.quote for item in evidence if item.quote), "")
    return f"{rule.body.title}: {reason}" + (f' ("{quote}")' if quote else "")


analyzer = Rules()
