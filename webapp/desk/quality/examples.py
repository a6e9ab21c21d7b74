"""What an upheld dispute teaches: the call as an example of each rule that judged it otherwise.

`callsift rules check` judges these examples with all others, so that a rule mended for one call stays mended. The words are
those of the redacted transcript; of the metadata only what rules ask for is kept, nothing that names a person. An example
goes with its call when the call is erased.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from pipeline.quality.scorecards import Question
from pipeline.records import CallResult, Metadata, Value, Word
from webapp.database import insert_new
from webapp.desk.desk import SqlDesk
from webapp.desk.quality.finding import Found
from webapp.desk.quality.submitting import as_verdict
from webapp.store.texts import clean
from webapp.tables import DisputeRow, RuleExample

KEPT = ("direction", "call_type", "campaign", "queue", "person_state", "person_zone", "consent_recording")
GROUPS = {Value.PASS: "quiet", Value.FAIL: "fires", Value.NOT_APPLICABLE: "not_applicable"}


def keep_examples(
    session: Session, desk: SqlDesk, found: Found, dispute: DisputeRow, question: Question, verdicts: Mapping[str, str],
    moment: datetime,
) -> None:  # fmt: skip
    """Write one example for each rule that the decision speaks of; none where it speaks of no rule."""
    said = as_verdict(question, dispute.new)
    rules = list(_spoken_of(verdicts, said))
    if not rules:
        return
    result = desk.store.result(found.ranked.public_id)
    if result is None:
        return
    fixed = {"org_id": dispute.org_id, "dispute_id": dispute.id, "call_id": found.row.call_id, "made_at": moment,
             "text": clean(dialogue(result)), "known": known(result.call.metadata), "expected": GROUPS[Value(said)]}  # fmt: skip
    insert_new(session, RuleExample, [{**fixed, "rule": rule} for rule in rules])


def dialogue(result: CallResult) -> str:
    """The call as "role @second: words" lines, as rule files write examples."""
    names: dict[str, str] = {}
    counts: dict[str, int] = {}
    for party in result.call.parties:
        counts[party.role] = counts.get(party.role, 0) + 1
        names[party.id] = f"{party.role}{counts[party.role] if counts[party.role] > 1 else ''}"
    return "\n".join(
        f"{names.get(turn.party, 'unknown')} @{turn.start:.1f}: {' '.join(_word(word) for word in turn.words)}"
        for turn in result.call.turns
    )


def known(metadata: Metadata) -> dict[str, Any]:
    """What rules ask of the metadata and names nobody."""
    found: dict[str, Any] = {name: value for name in KEPT if (value := getattr(metadata, name)) is not None}
    if metadata.started_at is not None:
        found["started_at"] = metadata.started_at.isoformat()
    for name in ("pause_events", "payment_events"):
        if spans := getattr(metadata, name):
            found[name] = [[span.start, span.end] for span in spans]
    return found


def _spoken_of(verdicts: Mapping[str, str], said: str) -> Iterator[str]:
    """Rules whose verdict was disputed: those by which the machine answered, as `prefill` chose them.

    What other rules of the question found was in nobody's doubt. "No" to a question of several rules does not tell which of
    them was broken, unless one alone was found broken.
    """
    if not said:
        return
    by = next((value for value in (Value.FAIL, Value.UNSURE, Value.PASS) if value in verdicts.values()), None)
    used = [rule for rule, value in verdicts.items() if by is None or value == by]
    if said != Value.FAIL or len(verdicts) == 1 or (by is Value.FAIL and len(used) == 1):
        yield from used


def _word(word: Word) -> str:
    """A word, or a removed one as examples write it: ``[CARD_CODE:3]``."""
    if not word.redacted:
        return word.text
    digits = f":{word.facts['digits']}" if word.facts.get("digits") else ""
    return f"[{word.kind}{digits}{'!' if word.facts.get('luhn') is False else ''}]"
