"""Notices by mail: what is urgent at once outside of a person's quiet hours, everything else once a day.

A mail is written with the notices it tells of marked as told, in one transaction, and lies in the outbox from then on. It says
a call's id, a rule and where to look, and nothing that its reader may not see at that moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from dashboards import wording
from dashboards.notices import Wish, plainly
from webapp.alerts.routes import base_url
from webapp.database import insert_new
from webapp.desk.notices import address_of, wishes
from webapp.desk.scope import read_scope
from webapp.notices.reading import Entry, entries, seen
from webapp.settings import Settings
from webapp.store.outbox import MAIL, post
from webapp.tables import MailCall, MailRow, NoticeRow, User
from webapp.tables.base import new_public_id

KIND = "notices"
KEPT = timedelta(days=90)  # in the inbox
MOST = 50  # notices named in one mail; the others are in the inbox


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one person. ``key`` keeps it from being written twice."""

    key: str
    address: str
    zone: str
    subject: str
    lead: str
    entries: tuple[Entry, ...]


def write_due(session: Session, org: int, settings: Settings, moment: datetime) -> int:
    """Write every mail about notices that is due now; how many."""
    waiting = NoticeRow.org_id == org, NoticeRow.mailed_at.is_(None)
    users = session.scalars(
        select(User).where(User.id.in_(select(NoticeRow.user_id).where(*waiting).distinct())).order_by(User.id)
    ).all()
    wanted = wishes(session, users)
    return sum(_write(session, org, settings, user, wanted.get(user.id, Wish()), moment) for user in users)


def forget_old(session: Session, org: int, moment: datetime) -> int:
    """Notices of long ago go, read or not."""
    old = delete(NoticeRow).where(NoticeRow.org_id == org, NoticeRow.at < moment - KEPT).returning(NoticeRow.id)
    return len(session.scalars(old).all())


def _write(session: Session, org: int, settings: Settings, user: User, wish: Wish, moment: datetime) -> int:
    address = address_of(wish, user.login)
    rows = session.scalars(
        select(NoticeRow).where(NoticeRow.org_id == org, NoticeRow.user_id == user.id, NoticeRow.mailed_at.is_(None))
        .order_by(NoticeRow.id).with_for_update(skip_locked=True)
    ).all()  # fmt: skip
    if not address or user.disabled_at is not None:
        return _settle(session, rows, moment)
    here = wording.local(moment, user.zone)
    quiet = wish.is_quiet(here.time())
    count = 0
    urgent = [row for row in rows if row.urgent]
    if urgent and wish.at_once and not quiet:
        count += _post_urgent(session, org, settings, user, address, urgent, moment)
        rows = [row for row in rows if not row.urgent]
    if rows and here.hour >= wish.digest_hour and not quiet:
        count += _post_digest(session, org, settings, user, address, rows, moment, wanted=wish.digest)
    return count


def _post_urgent(
    session: Session, org: int, settings: Settings, user: User, address: str, rows: Sequence[NoticeRow], moment: datetime
) -> int:  # fmt: skip
    told = _still(session, org, user, rows)
    _settle(session, rows, moment)
    if not told:
        return 0
    subject = plainly(told[-1].told) if len(told) == 1 else f"{len(told)} notices that do not wait"
    key = f"{KIND}:now:{told[-1].row.public_id}"
    return _post(session, org, settings, Letter(key, address, user.zone, subject, "", tuple(told)), moment)


def _post_digest(
    session: Session, org: int, settings: Settings, user: User, address: str, rows: Sequence[NoticeRow], moment: datetime,
    *, wanted: bool,
) -> int:  # fmt: skip
    """One mail a day; what comes after it waits for the next one."""
    if not wanted:
        return _settle(session, rows, moment)
    key = f"{KIND}:{user.public_id}:{wording.local(moment, user.zone):%Y-%m-%d}"
    if session.scalar(select(MailRow.id).where(MailRow.org_id == org, MailRow.key == key)) is not None:
        return 0
    told = _still(session, org, user, rows)
    _settle(session, rows, moment)
    if not told:
        return 0
    count = f"{len(told)} {'notice' if len(told) == 1 else 'notices'}"
    lead = "What happened since the last daily mail and was not read in the app."
    return _post(
        session, org, settings, Letter(key, address, user.zone, f"callsift: {count}", lead, tuple(told)), moment
    )


def _still(session: Session, org: int, user: User, rows: Sequence[NoticeRow]) -> list[Entry]:
    """Those not read meanwhile that are inside the reader's scope now."""
    scope = read_scope(session, org, user.public_id)
    ids = [row.id for row in rows if row.read_at is None]
    inside = session.scalars(
        select(NoticeRow).where(seen(scope), NoticeRow.id.in_(ids)).order_by(NoticeRow.at, NoticeRow.id)
    )
    return entries(session, scope, inside.all())


def _settle(session: Session, rows: Sequence[NoticeRow], moment: datetime) -> int:
    ids = [row.id for row in rows]
    session.execute(update(NoticeRow).where(NoticeRow.id.in_(ids)).values(mailed_at=moment))
    return 0


def _post(session: Session, org: int, settings: Settings, letter: Letter, moment: datetime) -> int:
    name = new_public_id()
    message = write_letter(settings, letter, name, moment)
    ids = insert_new(session, MailRow, [{
        "org_id": org, "public_id": name, "key": letter.key, "message_id": message["Message-ID"], "kind": KIND,
        "address": letter.address, "subject": message["Subject"], "raw": bytes(message), "made_at": moment,
        "state": "waiting", "attempt": 0, "said": "",
    }])  # fmt: skip
    if not ids:
        return 0
    calls = dict.fromkeys(one.row.call_id for one in letter.entries if one.row.call_id is not None)
    session.add_all(MailCall(org_id=org, mail_id=ids[0], call_id=call) for call in calls)
    post(session, org, MAIL, [(name, {"mail": name})], moment)
    return 1


def write_letter(settings: Settings, letter: Letter, name: str, moment: datetime) -> EmailMessage:
    """The mail: plain text, CRLF line ends, no header can be made of what stands in it."""
    domain, url = settings.mail_from.rpartition("@")[2].strip("> ") or "localhost", base_url(settings)
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = settings.mail_from, letter.address
    message["Subject"] = " ".join("".join(c if c.isprintable() else " " for c in letter.subject).split())
    message["Date"], message["Message-ID"] = format_datetime(moment), f"<{name}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    told = [_lines(one, url, letter.zone) for one in letter.entries[:MOST]]
    more = len(letter.entries) - len(told)
    rest = [f"{more} more are in the app."] if more > 0 else []
    lead = [letter.lead] if letter.lead else []
    foot = f"All notices, and how you are told: {url}/notices\nThe links ask you to sign in."
    message.set_content("\n\n".join([*lead, *told, *rest, f"-- \n{foot}"]) + "\n")
    return message


def _lines(one: Entry, url: str, zone: str) -> str:
    at = f"{wording.when(one.row.at, zone)} {wording.local(one.row.at, zone):%Z}"
    return f"{plainly(one.told)}\n{at}\n{url}{one.href}"
