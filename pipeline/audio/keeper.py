"""The parent's side of one confined child: starts it, hands recordings over, checks what comes back, ends it.

Nothing the child says is trusted: its answers are short JSON with checked types, its samples are copied out of a file
that cannot shrink under the reader, and no descriptor or object is taken from it.
"""

from __future__ import annotations

import json
import math
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from pipeline.audio.confine import Cage
from pipeline.audio.opening import Header, Limits
from pipeline.audio.streaming import RATE, Samples
from pipeline.errors import BadRecording, PipelineError
from pipeline.records import Seconds
from pipeline.sealing.anonymous import anonymous_file

ROOT = Path(__file__).resolve().parents[2]
BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from pipeline.audio.child import main; main(int(sys.argv[2]))"
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # no secret of ours
LONGEST_ANSWER = 1 << 16
LONGEST_TEXT = 400
KEPT_RESULT: Seconds = 3600.0  # a result file that held a longer call is given back to the system


@dataclass(frozen=True, slots=True)
class Care:
    """How children are treated: seconds by the clock for a recording, a look at its header, a start; files a child."""

    decode: Seconds = 600.0
    probe: Seconds = 30.0
    start: Seconds = 60.0
    files: int = 500


class DecoderDied(Exception):
    """The child is gone in the middle of a recording; the message says how."""


