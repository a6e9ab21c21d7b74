"""The seams of the pipeline: what each exchangeable part promises.

Shapes: audio is float32 in [-1, 1] at 16 kHz, ``[samples]`` for a clip and ``[channels, samples]`` for a call. Times are
seconds. Implementations are found in their folder; tests/contracts/ runs one suite on all of a kind.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, Literal, Protocol, runtime_checkable

from pipeline.records import (
    Call,
    CallResult,
    Contact,
    Evidence,
    Finding,
    Measure,
    Metadata,
    Mood,
    Party,
    Seconds,
    Span,
    Verdict,
    Word,
)
from pipeline.search.records import Found, Hit, IndexedCall, Reach, Sort, State
from pipeline.search.tree import Node

if TYPE_CHECKING:  # numpy is only a name here: protocols are imported by everything and must stay light
    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FramePosteriors:
    """Top-k CTC posteriors of one clip.

    ``ids`` uint16 ``[frames, k]`` (vocabulary ids, best first), ``log_probs`` float32 ``[frames, k]`` (natural log),
    ``frame`` seconds a frame, ``blank`` the id of the CTC blank, ``model`` name and hash of the model.
    """

    ids: npt.NDArray[np.uint16]
    log_probs: npt.NDArray[np.float32]
    frame: Seconds
    blank: int
    model: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a recogniser heard in one clip. Word times count from the start of the clip; ``party`` is empty."""

    words: tuple[Word, ...]
    posteriors: FramePosteriors | None = None


@runtime_checkable
class Recognizer(Protocol):
    """Speech to words, many clips at once."""

    name: str  # model name and hash, as written into results

    def transcribe(self, clips: Sequence[Samples]) -> list[Transcript]:
        """One result a clip, in order; clips are ``[samples]`` float32 at 16 kHz, of any length (0 included)."""
        ...


@dataclass(frozen=True, slots=True)
class Segment:
    """One party speaking from ``start`` to ``end``; segments of different parties may overlap."""

    party: str
    start: Seconds
    end: Seconds


@dataclass(frozen=True, slots=True)
class Diarization:
    """Who speaks when. ``embeddings`` maps a party to its L2-normed voice vector ``[d]``, where one was made.

    ``own`` is the speech of each channel without what leaks in from another, where channels were told apart; recognition
    listens to nothing else.
    """

    parties: tuple[Party, ...]
    segments: tuple[Segment, ...]
    mono_in_stereo: bool = False
    embeddings: Mapping[str, Samples] | None = None
    own: tuple[tuple[Span, ...], ...] = ()


@runtime_checkable
class Diarizer(Protocol):
    """Who speaks when, for calls of any number of channels."""

    name: str

    def diarize(self, calls: Sequence[Samples], speech: Sequence[Sequence[Sequence[Span]]]) -> list[Diarization]:
        """``calls``: ``[channels, samples]`` each; ``speech``: per call and channel, the speech regions (silero-vad)."""
        ...


@runtime_checkable
class Analyzer(Protocol):
    """A call in, findings, measures, moods of turns and verdicts out. No database, no clock, no network.

    ``needs`` names other analyzers that must have run before (their findings are in ``call.findings``), or
    ``"audio"``, ``"posteriors"``, ``"embeddings"``. ``weight`` is the default weight of its findings in the interest
    score. ``facets`` names the measures that the index should offer for filtering.
    """

    name: str
    version: str
    weight: float
    needs: tuple[str, ...]
    facets: tuple[str, ...]

    def analyze(self, call: Call) -> Sequence[Finding | Measure | Mood | Verdict]: ...


class Heard(Protocol):
    """Was it said, judged by sound (CTC posteriors), not by the text."""

    def find(self, phrases: Sequence[str], span: Span, party: str | None = None) -> tuple[float, Evidence | None]:
        """Best score in ``span`` over ``phrases`` (0 to 1) and the closest clip, or ``(0.0, None)``."""
        ...


class Meaning(Protocol):
    """How alike texts are in meaning."""

    name: str

    def similar(self, texts: Sequence[str], others: Sequence[str]) -> npt.NDArray[np.float32]:
        """Cosine similarity ``[len(texts), len(others)]``."""
        ...


