"""What a word of a call may have been instead, for whoever may correct it: by the call's kept posteriors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from dashboards.notes import place_of
from pipeline.records import Call as HeardCall
from pipeline.records import Span, Word
from pipeline.redaction import load_policy
from webapp.desk.desk import SqlDesk
from webapp.desk.notes import CORRECT
from webapp.desk.typed import hides_more
from webapp.settings import Settings
from webapp.tables import Call, Ranked


@dataclass(frozen=True)
class SqlAlternativeDesk:
    """Words that sound like one of a call, inside the scope of one person."""

    desk: SqlDesk
    settings: Settings

    def of(self, call_id: str, place: str) -> Sequence[str] | None:
        """The likeliest first; empty where there is no such word, or nothing was kept to judge by. None: there is no such call.

        A word that redaction would take out of the call is none of them: what was not heard must not be guessed.
        """
        store, inside = self.desk.store, self.desk.scope.calls(CORRECT)
        wanted = (
            select(Call.sealed_key).join(Ranked, Ranked.call_id == Call.id).where(inside, Ranked.public_id == call_id)
        )
        with store.database.read() as session:
            key = session.scalar(wanted)
        result = store.result(call_id) if key is not None else None
        if key is None or result is None:
            return None
        heard = result.call
        word = next((w for turn in heard.turns for w in turn.words if place_of(turn.party, w.start) == place), None)
        if word is None or word.redacted:
            return ()
        if "posteriors" not in result.files or heard.posteriors is None:
            return ()
        with store.vault.open(result.files["posteriors"], key, f"posteriors:{call_id}") as reader:
            packed = reader.read(0, reader.size)
        policy = load_policy(self.settings.redaction_policy)
        return [one for one in self._likely(heard, word, packed) if not hides_more(heard, {place: one}, policy)]

    def _likely(self, call: HeardCall, word: Word, packed: bytes) -> list[str]:
        # numpy and the word list of the recogniser: only where somebody corrects a word
        from pipeline.asr.alternatives import alternatives
        from pipeline.asr.heard import open_heard

        heard = open_heard(call, packed, self.settings.path("models"))
        if heard is None:
            return []
        own = [p.channel for p in call.parties if p.id == word.party and p.channel is not None]
        clip = heard.channels[own[0] if own and own[0] < len(heard.channels) else 0]
        others = {one.text for turn in call.turns for one in turn.words if not one.redacted}
        return alternatives(clip, Span(word.start, word.end), word.text, heard.speller, sorted(others))
