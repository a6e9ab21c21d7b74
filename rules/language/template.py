"""A first version of a new rule: valid, with examples that hold, so that an author changes something that works."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from rules.engine.kind import kinds
from rules.errors import RuleError

_HEAD = """\
id: {id}
title: Say in one line what is wrong when this fires
kind: {kind}
severity: medium
jurisdiction: any
source: Where it is written, or "house rule"
as_of: {today}
source_status: unchecked
why: Why a reviewer should care.
misses: What it is known not to find.
owner: you
"""
_BODIES = {
    "prohibited": (
        'said: {role: agent, any_of: ["(never|do not) tell your (bank|wife)"], negated: count}',
        ("agent: never tell your bank", "agent: hello / customer: why / agent: do not tell your wife / customer: oh",
         "agent: never tell your wife"),
        ("agent: please tell your bank", "customer: never tell your bank", "agent: tell your wife"),
    ),
    "required": (
        'said: {role: agent, any_of: ["how can i help"]}',
        ("agent: hello / customer: hello / agent: yes / customer: well", "agent: what", "customer: how can i help / agent: fine"),
        ("agent: how can i help", "agent: hi how can i help you", "agent: well how can i help"),
    ),
    "signal": (
        'score: 0.3\nstep: example\nsaid: {role: customer, any_of: ["i am moving"]}',
        ("customer: i am moving", "customer: i'm moving", "agent: hello / customer: hello / agent: yes / customer: i am moving"),
        ("customer: i am not moving", "agent: i am moving", "customer: hello"),
    ),
}  # fmt: skip


def write_template(id: str, kind: str, folder: Path) -> Path:
    """Write a new rule into ``folder``; raises RuleError when it is there already or the kind has no template."""
    if kind not in _BODIES:
        known = f"there are templates for {', '.join(sorted(_BODIES))}; kinds are {', '.join(sorted(kinds()))}"
        raise RuleError(f'no template for kind "{kind}": {known}', file=str(folder), line=1)
    file = folder / f"{id.lower().replace('-', '_').replace('.', '_')}.yaml"
    if file.exists():
        raise RuleError("there is a rule already", file=str(file), line=1)
    body, fires, quiet = _BODIES[kind]
    folder.mkdir(parents=True, exist_ok=True)
    head = _HEAD.format(id=id, kind=kind, today=date.today().isoformat())
    file.write_text(f"{head}{body}\nexamples:\n  fires:\n{_listed(fires)}  quiet:\n{_listed(quiet)}", encoding="utf-8")
    return file


def _listed(examples: tuple[str, ...]) -> str:
    return "".join("    - |\n      " + example.replace(" / ", "\n      ") + "\n" for example in examples)
