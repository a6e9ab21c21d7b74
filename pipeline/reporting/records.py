"""What a report is asked for, and what it says of each rule: plain records that every format prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.quality.rates import Rate
from pipeline.records import Evidence, Seconds
from pipeline.reporting.counts import Counts
from pipeline.reporting.period import Bucket, Period, Step

NOT_REVIEWED = "not reviewed"
STATUSES = ("read", "secondary", "unchecked")
PRINTED = {"PASS": "PASS", "FAIL": "FAIL", "NOT_APPLICABLE": "N/A", "UNSURE": "UNSURE"}


@dataclass(frozen=True, slots=True)
class Filter:
    """What a report covers. An empty choice means all; names are those of the calls' metadata and of the packs."""

    period: Period
    packs: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    trend: Step = "week"
    unchecked: bool = False  # rules whose source nobody has read are left out unless this is asked for


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What a rule says of itself, from the text that was in force."""

    rule: str
    pack: str
    title: str
    jurisdiction: str
    severity: str
    source: str
    source_as_of: str
    status: str  # one of STATUSES
    why: str
    misses: str


@dataclass(frozen=True, slots=True)
class UsedVersion:
    """One version of a rule that gave verdicts in the period: ``sha256`` is of its kept text."""

    version: str
    sha256: str
    verdicts: int


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """One rule over the period, over its parts, and over the period before."""

    facts: RuleFacts
    counts: Counts
    before: Counts
    trend: tuple[Counts, ...]  # one for each of the report's buckets
    versions: tuple[UsedVersion, ...]

    @property
    def change(self) -> float | None:
        """How the rate moved against the period before, in percentage points."""
        if self.counts.rate is None or self.before.rate is None:
            return None
        return round(100 * (self.counts.rate - self.before.rate), 4)


@dataclass(frozen=True, slots=True)
class Report:
    """The summary: everything but the rows. ``calls`` is how many calls lie in the filter, ``rows`` how many verdicts."""

    org: str
    wanted: Filter
    as_of: datetime
    base: str  # begins each link
    calls: int
    rows: int
    buckets: tuple[Bucket, ...]
    rules: tuple[RuleSummary, ...]  # by pack and rule; those that gave a verdict in the period
    silent: tuple[RuleFacts, ...]  # asked for, but without a verdict in the period
    drawn: Rate | None = None  # of calls that reviewers flag, from those drawn at random; None: too few were heard

    @property
    def total(self) -> Counts:
        return sum((rule.counts for rule in self.rules), Counts())

    @property
    def breaches(self) -> int:
        return self.total.failed


@dataclass(frozen=True, slots=True)
class Line:
    """One verdict of one call, as it was at the report's moment. Quotes are redacted text."""

    call: str  # public id
    name: str  # what people call it
    at: datetime  # start of the call in the report's zone
    team: str
    agent: str
    queue: str
    direction: str
    rule: str
    version: str
    value: str
    reason: str
    evidence: tuple[Evidence, ...]
    confidence: float
    result: int  # version of the call's result
    decision: str  # the reviewer's, or NOT_REVIEWED
    link: str

    @property
    def start(self) -> Seconds | None:
        """Where to listen from: the first evidence that has a place."""
        return next((one.start for one in self.evidence if one.end > 0), None)

    @property
    def quote(self) -> str:
        """What was said, pieces apart by a bar."""
        return " | ".join(one.quote for one in self.evidence if one.quote)


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known once all rows were read: models by step, engines, each with the number of calls or verdicts."""

    models: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    engines: Mapping[str, int] = field(default_factory=dict)
