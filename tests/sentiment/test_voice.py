"""How a turn was said against the speaker's own usual way, and what a raised voice does to a mood."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.analyzers.loudness import Loudness
from pipeline.analyzers.voice_shout import VoiceShout
from pipeline.audio.levels import levels
from pipeline.audio.prosody import pitch
from pipeline.records import Call, Finding, Levels, Party, Pitch, Poor, Quality, Span, Turn, Word
from pipeline.sentiment.moods import fused, trajectory
from pipeline.sentiment.voice import manners, syllables

RATE = 16000
PARTIES = (Party("s1", "agent", 0.9), Party("s2", "customer", 0.9))
SAID = "i have been waiting here"


def voice(hertz: float, seconds: float, level: float = 0.1) -> np.ndarray:
    """A voice on the telephone: harmonics between 300 and 3400 Hz, without the tone that names the pitch; it trembles a little."""
    t = np.arange(round(seconds * RATE)) / RATE
    t = t + 0.005 * np.sin(2 * np.pi * 5 * t) / (2 * np.pi * 5)
    tones = sum(np.sin(2 * np.pi * hertz * n * t + n) / n for n in range(1, 60) if 300 < n * hertz < 3400)
    return (level * tones / np.abs(tones).max()).astype(np.float32)


def turn(party: str, start: float, each: float = 0.4) -> Turn:
    words = tuple(
        Word(word, start + each * n, start + each * (n + 1), 0.9, party) for n, word in enumerate(SAID.split())
    )
    return Turn(party, start, words[-1].end, words)


def call_of(changes: dict[int, tuple[float, float]], channel: int | None = None) -> Call:
    """Six turns of the customer at 0, 5, 10 ... s; ``changes``: number of a turn -> dB and semitones above the usual."""
    curve, tone = np.full(600, -80.0), np.zeros(600)
    for number in range(6):
        louder, higher = changes.get(number, (0.0, 0.0))
        place = slice(number * 50, number * 50 + 20)
        curve[place], tone[place] = -30.0 + louder, 150.0 * 2 ** (higher / 12)
    parties = (PARTIES[0], replace(PARTIES[1], channel=channel))
    turns = tuple(turn("s2", number * 5.0) for number in range(6))
    return Call(
        "c", parties=parties, turns=turns, levels=Levels(0.1, (tuple(curve),)), pitch=Pitch(0.1, (tuple(tone),))
    )


def findings(analyzer, call: Call) -> list[Finding]:
    return [fact for fact in analyzer.analyze(call) if isinstance(fact, Finding)]


@pytest.mark.parametrize("hertz", [80.0, 117.0, 210.0, 330.0, 390.0])
def test_the_pitch_of_a_telephone_voice_is_found_without_its_lowest_tone(hertz):
    sound = voice(hertz, 3.0) + np.random.default_rng(0).normal(0, 0.002, 3 * RATE).astype(np.float32)
    curve = np.array(pitch(sound[None], [[Span(0.0, 3.0)]]).channels[0])
    assert curve.shape == (30,)
    assert np.abs(12 * np.log2(curve[curve > 0] / hertz)).max() < 0.2
    assert (curve > 0).mean() > 0.9


def test_only_speech_has_a_pitch_and_noise_has_none():
    sound = np.concatenate([voice(150.0, 1.0), np.zeros(RATE, np.float32), voice(150.0, 1.0)])
    noise = np.random.default_rng(0).normal(0, 0.1, len(sound)).astype(np.float32)
    spoken = pitch(np.stack([sound, noise]), [[Span(0.0, 2.0)], [Span(0.0, 3.0)]]).channels
    assert [bool(value) for value in spoken[0]] == [True] * 10 + [False] * 20
    assert np.mean(np.array(spoken[1]) > 0) < 0.1


@pytest.mark.parametrize("samples", [0, 100, 640, 1700])
def test_a_sound_shorter_than_a_frame_has_no_pitch_and_as_many_values_as_levels(samples):
    sound = np.full((1, samples), 0.1, np.float32)
    curve = pitch(sound, [[Span(0.0, samples / RATE)]]).channels[0]
    assert len(curve) == len(levels(sound).channels[0])
    assert not any(curve)


def test_a_reason_tells_how_much_louder_and_higher():
    [found] = findings(VoiceShout(), call_of({3: (9.0, 4.0)}))
    assert (found.kind, found.start) == ("shout", 15.0)
    assert found.why == "the customer shouted: 9 dB louder and 4 semitones higher than usual"
    assert findings(Loudness(), call_of({3: (9.0, 4.0)})) == []  # told once


@pytest.mark.parametrize(
    ("louder", "higher", "kinds"),
    [(6.0, 2.0, ["shout"]), (5.9, 2.0, []), (6.0, 1.9, []), (7.0, 1.9, ["raised_voice"]), (-9.0, 4.0, [])],
)
def test_a_shout_is_loud_and_high_at_once(louder, higher, kinds):
    call = call_of({3: (louder, higher)})
    assert [found.kind for found in findings(VoiceShout(), call) + findings(Loudness(), call)] == kinds


def test_somebody_loud_throughout_is_not_raised():
    assert findings(Loudness(), call_of(dict.fromkeys(range(6), (15.0, 5.0)))) == []


def test_three_turns_tell_nobodys_usual_way():
    call = call_of({2: (12.0, 5.0)})
    assert manners(replace(call, turns=call.turns[:3])) == []


@pytest.mark.parametrize(("kind", "shouts"), [("noisy", 0), ("lost", 0), ("clipped", 1)])
def test_where_the_line_was_poor_no_voice_is_judged_but_shouts_may_clip(kind, shouts):
    call = call_of({3: (9.0, 4.0)})
    poor = replace(call, quality=Quality((), (Poor(kind, 16.0, 17.0, 0),)))
    assert len(findings(VoiceShout(), poor)) == shouts


def test_a_louder_partner_on_the_same_channel_is_left_out():
    call = call_of({})
    curve = list(call.levels.channels[0])
    curve[155:165] = [-10.0] * 10  # the agent talks into the customer's fourth turn
    agent = Turn("s1", 15.5, 16.5, (Word("wait", 15.5, 16.5, 0.9, "s1"),))
    mixed = replace(call, turns=(*call.turns, agent), levels=Levels(0.1, (tuple(curve),)))
    assert max(manner.louder for manner in manners(mixed) if manner.turn.party == "s2") < 1.0


def test_faster_is_faster_than_the_speaker_elsewhere():
    call = call_of({})
    turns = (*call.turns[:4], turn("s2", 20.0, each=0.25), call.turns[5])
    fast = [manner.faster for manner in manners(replace(call, turns=turns))]
    assert fast[4] == pytest.approx(1.6, abs=0.01)
    assert fast[0] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("word", "count"),
    [("i", 1), ("waiting", 2), ("charge", 1), ("seventy", 3), ("the", 1), ("ma'am", 2), ("12", 1)],
)
def test_syllables_are_groups_of_vowels(word, count):
    assert syllables(word) == count


@pytest.mark.parametrize(
    ("words", "raised", "mood"),
    [(-0.4, None, -0.4), (-0.4, 0.1, -0.4), (-0.4, 1.0, -1.0), (0.0, 1.0, -0.5), (0.6, 1.0, 0.6), (-1.0, 1.0, -1.0)],
)
def test_a_raised_voice_makes_bad_words_worse_and_leaves_good_ones(words, raised, mood):
    assert fused(words, raised) == pytest.approx(mood)


def test_a_mood_that_falls_and_comes_back():
    way = trajectory([0.2, 0.0, 0.0, -0.2, -0.9, -0.4, 0.1, 0.2, 0.4], [8] * 9)
    assert (way.worst, way.lowest) == (4, -0.9)
    assert way.start == pytest.approx(0.2 / 3)
    assert way.change == pytest.approx(0.7 / 3 - 0.2 / 3)
    assert way.recovery == pytest.approx(0.9 + 0.3 / 4)
    assert way.recovered


def test_short_turns_tell_less_and_the_last_turn_nothing_of_recovery():
    assert trajectory([-0.8, 0.8], [8, 1]).mean == pytest.approx((-0.8 * 8 + 0.8) / 9)
    assert trajectory([0.0, -0.9, 0.0], [4, 4, 4]).recovery is None
    assert not trajectory([0.0, 0.0, -0.9], [4, 4, 4]).recovered
