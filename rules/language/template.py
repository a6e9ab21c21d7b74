"""A first version of a new rule: valid, with examples that hold, so that an author changes something that works.

Every kind has its first version beside it, `rules/kinds/KIND.yaml`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from rules.engine.kind import kinds
from rules.errors import RuleError

KINDS = Path(__file__).resolve().parents[1] / "kinds"
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


def write_template(id: str, kind: str, folder: Path) -> Path:
    """Write a new rule into ``folder``; raises RuleError when it is there already or there is no such kind."""
    if kind not in kinds():
        raise RuleError(f'there is no kind "{kind}"; kinds are {", ".join(sorted(kinds()))}', file=str(folder), line=1)
    file = folder / f"{id.lower().replace('-', '_').replace('.', '_')}.yaml"
    if file.exists():
        raise RuleError("there is a rule already", file=str(file), line=1)
    folder.mkdir(parents=True, exist_ok=True)
    head = _HEAD.format(id=id, kind=kind, today=date.today().isoformat())
    file.write_text(head + body(kind), encoding="utf-8")
    return file


def body(kind: str) -> str:
    """What a new rule of ``kind`` says and its examples: the file beside the kind."""
    return (KINDS / f"{kind}.yaml").read_text(encoding="utf-8")
