"""Vectors of calls: made where the sentence model is installed, kept in SQL, put into the index from there.

A machine without the model indexes calls all the same; one that has it adds the vectors later.
"""

from __future__ import annotations

import hashlib
import logging
from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass
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


def add_missing(store: SqlStore, meaning: CallMeaning) -> int:
    """Make the vectors of calls that have none of this model and these words, and mark them; how many were made.

    One walk over the calls, the newest first: whatever cannot be read, and whatever the clocks of other machines say, no
    call is looked at twice.
    """
    made, below = 0, None
    _forget_others(store, meaning.name)
    while True:
        rows = _missing(store, meaning.name, below)
        if not rows:
            return made
        below = rows[-1].call_id
        told: list[tuple[_Missing, CallResult]] = []
        for row in rows:
            try:
                told.append((row, read_result(store.vault, row.public_id, row.blob, row.key)))
            except PipelineError as error:  # one broken file must not keep the vectors of all others back
                log.warning("call %s gets no vector: %s", row.public_id, error)
        for (row, result), vector in zip(told, meaning.vectors([one[1] for one in told]), strict=True):
            _keep(store, row, result, meaning.name, vector)
        made += len(told)


def _forget_others(store: SqlStore, model: str) -> None:
    """Vectors of a model used before go, here and from the index: they must not be compared with those of this one."""
    others = select(CallVector.id, Ranked.public_id).join(Ranked, Ranked.call_id == CallVector.call_id)
    wanted = others.where(CallVector.org_id == store.org, CallVector.model != model).limit(AT_ONCE * AT_ONCE)
    while True:
        moment = store.clock()
        with store.database.write() as session:
            rows = session.execute(wanted).all()
            if not rows:
                return
            session.execute(delete(CallVector).where(CallVector.id.in_([key for key, _ in rows])))
            marks = [(f"{public}:no-vector:{key}", {"call": public}) for key, public in rows]
            post(session, store.org, INDEX, marks, moment)


@dataclass(frozen=True, slots=True)
class _Missing:
    """A call whose vector is to be made, from this result."""

    call_id: int
    public_id: str
    result_id: int
    blob: str
    key: bytes


def _missing(store: SqlStore, model: str, below: int | None) -> list[_Missing]:
    """The next few calls with keys below ``below``."""
    later = aliased(Result)
    heard_again = exists().where(
        later.call_id == CallVector.call_id, later.kind.in_(NEW_WORDS), later.id > CallVector.result_id
    )
    wanted = (
        select(Ranked.call_id, Ranked.public_id, Result.id, Result.blob, Call.sealed_key)
        .join(Call, Call.id == Ranked.call_id)
        .join(Result, Result.id == Ranked.result_id)
        .outerjoin(CallVector, (CallVector.call_id == Ranked.call_id) & (CallVector.model == model))
        .where(Ranked.org_id == store.org, or_(CallVector.id.is_(None), heard_again))
    )
    if below is not None:
        wanted = wanted.where(Ranked.call_id < below)
    with store.database.read() as session:
        return [_Missing(*row) for row in session.execute(wanted.order_by(Ranked.call_id.desc()).limit(AT_ONCE))]


def _keep(store: SqlStore, row: _Missing, result: CallResult, model: str, vector: Sequence[float]) -> None:
    """Each by itself: a call that was erased meanwhile keeps no other's vector back."""
    moment, words = store.clock(), words_of(result)
    with store.database.write() as session:
        if session.scalar(select(Call.id).where(Call.id == row.call_id)) is None:
            return
        session.execute(delete(CallVector).where(CallVector.call_id == row.call_id))
        data = array("f", vector).tobytes()
        session.add(CallVector(org_id=store.org, call_id=row.call_id, result_id=row.result_id, words=words, model=model,
                               vector=data, made_at=moment))  # fmt: skip
        mark = f"{row.public_id}:v{words[:16]}:{model}", {"call": row.public_id}
        post(session, store.org, INDEX, [mark], moment)


def words_of(result: CallResult) -> str:
    """A hash of the words of a call."""
    text = "\n".join(f"{turn.party} {turn.text}" for turn in result.call.turns)
    return hashlib.sha256(text.encode()).hexdigest()
