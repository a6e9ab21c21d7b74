"""`callsift eval sentiment [--data MANIFEST]`: does the mood come out as people labelled it, in words, in the voice, in both?

A manifest object is {"id", "text" or "turns": [{"speaker", "text"}], "label"}; a label is negative, neutral or positive (or neg,
neu, pos, -1, 0, 1). Where there are turns the customer's count, by the roles found from what is said, and all of them where no
customer is found; the mean of their scores is the item's. The shipped head is measured, or with `--model` VADER (``vader``), a head
of your own (a .json file) or an imported text classifier; VADER on the same items stands beside it. Data without neutral items is
judged by sign; an item whose score lies between the borders then stays without an answer: it counts as wrong, and ``coverage`` says
how many got one.

Without data the sample calls are measured, with their true words: falls of mood that were planted, found by the words alone and
with the voice; and shouts, in copies of the recordings in which known turns are raised (_raised.py). Sarcasm and polite anger are
known misses: no figure here counts them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import BadDataset
from pipeline.measuring.dialogues import call_of
from pipeline.measuring.evaluation import EvalOptions, Report, bootstrap, read_manifest
from pipeline.measuring.examples import sample
from pipeline.measuring.labels import accuracy, macro_f1
from pipeline.sentiment.head import SHIPPED, SUFFIX, open_reader
from pipeline.sentiment.lexicon import BORDER, Scorer, vader
from pipeline.sentiment.moods import mean

if TYPE_CHECKING:
    from pipeline.analyzers.sentiment import Sentiment
    from pipeline.records import Call

LABELS = {
    "negative": ("negative", "neg", "-1"),
    "neutral": ("neutral", "neu", "0"),
    "positive": ("positive", "pos", "1"),
}
BORDER_MODEL = 1 / 3  # of chance positive less chance negative
WORST = 20
FALLS = "sentiment_falls"  # the planted sign


@dataclass(frozen=True, slots=True)
class Item:
    """One text: its label, the label it got (empty: none), and the score behind it."""

    id: str
    true: str
    got: str
    score: float
    text: str

    @property
    def pair(self) -> tuple[str, str]:
        return self.true, self.got


def evaluate(data: Path | None, options: EvalOptions) -> Report:
    """Figures ``accuracy``, ``macro_f1`` (over the labels of the data) and ``coverage``, and VADER's; without data see `_samples`."""
    if data is None:
        return _samples(options)
    rows = list(read_manifest(data, ("id", "label")))[: options.limit]
    if not rows:
        raise BadDataset(f"{data}: holds nothing to measure on.")
    truth = [_label(row, data) for row in rows]
    texts = [_texts(row, data) for row in rows]
    score, border, scorer = _scorer(options)
    scores = _scores(texts, score, options)
    three = "neutral" in truth
    items = [
        Item(str(row["id"]), true, _called(value, border, three=three), round(value, 4), " / ".join(said)[:200])
        for row, true, value, said in zip(rows, truth, scores, texts, strict=True)
    ]
    lexicon = [
        replace(item, got=_called(value, BORDER, three=three))
        for item, value in zip(items, _scores(texts, vader(), EvalOptions()), strict=True)
    ]
    figure = {
        "accuracy": _accuracy(items),
        "macro_f1": _macro_f1(items),
        "coverage": sum(bool(i.got) for i in items) / len(items),
        "vader_accuracy": _accuracy(lexicon),
        "vader_macro_f1": _macro_f1(lexicon),
    }
    wrong = sorted((i for i in items if i.true != i.got), key=lambda i: -abs(i.score))[:WORST]
    worst = [{"id": i.id, "label": i.true, "got": i.got or "none", "score": i.score, "text": i.text} for i in wrong]
    settings = {"scorer": scorer, "border": round(border, 3), "labels": sorted(set(truth))}
    interval = {"accuracy": bootstrap(items, _accuracy), "macro_f1": bootstrap(items, _macro_f1)}
    return Report("sentiment", str(data), len(items), figure, interval, worst, settings)


def _accuracy(items: Sequence[Item]) -> float:
    return accuracy([item.pair for item in items])


def _macro_f1(items: Sequence[Item]) -> float:
    return macro_f1([item.pair for item in items])


def _scorer(options: EvalOptions) -> tuple[Scorer, float, str]:
    """The scorer, the border between neutral and the rest, and the name to print. ``demo`` is a recogniser: the default then."""
    if options.model == "vader":
        return vader(), BORDER, "vader"
    if options.model == "demo" or options.model.endswith(SUFFIX):
        reader = open_reader(SHIPPED if options.model == "demo" else Path(options.model))
        return (reader, reader.head.border, reader.name) if reader else (vader(), BORDER, "vader")
    from pipeline.analyzers._classifier import text_classifier  # torch: only when a model is set

    return text_classifier(options.model, options.device), BORDER_MODEL, options.model


def _scores(
    texts: Sequence[Sequence[str]], score: Callable[[Sequence[str]], list[float]], options: EvalOptions
) -> list[float]:
    """The mean score of each item's texts; all texts go to the scorer together."""
    values = iter(score([text for said in texts for text in said]))
    found = []
    for done, said in enumerate(texts, 1):
        own = [next(values) for _ in said]
        found.append(mean(own) if own else 0.0)
        options.progress(done, len(texts), "")
    return found


