"""A call's transcript for one person to take away: inside their scope, written to the audit log before it is handed out."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from pipeline.transcripts import TranscriptError
from pipeline.transcripts.leaving import transcript_of, writer, written
from pipeline.transcripts.registry import Format
from webapp.audit import write_audit
from webapp.desk import calls
from webapp.desk.desk import SqlDesk
from webapp.store import SqlStore
from webapp.tables import Ranked

EXPORTED = "call.export"


@dataclass(frozen=True)
class SqlExportDesk:
    """The transcripts of whoever the desk belongs to."""

    desk: SqlDesk

    def transcript(self, call_id: str, name: str) -> tuple[str, Format] | None:
        """The text and its format; None for a call that does not exist for this person.

        :raises TranscriptError: for a format that cannot be written.
        """
        chosen, here = writer(name), self.desk
        with here.store.database.write() as session:
            found = calls.find(session, here.scope, "calls:read", call_id)
            if found is None:
                return None
            write_audit(
                session, here.scope.org, EXPORTED, call_id, at=here.store.clock(), by=here.scope.user, detail=name
            )
        call = calls.open_result(here.store.vault, found).call
        return written(transcript_of(call), name), chosen


def exported(store: SqlStore, begin: str, name: str) -> str:
    """The text for whoever sits at the machine: of the call whose public id begins so. Raises TranscriptError."""
    writer(name)
    like = Ranked.public_id.startswith(begin, autoescape=True)
    with store.database.write() as session:
        ids = session.scalars(select(Ranked.public_id).where(Ranked.org_id == store.org, like).limit(2)).all()
        if len(ids) != 1 or not begin:
            which = "no" if not ids else "more than one"
            raise TranscriptError(f'"{begin}" is the beginning of {which} call with a result.', reason="no_such_call")
        write_audit(session, store.org, EXPORTED, ids[0], at=store.clock(), detail=name)
    result = store.result(ids[0])
    assert result is not None
    return written(transcript_of(result.call), name)
