"""The evaluations of sound: their own sounds are what they say, and their counting is right."""

import json

import numpy as np
import pytest

from pipeline.evals._line import keys_read, mixed
from pipeline.evals._passed_on import transfers
from pipeline.evals._worse import WORSE
from pipeline.evals.events import evaluate
from pipeline.measuring.evaluation import EvalOptions
from pipeline.records import Span
from pipeline.training.voices import speak

RATE = 16000


@pytest.fixture(scope="module")
def call():
    """(a mono call of one sentence, its speech)."""
    said = np.pad(speak("i would like to know where my order is please", "slt"), (RATE, RATE))
    return said[None].astype(np.float32), [(Span(1.0, len(said) / RATE - 1.0),)]


def test_the_keys_that_are_put_in_can_be_read_and_their_row_is_where_it_is_said(call):
    mix, put = mixed(*call, 0.0, None, np.random.default_rng(1))
    [keys, _] = [one for one in put if one.kind == "dtmf"]
    assert keys_read(mix[0], keys.start, keys.end) >= 4
    assert keys_read(call[0][0], 0.0, 3.0) == 0
    assert {one.kind for one in put} == {"dtmf", "ring", "beep", "tone", "music", "silence"}


@pytest.mark.parametrize("worse", [w for w in WORSE if w.name in ("white noise, 10 dB", "10 % lost", "low-pass 2000 Hz")],
                         ids=lambda worse: worse.name)  # fmt: skip
def test_what_is_done_to_a_call_is_what_is_said(call, worse):
    samples, speech = call
    plain, _ = WORSE[0].apply(samples, speech, np.random.default_rng(0))
    made, truth = worse.apply(samples, speech, np.random.default_rng(0))
    spoken = slice(int(speech[0][0].start * 8000), int(speech[0][0].end * 8000))
    if worse.name.startswith("white"):
        noise = made - plain
        assert 10 * np.log10(np.mean(plain[0, spoken] ** 2) / np.mean(noise**2)) == pytest.approx(truth, abs=0.1)
    elif worse.name.startswith("low"):
        spectrum = np.abs(np.fft.rfft(made[0]))
        assert spectrum[int(2100 * made.shape[1] / 8000) :].max() < 1e-6 * spectrum.max()
    else:
        gone = (made[0, spoken] == 0).mean()
        assert 100 * gone == pytest.approx(truth, abs=4)


def test_a_tune_in_a_file_of_its_own_is_counted_by_the_hour(tmp_path):
    import soundfile

    from sample_calls import sounds

    soundfile.write(tmp_path / "tune.wav", sounds.music(10.0), RATE)
    (tmp_path / "m.jsonl").write_text(json.dumps({"audio": "tune.wav", "kind": "music"}))
    figure = evaluate(tmp_path / "m.jsonl", EvalOptions(threads=1)).figure["music"]
    assert figure["music"] == pytest.approx(360, rel=0.02)
    assert figure["music_seconds"] > 3300


def test_transfers_are_made_of_two_dialogues_and_dialogues_alone_have_none():
    turns = [{"speaker": "x", "text": "thank you for calling harbor bank this is dana how can i help you"},
             {"speaker": "y", "text": "hi my card was declined and i don't know why"},
             {"speaker": "x", "text": "can you please confirm your date of birth let me check your account"},
             {"speaker": "y", "text": "yes it's the fourth of june"}]  # fmt: skip
    rows = [{"id": str(n), "turns": turns, "roles": {"x": "agent", "y": "customer"}} for n in range(2)]
    told = transfers(rows)
    assert told["n"] == 8
    assert told["apart"]["second_agent"] > 0.7
    assert told["false"] == "0 in 2 dialogues"
    assert transfers(rows[:1]) == {}
