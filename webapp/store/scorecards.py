"""Scorecards in SQL: published versions, only ever added to. A shipped card is written down when it is first used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.quality.errors import CardError
from pipeline.quality.scorecards import Card, read_card, shipped_cards
from rules.errors import CallsiftError
from webapp.audit import write_audit
from webapp.tables import ScorecardRow, ScorecardTrash
from webapp.tables.base import new_public_id

PUBLISHED = "scorecard.publish"
SHIPPED = "as shipped"


class StaleCard(CallsiftError):
    """Somebody else published the card meanwhile; ``row`` is what stands now."""

    def __init__(self, row: ScorecardRow) -> None:
        super().__init__(
            f"Version {row.version} of this scorecard was published meanwhile. Your text was not published; it is still "
            "in the form. Compare it with the new version and publish it again."
        )
        self.row = row


def in_force(session: Session, org: int) -> list[ScorecardRow]:
    """The newest version of each card by title; shipped ones that nobody used yet have no key and version 0. Cards in the
    trash are left out."""
    gone = trashed(session, org)
    newest = (
        select(ScorecardRow.card, func.max(ScorecardRow.version).label("version"))
        .where(ScorecardRow.org_id == org)
        .group_by(ScorecardRow.card)
        .subquery()
    )
    rows = session.scalars(
        select(ScorecardRow)
        .join(newest, (newest.c.card == ScorecardRow.card) & (newest.c.version == ScorecardRow.version))
        .where(ScorecardRow.org_id == org)
    ).all()
    known = {row.card for row in rows}
    unused = [
        ScorecardRow(org_id=org, card=card.id, version=0, title=card.body.title, text=card.text, sha256=card.sha256, note=SHIPPED)
        for card in shipped_cards().values()
        if card.id not in known
    ]  # fmt: skip
    return sorted((row for row in [*rows, *unused] if row.card not in gone), key=lambda row: row.title)


def trashed(session: Session, org: int) -> dict[str, ScorecardTrash]:
    """Cards in the trash, by id."""
    wanted = ScorecardTrash.org_id == org, ScorecardTrash.restored_at.is_(None)
    return {row.card: row for row in session.scalars(select(ScorecardTrash).where(*wanted))}


def for_use(session: Session, org: int, card: str, moment: datetime) -> ScorecardRow | None:
    """The version in force, written down when it is a shipped one that is used for the first time; None for one in the trash."""
    if card in trashed(session, org):
        return None
    row = _newest(session, org, card)
    shipped = shipped_cards().get(card)
    if row is None and shipped is not None:
        row = _add(session, org, shipped, 1, None, SHIPPED, moment)
    return row


def versions(session: Session, org: int, card: str) -> Sequence[ScorecardRow]:
    """All published versions, the newest first."""
    wanted = ScorecardRow.org_id == org, ScorecardRow.card == card
    return session.scalars(select(ScorecardRow).where(*wanted).order_by(ScorecardRow.version.desc())).all()


def publish(
    session: Session, org: int, card: Card, *, by: int | None, note: str, moment: datetime, base: int | None = None
) -> ScorecardRow:
    """The card's next version, or the one in force where nothing has changed.

    ``base`` is the version the change was made from: raises StaleCard where another one is in force by now.
    """
    if card.id in trashed(session, org):
        raise CardError(
            f'the card "{card.id}" is in the trash; take it out first, or choose another id', file="scorecard", line=1
        )
    newest = for_use(session, org, card.id, moment)
    if newest is not None and newest.sha256 == card.sha256:
        return newest
    if newest is not None and base is not None and newest.version != max(base, 1):
        raise StaleCard(newest)
    row = _add(session, org, card, newest.version + 1 if newest else 1, by, note, moment)
    write_audit(session, org, PUBLISHED, row.public_id, at=moment, by=by, detail=f"{card.id} {row.version}: {note}")
    return row


def card_of(row: ScorecardRow) -> Card:
    """The card of a row. Its text was checked when it was published."""
    return _read(row.text, row.card)


@lru_cache(maxsize=256)
def _read(text: str, name: str) -> Card:
    try:
        return read_card(text, f"scorecard {name}")
    except CardError as error:  # a text from before a key was renamed
        raise CardError(
            f"was published by another version of callsift: {error}", file=error.file, line=error.line
        ) from error


def _newest(session: Session, org: int, card: str) -> ScorecardRow | None:
    wanted = ScorecardRow.org_id == org, ScorecardRow.card == card
    return session.scalars(
        select(ScorecardRow).where(*wanted).order_by(ScorecardRow.version.desc()).limit(1)
    ).one_or_none()


def _add(
    session: Session, org: int, card: Card, version: int, by: int | None, note: str, moment: datetime
) -> ScorecardRow:
    row = ScorecardRow(
        org_id=org, public_id=new_public_id(), card=card.id, version=version, title=card.body.title, text=card.text,
        sha256=card.sha256, made_at=moment, made_by=by, note=note,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row
