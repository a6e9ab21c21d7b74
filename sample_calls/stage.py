"""From a scenario to a scene: every phrase spoken and given its place in time; and from a scene to sound.

Gaps and levels that a scenario leaves open are drawn from a generator seeded with the call id, so a call is the same
whenever it is made. Times are seconds from the start of the recording.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pipeline.training.line import Line, telephone
from pipeline.training.voices import RATE, Samples
from sample_calls import sounds
from sample_calls.clock import Phrase, speak_phrases
from sample_calls.scenario import Part, Person, Say, Scenario, ScenarioError, Sound

SPEECH_LEVEL = -24.0  # dB root mean square of a phrase in the band of the telephone
BAND_HZ = (300.0, 3400.0)
LEAD_S, TAIL_S = 0.7, 0.9
REPLY_GAP_S = (0.15, 0.65)
PHRASE_GAP_S = (0.1, 0.35)
DIGITS_GAP_S = (0.25, 0.45)
TALK_OVER_S = 0.3
LOUDEST = 0.98
DIGITS = frozenset("zero oh one two three four five six seven eight nine double triple".split())


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Heard:
    """A turn in its place. ``phrases`` are pairs of start and phrase."""

    part: Part
    say: Say
    phrases: tuple[tuple[float, Phrase], ...]

    @property
    def start(self) -> float:
        return self.phrases[0][0]

    @property
    def end(self) -> float:
        start, phrase = self.phrases[-1]
        return start + phrase.seconds

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(
            Word(text, start + span[0], start + span[1])
            for start, phrase in self.phrases
            for text, span in zip(phrase.text.split(), phrase.words, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is not speech, or two people speaking at once. Channel None: on all."""

    kind: str
    start: float
    end: float
    channel: int | None = None
    parties: tuple[str, ...] = ()
    sound: Samples | None = None
    source: Sound | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    scenario: Scenario
    seconds: float
    turns: tuple[Heard, ...]
    events: tuple[Event, ...]

    def spans(self, kind: str) -> list[dict[str, float]]:
        """The events of a kind as metadata tells them."""
        return [
            {"start": round(event.start, 2), "end": round(event.end, 2)} for event in self.events if event.kind == kind
        ]


def play(scenario: Scenario, cast: Mapping[str, Person]) -> Scene:
    """Speak the scenario and give everything its time.

    :raises ScenarioError: a party would speak over itself.
    """
    spoken = _speak(scenario, cast)
    clock = _Timeline(scenario, np.random.default_rng(_seed(scenario, "times")))
    for step in scenario.script:
        if isinstance(step, Say):
            clock.say(step, spoken[step])
        else:
            clock.sound(step)
    turns = tuple(clock.turns)
    _refuse_self_overlap(scenario, turns)
    return Scene(scenario, clock.now + TAIL_S, turns, (*clock.events, *_talk_overs(turns)))


def _seed(scenario: Scenario, use: str) -> int:
    return zlib.crc32(f"{scenario.call} {use}".encode())


def _speak(scenario: Scenario, cast: Mapping[str, Person]) -> dict[Say, tuple[Phrase, ...]]:
    """Each turn's phrases. Turns of the same voice, pitch and tempo are spoken by one run of the engine."""
    groups: dict[tuple[str, float, float], list[Say]] = {}
    for turn in scenario.turns:
        person = cast[scenario.part(turn.party).person]
        groups.setdefault((person.voice, person.pitch + turn.pitch, round(person.tempo * turn.tempo, 4)), []).append(
            turn
        )
    spoken: dict[Say, tuple[Phrase, ...]] = {}
    for (voice, pitch, tempo), turns in groups.items():
        phrases = iter(
            speak_phrases([text for turn in turns for text in turn.phrases], voice, pitch=pitch, tempo=tempo)
        )
        spoken |= {turn: tuple(next(phrases) for _ in turn.phrases) for turn in turns}
    return spoken


class _Timeline:
    """Where the story stands: ``now`` is when the last thing that takes time has ended."""

    def __init__(self, scenario: Scenario, rng: np.random.Generator) -> None:
        self.scenario, self.rng = scenario, rng
        self.now = LEAD_S
        self.turns: list[Heard] = []
        self.events: list[Event] = []
        self.payment: float | None = None
        self.silent = True  # a silence was written out, so no reply gap is due

    def say(self, say: Say, phrases: tuple[Phrase, ...]) -> None:
        start, placed = self._start(say), []
        for number, phrase in enumerate(phrases):
            if number:
                start += float(self.rng.uniform(*_phrase_gap(phrases[number - 1].text, phrase.text)))
            placed.append((start, phrase))
            start += phrase.seconds
        turn = Heard(self.scenario.part(say.party), say, tuple(placed))
        self.turns.append(turn)
        self.now = max(self.now, turn.end)
        self.silent = False

    def _start(self, say: Say) -> float:
        before = self.turns[-1] if self.turns else None
        if say.inside is not None and before:
            return before.start + say.inside * (before.end - before.start)
        if say.overlap is not None:
            return self.now - say.overlap
        if say.gap is not None:
            return self.now + say.gap
        return self.now + (0.05 if self.silent else float(self.rng.uniform(*REPLY_GAP_S)))

    def sound(self, sound: Sound) -> None:
        if sound.kind == "payment":
            self._payment(str(sound.value))
            return
        noise = make_sound(sound)
        seconds = float(sound.value) if noise is None else len(noise) / RATE
        channel = self.scenario.part(sound.by).channel if sound.by and self.scenario.channels == 2 else None
        if sound.kind != "pause":
            self.events.append(Event(sound.kind, self.now, self.now + seconds, channel, sound=noise, source=sound))
        self.now += seconds
        self.silent = noise is None

    def _payment(self, word: str) -> None:
        if word == "begins":
            self.payment = self.now
        elif self.payment is None:
            raise ScenarioError(f"{self.scenario.call}: a payment ends that did not begin")
        else:
            self.events.append(Event("payment", self.payment, self.now))


