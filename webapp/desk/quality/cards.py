"""Scorecards for one person: what is in force, earlier versions, publishing a new one; see `CardDesk`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.quality import CardLine
from pipeline.quality.scorecards import read_card
from webapp.desk.desk import SqlDesk
from webapp.desk.quality import listing
from webapp.desk.quality.finding import names_of
from webapp.desk.typed import kept_text
from webapp.store import scorecards
from webapp.store.texts import clean


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

    def publish(self, text: str, note: str, *, base: int) -> CardLine:
        """The card's next version. Raises CardError for a fault in the text, StaleCard when somebody was faster."""
        store, scope = self.desk.store, self.desk.scope
        card = read_card(clean(text).replace("\r\n", "\n"), "scorecard")
        with store.database.write() as session:
            row = scorecards.publish(session, scope.org, card, by=scope.user, note=kept_text(note, self.desk.desks.policy, 200),
                                     moment=store.clock(), base=base)  # fmt: skip
            names = names_of(session, scope.org, [row.made_by])
            return listing.card_line(row, names.get(row.made_by or 0, ""))
