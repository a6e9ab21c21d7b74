"""The audit log: one row a deed, written in the transaction of the deed, so that neither exists without the other."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.tables import Audit


def write_audit(
    session: Session, org: int, action: str, subject: str, *, at: datetime, by: int | None = None, detail: str = ""
) -> None:
    """Note that user ``by`` (None: nobody signed in, or the command line) did ``action`` to the public id ``subject``."""
    session.add(Audit(org_id=org, at=at, user_id=by, action=action, subject=subject, detail=detail))
    session.flush()  # what cannot be written down must fail before anything is answered
