"""Voices of real recordings: one synthetic caller on two accounts, another one, and what is never taken for a voice."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from pipeline.audio.listening import listening_copy
from pipeline.cases import SAME_VOICE, same_voice
from pipeline.cases.voices import as_bytes, encoder_name, voices_of
from pipeline.records import Call, Party, Turn, Word
from pipeline.sealing.vault import listening
from tests.alerts import makers
from tests.alerts.makers import NOON, hear, rows, signal
from tests.store.makers import make_result
from webapp.alerts.step import run_alerts
from webapp.tables import Voiceprint

CALLS = Path(__file__).parents[2] / "sample_calls" / "calls"
RATE, STEP = 16000, 0.5
CALLER = (Party("s1", "agent", 1.0, 0), Party("s2", "customer", 1.0, 1))


def recorded(name):
    """``[2, n]`` at 16 kHz of the first half minute of a sample call."""
    samples, rate = soundfile.read(
        next(CALLS.glob(f"{name}.[!j]*")), dtype="float32", always_2d=True, frames=30 * 16000
    )
    return np.stack([soxr.resample(channel, rate, RATE) for channel in samples.T])


def call_of(samples, parties=CALLER, kind="spoken"):
    """The call with a word wherever its party is loud."""
    turns = []
    for party in parties:
        channel = samples[party.channel or 0]
        loud = [n * STEP for n in range(int(len(channel) / RATE / STEP))
                if np.abs(channel[int(n * STEP * RATE) : int((n + 1) * STEP * RATE)]).mean() > 0.01]  # fmt: skip
        turns += [Turn(party.id, at, at + STEP, (Word("x", at, at + STEP, 1.0, party.id, kind),)) for at in loud]
    return Call("call", parties=parties, turns=tuple(turns))


@pytest.fixture(scope="module")
def sounds():
    return {name: recorded(name) for name in ("rb-4102", "rb-4105", "rb-4101")}


def copy(samples):
    return listening_copy(samples, 8000, [])


def test_one_caller_on_two_accounts_has_one_voice_and_another_caller_another(sounds):
    first, second, other = (voices_of(call_of(sound), copy(sound))[0] for sound in sounds.values())
    assert same_voice(first, second) >= SAME_VOICE > same_voice(first, other)
    assert same_voice(second, other) < SAME_VOICE
    assert first.party == "s2"
    assert len(as_bytes(first)) == 4 * 256


def test_agents_and_phone_systems_have_no_voice_here_and_neither_has_a_tone(sounds):
    sound = sounds["rb-4102"]
    agents = (Party("s1", "agent", 1.0, 0), Party("s2", "ivr", 1.0, 1))
    assert voices_of(call_of(sound, agents), copy(sound)) == []
    assert voices_of(call_of(sound, kind="CARD_NUMBER"), copy(sound)) == []


def test_an_agent_heard_on_the_callers_side_is_not_the_caller(sounds):
    leaking = np.stack([sounds["rb-4102"][1], sounds["rb-4102"][1]])
    assert voices_of(call_of(leaking), copy(leaking)) == []


def test_little_speech_is_no_voice(sounds):
    sound = sounds["rb-4102"]
    short = call_of(sound)
    few = [turn for turn in short.turns if turn.party == "s2"][:5]  # 2.5 s
    assert voices_of(Call("call", parties=CALLER, turns=tuple(few)), copy(sound)) == []


def test_a_pass_keeps_the_voice_of_who_agreed_and_of_nobody_else(lite, settings, sounds, monkeypatch):
    sound = sounds["rb-4102"]

    def result_of(job):
        name = lite.vault.seal([copy(sound)], job.intake.sealed_key, listening(job.call_id)).name
        return replace(make_result(job), call=replace(call_of(sound), id=job.call_id, metadata=job.intake.metadata),
                       files={"listening": name})  # fmt: skip

    monkeypatch.setattr(makers, "make_result", result_of)
    for name, consent in (("yes", True), ("no", False), ("untold", None)):
        hear(lite, name, signal("J5", 0.7), consent_voiceprint=consent)
    hear(lite, "no sign", consent_voiceprint=True)
    run_alerts(settings(), lite)
    assert rows(lite.database, Voiceprint) == []  # the setting is off
    lite.redo("rules")
    while jobs := lite.claim("again", limit=9, lease=60):
        for job in jobs:
            sign = () if job.intake.metadata.call_id == "no sign" else (signal("J5", 0.7),)
            assert lite.commit(job, replace(result_of(job), findings=sign))
    run_alerts(settings(voiceprints=True), lite)
    [kept] = rows(lite.database, Voiceprint)
    assert (kept.party, kept.model) == ("s2", encoder_name())
    assert kept.made_at - NOON < timedelta(days=1)
