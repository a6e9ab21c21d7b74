"""A file on its way to a reader: its bytes as text, its text as JSON where it is JSON; each tried once.

What is not text at all, too large or too deeply nested is refused here, so that readers need not think of it.
"""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass
from typing import Any

from pipeline.transcripts.breaking import path_at
from pipeline.transcripts.errors import TranscriptError
from pipeline.transcripts.nodes import Node

LARGEST = 64 << 20  # bytes; a day of talk with every word timed is about 20 MB
DEEPEST = 64
HEAD = 4096
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
ESCAPED = re.compile(r"\\u(?:[dD][89a-fA-F]|00[01]|007[fF])")
BROKEN = re.compile(r"[\ud800-\udfff]")  # halves of characters: whole ones are one character once they are read
BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Document:
    """``root`` is None for what is no JSON; then ``broken`` says why, where it began like JSON."""

    text: str
    root: Node | None = None
    broken: TranscriptError | None = None

    @property
    def is_json(self) -> bool:
        return self.root is not None

    def fresh(self) -> Document:
        """The same with nothing asked of it yet."""
        return Document(self.text, None if self.root is None else Node(self.root.value), self.broken)


def document(data: bytes) -> Document:
    """Raises TranscriptError for what cannot be a transcript in any format."""
    if not data.strip():
        raise TranscriptError("The file is empty.", reason="empty")
    if len(data) > LARGEST:
        raise TranscriptError(
            f"The file is larger than {LARGEST >> 20} MB, the most a transcript may be.", reason="too_large"
        )
    text = _text(data)
    if text.lstrip()[:1] not in ("{", "["):
        return Document(text)
    try:
        return Document(text, Node(_json(text)))
    except TranscriptError as error:
        return Document(text, None, error)


def is_text(head: bytes) -> bool:
    """Whether the first bytes of a file may be those of a transcript; decides nothing more."""
    try:
        return bool(head.strip()) and bool(_text(head))
    except TranscriptError:
        return False


def _text(data: bytes) -> str:
    encoding = next((name for bom, name in BOMS if data.startswith(bom)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start > len(data) - 4 and error.reason == "unexpected end of data":
            text = data[: error.start].decode(encoding)  # cut off within a character
        else:
            text = data.decode("cp1252", errors="replace")  # subtitles of old editors
    if BINARY.search(text[:HEAD]):
        raise TranscriptError("This is no text, so it is no transcript.", reason="not_a_transcript")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _json(text: str) -> Any:
    try:
        return parsed(text)
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated string")
        why = "The JSON is cut off" if cut else f"The JSON cannot be read ({error.msg})"
        path, where = path_at(text, error.pos), f"line {error.lineno}, column {error.colno}"
        place = f"{path} ({where})" if path else where
        raise TranscriptError(f"{why}. Export or copy it again.", place=place) from error
    except (RecursionError, ValueError) as error:  # nested without end; a number of thousands of digits
        raise TranscriptError("The JSON is nested too deeply, or holds a number that is none.") from error


def parsed(text: str) -> Any:
    """The value of a JSON text; raises ValueError, RecursionError, and TranscriptError where it is too deep for readers."""
    value = json.loads(text)
    _check_depth(value)
    return _mended(value) if ESCAPED.search(text) else value


def _mended(value: Any) -> Any:
    """``value`` without halves of characters and control characters, which only escapes can bring: no store takes them."""
    if isinstance(value, str):
        return BROKEN.sub("\ufffd", BINARY.sub(" ", value))
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    return value


def _check_depth(value: Any) -> None:
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        inside = (child for item in level for child in (item.values() if isinstance(item, dict) else item))
        level = [child for child in inside if isinstance(child, dict | list) and child]
        if not level:
            return
    raise TranscriptError(f"The JSON is nested more than {DEEPEST} deep.")
