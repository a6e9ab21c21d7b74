"""Decodes recordings from outside in a few long-lived confined children.

Only the descriptor of a recording is handed over, never its name. A child is renewed after some files. A recording that
killed its child, or took too long, is tried once more in a fresh child while the others rest (so no neighbour's memory
or load is to blame); if that fails too it is a BadRecording like any other.
"""

from __future__ import annotations

import os
import queue
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

from pipeline.audio.confine import Cage
from pipeline.audio.decode import Decoded, facts_of, fingerprint, open_regular
from pipeline.audio.keeper import Care, Child, DecoderDied
from pipeline.audio.opening import Header, Limits
from pipeline.audio.streaming import RATE, Samples
from pipeline.errors import BadRecording
from pipeline.protocols import Source
from pipeline.records import Seconds

Recording = Path | BinaryIO | int | Source  # a path, an open file or descriptor (at any position), something to process
T = TypeVar("T")


class DecodePool:
    """Children that decode, each started when first needed. Threads may share a pool; close it, or use it in ``with``."""

    def __init__(
        self, limits: Limits | None = None, *, children: int = 0, cage: Cage | None = None, care: Care | None = None
    ) -> None:
        """``children=0``: one for each core this process may use."""
        self.limits, self._care = limits or Limits(), care or Care()
        largest = 4 * self.limits.max_channels * int(self.limits.max_seconds + 2) * RATE
        self._cage = cage or Cage(file_bytes=largest)
        self.children = children or _cores()
        self._places: queue.LifoQueue[Child | None] = queue.LifoQueue()
        for _ in range(self.children):
            self._places.put(None)
        self._one_at_a_time = threading.Lock()  # whoever takes all places
        weakref.finalize(self, _end_idle, self._places)  # a pool nobody closed takes its children along

    def probe(self, recording: Recording, *, suffix: str = "") -> Header:
        """The header, checked against the limits, and proof that sound decodes. Raises BadRecording."""
        with _descriptor(recording) as descriptor:
            return self._with_child(lambda child: child.probe(descriptor, _suffix(recording, suffix)))

    def decode(self, recording: Recording, *, suffix: str = "", sha256: str | None = None) -> Decoded:
        """Samples and facts; raises BadRecording. ``suffix`` is a hint for headerless formats, taken from a path if
        there is one; ``sha256`` of the bytes is computed where it is not known."""
        with _descriptor(recording) as descriptor:
            header, samples = self._with_child(lambda child: child.decode(descriptor, _suffix(recording, suffix)))
            known = sha256 or _known_sha256(recording) or fingerprint(descriptor)[0]
            return Decoded(samples, facts_of(header, samples.shape[1], known, os.fstat(descriptor).st_size))

    def decode_span(self, recording: Recording, start: Seconds, end: Seconds, *, suffix: str = "") -> Samples:
        """``[channels, n]`` at 16 kHz of a stretch alone: nothing else is kept, nothing behind it is read. Raises BadRecording."""
        first, last = (round(RATE * max(0.0, at)) for at in (start, end))
        with _descriptor(recording) as descriptor:
            return self._with_child(lambda child: child.span(descriptor, _suffix(recording, suffix), first, last))[1]

    def decode_all(self, recordings: Iterable[Recording]) -> Iterator[Decoded | BadRecording]:
        """One result a recording, in order, decoded side by side. A `Source` is opened when its turn comes; only a few
        wait decoded to be taken."""
        waiting: deque[Future[Decoded | BadRecording]] = deque()
        with ThreadPoolExecutor(self.children) as threads:
            for recording in recordings:
                waiting.append(threads.submit(self._decoded_or_reason, recording))
                if len(waiting) > 2 * self.children:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def in_force(self) -> tuple[str, ...]:
        """What confines the decoder on this machine: ``limits``, ``system calls``. Starts a child where none runs."""
        return self._with_child(lambda child: child.in_force)

    def close(self) -> None:
        """End all children. The pool starts new ones if it is used again."""
        with self._all_places():
            pass

    def __enter__(self) -> DecodePool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _decoded_or_reason(self, recording: Recording) -> Decoded | BadRecording:
        try:
            return self.decode(recording)
        except BadRecording as error:
            return error

    def _with_child(self, work: Callable[[Child], T]) -> T:
        try:
            with self._child() as child:
                return work(child)
        except DecoderDied:
            with self._all_places():
                return self._alone(work)

    def _alone(self, work: Callable[[Child], T]) -> T:
        child = Child(self.limits, self._cage, self._care)
        try:
            return work(child)
        except DecoderDied as error:
            raise BadRecording(
                "decoder_died",
                f"The decoder failed twice on this recording, the second time alone: {error}. The recording is damaged "
                "or made to do harm; it was set aside.",
            ) from error
        finally:
            child.end()

    @contextmanager
    def _child(self) -> Iterator[Child]:
        """A child of one's own for a moment; it goes back to its place unless it died or is worn."""
        child = self._places.get()
        try:
            child = child or Child(self.limits, self._cage, self._care)
            yield child
        except DecoderDied:
            if child is not None:
                child.end()
            child = None
            raise
        finally:
            if child is not None and child.worn:
                child.end()
                child = None
            self._places.put(child)

    @contextmanager
    def _all_places(self) -> Iterator[None]:
        """Every child ended and nobody else decoding."""
        with self._one_at_a_time:
            for _ in range(self.children):
                child = self._places.get()
                if child is not None:
                    child.end()
            try:
                yield
            finally:
                for _ in range(self.children):
                    self._places.put(None)


def _end_idle(places: queue.LifoQueue[Child | None]) -> None:
    while not places.empty():
        child = places.get_nowait()
        if child is not None:
            child.end()


@contextmanager
def _descriptor(recording: Recording) -> Iterator[int]:
    if isinstance(recording, Path):
        with open_regular(recording) as descriptor:
            yield descriptor
    elif isinstance(recording, Source):
        with recording.open() as file:
            yield file.fileno()
    else:
        yield recording if isinstance(recording, int) else recording.fileno()


def _suffix(recording: Recording, suffix: str) -> str:
    if suffix or not isinstance(recording, Path | Source):
        return suffix
    return recording.suffix


def _known_sha256(recording: Recording) -> str:
    return recording.sha256 if isinstance(recording, Source) else ""


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
