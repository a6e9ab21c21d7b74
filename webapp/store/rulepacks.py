"""Which pack a rule belongs to: by the published versions of an organisation, else by the folder it was shipped in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.language.files import BETWEEN, SHIPPED
from webapp.tables import RulebookRow, RulebookRule

ID = re.compile(r"^id:\s*[\"']?([^\s\"'#]+)", re.MULTILINE)

CHECKED = re.compile(r"^source_status:\s*[\"']?(read|secondary)\b", re.MULTILINE)


def is_checked(text: str) -> bool:
    """Whether somebody has checked the source that a kept rule text names; as reports see it."""
    return CHECKED.search(text.split(BETWEEN)[0]) is not None


@cache
def shipped() -> Mapping[str, str]:
    """Rule to pack of the shipped ones, without reading the rules themselves: that takes a second."""
    return MappingProxyType(_in(SHIPPED))


def pack_names(session: Session, org: int, folder: Path | None) -> dict[str, str]:
    """Rule to pack of every rule: as published last, else as in the house's own ``folder``, else as shipped."""
    published = (
        select(RulebookRule.rule, RulebookRule.pack)
        .join(RulebookRow, RulebookRow.id == RulebookRule.rulebook_id)
        .where(RulebookRow.org_id == org)
        .order_by(RulebookRow.version)
    )
    return dict(shipped()) | ({} if folder is None else _in(folder)) | dict(session.execute(published).all())


def _in(folder: Path) -> dict[str, str]:
    found = ((file.parent.name, ID.search(file.read_text(encoding="utf-8"))) for file in folder.glob("*/[!_]*.yaml"))
    return {id[1]: pack for pack, id in found if id is not None}


def packs_of(session: Session, org: int, rules: Iterable[str]) -> dict[str, int]:
    """The packs of these rules, each with how many of them it holds."""
    wanted = set(rules)
    published = (
        select(RulebookRule.rule, RulebookRule.pack)
        .join(RulebookRow, RulebookRow.id == RulebookRule.rulebook_id)
        .where(RulebookRow.org_id == org, RulebookRule.rule.in_(wanted))
        .distinct()
    )
    known = {rule: shipped()[rule] for rule in wanted if rule in shipped()}
    return Counter((known | dict(session.execute(published).all())).values())


def rules_of(session: Session, org: int, pack: str) -> frozenset[str]:
    """The rules that are or ever were in a pack."""
    published = (
        select(RulebookRule.rule)
        .join(RulebookRow, RulebookRow.id == RulebookRule.rulebook_id)
        .where(RulebookRow.org_id == org, RulebookRule.pack == pack)
    )
    return frozenset(rule for rule, name in shipped().items() if name == pack) | set(
        session.scalars(published.distinct())
    )
