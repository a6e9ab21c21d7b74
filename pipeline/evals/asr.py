"""`callsift eval asr`: word error rate, after one normaliser, with an interval.

Without data: the sample calls against their truth, unseen sentences in known voices, and the same in a voice that was never
trained on. With `--data`: one object a line, {"audio", "text"}; recordings of any codec. The normaliser (`normal_text`) is
applied to what was said and to what was heard alike. ``unsure_recall`` and ``unsure_false``: the share of recordings over 35 %
WER that are marked as unsure, and of the others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.asr.doubts import UNSURE, doubts
from pipeline.errors import BadDataset
from pipeline.measuring.evaluation import EvalOptions, Report, bootstrap, inside, read_manifest
from pipeline.measuring.goals import Goal
from pipeline.records import Word

if TYPE_CHECKING:
    from pipeline.protocols import Recognizer, Samples, Transcript

SAMPLES = Path(__file__).parents[2] / "sample_calls"
SENTENCES = 60  # of each held-out kind
BATCH = 32
WORST = 10
GOALS = (
    Goal("wer_samples", 0.10, most=True),
    Goal("wer_unseen", 0.10, most=True),
    Goal("wer_new_voice", 0.25, most=True),
)
QUICK = 6
BAD = 0.35  # WER from which a recording should be marked
HESITATIONS = frozenset({"uh", "um", "uhm", "erm", "er", "hm", "hmm", "mm", "mhm", "ah", "eh"})
SPELLINGS = {
    "okay": "ok",
    "o.k": "ok",
    "alright": "all right",
    "mister": "mr",
    "missus": "mrs",
    "doctor": "dr",
    "cannot": "can not",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """One recording: what was said and heard, normalised, and the word errors between."""

    item: str
    said: str
    heard: str
    errors: int
    words: int
    group: str
    recording: str
    marked: bool  # the recording is shown as one the recogniser is not sure of


def evaluate(data: Path | None, options: EvalOptions) -> Report:
    """WER over all recordings, and by set. Raises BadDataset for a manifest that cannot be read."""
    from pipeline.asr.loading import load  # heavy: torch

    recognizer = load(options.model, device=options.device, threads=options.threads)
    sets = {"data": _manifest(data)} if data else _own_sets()
    found = [row for name, items in sets.items() for row in _heard(name, items, recognizer, options)]
    if not found:
        raise BadDataset(f"{data or SAMPLES}: holds nothing to measure on.")
    groups = list(dict.fromkeys(row.group for row in found))
    figure: dict[str, Any] = {"wer": _wer(found)} | {
        f"wer_{group}": _wer([row for row in found if row.group == group]) for group in groups if len(groups) > 1
    }
    interval = {"wer": bootstrap(found, _wer)} | {
        f"wer_{group}": bootstrap([row for row in found if row.group == group], _wer)
        for group in groups
        if len(groups) > 1
    }
    figure |= _marks(found)
    worst = sorted(found, key=lambda row: -row.errors / max(1, row.words))[:WORST]
    shown = [
        {"item": row.item, "wer": round(row.errors / max(1, row.words), 3), "said": row.said, "heard": row.heard}
        for row in worst
    ]
    settings = {"model": recognizer.name, "device": options.device, "normaliser": "pipeline.evals.asr.normal_text"}
    return Report("asr", str(data or "sample_calls, held-out sentences"), len(found), figure, interval, shown, settings)


def normal_text(text: str) -> str:
    """The one normaliser. In this order: lower case; hyphens part words; other signs but apostrophes inside words go;
    numbers, times, dates and sums in words become figures as `rules.spoken` writes them; hesitations (uh, um, ...) go; a few
    words with two spellings get one (okay, ok)."""
    from rules.spoken import normal_form  # RE2 tables: only when measuring

    words = re.sub(r"[^a-z0-9'$%.:@ ]+", " ", text.lower().replace("’", "'").replace("-", " ")).split()
    words = [word.strip(".:'") for word in words if word.strip(".:'")]
    words = [word for word in words if word not in HESITATIONS]
    written = " ".join(normal.text for normal in normal_form(words)).lower()
    plain = re.sub(r"[^a-z0-9' ]+", " ", written).split()
    return " ".join(SPELLINGS.get(word, word) for word in plain)


def errors_between(said: str, heard: str) -> tuple[int, int]:
    """(substitutions, deletions and insertions; words said) by jiwer."""
    import jiwer  # with its own C++ library: only when measuring

    if not said:
        return len(heard.split()), 0
    counts = jiwer.process_words(said, heard)
    return counts.substitutions + counts.deletions + counts.insertions, len(said.split())


Item = tuple[
    str, "Callable[[], Samples]", Sequence[str]
]  # name, the recording, what was said on each channel or on all


def _manifest(data: Path) -> list[Item]:
    return [
        (str(item["audio"]), _reader(inside(data, str(item["audio"]))), [str(item["text"])])
        for item in read_manifest(data, ("audio", "text"))
    ]


def _own_sets() -> dict[str, list[Item]]:
    return {
        "samples": list(_sample_calls()),
        "unseen": list(_held_out("known")),
        "new_voice": list(_held_out("new_voice")),
    }


def _sample_calls() -> Iterator[Item]:
    """The sample calls in English, by channel where each party has one."""
    for truth in sorted((SAMPLES / "truth").glob("*.json")):
        if truth.stem == "contacts":  # what happens across calls
            continue
        facts = json.loads(truth.read_text(encoding="utf-8"))
        if facts.get("language") != "en" or not facts.get("words"):
            continue
        channel = {party["party"]: party.get("channel") or 0 for party in facts["parties"]}
        said: list[list[str]] = [[] for _ in range(1 + max(channel.values()))]
        for word in sorted(facts["words"], key=lambda word: word["start"]):
            said[channel[word["party"]]].append(str(word["word"]))
        yield truth.stem, _reader(SAMPLES / facts["audio"]), [" ".join(words) for words in said]


def _held_out(kind: str) -> Iterator[Item]:
    from pipeline.training.held_out import held_out  # speaks: needs Debian's voices

    for number, (samples, text) in enumerate(held_out(kind, SENTENCES, 0)):
        yield f"{kind}-{number}", _given(samples), [text]


def _given(samples: Samples) -> Callable[[], Samples]:
    return lambda: samples[None]


def _reader(file: Path) -> Callable[[], Samples]:
    def read() -> Samples:
        from pipeline.audio.decode import decode  # PyAV

        return decode(file).samples

    return read


def _heard(group: str, items: Sequence[Item], recognizer: Recognizer, options: EvalOptions) -> list[Heard]:
    from pipeline.asr.calls import transcribe_calls
    from pipeline.audio.vad import speech_regions
    from pipeline.diarization.channels import without_leaks

    found = []
    items = items[: options.limit]
    for start in range(0, len(items), BATCH):
        batch = items[start : start + BATCH]
        calls = [read() for _, read, _ in batch]
        regions = iter(speech_regions([channel for call in calls for channel in call], threads=options.threads))
        speech = [without_leaks(call, [next(regions) for _ in call]) for call in calls]
        for (name, _, texts), channels in zip(batch, transcribe_calls(calls, speech, recognizer), strict=True):
            heard = [
                _in_order([word for transcript in row for word in transcript.words])
                for row in _sides(channels, len(texts))
            ]
            marked = UNSURE in doubts(channels)
            for number, (said, words) in enumerate(zip(map(normal_text, texts), map(normal_text, heard), strict=True)):
                item = f"{name}, channel {number}" if len(texts) > 1 else name
                found.append(Heard(item, said, words, *errors_between(said, words), group, name, marked))
        options.progress(min(len(items), start + BATCH), len(items), f"listening to {group}")
    return found


def _sides(channels: Sequence[Transcript], texts: int) -> list[Sequence[Transcript]]:
    """Each channel for itself where there is a text for each, else all together."""
    return (
        [[channel] for channel in channels] if len(channels) == texts else [channels, *([] for _ in range(texts - 1))]
    )


def _in_order(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in sorted(words, key=lambda word: word.start))


def _wer(rows: Sequence[Heard]) -> float:
    words = sum(row.words for row in rows)
    return float(sum(row.errors for row in rows) / words) if words else float(np.nan)


def _marks(rows: Sequence[Heard]) -> dict[str, float]:
    """What became of bad and of other recordings; a share without any recordings is left out."""
    by_recording: dict[str, list[Heard]] = {}
    for row in rows:
        by_recording.setdefault(f"{row.group}/{row.recording}", []).append(row)
    pairs = [(_wer(own) > BAD, own[0].marked) for own in by_recording.values()]
    shares = {"unsure_recall": [m for bad, m in pairs if bad], "unsure_false": [m for bad, m in pairs if not bad]}
    return {name: sum(marks) / len(marks) for name, marks in shares.items() if marks}
