"""A scorecard being changed by one person: each step is kept, can be undone, and becomes a version once it is published."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from dashboards.cards import CardLine, DraftView
from dashboards.reviews import ReviewView
from pipeline.quality.drafting import Body, as_text, body_of, changes
from pipeline.quality.errors import CardError
from pipeline.quality.prefill import prefill, withheld
from pipeline.quality.scorecards import Card, read_card
from rules.errors import CallsiftError
from webapp.desk import calls
from webapp.desk.desk import SqlDesk
from webapp.desk.quality.cards import SqlCardDesk
from webapp.desk.quality.finding import verdicts_of
from webapp.desk.quality.viewing import preview
from webapp.desk.typed import kept_text
from webapp.store import scorecards
from webapp.tables import Ranked, RuleText, ScorecardDraft, User

STEPS = 100  # of one change that can be undone; older ones go
LOOKED = 50  # calls, for one to preview a card on
SHOWN = 20  # names of others who change the card


class StaleDraft(CallsiftError):
    """The form was drawn from an older step: the same person changed the card in another window."""

    def __init__(self) -> None:
        super().__init__(
            "You changed this card in another window meanwhile. What you see here was not kept yet: keep it over that one, or "
            "load the page again."
        )


@dataclass(frozen=True)
class SqlDraftDesk:
    """Changes of cards by whoever is signed in; see `DraftView`."""

    desk: SqlDesk

    def open(self, card: str) -> DraftView | None:
        """What the editor shows: the last step of one's change, else the card in force. None: there is no such card."""
        line = SqlCardDesk(self.desk).card(card)
        if line is None:
            return None
        with self.desk.store.database.read() as session:
            rows = self._steps(session, card)
            others = self._others(session, card)
        in_force = read_card(line.text, f"scorecard {card}")
        if not rows:
            return DraftView(line, body_of(in_force), "", line.version, 0, (), others)
        newer = changes(self._based(card, rows[-1].base, in_force), in_force) if rows[-1].base != line.version else []
        return DraftView(line, rows[-1].body, rows[-1].token, rows[-1].base, len(rows), tuple(newer), others)

    def keep(self, card: str, body: Body, token: str, *, force: bool = False) -> str:
        """Keep a step; the token of it. Raises StaleDraft where the form was drawn from an older one."""
        store, scope = self.desk.store, self.desk.scope
        found = self.open(card)
        if found is None:
            raise CardError("There is no such scorecard.", file="editor", line=1)
        with store.database.write() as session:
            rows = self._steps(session, card)
            last = rows[-1].token if rows else ""
            if token != last and not force:
                raise StaleDraft
            if (rows[-1].body if rows else found.body) == body:
                return last
            for old in rows[: max(0, len(rows) - STEPS)]:
                session.delete(old)
            made = secrets.token_hex(8)
            base = rows[-1].base if rows else found.line.version
            session.add(ScorecardDraft(
                org_id=scope.org, user_id=scope.user, card=card, token=made, base=base, body=body, at=store.clock(),
            ))  # fmt: skip
        return made

    def undo(self, card: str) -> bool:
        """Take the last step away."""
        with self.desk.store.database.write() as session:
            rows = self._steps(session, card)
            if rows:
                session.delete(rows[-1])
        return bool(rows)

    def leave(self, card: str) -> None:
        """Take all steps away; the card in force is what it was."""
        with self.desk.store.database.write() as session:
            session.execute(delete(ScorecardDraft).where(*self._mine(card)))

    def build_on(self, card: str) -> None:
        """From now on the change is one of the version in force: its author has seen what was published meanwhile."""
        line = SqlCardDesk(self.desk).card(card)
        with self.desk.store.database.write() as session:
            rows = self._steps(session, card)
            if rows and line is not None:
                rows[-1].base = line.version

    def publish(self, card: str, token: str, note: str) -> CardLine:
        """The change as the next version. Raises CardError for a fault, StaleCard, StaleDraft."""
        store, scope = self.desk.store, self.desk.scope
        with store.database.write() as session:
            rows = self._steps(session, card)
            if not rows or rows[-1].token != token:
                raise StaleDraft
            read = read_card(as_text({"id": card, **{k: v for k, v in rows[-1].body.items() if k != "id"}}), "editor")
            why = kept_text(note, self.desk.desks.policy, 200)
            row = scorecards.publish(
                session, scope.org, read, by=scope.user, note=why, moment=store.clock(), base=rows[-1].base
            )
            session.execute(delete(ScorecardDraft).where(*self._mine(card)))
            version = row.version
        return next(one for one in SqlCardDesk(self.desk).versions(card) if one.version == version)

    def preview(self, body: Mapping[str, object]) -> tuple[ReviewView, str]:
        """The card as a reviewer sees it, on a new call of one's teams, and that call's name; "" where there is none."""
        card, scope = read_card(as_text(body), "editor"), self.desk.scope
        with self.desk.store.database.write() as session:
            wanted = select(Ranked).where(scope.calls("reviews:write"))
            newest = session.scalars(wanted.order_by(Ranked.at.desc(), Ranked.call_id.desc()).limit(LOOKED)).all()
            # One the machine may answer on, where there is any: that is what the preview is about.
            call = next((row for row in newest if not withheld(row.marks, row.duration)), newest[0] if newest else None)
            if call is None:
                return preview(card, {}, self.desk.user.name), ""
            calls.note(session, scope, calls.READ, call.public_id, self.desk.store.clock())  # its words are shown
            said = prefill(card, verdicts_of(session, call.result_id), doubt=withheld(call.marks, call.duration))
            return preview(card, said, self.desk.user.name), call.name or call.public_id[:8]

    def rules(self) -> dict[str, str]:
        """Ids and titles of the rules by which calls were judged here."""
        wanted = select(RuleText.rule, RuleText.title).where(RuleText.org_id == self.desk.scope.org)
        with self.desk.store.database.read() as session:
            found = session.execute(wanted.order_by(RuleText.rule, RuleText.id)).all()
        return {row.rule: row.title for row in found}

    def _steps(self, session: Session, card: str) -> list[ScorecardDraft]:
        wanted = select(ScorecardDraft).where(*self._mine(card)).order_by(ScorecardDraft.id)
        return list(session.scalars(wanted))

    def _mine(self, card: str) -> tuple[ColumnElement[bool], ...]:
        scope = self.desk.scope
        return ScorecardDraft.org_id == scope.org, ScorecardDraft.user_id == scope.user, ScorecardDraft.card == card

    def _others(self, session: Session, card: str) -> tuple[str, ...]:
        """Who else changes the card at the moment."""
        scope = self.desk.scope
        here = ScorecardDraft.org_id == scope.org, ScorecardDraft.card == card, ScorecardDraft.user_id != scope.user
        names = select(User.name).join(ScorecardDraft, ScorecardDraft.user_id == User.id).where(*here)
        return tuple(session.scalars(names.distinct().order_by(User.name).limit(SHOWN)))

    def _based(self, card: str, version: int, otherwise: Card) -> Card:
        line = next((one for one in SqlCardDesk(self.desk).versions(card) if one.version == max(version, 1)), None)
        return read_card(line.text, f"scorecard {card}") if line is not None else otherwise
