"""A removed part of a call, heard once more from the sealed original: the reason stands in the audit log before a sound is made."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from dashboards.unmasking import LEAST_REASON, NEVER, UnmaskRefused
from dashboards.wording import clock, plain
from pipeline.errors import BadRecording
from pipeline.protocols import ALONE, PAIRED, Source
from pipeline.records import Metadata, Seconds, Word
from pipeline.redaction import load_policy
from pipeline.sealing.vault import quarantine
from webapp.audit import write_audit
from webapp.desk import calls
from webapp.desk.desk import SqlDesk
from webapp.desk.typed import redacted_text
from webapp.settings import Settings
from webapp.store.codec import decode_metadata
from webapp.tables import Call, MetadataVersion, Ranked

if TYPE_CHECKING:
    from typing import BinaryIO

UNMASK = "calls:unmask"
LONGEST_REASON = 500  # characters
AROUND: Seconds = 0.3  # heard before and after: words begin earlier than their times say
LONGEST: Seconds = 60.0  # of one part: an address that is spelled twice lasts half of that
LARGEST = 512 * 1024 * 1024  # bytes of an original: four hours of two channels at 8 kHz are 460 MB
TIME: Seconds = 20.0  # for decoding up to the part
AT_ONCE = 2  # a place more would take the server's threads from everybody else
PLACES = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class SqlUnmaskDesk:
    """See `UnmaskDesk`."""

    desk: SqlDesk
    settings: Settings

    def kept_until(self, call_id: str) -> datetime | None:
        store, inside = self.desk.store, self.desk.scope.calls("calls:read")
        valid = (MetadataVersion.call_id == Call.id) & MetadataVersion.superseded_at.is_(None)
        wanted = (
            select(Call.added_at, MetadataVersion.known)
            .join(Ranked, Ranked.call_id == Call.id)
            .outerjoin(MetadataVersion, valid)
            .where(Call.suffix != ALONE)
        )
        with store.database.read() as session:
            row = session.execute(
                wanted.where(inside, Ranked.public_id == call_id, Call.quarantine.is_not(None))
            ).first()
        if row is None:
            return None
        kept = store.originals.kept_for(decode_metadata(row.known) if row.known else Metadata())
        return row.added_at + kept if kept else None

    def hear(self, call_id: str, start: Seconds, reason: str) -> bytes | None:
        with ExitStack() as held:
            asked = self._written(call_id, start, reason, held)
            return None if asked is None else stretch(*asked)

    def _written(
        self, call_id: str, start: Seconds, reason: str, held: ExitStack
    ) -> tuple[Source, Seconds, Seconds] | None:
        """The original and the part of it, once a place is free and the look stands in the audit log."""
        store, scope = self.desk.store, self.desk.scope
        with store.database.write() as session:
            found = calls.find(session, scope, UNMASK, call_id)
            if found is None:
                return None
            call = session.scalars(select(Call).where(Call.org_id == store.org, Call.public_id == call_id)).one()
            heard = calls.open_result(store.vault, found).call
            words = [word for turn in heard.turns for word in turn.words if word.redacted]
            word = _wanted(words, start)
            if call.quarantine is None or not store.originals.keeps(heard):
                raise UnmaskRefused("The original of this call is not kept any more.")
            why = redacted_text(reason[:LONGEST_REASON], load_policy(self.settings.redaction_policy))
            if len(why) < LEAST_REASON:
                raise UnmaskRefused(
                    f"Say why, in {LEAST_REASON} characters at least: it is written down with your name."
                )
            held.enter_context(_place())  # whoever is turned away has heard nothing
            detail = f"{plain(word.kind.lower())} at {clock(word.start)}: {why}"
            write_audit(session, store.org, calls.UNMASKED, call_id, at=store.clock(), by=scope.user, detail=detail)
            name, key, sha256, suffix = call.quarantine, call.sealed_key, call.sha256, call.suffix
        opening = partial(self._open, name, key, sha256, paired=suffix.endswith(PAIRED))
        source = Source(call_id, found.source, sha256, Metadata(), opening, suffix.removesuffix(PAIRED))
        return source, word.start - AROUND, min(word.end, word.start + LONGEST) + AROUND

    def _open(self, name: str, key: bytes, sha256: str, *, paired: bool) -> BinaryIO:
        with self.desk.store.vault.open(name, key, quarantine(sha256)) as reader:
            if reader.size > LARGEST:
                raise UnmaskRefused(
                    f"The original has {reader.size / 1e6:,.0f} MB; parts of originals of up to {LARGEST / 1e6:,.0f} MB can be heard."
                )
        copy = self.desk.store.vault.unseal(name, key, quarantine(sha256))
        if paired:
            from pipeline.ingest.transcripts import (
                split,
            )  # with the readers: only where a transcript came with the call

            split(copy)
        return copy


def _wanted(words: list[Word], start: Seconds) -> Word:
    word = next((one for one in words if math.isclose(one.start, start, abs_tol=0.001)), None)
    if word is None:
        raise UnmaskRefused("No part was removed at this second. Reload the page.")
    if word.kind in NEVER:
        raise UnmaskRefused("Card data and passcodes are never heard again.")
    return word


@contextmanager
def _place() -> Iterator[None]:
    """One of the places for reading originals; raises UnmaskRefused when all are taken."""
    if not PLACES.acquire(blocking=False):
        raise UnmaskRefused(f"{AT_ONCE} originals are being read at this moment. Try again in a few seconds.")
    try:
        yield
    finally:
        PLACES.release()


def stretch(source: Source, start: Seconds, end: Seconds) -> bytes:
    """A stretch of a recording as a WAV file, decoded in a confined child as every recording from outside is; no more of it
    is kept than that stretch. Raises UnmaskRefused."""
    # numpy and the decoder: only here, never for a page
    from pipeline.audio.keeper import Care
    from pipeline.audio.keypad import presses, silenced
    from pipeline.audio.listening import listening_copy
    from pipeline.audio.pool import DecodePool
    from pipeline.audio.streaming import RATE

    try:
        with DecodePool(children=1, care=Care(decode=TIME)) as pool:
            samples = pool.decode_span(source, start, end)
    except BadRecording as error:
        raise UnmaskRefused(f"The original could not be read: {error}") from error
    return listening_copy(silenced(samples, presses(samples)), RATE, [])  # keys may be a card's digits
