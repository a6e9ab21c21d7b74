"""`callsift eval planted`: what was planted in calls is found from their sound, and from their true words.

``heard`` is the whole pipeline over the recordings. ``true_words`` gives the words, turns, roles and events of the truth to
redaction and analyzers: what only that finds was lost on the way from sound to words, what it misses is missed by the rules.
Rules over several calls are judged on all calls together, with the contact log; voices are compared between calls with
signs, where the caller consented. Without `--data`: sample_calls/. With it
{"audio", "truth"} a line; the truth is a JSON file as in sample_calls/truth/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pipeline.asr.doubts import UNSURE
from pipeline.cases import Voice
from pipeline.errors import BadDataset
from pipeline.measuring.evaluation import EvalOptions, Report, inside, read_manifest
from pipeline.measuring.planted import SIGN, Count, Tally, count, covers, read_truth
from pipeline.measuring.voices import comparable, with_same_voice
from pipeline.protocols import Failure, Source
from pipeline.records import AudioFacts, Call, CallResult, Event, Metadata, Party, Turn, Value, Word

if TYPE_CHECKING:
    from pipeline.process import Models

SAMPLES = Path(__file__).parents[2] / "sample_calls"
CONTACTS = SAMPLES / "contacts.csv"
BATCH = 8
QUICK = 6
EDGE = 1e-3  # seconds by which a rounded time may be off
KINDS = {"hold_music": "music"}  # events of the truth -> those of the pipeline


@dataclass(frozen=True, slots=True)
class Item:
    """A recording and what is true of it."""

    audio: Path
    truth: dict[str, Any]


def evaluate(data: Path | None, options: EvalOptions) -> Report:
    """Figures by run (``heard``, ``true_words``): planted, found, false of ``breaches`` and ``signs``, and ``firm``."""
    from pipeline.runs.local import RunOptions, open_models

    items = (_manifest(data) if data else _own())[: options.limit]
    if not items:
        raise BadDataset(f"{data or SAMPLES}: holds nothing to measure on.")
    models = open_models(RunOptions(options.model, device=options.device, threads=options.threads))
    figure, worst = {}, []
    copies: dict[str, bytes] = {}  # the sound is heard first: its listening copies serve both runs
    try:
        for run, results in (("heard", _heard(items, models, options, copies)), ("true_words", _told(items, models))):
            across = _across([*results], models)
            judged = with_same_voice(across, _voices(across, copies))
            counted = count(zip((item.truth for item in items), judged, strict=True))
            figure[run] = _figures(counted)
            worst += [{"run": run, **row, **_place(row, items, judged)} for row in _wrong(counted)]
    finally:
        models.pool.close()
    settings = {"model": models.recognizer.name, "contact_log": str(CONTACTS) if data is None else "none"}
    return Report("planted", str(data or "sample_calls"), len(items), figure, {}, worst, settings)


def _heard(
    items: Sequence[Item], models: Models, options: EvalOptions, copies: dict[str, bytes]
) -> Iterator[CallResult]:
    """From the recordings, through the whole pipeline; listening copies go to ``copies`` by call id."""
    from pipeline.process import process

    def keep(source: Source, what: str, data: bytes, /) -> str:
        if what == "listening":
            copies[source.id] = data
        return ""

    for start in range(0, len(items), BATCH):
        batch = items[start : start + BATCH]
        for item, result in zip(
            batch, process([_source(item.audio) for item in batch], models, keep=keep), strict=True
        ):
            if isinstance(result, Failure):
                raise BadDataset(f"{item.audio}: {result.message}")
            yield result
        options.progress(start + len(batch), len(items), "")


def _told(items: Sequence[Item], models: Models) -> Iterator[CallResult]:
    """From the truth: everything behind the words."""
    from pipeline.process import reanalyze
    from pipeline.redaction import redact

    for item in items:
        yield reanalyze(CallResult(redact(_true(item), models.policy)), models)


def true_calls() -> list[Call]:
    """The sample calls as a perfect listener would write them down, not redacted."""
    return [_true(item) for item in _own()]


def _true(item: Item) -> Call:
    source = _source(item.audio)
    return true_call(source.id, source.sha256, source.metadata, item.truth)


def true_call(id: str, sha256: str, metadata: Metadata, truth: Mapping[str, Any]) -> Call:
    """The call as a perfect listener would write it down."""
    rows = sorted(truth["words"], key=lambda row: float(row["start"]))
    spoken = [Word(str(w["word"]), float(w["start"]), float(w["end"]), 1.0, str(w["party"])) for w in rows]
    turns = []
    for turn in truth["turns"]:
        start, end = float(turn["start"]), float(turn["end"])
        words = tuple(w for w in spoken if w.party == turn["party"] and start - EDGE <= w.start < end)
        turns.append(Turn(str(turn["party"]), start, end, words))
    parties = tuple(Party(str(p["party"]), p["role"], 1.0, p["channel"]) for p in truth["parties"])
    facts = AudioFacts(sha256, str(truth["codec"]), 8000, int(truth["channels"]), float(truth["duration"]), 0)
    events = tuple(
        Event(KINDS.get(e["kind"], e["kind"]), float(e["start"]), float(e["end"]), e.get("channel"))
        for e in truth["events"]
    )
    marks = () if truth.get("language") == "en" else (UNSURE,)  # the rules are English: no listener here is sure of it
    return Call(id, str(truth["audio"]), metadata, facts, parties, tuple(turns), marks=marks, events=events)


def _across(results: Sequence[CallResult], models: Models) -> list[CallResult]:
    """The results with the verdicts and signals of rules over several calls."""
    from pipeline.analyzers.rules import Rules
    from pipeline.ingest.contacts import read_contacts
    from pipeline.ledger.facts import call_facts
    from pipeline.ledger.history import LedgerHistory
    from pipeline.ledger.judging import across_rules
    from pipeline.ledger.memory import MemoryLedger
    from pipeline.records import Finding
    from rules.engine.judging import examine

    every = cast("Sequence[object]", models.analyzers)  # no protocol has rules
    [ruleset] = [analyzer.ruleset for analyzer in every if isinstance(analyzer, Rules)]
    across = across_rules(ruleset)
    ledger = MemoryLedger(read_contacts(CONTACTS, None, "UTC").contacts, [result.call for result in results])
    judged = []
    for result in results:
        found = examine(call_facts(result.call), across, ledger=LedgerHistory(ledger))
        mine = {verdict.rule for verdict in found.verdicts}
        signs = tuple(Finding(f"signal:{s.rule}", s.score, 0.0, 0.0, s.reason, s.evidence) for s in found.signals)
        verdicts = (*(v for v in result.verdicts if v.rule not in mine), *found.verdicts)
        judged.append(replace(result, verdicts=verdicts, findings=(*result.findings, *signs)))
    return judged


def _voices(results: Sequence[CallResult], copies: Mapping[str, bytes]) -> dict[str, Sequence[Voice]]:
    """The voices that an installation would keep, from the listening copies."""
    from pipeline.cases.voices import voices_of  # torch

    return {
        result.call.id: voices_of(result.call, copies[result.call.id])
        for result in results
        if comparable(result) and result.call.id in copies
    }


def _source(audio: Path) -> Source:
    from pipeline.audio.decode import fingerprint, open_regular
    from pipeline.ingest.mapping import Columns
    from pipeline.ingest.sidecars import Describer

    with open_regular(audio) as descriptor:
        sha256, _ = fingerprint(descriptor)
    metadata = Describer(Columns(), "UTC", None).of_file(audio)
    return Source(audio.stem, str(audio), sha256, metadata, lambda: audio.open("rb"), audio.suffix)


def _own() -> list[Item]:
    files = [file for file in sorted((SAMPLES / "truth").glob("*.json")) if file.with_suffix(".rttm").exists()]
    truths = [read_truth(file) for file in files]
    return [Item(SAMPLES / truth["audio"], truth) for truth in truths]


def _manifest(data: Path) -> list[Item]:
    rows = read_manifest(data, ("audio", "truth"))
    return [Item(inside(data, str(row["audio"])), read_truth(inside(data, str(row["truth"])))) for row in rows]


def _figures(counted: Count) -> dict[str, Any]:
    return {
        **{name: _numbers(tally) for name, tally in (("breaches", counted.breaches), ("signs", counted.signs))},
        "firm": f"{counted.firm} of {counted.calls}",
    }


def _numbers(tally: Tally) -> dict[str, int]:
    return {"planted": tally.planted, "found": len(tally.found), "false": len(tally.false)}


def _place(row: Mapping[str, str], items: Sequence[Item], judged: Sequence[CallResult]) -> dict[str, Any]:
    """The recording of an example, and the second at which it happens: by the truth, else by what was falsely found."""
    item, result = next(pair for pair in zip(items, judged, strict=True) if str(pair[0].truth["call"]) == row["call"])
    starts = [one["start"] for one in item.truth["planted"] if one["id"] == row["id"] and one.get("start") is not None]
    starts += [
        e.start for v in result.verdicts if v.value is Value.FAIL and covers(row["id"], v.rule) for e in v.evidence
    ]
    starts += [finding.start for finding in result.findings if covers(row["id"], finding.kind.removeprefix(SIGN))]
    return {"audio": str(item.audio), "at": round(float(starts[0]), 2) if starts else 0.0}


def _wrong(counted: Count) -> list[dict[str, str]]:
    return [
        {"what": what, "call": call, "id": id}
        for tally in (counted.breaches, counted.signs)
        for what, rows in (("missed", tally.missed), ("false", tally.false))
        for call, id in rows
    ]
