"""What readers of transcripts hand over, and what writers are given.

A format tells *phrases*: what one speaker said in one go, by the label the format gives it. `building.build` makes them
an `Imported`: parties s1, s2, ... in the order they are heard, turns, words with times. Times are seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pipeline.records import SPOKEN, Fact, Metadata, Party, Role, Seconds, Turn

Timing = Literal["words", "turns", "none"]  # what the format times; the times of anything finer are estimates


@dataclass(frozen=True, slots=True)
class Said:
    """One word as a format tells it; what it does not tell is None."""

    text: str
    start: Seconds | None = None
    end: Seconds | None = None
    confidence: float | None = None
    kind: str = SPOKEN
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Phrase:
    """What one speaker said in one go. ``speaker`` is the format's label, "" where it tells none.

    ``whole``: the format says that this is one turn; else words are grouped by speaker and pause.
    """

    words: tuple[Said, ...]
    speaker: str = ""
    channel: int | None = None
    start: Seconds | None = None
    end: Seconds | None = None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Speaker:
    """A speaker as the format introduces it, heard or not."""

    label: str
    role: Role = "unknown"
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """The recording a transcript is of, as far as the transcript tells: its file name, or its bytes themselves."""

    name: str = ""
    data: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Imported:
    """A transcript from elsewhere. ``format`` is the name of the format it came in.

    ``labels``: party -> the format's label. ``meta``: what the file says beyond this, as it stands there, by the same
    keys (lists as objects with the index as key): unredacted, never stored as it is. ``name``: of one among several
    recordings in a file (CTM, STM, RTTM).
    """

    format: str
    parties: tuple[Party, ...] = ()
    turns: tuple[Turn, ...] = ()
    timing: Timing = "words"
    language: str | None = None
    duration: Seconds | None = None
    metadata: Metadata = Metadata()  # noqa: RUF009 (frozen)
    model: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)
    recording: Recording | None = None
    name: str = ""

    @property
    def words(self) -> int:
        return sum(len(turn.words) for turn in self.turns)