def _called(score: float, border: float, *, three: bool) -> str:
    if abs(score) < border:
        return "neutral" if three else ""
    return "positive" if score > 0 else "negative"


def _label(row: Mapping[str, Any], data: Path) -> str:
    for name, spellings in LABELS.items():
        if str(row["label"]).lower() in spellings:
            return name
    raise BadDataset(f"{data}: item {row['id']}: label {row['label']!r} is not negative, neutral or positive.")


def _texts(row: Mapping[str, Any], data: Path) -> list[str]:
    """What is scored of one item: its text, or what the customer says."""
    if "turns" not in row:
        if "text" not in row:
            raise BadDataset(f'{data}: item {row["id"]}: needs "text" or "turns".')
        return [str(row["text"])]
    call = call_of(row, data)
    theirs = [turn.text for turn in call.turns if call.role_of(turn.party) == "customer"]
    return theirs or [turn.text for turn in call.turns]


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample call as a perfect listener writes it down, without and with its sound, and what was planted."""

    call: Call
    heard: Call
    falls: bool


def _samples(options: EvalOptions) -> Report:
    """Figures ``falls_words`` and ``falls_fused`` (calls planted, found, false), ``shouts`` (of turns), ``raised_auc``."""
    from pipeline.analyzers.sentiment import analyzer
    from pipeline.evals import _raised
    from pipeline.evals.planted import SAMPLES, true_call
    from pipeline.measuring.planted import read_truth
    from pipeline.records import Metadata

    truths: dict[str, Mapping[str, Any]] = {}
    model = {} if options.model == "demo" else {"sentiment_model": options.model, "device": options.device}
    judge = analyzer.configured(model)
    files = [file for file in sorted((SAMPLES / "truth").glob("*.json")) if file.with_suffix(".rttm").exists()]
    samples, rows = [], []
    for done, file in enumerate(files[: options.limit], 1):
        truth = read_truth(file)
        truths[str(truth["call"])] = truth
        call = true_call(str(truth["call"]), "", Metadata(), truth)
        sound = _raised.decoded(truth, SAMPLES)
        samples.append(Sample(call, _raised.heard(call, sound), any(p["id"] == FALLS for p in truth["planted"])))
        louder, chosen = _raised.raised(call, sound)
        rows += _manners(_raised.heard(call, louder), {id(turn) for turn in chosen})
        options.progress(done, len(files), file.stem)
    words, fused = _falls(samples, judge, with_sound=False), _falls(samples, judge, with_sound=True)
    found = [row for row in rows if row["shouted"]]
    figure = {
        "falls_words": _tally(words),
        "falls_fused": _tally(fused),
        "shouts": {"turns": len(rows), "raised": sum(row["true"] for row in rows),
                   "found": sum(row["true"] for row in found), "false": sum(not row["true"] for row in found)},
        "raised_auc": _auc([(row["raised"], row["true"]) for row in rows]),
    }  # fmt: skip
    worst = [
        {"what": f"fall {what}", **sample(truths[call], _planted_at(truths[call], FALLS))}
        for call, what in fused.items()
        if what in ("missed", "false")
    ]
    worst += [
        {**{key: row[key] for key in ("what", "louder", "higher")}, **sample(truths[row["call"]], row["start"])}
        for row in rows
        if row["shouted"] != row["true"]
    ]
    settings = {
        "scorer": judge.version,
        "words": "true",
        "raised_by": f"{_raised.DB:g} dB, {_raised.SEMITONES:g} semitones",
    }
    return Report("sentiment", "sample_calls", len(samples), figure, {}, worst[:WORST], settings)


def _planted_at(truth: Mapping[str, Any], id: str) -> float:
    return next(
        (float(row["start"]) for row in truth["planted"] if row["id"] == id and row.get("start") is not None), 0.0
    )


def _falls(samples: Sequence[Sample], judge: Sentiment, *, with_sound: bool) -> dict[str, str]:
    """Call -> found, missed or false, for calls of which there is something to say."""
    said = {}
    for one in samples:
        facts = judge.analyze(one.heard if with_sound else one.call)
        fell = any(getattr(fact, "kind", "") == "sentiment_fall" for fact in facts)
        if fell or one.falls:
            said[one.call.id] = "found" if fell and one.falls else "false" if fell else "missed"
    return said


def _tally(falls: Mapping[str, str]) -> dict[str, int]:
    count = list(falls.values()).count
    return {"planted": count("found") + count("missed"), "found": count("found"), "false": count("false")}


def _manners(call: Call, chosen: set[int]) -> list[dict[str, Any]]:
    from pipeline.sentiment.voice import manners

    return [
        {"what": "shout missed" if id(m.turn) in chosen else "shout false", "call": call.id, "start": round(m.turn.start, 2),
         "true": id(m.turn) in chosen, "shouted": m.shouted, "raised": m.raised or 0.0, "louder": m.louder, "higher": m.higher}
        for m in manners(call)
    ]  # fmt: skip


def _auc(scored: Sequence[tuple[float, bool]]) -> float:
    """The chance that a raised turn scores above another one; nan without both."""
    high, low = [score for score, true in scored if true], [score for score, true in scored if not true]
    if not high or not low:
        return float("nan")
    return sum((a > b) + (a == b) / 2 for a in high for b in low) / (len(high) * len(low))
