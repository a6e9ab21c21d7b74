"""A scorecard being changed: plain values that may still have faults, steps that change them, and the file they become.

The file is written in one way only, so that equal cards are equal text and differ where they differ.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from pipeline.quality.errors import CardError
from pipeline.quality.scorecards import SCALES, Card

Body = dict[str, Any]
PLAIN = re.compile(r"[a-z][a-z0-9_]*\Z")
WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))  # what some reader takes for no word
ORDER = (
    "id", "value", "title", "about", "owner", "applies", "queues", "types", "directions", "packs", "topics",
    "bands", "pass", "coach", "fatal_score",
    "ask", "help", "answers", "earns", "weight",
    "not_applicable", "fatal", "compliance", "when", "question", "is", "machine", "rules", "mode", "passes", "fails", "sections",
    "questions",
)  # fmt: skip
FRESH_QUESTION: Mapping[str, Any] = {"ask": "New question", "answers": "yes_no", "weight": 0}
MOST_QUESTIONS, MOST_SECTIONS = 100, 30
EMPTY: Mapping[str, Any] = {
    "title": "New scorecard", "about": "Say what kind of call it is for.", "owner": "quality",
    "sections": [{"id": "section", "title": "First section", "questions": [
        {"id": "question", "ask": "Was the customer helped?", "answers": "yes_no", "weight": 100}
    ]}],
}  # fmt: skip


def body_of(card: Card) -> Body:
    """The card as plain values, without what it only has by default."""
    body: Body = card.body.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return body


def as_text(body: Mapping[str, Any]) -> str:
    """The card's file; reading it gives the same card."""
    return "\n".join(_lines(body, 0)) + "\n"


def step(body: Body, what: str) -> Body:
    """The body after one step: ``add-question:0``, ``up:0.3``, ``down:0.3``, ``remove:0.3``, ``copy:0.3``, ``add-section``,
    ``up:1``, ``down:1``, ``remove:1``, ``add-answer:0.3``, ``remove-answer:0.3.1``. Raises CardError for what is none."""
    after, (name, _, place) = deepcopy(body), what.partition(":")
    try:
        at = [int(part) for part in place.split(".")] if place else []
        if min(at, default=0) < 0:
            raise IndexError(place)
        _STEPS[name, len(at)](after["sections"], *at)
    except (KeyError, ValueError, IndexError, TypeError) as error:
        raise CardError(f'there is no step "{what[:40]}"', file="editor", line=1) from error
    return after


def _add_section(sections: list[Body]) -> None:
    if len(sections) < MOST_SECTIONS:
        identity = _free("section", [section["id"] for section in sections])
        sections.append({"id": identity, "title": "New section", "questions": [_fresh(sections)]})


def _add_question(sections: list[Body], s: int) -> None:
    if sum(len(section["questions"]) for section in sections) < MOST_QUESTIONS:
        sections[s]["questions"].append(_fresh(sections))


def _copy_question(sections: list[Body], s: int, q: int) -> None:
    if sum(len(section["questions"]) for section in sections) < MOST_QUESTIONS:
        twin = deepcopy(sections[s]["questions"][q]) | {"id": _fresh(sections)["id"]}
        sections[s]["questions"].insert(q + 1, twin)


def _remove_question(sections: list[Body], s: int, q: int) -> None:
    del sections[s]["questions"][q]


def _move_question(by: int, sections: list[Body], s: int, q: int) -> None:
    """One place up or down; from the edge of a section into the next one."""
    here, question = sections[s]["questions"], sections[s]["questions"][q]
    if 0 <= q + by < len(here):
        here[q], here[q + by] = here[q + by], here[q]
    elif 0 <= s + by < len(sections):
        del here[q]
        there = sections[s + by]["questions"]
        there.insert(0 if by > 0 else len(there), question)


def _move_section(by: int, sections: list[Body], s: int) -> None:
    if 0 <= s + by < len(sections):
        sections[s], sections[s + by] = sections[s + by], sections[s]


def _remove_section(sections: list[Body], s: int) -> None:
    del sections[s]


def _add_answer(sections: list[Body], s: int, q: int) -> None:
    question = sections[s]["questions"][q]
    rows = own_answers(question["answers"])
    value = _free("answer", [row["value"] for row in rows])
    question["answers"] = [*rows, {"value": value, "title": "New answer", "earns": 0}]


def _remove_answer(sections: list[Body], s: int, q: int, n: int) -> None:
    question = sections[s]["questions"][q]
    rows = own_answers(question["answers"])
    gone = rows.pop(n)
    question["answers"] = rows
    question["fatal"] = [value for value in question.get("fatal", []) if value != gone["value"]]


