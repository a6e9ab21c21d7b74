"""A removed part heard once more: only what may be kept, only by who may, never without its reason in the audit log."""

import hashlib
import io
from contextlib import ExitStack
from dataclasses import replace

import numpy as np
import pytest
import soundfile
from sqlalchemy import select

from dashboards.unmasking import UnmaskRefused
from pipeline.audio.listening import wav_header
from pipeline.protocols import Intake
from pipeline.records import Metadata, Turn, Word
from pipeline.sealing.vault import quarantine
from tests.store.makers import make_result, make_store
from webapp.desk.unmasking import AT_ONCE, SqlUnmaskDesk, _place
from webapp.tables import Audit, Call

RATE, SECONDS, START, END = 8000, 8, 3.0, 4.0
WHY = "dispute 12 of the customer"


@pytest.fixture
def store(database, tmp_path, clock):
    return make_store(database, tmp_path, clock=clock, keep_originals=True)


def sound():
    """Eight seconds of silence, but for a tone of 1 kHz from 3 to 4 s."""
    at = np.arange(RATE * SECONDS) / RATE
    tone = np.where((at >= START) & (at < END), 12000 * np.sin(2 * np.pi * 1000 * at), 0).astype("<i2")
    return wav_header(1, RATE, len(tone)) + tone.tobytes()


def take_in(store, team, kind, digits=8):
    """A call of one redacted word of this kind."""
    source = sound() + team.encode()  # the bytes behind the sound tell the calls apart
    sha256 = hashlib.sha256(source).hexdigest()
    _key, wrapped = store.vault.keyring.new_key()
    copy = store.vault.seal([source], wrapped, quarantine(sha256)).name
    added = store.add(
        Intake(sha256, len(source), f"{team}.wav", "wav", Metadata(call_id=team, team=team), copy, wrapped)
    )
    [job] = store.claim("w", limit=1, lease=60)
    told = make_result(job)
    word = Word(f"[{kind}]", START, END, None, "s1", kind, {"digits": digits})
    call = replace(told.call, turns=(Turn("s1", START, END, (word,)),), redactions={kind: 1})
    assert store.commit(job, replace(told, call=call))
    return added.public_id


@pytest.fixture
def ids(store):
    return {"red": take_in(store, "red", "NUMBER"), "blue": take_in(store, "blue", "NUMBER"),
            "card": take_in(store, "card", "CARD_NUMBER")}  # fmt: skip


@pytest.fixture
def originals(notes):
    """A maker: the desk of originals of a person with a role in a team."""

    def make(role="compliance", team="red"):
        desk = notes(role, team)
        return SqlUnmaskDesk(desk.desk, desk.settings)

    return make


def policy_store(database, tmp_path, clock, days):
    """A store whose policy keeps originals for so many days, with the setting left off."""
    file = tmp_path / "house.yaml"
    file.write_text(f"remove: [NUMBER]\nkeep_original_days: {days}\n")
    return make_store(database, tmp_path, clock=clock, redaction_policy=str(file))


@pytest.mark.parametrize(("days", "kept"), [(0, False), (3, True)])
def test_the_policy_of_a_call_decides_whether_its_original_is_kept_and_how_long(database, tmp_path, clock, days, kept):
    store = policy_store(database, tmp_path, clock, days)
    call_id = take_in(store, "red", "NUMBER")

    def sealed():
        with store.database.read() as session:
            return session.scalar(select(Call.quarantine).where(Call.public_id == call_id)) is not None

    assert sealed() is kept
    clock.move(days=2.9)
    store.sweep()
    assert sealed() is kept
    clock.move(days=0.2)
    store.sweep()
    assert not sealed()


def test_a_number_as_long_as_a_card_is_never_kept_whatever_its_type(store):
    call_id = take_in(store, "red", "NUMBER", digits=16)
    with store.database.read() as session:
        assert session.scalar(select(Call.quarantine).where(Call.public_id == call_id)) is None


def log(store):
    with store.database.read() as session:
        return [
            (row.subject, row.detail) for row in session.scalars(select(Audit).where(Audit.action == "call.unmask"))
        ]