class Child:
    """One confined process. ``in_force`` tells what confines it; ``worn`` when it has decoded its share."""

    def __init__(self, limits: Limits, cage: Cage, care: Care) -> None:
        self._limits, self._care, self._done = limits, care, 0
        self._stride = math.ceil(limits.max_seconds * RATE) + RATE
        self._result = self._new_result()
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", BOOT, str(ROOT), str(theirs.fileno())],
                pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, cwd="/", env=ENVIRONMENT, start_new_session=True,
            )  # fmt: skip
        try:
            self.in_force = self._start(cage)
        except BaseException:
            self.end()
            raise

    @property
    def worn(self) -> bool:
        return self._done >= self._care.files

    def probe(self, descriptor: int, suffix: str) -> Header:
        """Raises BadRecording or DecoderDied."""
        return _header(self._ask({"task": "probe", "suffix": suffix}, descriptor, self._care.probe))

    def decode(self, descriptor: int, suffix: str) -> tuple[Header, Samples]:
        """Header and ``[channels, n]`` at 16 kHz; raises BadRecording or DecoderDied."""
        return self._decoded(self._decode_request(suffix), descriptor)

    def span(self, descriptor: int, suffix: str, first: int, last: int) -> tuple[Header, Samples]:
        """The same of samples ``first`` to ``last`` alone."""
        return self._decoded(self._decode_request(suffix) | {"task": "span", "span": [first, last]}, descriptor)

    def _decoded(self, request: dict[str, Any], descriptor: int) -> tuple[Header, Samples]:
        answer = self._ask(request, descriptor, self._care.decode)
        header, count = _header(answer), answer.get("samples")
        if not isinstance(count, int) or not 0 < count <= self._stride:
            raise DecoderDied("it gave a senseless answer")
        samples = self._samples(header.channels, count)
        if count > KEPT_RESULT * RATE:
            self._result.close()
            self._result = self._new_result()
        return header, samples

    def end(self) -> str:
        """Kill the process if it still runs and say how it went."""
        self._line.close()
        self._result.close()
        if self._process.poll() is None:
            self._process.kill()
        return _how(self._process.wait())

    def _start(self, cage: Cage) -> tuple[str, ...]:
        """Bring the borders, have it load everything and lock itself in, then see that it still decodes."""
        start = self._decode_request("wav") | {"limits": asdict(self._limits), "cage": asdict(cage)}
        try:
            with anonymous_file() as sound:
                sound.write(_built_in_sound())
                sound.flush()
                answer = self._ask(start, sound.fileno(), self._care.start)
                _, samples = self.decode(sound.fileno(), "wav")
        except (DecoderDied, BadRecording) as error:
            raise PipelineError(
                f"The decoder process does not start ({error}). `callsift doctor` checks the installation of av and soxr."
            ) from error
        if samples.shape != (1, RATE // 2) or not 0.3 < float(np.abs(samples).max()) < 0.7:
            raise PipelineError("The decoder process decodes wrongly. Reinstall the packages av and soxr.")
        self._done = 0
        return tuple(str(name) for name in answer.get("in_force", ()))

    def _decode_request(self, suffix: str) -> dict[str, Any]:
        return {"task": "decode", "suffix": suffix, "stride": self._stride}

    def _ask(self, request: dict[str, Any], descriptor: int, seconds: Seconds) -> dict[str, Any]:
        self._done += 1
        line = json.dumps(request).encode() + b"\n"
        try:
            self._line.settimeout(seconds)
            socket.send_fds(self._line, [line], [descriptor, self._result.fileno()])
            answer = _parsed(self._read_line(seconds))
        except (OSError, ValueError, RecursionError) as error:
            late = isinstance(error, TimeoutError)
            raise DecoderDied(f"it took longer than {seconds:g} s" if late else self.end()) from error
        if "bad" in answer:
            raise _bad(answer["bad"])
        return answer

    def _read_line(self, seconds: Seconds) -> bytes:
        border, data = time.monotonic() + seconds, b""
        while not data.endswith(b"\n"):
            self._line.settimeout(max(0.001, border - time.monotonic()))
            more = self._line.recv(LONGEST_ANSWER)
            data += more
            if not more or len(data) > LONGEST_ANSWER:
                raise ConnectionError("no answer")
        return data

    def _samples(self, channels: int, count: int) -> Samples:
        samples = np.empty((channels, count), np.float32)
        for channel, row in enumerate(samples):
            if os.preadv(self._result.fileno(), [row.data], 4 * channel * self._stride) != row.nbytes:
                raise DecoderDied("it did not deliver what it announced")
        return samples

    def _new_result(self) -> BinaryIO:
        result = anonymous_file()
        os.ftruncate(result.fileno(), 4 * self._stride * self._limits.max_channels)  # sparse: costs what is written
        return result


def _parsed(line: bytes) -> dict[str, Any]:
    answer = json.loads(line)
    if not isinstance(answer, dict):
        raise ValueError("not an object")
    return answer


def _header(answer: dict[str, Any]) -> Header:
    """The header in an answer, each value of its type and in its range."""
    try:
        found = Header(**answer["header"])
        numbers = (found.sample_rate, found.channels)
        texts = (found.container, found.codec)
        length = 0.0 if found.duration is None else found.duration
        fine = (all(type(n) is int and 0 < n < 1 << 20 for n in numbers) and found.channels <= 8
                and all(type(t) is str and len(t) < LONGEST_TEXT for t in texts)
                and type(length) is float and math.isfinite(length) and type(found.exact) is bool)  # fmt: skip
    except (KeyError, TypeError):
        fine = False
    if not fine:
        raise DecoderDied("it gave a senseless answer")
    return found


def _bad(told: Any) -> BadRecording:
    reason, message = told if isinstance(told, list) and len(told) == 2 else ("damaged", "The decoder failed.")
    word = reason if isinstance(reason, str) and reason.isidentifier() and len(reason) < 40 else "damaged"
    text = "".join(c for c in str(message) if c.isprintable())[:LONGEST_TEXT]
    return BadRecording(word, text)


def _how(code: int) -> str:
    if code >= 0:
        return f"it ended with code {code}"
    names = {signal.SIGXCPU: "it computed for too long", signal.SIGKILL: "it was killed (too little memory?)"}
    with suppress(ValueError):
        return names.get(signal.Signals(-code), f"it crashed with {signal.Signals(-code).name}")
    return f"it crashed with signal {-code}"


def _built_in_sound() -> bytes:
    """Half a second of a 500 Hz tone as WAV at 8 kHz."""
    sound = np.round(16000 * np.sin(np.arange(4000) / 8000 * 500 * 2 * np.pi)).astype("<i2").tobytes()
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16)
    return (
        struct.pack("<4sI4s", b"RIFF", 36 + len(sound), b"WAVE")
        + fmt
        + struct.pack("<4sI", b"data", len(sound))
        + sound
    )
