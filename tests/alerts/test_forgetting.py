"""A voiceprint is erased by itself: of whom was asked, of nobody else, and a later pass makes none again."""

import numpy as np
import pytest
from sqlalchemy import select

from pipeline.records import Metadata
from tests.alerts.makers import hear, rows, settings_of, signal
from webapp.alerts.forgetting import Forgotten, forget_voices
from webapp.alerts.step import run_alerts
from webapp.store.codec import decode_metadata
from webapp.tables import Audit, Call, MetadataVersion, Voiceprint


def with_voice(store, name, customer):
    """A call with a sign, consent and a voiceprint; its public id."""
    public_id = hear(store, name, signal(), customer_id=customer, consent_voiceprint=True)
    with store.database.write() as session:
        call = session.scalars(select(Call).where(Call.public_id == public_id)).one()
        vector = np.full(256, 1 / 16, "<f4").tobytes()
        session.add(Voiceprint(org_id=store.org, team_id=call.team_id, call_id=call.id, party="s2", model="m",
                               vector=vector, made_at=store.clock()))  # fmt: skip
    return public_id


def known_of(store, public_id) -> Metadata:
    with store.database.read() as session:
        wanted = (
            select(MetadataVersion.known)
            .join(Call, Call.id == MetadataVersion.call_id)
            .where(Call.public_id == public_id, MetadataVersion.superseded_at.is_(None))
        )
        return decode_metadata(session.scalars(wanted).one())


@pytest.mark.parametrize("by", ["call", "customer"])
def test_a_voice_is_forgotten_alone_and_for_good(lite, tmp_path, by):
    mine, other = with_voice(lite, "mine", "c-1"), with_voice(lite, "other", "c-2")
    chosen = {"calls": [mine[:12]]} if by == "call" else {"customer": "c-1"}
    assert forget_voices(lite, **chosen) == Forgotten(1, 1)
    assert len(rows(lite.database, Voiceprint)) == 1
    assert known_of(lite, mine).consent_voiceprint is False
    assert known_of(lite, mine).customer_id == "c-1"
    assert known_of(lite, other).consent_voiceprint is True
    assert lite.result(mine) is not None
    run_alerts(settings_of(tmp_path, voiceprints=True), lite)
    assert len(rows(lite.database, Voiceprint)) == 1
    [trail] = [row for row in rows(lite.database, Audit) if row.action == "voice.erase"]
    assert (trail.subject, trail.detail[-1]) == (mine, "1")
    assert forget_voices(lite, **chosen) == Forgotten(1, 0)


def test_nobody_in_particular_is_nobody(lite):
    with_voice(lite, "mine", "c-1")
    assert forget_voices(lite, calls=["zzz"]) == Forgotten(0, 0)
    assert forget_voices(lite, customer="c-9") == Forgotten(0, 0)
    with pytest.raises(ValueError, match="Whose voice"):
        forget_voices(lite)
    assert len(rows(lite.database, Voiceprint)) == 1
