"""Telling voices apart in one channel, on voices that Debian speaks."""

import json

import numpy as np
import pytest

from pipeline.audio.vad import speech_regions
from pipeline.diarization import load
from pipeline.diarization.clustering import load as load_clustering
from pipeline.errors import BadDataset
from pipeline.evals.diarization import Scored, der, der_collar, read_rttm
from pipeline.evals.roles import evaluate as evaluate_roles
from pipeline.measuring.evaluation import EvalOptions
from pipeline.training.voices import speak_all

RATE = 16000
AGENT = [
    "Thank you for calling Harbor Bank, this is Dana, how can I help you today?",
    "I am sorry to hear that. May I have the last four digits of the card, please?",
    "Let me have a look at what happened there, that will take a moment.",
]
CUSTOMER = [
    "Hello, my card was declined twice at the grocery store this morning.",
    "Yes.",
    "It is a blue card and I have had it for about four years now.",
]


@pytest.fixture(scope="module")
def conversation() -> tuple[np.ndarray, list[tuple[str, float, float]]]:
    """Agent and customer by turns with half a second between, and who spoke when."""
    agent, customer = speak_all(AGENT, "slt"), speak_all(CUSTOMER, "rms")
    pieces, truth, at = [], [], 0.0
    for pair in zip(agent, customer, strict=True):
        for who, sound in zip("ac", pair, strict=True):
            pieces += [sound * np.float32(0.3), np.zeros(RATE // 2, np.float32)]
            truth.append((who, at, at + len(sound) / RATE))
            at += len(sound) / RATE + 0.5
    line = np.random.default_rng(0).standard_normal(sum(map(len, pieces))).astype(np.float32) * 1e-3
    return np.concatenate(pieces) + line, truth


def test_two_voices_on_one_line_are_two_parties_and_the_short_yes_goes_to_the_right_one(conversation):
    signal, truth = conversation
    [told] = load(threads=1, device="cpu").diarize([signal[None]], [speech_regions([signal], threads=1)])
    assert len(told.parties) == 2
    speaks = {who: [told_during(told.segments, start, end) for w, start, end in truth if w == who] for who in "ac"}
    assert len(set(speaks["a"])) == len(set(speaks["c"])) == 1
    assert set(speaks["a"]) != set(speaks["c"])


def test_one_voice_alone_is_one_party():
    signal = np.concatenate([np.pad(sound, (0, RATE // 2)) for sound in speak_all(AGENT, "slt")])
    [told] = load(threads=1, device="cpu").diarize([signal[None]], [speech_regions([signal], threads=1)])
    assert len(told.parties) == 1


def test_a_voice_that_says_little_is_kept_where_the_number_of_voices_is_known():
    """A greeting of a machine before a long message: the message must not be parted into two voices instead."""
    [greeting] = speak_all(["You have reached the Walker family, please leave your name after the tone."], "rms")
    message = np.concatenate([np.pad(sound, (0, RATE // 2)) for sound in speak_all([*AGENT, *CUSTOMER], "slt")])
    signal = np.concatenate([np.pad(greeting, (0, RATE)), message]) * np.float32(0.3)
    diarizer = load_clustering(threads=1, device="cpu", speakers=2)
    [told] = diarizer.diarize([signal[None]], [speech_regions([signal], threads=1)])
    first = told_during(told.segments, 0.0, len(greeting) / RATE)
    later = [s.party for s in told.segments if s.start > len(greeting) / RATE + 0.5]
    assert len(told.parties) == 2
    assert set(later) == {party.id for party in told.parties} - {first}


def told_during(segments, start, end):
    shared = {}
    for segment in segments:
        both = min(end, segment.end) - max(start, segment.start)
        shared[segment.party] = shared.get(segment.party, 0.0) + max(0.0, both)
    return max(shared, key=shared.get)


def test_der_is_errors_over_speech():
    parts = {"missed detection": 1.0, "false alarm": 2.0, "confusion": 3.0, "total": 60.0}
    half = {**parts, "confusion": 0.0, "total": 30.0}
    assert der([Scored("a", parts, half, 2, 2)]) == pytest.approx(0.1)
    assert der_collar([Scored("a", parts, half, 2, 2)]) == pytest.approx(0.1)


def test_an_rttm_line_that_is_none_is_named(tmp_path):
    file = tmp_path / "a.rttm"
    file.write_text("SPEAKER a 1 0.5 one <NA> <NA> s1 <NA> <NA>\n")
    with pytest.raises(BadDataset, match=r"a.rttm:1"):
        read_rttm(file)


def test_roles_are_measured_with_the_speakers_renamed(tmp_path):
    turns = [{"speaker": who, "text": text} for pair in zip(AGENT, CUSTOMER, strict=True)
             for who, text in zip(("zoe", "adam"), pair, strict=True)]  # fmt: skip
    manifest = tmp_path / "roles.jsonl"
    rows = [{"id": str(n), "turns": turns, "roles": {"zoe": "agent", "adam": "customer"}} for n in range(4)]
    manifest.write_text("".join(json.dumps(row) + "\n" for row in rows))
    report = evaluate_roles(manifest, EvalOptions())
    assert (report.n, report.figure["role_accuracy"]) == (4, 1.0)
