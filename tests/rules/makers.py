"""Small rules and calls for tests."""

from __future__ import annotations

from dataclasses import replace

from rules.engine.judging import Judgement, examine
from rules.engine.ruleset import RuleSet
from rules.examples import dialogue
from rules.facts import CallFacts
from rules.language.files import Pack, read_rule
from rules.language.schema import PackFile

HEAD = """\
id: T-1
title: a test rule
severity: high
jurisdiction: any
source: a test
as_of: 2026-11-20
source_status: unchecked
why: to test
misses: everything else
owner: tests
examples: {}
"""


def ruleset(*bodies: str, lists=None, events=None) -> RuleSet:
    """Rules from their bodies ("kind: ..."), in one pack called "test"; ids T-1, T-2, ..."""
    from rules.engine.patterns import Scope
    from rules.language.schema import Said

    scope = Scope(lists or {}, {name: Said.model_validate(value) for name, value in (events or {}).items()})
    rules = [
        read_rule(HEAD.replace("T-1", f"T-{n}") + body, f"t{n}.yaml", scope, {}, "test")
        for n, body in enumerate(bodies, 1)
    ]
    return RuleSet((Pack("test", PackFile(title="t", about="t", threshold=None), tuple(rules)),))


def answer(body: str, call: CallFacts | str, **given) -> tuple[str, str]:
    """(value, reason) of one rule for one call; signals give ("0.40", reason)."""
    judged = look(body, call, **given)
    if judged.verdicts:
        return str(judged.verdicts[0].value), judged.verdicts[0].reason
    return (f"{judged.signals[0].score:.2f}", judged.signals[0].reason) if judged.signals else ("0.00", "")


def look(body: str, call: CallFacts | str, **given) -> Judgement:
    return examine(dialogue(call) if isinstance(call, str) else call, ruleset(body), **given)


def heard_with(call: CallFacts | str, confidence: float | None, *, trusted: bool = False) -> CallFacts:
    """The call as a recogniser would give it: every word with this confidence."""
    call = dialogue(call) if isinstance(call, str) else call
    turns = tuple(
        replace(turn, words=tuple(replace(word, confidence=confidence) for word in turn.words)) for turn in call.turns
    )
    return replace(call, turns=turns, trusted=trusted)
