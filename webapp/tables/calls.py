"""Calls, what is known of them, and what was found in them.

Nothing that was shown is overwritten: metadata and results come in versions, each valid from its moment until
``superseded_at``, so that any read can be asked as of an earlier moment. ``ranked`` alone is replaced: it is how a call
stands in the queue now, one row a call. Words, posteriors and peaks lie in content-addressed files, never here.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.tables.base import Base, Json, Key, new_public_id

VALID = text("superseded_at IS NULL")


class Call(Base):
    """One recording taken in: same bytes with the same recorder's id are one call. ``team_id`` follows the metadata."""

    __tablename__ = "calls"
    __table_args__ = (
        UniqueConstraint("org_id", "sha256", "recorder_id"),
        UniqueConstraint("org_id", "public_id"),
        Index("ix_calls_quarantined", "added_at", sqlite_where=text("quarantine IS NOT NULL"),
              postgresql_where=text("quarantine IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"), index=True)
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    sha256: Mapped[str]  # of the source's bytes, hex
    recorder_id: Mapped[str]  # the metadata's call_id; "" when there is none
    size: Mapped[int]
    source: Mapped[str]  # where it came from, for people; never opened
    suffix: Mapped[str]
    quarantine: Mapped[str | None]  # content path of the sealed source, until it is dropped
    sealed_key: Mapped[bytes] = mapped_column(LargeBinary)  # the call's data key, wrapped by the installation's key
    metadata_version: Mapped[int]
    added_at: Mapped[datetime]


class MetadataVersion(Base):
    """What was said about a call from ``at`` on. A later sidecar adds a version and closes the one before."""

    __tablename__ = "metadata_versions"
    __table_args__ = (
        UniqueConstraint("org_id", "call_id", "version"),
        Index("ix_metadata_versions_person", "org_id", "person", "started_at"),
        Index("ix_metadata_versions_account", "org_id", "account", "started_at"),
        Index("ix_metadata_versions_debt", "org_id", "debt", "started_at"),
        Index("ix_metadata_versions_number", "org_id", "number", "started_at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"))
    call_id: Mapped[Key] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    known: Mapped[Json]  # the Metadata record
    started_at: Mapped[datetime | None]  # what the ledger looks for, taken out of ``known``
    person: Mapped[str | None]
    account: Mapped[str | None]
    debt: Mapped[str | None]
    number: Mapped[str | None]


class Result(Base):
    """One version of everything found out about a call; its words lie in the file ``blob``."""

    __tablename__ = "results"
    __table_args__ = (UniqueConstraint("org_id", "call_id", "version"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"))
    call_id: Mapped[Key] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    metadata_version: Mapped[int]
    kind: Mapped[str]  # of the job that made it: process, asr, analyze, rules
    made_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    blob: Mapped[str]  # content path
    score: Mapped[float]
    models: Mapped[Json]  # step -> name and hash
    files: Mapped[Json]  # listening, peaks, posteriors -> content path


class FindingRow(Base):
    """One finding of one result."""

    __tablename__ = "findings"

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"))
    result_id: Mapped[Key] = mapped_column(ForeignKey("results.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    score: Mapped[float]
    start: Mapped[float]
    end: Mapped[float]
    why: Mapped[str]
    evidence: Mapped[Json]
    facts: Mapped[Json]


class VerdictRow(Base):
    """What one version of one rule said in one result."""

    __tablename__ = "verdicts"
    __table_args__ = (Index("ix_verdicts_org_id_rule_value", "org_id", "rule", "value"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"))
    result_id: Mapped[Key] = mapped_column(ForeignKey("results.id", ondelete="CASCADE"), index=True)
    rule: Mapped[str]
    version: Mapped[str]
    value: Mapped[str]
    reason: Mapped[str]
    evidence: Mapped[Json]
    confidence: Mapped[float]
    basis: Mapped[Json]


class MeasureRow(Base):
    """One number about a call, by name: a new analyzer needs no new column."""

    __tablename__ = "measures"

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"))
    result_id: Mapped[Key] = mapped_column(ForeignKey("results.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    value: Mapped[float]


class PartRow(Base):
    """One part of a result's interest score, largest first by ``id``."""

    __tablename__ = "parts"

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"))
    result_id: Mapped[Key] = mapped_column(ForeignKey("results.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    share: Mapped[float]
    why: Mapped[str]
    start: Mapped[float | None]


class Ranked(Base):
    """How one call stands in the queue now: replaced with each result and each version of the metadata.

    Columns to sort by are never empty, so that a page can continue behind any row.
    """

    __tablename__ = "ranked"
    __table_args__ = (
        Index("ix_ranked_score", "org_id", "score", "public_id"),
        Index("ix_ranked_at", "org_id", "at", "public_id", "team_id"),
        Index("ix_ranked_duration", "org_id", "duration", "public_id"),
        Index("ix_ranked_agent", "org_id", "agent", "public_id", "team_id"),
        Index("ix_ranked_queue", "org_id", "queue", "public_id", "team_id"),
        Index("ix_ranked_team_agent", "team_id", "agent", "queue"),
        Index("ix_ranked_team_queue", "team_id", "queue"),
        UniqueConstraint("org_id", "public_id"),
    )

    call_id: Mapped[Key] = mapped_column(
        ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"))
    result_id: Mapped[Key] = mapped_column(ForeignKey("results.id", ondelete="CASCADE"), index=True)
    public_id: Mapped[str]
    name: Mapped[str]
    at: Mapped[datetime]  # start of the call, or when it was taken in where nobody told
    started_at: Mapped[datetime | None]
    direction: Mapped[str]
    queue: Mapped[str]
    agent: Mapped[str]
    duration: Mapped[float]
    score: Mapped[float]
    listen_from: Mapped[float | None]
    reasons: Mapped[Json]  # sentences, best first
    marks: Mapped[Json]


class RuleText(Base):
    """The text of a rule as some verdict used it; kept for ever, so that the verdict can be made again."""

    __tablename__ = "rule_texts"
    __table_args__ = (UniqueConstraint("org_id", "sha256"), Index("ix_rule_texts_rule", "org_id", "rule", "version"))

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    sha256: Mapped[str]
    rule: Mapped[str]
    version: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    first_seen: Mapped[datetime]


class ContactRow(Base):
    """One attempt to reach a person, as one version of the contact log tells it.

    ``identity`` is a hash of who, when, which way and about what; a log that tells more later (the outcome, the
    recording) adds a version and closes the one before.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("org_id", "identity", "version"),
        Index("uq_contacts_valid", "org_id", "identity", unique=True, sqlite_where=VALID, postgresql_where=VALID),
        Index("ix_contacts_person", "org_id", "person", "started_at"),
        Index("ix_contacts_account", "org_id", "account", "started_at"),
        Index("ix_contacts_debt", "org_id", "debt", "started_at"),
        Index("ix_contacts_number", "org_id", "number", "started_at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    identity: Mapped[str]
    version: Mapped[int]
    at: Mapped[datetime]  # when this version was learnt
    superseded_at: Mapped[datetime | None]
    source: Mapped[str]
    person: Mapped[str]
    started_at: Mapped[datetime]
    offset: Mapped[int]  # seconds east of UTC where the log was written: the local time of the attempt
    direction: Mapped[str]
    debt: Mapped[str | None]
    account: Mapped[str | None]
    number: Mapped[str | None]
    campaign: Mapped[str | None]
    outcome: Mapped[str | None]
    recording: Mapped[str | None]


class Refusal(Base):
    """A recording that could not be taken. Refused again, the row is renewed; ``state``: refused, retry or settled.

    ``copy``: what is needed to try an upload again (size, suffix, metadata), beside its sealed bytes.
    """

    __tablename__ = "refusals"
    __table_args__ = (UniqueConstraint("org_id", "source", "sha256"), UniqueConstraint("org_id", "public_id"))

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"), index=True)
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    source: Mapped[str]
    sha256: Mapped[str]  # "" when nothing could be read
    reason: Mapped[str]
    message: Mapped[str]
    state: Mapped[str]
    at: Mapped[datetime]
    uploaded: Mapped[bool] = mapped_column(default=False)
    quarantine: Mapped[str | None]  # content path of the sealed bytes of an upload, until it is dropped
    sealed_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    copy: Mapped[Json | None]


class Voiceprint(Base):
    """The voice of one party, kept only where the setting and the call's consent allow it; erased by itself."""

    __tablename__ = "voiceprints"
    __table_args__ = (UniqueConstraint("org_id", "call_id", "party", "model"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"))
    call_id: Mapped[Key] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    party: Mapped[str]
    model: Mapped[str]
    vector: Mapped[bytes] = mapped_column(LargeBinary)  # float32, little endian, L2-normed
    made_at: Mapped[datetime]
