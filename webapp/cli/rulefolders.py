"""The rules of the folders, as the commands of `callsift rules` read them: the shipped packs and the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the engine is loaded by the commands that need it
    from rules.check import Redact
    from rules.engine.ruleset import RuleSet
    from rules.facts import CallFacts
    from webapp.settings import Settings


def read_rules(folder: Path | None, settings: Settings | None = None) -> RuleSet:
    """The shipped packs and those of ``folder``, else of the setting ``packs``; raises RuleError for any fault."""
    from rules.engine.ruleset import load_packs

    own = folder if folder is not None or settings is None else settings.packs
    ruleset = load_packs([] if own is None else [own])
    assert ruleset.program is not None  # compiled here, so that a faulty rule is named before anything is judged
    return ruleset


def redaction() -> Redact:
    """The pipeline's redaction with its default policy, for the calls that examples are."""
    from dataclasses import replace

    from pipeline.records import Call
    from pipeline.redaction import load_policy, redact

    policy = load_policy()

    def redacted(facts: CallFacts) -> CallFacts:
        call = redact(Call(facts.id, parties=facts.parties, turns=facts.turns, trusted=True), policy)
        return replace(facts, turns=call.turns)

    return redacted
