"""A written call: who speaks, what happens line by line, and what was planted in it.

Scenarios are YAML files in scenarios/; README.md explains every field. A line of the script is spoken words in lower
case, "|" between phrases, or a sound. Whatever a scenario claims was said must stand in its script word for word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from ruamel.yaml import YAML

from pipeline.errors import PipelineError

FOLDER = Path(__file__).parent
Codec = Literal["wav_pcm", "wav_mulaw", "wav_gsm", "mp3", "opus", "flac"]
CODECS: tuple[Codec, ...] = get_args(Codec)
SOUNDS = ("pause", "dead_air", "hold_music", "ring", "dtmf", "beep", "pause_recording", "payment")
PLANTED = {"rule": None, "cross_call": None, "signal": "found", "near_miss": "quiet"}
EXPECT = ("PASS", "FAIL", "NOT_APPLICABLE", "UNSURE", "found", "quiet")
WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*(?: [^\W\d_]+(?:'[^\W\d_]+)*)*")


class ScenarioError(PipelineError):
    """A scenario that cannot be made; the message names the file and the line of the script."""


@dataclass(frozen=True, slots=True)
class Person:
    """A voice of the cast. Pitch in semitones, tempo relative to the voice's own pace."""

    voice: str
    pitch: float = 0.0
    tempo: float = 1.0


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody in a call. ``level`` is in decibels beside the usual loudness."""

    id: str  # s1, s2, ... in the order in which they first speak
    name: str
    person: str
    role: str
    channel: int = 0
    level: float = 0.0


@dataclass(frozen=True, slots=True)
class Say:
    """Words of one party. Without gap, overlap or inside the turn follows the last one after a short random pause."""

    party: str
    phrases: tuple[str, ...]
    gap: float | None = None  # seconds after the end of the turn before
    overlap: float | None = None  # seconds before that end
    inside: float | None = None  # share of the turn before at which this is said into it
    level: float = 0.0
    tempo: float = 1.0
    pitch: float = 0.0

    @property
    def text(self) -> str:
        return " ".join(self.phrases)


@dataclass(frozen=True, slots=True)
class Sound:
    """Something else that happens: a sound, a silence, or the mark that a payment begins or ends."""

    kind: str
    value: float | str
    by: str | None = None
    facts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plant:
    """What a perfect system finds, or leaves alone. Without ``said`` it is about the whole call (something is missing)."""

    kind: str
    id: str
    expect: str
    party: str | None = None
    said: str | None = None
    calls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Secret:
    """Spoken words that redaction must remove. Pieces of one group follow each other and make one number."""

    type: str
    group: str
    party: str
    said: str
    digits: str


@dataclass(frozen=True, slots=True)
class Scenario:
    call: str
    title: str
    about: str
    language: str
    codec: Codec
    channels: int
    line: Mapping[str, float]
    parts: tuple[Part, ...]
    script: tuple[Say | Sound, ...]
    planted: tuple[Plant, ...]
    secrets: tuple[Secret, ...] = ()
    near_numbers: tuple[str, ...] = ()
    sidecar: Mapping[str, Any] | None = None

    def part(self, name: str) -> Part:
        return next(part for part in self.parts if part.name == name)

    @property
    def turns(self) -> tuple[Say, ...]:
        return tuple(step for step in self.script if isinstance(step, Say))


def read_cast(file: Path = FOLDER / "cast.yaml") -> dict[str, Person]:
    """The people by name."""
    rows = YAML(typ="safe").load(file)
    return {name: Person(row["voice"], row.get("pitch", 0.0), row.get("tempo", 1.0)) for name, row in rows.items()}


def read_scenarios(folder: Path = FOLDER / "scenarios") -> list[Scenario]:
    """All scenarios, in the order of their call ids."""
    found = [read_scenario(file) for file in sorted(folder.glob("*.yaml"))]
    return sorted(found, key=lambda scenario: scenario.call)


def read_scenario(file: Path) -> Scenario:
    """One scenario.

    :raises ScenarioError: a field, a word or a reference that cannot be right.
    """
    data = YAML(typ="safe").load(file)
    try:
        scenario = _scenario(data)
        _check(scenario)
    except (KeyError, ValueError, TypeError, StopIteration) as error:
        raise ScenarioError(f"{file.name}: {type(error).__name__}: {error}") from error
    return scenario


def _scenario(data: Mapping[str, Any]) -> Scenario:
    script = tuple(_step(row, data["parties"]) for row in data["script"])
    first_heard = dict.fromkeys(step.party for step in script if isinstance(step, Say))
    parts = tuple(
        Part(f"s{number}", name, **{key: data["parties"][name][key] for key in data["parties"][name]})
        for number, name in enumerate(first_heard, start=1)
    )
    return Scenario(
        call=data["call"],
        title=data["title"],
        about=data["about"],
        language=data["language"],
        codec=data["audio"]["codec"],
        channels=data["audio"]["channels"],
        line=data["line"],
        parts=parts,
        script=script,
        planted=tuple(_plant(row) for row in data["planted"]),
        secrets=tuple(Secret(**row) for row in data.get("redactions", ())),
        near_numbers=tuple(data.get("near_numbers", ())),
        sidecar=data.get("sidecar"),
    )


def _step(row: Mapping[str, Any], parties: Mapping[str, Any]) -> Say | Sound:
    (kind, value), *more = row.items()
    if kind in parties:
        return Say(kind, tuple(" ".join(phrase.split()) for phrase in value.split("|")), **dict(more))
    if kind not in SOUNDS:
        raise ValueError(f"{kind!r} is neither a party nor one of {', '.join(SOUNDS)}")
    if isinstance(value, Mapping):
        return Sound(kind, value["seconds"], facts={key: value[key] for key in value if key != "seconds"})
    return Sound(kind, value, dict(more).get("by"))


def _plant(row: Mapping[str, Any]) -> Plant:
    expect = row.get("expect", PLANTED[row["kind"]])
    return Plant(row["kind"], row["id"], expect, row.get("party"), row.get("said"), tuple(row.get("with", ())))


def _check(scenario: Scenario) -> None:
    if scenario.codec not in CODECS or scenario.channels not in (1, 2):
        raise ValueError(f"audio is {scenario.codec} with {scenario.channels} channels; codecs: {', '.join(CODECS)}")
    for turn in scenario.turns:
        for phrase in turn.phrases:
            if not WORDS.fullmatch(phrase) or phrase != phrase.lower():
                raise ValueError(f"{phrase!r} is not lower case words with apostrophes and single spaces")
    for plant in scenario.planted:
        if plant.expect not in EXPECT:
            raise ValueError(f"{plant.id} expects {plant.expect!r}, not one of {', '.join(EXPECT)}")
        if plant.said is not None:
            find_said(scenario, str(plant.party), plant.said)
    for secret in scenario.secrets:
        find_said(scenario, secret.party, secret.said)


def find_said(scenario: Scenario, party: str, said: str) -> tuple[int, int, int]:
    """(turn, first word, one past the last word) of the only place where the party says it.

    :raises ValueError: it is said nowhere, or in several places.
    """
    wanted = said.split()
    places = [
        (number, start, start + len(wanted))
        for number, turn in enumerate(scenario.turns)
        if turn.party == party
        for start in range(len(turn.text.split()) - len(wanted) + 1)
        if turn.text.split()[start : start + len(wanted)] == wanted
    ]
    if len(places) != 1:
        raise ValueError(f"{party} says {said!r} in {len(places)} places, not in one")
    return places[0]