class Ledger(Protocol):
    """History across calls. Every read takes ``as_of`` so that a verdict can be computed again later."""

    def contacts(self, *, person: str | None = None, debt: str | None = None, account: str | None = None,
                 number: str | None = None, since: datetime | None = None, until: datetime | None = None,
                 as_of: datetime | None = None) -> list[Contact]: ...  # fmt: skip

    def calls(self, *, person: str | None = None, debt: str | None = None, account: str | None = None,
              number: str | None = None, since: datetime | None = None, until: datetime | None = None,
              as_of: datetime | None = None) -> list[Call]: ...  # fmt: skip

    @property
    def complete(self) -> bool:
        """True when a contact log covers the time asked for; otherwise counts are lower bounds."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """A recording to process: ``open()`` gives its bytes as a seekable binary file (unsealed, in memory where possible).

    ``name`` is what people call it; it never reaches the decoder. ``sha256`` is of the bytes. ``suffix`` (of the
    recording's name, lower case) tells what a recording without header is. ``transcript`` gives the bytes of a transcript
    that came with it; ``silent``: that is all there is, no recording.
    """

    id: str
    name: str
    sha256: str
    metadata: Metadata
    open: Callable[[], BinaryIO]
    suffix: str = ""
    transcript: Callable[[], bytes] | None = None
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """One call that could not be processed; the others of its batch were.

    ``final``: trying again cannot help (a recording nobody can decode); else it may be tried again.
    """

    id: str
    reason: str
    message: str
    final: bool


class Keep(Protocol):
    """Where a step leaves bytes that belong to a call; sealed, content-addressed and durable when it returns the path."""

    def __call__(self, source: Source, what: Literal["listening", "peaks", "posteriors"], data: bytes, /) -> str: ...


ALONE = "transcript"  # suffix of an intake that is a transcript without recording
PAIRED = "+transcript"  # end of the suffix of an intake that is a recording followed by its transcript


@dataclass(frozen=True, slots=True)
class Intake:
    """A recording as ingest hands it to the store: facts and the path of its encrypted quarantine copy."""

    sha256: str
    size: int
    source: str  # where it came from, for people; never used to open anything
    suffix: str  # lower-case extension without dot, a hint only
    metadata: Metadata
    quarantine: str  # content path of the sealed copy
    sealed_key: bytes  # this call's data key, wrapped by the installation's key


@dataclass(frozen=True, slots=True)
class Added:
    """What the store did with an intake: ``new``, ``known`` (same bytes and metadata) or ``new_metadata``."""

    public_id: str
    what: str


@dataclass(frozen=True, slots=True)
class Job:
    """One claimed piece of work. A result commits only under ``fence``; the lease ends at ``leased_until``."""

    id: int
    call_id: str
    kind: str  # "process", "rules", "analyze", "asr"
    fence: int
    attempt: int
    leased_until: datetime
    intake: Intake


@dataclass(frozen=True, slots=True)
class Retry:
    """A refused recording that somebody wants tried again; ``copy`` where it lies nowhere but in the vault."""

    id: str
    source: str
    copy: Intake | None = None


class Store(Protocol):
    """Where calls and results are kept. Only the claimer of a job commits its result, in one transaction."""

    def add(self, intake: Intake) -> Added: ...

    def refuse(
        self,
        source: str,
        sha256: str | None,
        reason: str,
        message: str,
        *,
        team: str | None = None,
        copy: Intake | None = None,
    ) -> str:
        """Remember a recording that could not be taken, with a reason for people; returns its public id.

        ``team``: whose trouble it is, by name. ``copy``: the sealed copy of a recording that lies nowhere else (an
        upload), so that it can be tried again.
        """
        ...

    def add_contacts(self, contacts: Sequence[Contact], source: str) -> int:
        """Add rows of a contact log; rows already known are not doubled. Returns how many were new."""
        ...

    def claim(self, worker: str, *, limit: int, lease: Seconds) -> list[Job]: ...

    def renew(self, job: Job, *, lease: Seconds) -> bool: ...

    def commit(self, job: Job, result: CallResult) -> bool:
        """Write everything about the call in one transaction; False (and nothing written) when the fence has moved on."""
        ...

    def fail(self, job: Job, reason: str, message: str, *, park: bool) -> bool: ...


class Rebuilding(Protocol):
    """A new index beside the one in use. Leaving it without ``take_over`` throws it away."""

    def put(self, calls: Sequence[IndexedCall]) -> None: ...

    def drop(self, call_ids: Sequence[str]) -> None: ...

    def take_over(self) -> None:
        """From now on searches and writers meet the new index; the old one goes. Nobody sees a moment without one."""
        ...


class SearchIndex(Protocol):
    """A rebuildable index of redacted calls; holds no truth. Whose calls may be found is part of every question.

    Everything raises IndexUnavailable when the index does not answer, within seconds. ``put`` and ``drop`` may be done
    twice; a version older than the one that is there changes nothing.
    """

    name: str

    def state(self) -> State: ...

    def put(self, calls: Sequence[IndexedCall]) -> None: ...

    def drop(self, call_ids: Sequence[str]) -> None: ...

    def settle(self) -> None:
        """Whatever was put or dropped before is seen by every search from now on."""
        ...

    def purge(self) -> None:
        """What dropped calls left behind goes from the disk too: their words, wherever no other call says them."""
        ...

    def search(
        self, tree: Node, reach: Reach, *, sort: Sort = ..., limit: int = 50, after: str | None = None,
        facets: Sequence[str] = (), passages: int = 0,
    ) -> Found:  # fmt: skip
        """One keyset page: ``after`` is what the page before gave. ``passages``: most places shown of each call."""
        ...

    def size(self, reach: Reach) -> int:
        """How many calls are in reach."""
        ...

    def known(self, stems: Collection[str], reach: Reach) -> set[str]:
        """Those of ``stems`` that somebody in reach says."""
        ...

    def counts(self, stems: Collection[str], reach: Reach) -> dict[str, int]:
        """In how many calls in reach each of ``stems`` is said."""
        ...

    def alike(self, pieces: Collection[str]) -> set[str]:
        """Words of the index that share a form with one letter missing (`pipeline.search.words.shortened`)."""
        ...

    def read(self, call_id: str, reach: Reach) -> IndexedCall | None:
        """One call as it was put, without its vector."""
        ...

    def similar(self, vector: Sequence[float], reach: Reach, *, without: str, limit: int) -> list[Hit]:
        """Calls in reach but ``without`` nearest in meaning to a vector of length one, by cosine (-1 to 1)."""
        ...

    def versions(self, org: str) -> Iterator[tuple[str, int]]:
        """Every call of an organisation with its version, by call id."""
        ...

    def rebuilding(self) -> AbstractContextManager[Rebuilding]: ...

    def close(self) -> None: ...
