"""Sounds that are not speech, told apart by frequency and rhythm: each at its borders, and speech is none of them."""

import numpy as np
import pytest

from pipeline.analyzers.sounds import Sounds
from pipeline.audio.events import events
from pipeline.records import AudioFacts, Call, Event, Finding, Measure, Party, Span
from pipeline.training.voices import speak
from sample_calls import sounds

RATE = 16000


def silence(seconds):
    return np.zeros(round(seconds * RATE), np.float32)


def cadence(hertz, *seconds, times=3):
    """Tones and pauses by turns: on, off, on, off..."""
    parts = [sounds._tones(hertz, s, -27.0) if n % 2 == 0 else silence(s) for n, s in enumerate(seconds)]
    return np.concatenate(parts * times)


def heard(sound, noise=None):
    """(kind, count) of what is heard in a sound with a second of nothing around it."""
    padded = np.pad(sound, (RATE, RATE)).astype(np.float32)
    if noise is not None:
        padded += sounds.hiss(len(padded), np.random.default_rng(1), noise)
    return [(event.kind, event.count) for event in events(padded[None])]


@pytest.mark.parametrize("noise", [None, -42.0])
@pytest.mark.parametrize(
    ("sound", "expected"),
    [
        (cadence((440.0, 480.0), 2.0, 4.0), ("ring", 3)),
        (cadence((400.0, 450.0), 0.4, 0.2, 0.4, 2.0), ("ring", 3)),
        (cadence((440.0, 480.0), 1.0, 2.0), ("ring", 3)),
        (cadence((425.0,), 1.0, 4.0), ("ring", 3)),
        (cadence((480.0, 620.0), 0.5, 0.5, times=5), ("tone", 5)),
        (cadence((400.0,), 0.375, 0.375, times=5), ("tone", 5)),
        (sounds.beep(0.4, 1400.0, 3), ("beep", 3)),
        (sounds.beep(0.2, 1000.0, 1), ("beep", 1)),
        (sounds.tone(4.0), ("tone", 1)),
        (sounds.music(8.0), ("music", 1)),
    ],
    ids=["ring US", "ring UK", "ring KR", "ring EU", "busy US", "busy UK", "beeps", "beep", "tone", "music"],
)
def test_the_rhythm_tells_what_a_tone_is(sound, expected, noise):
    assert heard(sound, noise) == [expected]


@pytest.mark.parametrize(("seconds", "kinds"), [(4.4, []), (5.6, ["music"])])
def test_a_tune_is_music_from_five_seconds_on(seconds, kinds):
    assert [kind for kind, _ in heard(sounds.music(seconds)) if kind == "music"] == kinds


def test_a_murmur_of_voices_is_no_music():
    said = np.concatenate([speak("we were talking about the weather the other day and the trains", "slt")] * 4)
    crowd = sounds.murmur(said, np.random.default_rng(0), -30.0)
    assert "music" not in [kind for kind, _ in heard(crowd)]


def test_speech_is_never_an_event():
    said = speak("one moment please i am looking at your order now", "rms").astype(np.float32)
    assert events(said[None], [(Span(0.0, len(said) / RATE),)]) == ()


@pytest.mark.parametrize(("seconds", "count"), [(4.9, 0), (5.1, 1)])
def test_silence_counts_from_five_seconds_on_and_only_where_no_side_makes_a_sound(seconds, count):
    loud = sounds.hiss(RATE, np.random.default_rng(2), -30.0)
    quiet = np.concatenate([loud, silence(seconds), loud])
    assert len([e for e in events(np.stack([quiet, quiet])) if e.kind == "silence"]) == count
    busy = sounds.hiss(len(quiet), np.random.default_rng(3), -30.0)
    assert [e for e in events(np.stack([quiet, busy])) if e.kind == "silence"] == []


def test_keys_and_rings_become_places_to_listen_to_and_rank_nothing():
    sound = (Event("ring", 0.0, 8.0, 0, 2), Event("dtmf", 9.0, 14.0, 1, 16), Event("music", 20.0, 50.0, 0))
    parties = (Party("s1", "agent", 0.9, 0), Party("s2", "customer", 0.9, 1))
    call = Call("c", audio=AudioFacts("0" * 64, "pcm", 8000, 2, 60.0, 1), parties=parties, events=sound)
    said = Sounds().analyze(call)
    places = [fact for fact in said if isinstance(fact, Finding)]
    assert [(f.kind, f.start, f.evidence[0].party) for f in places] == [
        ("sound:ringing", 0.0, "s1"), ("sound:keys_pressed", 9.0, "s2")]  # fmt: skip
    assert places[1].why.startswith("16 keys were pressed")
    measures = {fact.name: fact.value for fact in said if isinstance(fact, Measure)}
    assert measures == {"keys_pressed": 16, "ring_seconds": 8, "music_seconds": 30, "silence_seconds": 0}
    assert Sounds().weight == 0


@pytest.mark.parametrize(
    ("hertz", "seconds", "heard_as"),
    [
        ((312.0, 416.0), 0.25, []),  # harmonics of a voice at 104 Hz, as a vowel that fades
        ((359.0,), 0.4, []),
        ((312.0, 416.0), 0.8, ["beep"]),  # no vowel lasts that long
        ((440.0,), 0.25, ["beep"]),
        ((1004.0, 1400.0), 0.25, ["beep"]),
    ],
)
def test_the_end_of_a_vowel_is_no_beep(hertz, seconds, heard_as):
    assert [kind for kind, _ in heard(sounds._tones(hertz, seconds, -27.0))] == heard_as


def test_a_tone_that_glides_or_swells_is_no_beep():
    time = np.arange(round(0.3 * RATE)) / RATE
    gliding = 0.05 * np.sin(2 * np.pi * (700 * time + 150 * time**2))
    swelling = 0.05 * np.sin(2 * np.pi * 700 * time) * np.linspace(0.1, 1.0, len(time))
    assert heard(gliding) == heard(swelling) == []
    assert heard(0.05 * np.sin(2 * np.pi * 700 * time)) == [("beep", 1)]
