"""The review desk over SQL: beginning, answering, submitting and reopening reviews; see `ReviewDesk`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboards.queues import CallHeld, Held
from dashboards.reviews import Change, MyWork, OfCall, ReviewView, Saved, Submitted
from webapp.audit import write_audit
from webapp.database import insert_new
from webapp.desk import calls
from webapp.desk.desk import SqlDesk
from webapp.desk.holding import hold, holder
from webapp.desk.quality import listing
from webapp.desk.quality.answering import LONGEST, change, short_enough, undo
from webapp.desk.quality.finding import FIRST, NOTE, SECOND, Found, find, names_of, visible
from webapp.desk.quality.submitting import note, reopen, submit
from webapp.desk.quality.viewing import view
from webapp.desk.typed import kept_text
from webapp.store.scorecards import for_use
from webapp.tables import AssignmentRow, CalibrationRow, PlaceRow, Ranked, ReviewRow
from webapp.tables.base import new_public_id

READ, BEGUN, TAKEN = "review.read", "review.begin", "review.takeover"
NEEDS = {FIRST: "reviews:write", SECOND: "reviews:second"}


@dataclass(frozen=True)
class SqlReviewDesk:
    """See `ReviewDesk`."""

    desk: SqlDesk

    def mine(self) -> MyWork:
        with self.desk.store.database.read() as session:
            return listing.my_work(session, self.desk.scope)

    def of_call(self, call_id: str) -> OfCall | None:
        scope = self.desk.scope
        with self.desk.store.database.read() as session:
            ranked = self._call(session, call_id, "reviews:read")
            if ranked is None:
                return None
            rows = session.scalars(
                select(ReviewRow)
                .where(
                    ReviewRow.org_id == scope.org,
                    ReviewRow.call_id == ranked.call_id,
                    ReviewRow.calibration_id.is_(None),
                )
                .where(visible(scope))
                .order_by(ReviewRow.edition.desc(), ReviewRow.id)
            ).all()
            shown = self._shown(session, list(rows))
            every = session.scalars(select(ReviewRow.slot).where(
                ReviewRow.org_id == scope.org, ReviewRow.call_id == ranked.call_id, ReviewRow.calibration_id.is_(None)
            )).all()  # fmt: skip
            second = SECOND not in every and any(row.slot == FIRST and row.state == "submitted" for row in rows)
            held = holder(session, scope, ranked.call_id, self.desk.store.clock())
            theirs = shown is not None and shown.slot == FIRST and shown.row.state == "draft"
            theirs = theirs and shown is not None and shown.row.reviewer_id != scope.user
            return OfCall(
                self._view(session, shown) if shown else None, tuple(listing.cards(session, scope)),
                self._may(session, ranked, FIRST) and held is None and (FIRST not in every or theirs),
                second and self._may(session, ranked, SECOND) and not self._first_by_me(list(rows)),
                listing.lines(session, scope, [row.id for row in rows if shown is None or row.id != shown.row.id]),
                listing.fitting(session, scope, ranked) if FIRST not in every else "",
                names_of(session, scope.org, [shown.row.reviewer_id])[shown.row.reviewer_id] if theirs and shown else "",
            )  # fmt: skip

    def begin(self, call_id: str, card: str, slot: str) -> str | None:
        store, scope = self.desk.store, self.desk.scope
        if slot not in NEEDS:
            return None
        with store.database.write() as session:
            ranked = self._call(session, call_id, NEEDS[slot])
            if ranked is None:
                return None
            there, moment = self._newest(session, ranked.call_id, slot, lock=True), store.clock()
            if slot == FIRST and (there is None or there.state == "draft"):
                self._claim(session, ranked.call_id, moment)
            if there is not None and slot == FIRST:
                return self._joined(session, there, moment)
            if there is not None:
                return there.public_id if there.reviewer_id == scope.user else None
            first = self._newest(session, ranked.call_id, FIRST)
            if slot == SECOND and (first is None or first.state != "submitted" or first.reviewer_id == scope.user):
                return None  # a second look is by somebody else, after the first
            scorecard = first.scorecard_id if slot == SECOND and first is not None else None
            if scorecard is None:
                used = for_use(session, scope.org, card, moment)
                scorecard = used.id if used is not None else None
            if scorecard is None:
                return None
            return self._add(session, ranked, scorecard, slot, moment)

    def review(self, review_id: str) -> ReviewView | None:
        store, scope = self.desk.store, self.desk.scope
        with store.database.write() as session:
            found = find(session, scope, review_id, "reviews:read")
            if found is None:
                return None
            write_audit(session, scope.org, READ, review_id, at=store.clock(), by=scope.user)
            return self._view(session, found)

    def peek(self, review_id: str) -> ReviewView | None:
        """The same for a page that shows it already: looking again within a sitting is no further look."""
        store, scope = self.desk.store, self.desk.scope
        with store.database.read() as session:
            found = find(session, scope, review_id, "reviews:read")
            if found is None or calls.noted(session, scope, READ, review_id, store.clock()):
                return self._view(session, found) if found is not None else None
        return self.review(review_id)

    def answer(self, review_id: str, change_: Change) -> Saved | None:
        store, scope = self.desk.store, self.desk.scope
        if change_.part == NOTE and change_.value:
            whole = short_enough(change_.value)  # what redaction writes may be longer than what it takes out
            change_ = replace(change_, value=kept_text(whole, self.desk.desks.policy, 4 * LONGEST))
        with store.database.write() as session:
            found = self._editable(session, review_id)
            if found is None or found.row.state != "draft":
                return None if found is None else Saved("closed", view(session, scope, found))
            clash = change(session, found, change_, scope.user, store.clock())
            return Saved("clash" if clash else "saved", view(session, scope, found), clash)

    def undo(self, review_id: str) -> Saved | None:
        store, scope = self.desk.store, self.desk.scope
        with store.database.write() as session:
            found = self._editable(session, review_id)
            if found is None or found.row.state != "draft":
                return None if found is None else Saved("closed", view(session, scope, found))
            told = undo(session, found, scope.user, store.clock())
            return Saved("saved" if told else "nothing", view(session, scope, found), None, told)

    def submit(self, review_id: str, version: int) -> Submitted | None:
        store, scope = self.desk.store, self.desk.scope
        with store.database.write() as session:
            found = self._editable(session, review_id)
            if found is None or found.row.state != "draft":
                return None if found is None else Submitted("closed", view(session, scope, found))
            if found.row.version != version:
                return Submitted("changed", view(session, scope, found))
            left = submit(session, found, scope.user, store.clock())
            outcome = "open" if left else "submitted"
            return Submitted(outcome, view(session, scope, found), None if left else listing.next_call(session, scope))

    def reopen(self, review_id: str, reason: str) -> str | None:
        store, scope = self.desk.store, self.desk.scope
        why = kept_text(reason, self.desk.desks.policy, LONGEST)
        with store.database.write() as session:
            found = find(session, scope, review_id, "reviews:write", lock=True)
            allowed = found is not None and found.row.state == "submitted" and found.row.slot in NEEDS
            if found is None or not allowed or not why:
                return None
            leads = self._call(session, found.ranked.public_id, "reviews:assign") is not None
            if found.row.reviewer_id != scope.user and not leads:
                return None
            if found.slot == FIRST:
                self._claim(session, found.row.call_id, store.clock())
            return reopen(session, found, scope.user, why, store.clock()).public_id

    def _editable(self, session: Session, review_id: str) -> Found | None:
        """The review, locked, where this person may change it while it is a draft. Raises CallHeld where it is another's."""
        scope = self.desk.scope
        found = find(session, scope, review_id, "reviews:write", lock=True)
        if found is None or (found.slot != FIRST and found.row.reviewer_id != scope.user):
            return None
        if found.slot == FIRST and found.row.state == "draft":
            self._claim(session, found.row.call_id, self.desk.store.clock())
            if found.row.reviewer_id != scope.user:
                raise CallHeld(Held(names_of(session, scope.org, [found.row.reviewer_id])[found.row.reviewer_id]))
        if found.row.calibration_id is not None:
            ended = session.get_one(CalibrationRow, found.row.calibration_id).closed_at
            return None if ended is not None else found
        return found

    def _view(self, session: Session, found: Found) -> ReviewView:
        """The review, read only while somebody else has its call."""
        writes = found.slot == FIRST and found.row.state == "draft"
        held = holder(session, self.desk.scope, found.row.call_id, self.desk.store.clock()) if writes else None
        return view(session, self.desk.scope, found, held=held is not None)

    def _claim(self, session: Session, call: int, moment: datetime) -> None:
        """The call is this person's for another lease; raises CallHeld where somebody else has it."""
        held = hold(session, self.desk.scope, call, moment)
        if held is not None:
            raise CallHeld(held)

    def _joined(self, session: Session, there: ReviewRow, moment: datetime) -> str:
        """The first review that is there: one's own, a submitted one, or a draft whose reviewer has let go of the call."""
        scope = self.desk.scope
        if there.state == "draft" and there.reviewer_id != scope.user:
            before = names_of(session, scope.org, [there.reviewer_id])[there.reviewer_id]
            there.reviewer_id = scope.user
            note(session, there, "taken over", scope.user, moment, text=f"from {before}")
            write_audit(session, scope.org, TAKEN, there.public_id, at=moment, by=scope.user)
        return there.public_id

    def _call(self, session: Session, call_id: str, permission: str) -> Ranked | None:
        wanted = select(Ranked).where(self.desk.scope.calls(permission), Ranked.public_id == call_id)
        return session.scalars(wanted).one_or_none()

    def _may(self, session: Session, ranked: Ranked, slot: str) -> bool:
        return self._call(session, ranked.public_id, NEEDS[slot]) is not None

    def _newest(self, session: Session, call: int, slot: str, *, lock: bool = False) -> ReviewRow | None:
        """Locked before the call is claimed, in the order in which a change of the review locks both."""
        here = ReviewRow.org_id == self.desk.scope.org, ReviewRow.call_id == call, ReviewRow.slot == slot
        wanted = select(ReviewRow).where(*here).order_by(ReviewRow.edition.desc()).limit(1)
        return session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()

    def _shown(self, session: Session, rows: list[ReviewRow]) -> Found | None:
        """The review to show beside a call: one's own blind draft, else the newest first review."""
        own = [row for row in rows if row.slot == SECOND and row.state == "draft"]
        first = [row for row in rows if row.slot == FIRST]
        chosen = next(iter([*own, *first]), None)
        return find(session, self.desk.scope, chosen.public_id, "reviews:read") if chosen is not None else None

    def _first_by_me(self, rows: list[ReviewRow]) -> bool:
        return any(row.slot == FIRST and row.reviewer_id == self.desk.scope.user for row in rows)

    def _add(self, session: Session, ranked: Ranked, scorecard: int, slot: str, moment: datetime) -> str:
        scope = self.desk.scope
        picked, probability = self._picked(session, ranked.call_id, slot)
        row = {
            "org_id": scope.org, "public_id": new_public_id(), "call_id": ranked.call_id, "scorecard_id": scorecard,
            "reviewer_id": scope.user, "result_id": ranked.result_id, "slot": slot, "edition": 1, "state": "draft",
            "version": 0, "picked": picked, "probability": probability, "begun_at": moment,
        }  # fmt: skip
        if not insert_new(session, ReviewRow, [row]):  # a rival began it a moment ago: theirs is joined
            there = self._newest(session, ranked.call_id, slot)
            assert there is not None
            return there.public_id
        added = session.scalars(select(ReviewRow).where(ReviewRow.public_id == row["public_id"])).one()
        note(session, added, "begun", scope.user, moment)
        write_audit(session, scope.org, BEGUN, added.public_id, at=moment, by=scope.user)
        return added.public_id

    def _picked(self, session: Session, call: int, slot: str) -> tuple[str, float | None]:
        """How the call came to this person: a drawn place of their queue, an assignment, or by their own choice."""
        user = self.desk.scope.user
        open_ = AssignmentRow.done_at.is_(None), AssignmentRow.cancelled_at.is_(None)
        this = AssignmentRow.call_id == call, AssignmentRow.user_id == user, AssignmentRow.slot == slot
        asked = session.scalars(select(AssignmentRow).where(*this, *open_).limit(1)).one_or_none()
        if asked is not None:
            return ("draw", asked.probability) if asked.picked == "draw" else ("assigned", None)
        held = PlaceRow.call_id == call, PlaceRow.user_id == user, PlaceRow.state == "held"
        place = session.scalars(select(PlaceRow).where(*held).order_by(PlaceRow.id.desc()).limit(1)).one_or_none()
        return ("draw", place.probability) if place is not None and place.probability is not None else ("person", None)
