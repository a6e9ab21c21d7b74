"""A scorecard as the form of its editor: plain values become fields with their faults beside them, a sent form plain values.

Fields are named by their place: ``s0.q3.weight`` is the weight of the fourth question of the first section.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from pipeline.quality.drafting import FRESH_QUESTION, Body, named_after, own_answers
from pipeline.quality.scorecards import NA, Place

SCALE_NAMES: Mapping[str, str] = {
    "yes_no": "Yes, No", "yes_partly_no": "Yes, Partly, No", "done_missing": "Done, Missing",
    "zero_to_four": "Always … Not at all", "own": "answers of its own",
}  # fmt: skip
OWN = "own"
FIELD_OF = {"not_applicable": "na", "machine": "rules"}  # where a fault of a key stands in the form
AUTO = re.compile(r"question(_\d+)?\Z")  # an id nobody chose
APPLIES = ("queues", "types", "directions", "packs", "topics")  # what tells which calls a card is made for
PASS, COACH = 85, 70  # what the bands are where a card says nothing


class Form(Protocol):
    """What was sent."""

    def get(self, name: str, default: str = "") -> str: ...

    def getlist(self, name: str) -> list[str]: ...

    def __contains__(self, name: object) -> bool: ...


def fields(body: Mapping[str, Any], faults: Iterable[tuple[Place, str]]) -> dict[str, Any]:
    """What the template of the editor draws."""
    said: dict[str, str] = {}
    for path, message in faults:
        said.setdefault(_name(path), message[:1].upper() + message[1:])
    bands = body.get("bands", {})
    top = {"title": body.get("title", ""), "about": body.get("about", ""), "owner": body.get("owner", ""),
           "pass": _number_text(bands.get("pass", PASS)), "coach": _number_text(bands.get("coach", COACH)),
           "fatal_score": _number_text(body.get("fatal_score", 0))}  # fmt: skip
    top |= {f"applies_{name}": ", ".join(body.get("applies", {}).get(name, ())) for name in APPLIES}
    earlier: list[Mapping[str, Any]] = []
    sections, number = [], 0
    for s, section in enumerate(body["sections"]):
        rows = []
        for q, question in enumerate(section["questions"]):
            number += 1
            rows.append(_question(f"s{s}.q{q}", f"{s}.{q}", number, question, list(earlier), said))
            earlier.append(question)
        sections.append({"name": f"s{s}", "at": str(s), "id": section["id"], "title": section["title"], "questions": rows,
                         "fault": said.get(f"s{s}.title", "") or said.get(f"s{s}", "")})  # fmt: skip
    weights = [question.get("weight") for section in body["sections"] for question in section["questions"]]
    total = sum(weight for weight in weights if isinstance(weight, int | float))
    return {"top": top, "sections": sections, "faults": said, "total": _number_text(total), "count": len(said)}


def body_from(form: Form) -> Body:
    """The card of a sent form, with whatever faults it has; only what differs from what it is by itself."""
    body: Body = {"title": _text(form, "title"), "about": _text(form, "about"), "owner": _text(form, "owner")}
    bands = {"pass": _number(form.get("pass", "")), "coach": _number(form.get("coach", ""))}
    if bands != {"pass": PASS, "coach": COACH}:
        body["bands"] = bands
    if (most := _number(form.get("fatal_score", ""))) != 0:
        body["fatal_score"] = most
    applies = {name: values for name in APPLIES if (values := _listed(form.get(f"applies.{name}", "")))}
    if applies:
        body["applies"] = applies
    sections: list[Body] = []
    taken = _ids(form)
    renamed: dict[str, str] = {}
    while (name := f"s{len(sections)}") + ".id" in form:
        questions: list[Body] = []
        while (here := f"{name}.q{len(questions)}") + ".id" in form:
            questions.append(_question_from(form, here, taken, renamed))
        sections.append(
            {"id": _text(form, f"{name}.id"), "title": _text(form, f"{name}.title"), "questions": questions}
        )
    body["sections"] = sections
    _settle(sections, renamed)
    return body


def _listed(text: str) -> list[str]:
    """What stands between commas."""
    return [one for part in text.split(",") if (one := part.strip())]


def _question(
    name: str, at: str, number: int, question: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]], said: Mapping[str, str]
) -> dict[str, Any]:  # fmt: skip
    answers = question.get("answers", "yes_no")
    options, machine, when = own_answers(answers), question.get("machine") or {}, question.get("when") or {}
    asked = next((one for one in earlier if one["id"] == when.get("question")), None)
    faults = {key.removeprefix(f"{name}."): text for key, text in said.items() if key.startswith(f"{name}.")}
    return {
        "name": name, "at": at, "number": number, "id": question["id"], "ask": question.get("ask", ""),
        "help": question.get("help", ""), "scale": answers if isinstance(answers, str) else OWN,
        "options": [
            {"n": n, "value": one["value"], "title": one["title"], "earns": _percent(one.get("earns", 0)),
             "fatal": one["value"] in question.get("fatal", [])}
            for n, one in enumerate(options)
        ],
        "weight": _number_text(question.get("weight", 0)), "na": question.get("not_applicable") or "",
        "compliance": bool(question.get("compliance")), "rules": ", ".join(map(str, machine.get("rules", []))),
        "mode": machine.get("mode", "suggests"), "passes": machine.get("passes") or "", "fails": machine.get("fails") or "",
        "when": when.get("question", ""), "is": list(when.get("is", [])), "earlier": [(one["id"], one.get("ask", "")) for one in earlier],
        "asked": [] if asked is None else _values(asked), "faults": faults,
    }  # fmt: skip


def _question_from(form: Form, name: str, taken: list[str], renamed: dict[str, str]) -> Body:
    """One question. An id nobody chose becomes one that says what is asked."""
    identity, ask = _text(form, f"{name}.id"), _text(form, f"{name}.ask")
    if AUTO.match(identity) and ask not in ("", FRESH_QUESTION["ask"]):
        others = [one for one in taken if one != identity]
        renamed[identity] = identity = named_after(ask, [*others, NA], "question")
        taken.append(identity)
    question: Body = {
        "id": identity,
        "ask": ask,
        "answers": _answers(form, name),
        "weight": _number(form.get(f"{name}.weight", "")),
    }
    values = [str(one["value"]) for one in own_answers(question["answers"])]
    optional = {
        "help": _text(form, f"{name}.help"), "not_applicable": _text(form, f"{name}.na"), "compliance": f"{name}.compliance" in form,
        "fatal": [value for value in form.getlist(f"{name}.fatal") if value in values],
        "when": _when(form, name), "machine": _machine(form, name, values),
    }  # fmt: skip
    return question | {key: value for key, value in optional.items() if value}


def _answers(form: Form, name: str) -> str | list[Body]:
    """The scale, or own answers: those of the form, else those of the scale it had until now."""
    scale = form.get(f"{name}.answers", "")
    if scale != OWN:
        return scale
    rows: list[Body] = []
    while (here := f"{name}.o{len(rows)}") + ".value" in form:
        row = {
            "value": _text(form, f"{here}.value"),
            "title": _text(form, f"{here}.title"),
            "earns": _share(form.get(f"{here}.earns", "")),
        }
        if re.fullmatch(r"answer(_\d+)?", str(row["value"])) and row["title"] not in ("", "New answer"):
            row["value"] = named_after(str(row["title"]), [NA, *(str(one["value"]) for one in rows)], "answer")
        rows.append(row)
    return rows or own_answers(form.get(f"{name}.was", ""))


def _when(form: Form, name: str) -> Body | None:
    asked = _text(form, f"{name}.when")
    return {"question": asked, "is": form.getlist(f"{name}.is")} if asked else None


def _machine(form: Form, name: str, values: Sequence[str]) -> Body | None:
    rules = [one for one in re.split(r"[\s,;]+", _text(form, f"{name}.rules")) if one]
    if not rules:
        return None
    found: Body = {"rules": rules}
    if form.get(f"{name}.mode", "") == "decides":
        found["mode"] = "decides"
    for key in ("passes", "fails"):
        if (value := form.get(f"{name}.{key}", "")) in values:
            found[key] = value
    return found


def _settle(sections: Sequence[Body], renamed: Mapping[str, str]) -> None:
    """Conditions follow a question to its new id, and name an answer that it has."""
    earlier: dict[str, Body] = {}
    for section in sections:
        for question in section["questions"]:
            if when := question.get("when"):
                when["question"] = renamed.get(when["question"], when["question"])
                if asked := earlier.get(when["question"]):
                    values = [value for value, _title in _values(asked)]
                    when["is"] = [value for value in when["is"] if value in values] or values[:1]
            earlier[question["id"]] = question


def _values(question: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Answers of a question, with N/A where it may not apply."""
    own = [(str(one["value"]), str(one["title"])) for one in own_answers(question.get("answers", ""))]
    return [*own, (NA, "N/A")] if question.get("not_applicable") else own


