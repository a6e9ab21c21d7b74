"""Mails out of the SQL outbox into the post, or, where no server is set, into the outbox folder.

At least once: a process that is killed between the server's 250 and our commit sends the same mail again, the same bytes
under the same Message-ID. A server that is away costs one try a pass; each failure makes the pause before the next longer.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from sqlalchemy import func, select, update

from pipeline.failpoints import reach
from webapp.alerts.errors import MailLater, MailRefused
from webapp.alerts.smtp import Session, server_of
from webapp.settings import Settings
from webapp.store import SqlStore, outbox
from webapp.store.outbox import MAIL, Deed
from webapp.tables import MailRow, OutboxRow

log = logging.getLogger(__name__)

OUTBOX = "outbox"  # folder inside the data folder
LEASE = timedelta(minutes=2)  # several times what one mail may take
MOST = 500  # mails of one pass
GIVE_UP = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Posted:
    """What one pass did: mails handed over, filed in the folder, put off, refused for good."""

    sent: int = 0
    filed: int = 0
    later: int = 0
    refused: int = 0

    def __add__(self, other: Posted) -> Posted:
        return Posted(
            self.sent + other.sent, self.filed + other.filed, self.later + other.later, self.refused + other.refused
        )


class Post(Protocol):
    """Takes mails. ``state`` is what a mail is when it has taken it."""

    state: str

    def send(self, raw: bytes, sender: str, to: str, name: str) -> str: ...

    def close(self) -> None: ...


class ByServer:
    """The SMTP server of the settings."""

    state = "sent"

    def __init__(self, session: Session) -> None:
        self.session = session

    def send(self, raw: bytes, sender: str, to: str, name: str) -> str:
        return self.session.send(raw, sender, to)

    def close(self) -> None:
        self.session.close()


class ByFolder:
    """The outbox folder, one .eml file a mail: any mail program opens it."""

    state = "filed"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, raw: bytes, sender: str, to: str, name: str) -> str:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(self.folder / f"{name}.eml", raw)
        except OSError as error:
            raise MailLater(f"{self.folder} cannot be written: {error.strerror}", everywhere=True) from error
        return f"{name}.eml"

    def close(self) -> None:
        pass


def post_of(settings: Settings) -> Post:
    server = server_of(settings)
    return ByFolder(settings.path(OUTBOX)) if server is None else ByServer(Session(server))


def send_waiting(store: SqlStore, settings: Settings, post: Callable[[Settings], Post] = post_of) -> Posted:
    """Send what is due, one after the other, each settled before the next is taken."""
    total, by = Posted(), post(settings)
    try:
        for _ in range(MOST):
            deeds = _take(store)
            if not deeds:
                break
            outcome, away = _send(store, settings, by, deeds[0])
            total += outcome
            if away:
                break  # the others are not tried and lose no time: they are due when this one is
    finally:
        by.close()
    return total


def retry_refused(store: SqlStore) -> int:
    """Have mails that were refused for good tried once more; how many."""
    with store.database.write() as session:
        refused = MailRow.org_id == store.org, MailRow.state == "refused", func.length(MailRow.raw) > 0  # not erased
        names = session.scalars(update(MailRow).where(*refused).values(state="waiting", made_at=store.clock())
                                .returning(MailRow.public_id)).all()  # fmt: skip
        again = OutboxRow.org_id == store.org, OutboxRow.kind == MAIL, OutboxRow.key.in_(names)
        session.execute(update(OutboxRow).where(*again).values(done_at=None, leased_until=None, attempt=0))
    return len(names)


def _write(file: Path, data: bytes) -> None:
    """Write a file whole or not at all; writing it again is the same."""
    draft = file.with_suffix(".part")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(draft, file)


def _take(store: SqlStore) -> list[Deed]:
    waiting = OutboxRow.org_id == store.org, OutboxRow.kind == MAIL, OutboxRow.done_at.is_(None)
    with store.database.read() as session:
        if session.scalar(select(OutboxRow.id).where(*waiting).limit(1)) is None:
            return []
    with store.database.write() as session:
        return outbox.take(session, store.org, MAIL, limit=1, lease=LEASE, moment=store.clock())


def _send(store: SqlStore, settings: Settings, by: Post, deed: Deed) -> tuple[Posted, bool]:
    """Try one mail: what came of it, and whether the server is away."""
    name = str(deed.payload["mail"])
    with store.database.read() as session:
        wanted = MailRow.org_id == store.org, MailRow.public_id == name
        mail = session.scalars(select(MailRow).where(*wanted)).one_or_none()
    if mail is None or mail.state != "waiting":
        store.done([deed])
        return Posted(), False
    try:
        said = by.send(mail.raw, settings.mail_from, mail.address, name)
    except MailRefused as error:
        return _refuse(store, deed, name, str(error)), False
    except MailLater as error:
        if store.clock() - mail.made_at > GIVE_UP:
            return _refuse(store, deed, name, f"given up after {GIVE_UP.days} days: {error}"), error.everywhere
        _put_off(store, deed, name, str(error))
        return Posted(later=1), error.everywhere
    reach("mail.handed_over")
    _settle(store, deed, name, by.state, said)
    return (Posted(sent=1) if by.state == "sent" else Posted(filed=1)), False


def _refuse(store: SqlStore, deed: Deed, name: str, said: str) -> Posted:
    log.warning("mail %s was refused: %s", name, said)
    _settle(store, deed, name, "refused", said)
    return Posted(refused=1)


def _settle(store: SqlStore, deed: Deed, name: str, state: str, said: str) -> None:
    moment = store.clock()
    with store.database.write() as session:
        mine = MailRow.org_id == store.org, MailRow.public_id == name
        session.execute(
            update(MailRow).where(*mine).values(state=state, said=said, settled_at=moment, attempt=deed.attempt)
        )
        outbox.finish(session, [deed], moment)


def _put_off(store: SqlStore, deed: Deed, name: str, said: str) -> None:
    log.info("mail %s could not be sent yet: %s", name, said)
    with store.database.write() as session:
        mine = MailRow.org_id == store.org, MailRow.public_id == name
        session.execute(update(MailRow).where(*mine).values(said=said, attempt=deed.attempt))
        outbox.put_back(session, deed, said, store.clock())
