"""Mails are erased with any call they speak of: what was kept as it was sent, and the file in the outbox folder.

Whoever erases a call needs to know nothing of mails: the database takes the call out of `mail_calls`, and the next pass
of the alerts finds the place that is left. What was delivered already lies with its reader, out of reach.
"""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.alerts.sending import OUTBOX
from webapp.settings import Settings
from webapp.store import SqlStore
from webapp.tables import MailCall, MailRow

ERASED = "Erased with its call"


def forget_mails(settings: Settings, store: SqlStore) -> int:
    """Erase the mails of calls that are gone; how many. Safe at any time, and again."""
    with store.database.read() as session:
        if not _of_erased(session, store.org):
            return 0
    with store.database.write() as session:
        mails = session.scalars(select(MailRow).where(MailRow.id.in_(_of_erased(session, store.org)))).all()
        for mail in mails:
            # The file first: killed before the commit, the next pass finds the row as it was and does both again.
            settings.path(OUTBOX, f"{mail.public_id}.eml").unlink(missing_ok=True)
            mail.raw, mail.subject, mail.said = b"", ERASED, ""
            if mail.state == "waiting":  # it is never sent; its place in the outbox is cleared by the next try
                mail.state, mail.settled_at = "refused", store.clock()
        session.execute(delete(MailCall).where(MailCall.org_id == store.org, MailCall.call_id.is_(None)))
    return len(mails)


def _of_erased(session: Session, org: int) -> list[int]:
    gone = MailCall.org_id == org, MailCall.call_id.is_(None)
    return list(session.scalars(select(MailCall.mail_id).where(*gone).distinct()))
