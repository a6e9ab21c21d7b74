"""The loop of a worker: claim a batch, process it, commit it, keep the leases alive meanwhile.

What a worker does not finish (killed, stopped, power cut) is claimed by another one when its lease has run out; nothing
is lost and, thanks to the fence, nothing is written twice. A batch whose processing raises is tried again one call at a
time, so that one bad call never takes its neighbours with it.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.failpoints import reach
from pipeline.protocols import Failure, Job
from pipeline.records import CallResult, Seconds
from webapp.heartbeat import PARTS, kept_alive
from webapp.store import SqlStore

log = logging.getLogger(__name__)

CRASHED, NOT_STORED = "processing_failed", "not_stored"


Process = Callable[[Sequence[Job]], Sequence[CallResult | Failure]]


@dataclass(frozen=True, slots=True)
class Tally:
    """What one batch came to."""

    done: int = 0
    failed: int = 0
    lost: int = 0  # finished by someone else meanwhile: our lease had run out

    @property
    def taken(self) -> int:
        return self.done + self.failed + self.lost

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.done + other.done, self.failed + other.failed, self.lost + other.lost)


def worker_name() -> str:
    """This process among all workers, for people who look at the table of jobs."""
    return f"{socket.gethostname()}:{os.getpid()}"


@dataclass(frozen=True, slots=True)
class Worker:
    """Takes ``batch`` calls at a time and gives them to ``process``, which answers in the same order."""

    store: SqlStore
    process: Process
    batch: int = 8
    lease: Seconds = 600.0
    told: Callable[[Job, CallResult | Failure], None] = lambda job, outcome: None

    def run_once(self) -> Tally:
        """One batch; an empty tally when nothing is waiting."""
        jobs = self.store.claim(worker_name(), limit=self.batch, lease=self.lease)
        if not jobs:
            return Tally()
        with kept_alive(lambda: self.store.renew_all(jobs, lease=self.lease), every=self.lease / PARTS):
            outcomes = self._outcomes(jobs)
            reach("work.processed")
            return self._settle(jobs, outcomes)

    def drain(self) -> Tally:
        """Batches until nothing is waiting that may be tried now."""
        total = Tally()
        while (tally := self.run_once()).taken:
            total += tally
        self.store.sweep()
        return total

    def run(self, stop: threading.Event, *, pause: Seconds = 2.0) -> Tally:
        """Until ``stop`` is set, looking for work every ``pause`` seconds."""
        total = Tally()
        while not stop.is_set():
            try:
                total += self.drain()
            except Exception:  # the database may be away for a while; jobs in hand come back when their lease ends
                log.exception("this worker could not go on; it tries again")
            stop.wait(pause)
        return total

    def _outcomes(self, jobs: Sequence[Job]) -> Sequence[CallResult | Failure]:
        try:
            outcomes = self.process(jobs)
        except Exception as error:  # one bad call must not stop the night's run
            log.exception("a batch of %s calls failed", len(jobs))
            message = f"Processing failed: {type(error).__name__}. The log of the worker says more."
            return [Failure(job.call_id, CRASHED, message, final=False) for job in jobs]
        assert len(outcomes) == len(jobs), "process answers each call"
        return outcomes

    def _settle(self, jobs: Sequence[Job], outcomes: Sequence[CallResult | Failure]) -> Tally:
        pairs = list(zip(jobs, outcomes, strict=True))
        tally = self._commit([(job, outcome) for job, outcome in pairs if isinstance(outcome, CallResult)])
        for job, outcome in pairs:
            if isinstance(outcome, Failure):
                tally += self._fail(job, outcome)
            self.told(job, outcome)
        return tally

    def _commit(self, finished: Sequence[tuple[Job, CallResult]]) -> Tally:
        """All in one transaction; when that cannot be written, each by itself, to find the one that cannot."""
        if not finished:
            return Tally()
        try:
            mine = self.store.commit_all(finished)
        except Exception as error:
            log.exception("%s results could not be written", len(finished))
            if len(finished) == 1:
                job, message = finished[0][0], f"The result could not be stored: {type(error).__name__}."
                return self._fail(job, Failure(job.call_id, NOT_STORED, message, final=False))
            return sum((self._commit([one]) for one in finished), Tally())
        return Tally(done=len(mine), lost=len(finished) - len(mine))

    def _fail(self, job: Job, failure: Failure) -> Tally:
        alone = failure.reason == CRASHED
        held = self.store.fail(job, failure.reason, failure.message, park=failure.final, alone=alone)
        return Tally(failed=1) if held else Tally(lost=1)
