"""`callsift eval summary`: does a summary say what the call came to, and nothing that was not said?

Without a manifest: scripted calls with a known reason, deed, promise and end, from a fixed seed. ``linked`` are sentences that
stand word by word in the turn they name, at its second; ``reason``, ``done``, ``promise`` and ``tone`` the share of calls whose
sentence of that part is the planted one, ``due`` the share of promises with a day whose day is right;
``refusal_quiet`` the share of calls in which a refusal that names a day is not told as a promise. For the summaries that a
model writes (setting summary_model), sentences that were changed in a number or denied are held against the words:
``invented_refused`` are those that are left out, ``true_kept`` the unchanged ones that stay.

A manifest object is {"id", "turns", "reason"?} where ``reason`` is what a person, or another machine, says the call was about:
``reason_words`` is the share of its content words found in the quoted reason, ``covered`` by part the share of dialogues that
have a sentence of it. With a data folder: the calls of contact_center_outcomes (six, labelled by a machine) and the others
with two sides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import BadDataset
from pipeline.evals._agreed import Agreed, agreed
from pipeline.measuring.dialogues import call_of, in_folder, turns_in, write_manifest
from pipeline.measuring.evaluation import EvalOptions, Report, bootstrap, read_manifest
from pipeline.measuring.goals import Goal
from pipeline.measuring.labels import share
from pipeline.records import Call
from pipeline.summary import Sentence, summary_of
from pipeline.summary.extract import PARTS
from pipeline.summary.faithful import SMALL, borne_out
from pipeline.topics.saying import stem

PLANTED = 200
WORST = 20
GOALS = (Goal("linked", 1.0), *(Goal(part, 0.9, data="own") for part in ("reason", "done", "promise", "due", "tone", "refusal_quiet")),
         Goal("invented_refused", 0.95, data="own"))  # fmt: skip
QUICK = 60
TWO_SIDES = ("contact_center_outcomes", "tts_service_calls", "fake_vcon_calls", "debt_collection", "scam_multi_agent")


@dataclass(frozen=True, slots=True)
class Item:
    """One call: sentences and linked ones, and for each question whether it was answered rightly (None: not asked)."""

    id: str
    sentences: int
    linked: int
    right: Mapping[str, float | None]
    said: str


def evaluate(data: Path | None, options: EvalOptions) -> Report:
    """Figures as above; ``linked`` over sentences, the others over calls."""
    if data is None:
        known = list(agreed(3, PLANTED))[: options.limit]
        items = [_planted(one) for one in known]
    else:
        items = [_labelled(row, data) for row in list(read_manifest(data, ("id", "turns")))[: options.limit]]
    if not items:
        raise BadDataset(f"{data}: holds nothing to measure on.")
    options.progress(len(items), len(items), "")
    questions = list(dict.fromkeys(question for item in items for question in item.right))
    figure: dict[str, Any] = {"linked": linked(items), **{q: _share(items, q) for q in questions}}
    if data is None:
        figure |= _written([one.call for one in known])
    interval = {question: bootstrap(items, _asking(question)) for question in questions}
    wrong = [item for item in items if any(value is not None and value < 0.5 for value in item.right.values())]
    worst = [
        {
            "id": i.id,
            "wrong": ", ".join(q for q, value in i.right.items() if value is not None and value < 0.5),
            "got": i.said,
        }
        for i in wrong[:WORST]
    ]
    return Report("summary", str(data or "scripted calls with a known end"), len(items), figure, interval, worst,
                  {"summary": "extractive", "sentences": sum(item.sentences for item in items)})  # fmt: skip


def shared(root: Path, scratch: Path) -> Iterator[tuple[str, Path]]:
    made = write_manifest(scratch / "reasons.jsonl", _with_reasons(root))
    if made:
        yield "contact_center_outcomes, machine labels", made
    made = write_manifest(scratch / "dialogues.jsonl", _two_sides(root))
    if made:
        yield "dialogues of two sides", made


def linked(items: Sequence[Item]) -> float:
    sentences = sum(item.sentences for item in items)
    return sum(item.linked for item in items) / sentences if sentences else float("nan")


def _share(items: Sequence[Item], question: str) -> float:
    return share(item.right.get(question) for item in items)


def _asking(question: str) -> Callable[[Sequence[Item]], float]:
    return lambda items: _share(items, question)


def _planted(one: Agreed) -> Item:
    said = summary_of(one.call)
    quotes = {part: [s for s in said if s.part == part] for part in PARTS}
    promise = next((s for s in quotes["promise"] if s.quote in one.promise or one.promise in s.quote), None)
    right: dict[str, float | None] = {
        "reason": _quoted(quotes["reason"], one.reason), "done": _quoted(quotes["done"], one.done), "promise": float(promise is not None),
        "due": float(promise is not None and promise.due == one.due) if one.due else None,
        "tone": float(any(s.tone == one.tone for s in quotes["outcome"])),
        "refusal_quiet": float(not any(s.quote in one.refusal for s in quotes["promise"])),
    }  # fmt: skip
    return _item(one.call, said, right)


def _quoted(sentences: Sequence[Sentence], planted: str) -> float:
    """1 where a sentence is the planted one or most of it."""
    return float(any(len(_stems(s.quote) & _stems(planted)) >= 0.6 * len(_stems(planted)) for s in sentences))


def _labelled(row: Mapping[str, Any], data: Path) -> Item:
    call = call_of(row, data)
    said = summary_of(call)
    right: dict[str, float | None] = {f"has_{part}": float(any(s.part == part for s in said)) for part in PARTS}
    wanted = _stems(str(row.get("reason", "")))
    if wanted:
        found = {stem for s in said if s.part == "reason" for stem in _stems(s.quote)}
        right["reason_words"] = len(wanted & found) / len(wanted)
    return _item(call, said, right)


def _item(call: Call, said: Sequence[Sentence], right: Mapping[str, float | None]) -> Item:
    text = "; ".join(f"{s.part}: {s.quote}" for s in said)
    return Item(call.id, len(said), sum(_linked(s, call) for s in said), right, text)


def _linked(sentence: Sentence, call: Call) -> bool:
    """The quote stands in a turn of the call, at the second that is told."""
    evidence = sentence.evidence()
    spoken = [w for turn in call.turns if turn.party == evidence.party for w in turn.words]
    inside = [w.text for w in spoken if evidence.start <= w.start and w.end <= evidence.end]
    return " ".join(inside) == sentence.quote


def _written(calls: Sequence[Call]) -> dict[str, float]:
    """Sentences as a model might write them: what the turns bear out stays, what was changed goes."""
    kept, refused, asked = 0, 0, 0
    for call in calls:
        for turn in call.turns:
            if len(_stems(turn.text)) < 4:
                continue
            asked += 1
            kept += bool(borne_out(f"{turn.text}.", call)[0])
            refused += not borne_out(f"{_changed(turn.text)}.", call)[0]
    return {"true_kept": kept / asked, "invented_refused": refused / asked} if asked else {}


def _changed(text: str) -> str:
    """The sentence with a number that nobody said, or denied where it was not."""
    denied = re.sub(r"\b(is|are|was|have|has|will|can|would)\b", r"\1 not", text, count=1)
    if denied == text or len(text) % 2 or re.search(r"\b(?:not|never|no|\w+n't)\b", text):
        return f"{text} for seven hundred dollars"
    return denied


def _stems(text: str) -> set[str]:
    return {stem(word) for word in re.findall(r"[a-z']+", text.lower()) if word not in SMALL}


def _with_reasons(root: Path) -> Iterator[dict[str, Any]]:
    for row in in_folder(root, "contact_center_outcomes"):
        yield {"id": row["id"], "turns": turns_in(row), "reason": row["complaint"]}


def _two_sides(root: Path) -> Iterator[dict[str, Any]]:
    for name in TWO_SIDES:
        for number, row in enumerate(in_folder(root, name)):
            yield {"id": f"{name}-{row.get('id', number)}", "turns": turns_in(row)}
