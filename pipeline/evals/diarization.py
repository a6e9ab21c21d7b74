"""`callsift eval diarization`: who spoke when, and what role each party got.

Without data: the sample calls, mixed to mono, against their RTTM; roles are told on these mixes and on the calls as recorded,
from the words of the truth (so that no recogniser is measured here) given to the parties that were found. With `--data`:
{"audio", "rttm", "speakers"?} a line; recordings are mixed to mono, ``speakers`` is told to the diarizer. Overlapping speech
is scored. "Collar 0.25 s" leaves out 0.25 s before and after every boundary of the truth, as NIST's md-eval does
(pyannote.metrics calls this a collar of 0.5).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pipeline.errors import BadDataset
from pipeline.measuring.evaluation import EvalOptions, Report, bootstrap, inside, read_manifest
from pipeline.measuring.examples import SAMPLES, longest
from pipeline.measuring.goals import Goal
from pipeline.records import Call, Metadata, Seconds, Word

if TYPE_CHECKING:
    from pyannote.core import Annotation

    from pipeline.protocols import Diarization, Samples

COLLAR = 0.25
STEP: Seconds = 0.1
BATCH = 32
WORST = 10
GOALS = (Goal("der", 0.15, most=True), Goal("role_accuracy", 0.95), Goal("role_accuracy_stereo", 0.95))
QUICK = 6
PARTS = ("missed detection", "false alarm", "confusion")


@dataclass(frozen=True, slots=True)
class Item:
    """A recording and its truth. ``facts``: the truth file of a sample call, where there is one."""

    name: str
    audio: Path
    rttm: Path
    speakers: int | None = None
    facts: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """Seconds of error of each kind and of speech, without collar and with; parties found and true; roles right and asked."""

    name: str
    plain: Mapping[str, float]
    collared: Mapping[str, float]
    found: int
    true: int
    mono_roles: tuple[int, int] = (0, 0)
    stereo_roles: tuple[int, int] = (0, 0)
    audio: Path | None = None
    at: Seconds = 0.0  # where the longest stretch begins that is given to the wrong party


def evaluate(data: Path | None, options: EvalOptions) -> Report:
    """Figures ``der`` (no collar), ``der_collar``, their parts, ``role_accuracy`` (mono) and ``role_accuracy_stereo``."""
    items = (_manifest(data) if data else _own())[: options.limit]
    if not items:
        raise BadDataset(f"{data or SAMPLES}: holds nothing to measure on.")
    scored: list[Scored] = []
    for start in range(0, len(items), BATCH):
        scored += _scored(items[start : start + BATCH], options)
        options.progress(len(scored), len(items), "")
    figure: dict[str, Any] = {"der": der(scored), "der_collar": der_collar(scored)}
    figure |= {part.replace(" ", "_"): _share(scored, "plain", (part,)) for part in PARTS}
    figure["right_count"] = sum(s.found == s.true for s in scored) / len(scored)
    for key, field in (("role_accuracy", "mono_roles"), ("role_accuracy_stereo", "stereo_roles")):
        asked = sum(getattr(s, field)[1] for s in scored)
        figure |= {key: sum(getattr(s, field)[0] for s in scored) / asked} if asked else {}
    worst = sorted((s for s in scored if der([s]) > 0), key=lambda s: -der_collar([s]))[:WORST]
    shown = [
        {
            "call": s.name,
            "audio": str(s.audio),
            "at": s.at,
            "der": der([s]),
            "der_collar": der_collar([s]),
            "parties": s.found,
            "true": s.true,
        }
        for s in worst
    ]
    settings = {"diarizer": "clustering", "mixed_to_mono": True, "overlap_scored": True, "collar_each_side_s": COLLAR,
                "told_speakers": sum(i.speakers is not None for i in items)}  # fmt: skip
    interval = {"der": bootstrap(scored, der), "der_collar": bootstrap(scored, der_collar)}
    return Report(
        "diarization", str(data or "sample_calls, mixed to mono"), len(scored), figure, interval, shown, settings
    )


def der(scored: Sequence[Scored]) -> float:
    """Diarization error rate over all speech, no collar."""
    return _share(scored, "plain", PARTS)


def der_collar(scored: Sequence[Scored]) -> float:
    """The same outside the collars."""
    return _share(scored, "collared", PARTS)


def read_rttm(file: Path) -> Annotation:
    """The SPEAKER lines of an RTTM file. Raises BadDataset with file:line."""
    from pyannote.core import Annotation, Segment  # pandas and matplotlib with it: only when measuring

    truth = Annotation()
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise BadDataset(f"{file}: cannot be read: {error.strerror}") from error
    for number, line in enumerate(lines, 1):
        fields = line.split()
        if not fields or fields[0] != "SPEAKER":
            continue
        try:
            start, length, who = float(fields[3]), float(fields[4]), fields[7]
        except (IndexError, ValueError) as error:
            raise BadDataset(f"{file}:{number}: not an RTTM line: {line[:80]!r}") from error
        truth[Segment(start, start + length), number] = who
    return truth


def _share(scored: Sequence[Scored], which: str, parts: Sequence[str]) -> float:
    total = sum(getattr(s, which)["total"] for s in scored)
    return float(sum(getattr(s, which)[part] for s in scored for part in parts) / total) if total else float("nan")


def _manifest(data: Path) -> list[Item]:
    return [
        Item(str(row["audio"]), inside(data, str(row["audio"])), inside(data, str(row["rttm"])), row.get("speakers"))
        for row in read_manifest(data, ("audio", "rttm"))
    ]


def _own() -> list[Item]:
    files = [file for file in sorted((SAMPLES / "truth").glob("*.json")) if file.with_suffix(".rttm").exists()]
    facts = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return [
        Item(file.stem, SAMPLES / fact["audio"], file.with_suffix(".rttm"), None, fact)
        for file, fact in zip(files, facts, strict=True)
    ]


def _scored(items: Sequence[Item], options: EvalOptions) -> list[Scored]:
    from pipeline.audio.decode import decode  # av and soxr: only when measuring

    calls = [decode(item.audio).samples for item in items]
    mixes = [np.ascontiguousarray(call.mean(axis=0, keepdims=True)) for call in calls]
    told = _told(mixes, [item.speakers for item in items], options)
    stereo = [n for n, (item, call) in enumerate(zip(items, calls, strict=True)) if item.facts and len(call) > 1]
    sides = dict(zip(stereo, _told([calls[n] for n in stereo], [None] * len(stereo), options), strict=True))
    scored = []
    for n, (item, heard) in enumerate(zip(items, told, strict=True)):
        truth = read_rttm(item.rttm)
        roles = _roles(item, heard) if item.facts else (0, 0)
        both = _roles(item, sides[n]) if n in sides else (0, 0)
        guess = _guess(heard)
        plain, collared = _errors(truth, guess, 0.0), _errors(truth, guess, 2 * COLLAR)
        scored.append(Scored(item.name, plain, collared, len(heard.parties), len(truth.labels()), roles, both, item.audio,
                             wrong_at(truth, guess)))  # fmt: skip
    return scored


def _told(calls: Sequence[Samples], speakers: Sequence[int | None], options: EvalOptions) -> list[Diarization]:
    """Who speaks when; calls for which the same number of speakers is told go together."""
    from pipeline.audio.vad import speech_regions  # torch
    from pipeline.diarization.clustering import load

    groups: dict[int | None, list[int]] = defaultdict(list)
    for n, count in enumerate(speakers):
        groups[count].append(n)
    told: dict[int, Diarization] = {}
    for count, members in groups.items():
        regions = iter(speech_regions([side for n in members for side in calls[n]], threads=options.threads))
        speech = [[next(regions) for _ in calls[n]] for n in members]
        diarizer = load(device=options.device, threads=options.threads, speakers=count)
        told |= dict(zip(members, diarizer.diarize([calls[n] for n in members], speech), strict=True))
    return [told[n] for n in range(len(calls))]


def _guess(heard: Diarization) -> Annotation:
    from pyannote.core import Annotation, Segment

    guess = Annotation()
    for number, segment in enumerate(heard.segments):
        guess[Segment(segment.start, segment.end), number] = segment.party
    return guess


def wrong_at(truth: Annotation, guess: Annotation) -> Seconds:
    """Where the longest stretch begins in which not those speak who truly do; 0 where there is none. Read every STEP seconds."""
    from pyannote.metrics.diarization import DiarizationErrorRate

    known = DiarizationErrorRate().optimal_mapping(truth, guess)  # of the guessed parties those that are somebody
    named = guess.rename_labels(mapping={label: known.get(label, f"nobody {label}") for label in guess.labels()})
    ends = [one.get_timeline().extent().end for one in (truth, guess) if one]
    grid = round(max(ends, default=0.0) / STEP) + 1
    wrong = np.zeros(grid, dtype=bool)
    for label in {*truth.labels(), *named.labels()}:
        wrong |= _speaks(truth, label, grid) != _speaks(named, label, grid)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], wrong, [False]]))).reshape(-1, 2)
    return longest([(round(float(first * STEP), 2), int(last - first)) for first, last in edges])


def _speaks(one: Annotation, label: str, grid: int) -> npt.NDArray[np.bool_]:
    there = np.zeros(grid, dtype=bool)
    for segment in one.label_timeline(label) if label in one.labels() else ():
        there[round(segment.start / STEP) : round(segment.end / STEP)] = True
    return there


def _errors(truth: Annotation, guess: Annotation, collar: float) -> dict[str, float]:
    from pyannote.core import Timeline
    from pyannote.metrics.diarization import DiarizationErrorRate

    # pyannote's own default for the scored stretch, without its warning
    whole = truth.get_timeline().extent() | guess.get_timeline().extent()
    metric = DiarizationErrorRate(collar=collar, skip_overlap=False)
    parts = metric(truth, guess, uem=Timeline([whole]) if whole else None, detailed=True)
    return {part: float(parts[part]) for part in (*PARTS, "total")}


def _roles(item: Item, heard: Diarization) -> tuple[int, int]:
    """How many true parties with a role were found with that role, and how many there are."""
    from pipeline.diarization.assign import assign, turns_from_channels
    from pipeline.roles import assign_roles

    facts = item.facts or {}
    words = [Word(w["word"], w["start"], w["end"], 1.0, "") for w in facts["words"]]
    if any(party.channel is not None for party in heard.parties):
        side = {party["party"]: party["channel"] or 0 for party in facts["parties"]}
        sides = range(1 + max(side.values()))
        said = [[word for word, w in zip(words, facts["words"], strict=True) if side[w["party"]] == n] for n in sides]
        turns = turns_from_channels(said, heard)
    else:
        turns = assign(words, heard)
    call = assign_roles(Call(item.name, metadata=_metadata(item), parties=heard.parties, turns=turns))
    asked = [party for party in facts["parties"] if any(w["party"] == party["party"] for w in facts["words"])]
    right = sum(call.role_of(_found(party["party"], facts, call)) == party["role"] for party in asked)
    return right, len(asked)


def _found(party: str, facts: Mapping[str, Any], call: Call) -> str:
    """The party that got most of the words of ``party`` of the truth."""
    given = {(word.start, word.end, word.text): word.party for turn in call.turns for word in turn.words}
    theirs = [given.get((w["start"], w["end"], w["word"]), "") for w in facts["words"] if w["party"] == party]
    return max(set(theirs), key=theirs.count, default="")


def _metadata(item: Item) -> Metadata:
    """The direction from the sidecar beside the recording: what roles may know."""
    sidecar = item.audio.with_suffix(".json")
    known = json.loads(sidecar.read_text(encoding="utf-8")) if sidecar.exists() else {}
    return Metadata(direction=known.get("direction"), call_type=known.get("call_type"), agent_id=known.get("agent_id"))
