"""A query as a tree that both back ends compile: what must be said, what is known of the call, and how that is joined.

The tree is complete: back ends neither split nor stem nor guess. Seconds count from the start or to the end of the call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.records import Role

Form = Literal["stem", "word", "prefix"]


@dataclass(frozen=True, slots=True)
class Term:
    """One word asked for: any of ``values`` in that ``form``. ``typed`` is what stood in the query, ``at`` where."""

    form: Form
    values: tuple[str, ...]
    typed: str
    at: int = 0
    alike: bool = False  # look for neighbours too, whether or not the word itself is known


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words one after the other within one turn, in the form they were typed (``word``) or as stems (``stem``)."""

    form: Literal["word", "stem"]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """Both within one turn, in any order, with at most ``gap`` words between them; compared as stems."""

    left: Term | Phrase
    right: Term | Phrase
    gap: int


@dataclass(frozen=True, slots=True)
class Said:
    """Something said in one turn, by one of ``roles`` (none: by anyone), in the first or last seconds of the call.

    ``what`` None: the role speaks at all.
    """

    what: Term | Phrase | Near | None
    roles: tuple[Role, ...] = ()
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A field of the call is one of ``values``; with ``prefix`` it begins with one of them. Compared without case."""

    field: str
    values: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Between:
    """A number about the call: ``low`` <= field <= ``high``; None is open, ``strict`` leaves the ends themselves out."""

    field: str
    low: float | None
    high: float | None
    strict_low: bool = False
    strict_high: bool = False


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; without parts everything does."""

    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Any_:
    """At least one part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The part does not hold."""

    part: Node


Node = Said | Known | Between | All | Any_ | Without


def said(node: Node, *, wanted_only: bool = False) -> Iterator[Said]:
    """Every `Said` in reading order; with ``wanted_only`` not those under a NOT."""
    match node:
        case Said():
            yield node
        case All(parts) | Any_(parts):
            for part in parts:
                yield from said(part, wanted_only=wanted_only)
        case Without(part) if not wanted_only:
            yield from said(part)


def mapped(node: Node, change: Callable[[Said], Node]) -> Node:
    """The tree with every `Said` replaced."""
    match node:
        case Said():
            return change(node)
        case All(parts):
            return All(tuple(mapped(part, change) for part in parts))
        case Any_(parts):
            return Any_(tuple(mapped(part, change) for part in parts))
        case Without(part):
            return Without(mapped(part, change))
        case _:
            return node


def terms_of(one: Said) -> tuple[Term | Phrase, ...]:
    """The words of a `Said`, left to right."""
    match one.what:
        case None:
            return ()
        case Near(left, right):
            return left, right
        case other:
            return (other,)


def with_terms(one: Said, change: Callable[[Term], Term]) -> Said:
    """``one`` with each of its single words replaced."""

    def changed(part: Term | Phrase) -> Term | Phrase:
        return change(part) if isinstance(part, Term) else part

    match one.what:
        case Term() as term:
            return replace(one, what=change(term))
        case Near(left, right, gap):
            near = _apart(changed(left), right)
            return replace(one, what=Near(near, _apart(changed(right), near), gap))
        case _:
            return one


def _apart(side: Term | Phrase, other: Term | Phrase) -> Term | Phrase:
    """``side`` without words of the other side: nothing is near itself."""
    kept = tuple(value for value in side.values if value not in other.values)
    return replace(side, values=kept) if isinstance(side, Term) else side
