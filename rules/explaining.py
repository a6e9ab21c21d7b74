"""A rule in sentences: what it asks, of whom, when, on whose authority, and what it is known to miss.

Written from the typed rule, so it can never say something else than what the engine does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any

from pydantic import BaseModel

from rules.examples import ROLES
from rules.language.files import Rule
from rules.language.schema import Condition, Example, RuleBase, Said

MOST_PHRASES = 8
STATUS = {
    "read": "the text of the source was read",
    "secondary": "known from what others write about the source; read the source before you rely on it",
    "unchecked": "general knowledge, not checked against a source: off for reports and mails",
}
_GROUPS = {
    "fires": "It fires on", "quiet": "It stays quiet on", "passes": "It passes", "not_applicable": "It does not apply to",
    "unsure": "It is unsure about", "ordinary": "It and all other rules stay quiet on",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading and its lines."""

    heading: str
    lines: tuple[str, ...]


def explained(rule: Rule) -> list[Chapter]:
    """All that a reader needs, in the order of reading."""
    body = rule.body
    asks = tuple(_lines(_parts(body)))
    chapters = [
        Chapter("What it asks", (cleandoc(type(rule.kind).__doc__ or ""), *asks)),
        Chapter("When it applies", tuple(_condition(body.applies_when)) if body.applies_when else ("to every call",)),
        Chapter(
            "Where it is from",
            (
                f"{body.source} ({body.jurisdiction}), as of {body.as_of}",
                f"{body.source_status}: {STATUS[body.source_status]}",
            ),
        ),
        Chapter("Why it matters", (body.why,)),
        Chapter("What it misses", (body.misses,)),
    ]
    return chapters + [Chapter(heading, shown) for heading, shown in _examples(rule) if shown]


def _parts(body: RuleBase) -> dict[str, Any]:
    """The fields of its kind, without what every rule carries."""
    return {
        name: value
        for name in type(body).model_fields
        if name not in RuleBase.model_fields and (value := getattr(body, name)) not in (None, False, [], {})
    }


def _lines(parts: Mapping[str, Any]) -> Iterator[str]:
    for name, value in parts.items():
        yield from _one(name.replace("_", " "), value)


def _one(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, Said):
        first, *others = _said(value)
        yield f"{name}: {first}"
        yield from (f"  {line}" for line in others)
    elif isinstance(value, Condition):
        yield from (f"{name}: {line}" for line in _condition(value))
    elif isinstance(value, BaseModel):
        yield f"{name}:"
        inner = {key: getattr(value, key) for key in type(value).model_fields}
        yield from (f"  {line}" for line in _lines({k: v for k, v in inner.items() if v not in (None, False, [], {})}))
    elif isinstance(value, list | tuple) and any(isinstance(item, BaseModel) for item in value):
        for at, item in enumerate(value, 1):
            yield from _one(f"{name} {at}", item)
    else:
        yield f"{name}: {', '.join(map(str, value)) if isinstance(value, list | tuple) else value}"


def _said(said: Said) -> Iterator[str]:
    """Who must say what, when and in what way; the first line names who."""
    yield f"{_who(said)} says {_what(said)}"
    for label, phrases in (("one of", said.any_of), (f"all within {said.near_words} words of", said.all_of),
                           (f"with one of these within {said.near_words} words", said.near),
                           ("unless one of these is said in the same turn", said.unless)):  # fmt: skip
        if phrases:
            yield f"{label}: {_quoted(phrases)}"
    if said.means is not None:
        yield f"or by meaning (at least {said.means.at_least:.2f} alike): {_quoted(said.means.sentences)}"
    yield from _when(said)
    yield from _manner(said)


def _who(said: Said) -> str:
    roles = [said.role] if isinstance(said.role, str) else said.role
    if "any" in roles or set(roles) >= set(ROLES):
        return "anybody"
    return " or ".join("the system" if role == "ivr" else f"the {role.replace('_', ' ')}" for role in roles)


def _what(said: Said) -> str:
    named = [f'"{name}" (a named event)' for name in said.events]
    if said.type is not None:
        digits = f" of {said.digits[0]} to {said.digits[1]} digits" if said.digits else ""
        luhn = "" if said.luhn is None else f", Luhn {'true' if said.luhn else 'false'}"
        named.append(f"a {said.type}{digits}{luhn}")
    named += [f"something that matches /{text}/" for text in said.regex]
    often = f" at least {said.at_least} times" if said.at_least > 1 else ""
    return (" or ".join(named) or "this") + often


def _when(said: Said) -> Iterator[str]:
    for value, text in ((said.first_seconds, "within the first {:g} s of speech"), (said.last_seconds, "within the last {:g} s"),
                        (said.first_turns, "within the first {} turns of that party"),
                        (said.last_turns, "within the last {} turns of that party")):  # fmt: skip
        if value is not None:
            yield text.format(value)
    for other, text in ((said.before, "before"), (said.after, "after"), (said.soon_after, "as an answer to")):
        if other is not None:
            inner = list(_said(other))
            yield f"{text}: {'; '.join(inner)}"


def _manner(said: Said) -> Iterator[str]:
    if said.negated == "skip":
        yield "not counted when it is denied"
    elif said.negated == "only":
        yield "counted only when it is denied"
    if said.form != "any":
        yield f"counted only as a {said.form}"
    if said.hypothetical == "skip":
        yield "not counted behind an if"
    if said.reported == "skip":
        yield "not counted when it is told of somebody else"


def _condition(condition: Condition) -> Iterator[str]:
    for name, wanted in {**condition.metadata, **condition.known}.items():
        yield f"{name.replace('_', ' ')} is {' or '.join(map(str, wanted)) if isinstance(wanted, list) else wanted}"
    for name, listed in condition.metadata_list.items():
        yield f"{name.replace('_', ' ')} is in the list {listed}"
    yield from (f"{name.replace('_', ' ')} is known" for name in condition.present)
    yield from (f"the call is about {name.replace('_', ' ')}" for name in condition.topics)
    if condition.said is not None:
        yield "; ".join(_said(condition.said))
    if condition.finding is not None:
        yield f"{condition.finding.replace('_', ' ')} was found"
    yield from (f"the {role} speaks" for role in condition.speaks)
    for part in condition.all:
        yield from _condition(part)
    if condition.any:
        yield " or ".join(f"({' and '.join(_condition(part))})" for part in condition.any)
    if condition.not_ is not None:
        yield f"not ({' and '.join(_condition(condition.not_))})"


def _examples(rule: Rule) -> Iterator[tuple[str, tuple[str, ...]]]:
    for group, heading in _GROUPS.items():
        yield heading, tuple(_shown(example) for example in getattr(rule.body.examples, group))


def _shown(example: str | Example) -> str:
    if isinstance(example, str):
        return _dialogue(example)
    known = ", ".join(f"{name} {value}" for name, value in example.call.items())
    before = f"{len(example.contacts or ())} contacts and {len(example.earlier)} calls before" if (
        example.contacts or example.earlier
    ) else ""  # fmt: skip
    return " | ".join(part for part in (_dialogue(example.text), known, before) if part)


def _dialogue(text: str) -> str:
    return " / ".join(line.strip() for line in text.strip().splitlines() if line.strip())


def _quoted(phrases: list[str]) -> str:
    shown = ", ".join(f'"{phrase}"' for phrase in phrases[:MOST_PHRASES])
    return shown + (f" and {len(phrases) - MOST_PHRASES} more" if len(phrases) > MOST_PHRASES else "")
