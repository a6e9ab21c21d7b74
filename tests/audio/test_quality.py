"""What is measured of a recording, against what was done to it; the gate on verdicts; the advice."""

from dataclasses import replace

import numpy as np
import pytest
import soxr

from pipeline.analyzers.call_quality import CallQuality, defects
from pipeline.audio.quality import quality
from pipeline.ledger import judge_call
from pipeline.records import (
    AudioFacts,
    Call,
    CallResult,
    ChannelQuality,
    Event,
    Finding,
    Measure,
    Party,
    Poor,
    Quality,
    Span,
    Turn,
    Value,
    Word,
)
from pipeline.training.voices import speak
from tests.rules.makers import ruleset
from webapp.store.codec import decode, encode

RATE = 16000
TEXTS = (
    "good morning this is dana how can i help you today",
    "my order has not arrived and i want to know where it is",
)


@pytest.fixture(scope="module")
def line():
    """(a clean telephone line with two sentences, where they are, which samples are speech, their power)."""
    rng = np.random.default_rng(4)
    parts, spans, at = [], [], 0.0
    for text, voice in zip(TEXTS, ("slt", "rms"), strict=True):
        said = speak(text, voice)
        parts += [np.zeros(RATE), said]
        spans.append(Span(at + 1.0, at + 1.0 + len(said) / RATE))
        at = spans[-1].end
    sound = np.concatenate([*parts, np.zeros(RATE)])
    sound = 0.3 * sound / np.abs(sound).max() + rng.normal(0, 2e-4, len(sound))
    narrow = soxr.resample(soxr.resample(sound, RATE, 8000), 8000, RATE).astype(np.float32)
    spoken = np.zeros(len(narrow), bool)
    for span in spans:
        spoken[int(span.start * RATE) : int(span.end * RATE)] = True
    return narrow, tuple(spans), spoken, float(np.mean(narrow[spoken] ** 2))


def measured(sound, spans):
    return quality(np.asarray(sound, np.float32)[None], [spans])


def test_a_clean_line_has_no_defect(line):
    sound, spans, _, _ = line
    found = measured(sound, spans)
    [channel] = found.channels
    assert (channel.clipped, channel.lost, found.poor) == (0.0, 0.0, ())
    assert channel.snr > 30
    assert 3300 <= channel.band <= 4000


@pytest.mark.parametrize("decibels", [20.0, 10.0, 0.0])
def test_noise_is_measured_within_a_decibel_and_a_half(line, decibels):
    sound, spans, _, power = line
    noise = np.random.default_rng(7).normal(0, np.sqrt(power / 10 ** (decibels / 10)), len(sound))
    found = measured(sound + noise, spans)
    assert found.channels[0].snr == pytest.approx(decibels, abs=1.5)
    noisy = sum(p.end - p.start for p in found.poor if p.kind == "noisy")
    assert noisy == 0 if decibels == 20 else noisy > 4 if decibels == 0 else noisy < 4


@pytest.mark.parametrize(("gain", "kinds"), [(1.0, set()), (12.0, {"clipped"})])
def test_a_gain_too_high_is_clipping_even_behind_a_resampler(line, gain, kinds):
    sound, spans, _, _ = line
    coded = np.clip(soxr.resample(gain * sound, RATE, 8000), -1, 1)
    found = measured(0.9 * soxr.resample(coded, 8000, RATE), spans)
    assert {p.kind for p in found.poor} == kinds
    assert (found.channels[0].clipped > 0.2) == bool(kinds)


