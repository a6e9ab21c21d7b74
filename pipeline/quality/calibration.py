"""How alike people score, and how alike the machine: question by question and over whole scores.

The machine is one more rater, but it is never mixed with people: its agreement stands beside theirs on the same question,
because a question on which people disagree cannot be answered better than they agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from pipeline.quality.agreement import RESAMPLES, Agreement, best_for
from pipeline.quality.scorecards import NA, Card, Question

POINTS = 10.0  # scores that lie no further apart count as the same
MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer that counts. ``call`` and ``rater`` are ids."""

    call: str
    rater: str
    question: str
    value: str


@dataclass(frozen=True, slots=True)
class QuestionAgreement:
    """One question: people with people, and people with the machine."""

    question: str
    ask: str
    people: Agreement
    machine: Agreement


@dataclass(frozen=True, slots=True)
class Nearness:
    """Of all pairs of people's scores on one call: how many lie within POINTS of each other, and the mean distance."""

    pairs: int
    near: float | None
    mean_gap: float | None


def questions(
    card: Card, people: Sequence[Answered], machine: Sequence[Answered], *, resamples: int = RESAMPLES
) -> list[QuestionAgreement]:
    """Agreement on each question of a card, in its order; questions nobody answered are left out."""
    found = []
    for question in card.questions:
        mine = _by_call(people, question.id)
        theirs = {one.call: one.value for one in machine if one.question == question.id}
        if mine:
            found.append(
                QuestionAgreement(
                    question.id, question.ask, _agreed(question, list(mine.values()), resamples),
                    _with_machine(question, mine, theirs, resamples),
                )
            )  # fmt: skip
    return found


def nearness(scores: Mapping[str, Mapping[str, float]]) -> Nearness:
    """``{call: {rater: score}}`` with scores from 0 to 100."""
    gaps = [abs(a - b) for given in scores.values() for a, b in combinations(given.values(), 2)]
    if not gaps:
        return Nearness(0, None, None)
    return Nearness(len(gaps), sum(gap <= POINTS for gap in gaps) / len(gaps), sum(gaps) / len(gaps))


def _by_call(answers: Sequence[Answered], question: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for one in answers:
        if one.question == question:
            found.setdefault(one.call, {})[one.rater] = one.value
    return found


def _agreed(question: Question, answers: Sequence[Mapping[str, str]], resamples: int) -> Agreement:
    """N/A has no place on a scale, so a scale is compared as one only while nobody said it."""
    values = _values(question)
    scale = len(question.options) > 2 and not any(NA in given.values() for given in answers)
    return best_for(answers, [value for value in values if value != NA] if scale else values, ordered=scale,
                    resamples=resamples)  # fmt: skip


def _with_machine(
    question: Question, people: Mapping[str, Mapping[str, str]], machine: Mapping[str, str], resamples: int
) -> Agreement:
    """What most people said beside the machine's answer: a call that three people answered is still one call."""
    shared = [call for call in people if call in machine]
    pairs = [{"people": _majority(people[call]), MACHINE: machine[call]} for call in shared]
    return _agreed(question, pairs, resamples)


def _majority(given: Mapping[str, str]) -> str:
    """The answer most people gave; of equally many the first by name, so that the same answers give the same figure."""
    values = sorted(given.values())
    return max(values, key=values.count)


def _values(question: Question) -> list[str]:
    """Answers by what they earn, so that neighbours on a scale stand beside each other; NA last."""
    return [option.value for option in sorted(question.options, key=lambda option: option.earns)] + [NA]
