"""Fraud cases, the alerts they raise and the mails that tell of them.

A case keeps its row while calls come and go; what became of it stands in its history, which is only added to. A mail is
kept as it was written, byte for byte, so that a repeat is the same mail and the app can show what was sent.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.tables.base import Base, Json, Key, new_public_id

UNMAILED = text("mail_id IS NULL")
ERASED = text("call_id IS NULL")


class CaseRow(Base):
    """One case: open -> acknowledged -> closed; withdrawn when its signs have gone, merged when another one took it in."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'acknowledged', 'closed', 'withdrawn', 'merged')", name="state"),
        UniqueConstraint("org_id", "public_id"),
        Index("ix_cases_state", "org_id", "state", "last_at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    pack: Mapped[str]
    state: Mapped[str]
    risk: Mapped[float]
    first_at: Mapped[datetime]  # of its first and its last call
    last_at: Mapped[datetime]
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    merged_into: Mapped[Key | None] = mapped_column(ForeignKey("cases.id"))
    outcome: Mapped[str | None]  # confirmed, false_alarm, not_sure: what whoever closed it last found


class SuspectRow(Base):
    """A call with signs of fraud, as its current result tells them; gone when the call or its signs are."""

    __tablename__ = "suspects"
    __table_args__ = (
        UniqueConstraint("org_id", "call_id"),
        Index("ix_suspects_customer", "org_id", "customer", "at"),
        Index("ix_suspects_account", "org_id", "account", "at"),
        Index("ix_suspects_number", "org_id", "number", "at"),
        Index("ix_suspects_at", "org_id", "at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"))
    call_id: Mapped[Key] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    case_id: Mapped[Key | None] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime]
    customer: Mapped[str | None]
    account: Mapped[str | None]
    number: Mapped[str | None]
    score: Mapped[float]
    consented: Mapped[bool]  # to a voiceprint
    signs: Mapped[Json]  # Sign records


class CaseHistory(Base):
    """What happened to a case, when, and by whom (nobody: by itself). Only ever added to."""

    __tablename__ = "case_history"

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    case_id: Mapped[Key] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime]
    user_id: Mapped[Key | None] = mapped_column(ForeignKey("users.id"))
    what: Mapped[str]  # opened, grew, rose, acknowledged, closed, reopened, withdrawn, merged, noted
    note: Mapped[str] = mapped_column(default="")
    risk: Mapped[float]
    calls: Mapped[Json]  # public ids of the calls of the case at that moment
    outcome: Mapped[str | None]  # of a line that closed it


class AlertRow(Base):
    """News about a case: it was opened, or this call joined it. The same call never raises the same case twice."""

    __tablename__ = "alerts"
    __table_args__ = (UniqueConstraint("org_id", "case_id", "call_id"), UniqueConstraint("org_id", "public_id"))

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"))
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    case_id: Mapped[Key] = mapped_column(ForeignKey("cases.id"), index=True)
    call_id: Mapped[Key] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    rule: Mapped[str]
    title: Mapped[str]
    start: Mapped[float]  # the second to listen from
    risk: Mapped[float]
    at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[Key | None] = mapped_column(ForeignKey("users.id"))


class MailRow(Base):
    """One mail to one address, as it was written: waiting -> sent, filed (no server is set) or refused."""

    __tablename__ = "mails"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'filed', 'refused')", name="state"),
        UniqueConstraint("org_id", "public_id"),
        UniqueConstraint("org_id", "message_id"),
        UniqueConstraint("org_id", "key"),
        Index("ix_mails_made_at", "org_id", "made_at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    key: Mapped[str]  # what makes it the same mail: a second one with this key is never written
    message_id: Mapped[str]
    kind: Mapped[str]  # alert, digest, escalation, test
    address: Mapped[str]
    subject: Mapped[str]
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    state: Mapped[str]
    attempt: Mapped[int] = mapped_column(default=0)
    settled_at: Mapped[datetime | None]
    said: Mapped[str] = mapped_column(default="")  # what the server answered last, or where the file lies


class DeliveryRow(Base):
    """One alert on its way to one address: at once, with the next digest, or as an escalation."""

    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint("how IN ('now', 'digest', 'escalation')", name="how"),
        UniqueConstraint("org_id", "alert_id", "address", "how"),
        Index("ix_deliveries_unmailed", "org_id", "how", "id", sqlite_where=UNMAILED, postgresql_where=UNMAILED),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    alert_id: Mapped[Key] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"), index=True)
    address: Mapped[str]
    how: Mapped[str]
    mail_id: Mapped[Key | None] = mapped_column(ForeignKey("mails.id"), index=True)
    mailed_at: Mapped[datetime | None]


class MailCall(Base):
    """A call that a mail speaks of. When the call is erased the row stays without it, until the mail is erased too."""

    __tablename__ = "mail_calls"
    __table_args__ = (Index("ix_mail_calls_erased", "org_id", sqlite_where=ERASED, postgresql_where=ERASED),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    mail_id: Mapped[Key] = mapped_column(ForeignKey("mails.id", ondelete="CASCADE"), index=True)
    call_id: Mapped[Key | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"), index=True)
