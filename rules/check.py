"""Rules prove themselves: every example of every rule, as it stands and redacted, and the hygiene of each file.

Redaction belongs to the pipeline and is passed in; without it examples are checked as they stand only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rules.engine.judging import examine, outcome_of
from rules.engine.outcomes import Outcome
from rules.engine.ruleset import RuleSet
from rules.engine.view import CallView
from rules.examples import Case, DialogueError, case_of
from rules.facts import CallFacts, Meaning
from rules.language.files import Rule
from rules.language.schema import Example
from rules.records import Value

Redact = Callable[[CallFacts], CallFacts]
FEWEST = 3  # examples that must fire, and that must stay quiet
DIALOGUE = 4  # turns that make an example a whole dialogue
_GROUPS = ("fires", "quiet", "passes", "not_applicable", "unsure", "ordinary")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a rule, with the line to look at."""

    rule: str
    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.message}"


def check(ruleset: RuleSet, *, redact: Redact | None = None, meaning: Meaning | None = None) -> list[Problem]:
    """Every problem of every rule; empty when all rules do what their examples say and leave ordinary talk alone."""
    own = [problem for rule in ruleset.rules for problem in check_rule(rule, ruleset, redact=redact, meaning=meaning)]
    return [*own, *check_ordinary(ruleset, meaning=meaning)]


def check_ordinary(ruleset: RuleSet, *, meaning: Meaning | None = None) -> list[Problem]:
    """Rules that fire on what another rule calls ordinary talk. The fault is named at the rule that fires."""
    return [
        problem
        for rule in ruleset.rules
        for at, example in enumerate(rule.body.examples.ordinary)
        for problem in _loud(ruleset, rule, f"ordinary[{at}]", example, meaning)
    ]


def _loud(
    ruleset: RuleSet, owner: Rule, place: str, example: str | Example, meaning: Meaning | None
) -> Iterator[Problem]:
    try:
        case = case_of(example, name=owner.id)
    except DialogueError:
        return  # told where the owner's own examples are checked
    judged = examine(case.call, ruleset, ledger=case.history, meaning=meaning, as_of=case.as_of)
    # What is missing from a few lines proves nothing; only what was said can be a false alarm.
    loud = [(v.rule, v.reason, v.evidence) for v in judged.verdicts if v.value is Value.FAIL and v.evidence]
    against = {rule.id for rule in ruleset.rules if getattr(rule.body, "against", False)}
    loud += [(s.rule, s.reason, s.evidence) for s in judged.signals if s.rule not in against]
    for name, reason, evidence in loud:
        rule = ruleset.by_id[name]
        quote = f' "{evidence[0].quote}"' if evidence else ""
        if name != owner.id:
            message = f"fires on ordinary talk ({owner.id} {place} in {owner.file}): {reason}{quote}"
            yield Problem(name, rule.file, rule.source.line(("id",)), message)


def check_rule(
    rule: Rule, ruleset: RuleSet, *, redact: Redact | None = None, meaning: Meaning | None = None
) -> list[Problem]:
    """Problems of one rule of a compiled set."""
    problems = list(_hygiene(rule))
    if rule.needs_meaning and meaning is None:
        return problems
    for group in _GROUPS:
        for at, example in enumerate(getattr(rule.body.examples, group)):
            path = ("examples", group, at)
            line = rule.source.line(path)
            for message in _wrong(rule, ruleset, group, example, redact, meaning):
                problems.append(Problem(rule.id, rule.file, line, f"{group}[{at}] {message}"))
    return problems


def _wrong(
    rule: Rule, ruleset: RuleSet, group: str, example: str | Example, redact: Redact | None, meaning: Meaning | None
) -> Iterator[str]:
    try:
        case = case_of(example, name=rule.id)
    except DialogueError as error:
        yield str(error)
        return
    for how, call in [("", case.call), *([(" (redacted)", redact(case.call))] if redact else [])]:
        outcome = judge_case(rule, ruleset, Case(call, case.history, case.as_of), meaning)
        if not fits(outcome, group):
            yield f"gave {_shown(outcome)}{how}"


def judge_case(rule: Rule, ruleset: RuleSet, case: Case, meaning: Meaning | None = None) -> Outcome:
    """What ``rule`` answers for one example."""
    view = CallView(case.call, ruleset.program, history=case.history, meaning=meaning, as_of=case.as_of)
    return outcome_of(rule, view)


def fits(outcome: Outcome, group: str) -> bool:
    """Whether an outcome is what the examples of ``group`` must give."""
    if outcome.value is None:
        return (outcome.score > 0) == (group == "fires")
    allowed = {
        "fires": {Value.FAIL},
        "quiet": {Value.PASS, Value.NOT_APPLICABLE},
        "passes": {Value.PASS},
        "not_applicable": {Value.NOT_APPLICABLE},
        "unsure": {Value.UNSURE},
        "ordinary": {Value.PASS, Value.NOT_APPLICABLE},
    }
    return outcome.value in allowed[group]


def _shown(outcome: Outcome) -> str:
    if outcome.value is None:
        quote = f': "{outcome.evidence[0].quote}"' if outcome.evidence else ""
        return f"a signal of {outcome.score:.2f}{quote}" if outcome.score else "no signal"
    quote = f' "{outcome.evidence[0].quote}"' if outcome.evidence else ""
    return f"{outcome.value}: {outcome.reason}{quote}"


def _hygiene(rule: Rule) -> Iterator[Problem]:
    """What every rule owes its readers: enough examples of both sorts, one of them a whole dialogue."""
    examples = rule.body.examples
    line = rule.source.line(("examples",))
    quiet = [*examples.quiet, *examples.passes, *examples.not_applicable, *examples.unsure, *examples.ordinary]
    for name, found in (("fire", examples.fires), ("stay quiet", quiet)):
        if len(found) < FEWEST:
            yield Problem(
                rule.id, rule.file, line, f"needs at least {FEWEST} examples that {name}; it has {len(found)}"
            )
    if not any(_turns(example) >= DIALOGUE for example in [*examples.fires, *quiet]):
        yield Problem(
            rule.id, rule.file, line, f"needs a whole dialogue of {DIALOGUE} turns or more among its examples"
        )


def _turns(example: str | Example) -> int:
    text = example if isinstance(example, str) else example.text
    return sum(bool(line.strip()) for line in text.strip().splitlines())
