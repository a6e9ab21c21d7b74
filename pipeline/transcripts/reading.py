"""Any transcript: found out what it is by its content, read, or refused with the place that is wrong.

Only TranscriptError ever leaves, whatever the file holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from pipeline.transcripts.document import Document, document
from pipeline.transcripts.errors import TranscriptError
from pipeline.transcripts.nodes import KINDS, Node, kind
from pipeline.transcripts.records import Imported
from pipeline.transcripts.registry import Format, all_formats

MOST_WORDS = 1_000_000


def read(data: bytes, *names: str | None) -> Imported:
    """The one transcript in a file; ``names`` choose among several recordings, the first that fits. Raises TranscriptError."""
    found = read_all(data)
    if len(found) > 1:
        found = next((same for name in names if (same := [one for one in found if one.name == name])), found)
    if len(found) != 1:
        known = ", ".join(one.name for one in found[:10]) or "none"
        raise TranscriptError(
            f"The file holds {len(found)} recordings ({known}); it must be told which one is meant.",
            reason="several_recordings",
        )
    return found[0]


def read_all(data: bytes) -> Sequence[Imported]:
    """All recordings a file tells of (CTM, STM and RTTM may tell of several)."""
    return read_document(document(data))


def read_document(found: Document) -> Sequence[Imported]:
    """As `read_all`, of what was opened already."""
    chosen = format_of(found)
    if chosen is None:
        raise found.broken or _foreign(found)
    try:
        read = chosen.read(found.fresh())
    except TranscriptError:
        raise
    except (
        RecursionError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        OverflowError,
        ArithmeticError,
    ) as error:
        # A reader forgot something a file can hold: said as what it is, and never the end of a run.
        raise TranscriptError(f"This {chosen.title} file cannot be read ({type(error).__name__}).") from error
    if sum(one.words for one in read) > MOST_WORDS:
        raise TranscriptError(f"The file holds more than {MOST_WORDS:,} words.", reason="too_large")
    return read


def format_of(found: Document) -> Format | None:
    """The format a document is in; None for one that no format takes for its own."""
    ranked = sorted(all_formats().values(), key=lambda item: (-item.rank, item.name))
    return next((item for item in ranked if _matches(item, found)), None)


def _matches(item: Format, found: Document) -> bool:
    try:
        return item.matches(found)
    except (TranscriptError, RecursionError, TypeError, ValueError, AttributeError):
        return False


# What stands at the beginning of formats known here: its key, what must stand under it, one of the keys within.
BEGINNINGS: tuple[tuple[str, type, tuple[str, ...]], ...] = (
    ("results", dict, ("items", "transcripts", "channels", "utterances")),
    ("Transcript", list, ("ParticipantId", "ParticipantRole")),
    ("recognizedPhrases", list, ("nBest", "display")),
    ("monologues", list, ("elements",)),
    ("segments", list, ("text", "start", "end")),
    ("utterances", list, ("text", "words")),
    ("transcripts", list, ("phrases", "utterances")),
    ("turns", list, ("speaker", "party", "role")),
    ("parties", list, ("vcon", "uuid")),
    ("words", list, ("text", "word")),
)


def _nearly(root: Node) -> TranscriptError | None:
    """The error with the path, for a document that begins like a format known here and goes on otherwise."""
    if not root.is_object:
        return None
    for key, wanted, inside in BEGINNINGS:
        if key not in root.value or (key == "results" and isinstance(root.value[key], list) and root.value[key]):
            continue
        value, expected = root.value[key], f"expected {KINDS[wanted]} with {' or '.join(inside)}"
        if not isinstance(value, wanted):
            return TranscriptError(f"{expected}, found {kind(value)}.", place=key, reason="not_a_transcript")
        first = value if isinstance(value, dict) else next(iter(cast("list[Any]", value)), None)
        place = key if isinstance(value, dict) or first is None else f"{key}[0]"
        if not isinstance(first, dict) or not any(first.get(name) is not None for name in inside):
            found = "an empty list" if first is None else kind(first) if not isinstance(first, dict) else "none of them"
            return TranscriptError(f"{expected}, found {found}.", place=place, reason="not_a_transcript")
    return None


def _foreign(found: Document) -> TranscriptError:
    near = _nearly(found.root) if found.root is not None else None
    if near is not None:
        return near
    titles = ", ".join(item.title for item in all_formats().values())
    what = "JSON" if found.is_json else "text"
    return TranscriptError(
        f"This {what} is no transcript in a format that is known here ({titles}).", reason="not_a_transcript"
    )