def test_exactly_the_removed_part_is_heard_and_written_down_with_its_reason(originals, ids, store):
    wav = originals().hear(ids["red"], START, WHY)
    samples, rate = soundfile.read(io.BytesIO(wav))
    loud = np.flatnonzero(np.abs(samples) > 0.1) / rate
    assert len(samples) / rate == pytest.approx(END - START + 0.6, abs=0.02)
    assert (loud[0], loud[-1]) == pytest.approx((0.3, 1.3), abs=0.02)
    assert log(store) == [(ids["red"], f"Number at 0:03: {WHY}")]


def test_who_may_read_the_log_sees_on_the_call_who_heard_what_and_why(originals, ids):
    desk = originals()
    desk.hear(ids["red"], START, WHY)
    [(_at, said)] = desk.desk.call(ids["red"]).looked
    assert said == f"compliance-red, heard again: Number at 0:03: {WHY}"


def test_a_card_number_in_the_reason_is_not_written_down(originals, ids, store):
    originals().hear(ids["red"], START, "card 4242424242424242 was disputed")
    assert log(store)[0][1] == "Number at 0:03: card [CARD_NUMBER] was disputed"


@pytest.mark.parametrize(("start", "why"), [(START, "because"), (START, "         ."), (1.0, WHY), (float("nan"), WHY)])
def test_without_a_reason_or_beside_a_removed_part_nothing_is_heard_nor_written(originals, ids, store, start, why):
    with pytest.raises(UnmaskRefused):
        originals().hear(ids["red"], start, why)
    assert log(store) == []


@pytest.mark.parametrize(
    ("role", "team"), [("reviewer", "red"), ("lead", "red"), ("agent", "red"), ("compliance", "blue")]
)
def test_for_who_may_not_there_is_nothing(notes, ids, store, role, team):
    desk = notes(role, team, agent_id="7" if role == "agent" else None)
    assert SqlUnmaskDesk(desk.desk, desk.settings).hear(ids["red"], START, WHY) is None
    assert log(store) == []


def test_the_original_of_a_call_with_card_data_goes_at_once(originals, ids, store):
    desk = originals("admin", None)
    assert desk.kept_until(ids["card"]) is None
    with pytest.raises(UnmaskRefused, match="never heard again"):
        desk.hear(ids["card"], START, WHY)
    with store.database.read() as session:
        kept = session.scalars(select(Call.public_id).where(Call.quarantine.is_not(None)))
        assert sorted(kept) == sorted([ids["red"], ids["blue"]])


def test_after_the_longest_time_the_original_is_gone(originals, ids, store, clock):
    desk = originals()
    assert (desk.kept_until(ids["red"]) - clock()).days == 7
    clock.move(days=7, minutes=1)
    store.sweep()
    assert desk.kept_until(ids["red"]) is None
    with pytest.raises(UnmaskRefused, match="not kept any more"):
        desk.hear(ids["red"], START, WHY)


def test_without_the_setting_no_original_outlives_redaction(database, tmp_path, clock):
    store = make_store(database, tmp_path / "off", clock=clock)
    take_in(store, "red", "NUMBER")
    with store.database.read() as session:
        assert session.scalars(select(Call.quarantine)).all() == [None]


def test_nobody_waits_for_a_place_and_whoever_is_turned_away_heard_nothing(originals, ids, store):
    desk = originals()
    with ExitStack() as busy:
        for _ in range(AT_ONCE):
            busy.enter_context(_place())
        with pytest.raises(UnmaskRefused, match="Try again in a few seconds"):
            desk.hear(ids["red"], START, WHY)
    assert log(store) == []
    assert desk.hear(ids["red"], START, WHY)  # the places are free again


def test_an_original_too_large_to_look_into_is_refused_with_its_size(originals, ids, monkeypatch):
    monkeypatch.setattr("webapp.desk.unmasking.LARGEST", 100_000)
    with pytest.raises(UnmaskRefused, match="parts of originals of up to 0 MB can be heard"):
        originals().hear(ids["red"], START, WHY)
