"""A call and what was found in it.

Re-exports the records of speech from rules.records, so that everything above needs one import. All frozen; times in
seconds from the start of the call. Records about bytes (posteriors, audio) name content-addressed files, never hold them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from rules.records import (
    ROLES,
    SPOKEN,
    Evidence,
    Fact,
    Party,
    Role,
    Seconds,
    Turn,
    Value,
    Verdict,
    Word,
)

Direction = Literal["inbound", "outbound"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a call, in seconds."""

    start: Seconds
    end: Seconds


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the recorder or the contact system says about a call. Every field is optional.

    ``started_at`` carries its zone. ``person_zone`` is an IANA name, ``person_state`` a two-letter code,
    ``person_number`` is E.164. ``pause_events`` and ``payment_events`` are stretches in seconds from the start.
    ``trusted_transcript``: the transcript that came with the call was made or checked by people.
    ``extra`` keeps columns nobody mapped, as text.
    """

    call_id: str | None = None
    started_at: datetime | None = None
    direction: Direction | None = None
    call_type: str | None = None
    queue: str | None = None
    team: str | None = None
    agent_id: str | None = None
    customer_id: str | None = None
    account_id: str | None = None
    debt_id: str | None = None
    person_number: str | None = None
    person_zone: str | None = None
    person_state: str | None = None
    campaign: str | None = None
    consent_recording: bool | None = None
    consent_voiceprint: bool | None = None
    pause_events: tuple[Span, ...] = ()
    payment_events: tuple[Span, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    trusted_transcript: bool | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """One attempt to reach a person, with or without a recording (a row of the contact log)."""

    person: str
    started_at: datetime
    direction: Direction
    debt: str | None = None
    account: str | None = None
    number: str | None = None
    campaign: str | None = None
    outcome: str | None = None
    recording: str | None = None


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """What decoding found out about the recording. ``sha256`` is of the source bytes."""

    sha256: str
    codec: str
    sample_rate: int
    channels: int
    duration: Seconds
    size: int
    mono_in_stereo: bool = False


@dataclass(frozen=True, slots=True)
class Posteriors:
    """Top-k CTC posteriors of one call in a content-addressed file; layout in pipeline/asr/posteriors.py."""

    sha256: str
    path: str
    frame: Seconds
    model: str


@dataclass(frozen=True, slots=True)
class ChannelQuality:
    """How well one channel was recorded.

    ``snr``: speech over noise in dB, None where nobody speaks; ``clipped`` and ``lost``: shares of the speaking time at the
    recorder's limit, and gone or frozen; ``band``: highest frequency of the voice in Hz; ``bleed``: the level in dB at
    which another side is heard here, None where none is.
    """

    snr: float | None
    clipped: float
    lost: float
    band: int
    bleed: float | None = None


@dataclass(frozen=True, slots=True)
class Poor:
    """A stretch of one channel whose words nobody should trust: ``kind`` is noisy, clipped or lost."""

    kind: str
    start: Seconds
    end: Seconds
    channel: int


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a call was recorded, by channel, and where it is too poor to tell what was said."""

    channels: tuple[ChannelQuality, ...]
    poor: tuple[Poor, ...] = ()


@dataclass(frozen=True, slots=True)
class Levels:
    """Loudness of each channel in dB below full scale, one value every ``step`` seconds."""

    step: Seconds
    channels: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Pitch:
    """Pitch of the voice in each channel in Hz, 0 where none sounds, one value every ``step`` seconds."""

    step: Seconds
    channels: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Mood:
    """How one turn sounds, -1 to 1: ``words`` alone, and ``mood`` with the voice.

    ``raised``: how far the voice is above the speaker's own usual one, 0 to 1; None where there is no sound to tell.
    """

    party: str
    start: Seconds
    end: Seconds
    words: float
    mood: float
    raised: float | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the steps of the pipeline know it; each step returns a new one that knows more.

    ``marks`` are machine words for doubts that every screen must show: ``"asr_unsure"``, ``"foreign_language"``,
    ``"demo_model"``, ``"no_speech"``. ``findings`` are those of the analyzers that ran before (facts for the next).
    ``trusted`` is set when the transcript was made or checked by people: then missing confidences count as certain.
    ``models`` names what made the words (asr, diarization, redaction), with hashes: part of every verdict's basis.
    ``source_meta`` is what an imported transcript says beyond its words, by its own keys, redacted.
    """

    id: str
    source: str = ""
    metadata: Metadata = Metadata()
    audio: AudioFacts | None = None
    parties: tuple[Party, ...] = ()
    turns: tuple[Turn, ...] = ()
    language: str | None = None
    marks: tuple[str, ...] = ()
    posteriors: Posteriors | None = None
    findings: tuple[Finding, ...] = ()
    redactions: Mapping[str, int] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    levels: Levels | None = None
    pitch: Pitch | None = None
    moods: tuple[Mood, ...] = ()
    quality: Quality | None = None
    trusted: bool = False
    models: Mapping[str, str] = field(default_factory=dict)
    source_meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def duration(self) -> Seconds:
        if self.audio is not None:
            return self.audio.duration
        return max((turn.end for turn in self.turns), default=0.0)

    def role_of(self, party: str) -> Role:
        return next((p.role for p in self.parties if p.id == party), "unknown")


@dataclass(frozen=True, slots=True)
class Event:
    """Something in the sound that is not speech: ``kind`` is music, ring, dtmf, beep, tone or silence.

    ``count``: how many keys (dtmf), rings or beeps it holds; never which.
    """

    kind: str
    start: Seconds
    end: Seconds
    channel: int | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """Something at a time with a reason a reviewer can check. ``score`` is how much it deserves a person, 0 to 1."""

    kind: str
    score: float
    start: Seconds
    end: Seconds
    why: str
    evidence: tuple[Evidence, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measure:
    """One number about a whole call, by name (``silence_share``, ``words_per_minute.agent``): generic rows in SQL and index."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the interest score: what it is, its share of the score, and the sentence shown to the reviewer."""

    name: str
    share: float
    why: str
    start: Seconds | None = None


@dataclass(frozen=True, slots=True)
class Interest:
    """How much a call deserves a person's time, 0 to 1, with the parts that made it so, largest first."""

    score: float = 0.0
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class CallResult:
    """Everything one run found out about one call; committed as a whole or not at all.

    ``files`` maps a name (``listening``, ``peaks``, ``posteriors``) to the content-addressed file written for it.
    ``models`` maps a step to the model's name and hash.
    """

    call: Call
    findings: tuple[Finding, ...] = ()
    measures: tuple[Measure, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    interest: Interest = Interest()
    files: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)


__all__ = [
    "ROLES", "SPOKEN", "AudioFacts", "Call", "CallResult", "ChannelQuality", "Contact", "Direction", "Event", "Evidence",
    "Fact", "Finding", "Interest", "Levels", "Measure", "Metadata", "Mood", "Part", "Party", "Pitch", "Poor",
    "Posteriors", "Quality", "Role", "Seconds", "Span", "Turn", "Value", "Verdict", "Word",
]  # fmt: skip
