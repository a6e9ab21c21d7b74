"""Comments and corrected words for one person: scope in every query, a version for every change, the audit log with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dashboards.notes import LONGEST, Correction, Draft, Note, NoteRefused, NoteStale, NoteVersion, place_of
from pipeline.records import Call as HeardCall
from pipeline.redaction import Policy, load_policy
from webapp.audit import write_audit
from webapp.desk import calls
from webapp.desk.desk import SqlDesk
from webapp.desk.quality.blindness import blind
from webapp.desk.typed import hides_more, redacted_text, visible
from webapp.settings import Settings
from webapp.tables import Call, CallNote, Ranked, User, WordCorrection
from webapp.tables.base import new_public_id

COMMENT, CORRECT = "calls:comment", "calls:correct"
LONGEST_WORD = 80


@dataclass(frozen=True)
class SqlNoteDesk:
    """See `NoteDesk`."""

    desk: SqlDesk
    settings: Settings

    def notes(self, call_id: str) -> Sequence[Note]:
        with self.desk.store.database.read() as session:
            call = self._call(session, call_id, "calls:read")
            if call is None:
                return []
            everything = self._call(session, call_id, COMMENT) is not None
            own = CallNote.author_id == self.desk.scope.user
            rows = session.execute(
                select(CallNote, User.name)
                .join(User, User.id == CallNote.author_id)
                .where(CallNote.org_id == self.desk.store.org, CallNote.call_id == call.id)
                .where(or_(own, ~blind(self.desk.scope, CallNote.call_id)))
                .order_by(CallNote.public_id, CallNote.version)
            ).all()
        told = [
            self._note([(row, name) for row, name in group]) for _, group in groupby(rows, lambda r: r[0].public_id)
        ]
        shown = [note for note in told if not note.now.removed and (everything or note.now.coaching)]
        if not everything:  # what it said before it was meant for the agent is not theirs to read
            shown = [replace(note, versions=tuple(one for one in note.versions if one.coaching)) for note in shown]
        return sorted(shown, key=lambda note: (note.now.start, note.versions[0].at))

    def blind(self, call_id: str) -> bool:
        with self.desk.store.database.read() as session:
            wanted = Ranked.public_id == call_id, blind(self.desk.scope, Ranked.call_id)
            return (
                session.scalar(select(Ranked.call_id).where(Ranked.org_id == self.desk.store.org, *wanted)) is not None
            )

    def sees(self, call_id: str) -> bool:
        with self.desk.store.database.read() as session:
            return self._call(session, call_id, "calls:read") is not None

    def may_write(self, call_id: str, note_id: str | None = None) -> bool:
        with self.desk.store.database.read() as session:
            call = self._call(session, call_id, COMMENT)
            if call is None or note_id is None:
                return call is not None
            versions = self._versions(session, call, note_id)
            return bool(versions) and versions[0].author_id == self.desk.scope.user

    def add(self, call_id: str, draft: Draft) -> str | None:
        store, moment = self.desk.store, self.desk.store.clock()
        with store.database.write() as session:
            call = self._call(session, call_id, COMMENT)
            if call is None:
                return None
            kept, note_id = self._checked(session, call, draft), new_public_id()
            session.add(self._row(call, note_id, 1, kept))
            write_audit(session, store.org, "note.add", call_id, at=moment, by=self.desk.scope.user, detail=note_id)
        return note_id

    def change(self, call_id: str, note_id: str, version: int, draft: Draft | None) -> bool:
        store, scope = self.desk.store, self.desk.scope
        try:
            with store.database.write() as session:
                call = self._call(session, call_id, COMMENT)
                versions = [] if call is None else self._versions(session, call, note_id)
                if call is None or not versions or versions[0].author_id != scope.user:
                    return False
                newest = versions[-1]
                if newest.version != version:
                    raise _stale(newest.version)
                kept = None if draft is None else self._checked(session, call, draft)
                session.add(self._row(call, note_id, version + 1, kept, newest))
                deed = "note.remove" if draft is None else "note.change"
                write_audit(session, store.org, deed, call_id, at=store.clock(), by=scope.user, detail=note_id)
        except IntegrityError as error:  # the same change twice at the same moment
            raise _stale(version + 1) from error
        return True

    def corrections(self, call_id: str) -> Mapping[str, Correction]:
        with self.desk.store.database.read() as session:
            call = self._call(session, call_id, "calls:read")
            return {} if call is None else self._corrections(session, call)

    def correct(self, call_id: str, place: str, version: int, text: str) -> Correction | None:
        store, scope = self.desk.store, self.desk.scope
        try:
            with store.database.write() as session:
                call = self._call(session, call_id, CORRECT)
                found = calls.find(session, scope, CORRECT, call_id)
                if call is None or found is None:
                    return None
                known = self._corrections(session, call)
                newest = known[place].version if place in known else 0
                if newest != version:
                    raise NoteStale(
                        _faster(known[place]) if place in known else "This word was not corrected yet.", newest
                    )
                heard = calls.open_result(store.vault, found).call
                row = self._corrected(call, heard, known, place, version + 1, text)
                session.add(row)
                write_audit(session, store.org, "word.correct", call_id, at=row.at, by=scope.user, detail=place)
        except IntegrityError as error:
            raise _stale(version + 1) from error
        return Correction(row.original, row.text, self.desk.user.name, row.at, row.version)

    @cached_property
    def _policy(self) -> Policy:
        return load_policy(self.settings.redaction_policy)

    def _call(self, session: Session, call_id: str, permission: str) -> Call | None:
        inside = self.desk.scope.calls(permission)
        wanted = select(Call).join(Ranked, Ranked.call_id == Call.id).where(inside, Ranked.public_id == call_id)
        return session.scalars(wanted).one_or_none()

    def _versions(self, session: Session, call: Call, note_id: str) -> Sequence[CallNote]:
        mine = CallNote.org_id == call.org_id, CallNote.call_id == call.id, CallNote.public_id == note_id
        return session.scalars(select(CallNote).where(*mine).order_by(CallNote.version)).all()

    def _checked(self, session: Session, call: Call, draft: Draft) -> Draft:
        length = session.scalars(select(Ranked.duration).where(Ranked.call_id == call.id)).one()
        if len(draft.text) > LONGEST:  # before it is read word by word
            raise NoteRefused(f"A comment may have {LONGEST} characters; this one has {len(draft.text)}.")
        text = redacted_text(draft.text, self._policy)
        if not text:
            raise NoteRefused("A comment needs words.")
        if not 0 <= draft.start <= draft.end <= length + 1:
            raise NoteRefused("The stretch of a comment begins before it ends, and lies inside the call.")
        return replace(draft, text=text)

    def _row(
        self, call: Call, note_id: str, version: int, draft: Draft | None, before: CallNote | None = None
    ) -> CallNote:
        """One version; without a draft the one before, removed, its words gone from the newest version."""
        if draft is None:
            assert before is not None
            draft = Draft(before.start, before.end, "", before.coaching)
        return CallNote(
            org_id=call.org_id, team_id=call.team_id, call_id=call.id, public_id=note_id, version=version,
            author_id=self.desk.scope.user, at=self.desk.store.clock(), start=draft.start, end=draft.end, text=draft.text,
            coaching=draft.coaching, removed=not draft.text,
        )  # fmt: skip

    def _note(self, rows: Sequence[tuple[CallNote, str]]) -> Note:
        versions = tuple(
            NoteVersion(r.version, r.at, name, r.start, r.end, r.text, r.coaching, r.removed) for r, name in rows
        )
        return Note(rows[0][0].public_id, rows[0][0].author_id == self.desk.scope.user, versions)

    def _corrections(self, session: Session, call: Call) -> dict[str, Correction]:
        rows = session.execute(
            select(WordCorrection, User.name)
            .join(User, User.id == WordCorrection.author_id)
            .where(WordCorrection.org_id == call.org_id, WordCorrection.call_id == call.id)
            .order_by(WordCorrection.version)
        )
        return {row.place: Correction(row.original, row.text, name, row.at, row.version) for row, name in rows}

    def _corrected(
        self, call: Call, heard: HeardCall, known: Mapping[str, Correction], place: str, version: int, text: str
    ) -> WordCorrection:
        word = next((w for turn in heard.turns for w in turn.words if place_of(turn.party, w.start) == place), None)
        if word is None:
            raise NoteRefused("This word is not in the transcript any more: the call was heard again. Reload the page.")
        if word.redacted:
            raise NoteRefused("What was removed by redaction stays removed; it cannot be written over.")
        text = " ".join(visible(text[: 10 * LONGEST_WORD]).split())
        if len(text) > LONGEST_WORD:
            raise NoteRefused(f"A word may have {LONGEST_WORD} characters.")
        text = "" if text == word.text else text
        written = {where: one.text for where, one in known.items()} | {place: text}
        if text and hides_more(heard, written, self._policy):
            raise NoteRefused("Corrected like this, the call would hold a number that redaction removes. Leave it out.")
        return WordCorrection(
            org_id=call.org_id, team_id=call.team_id, call_id=call.id, place=place, version=version,
            author_id=self.desk.scope.user, at=self.desk.store.clock(), original=word.text, text=text,
        )  # fmt: skip


def _stale(newest: int) -> NoteStale:
    return NoteStale(
        "This comment was changed in another window meanwhile. Save again to put yours in its place.", newest
    )


def _faster(other: Correction) -> str:
    reads = f"“{other.text}”" if other.text else f"“{other.original}” again"
    return f"{other.author} was faster: the word reads {reads}. Save again to put yours in its place."
