"""What people decided, for those who only need the outcome: compliance reports and the ranking model.

Only reviews that count are read here: submitted, not of a calibration session, in the version that was valid at the moment
asked for. Where a call was reviewed twice, the first review is its decision; the second measures agreement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.records import Value
from webapp.store.versions import valid_at
from webapp.tables import Call, ReviewMark, ReviewRow, ReviewScore

FIRST = "first"
BATCH = 500  # keys of one statement
CONFIRMED = {Value.PASS: "met", Value.FAIL: "breach confirmed", Value.NOT_APPLICABLE: "does not apply"}
OVERRULED = {Value.PASS: "no breach", Value.FAIL: "breach", Value.NOT_APPLICABLE: "does not apply"}


def flags(session: Session, org: int, as_of: datetime | None = None) -> Iterator[tuple[str, bool, datetime]]:
    """(public id of the call, flagged or not, submitted at) of every reviewed call, oldest first."""
    rows = session.execute(
        select(Call.public_id, ReviewScore.flagged, ReviewRow.submitted_at)
        .join(ReviewRow, ReviewRow.call_id == Call.id)
        .join(ReviewScore, ReviewScore.review_id == ReviewRow.id)
        .where(Call.org_id == org, ReviewRow.slot == FIRST, *valid_at(ReviewScore.at, ReviewScore.superseded_at, as_of))
        .order_by(ReviewRow.submitted_at, ReviewRow.id)
    )
    return ((call, flagged, at) for call, flagged, at in rows if at is not None)


def decisions(session: Session, org: int, calls: Sequence[int], as_of: datetime) -> Mapping[tuple[int, str], str]:
    """See `webapp.reports.decisions.Decisions`: what a reviewer said of the rules behind each question they answered.

    A question may stand on several rules. "Yes" clears them all; "no" is said of those rules only that the machine called
    broken too, because nobody told which other one it means. Answers nobody looked at decide nothing.
    Days are those of UTC; nobody is named, so that a report made again is the same after somebody's name has changed.
    """
    found: dict[tuple[int, str], str] = {}
    for start in range(0, len(calls), BATCH):
        rows = session.execute(
            select(ReviewRow.call_id, ReviewMark.verdicts, ReviewMark.says, ReviewScore.at)
            .join(ReviewScore, ReviewScore.id == ReviewMark.score_id)
            .join(ReviewRow, ReviewRow.id == ReviewScore.review_id)
            .where(
                ReviewMark.org_id == org, ReviewRow.call_id.in_(calls[start : start + BATCH]), ReviewRow.slot == FIRST,
                ReviewMark.source == "person", ReviewMark.says != "",
                *valid_at(ReviewScore.at, ReviewScore.superseded_at, as_of),
            )
        )  # fmt: skip
        for call, verdicts, says, at in rows:
            for rule, words in _said(verdicts, Value(says)):
                found[call, rule] = f"{words}, {at:%Y-%m-%d}"
    return found


def _said(verdicts: Mapping[str, str], says: Value) -> Iterator[tuple[str, str]]:
    single = len(verdicts) == 1
    for rule, verdict in verdicts.items():
        if verdict == says:
            yield rule, CONFIRMED[says]
        elif says is not Value.FAIL or single:
            yield rule, OVERRULED[says]
