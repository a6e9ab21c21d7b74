"""How much the signals of one call, or of a chain of calls, speak for a fraud case.

Signals are combined as independent hints: each removes part of the doubt that is left (noisy or). Hints of the same step
tell one thing twice, so within a step only the strongest counts whole and the next ones a quarter. What speaks against a
case (an agent warns of the trick) takes doubt back. The score ranks what people should look at; it accuses nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rules.engine.ruleset import RuleSet
from rules.records import Signal

REPEATED = 0.25  # weight of further hints in a step that already has one
THRESHOLD = 0.6  # where a pack does not say otherwise


@dataclass(frozen=True, slots=True)
class CaseScore:
    """``score`` from 0 to 1; ``signals`` are those that made it, the strongest first.

    It passes from the threshold on, when signs of different steps agree (what is asked, under what pretext, how it is
    pressed) or one sign is strong enough alone, such as a whole chain or a known voice: many lures are no case.
    """

    score: float
    signals: tuple[Signal, ...]
    threshold: float

    @property
    def passes(self) -> bool:
        return self.score >= self.threshold and agree(((s.step, s.score) for s in self.signals), self.threshold)


def agree(signs: Iterable[tuple[str, float]], threshold: float) -> bool:
    """Whether signs (step, score) of different steps speak together, or one alone is as strong as a case must be."""
    found = list(signs)
    return len({step for step, _ in found}) > 1 or any(score >= threshold for _, score in found)


def case_score(signals: Iterable[Signal], ruleset: RuleSet, pack: str = "fraud") -> CaseScore:
    """The score of ``pack``'s signals among ``signals``; signals of several calls may be given together."""
    chosen = ruleset.pack(pack)
    against = {rule.id for rule in chosen.rules if getattr(rule.body, "against", False)}
    ids = {rule.id for rule in chosen.rules}
    own = sorted((s for s in signals if s.rule in ids), key=lambda s: (-s.score, s.rule))
    speaking = tuple(signal for signal in own if signal.rule not in against)
    doubt = _doubt(speaking)
    for signal in own:
        if signal.rule in against:
            doubt = 1 - (1 - doubt) * (1 - signal.score)
    threshold = THRESHOLD if chosen.about.threshold is None else chosen.about.threshold
    return CaseScore(round(1 - doubt, 4), speaking, threshold)


def _doubt(signals: Sequence[Signal]) -> float:
    """What is left of the doubt after all hints, strongest first; each rule counts once."""
    doubt = 1.0
    rules: set[str] = set()
    steps: set[str] = set()
    for signal in signals:
        if signal.rule in rules:
            continue
        weight = REPEATED if signal.step in steps else 1.0
        doubt *= 1 - weight * signal.score
        rules.add(signal.rule)
        steps.add(signal.step)
    return doubt
