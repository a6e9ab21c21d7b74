"""`callsift eval transcripts`: do transcripts from elsewhere come in, and do ours come back as they went out?

Without data: the true words of the sample calls, written in every format that callsift writes and read again. ``same_words``:
words and who says them are the same, ``same_times``: and no word starts more than 10 ms elsewhere (where the format has times of
words). RTTM holds no words: there turns are compared. With data: a folder of files of any formats; ``read`` are those that come
in with words or turns, ``refused_with_a_reason`` those that do not and are told why. A file below a folder whose name ends in
``_invalid``, a schema, or broken JSON is right when it is refused; all others when they are read, and come back with the same
words where their format can be written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import BadDataset
from pipeline.measuring.evaluation import EvalOptions, Report, bootstrap
from pipeline.measuring.examples import SAMPLES, sample
from pipeline.measuring.goals import Goal
from pipeline.measuring.labels import share
from pipeline.measuring.planted import read_truth
from pipeline.records import Seconds
from pipeline.transcripts import Imported, TranscriptError, read, read_all, writers
from pipeline.transcripts.leaving import transcript_of

NEAR = 0.0105  # seconds: captions have milliseconds, some formats hundredths
BETWEEN = " as "
WORDLESS = ("rttm",)
COARSE = ("webvtt", "srt", "rttm")  # formats that time no words
GOALS = (Goal("same_words", 1.0), Goal("same_times", 1.0, data="own"), Goal("right", 1.0))
QUICK = 60
Work = Path | tuple[Imported, str]  # a file to read, or a transcript and the format to write it in
NO_TRANSCRIPT = (".md", ".txt")


@dataclass(frozen=True, slots=True)
class Item:
    """One file, or one call in one format. ``words`` and ``times`` came back the same; None where that was not asked."""

    id: str
    right: bool
    words: bool | None = None
    times: bool | None = None
    why: str = ""
    refused: bool = False
    at: Seconds = 0.0  # the first word that did not come back as it was


def evaluate(data: Path | None, options: EvalOptions) -> Report:
    """Figures ``right``, ``same_words``, ``same_times``; of a folder also ``read`` and ``refused_with_a_reason``."""
    work: list[tuple[str, Work]] = list(_own() if data is None else _files(data))[: options.limit]
    if not work:
        raise BadDataset(f"{data}: holds no file that could be a transcript.")
    items = []
    for done, (name, thing) in enumerate(work, 1):
        items.append(_file(name, thing) if isinstance(thing, Path) else _back(name, thing))
        options.progress(done, len(work), "")
    figure = {
        "right": _right(items),
        "same_words": share([i.words for i in items]),
        "same_times": share([i.times for i in items]),
    }
    if data is not None:
        figure |= {"read": sum(not i.refused for i in items), "refused_with_a_reason": sum(i.refused for i in items)}
    wrong = [item for item in items if not item.right][:20]
    worst = [{**(_heard_at(i) if data is None else {"item": i.id}), "text": i.why} for i in wrong]
    settings = {"written": ",".join(writers())}
    return Report("transcripts", str(data or "true words of sample_calls, written and read"), len(items), figure,
                  {"right": bootstrap(items, _right)}, worst, settings)  # fmt: skip


def shared(root: Path, _scratch: Path) -> Iterator[tuple[str, Path]]:
    if (root / "formats").is_dir():
        yield "files of other systems", root / "formats"


def _right(items: Sequence[Item]) -> float:
    return sum(item.right for item in items) / len(items)


def _own() -> Iterator[tuple[str, Work]]:
    from pipeline.evals.planted import true_calls

    for call in true_calls():
        for name in writers():
            yield f"{call.id}{BETWEEN}{name}", (transcript_of(call), name)


def _back(name: str, thing: tuple[Imported, str]) -> Item:
    """One transcript written in one format and read again."""
    before, form = thing
    writer = writers()[form].write
    assert writer is not None
    try:
        after = read(writer(before).encode(), before.name)
    except TranscriptError as error:
        return Item(name, False, why=str(error))
    if form in WORDLESS:
        same = [round(turn.start, 2) for turn in before.turns if turn.words] == [
            round(turn.start, 2) for turn in after.turns
        ]
        return Item(name, same, times=same, why="" if same else "turns begin elsewhere")
    words = _words(before) == _words(after)
    times = None if form in COARSE or not words else _near(before, after)
    why = "" if words else _first_difference(before, after)
    return Item(name, words and times is not False, words, times, why, at=_changed_at(before, after))


def _words(transcript: Imported) -> list[tuple[str, str]]:
    """Each word with its party, parties by the order in which they speak: names differ from format to format."""
    told: dict[str, str] = {}
    spoken = sorted((w for turn in transcript.turns for w in turn.words), key=lambda w: (round(w.start, 2), w.party))
    return sorted((told.setdefault(w.party, f"s{len(told) + 1}"), w.text) for w in spoken)


def _changed_at(before: Imported, after: Imported) -> Seconds:
    there = {(round(w.start, 2), w.text) for turn in after.turns for w in turn.words}
    every = sorted((w for turn in before.turns for w in turn.words), key=lambda w: w.start)
    return next((w.start for w in every if (round(w.start, 2), w.text) not in there), 0.0)


def _heard_at(item: Item) -> dict[str, Any]:
    """The place of a sample call that did not come back as it was."""
    name, _, form = item.id.partition(BETWEEN)
    return {"format": form, **sample(read_truth(SAMPLES / "truth" / f"{name}.json"), item.at)}


def _near(before: Imported, after: Imported) -> bool:
    starts = [sorted(w.start for turn in one.turns for w in turn.words) for one in (before, after)]
    return all(abs(a - b) <= NEAR for a, b in zip(*starts, strict=True))


def _first_difference(before: Imported, after: Imported) -> str:
    ours, theirs = _words(before), _words(after)
    lost, new = [w for w in ours if w not in theirs][:3], [w for w in theirs if w not in ours][:3]
    return f"lost {lost}, new {new}" if lost or new else f"{len(ours)} words became {len(theirs)}"


def _files(folder: Path) -> Iterator[tuple[str, Work]]:
    if not folder.is_dir():
        raise BadDataset(f"{folder} is no folder of transcripts.")
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix not in NO_TRANSCRIPT:
            yield str(file.relative_to(folder)), file


def _file(name: str, file: Path) -> Item:
    no_good = file.parent.name.endswith("_invalid") or ".schema." in file.name or _broken(file)
    try:
        found = read_all(file.read_bytes())
    except TranscriptError as error:
        return Item(name, no_good, why=str(error), refused=True)
    if not found or no_good:
        return Item(name, False, why="was read, though it is no transcript" if no_good else "holds nothing")
    writer = writers().get(found[0].format)
    if writer is None or writer.write is None:
        return Item(name, True)
    same = all(_said(one) == _said(read(writer.write(one).encode(), one.name)) for one in found)
    return Item(name, same, same, why="" if same else "its words changed when it was written and read again")


def _said(one: Imported) -> list[str] | int:
    """The words; of a format without any the number of turns."""
    return len(one.turns) if one.format in WORDLESS else sorted(w.text for turn in one.turns for w in turn.words)


def _broken(file: Path) -> bool:
    """True for a JSON document that is cut off or spoiled: it must be refused."""
    text = file.read_text(encoding="utf-8", errors="replace").lstrip("\ufeff \n\r\t")
    if not text.startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except ValueError:
        return True
    return False
