"""Calls with signs of fraud, taken out of their current results, and every other call they may be linked with."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from pipeline.cases import SAME_VOICE, WINDOW, Sign, SignedCall, Voice, same_voice
from pipeline.cases.records import PACK
from webapp.store.codec import decode_metadata
from webapp.tables import Call, FindingRow, MeasureRow, MetadataVersion, Ranked, RuleText, SuspectRow, Voiceprint

SIGNAL = "signal:"
SCORE = "fraud_case"  # the measure that the rules leave on each call

Voices = Mapping[int, tuple[Voice, ...]]  # by the key of the call


def refresh(session: Session, org: int, calls: Collection[str]) -> tuple[list[SuspectRow], set[int]]:
    """Bring the rows of these calls (public ids) up to their current results.

    Gives the suspects among them, and the cases that any of them belonged to before.
    """
    known = {row.call_id: row for row in session.scalars(_of_calls(org, calls))}
    cases = {row.case_id for row in known.values() if row.case_id is not None}
    now = _current(session, org, calls)
    kept = []
    for key, row in known.items():
        if key not in now:
            session.delete(row)
    for key, values in now.items():
        row = known.get(key) or SuspectRow(org_id=org, call_id=key)
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
        kept.append(row)
    session.flush()
    return kept, cases


def related(
    session: Session, org: int, seeds: Iterable[SuspectRow], cases: Collection[int], *, voices: bool
) -> list[SuspectRow]:
    """``seeds``, the calls of ``cases``, and whatever hangs together with them by key, voice or case."""
    found: dict[int, SuspectRow] = {}
    members = select(SuspectRow).where(SuspectRow.org_id == org, SuspectRow.case_id.in_(cases))
    edge = {row.id: row for row in [*seeds, *session.scalars(members)]}
    while edge:
        found.update(edge)
        near = _near(session, org, list(edge.values()))
        near += _alike(session, org, list(edge.values())) if voices else []
        edge = {row.id: row for row in near if row.id not in found}
    return list(found.values())


def signed(rows: Sequence[SuspectRow], names: Mapping[int, str], voices: Voices) -> list[SignedCall]:
    """The records of suspects; ``names`` are the public ids of their calls."""
    return [
        SignedCall(names[row.call_id], row.at, row.score, signs_of(row), row.customer, row.account, row.number,
                   voices.get(row.call_id, ()))
        for row in rows
    ]  # fmt: skip


def signs_of(row: SuspectRow) -> tuple[Sign, ...]:
    return tuple(Sign(**sign) for sign in row.signs)


def voices_of(session: Session, rows: Iterable[SuspectRow]) -> Voices:
    """Voices of the suspects that consented."""
    keys = [row.call_id for row in rows if row.consented]
    wanted = select(Voiceprint).where(Voiceprint.call_id.in_(keys)).order_by(Voiceprint.party, Voiceprint.model)
    found: dict[int, list[Voice]] = defaultdict(list)
    for row in session.scalars(wanted):
        vector = struct.unpack(f"<{len(row.vector) // 4}f", row.vector)
        found[row.call_id].append(Voice(row.party, row.model, vector))
    return {key: tuple(of_call) for key, of_call in found.items()}


def names_of(session: Session, keys: Collection[int]) -> dict[int, str]:
    """Public ids of calls by key."""
    return dict(session.execute(select(Call.id, Call.public_id).where(Call.id.in_(keys))).all())


def _of_calls(org: int, calls: Collection[str]) -> Any:
    keys = select(Call.id).where(Call.org_id == org, Call.public_id.in_(calls))
    return select(SuspectRow).where(SuspectRow.org_id == org, SuspectRow.call_id.in_(keys))


def _current(session: Session, org: int, calls: Collection[str]) -> dict[int, dict[str, Any]]:
    """The columns of each call that has signs now."""
    rows = session.execute(
        select(Ranked, MetadataVersion.known)
        .join(MetadataVersion, MetadataVersion.call_id == Ranked.call_id)
        .where(Ranked.org_id == org, Ranked.public_id.in_(calls), MetadataVersion.superseded_at.is_(None))
    ).all()
    results = [ranked.result_id for ranked, _known in rows]
    signs, scores = _signs(session, org, results), _scores(session, results)
    found = {}
    for ranked, known in rows:
        if not signs[ranked.result_id]:
            continue
        metadata = decode_metadata(known)
        found[ranked.call_id] = {
            "team_id": ranked.team_id, "at": ranked.at, "customer": metadata.customer_id or None,
            "account": metadata.account_id or None, "number": metadata.person_number or None,
            "score": scores.get(ranked.result_id, 0.0), "consented": metadata.consent_voiceprint is True,
            "signs": [asdict(sign) for sign in signs[ranked.result_id]],
        }  # fmt: skip
    return found


def _signs(session: Session, org: int, results: Sequence[int]) -> dict[int, list[Sign]]:
    wanted = FindingRow.result_id.in_(results), FindingRow.kind.startswith(SIGNAL)
    found: dict[int, list[Sign]] = defaultdict(list)
    rows = [
        row
        for row in session.scalars(select(FindingRow).where(*wanted).order_by(FindingRow.id))
        if row.facts.get("pack") == PACK
    ]
    titles = titles_of(session, org, {str(row.facts["rule"]) for row in rows})
    for row in rows:
        rule = str(row.facts["rule"])
        title = titles.get(rule) or row.why.partition(": ")[0]
        quote = next((str(said["quote"]) for said in row.evidence if said["quote"]), "")
        found[row.result_id].append(
            Sign(rule, str(row.facts.get("step") or rule), row.score, row.start, row.end, row.why, title, quote)
        )
    return found


def titles_of(session: Session, org: int, rules: Collection[str]) -> dict[str, str]:
    """The latest title of each rule."""
    rows = select(RuleText.rule, RuleText.title).where(RuleText.org_id == org, RuleText.rule.in_(rules))
    return dict(session.execute(rows.order_by(RuleText.id)).all())


def _scores(session: Session, results: Sequence[int]) -> dict[int, float]:
    wanted = MeasureRow.result_id.in_(results), MeasureRow.name == SCORE
    return dict(session.execute(select(MeasureRow.result_id, MeasureRow.value).where(*wanted)).all())


def _span(edge: Sequence[SuspectRow]) -> list[ColumnElement[bool]]:
    first, last = min(row.at for row in edge), max(row.at for row in edge)
    return [SuspectRow.at >= first - WINDOW, SuspectRow.at <= last + WINDOW]


def _near(session: Session, org: int, edge: Sequence[SuspectRow]) -> list[SuspectRow]:
    """Calls with a key in common; a superset of what is linked, for the window is that of all of them together."""
    columns = SuspectRow.customer, SuspectRow.account, SuspectRow.number
    shared = [column.in_({getattr(row, column.key) for row in edge} - {None}) for column in columns]
    cases = {row.case_id for row in edge} - {None}
    inside = or_(*shared)
    same_case = SuspectRow.case_id.in_(cases)
    wanted = select(SuspectRow).where(SuspectRow.org_id == org)
    rows = list(session.scalars(wanted.where(inside, *_span(edge))))
    return rows + list(session.scalars(wanted.where(same_case)))


def _alike(session: Session, org: int, edge: Sequence[SuspectRow]) -> list[SuspectRow]:
    """Calls in which a voice of ``edge`` is heard."""
    mine = [voice for of_call in voices_of(session, edge).values() for voice in of_call]
    if not mine:
        return []
    wanted = select(SuspectRow).where(SuspectRow.org_id == org, SuspectRow.consented.is_(True), *_span(edge))
    rows = list(session.scalars(wanted))
    voices = voices_of(session, rows)
    return [
        row for row in rows if any(same_voice(a, b) >= SAME_VOICE for a in mine for b in voices.get(row.call_id, ()))
    ]