_STEPS: Mapping[tuple[str, int], Any] = {
    ("add-section", 0): _add_section, ("add-question", 1): _add_question, ("copy", 2): _copy_question,
    ("remove", 2): _remove_question, ("remove", 1): _remove_section, ("add-answer", 2): _add_answer,
    ("remove-answer", 3): _remove_answer, ("up", 1): lambda *at: _move_section(-1, *at),
    ("down", 1): lambda *at: _move_section(1, *at), ("up", 2): lambda *at: _move_question(-1, *at),
    ("down", 2): lambda *at: _move_question(1, *at),
}  # fmt: skip


def own_answers(answers: str | Sequence[Mapping[str, Any]]) -> list[Body]:
    """The answers as rows of their own, also where they are a scale with a name."""
    if isinstance(answers, str):
        return [option.model_dump() for option in SCALES.get(answers, ())]
    return [dict(row) for row in answers]


def named_after(words: str, taken: Sequence[str], otherwise: str) -> str:
    """An id out of what stands in a title: lower case, figures, ``_``; never one that is taken."""
    return _free(re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_0123456789")[:40] or otherwise, taken)


def changes(before: Card, after: Card) -> list[str]:
    """What differs between two versions, a sentence each."""
    return list(_changes(before, after))


def _changes(before: Card, after: Card) -> Iterator[str]:
    whole = [card.body.model_dump(by_alias=True, exclude={"sections", "bands", "id"}) for card in (before, after)]
    for name in whole[0]:
        was, now = whole[0][name], whole[1][name]
        if was != now:
            yield f"{name.replace('_', ' ').capitalize()}: {_shown(was)} → {_shown(now)}."
    for name, says in (("passes", "Good from"), ("coach", "Flagged below")):
        was, now = getattr(before.body.bands, name), getattr(after.body.bands, name)
        if was != now:
            yield f"{says}: {was:g} → {now:g} points."
    for question in before.questions:
        if question.id not in after.by_id:
            yield f"Question taken away: “{question.ask}”."
    for question in after.questions:
        if question.id not in before.by_id:
            yield f"New question: “{question.ask}” ({question.weight:g})."
    yield from _moved(before, after)
    for question in after.questions:
        if old := before.by_id.get(question.id):
            was, now = old.model_dump(by_alias=True), question.model_dump(by_alias=True)
            for name in was:
                if was[name] != now[name]:
                    yield f"“{question.ask}”, {name.replace('_', ' ')}: {_shown(was[name])} → {_shown(now[name])}."


def _moved(before: Card, after: Card) -> Iterator[str]:
    """Questions that stand under another section, and whether the order is another one."""
    where = {q.id: section.title for section in before.body.sections for q in section.questions}
    for section in after.body.sections:
        for question in section.questions:
            if where.get(question.id, section.title) != section.title:
                yield f"“{question.ask}” stands under “{section.title}” now, before under “{where[question.id]}”."
    orders = [[q.id for q in card.questions if q.id in both.by_id] for card, both in ((before, after), (after, before))]
    if orders[0] != orders[1]:
        yield "The questions stand in another order."


def _shown(value: Any) -> str:
    if value in (None, "", [], False):
        return "nothing" if value is not False else "no"
    if value is True:
        return "yes"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(one)}" for name, one in value.items() if one not in (None, [], ""))
    if isinstance(value, list):
        return ", ".join(_shown(one) for one in value)
    return f"{value:g}" if isinstance(value, float | int) else str(value)


def _fresh(sections: Sequence[Body]) -> Body:
    taken = [question["id"] for section in sections for question in section["questions"]]
    return {"id": _free("question", taken), **FRESH_QUESTION}


def _free(name: str, taken: Sequence[str]) -> str:
    names = (name if n == 1 else f"{name}_{n}" for n in range(1, len(taken) + 2))
    return next(one for one in names if one not in taken)


def _lines(value: Any, depth: int) -> Iterator[str]:
    """Block style; a list of plain values stands in one line."""
    for name, one in sorted(value.items(), key=lambda item: ORDER.index(item[0]) if item[0] in ORDER else len(ORDER)):
        if isinstance(one, dict) and one:
            yield f"{'  ' * depth}{name}:"
            yield from _lines(one, depth + 1)
        elif isinstance(one, list) and one and isinstance(one[0], dict):
            yield f"{'  ' * depth}{name}:"
            for item in one:
                first, *rest = _lines(item, depth + 2)
                yield f"{'  ' * (depth + 1)}- {first.lstrip()}"
                yield from rest
        elif one is not None:
            yield f"{'  ' * depth}{name}: {_scalar(one)}"


def _scalar(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_scalar(one) for one in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:.10g}"
    text = str(value)
    if PLAIN.match(text) and text not in WORDS:
        return text
    return re.sub(
        r"[\x7f-\x9f\u2028\u2029\ufeff]", lambda m: f"\\u{ord(m[0]):04x}", json.dumps(text, ensure_ascii=False)
    )
