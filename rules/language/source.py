"""Reads YAML 1.2 into plain values and remembers on which line each of them stands.

Rule files come from people and from strangers: no tags, anchors or aliases, no key twice, no more than 1 MB or 50 levels.
Whatever is wrong ends in a RuleError with file and line, never in an error of the YAML library.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from rules.errors import RuleError

LARGEST = 1_000_000  # bytes of one file
DEEPEST = 50  # levels of one file
LONGEST_INTEGER = 18  # figures; longer ones stay text

_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]{1,3})?\Z")

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """The value of one YAML file and the line (from 1) of every value and key in it."""

    file: str
    value: Any
    lines: Mapping[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of ``path``, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def error(self, message: str, path: Path = ()) -> RuleError:
        return RuleError(message, file=self.file, line=self.line(path))


def read_source(text: str, file: str) -> Source:
    """Plain value and lines of one document; raises RuleError."""
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        raise RuleError(f"the file has more than {LARGEST} bytes; split it: one rule a file", file=file, line=1)
    builder = _Builder(file)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise RuleError(f"not valid YAML: {error.problem or error.context}", file=file, line=line) from error
    except RuleError:
        raise
    except (YAMLError, ValueError, IndexError, AttributeError, TypeError, AssertionError) as error:
        # ruamel's scanner answers some broken input with other errors; they mean the same to the author
        raise RuleError(f"not valid YAML: {_first_line(error)}", file=file, line=1) from error
    if builder.documents == 0:
        raise RuleError("the file is empty", file=file, line=1)
    return Source(file, builder.value, builder.lines)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


class _Builder:
    """Builds the value from parser events in one pass; refuses what must not be there before it is built."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.value: Any = None
        self.lines: dict[Path, int] = {}
        self.documents = 0
        self._open: list[tuple[Path, dict[str, Any] | list[Any]]] = []
        self._key: list[str | None] = []  # of each open mapping: the key that waits for its value

    def take(self, event: Event) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise RuleError("more than one document; one rule a file", file=self.file, line=line)
        elif isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
            raise RuleError(
                "anchors (&name) and aliases (*name) are not allowed; write it out", file=self.file, line=line
            )
        elif isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag is not None:
            raise RuleError(f"tags ({event.tag}) are not allowed; write the plain value", file=self.file, line=line)
        elif isinstance(event, ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, CollectionStartEvent):
            self._begin({} if isinstance(event, MappingStartEvent) else [], line)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._open.pop()
            self._key.pop()

    def _begin(self, value: dict[str, Any] | list[Any], line: int) -> None:
        if len(self._open) >= DEEPEST:
            raise RuleError(f"more than {DEEPEST} levels", file=self.file, line=line)
        path = self._put(value, line)
        self._open.append((path, value))
        self._key.append(None)

    def _scalar(self, event: ScalarEvent, line: int) -> None:
        if self._open and isinstance(self._open[-1][1], dict) and self._key[-1] is None:
            path, mapping = self._open[-1]
            key = str(event.value)
            if key in mapping:
                raise RuleError(f'the key "{key}" stands here twice', file=self.file, line=line)
            self.lines[(*path, key)] = line
            self._key[-1] = key
            return
        self._put(str(event.value) if event.style is not None else _plain(str(event.value)), line)

    def _put(self, value: Any, line: int) -> Path:
        """Store a value where it belongs and return its path."""
        if not self._open:
            self.value = value
            self.lines.setdefault((), line)
            return ()
        path, holder = self._open[-1]
        if isinstance(holder, list):
            path = (*path, len(holder))
            holder.append(value)
        else:
            key = self._key[-1]
            if key is None:
                raise RuleError("a key must be plain text", file=self.file, line=line)
            path = (*path, key)
            holder[key] = value
            self._key[-1] = None
        self.lines.setdefault(path, line)
        return path


def _plain(text: str) -> Any:
    """A plain scalar by the core schema of YAML 1.2: nothing, true or false, number, else text. Dates stay text."""
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    if _INTEGER.match(text) and len(text) <= LONGEST_INTEGER:
        return int(text)
    if _FLOAT.match(text) and len(text) <= 2 * LONGEST_INTEGER:
        return float(text)
    return text
