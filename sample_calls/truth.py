"""What is true of a made call, as JSON and RTTM.

These files are for measuring and for tests. The pipeline must never read them: ingest refuses this folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sample_calls.files import file_name
from sample_calls.scenario import Plant, Scenario, Secret, find_said
from sample_calls.stage import Event, Heard, Scene, Word

MERGE_S = 0.3  # a shorter silence between two words does not divide speech in the RTTM


def describe(scene: Scene) -> dict[str, Any]:
    """The truth about a call; README.md tells what each field means."""
    scenario = scene.scenario
    turns = sorted(scene.turns, key=lambda turn: turn.start)
    return {
        "call": scenario.call,
        "title": scenario.title,
        "audio": f"calls/{file_name(scenario.call, scenario.codec)}",
        "codec": scenario.codec,
        "channels": scenario.channels,
        "duration": round(scene.seconds, 3),
        "language": scenario.language,
        "parties": [
            {
                "party": part.id,
                "role": part.role,
                "person": part.person,
                "channel": part.channel if scenario.channels == 2 else None,
            }
            for part in scenario.parts
        ],
        "turns": [_turn(turn) for turn in turns],
        "words": [_word(word, turn) for turn in turns for word in turn.words],
        "events": [_event(event) for event in sorted(scene.events, key=lambda event: event.start)],
        "planted": [_planted(plant, scene) for plant in scenario.planted],
        "redactions": [_redaction(secret, scene) for secret in scenario.secrets],
        "near_numbers": list(scenario.near_numbers),
    }


def rttm(scene: Scene) -> str:
    """Who speaks when: one line for each stretch of speech, as the NIST format wants it."""
    stretches = sorted((start, end, turn.part.id) for turn in scene.turns for start, end in _stretches(turn.words))
    return "".join(
        f"SPEAKER {scene.scenario.call} 1 {start:.3f} {end - start:.3f} <NA> <NA> {party} <NA> <NA>\n"
        for start, end, party in stretches
    )


def sidecar(scene: Scene) -> dict[str, Any] | None:
    """The metadata a recorder writes beside the call, with the pauses and payments that its desktop reported."""
    if scene.scenario.sidecar is None:
        return None
    events = {"pause_events": scene.spans("pause_recording"), "payment_events": scene.spans("payment")}
    return {**scene.scenario.sidecar, **{name: spans for name, spans in events.items() if spans}}


def _stretches(words: tuple[Word, ...]) -> Iterator[tuple[float, float]]:
    start, end = words[0].start, words[0].end
    for word in words[1:]:
        if word.start - end > MERGE_S:
            yield start, end
            start = word.start
        end = word.end
    yield start, end


def _turn(turn: Heard) -> dict[str, Any]:
    return {"party": turn.part.id, "role": turn.part.role, **_span(turn.start, turn.end), "text": turn.say.text}


def _word(word: Word, turn: Heard) -> dict[str, Any]:
    return {"word": word.text, **_span(word.start, word.end), "party": turn.part.id, "role": turn.part.role}


def _event(event: Event) -> dict[str, Any]:
    facts: dict[str, Any] = {"channel": event.channel} if event.channel is not None else {}
    if event.parties:
        facts["parties"] = list(event.parties)
    if event.kind == "dtmf" and event.source is not None:
        facts["keys"] = event.source.value
    return {"kind": event.kind, **_span(event.start, event.end), **facts}


def _planted(plant: Plant, scene: Scene) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": plant.kind, "id": plant.id, "expect": plant.expect}
    if plant.said is None:
        row |= {**_span(0.0, scene.seconds), "party": None, "absent": plant.expect == "FAIL"}
    else:
        row |= {**_said(scene, str(plant.party), plant.said), "said": plant.said}
    return row | ({"with": list(plant.calls)} if plant.calls else {})


def _redaction(secret: Secret, scene: Scene) -> dict[str, Any]:
    place = _said(scene, secret.party, secret.said)
    return {"type": secret.type, "group": secret.group, **place, "text": secret.said, "digits": secret.digits}


def _said(scene: Scene, party: str, said: str) -> dict[str, Any]:
    number, first, last = find_said(scene.scenario, party, said)
    turn = scene.turns[number]
    return {**_span(turn.words[first].start, turn.words[last - 1].end), "party": turn.part.id}


def _span(start: float, end: float) -> Mapping[str, float]:
    return {"start": round(start, 3), "end": round(end, 3)}


def table(scenarios: list[Scenario], seconds: Mapping[str, float]) -> str:
    """The calls as a table of README.md."""
    rows = ["| call | what happens | codec | channels | seconds | metadata |", "|---|---|---|---|---|---|"]
    for scenario in scenarios:
        kept = "yes" if scenario.sidecar else "no"
        length = f"{seconds[scenario.call]:.0f}"
        rows.append(
            f"| {scenario.call} | {scenario.title} | {scenario.codec} | {scenario.channels} | {length} | {kept} |"
        )
    return "\n".join(rows) + "\n"
