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
from pipeline.measuring.examples import AT, AUDIO, CALL, SAMPLES, longest
from pipeline.measuring.goals import Goal
from pipeline.records import Seconds, Word

if TYPE_CHECKING:
    from pipeline.protocols import Recognizer, Samples, Transcript

SENTENCES = 60  # of each held-out kind
BATCH = 32
WORST = 10
GOALS = (
    Goal("wer_samples", 0.10, most=True),
    Goal("wer_unseen", 0.10, most=True),
    Goal("wer_new_voice", 0.25, most=True),
)
QUICK = 6
CHANNEL = ", channel "
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
    audio: Path | None  # where it lies, if it is a file
    at: Seconds  # where the longest mistake is heard


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
    worst = sorted((row for row in found if row.errors), key=lambda row: -row.errors / max(1, row.words))[:WORST]
    settings = {"model": recognizer.name, "device": options.device, "normaliser": "pipeline.evals.asr.normal_text"}
    return Report(
        "asr",
        str(data or "sample_calls, held-out sentences"),
        len(found),
        figure,
        interval,
        list(map(_shown, worst)),
        settings,
    )


def normal_text(text: str) -> str:
    """The one normaliser. In this order: lower case; hyphens part words; other signs but apostrophes inside words go;
    numbers, times, dates and sums in words become figures as `rules.spoken` writes them; hesitations (uh, um, ...) go; a few
    words with two spellings get one (okay, ok)."""
    return " ".join(word for word, _ in normal_words([text]))


def normal_words(texts: Sequence[str]) -> list[tuple[str, int]]:
    """Normal words of ``texts`` as `normal_text` writes them, each with the place of the text it begins in."""
    from rules.spoken import normal_form  # RE2 tables: only when measuring

    words: list[tuple[str, int]] = []
    for place, text in enumerate(texts):
        plain = re.sub(r"[^a-z0-9'$%.:@ ]+", " ", text.lower().replace("’", "'").replace("-", " ")).split()
        stripped = [word.strip(".:'") for word in plain]
        words += [(word, place) for word in stripped if word and word not in HESITATIONS]
    found: list[tuple[str, int]] = []
    for normal in normal_form([word for word, _ in words]):
        for word in re.sub(r"[^a-z0-9' ]+", " ", normal.text.lower()).split():
            found += [(one, words[normal.first][1]) for one in SPELLINGS.get(word, word).split()]
    return found


def errors_between(said: str, heard: str) -> tuple[int, int]:
    """(substitutions, deletions and insertions; words said) by jiwer."""
    import jiwer  # with its own C++ library: only when measuring

    if not said:
        return len(heard.split()), 0
    counts = jiwer.process_words(said, heard)
    return counts.substitutions + counts.deletions + counts.insertions, len(said.split())


def mistake_at(said: str, heard: Sequence[Word]) -> Seconds:
    """The second at which the longest stretch of wrong words is heard; 0 where nothing was."""
    import jiwer

    spoken = sorted(heard, key=lambda word: word.start)
    normal = normal_words([word.text for word in spoken])
    if not said or not normal:
        return spoken[0].start if spoken else 0.0
    [chunks] = jiwer.process_words(said, " ".join(word for word, _ in normal)).alignments
    wrong: list[tuple[Seconds, int]] = []
    going = False
    for chunk in chunks:
        size = max(chunk.ref_end_idx - chunk.ref_start_idx, chunk.hyp_end_idx - chunk.hyp_start_idx)
        if chunk.type == "equal":
            going = False
        elif going:
            wrong[-1] = (wrong[-1][0], wrong[-1][1] + size)
        else:
            wrong.append((spoken[normal[min(chunk.hyp_start_idx, len(normal) - 1)][1]].start, size))
            going = True
    return longest(wrong)


def _shown(row: Heard) -> dict[str, Any]:
    place = {} if row.audio is None else {CALL: row.recording, AUDIO: str(row.audio), AT: round(row.at, 2)}
    wrong = round(row.errors / max(1, row.words), 3)
    name, _, channel = row.item.partition(CHANNEL)  # a name alone is not redacted
    side = {"channel": int(channel)} if channel else {}
    return {"item": name, **side, "wer": wrong, "said": row.said, "heard": row.heard, **place}


@dataclass(frozen=True, slots=True)
class Item:
    """One recording: how it is read, what was said on each channel or on all, and its file if it is one."""

    name: str
    read: Callable[[], Samples]
    texts: Sequence[str]
    audio: Path | None = None


def _manifest(data: Path) -> list[Item]:
    rows = [(str(row["audio"]), str(row["text"])) for row in read_manifest(data, ("audio", "text"))]
    return [Item(name, _reader(inside(data, name)), [text], inside(data, name)) for name, text in rows]


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
        audio = SAMPLES / facts["audio"]
        yield Item(truth.stem, _reader(audio), [" ".join(words) for words in said], audio)


def _held_out(kind: str) -> Iterator[Item]:
    from pipeline.training.held_out import held_out  # speaks: needs Debian's voices

    for number, (samples, text) in enumerate(held_out(kind, SENTENCES, 0)):
        yield Item(f"{kind}-{number}", _given(samples), [text])


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

    found: list[Heard] = []
    items = items[: options.limit]
    for start in range(0, len(items), BATCH):
        batch = items[start : start + BATCH]
        calls = [item.read() for item in batch]
        regions = iter(speech_regions([channel for call in calls for channel in call], threads=options.threads))
        speech = [without_leaks(call, [next(regions) for _ in call]) for call in calls]
        for item, channels in zip(batch, transcribe_calls(calls, speech, recognizer), strict=True):
            found += _measured(group, item, channels)
        options.progress(min(len(items), start + BATCH), len(items), f"listening to {group}")
    return found


def _measured(group: str, item: Item, channels: Sequence[Transcript]) -> Iterator[Heard]:
    marked = UNSURE in doubts(channels)
    for number, (text, row) in enumerate(zip(item.texts, _sides(channels, len(item.texts)), strict=True)):
        words = sorted((word for one in row for word in one.words), key=lambda word: word.start)
        said, heard = normal_text(text), normal_text(" ".join(word.text for word in words))
        name = f"{item.name}{CHANNEL}{number}" if len(item.texts) > 1 else item.name
        at = mistake_at(said, words) if item.audio is not None else 0.0
        yield Heard(name, said, heard, *errors_between(said, heard), group, item.name, marked, item.audio, at)


def _sides(channels: Sequence[Transcript], texts: int) -> list[Sequence[Transcript]]:
    """Each channel for itself where there is a text for each, else all together."""
    return (
        [[channel] for channel in channels] if len(channels) == texts else [channels, *([] for _ in range(texts - 1))]
    )


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
