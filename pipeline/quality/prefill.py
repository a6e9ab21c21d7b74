"""What the machine would answer, from the verdicts of a call.

A broken rule is the bad answer, with its evidence; rules that are met are the good one; where none applies, the question
does not either. What the verdicts leave unsure is left open: it goes to a person and is never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipeline.quality.scorecards import NA, Card, Question
from pipeline.records import Evidence, Seconds, Value, Verdict

LEAST_SPEECH: Seconds = 30.0  # shorter calls say too little to score anybody by
# What a verdict says of its rule: "it was not said" beside a Yes is only clear once it is known that the rule forbids it.
SAID = {
    Value.PASS: "is kept", Value.FAIL: "is broken", Value.UNSURE: "cannot be told", Value.NOT_APPLICABLE: "does not apply",
}  # fmt: skip
WITHHELD = {
    "asr_unsure": "The words of this call are not sure enough.",
    "foreign_language": "The call may be in another language than the recogniser's.",
    "no_speech": "No speech was heard.",
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the machine says to one question. ``value`` is None where it leaves the question open; ``reason`` says why."""

    question: str
    value: str | None
    reason: str
    evidence: tuple[Evidence, ...] = ()
    verdicts: Mapping[str, str] = field(default_factory=dict)  # rule -> value
    decides: bool = False


def withheld(marks: Iterable[str], duration: Seconds) -> str:
    """Why the machine answers nothing on a call, as a sentence; "" when it may."""
    found = [WITHHELD[mark] for mark in marks if mark in WITHHELD]
    if duration < LEAST_SPEECH:
        found.append(f"The call is shorter than {LEAST_SPEECH:.0f} s.")
    return " ".join(found)


def prefill(card: Card, verdicts: Iterable[Verdict], *, doubt: str = "") -> dict[str, Suggestion]:
    """A suggestion for each question that names rules. ``doubt`` (see `withheld`) leaves them all open."""
    known = {verdict.rule: verdict for verdict in verdicts}
    return {
        question.id: _open(question, known, doubt) if doubt else _suggest(question, known)
        for question in card.questions
        if question.machine is not None
    }


def _suggest(question: Question, known: Mapping[str, Verdict]) -> Suggestion:
    machine = question.machine
    assert machine is not None
    found = [known[rule] for rule in machine.rules if rule in known]
    of = {value: [verdict for verdict in found if verdict.value is value] for value in Value}
    if of[Value.FAIL]:
        return _answer(question, machine.fails or question.worst, of[Value.FAIL], found)
    if of[Value.UNSURE]:
        return _answer(question, None, of[Value.UNSURE], found)
    if of[Value.PASS]:
        return _answer(question, machine.passes or question.best, of[Value.PASS], found)
    if found and question.not_applicable:
        return _answer(question, NA, found, found)
    reason = "Its rules do not apply to this call." if found else "None of its rules judged this call."
    return Suggestion(question.id, None, reason, (), _values(found))


def _answer(question: Question, value: str | None, why: list[Verdict], found: list[Verdict]) -> Suggestion:
    assert question.machine is not None
    evidence = tuple(item for verdict in why for item in verdict.evidence)
    reason = " ".join(
        dict.fromkeys(_sentence(f"{verdict.rule} {SAID[verdict.value]}: {verdict.reason}") for verdict in why)
    )
    return Suggestion(question.id, value, reason, evidence, _values(found), question.machine.mode == "decides")


def _open(question: Question, known: Mapping[str, Verdict], doubt: str) -> Suggestion:
    assert question.machine is not None
    return Suggestion(question.id, None, doubt, (), _values([known[r] for r in question.machine.rules if r in known]))


def _values(found: Iterable[Verdict]) -> dict[str, str]:
    return {verdict.rule: str(verdict.value) for verdict in found}


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
