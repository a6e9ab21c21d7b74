"""The made files: codecs, lengths, metadata, and a truth that the sound agrees with."""

import json
from dataclasses import fields
from functools import cache
from itertools import combinations, pairwise

import av
import numpy as np
import pytest

from pipeline.records import Metadata
from sample_calls.files import file_name
from sample_calls.scenario import FOLDER, read_scenarios

SCENARIOS = {scenario.call: scenario for scenario in read_scenarios()}
CODEC_NAMES = {
    "wav_pcm": "pcm_s16le",
    "wav_mulaw": "pcm_mulaw",
    "wav_gsm": "gsm_ms",
    "mp3": "mp3float",
    "opus": "opus",
    "flac": "flac",
}
RATE = 8000
HEARD_DB = -38.0  # a word's loudness: the quietest voice speaks at -25, the loudest line hisses at -46
BEGINS = 10 ** (-42 / 20)  # above every stereo line's noise, below every voice
ROUNDING = 0.002

each_call = pytest.mark.parametrize("call", SCENARIOS)


@cache
def truth(call: str) -> dict:
    return json.loads((FOLDER / "truth" / f"{call}.json").read_text())


@cache
def sound(call: str) -> np.ndarray:
    """(channels, samples) at 8 kHz as any player decodes it."""
    resampler = av.AudioResampler("fltp", rate=RATE)
    with av.open(str(FOLDER / truth(call)["audio"])) as file:
        frames = [part for frame in file.decode(audio=0) for part in resampler.resample(frame)] + resampler.resample(
            None
        )
    return np.concatenate([frame.to_ndarray() for frame in frames], axis=1)


def loudness(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.square(samples).mean() + 1e-12))


def channel_of(call: str, party: str) -> int:
    return next(p["channel"] or 0 for p in truth(call)["parties"] if p["party"] == party)


def test_all_recordings_together_stay_below_twenty_megabytes():
    assert sum(file.stat().st_size for file in (FOLDER / "calls").iterdir()) < 20_000_000


def test_every_codec_and_both_layouts_are_there():
    made = [(scenario.codec, scenario.channels) for scenario in SCENARIOS.values()]
    assert {codec for codec, _ in made} == set(CODEC_NAMES)
    assert sum(channels == 1 for _, channels in made) >= 8
    assert sum(channels == 2 for _, channels in made) >= 12


def test_there_is_one_recording_and_one_truth_a_scenario_and_nothing_else():
    sidecars = {f"{call}.json" for call, scenario in SCENARIOS.items() if scenario.sidecar}
    assert {file.name for file in (FOLDER / "calls").iterdir()} == sidecars | {
        file_name(c, s.codec) for c, s in SCENARIOS.items()
    }
    truths = {f"{call}.{ending}" for call in SCENARIOS for ending in ("json", "rttm")} | {"contacts.json"}
    assert {file.name for file in (FOLDER / "truth").iterdir()} == truths


@each_call
def test_a_recording_is_what_its_scenario_says(call):
    with av.open(str(FOLDER / truth(call)["audio"])) as file:
        stream = file.streams.audio[0]
        assert stream.codec_context.name == CODEC_NAMES[SCENARIOS[call].codec]
        assert stream.channels == SCENARIOS[call].channels
    seconds = sound(call).shape[1] / RATE
    assert 40 <= seconds <= 240
    assert seconds == pytest.approx(truth(call)["duration"], abs=0.09)  # GSM is made of blocks


@each_call
def test_nothing_clips_and_nothing_is_silent(call):
    assert 0.1 < np.abs(sound(call)).max() <= 1.0
    assert np.mean(np.abs(sound(call)) > 0.97) < 1e-4


@each_call
def test_the_truth_is_that_of_the_scenario_as_it_stands(call):
    turns = [(turn.party, turn.text) for turn in SCENARIOS[call].turns]
    names = {part.id: part.name for part in SCENARIOS[call].parts}
    assert sorted((names[turn["party"]], turn["text"]) for turn in truth(call)["turns"]) == sorted(turns)
    assert len(truth(call)["planted"]) == len(SCENARIOS[call].planted)
    assert len(truth(call)["redactions"]) == len(SCENARIOS[call].secrets)


@each_call
def test_words_lie_inside_their_turn_one_after_the_other(call):
    words = iter(truth(call)["words"])
    for turn in truth(call)["turns"]:
        own = [next(words) for _ in turn["text"].split()]
        assert [word["word"] for word in own] == turn["text"].split()
        assert {word["party"] for word in own} == {turn["party"]}
        times = [time for word in own for time in (word["start"], word["end"])]
        assert times == sorted(times)
        assert turn["start"] - ROUNDING <= times[0]
        assert times[-1] <= turn["end"] + ROUNDING
    assert next(words, None) is None


@each_call
def test_every_word_is_heard_on_its_channel_at_its_time(call):
    channels = sound(call)
    levels = [
        loudness(channels[channel_of(call, word["party"])][int(word["start"] * RATE) : int(word["end"] * RATE) + 1])
        for word in truth(call)["words"]
    ]
    assert np.median(levels) > -28
    assert np.mean(np.array(levels) > HEARD_DB) > 0.99


