"""The confined child: one recording after another, each an open descriptor in, samples or a reason out.

It is started as a fresh interpreter that loads av, numpy and soxr only (never a fork of a process that holds torch, keys
or a database), tries itself out on a built-in recording so that nothing is left to load, and locks itself in. A request
is one JSON line with two descriptors: the recording, and the file for the samples (one row of float32 a channel).
"""

from __future__ import annotations

import json
import os
import socket
import sys
from dataclasses import asdict
from typing import Any

import numpy as np

from pipeline.audio.confine import Cage, allow_seconds, confine
from pipeline.audio.decode import decode_descriptor, decode_span, probe_descriptor
from pipeline.audio.opening import Limits
from pipeline.audio.streaming import Samples
from pipeline.errors import BadRecording

LONGEST_LINE = 1 << 16


def main(descriptor: int) -> None:
    """Serve requests on a socket until the other side closes it. The first one also brings the borders."""
    with socket.socket(fileno=descriptor) as line:
        start, descriptors = receive(line)
        limits, cage = Limits(**start["limits"]), Cage(**start["cage"])
        handled(start, descriptors, limits)  # loads what is loaded on first use
        answer(line, {"in_force": confine(cage)})
        while True:
            request, descriptors = receive(line)
            allow_seconds(cage.cpu_seconds)
            answer(line, handled(request, descriptors, limits))


def receive(line: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """One JSON line and its two descriptors; ends the process when the other side is gone."""
    data, found, _, _ = socket.recv_fds(line, LONGEST_LINE, 2)
    while not data.endswith(b"\n"):
        more = line.recv(LONGEST_LINE)
        if not more:
            sys.exit(0)
        data += more
    return json.loads(data), list(found)


def answer(line: socket.socket, message: dict[str, Any]) -> None:
    line.sendall(json.dumps(message).encode() + b"\n")


def handled(request: dict[str, Any], descriptors: list[int], limits: Limits) -> dict[str, Any]:
    """``{"header", "samples"}``, or ``{"bad": [reason, message]}`` whatever the file made of the decoder."""
    recording, result = descriptors
    try:
        return _done(request, recording, result, limits)
    except BadRecording as error:
        return {"bad": [error.reason, str(error)]}
    except MemoryError:
        message = "The recording needs more memory to decode than is allowed: it is damaged or hostile."
        return {"bad": ["too_much_memory", message]}
    except Exception as error:  # the next recording must not suffer from this one
        return {"bad": ["damaged", f"The decoder cannot make sense of the recording ({type(error).__name__})."]}
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def _done(request: dict[str, Any], recording: int, result: int, limits: Limits) -> dict[str, Any]:
    if request["task"] == "probe":
        return {"header": asdict(probe_descriptor(recording, suffix=request["suffix"], limits=limits))}
    rows = _Rows(result, request["stride"])
    if request["task"] == "span":
        first, last = request["span"]
        header = decode_span(recording, rows.take, suffix=request["suffix"], limits=limits, first=first, last=last)
    else:
        header = decode_descriptor(recording, rows.take, suffix=request["suffix"], limits=limits)
    return {"header": asdict(header), "samples": rows.samples}


class _Rows:
    """Writes blocks into the result file, channel c from byte ``4 * stride * c`` on."""

    def __init__(self, descriptor: int, stride: int) -> None:
        self._descriptor, self._stride, self.samples = descriptor, stride, 0

    def take(self, block: Samples) -> None:
        if self.samples + block.shape[1] > self._stride:
            raise BadRecording("too_long", "The recording lasts longer than its header says and than is allowed.")
        for channel, row in enumerate(block):
            os.pwrite(self._descriptor, np.ascontiguousarray(row).data, 4 * (channel * self._stride + self.samples))
        self.samples += block.shape[1]
