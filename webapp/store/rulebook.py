"""Rule texts as verdicts used them, by hash, for ever: a verdict can be made again when the pack has long moved on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.database import insert_new
from webapp.tables import RuleText


@dataclass(frozen=True, slots=True)
class KeptRule:
    """One text of one rule; ``sha256`` is of ``text``, as the verdict's basis names it."""

    sha256: str
    rule: str
    version: str
    title: str
    text: str


def keep(session: Session, org: int, rules: Sequence[KeptRule], moment: datetime) -> int:
    """Keep texts that are not known yet; how many."""
    return len(insert_new(session, RuleText, [{"org_id": org, "first_seen": moment, **asdict(rule)} for rule in rules]))


def titles(session: Session, org: int, wanted: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Titles of rules by id, for pairs of rule and version; the newest text where a version had several."""
    rows = select(RuleText.rule, RuleText.version, RuleText.title).where(
        RuleText.org_id == org, RuleText.rule.in_({rule for rule, _version in wanted})
    )
    pairs = set(wanted)
    found = session.execute(rows.order_by(RuleText.id))
    return {rule: title for rule, version, title in found if (rule, version) in pairs}