def with_loss(sound, how, length):
    """(the line with every fortieth loud packet, and what follows to make ``length``, gone; the share; the holes)."""
    narrow = soxr.resample(sound, RATE, 8000)
    level = np.sqrt(np.mean(narrow[: len(narrow) // 160 * 160].reshape(-1, 160) ** 2, axis=1))
    loud = [n for n in range(10, len(level) - 10) if level[n - 1 : n + length + 1].min() > 0.03]
    holes = [n for k, n in enumerate(loud) if k % 40 == 5]
    for n in holes:
        piece = slice(160 * n, 160 * (n + length))
        before = narrow[160 * n - 160 : 160 * n]
        narrow[piece] = {"silent": 0.0, "frozen": narrow[160 * n], "repeated": np.tile(before, length)}[how]
    return soxr.resample(narrow, 8000, RATE), holes


@pytest.mark.parametrize("how", ["silent", "frozen", "repeated"])
def test_single_lost_packets_are_counted_and_cost_no_verdict(line, how):
    sound, spans, spoken, _ = line
    made, holes = with_loss(sound, how, 1)
    found = measured(made, spans)
    assert len(holes) >= 3
    assert found.channels[0].lost == pytest.approx(len(holes) * 0.02 / (spoken.sum() / RATE), rel=0.5)
    assert found.poor == ()


@pytest.mark.parametrize("how", ["silent", "frozen", "repeated"])
def test_a_lost_syllable_is_a_poor_stretch(line, how):
    made, holes = with_loss(line[0], how, 7)
    poor = [p for p in measured(made, line[1]).poor if p.kind == "lost"]
    assert holes
    for n in holes:
        assert any(p.start < n * 0.02 + 0.07 < p.end for p in poor)


def test_eight_bits_and_gated_pauses_are_no_loss(line):
    sound, spans, _, _ = line
    assert measured(np.rint(sound * 127) / 127, spans).channels[0].lost < 0.005


@pytest.mark.parametrize("decibels", [-12.0, -30.0])
def test_a_leak_is_measured_within_two_decibels(line, decibels):
    sound, spans, _, _ = line
    other = np.random.default_rng(1).normal(0, 2e-4, len(sound))
    other[800:] += 10 ** (decibels / 20) * sound[:-800]
    found = quality(np.stack([sound, other]).astype(np.float32), [spans, ()])
    assert found.channels[1].bleed == pytest.approx(decibels, abs=2.0)
    assert found.channels[0].bleed is None


def test_no_sound_and_no_speech_are_no_error():
    assert quality(np.zeros((1, RATE), np.float32), [()]).channels[0].snr is None
    assert quality(np.zeros((2, 3), np.float32), [(), ()]).poor == ()


def said(party, start, text):
    words = tuple(Word(w, start + 0.3 * n, start + 0.3 * n + 0.25, 0.99, party) for n, w in enumerate(text.split()))
    return Turn(party, start, words[-1].end, words)


def call_with(poor=(), *, trusted=False):
    facts = AudioFacts("0" * 64, "pcm", 8000, 2, 30.0, 1)
    good = ChannelQuality(30.0, 0.0, 0.0, 3600)
    return Call(
        "c", audio=facts, parties=(Party("s1", "agent", 0.95, 0), Party("s2", "customer", 0.95, 1)),
        turns=(said("s1", 0.0, "this call may be recorded how can i help"), said("s2", 5.0, "where is my order please")),
        quality=Quality((good, good), poor), trusted=trusted,
    )  # fmt: skip


@pytest.fixture(scope="module")
def notice():
    return ruleset('kind: required\nsaid: {role: agent, any_of: ["call may be recorded"]}')


@pytest.mark.parametrize(
    ("poor", "value", "reason"),
    [
        ((), Value.PASS, "it was said"),
        ((Poor("noisy", 0.0, 4.0, 0),), Value.UNSURE, "noise covers it"),
        ((Poor("lost", 0.0, 4.0, 0),), Value.UNSURE, "pieces of the sound are missing in it"),
        ((Poor("noisy", 0.0, 4.0, 1),), Value.PASS, "it was said"),  # the other side
        ((Poor("noisy", 0.0, 0.7, 0),), Value.PASS, "it was said"),  # a third of it
    ],
)
def test_words_in_poor_sound_carry_no_verdict(notice, poor, value, reason):
    [verdict] = judge_call(call_with(poor), notice).verdicts
    assert verdict.value is value
    assert reason in verdict.reason
    assert ("poor_sound" in verdict.basis) == bool(poor)


def test_what_people_wrote_down_needs_no_sound(notice):
    [verdict] = judge_call(call_with((Poor("noisy", 0.0, 4.0, 0),), trusted=True), notice).verdicts
    assert verdict.value is Value.PASS


@pytest.mark.parametrize(("seconds", "value"), [(0.4, Value.FAIL), (1.5, Value.UNSURE)])
def test_not_said_is_not_held_against_anybody_whose_sound_is_missing(notice, seconds, value):
    call = call_with((Poor("lost", 0.2, 0.2 + seconds, 0),))
    silent = replace(call, turns=(said("s1", 0.0, "good morning what can i do for you"), call.turns[1]))
    [verdict] = judge_call(silent, notice).verdicts
    assert verdict.value is value


def test_the_advice_names_the_channel_and_the_setting():
    poor = (Poor("clipped", 2.0, 9.0, 0), Poor("lost", 3.0, 3.4, 1))
    call = replace(
        call_with(poor),
        quality=Quality((ChannelQuality(22.0, 0.031, 0.0, 3600), ChannelQuality(9.0, 0.0, 0.0, 3600, -18.0)), poor),
    )
    facts = CallQuality().analyze(call)
    findings = [fact for fact in facts if isinstance(fact, Finding)]
    assert [(f.kind, f.start, f.end) for f in findings] == [("poor_sound", 2.0, 9.0), ("recorder_setting", 0.0, 0.0)]
    assert "on the agent's side" in findings[0].why
    for part in (
        "channel 0 clips 3.1 % of the time: lower the input gain",
        "9 dB above the noise",
        "at -18 dB: switch echo",
    ):
        assert part in findings[1].why
    measures = {fact.name: fact.value for fact in facts if isinstance(fact, Measure)}
    assert (measures["signal_to_noise"], measures["clipped_share"]) == (9.0, 0.031)


@pytest.mark.parametrize(("twice", "words"), [(False, "one channel"), (True, "the same signal on both channels")])
def test_mono_is_told_as_what_it_costs(twice, words):
    facts = AudioFacts("0" * 64, "pcm", 8000, 1, 30.0, 1, twice)
    [(what, setting)] = defects(Quality((ChannelQuality(30.0, 0.0, 0.0, 3600),)), facts)
    assert what.startswith(words)
    assert "channel of its own" in setting


def test_quality_and_keys_come_back_from_a_result_file():
    call = replace(call_with((Poor("lost", 0.2, 1.5, 0),)), events=(Event("dtmf", 1.0, 3.0, 1, 16),))
    again = decode(encode(CallResult(call))).call
    assert (again.quality, again.events) == (call.quality, call.events)
    assert decode(encode(CallResult(replace(call, quality=None)))).call.quality is None
