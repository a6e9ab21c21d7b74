"""From answers to a score: the sum of what was earned over the sum of what applied.

A question that was not asked (its condition does not hold) and one that does not apply leave both sums. A question that
nobody has answered yet leaves them too and is told as open; no answer is ever guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from pipeline.quality.errors import AnswerError
from pipeline.quality.scorecards import NA, Card, Question

Band = Literal["pass", "coach", "flag"]


@dataclass(frozen=True, slots=True)
class Scored:
    """A card with answers. Scores go from 0 to 100, None where nothing applied; ``fatal`` are the questions that failed it.

    ``score`` counts everything, ``quality`` and ``compliance`` their own questions and no fatal answer.
    """

    score: float | None
    quality: float | None
    compliance: float | None
    fatal: tuple[str, ...]
    band: Band | None
    asked: tuple[str, ...]
    open: tuple[str, ...]


def asked(card: Card, answers: Mapping[str, str]) -> list[Question]:
    """The questions that these answers make asked, in the order of the card."""
    found: dict[str, Question] = {}
    for question in card.questions:
        when = question.when
        if when is None or (when.question in found and answers.get(when.question) in when.answers):
            found[question.id] = question
    return list(found.values())


def score_card(card: Card, answers: Mapping[str, str]) -> Scored:
    """The score of ``{question: answer}``; raises AnswerError for a question or an answer the card does not have."""
    for name, value in answers.items():
        check_answer(card, name, value)
    questions = asked(card, answers)
    given = [(question, answers[question.id]) for question in questions if question.id in answers]
    fatal = tuple(question.id for question, value in given if value in question.fatal)
    whole = _share(given)
    if whole is not None and fatal:
        whole = min(whole, card.body.fatal_score)
    quality = _share((question, value) for question, value in given if not question.compliance)
    compliance = _share((question, value) for question, value in given if question.compliance)
    open_ = tuple(question.id for question in questions if question.id not in answers)
    return Scored(whole, quality, compliance, fatal, _band(card, whole, fatal), tuple(q.id for q in questions), open_)


def check_answer(card: Card, name: str, value: str) -> Question:
    """The question, when it takes the answer; raises AnswerError."""
    question = card.by_id.get(name)
    if question is None:
        raise AnswerError(f'The scorecard "{card.body.title}" has no question "{name}".')
    if value not in question.values:
        raise AnswerError(f'"{value}" is no answer to "{question.ask}". It takes {", ".join(question.values)}.')
    return question


def _share(given: Iterable[tuple[Question, str]]) -> float | None:
    """Points out of 100 of the answers that apply."""
    counted = [(question.weight, option.earns) for question, value in given if (option := question.option(value))]
    weights = sum(weight for weight, _earns in counted)
    return 100 * sum(weight * earns for weight, earns in counted) / weights if weights else None


def _band(card: Card, score: float | None, fatal: tuple[str, ...]) -> Band | None:
    if score is None:
        return None
    if fatal or score < card.body.bands.coach:
        return "flag"
    return "pass" if score >= card.body.bands.passes else "coach"


__all__ = ["NA", "Band", "Scored", "asked", "check_answer", "score_card"]
