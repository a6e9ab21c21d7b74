"""Scorecards for one person: what is in force, earlier versions, publishing a new one; see `CardDesk`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.cards import CardLine, TrashedCard
from pipeline.quality.scorecards import read_card
from webapp.audit import write_audit
from webapp.database import insert_new
from webapp.desk.desk import SqlDesk
from webapp.desk.quality import listing
from webapp.desk.quality.finding import names_of
from webapp.desk.typed import kept_text
from webapp.store import scorecards
from webapp.store.texts import clean
from webapp.tables import ScorecardTrash

THROWN, RESTORED = "scorecard.trash", "scorecard.restore"


@dataclass(frozen=True)
class SqlCardDesk:
    """See `CardDesk`. Cards are the organisation's: whoever holds the permission in any team sees all of them."""

    desk: SqlDesk

    def cards(self) -> Sequence[CardLine]:
        with self.desk.store.database.read() as session:
            return listing.cards(session, self.desk.scope)

    def card(self, card: str) -> CardLine | None:
        return next((one for one in self.cards() if one.id == card), None)

    def versions(self, card: str) -> Sequence[CardLine]:
        """Published versions, the newest first; empty while the shipped one was never used."""
        with self.desk.store.database.read() as session:
            rows = scorecards.versions(session, self.desk.scope.org, card)
            names = names_of(session, self.desk.scope.org, [row.made_by for row in rows])
            return [listing.card_line(row, names.get(row.made_by or 0, "")) for row in rows]

    def trash(self) -> Sequence[TrashedCard]:
        with self.desk.store.database.read() as session:
            rows = list(scorecards.trashed(session, self.desk.scope.org).values())
            names = names_of(session, self.desk.scope.org, [row.by for row in rows])
        found = [TrashedCard(row.card, row.title, row.at, names.get(row.by, "")) for row in rows]
        return sorted(found, key=lambda one: one.at, reverse=True)

    def throw(self, card: str) -> bool:
        store, scope = self.desk.store, self.desk.scope
        with store.database.write() as session:
            there = {row.card: row.title for row in scorecards.in_force(session, scope.org)}
            if card not in there or len(there) == 1:  # without any card nobody could review
                return False
            row = {"org_id": scope.org, "card": card, "title": there[card], "at": store.clock(), "by": scope.user}
            if insert_new(session, ScorecardTrash, [row]):
                write_audit(session, scope.org, THROWN, card, at=store.clock(), by=scope.user)
        return True

    def restore(self, card: str) -> bool:
        store, scope = self.desk.store, self.desk.scope
        with store.database.write() as session:
            row = scorecards.trashed(session, scope.org).get(card)
            if row is not None:
                row.restored_at = store.clock()
                write_audit(session, scope.org, RESTORED, card, at=store.clock(), by=scope.user)
        return row is not None

    def publish(self, text: str, note: str, *, base: int) -> CardLine:
        """The card's next version. Raises CardError for a fault in the text, StaleCard when somebody was faster."""
        store, scope = self.desk.store, self.desk.scope
        card = read_card(clean(text).replace("\r\n", "\n"), "scorecard")
        with store.database.write() as session:
            row = scorecards.publish(session, scope.org, card, by=scope.user, note=kept_text(note, self.desk.desks.policy, 200),
                                     moment=store.clock(), base=base)  # fmt: skip
            names = names_of(session, scope.org, [row.made_by])
            return listing.card_line(row, names.get(row.made_by or 0, ""))
