"""Runs the analyzers of a call in the order of their needs, rules last.

An analyzer sees the findings of those it needs in ``call.findings``. One that raises must not cost the call its other
findings, but must not go unseen either: the error travels on as a mark of the call and a log line.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from pipeline import analyzers
from pipeline.language import RULES_SPEAK
from pipeline.language.turns import foreign_turns
from pipeline.protocols import Analyzer
from pipeline.records import Call, Finding, Measure, Mood, Verdict
from rules.discovery import load_all

log = logging.getLogger(__name__)

LAST = "rules"
GIVEN = frozenset({"audio", "posteriors", "embeddings"})


@dataclass(frozen=True, slots=True)
class Analysis:
    """What all analyzers said of one call. ``weights`` maps each kind of finding to the weight of its analyzer."""

    findings: tuple[Finding, ...] = ()
    measures: tuple[Measure, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    failed: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    moods: tuple[Mood, ...] = ()


def load_analyzers(settings: Mapping[str, Any] | None = None) -> list[Analyzer]:
    """Every analyzer of the folder, in the order they must run.

    An analyzer that can be set up differently has ``configured(settings) -> Analyzer``.
    """
    found = cast(list[Analyzer], list(load_all(analyzers, "analyzer").values()))
    return ordered(a.configured(settings or {}) if hasattr(a, "configured") else a for a in found)


def ordered(found: Iterable[Analyzer]) -> list[Analyzer]:
    """By needs, then by name; `rules` last. Raises ValueError for a need nobody fills or a circle."""
    waiting = {analyzer.name: analyzer for analyzer in sorted(found, key=lambda a: (a.name == LAST, a.name))}
    done: list[Analyzer] = []
    while waiting:
        ready = next((a for a in waiting.values() if _met(a, done) and (a.name != LAST or len(waiting) == 1)), None)
        if ready is None:
            raise ValueError(f"analyzers wait for each other or for something missing: {', '.join(waiting)}")
        done.append(waiting.pop(ready.name))
    return done


def understood(call: Call) -> Call:
    """``call`` without the turns whose words nobody here can read; all of them where it is in another language as a whole."""
    hidden = {id(turn) for turn in foreign_turns(call, RULES_SPEAK)}
    if not hidden or len(hidden) == len(call.turns):
        return call
    return replace(call, turns=tuple(turn for turn in call.turns if id(turn) not in hidden))


def prepare(calls: Sequence[Call], chosen: Sequence[Analyzer]) -> None:
    """Let analyzers do at once for all ``calls`` what is faster together; `analyze` then says the same as without it.

    An analyzer that can has ``prepare(calls) -> None``.
    """
    for analyzer in chosen:
        if hasattr(analyzer, "prepare"):
            try:
                analyzer.prepare(calls)
            except Exception:  # the calls are analyzed all the same, one by one
                log.exception("analyzer %s could not prepare %d calls together", analyzer.name, len(calls))


def analyze(call: Call, chosen: Sequence[Analyzer]) -> Analysis:
    """Run ``chosen`` in the order given. One with ``of_words`` reads words, and is not shown turns in other languages."""
    analysis, plain = Analysis(), understood(call)
    for analyzer in chosen:
        shown = plain if getattr(analyzer, "of_words", False) else call
        try:
            said = analyzer.analyze(replace(shown, findings=analysis.findings))
        except Exception:  # one broken analyzer must not lose the call; it is marked and logged
            log.exception("analyzer %s failed on call %s", analyzer.name, call.id)
            analysis = replace(analysis, failed=(*analysis.failed, analyzer.name))
            continue
        analysis = _with(analysis, analyzer, said)
    return analysis


def _met(analyzer: Analyzer, done: Sequence[Analyzer]) -> bool:
    return set(analyzer.needs) <= GIVEN | {a.name for a in done}


def _with(analysis: Analysis, analyzer: Analyzer, said: Sequence[Finding | Measure | Mood | Verdict]) -> Analysis:
    findings = tuple(fact for fact in said if isinstance(fact, Finding))
    return Analysis(
        (*analysis.findings, *findings),
        (*analysis.measures, *(fact for fact in said if isinstance(fact, Measure))),
        (*analysis.verdicts, *(fact for fact in said if isinstance(fact, Verdict))),
        analysis.failed,
        {**analysis.weights, **{finding.kind: analyzer.weight for finding in findings}},
        (*analysis.moods, *(fact for fact in said if isinstance(fact, Mood))),
    )