@each_call
def test_nobody_is_heard_where_the_truth_knows_of_nothing(call):
    """Stretches of a channel without turn or event are at least 12 dB softer than speech."""
    taken = np.zeros(sound(call).shape, dtype=bool)
    for turn in truth(call)["turns"]:
        taken[channel_of(call, turn["party"]), int((turn["start"] - 0.1) * RATE) : int((turn["end"] + 0.1) * RATE)] = (
            True
        )
    for event in truth(call)["events"]:
        if event["kind"] not in ("talk_over", "back_channel", "payment", "dead_air"):
            channels = slice(None) if event.get("channel") is None else event["channel"]
            taken[channels, int(event["start"] * RATE) : int(event["end"] * RATE) + 400] = True
    for channel, busy in zip(sound(call), taken, strict=True):
        assert loudness(channel[~busy]) < -36


@pytest.mark.parametrize("call", [call for call, scenario in SCENARIOS.items() if scenario.channels == 2])
def test_turns_begin_in_the_sound_where_the_truth_says(call):
    late = []
    for before, turn in pairwise(sorted(truth(call)["turns"], key=lambda turn: turn["start"])):
        if before["party"] == turn["party"] or turn["start"] < before["end"]:
            continue
        channel = sound(call)[channel_of(call, turn["party"])][
            int((turn["start"] - 0.1) * RATE) : int(turn["end"] * RATE)
        ]
        smooth = np.sqrt(np.convolve(np.square(channel), np.ones(80) / 80, "same"))
        late.append(np.flatnonzero(smooth > BEGINS)[0] / RATE - 0.1)
    assert len(late) >= 8
    assert abs(np.median(late)) < 0.05
    assert np.mean(np.abs(late) < 0.1) > 0.9


@each_call
def test_a_party_never_speaks_over_itself(call):
    for one, other in combinations(truth(call)["turns"], 2):
        assert one["party"] != other["party"] or one["end"] <= other["start"] + ROUNDING


@each_call
def test_the_rttm_covers_the_words_and_nothing_more(call):
    lines = [line.split() for line in (FOLDER / "truth" / f"{call}.rttm").read_text().splitlines()]
    assert {(line[0], line[1]) for line in lines} == {("SPEAKER", call)}
    spans = [(line[7], float(line[3]), float(line[3]) + float(line[4])) for line in lines]
    for word in truth(call)["words"]:
        assert any(
            p == word["party"] and s - ROUNDING <= word["start"] and word["end"] <= e + ROUNDING for p, s, e in spans
        )
    spoken = sum(word["end"] - word["start"] for word in truth(call)["words"])
    assert spoken - 0.1 <= sum(end - start for _, start, end in spans) <= spoken * 1.25


@each_call
def test_metadata_has_only_known_fields_and_times_inside_the_call(call):
    file = FOLDER / "calls" / f"{call}.json"
    if not SCENARIOS[call].sidecar:
        assert not file.exists()
        return
    metadata = json.loads(file.read_text())
    assert set(metadata) <= {field.name for field in fields(Metadata)} - {"extra"}
    assert metadata["call_id"] == call
    for span in metadata.get("pause_events", []) + metadata.get("payment_events", []):
        assert 0 <= span["start"] < span["end"] <= truth(call)["duration"]


def test_a_paused_payment_and_an_unpaused_one_are_reported():
    paused, unpaused = (json.loads((FOLDER / "calls" / f"{call}.json").read_text()) for call in ("ce-5102", "ns-6102"))
    assert len(paused["pause_events"]) == len(paused["payment_events"]) == 1
    assert "pause_events" not in unpaused
    card = next(row for row in truth("ns-6102")["redactions"] if row["type"] == "CARD_CODE")
    assert unpaused["payment_events"][0]["start"] < card["start"] < unpaused["payment_events"][0]["end"]


def test_the_recorders_tone_covers_the_pause():
    [event] = [event for event in truth("ce-5102")["events"] if event["kind"] == "pause_recording"]
    covered = sound("ce-5102")[:, int((event["start"] + 0.2) * RATE) : int((event["end"] - 0.2) * RATE)]
    spectrum = np.abs(np.fft.rfft(covered[0]))
    strongest = np.argmax(spectrum) * RATE / covered.shape[1]
    assert strongest == pytest.approx(440, abs=1)


@each_call
def test_planted_things_have_a_time_inside_the_call(call):
    for row in truth(call)["planted"] + truth(call)["redactions"] + truth(call)["events"]:
        assert 0 <= row["start"] < row["end"] <= truth(call)["duration"] + ROUNDING


def test_the_readme_lists_every_call_as_it_is():
    readme = (FOLDER / "README.md").read_text()
    for call, scenario in SCENARIOS.items():
        kept = "yes" if scenario.sidecar else "no"
        row = f"| {call} | {scenario.title} | {scenario.codec} | {scenario.channels} | {truth(call)['duration']:.0f} | {kept} |"
        assert row in readme
