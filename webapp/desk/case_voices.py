"""The voices and amounts of one case, from the words and voiceprints of the calls that this person may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from dashboards.cases import CaseAmount, CaseClip, CaseVoices
from pipeline.cases import SAME_VOICE, WINDOW, Case, Voice, same_voice
from pipeline.cases.linking import CHANCE_OF, CHANCE_PAIRS, chance_matches
from pipeline.cases.values import amounts_of, largest
from pipeline.records import Turn
from webapp.alerts.signs import Voices
from webapp.store import SqlStore
from webapp.tables import Ranked, SuspectRow, Voiceprint

MOST_CALLS = 20  # whose words are opened for one page
MOST_PAIRS = 5
LONGEST_CLIP = 10.0
MEASURED = (
    f"Measured on synthetic voices only: {CHANCE_PAIRS} of {CHANCE_OF} pairs of different people in the sample calls came as close. "
    "How real callers compare is not known."
)

Calls = Mapping[str, Sequence[Turn]]  # by public id


def words_of(store: SqlStore, names: Sequence[str]) -> dict[str, Sequence[Turn]]:
    """The turns of calls, of the latest ones where there are many."""
    results = {name: store.result(name) for name in names[-MOST_CALLS:]}
    return {name: result.call.turns for name, result in results.items() if result is not None}


def amounts_in(calls: Calls, rows: Mapping[str, Ranked]) -> tuple[CaseAmount, ...]:
    """What may be lost, as far as it was said."""
    said = [amount for name, turns in calls.items() for amount in amounts_of(name, turns)]
    return tuple(CaseAmount(one.text, one.call, rows[one.call].name, one.start) for one in largest(said))


def voices_in(
    session: Session, told: Case, calls: Calls, rows: Mapping[str, Ranked], voices: Voices, inside: ColumnElement[bool],
    *, may_listen: bool,
) -> CaseVoices | None:  # fmt: skip
    """The pairs of voices that hold a case together; None where none does."""
    links = [link for link in told.links if link.kind == "voice"]
    if not links:
        return None
    of_call = {name: voices.get(row.call_id, ()) for name, row in rows.items()}
    closest = sorted(links, key=lambda link: -link.closeness)[:MOST_PAIRS]
    pairs = [_pair(link.calls[0], link.calls[1], of_call, calls, rows) for link in closest]
    count, compared = _compared(session, told, of_call, inside)
    shown = tuple(pair for pair in pairs if pair is not None)
    return CaseVoices(shown, count, compared, chance_matches(compared), MEASURED, may_listen)


def _pair(
    one: str, other: str, voices: Mapping[str, Sequence[Voice]], calls: Calls, rows: Mapping[str, Ranked]
) -> tuple[CaseClip, CaseClip, float] | None:
    """The two voices of a link, each where its party speaks longest."""
    found = [(same_voice(a, b), a.party, b.party) for a in voices[one] for b in voices[other]]
    closeness, first, second = max(found, default=(0.0, "", ""))
    clips = _clip(rows[one], calls.get(one, ()), first), _clip(rows[other], calls.get(other, ()), second)
    if closeness < SAME_VOICE or clips[0] is None or clips[1] is None:
        return None
    return clips[0], clips[1], closeness


def _clip(row: Ranked, turns: Sequence[Turn], party: str) -> CaseClip | None:
    own = [turn for turn in turns if turn.party == party]
    if not own:
        return None
    turn = max(own, key=lambda turn: (turn.end - turn.start, -turn.start))
    return CaseClip(row.public_id, row.name, row.at, turn.start, min(turn.end, turn.start + LONGEST_CLIP))


def _compared(
    session: Session, told: Case, own: Mapping[str, Sequence[Voice]], inside: ColumnElement[bool]
) -> tuple[int, int]:
    """How many voices there are around the case, and how many pairs of different calls were compared for it."""
    count = session.scalar(
        select(func.count(Voiceprint.id))
        .join(SuspectRow, SuspectRow.call_id == Voiceprint.call_id)
        .join(Ranked, Ranked.call_id == SuspectRow.call_id)
        .where(inside, SuspectRow.consented.is_(True), SuspectRow.at.between(told.first - WINDOW, told.last + WINDOW))
    ) or 0  # fmt: skip
    mine = [len(voices) for voices in own.values()]
    among = sum(a * b for a, b in combinations(mine, 2))
    return count, sum(mine) * (count - sum(mine)) + among
