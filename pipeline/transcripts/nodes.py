"""A JSON value that knows its path and remembers what was asked of it.

So an error names the place (``results.items[3].start_time``) wherever it happens, and what no reader asked for can be
kept: `left` gives it. Readers never touch the bare value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

from pipeline.records import Seconds
from pipeline.transcripts import times
from pipeline.transcripts.errors import TranscriptError

KINDS = {dict: "an object", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number",
         type(None): "null"}  # fmt: skip
LONGEST_LABEL = 200


class Node:
    """One value of a JSON document."""

    __slots__ = ("_children", "_parent", "_step", "_used", "value")

    def __init__(self, value: Any, parent: Node | None = None, step: str | int = "") -> None:
        self.value, self._parent, self._step = value, parent, step
        self._used = False
        self._children: dict[str | int, Node] = {}

    @property
    def place(self) -> str:
        """The path from the document: ``results.items[3].start_time``."""
        if self._parent is None:
            return ""
        before = self._parent.place
        if isinstance(self._step, int):
            return f"{before}[{self._step}]"
        return f"{before}.{self._step}" if before else self._step

    def fail(self, expected: str, why: str = "") -> NoReturn:
        """Raises TranscriptError that says of what kind is what stands here (never what it is) and what is expected."""
        found = f"expected {expected}, found {kind(self.value)}."
        raise TranscriptError(why or found, place=self.place or "the document")

    # Objects

    @property
    def is_object(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, list)

    def has(self, *keys: str) -> bool:
        """Whether this is an object that has all ``keys``, with a value."""
        return isinstance(self.value, dict) and all(self.value.get(key) is not None for key in keys)

    def find(self, *keys: str) -> Node | None:
        """The first of ``keys`` that is there and not null."""
        if not isinstance(self.value, dict):
            self.fail("an object")
        for key in keys:
            if self.value.get(key) is not None:
                return self._child(key, self.value[key])
        return None

    def need(self, *keys: str) -> Node:
        """As `find`; raises TranscriptError where none is there."""
        found = self.find(*keys)
        if found is None:
            named = " or ".join(f'"{key}"' for key in keys)
            raise TranscriptError(f"{named} is missing.", place=self.place or "the document")
        return found

    def items(self, *keys: str) -> list[Node]:
        """The elements of the list under the first of ``keys``; of this list itself without keys. None is no element."""
        found = self.find(*keys) if keys else self
        if found is None:
            return []
        if not isinstance(found.value, list):
            found.fail("a list")
        return [found._child(place, value) for place, value in enumerate(found.value)]

    def pairs(self) -> Iterator[tuple[str, Node]]:
        if not isinstance(self.value, dict):
            self.fail("an object")
        for key, value in self.value.items():
            yield key, self._child(key, value)

    def use(self) -> None:
        """This says nothing that is not said elsewhere: it is not kept."""
        self._used = True

    def drop(self, *keys: str) -> None:
        """What stands under ``keys`` repeats what was read elsewhere."""
        for key in keys:
            found = self.find(key)
            if found is not None:
                found.use()

    # Values

    def text(self) -> str:
        self._used = True
        if isinstance(self.value, bool) or not isinstance(self.value, str):
            self.fail("text")
        return str(self.value)

    def label(self) -> str:
        """A speaker, id or name: short text, or a whole number."""
        self._used = True
        if isinstance(self.value, bool) or not isinstance(self.value, str | int):
            self.fail("a name or a whole number")
        shown = self.value.strip() if isinstance(self.value, str) else str(self.value) if abs(self.value) < 1e15 else ""
        if len(shown) > LONGEST_LABEL or (not shown and not isinstance(self.value, str)):
            self.fail("a name or a whole number", f"a name of at most {LONGEST_LABEL} characters is expected here.")
        return shown

    def number(self) -> float:
        """A finite number, also where the format writes numbers as text."""
        self._used = True
        found = times.number(self.value)
        if found is None:
            self.fail("a number")
        return found

    def whole(self) -> int:
        found = self.number()
        if found != int(found) or abs(found) > 1e9:
            self.fail("a whole number")
        return int(found)

    def seconds(self, scale: float = 1.0) -> Seconds:
        """A place in the call: a number in units of ``scale`` seconds, or text as `times.seconds` reads it."""
        self._used = True
        found = times.seconds(self.value, scale)
        if found is None:
            self.fail("a time")
        if not times.possible(found):
            self.fail("a time", f"a time of {found:.6g} s is not possible in a call.")
        return max(0.0, found)

    def confidence(self) -> float | None:
        """0 to 1; None for what is none (a percentage cannot be told from a probability by one value)."""
        found = self.number()
        return min(1.0, max(0.0, found)) if -1e-3 <= found <= 1.001 else None

    # What nobody asked for

    def left(self) -> Any:
        """What no reader used, in the shape of the document; None where nothing is left. Lists become objects by index."""
        if self._used:
            return None
        if not self._children:
            return self.value
        if isinstance(self.value, dict):
            return _left((key, self._children.get(key), value) for key, value in self.value.items())
        return _left((str(n), self._children.get(n), value) for n, value in enumerate(self.value))

    def _child(self, step: str | int, value: Any) -> Node:
        child = self._children.get(step)
        if child is None:
            child = self._children[step] = Node(value, self, step)
        return child


def _left(parts: Iterator[tuple[str, Node | None, Any]]) -> dict[str, Any] | None:
    kept = {}
    for key, child, value in parts:
        rest = value if child is None else child.left()
        if rest is not None and rest != [] and rest != {}:
            kept[key] = rest
    return kept or None


def kind(value: Any) -> str:
    return KINDS.get(type(value), "something else")
