"""What the stages of a call share: the models of a worker, and the call as it stands between two stages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.protocols import Analyzer, Diarizer, Heard, Recognizer, Source
from pipeline.records import Call, Span
from pipeline.redaction import Choice

if TYPE_CHECKING:
    from pipeline.audio.decode import Decoded
    from pipeline.audio.keypad import Press
    from pipeline.audio.pool import DecodePool
    from pipeline.transcripts import Imported

FindSpeech = Callable[..., list[tuple[Span, ...]]]  # (signals, threads=n): as `pipeline.audio.vad.speech_regions`
Tell = Callable[[str, int, int, float], None]  # stage, call k, of n, audio seconds done in this stage


@dataclass(frozen=True, slots=True)
class Models:
    """What a worker loads once. ``names`` goes into every result: step -> model name and hash."""

    pool: DecodePool
    recognizer: Recognizer
    diarizer: Diarizer
    analyzers: Sequence[Analyzer]
    policy: Choice
    names: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    marks: tuple[str, ...] = ()  # marks that every call of these models carries ("demo_model")
    threads: int = 0
    models: Path | None = None  # folder of imported models, for what is opened by name later
    find_speech: FindSpeech | None = None  # None: silero-vad over the channels of all calls at once
    multilingual: Callable[[], Recognizer] | None = None  # opens the recogniser of calls in other languages, once


@dataclass(frozen=True, slots=True)
class Sounded:
    """A decoded call, without the sound of its keys, and where speech is in each of its channels."""

    source: Source
    decoded: Decoded
    speech: tuple[tuple[Span, ...], ...]
    told: Imported | None = None
    keys: tuple[Press, ...] = ()
    again: str = ""  # name of the multilingual recogniser that heard it instead

    @property
    def seconds(self) -> float:
        return self.decoded.facts.duration


@dataclass(frozen=True, slots=True)
class Redacted:
    """A call whose words are redacted, the files that were kept of it, and its posteriors for the rules' second look."""

    call: Call
    files: Mapping[str, str] = field(default_factory=dict)
    heard: Heard | None = None


def silent(stage: str, done: int, of: int, seconds: float) -> None:
    """Progress that nobody watches."""
