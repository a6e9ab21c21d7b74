"""Whether a rule applies: yes, no, or not known.

Kleene's three values: a missing metadata field is "not known", never "no"; "not known" loses against a certain "no" in an
"and" and against a certain "yes" in an "or".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from rules.engine.absence import quiet_doubts
from rules.engine.certainty import role_doubt
from rules.engine.view import CallView
from rules.language.schema import Condition, MetadataValue, Said, Topic


@dataclass(frozen=True, slots=True)
class Answer:
    """``holds`` is None when it is not known; ``why`` names the facts."""

    holds: bool | None
    why: str = ""


def holds(condition: Condition, view: CallView, scope: str) -> Answer:
    """Whether ``condition`` holds for the call. ``scope`` names the rule, for its word lists and topics."""
    return _and(_parts(condition, view, scope))


def _parts(condition: Condition, view: CallView, scope: str) -> list[Answer]:
    answers = [_field(name, wanted, view) for name, wanted in condition.metadata.items()]
    lists = view.program.scopes[scope].lists
    answers += [_field(name, list(lists[key]), view) for name, key in condition.metadata_list.items()]
    answers += [
        Answer(_field(name, wanted, view).holds is True, f"{name} on file") for name, wanted in condition.known.items()
    ]
    answers += [_present(name, view) for name in condition.present]
    answers += [_topic(name, view, scope) for name in condition.topics]
    if condition.said is not None:
        answers.append(_said(condition.said, view))
    if condition.finding is not None:
        there = any(found.kind == condition.finding for found in view.call.found)
        answers.append(Answer(there, f"{condition.finding} {'was' if there else 'was not'} found"))
    answers += [_speaks(role, view) for role in condition.speaks]
    answers += [holds(part, view, scope) for part in condition.all]
    if condition.any:
        answers.append(_or([holds(part, view, scope) for part in condition.any]))
    if condition.not_ is not None:
        inner = holds(condition.not_, view, scope)
        answers.append(Answer(None if inner.holds is None else not inner.holds, inner.why))
    return answers


def _and(answers: list[Answer]) -> Answer:
    for value in (False, None):
        found = next((answer for answer in answers if answer.holds is value), None)
        if found is not None:
            return found
    return Answer(True, "; ".join(answer.why for answer in answers if answer.why))


def _or(answers: list[Answer]) -> Answer:
    for value in (True, None):
        found = next((answer for answer in answers if answer.holds is value), None)
        if found is not None:
            return found
    return Answer(False, "; ".join(dict.fromkeys(answer.why for answer in answers if answer.why)))


def _field(name: str, wanted: MetadataValue, view: CallView) -> Answer:
    value = view.call.metadata.get(name)
    if value is None:
        return Answer(None, f"the metadata does not say {name}")
    fits = _equal(value, wanted)
    return Answer(fits, f"{name} is {value}")


def _equal(value: Any, wanted: MetadataValue) -> bool:
    if isinstance(wanted, list):
        return any(_equal(value, item) for item in wanted)
    if isinstance(value, str) and isinstance(wanted, str):
        return value.strip().lower() == wanted.strip().lower()
    return bool(value == wanted)


def _present(name: str, view: CallView) -> Answer:
    value = view.call.metadata.get(name)
    there = value is not None and value != () and value != []
    return Answer(there, f"{name} is {'there' if there else 'not there'}")


def _said(said: Said, view: CallView) -> Answer:
    hits = view.hits(said)
    if any(hit.firm for hit in hits):
        return Answer(True, f'"{next(hit for hit in hits if hit.firm).evidence.quote}" was said')
    if hits:
        return Answer(None, f'"{hits[0].evidence.quote}" may have been said: {"; ".join(hits[0].doubts)}')
    doubts = quiet_doubts(view, said)
    return Answer(None, "; ".join(doubts)) if doubts else Answer(False, "nothing of the kind was said")


def _speaks(role: str, view: CallView) -> Answer:
    """Whether somebody of this role says a word; not known while it is not known who a speaker is."""
    doubts = [role_doubt(view.parties.get(stream.party), frozenset({role})) for stream in view.streams]
    if any(doubt is None for doubt in doubts):
        return Answer(True, f"the {role} is heard")
    sure = all(doubt is False for doubt in doubts)
    return Answer(False, f"no {role} is heard") if sure else Answer(None, f"whether the {role} is heard is not sure")


def _topic(name: str, view: CallView, scope: str) -> Answer:
    """The metadata decides where it is there; the words decide where it is not."""
    topic: Topic = view.program.topics[scope][name]
    for key, wanted in topic.metadata.items():
        if view.call.metadata.get(key) is not None:
            answer = _field(key, wanted, view)
            if answer.holds or topic.said is None or not topic.words_too:
                return answer
    if topic.finding is not None and any(found.kind == topic.finding for found in view.call.found):
        return Answer(True, f"{topic.finding} was found")
    if topic.said is None:
        return Answer(None, f"the metadata does not say whether this is about {name}")
    answer = _said(topic.said, view)
    return answer if answer.holds is not False else Answer(False, f"nothing in this call is about {name}")


def conditions_of(model: BaseModel) -> Iterator[Condition]:
    """Every condition inside a model, nested ones too."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Condition):
                yield item
            if isinstance(item, BaseModel) and not isinstance(item, Said):
                yield from conditions_of(item)