def _ids(form: Form) -> list[str]:
    found, s = [], 0
    while f"s{s}.id" in form:
        q = 0
        while (name := f"s{s}.q{q}.id") in form:
            found.append(_text(form, name))
            q += 1
        s += 1
    return found


def _name(path: Place) -> str:
    """The field a fault stands at."""
    match path:
        case ("sections", int(s), "questions", int(q), *rest):
            last = str(rest[0]) if rest else "ask"
            return f"s{s}.q{q}.{FIELD_OF.get(last, last)}"
        case ("sections", int(s), *rest):
            return f"s{s}.{rest[0]}" if rest and rest[0] in ("title", "id") else f"s{s}"
        case ("applies", str(name), *_):
            return f"applies.{name}"
        case ("bands", *_):
            return "coach"
        case (str(first), *_):
            return first
    return "sections"


def _text(form: Form, name: str) -> str:
    return " ".join(form.get(name, "").split())


def _number(text: str) -> float | int | str:
    """A number as it was typed; text that is none stays, so that its fault stands at its field."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return text.strip()[:40]
    if not math.isfinite(value):
        return text.strip()[:40]
    return int(value) if value.is_integer() else value


def _share(text: str) -> float | int | str:
    value = _number(text.replace("%", ""))
    return value if isinstance(value, str) else round(value / 100, 6)


def _percent(share: Any) -> str:
    return _number_text(round(100 * share, 4)) if isinstance(share, int | float) else str(share)


def _number_text(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, int | float) else str(value)
