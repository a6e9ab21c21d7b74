"""`callsift eval events`: sounds of a telephone line that are not speech, found among speech, and none where there is none.

Seeded sounds are put into the pauses of sample calls: keys (ITU-T Q.23, 40 to 200 ms, 1.5 % off), ringing of North America,
Britain, Korea and the Continent, beeps, music on hold of our own making, silence; each at so many dB above or below the
speech, with white noise. Keys are also put over speech. ``recall`` and ``precision`` by kind; ``false_per_hour`` on the same
calls without the sounds (what the truth of a call names is no false one); ``keys_left``: the share of keys that a plain
receiver still reads off what is left of the call. With `--data`: {"audio"} a line, recordings of speech alone: false ones
an hour; {"audio", "kind"}: what is found in them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.errors import BadDataset
from pipeline.evals._line import KINDS, RATE, Put, keys_read, mixed
from pipeline.evals.planted import KINDS as TRUE_NAMES
from pipeline.evals.planted import Item, _own
from pipeline.measuring.evaluation import EvalOptions, Report, inside, read_manifest
from pipeline.measuring.examples import sample
from pipeline.measuring.goals import Goal
from pipeline.records import Event, Seconds, Span

if TYPE_CHECKING:
    from pipeline.protocols import Samples

LEVELS = (0.0, -10.0, -20.0)  # dB of a sound beside the speech of its call
NOISES = (None, 20.0)  # dB of speech over white noise
CALLS = 8
GOALS = (Goal("false_per_hour.beep", 1.0, most=True),)
WORST = 10
NEAR: Seconds = 1.0  # around a true event of the call in which nothing is false


@dataclass(frozen=True, slots=True)
class Told:
    """One mix: what was put in, which of it was found, and what was found beside."""

    put: tuple[Put, ...]
    found: tuple[bool, ...]
    false: tuple[Event, ...]
    call: str
    right: Mapping[str, int]
    keys: tuple[int, int]  # read by a receiver before, and after


def evaluate(data: Path | None, options: EvalOptions) -> Report:
    """Figures by kind and level, false events an hour of speech, and what a receiver can still read."""
    if data is not None:
        return _given(data, options)
    items = _own()[: options.limit or CALLS]
    told: list[Told] = []
    false: list[tuple[Item, Event]] = []
    seconds = 0.0
    for done, item in enumerate(items, 1):
        samples, speech, known = _call(item.audio, item.truth, options)
        seconds += sum(span.end - span.start for spans in speech for span in spans)
        false += [(item, event) for event in _false(_heard(samples.copy(), options)[0], known, ())]
        told += [
            _told(item.audio.stem, samples, speech, known, level, noise, 100 * done + seed, options)
            for seed, (level, noise) in enumerate((level, noise) for level in LEVELS for noise in NOISES)
        ]
        options.progress(done, len(items), item.audio.stem)
    figure = {"by_kind": {kind: _of_kind(told, kind) for kind in KINDS}, "by_level": _by_level(told)}
    count = Counter(event.kind for _, event in false)
    figure["false_per_hour"] = {"of_speech": round(seconds / 3600, 2)} | {
        kind: round(count[kind] * 3600 / seconds, 2) for kind in KINDS if kind != "silence"
    }
    before, after = (sum(one.keys[n] for one in told) for n in (0, 1))
    figure["keys_left"] = {"read_before": before, "read_after": after}
    settings = {"calls": [i.audio.stem for i in items], "levels_db": LEVELS, "speech_over_noise_db": NOISES}
    return Report("events", "sample_calls with sounds put in", len(told), figure, {}, _wrong(false, told), settings)


def _call(
    audio: Path, truth: Mapping[str, Any], options: EvalOptions
) -> tuple[Samples, list[tuple[Span, ...]], list[Event]]:
    from pipeline.audio.decode import decode
    from pipeline.audio.vad import speech_regions

    samples = decode(audio).samples
    known = [Event(TRUE_NAMES.get(e["kind"], e["kind"]), float(e["start"]), float(e["end"])) for e in truth["events"]]
    return samples, speech_regions(list(samples), threads=options.threads), known


def _heard(samples: Samples, options: EvalOptions) -> tuple[tuple[Event, ...], Samples]:
    """Events as the pipeline finds them, and the samples it goes on with. ``samples`` are changed."""
    from pipeline.audio.events import events
    from pipeline.audio.keypad import presses, silenced
    from pipeline.audio.vad import speech_regions

    pressed = presses(samples)
    left = silenced(samples, pressed)
    return events(left, speech_regions(list(left), threads=options.threads), pressed), left


def _told(
    call: str, samples: Samples, speech: Sequence[Sequence[Span]], known: Sequence[Event], level: float, noise: float | None,
    seed: int, options: EvalOptions,
) -> Told:  # fmt: skip
    mix, put = mixed(samples, speech, level, noise, np.random.default_rng(seed))
    before = [keys_read(mix[one.channel], one.start, one.end) for one in put if one.kind == "dtmf"]
    found, left = _heard(mix, options)
    after = [keys_read(left[one.channel], one.start, one.end) for one in put if one.kind == "dtmf"]
    hit = tuple(any(_same(one, event) for event in found) for one in put)
    right = Counter(event.kind for event in found if any(_same(one, event) for one in put))
    return Told(put, hit, tuple(_false(found, known, put)), call, right, (sum(before), sum(after)))


def _same(put: Put, event: Event) -> bool:
    """Of one kind, and together for half of the shorter of both."""
    common = min(put.end, event.end) - max(put.start, event.start)
    return put.kind == event.kind and common >= 0.5 * min(put.end - put.start, event.end - event.start)


def _false(found: Sequence[Event], known: Sequence[Event], put: Sequence[Put]) -> list[Event]:
    """What is neither told by the truth nor put in (or put in as something else). Silence is what it is."""
    near: list[tuple[Seconds, Seconds, str | None]] = [(true.start - NEAR, true.end + NEAR, None) for true in known]
    near += [(one.start - NEAR, one.end + NEAR, one.kind) for one in put]
    return [
        event
        for event in found
        if event.kind != "silence"
        and not any(a < event.end and event.start < b and kind in (None, event.kind) for a, b, kind in near)
    ]


def _of_kind(told: Sequence[Told], kind: str) -> dict[str, Any]:
    hits = [hit for one in told for put, hit in zip(one.put, one.found, strict=True) if put.kind == kind]
    right, false = (
        sum(one.right.get(kind, 0) for one in told),
        sum(event.kind == kind for one in told for event in one.false),
    )
    precision = round(right / (right + false), 3) if right + false else None
    return {"n": len(hits), "recall": round(sum(hits) / len(hits), 3) if hits else None, "precision": precision}


def _by_level(told: Sequence[Told]) -> dict[str, Any]:
    figures = {}
    for kind in KINDS:
        rows: dict[str, list[bool]] = {}
        for one in told:
            for put, hit in zip(one.put, one.found, strict=True):
                if put.kind == kind:
                    rows.setdefault(put.how, []).append(hit)
        figures[kind] = {how: round(sum(hits) / len(hits), 3) for how, hits in sorted(rows.items())}
    return figures


def _wrong(false: Sequence[tuple[Item, Event]], told: Sequence[Told]) -> list[dict[str, Any]]:
    """What is heard in the calls as they are, and what was put into them and missed: no recording holds that."""
    rows = [{"what": f"false {event.kind}", "seconds": round(event.end - event.start, 2), **sample(item.truth, event.start)}
            for item, event in false][:WORST]  # fmt: skip
    missed = [(one.call, put) for one in told for put, hit in zip(one.put, one.found, strict=True) if not hit]
    return rows + [
        {"item": put.kind, "put into": call, "how": put.how, "seconds": round(put.end - put.start, 2)}
        for call, put in missed[:WORST]
    ]  # fmt: skip


def _given(data: Path, options: EvalOptions) -> Report:
    """Recordings of people's own: what is found in each, by kind, an hour."""
    from pipeline.audio.decode import decode

    seconds: dict[str, float] = {}
    found: dict[str, dict[str, float]] = {}
    rows = list(read_manifest(data, ("audio",)))[: options.limit]
    if not rows:
        raise BadDataset(f"{data}: holds nothing to measure on.")
    for done, row in enumerate(rows, 1):
        group = str(row.get("kind", "speech"))
        samples = decode(inside(data, str(row["audio"]))).samples
        seconds[group] = seconds.get(group, 0.0) + samples.shape[1] / RATE
        counts = found.setdefault(group, {})
        for event in _heard(samples, options)[0]:
            for name, value in ((event.kind, 1.0), (f"{event.kind}_seconds", event.end - event.start)):
                counts[name] = counts.get(name, 0.0) + value
        options.progress(done, len(rows), "")
    figure = {
        group: {"hours": round(whole / 3600, 3)}
        | {kind: round(n * 3600 / whole, 2) for kind, n in sorted(found[group].items())}
        for group, whole in seconds.items()
    }
    return Report("events", str(data), len(rows), figure, {}, (), {"counts": "an hour of recording"})
