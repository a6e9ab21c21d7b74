"""The `Store` of one organisation over SQL and content-addressed files; see claims, intake and results for the how.

SQL is the only truth. A file is on disk before the row that names it, and goes after the row has let go of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from math import isfinite
from pathlib import Path

from sqlalchemy import select

from pipeline.failpoints import reach
from pipeline.files import Files
from pipeline.protocols import Added, Intake, Job, Retry
from pipeline.records import CallResult, Contact, Seconds
from pipeline.rejudging import says_the_same
from pipeline.sealing.keyring import Keyring
from pipeline.sealing.vault import Vault
from webapp.database import Database, now, open_database
from webapp.migrations import check
from webapp.settings import Settings
from webapp.store import claims, contacts, intake, outbox, redo, results, rulebook, sweep
from webapp.store.blobs import about, read_result
from webapp.store.codec import decode, encode
from webapp.store.ledger import SqlLedger
from webapp.store.originals import Originals
from webapp.store.outbox import Deed
from webapp.store.redo import Chosen
from webapp.store.results import Finished
from webapp.store.rulebook import KeptRule
from webapp.store.sweep import Swept
from webapp.store.touching import LEDGER, InForce, Windows, drop_pointless
from webapp.store.versions import valid_at
from webapp.tables import Call, JobRow, Refusal, Result
from webapp.teams import DEFAULT_ORG, org_key

OUTBOX_LEASE = timedelta(minutes=2)


@dataclass(frozen=True)
class SqlStore:
    """Calls of one organisation. Any number of processes may hold one on the same database."""

    database: Database
    org: int
    vault: Vault
    max_attempts: int = 3
    keep: timedelta = timedelta(days=7)
    clock: Callable[[], datetime] = now
    packs: Path | None = None  # of the user's own rules, in force as long as none were published
    keep_originals: bool = False  # of redacted calls without card data, for ``keep``, where the policy leaves it open
    redaction_policy: str = "default"

    @cached_property
    def windows(self) -> Windows:
        """How far the cross-call rules in force look."""
        return InForce(self.database, self.org, self.packs)

    @cached_property
    def originals(self) -> Originals:
        """How long sealed originals of redacted calls are kept."""
        return Originals(self.redaction_policy, self.keep_originals, self.keep)

    # Taking in

    def add(self, intake_: Intake) -> Added:
        """Take a recording in with one job; safe to repeat and to do from many sides at once."""
        reach("add.begin")
        with self.database.write() as session:
            added = intake.add(session, self.org, intake_, self.clock(), self.windows)
        reach("add.done")
        return added

    def knows(self, sha256: str, call_id: str | None) -> bool:
        """Whether this recording is a call that needs no sealed copy any more: it has one, or a result."""
        with self.database.read() as session:
            return intake.needs_no_copy(session, self.org, sha256, call_id)

    def refuse(
        self, source: str, sha256: str | None, reason: str, message: str, *, team: str | None = None,
        copy: Intake | None = None,
    ) -> str:  # fmt: skip
        with self.database.write() as session:
            return intake.refuse(session, self.org, source, sha256, reason, message, self.clock(), team=team, copy=copy)

    def retries(self) -> list[Retry]:
        """Refused recordings that someone wants tried again."""
        with self.database.read() as session:
            return intake.retries(session, self.org)

    def refused(self, sha256: str) -> bool:
        """Whether these bytes were refused and nobody has asked for another try."""
        known = Refusal.org_id == self.org, Refusal.sha256 == sha256, Refusal.state == "refused"
        with self.database.read() as session:
            return session.scalar(select(Refusal.id).where(*known).limit(1)) is not None

    def add_contacts(self, rows: Sequence[Contact], source: str) -> int:
        with self.database.write() as session:
            return contacts.add(session, self.org, rows, source, self.clock(), self.windows)

    # Working

    def claim(self, worker: str, *, limit: int, lease: Seconds) -> list[Job]:
        with self.database.write() as session:
            jobs = claims.claim(session, self.org, worker, limit=limit, lease=timedelta(seconds=lease),
                                max_attempts=self.max_attempts, moment=self.clock())  # fmt: skip
        reach("claim.done")
        return jobs

    def renew(self, job: Job, *, lease: Seconds) -> bool:
        return bool(self.renew_all([job], lease=lease))

    def renew_all(self, jobs: Sequence[Job], *, lease: Seconds) -> set[int]:
        """Prolong several leases by one UPDATE; ids of the jobs still held."""
        with self.database.write() as session:
            return claims.renew(session, jobs, lease=timedelta(seconds=lease), moment=self.clock())

    def commit(self, job: Job, result: CallResult) -> bool:
        return job.id in self.commit_all([(job, result)])

    def commit_all(self, finished: Sequence[tuple[Job, CallResult]]) -> set[int]:
        """Commit several calls in one transaction, each as a whole or (fence moved on) not at all; ids of those written."""
        written = [self._written(job, result) for job, result in finished]
        reach("commit.files")
        with self.database.write() as session:
            mine = results.commit(session, self.org, written, self.clock(), self.windows, self.originals)
        reach("commit.done")
        return mine

    def fail(self, job: Job, reason: str, message: str, *, park: bool, alone: bool = False) -> bool:
        with self.database.write() as session:
            held = claims.fail(session, self.org, job, reason, message, park=park, alone=alone, max_attempts=self.max_attempts,
                               moment=self.clock())  # fmt: skip
            drop_pointless(session, self.org, job.call_id)
        return held

    def waiting(self) -> int:
        """How many jobs are not done and not parked."""
        still = JobRow.org_id == self.org, JobRow.state.in_(claims.OPEN)
        with self.database.read() as session:
            return len(session.scalars(select(JobRow.id).where(*still)).all())

    def redo(self, kind: str, chosen: Chosen = Chosen()) -> int:  # noqa: B008 (frozen)
        """Queue chosen calls for ``asr``, ``analyze`` or ``rules`` again; how many."""
        with self.database.write() as session:
            return redo.redo(session, self.org, kind, chosen, self.clock())

    # Reading

    def result(self, call_id: str, *, as_of: datetime | None = None) -> CallResult | None:
        """The result of a call that was valid at a moment (None: now); None when there was none."""
        wanted = select(Result.blob, Call.sealed_key).join(Call, Call.id == Result.call_id).where(
            Call.org_id == self.org, Call.public_id == call_id, *valid_at(Result.made_at, Result.superseded_at, as_of)
        )  # fmt: skip
        with self.database.read() as session:
            found = session.execute(wanted).one_or_none()
        return None if found is None else read_result(self.vault, call_id, *found)

    def ledger(self) -> SqlLedger:
        """The history across calls; take one for each call judged (see `SqlLedger.complete`)."""
        return SqlLedger(self.database, self.org, self.vault)

    # Around

    def keep_rules(self, rules: Sequence[KeptRule]) -> int:
        """Keep rule texts for ever, by hash; how many were new. Before the first verdict that names them."""
        with self.database.write() as session:
            return rulebook.keep(session, self.org, rules, self.clock())

    def deeds(self, kind: str, *, limit: int = 100) -> list[Deed]:
        """Outbox rows to be done now, leased for two minutes; then `done` or `undone`."""
        with self.database.write() as session:
            return outbox.take(session, self.org, kind, limit=limit, lease=OUTBOX_LEASE, moment=self.clock())

    def done(self, deeds: Sequence[Deed]) -> None:
        with self.database.write() as session:
            outbox.finish(session, deeds, self.clock())

    def undone(self, deed: Deed, error: str) -> None:
        with self.database.write() as session:
            outbox.put_back(session, deed, error, self.clock())

    def sweep(self, *, orphans: bool = False) -> Swept:
        """Remove what killed processes left and what has grown too old; cheap, except with ``orphans``."""
        return sweep.sweep(
            self.database,
            self.org,
            self.vault.files,
            keep=self.keep,
            moment=self.clock(),
            orphans=orphans,
            originals=self.originals,
        )

    def close(self) -> None:
        self.database.close()

    def _written(self, job: Job, result: CallResult) -> Finished:
        known = tuple(measure for measure in result.measures if isfinite(measure.value))  # SQL has no word for NaN
        result = replace(result, call=replace(result.call, id=job.call_id), measures=known)
        data = encode(result)
        if job.kind == LEDGER and (before := self.result(job.call_id)) and says_the_same(before, decode(data)):
            return Finished(job, result, "", same=True)
        stored = self.vault.seal([data], job.intake.sealed_key, about(job.call_id))
        reach("commit.file")
        return Finished(job, result, stored.name)


def open_store(settings: Settings, *, org: str = DEFAULT_ORG) -> SqlStore:
    """The store of ``org``; raises SchemaError when the database is not of this version."""
    database = open_database(settings.database_url())
    check(database)
    with database.write() as session:
        key = org_key(session, org, now())
    keep = timedelta(days=settings.quarantine_days)
    vault = Vault(Files(settings.path("files")), Keyring.parse(settings.secret("kek")))
    return SqlStore(database, key, vault, settings.max_attempts, keep, packs=settings.packs,
                    keep_originals=settings.keep_originals, redaction_policy=settings.redaction_policy)  # fmt: skip
