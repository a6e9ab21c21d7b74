"""Vectors of calls: made where the sentence model is installed, kept in SQL, put into the index from there.

A machine without the model indexes calls all the same; one that has it adds the vectors later.
"""

from __future__ import annotations

import hashlib
import logging
from array import array
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session, aliased

from pipeline.errors import PipelineError
from pipeline.records import CallResult
from webapp.store import SqlStore
from webapp.store.blobs import read_result
from webapp.store.outbox import INDEX, post
from webapp.store.results import NEW_WORDS
from webapp.tables import Call, CallVector, Ranked, Result

if TYPE_CHECKING:
    from pipeline.search.meaning import CallMeaning

log = logging.getLogger(__name__)

AT_ONCE = 16


def vectors_of(session: Session, calls: Collection[int]) -> dict[int, tuple[float, ...]]:
    """The latest vector of each call that has one."""
    rows = session.execute(
        select(CallVector.call_id, CallVector.vector).where(CallVector.call_id.in_(calls)).order_by(CallVector.id)
    )
    return {key: tuple(array("f", data)) for key, data in rows}


def vector_of(session: Session, org: int, call_id: str) -> tuple[float, ...] | None:
    """The latest vector of one call by its public id."""
    key = session.scalar(select(Ranked.call_id).where(Ranked.org_id == org, Ranked.public_id == call_id))
    return None if key is None else vectors_of(session, [key]).get(key)


def add_missing(store: SqlStore, meaning: CallMeaning, *, limit: int = AT_ONCE) -> int:
    """Make the vectors of some calls that have none of this model and these words, and mark them; how many were made."""
    later = aliased(Result)
    heard_again = exists().where(
        later.call_id == CallVector.call_id, later.kind.in_(NEW_WORDS), later.made_at > CallVector.made_at
    )
    with store.database.read() as session:
        rows = session.execute(
            select(Ranked.call_id, Ranked.public_id, Result.blob, Call.sealed_key)
            .join(Call, Call.id == Ranked.call_id)
            .join(Result, Result.id == Ranked.result_id)
            .outerjoin(CallVector, (CallVector.call_id == Ranked.call_id) & (CallVector.model == meaning.name))
            .where(Ranked.org_id == store.org, or_(CallVector.id.is_(None), heard_again))
            .order_by(Ranked.call_id.desc())
            .limit(limit)
        ).all()
    told: list[tuple[int, str, CallResult]] = []
    for call, public_id, blob, key in rows:
        try:
            told.append((call, public_id, read_result(store.vault, public_id, blob, key)))
        except PipelineError as error:  # one broken file must not keep the vectors of all others back
            log.warning("call %s gets no vector: %s", public_id, error)
    for (call, public_id, result), vector in zip(told, meaning.vectors([one[2] for one in told]), strict=True):
        _keep(store, call, public_id, result, meaning.name, vector)
    return len(told)


def _keep(
    store: SqlStore, call: int, public_id: str, result: CallResult, model: str, vector: Sequence[float]
) -> None:  # fmt: skip
    """Each by itself: a call that was erased meanwhile keeps no other's vector back."""
    moment, words = store.clock(), words_of(result)
    with store.database.write() as session:
        if session.scalar(select(Call.id).where(Call.id == call)) is None:
            return
        session.execute(delete(CallVector).where(CallVector.call_id == call))
        data = array("f", vector).tobytes()
        session.add(CallVector(org_id=store.org, call_id=call, words=words, model=model, vector=data, made_at=moment))
        post(session, store.org, INDEX, [(f"{public_id}:v{words[:16]}:{model}", {"call": public_id})], moment)


def words_of(result: CallResult) -> str:
    """A hash of the words of a call."""
    text = "\n".join(f"{turn.party} {turn.text}" for turn in result.call.turns)
    return hashlib.sha256(text.encode()).hexdigest()