def make_sound(sound: Sound) -> Samples | None:
    """What is heard, or None for a silence and for a pause of the recording, which covers everything in the end."""
    if sound.kind == "dtmf":
        return sounds.dtmf(str(sound.value))
    if sound.kind == "ring":
        return sounds.ring(int(sound.value))
    if sound.kind == "beep":
        return sounds.beep(float(sound.value), sound.facts["hz"], int(sound.facts["times"]))
    return sounds.music(float(sound.value)) if sound.kind == "hold_music" else None


def _phrase_gap(before: str, after: str) -> tuple[float, float]:
    digits = before.split()[-1] in DIGITS and after.split()[0] in DIGITS
    return DIGITS_GAP_S if digits else PHRASE_GAP_S


def _refuse_self_overlap(scenario: Scenario, turns: tuple[Heard, ...]) -> None:
    for one, other in combinations(turns, 2):
        if one.part == other.part and one.start < other.end and other.start < one.end:
            raise ScenarioError(
                f"{scenario.call}: {one.part.name} speaks over itself: {one.say.text!r} and {other.say.text!r}"
            )


def _talk_overs(turns: tuple[Heard, ...]) -> Iterator[Event]:
    for one, other in combinations(turns, 2):
        start, end = max(one.start, other.start), min(one.end, other.end)
        if one.part == other.part or end - start < (0 if other.say.inside is not None else TALK_OVER_S):
            continue
        kind = "back_channel" if other.say.inside is not None else "talk_over"
        yield Event(kind, start, end, parties=(one.part.id, other.part.id))


def render(scene: Scene) -> NDArray[np.float32]:
    """The sound of a scene as the recorder hears it: (channels, samples) at 8 kHz, in -1..1."""
    rng = np.random.default_rng(_seed(scene.scenario, "sound"))
    count, line = round(scene.seconds * RATE), scene.scenario.line
    channels = np.zeros((scene.scenario.channels, count), dtype=np.float32)
    for turn in scene.turns:
        for start, phrase in turn.phrases:
            _add(channels[_channel(turn.part, scene)], start, phrase.samples * _gain(phrase, turn, rng))
    speech = channels.sum(axis=0)
    for event in scene.events:
        for channel in range(len(channels)) if event.channel is None else [event.channel]:
            if event.sound is not None:
                _add(channels[channel], event.start, event.sound)
    if "bleed" in line:
        channels = channels + channels[::-1] * sounds.amplitude(line["bleed"])
    handset = Line(codec="none", noise=None, tilt=line.get("tilt", 0.0))
    heard = np.stack([telephone(channel, rng, line=handset) for channel in channels])
    heard += np.stack([_background(count, speech, rng, line) for _ in channels])
    for event in scene.events:
        if event.kind == "pause_recording":
            _cover(heard, event)
    return np.clip(heard[:, ::2], -LOUDEST, LOUDEST)


def _channel(part: Part, scene: Scene) -> int:
    return part.channel if scene.scenario.channels == 2 else 0


def _gain(phrase: Phrase, turn: Heard, rng: np.random.Generator) -> float:
    """To the usual loudness, give or take; a word said alone is said a little softer."""
    loudness = _loudness_on_the_line(phrase.samples)
    level = (
        SPEECH_LEVEL
        + turn.part.level
        + turn.say.level
        + float(rng.uniform(-1, 1))
        - (2.0 if phrase.seconds < 0.4 else 0.0)
    )
    return sounds.amplitude(level) / max(1e-6, loudness)


def _loudness_on_the_line(samples: Samples) -> float:
    """Root mean square of what passes the band: a deep voice loses half its power there, a thin one hardly any."""
    power = np.square(np.abs(np.fft.rfft(samples)))
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    inside = (hertz > BAND_HZ[0]) & (hertz < BAND_HZ[1])
    return float(np.sqrt(2 * power[inside].sum()) / len(samples))


def _background(count: int, speech: Samples, rng: np.random.Generator, line: Mapping[str, float]) -> Samples:
    total = sounds.hiss(count, rng, line["noise"])
    if "hum" in line:
        total = total + sounds.hum(count, line["hum"])
    if "babble" in line:
        total = total + sounds.murmur(speech, rng, line["babble"])
    return total


def _cover(channels: NDArray[np.float32], event: Event) -> None:
    first, last = round(event.start * RATE), round(event.end * RATE)
    channels[:, first:last] = sounds.tone((last - first) / RATE)[: last - first]


def _add(channel: Samples, start: float, sound: Samples) -> None:
    first = round(start * RATE)
    channel[first : first + len(sound)] += sound[: max(0, len(channel) - first)]
