"""A recording with its transcript on the whole way: the voice is measured where the sound is, and judged again without it."""

import numpy as np
import pytest

from pipeline.analysis import load_analyzers
from pipeline.audio.pool import DecodePool
from pipeline.process import Models, process, reanalyze
from pipeline.protocols import Diarization, Segment, Source
from pipeline.records import CallResult, Metadata, Party, Span
from pipeline.redaction import load_policy
from pipeline.sealing.anonymous import anonymous_file
from tests.audio.making import wav
from tests.sentiment.test_voice import voice
from webapp.store.codec import decode, encode

LINES = [
    ("Agent", "maple mobile how can i help you"), ("Customer", "hello it's about the bill from june"),
    ("Agent", "can i have your account number please"), ("Customer", "i told it to the machine before"),
    ("Agent", "that will sort itself out in a month"), ("Customer", "i want it changed on this bill"),
    ("Agent", "i can not do that for you now"), ("Customer", "that is outrageous you never listen"),
    ("Agent", "is there anything else i can do"), ("Customer", "no that was it goodbye to you"),
]  # fmt: skip
EACH, TALK, SHOUTED = 3.0, 1.7, 7


class Nobody:
    name = "nobody"

    def transcribe(self, clips):
        raise AssertionError("words came with the call")


class Two:
    name = "two"

    def diarize(self, calls, speech):
        return [
            Diarization((Party("s1", channel=None), Party("s2", channel=None)), (Segment("s1", 0.0, 20.0),))
            for _ in calls
        ]


def sound(rate=8000) -> np.ndarray:
    """One line for both: the agent at 110 Hz, the customer at 190 Hz, in one turn louder and higher."""
    pieces = []
    for number, (who, _) in enumerate(LINES):
        hertz, level = (110.0, 0.1) if who == "Agent" else (190.0, 0.1)
        if number == SHOUTED:
            hertz, level = hertz * 2 ** (4 / 12), level * 10 ** (9 / 20)
        pieces += [voice(hertz, TALK, level)[::2], np.zeros(round((EACH - TALK) * rate), np.float32)]
    whole = np.concatenate(pieces)
    return (whole + np.random.default_rng(0).normal(0, 0.001, len(whole)).astype(np.float32))[:, None]


def transcript() -> bytes:
    cues = [
        f"00:{number * EACH:06.3f} --> 00:{number * EACH + TALK:06.3f}\n<v {who}>{text}"
        for number, (who, text) in enumerate(LINES)
    ]
    return "\n\n".join(["WEBVTT", *cues]).encode()


def spoken(signals, threads):
    return [tuple(Span(n * EACH, n * EACH + TALK) for n in range(len(LINES))) for _ in signals]


@pytest.fixture(scope="module")
def models():
    wanted = ("sentiment", "loudness", "voice_shout")
    with DecodePool(children=1) as pool:
        yield Models(
            pool,
            Nobody(),
            Two(),
            [a for a in load_analyzers({}) if a.name in wanted],
            load_policy(),
            find_speech=spoken,
        )


def opened():
    file = anonymous_file()
    file.write(wav(sound()))
    file.flush()
    file.seek(0)
    return file


def test_a_shout_on_a_mono_line_is_heard_told_with_its_second_and_makes_the_mood_worse(models):
    [result] = process([Source("c", "a.wav", "0" * 64, Metadata(), opened, ".wav", transcript)], models)
    assert isinstance(result, CallResult)
    [shout] = [found for found in result.findings if found.kind == "shout"]
    assert shout.start == pytest.approx(SHOUTED * EACH, abs=0.01)
    assert shout.why.startswith("the customer shouted: 9 dB louder")
    assert "4 semitones higher" in shout.why
    worst = min(result.call.moods, key=lambda mood: mood.mood)
    assert worst.start == shout.start
    assert worst.mood < worst.words
    again = reanalyze(decode(encode(result)), models)  # from what is kept, without the sound
    assert (again.findings, again.measures, again.call.moods) == (result.findings, result.measures, result.call.moods)
