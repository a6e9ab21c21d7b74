"""Examples that upheld disputes left to rules, as SQL keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.tables import DisputeRow, RuleExample

SHORT = 8  # characters of a dispute's id that people see


@dataclass(frozen=True, slots=True)
class KeptExample:
    """One call as an example of one rule. ``expected`` is a group of examples: quiet, fires, not_applicable."""

    rule: str
    expected: str
    text: str
    known: dict[str, Any]
    dispute: str
    made_at: datetime


def kept_examples(session: Session, org: int) -> Sequence[KeptExample]:
    """All of an organisation, by rule and age."""
    rows = session.execute(
        select(RuleExample, DisputeRow.public_id)
        .join(DisputeRow, DisputeRow.id == RuleExample.dispute_id)
        .where(RuleExample.org_id == org)
        .order_by(RuleExample.rule, RuleExample.id)
    ).all()
    return [
        KeptExample(row.rule, row.expected, row.text, dict(row.known), dispute[:SHORT], row.made_at)
        for row, dispute in rows
    ]
