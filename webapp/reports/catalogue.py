"""Which rules a report covers and what they say of themselves, from the rule texts that SQL keeps for ever.

A text knows its title, jurisdiction and source, but not the folder it lay in: the pack comes from the packs in force,
and is written into the manifest, so that a report made again does not depend on them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.reporting.records import STATUSES, Filter, RuleFacts
from rules.engine.kind import kinds
from rules.language.files import BETWEEN
from webapp.tables import RulebookRow, RulebookRule, RuleText

NO_PACK = "other"  # of rules whose folder is not known any more
UNKNOWN = "not known"


def rules_of(
    session: Session, org: int, wanted: Filter, packs: Mapping[str, str], as_of: datetime, *, only_known: bool = False
) -> list[RuleFacts]:
    """The rules that ``wanted`` asks for and that were in force until ``as_of``; ``packs`` maps a rule to its pack.

    By pack and rule. Rules that give signals and no verdicts are left out, and with ``only_known`` all that ``packs``
    does not name.
    """
    rows = session.execute(
        select(RuleText.rule, RuleText.title, RuleText.text)
        .where(RuleText.org_id == org, RuleText.first_seen <= as_of)
        .order_by(RuleText.first_seen, RuleText.id)
    )
    newest = {rule: (title, text) for rule, title, text in rows}
    facts = [
        found
        for rule, (title, text) in newest.items()
        if (rule in packs or not only_known)
        and (found := facts_of(rule, packs.get(rule, NO_PACK), title, text)) is not None
        and fits(found, wanted)
    ]
    return sorted(facts, key=lambda one: (one.pack, natural(one.rule)))


def texts_of(session: Session, org: int, rules: Sequence[str], as_of: datetime) -> dict[tuple[str, str], str]:
    """Hash of the text of each rule and version, as the verdicts' basis names it."""
    rows = session.execute(
        select(RuleText.rule, RuleText.version, RuleText.sha256)
        .where(RuleText.org_id == org, RuleText.first_seen <= as_of, RuleText.rule.in_(rules))
        .order_by(RuleText.id)
    )
    return {(rule, version): sha256 for rule, version, sha256 in rows}


def fits(facts: RuleFacts, wanted: Filter) -> bool:
    """Whether a rule is asked for."""
    if facts.status == "unchecked" and not wanted.unchecked:
        return False
    inside = not wanted.jurisdictions or facts.jurisdiction in wanted.jurisdictions
    return inside and (not wanted.packs or facts.pack in wanted.packs)


def natural(rule: str) -> tuple[tuple[int, int | str], ...]:
    """``B10`` after ``B9``."""
    pieces = re.findall(r"\d+|\D+", rule)
    return tuple((0, int(piece)) if piece.isdigit() else (1, piece) for piece in pieces)


@lru_cache(maxsize=2048)  # texts never change, and every page of the app asks for all of them
def facts_of(rule: str, pack: str, title: str, text: str) -> RuleFacts | None:
    """What a kept text says; None for a signal. A text that cannot be read counts as unchecked."""
    said = _said(text)
    kind = kinds().get(str(said.get("kind")))
    if kind is not None and kind.signals:
        return None
    status = str(said.get("source_status"))
    when = said.get("as_of")
    return RuleFacts(
        rule, pack, title or rule, str(said.get("jurisdiction") or UNKNOWN), str(said.get("severity") or UNKNOWN),
        str(said.get("source") or UNKNOWN), when.isoformat() if isinstance(when, date) else "",
        status if status in STATUSES else "unchecked", str(said.get("why") or ""), str(said.get("misses") or ""),
    )  # fmt: skip


def packs_in_force(session: Session, org: int, folder: Path | None) -> dict[str, str]:
    """``{rule: pack}``: as published, the newest version first, and for the others as they lie on disk now."""
    published = session.execute(
        select(RulebookRule.rule, RulebookRule.pack)
        .join(RulebookRow, RulebookRow.id == RulebookRule.rulebook_id)
        .where(RulebookRule.org_id == org)
        .order_by(RulebookRow.version)
    )
    return _on_disk(folder) | dict(published.all())


def _on_disk(folder: Path | None) -> dict[str, str]:
    from rules.engine.ruleset import load_packs  # reads a hundred files: only where a report begins

    return {rule.id: rule.pack for rule in load_packs([folder] if folder else []).rules}


def _said(text: str) -> Mapping[str, Any]:
    """The rule's own part of a kept text as values: the word lists and events of its pack stand behind a form feed."""
    try:
        said = YAML(typ="safe", pure=True).load(text.split(BETWEEN)[0])
    except (YAMLError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
