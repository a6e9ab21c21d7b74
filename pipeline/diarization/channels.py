"""What the channels of a call have to do with each other: the same signal twice, or one leaking into the other.

A leak (bleed, echo) is a faint, late copy: its loudness rises and falls with the other side's. That the copy follows the
original closely is what tells it from a person who speaks softly at the same time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.records import Span

RATE = 16000
STEP = 160  # samples between two values of loudness: 10 ms
SAME = 0.97  # correlation from which two channels carry one signal; codecs of joint stereo leave 0.98 and more
SILENT_DB = -65.0  # loudest 10 ms of a channel that carries nothing
LEAK_DB = 9.0  # a leak lies at least this far below its original
FOLLOWS = 0.7  # correlation of loudness, in dB over time, of a leak with its original
LATEST = 40  # steps by which an echo may come late
FLAT = 1e-9  # a curve that varies less follows nothing
SHORTEST = 0.2  # seconds; shorter stretches tell nothing about correlation

Samples = npt.NDArray[np.float32]
Curve = npt.NDArray[np.float64]


def loudness(signal: Samples) -> Curve:
    """dB below full scale of every 10 ms, ``[ceil(samples / 160)]``, not below -100."""
    count = -(-len(signal) // STEP)
    padded = np.pad(signal, (0, count * STEP - len(signal)))
    power = np.einsum("ij,ij->i", padded.reshape(count, STEP), padded.reshape(count, STEP), dtype=np.float64) / STEP
    return np.asarray(10.0 * np.log10(np.maximum(power, 1e-10)))


def carries_nothing(signal: Samples) -> bool:
    return len(signal) == 0 or float(loudness(signal).max()) < SILENT_DB


def same_signal(first: Samples, second: Samples) -> bool:
    """True where both channels carry one signal, at whatever gain or sign."""
    if carries_nothing(first) or carries_nothing(second):
        return False
    a, b = first.astype(np.float64), second.astype(np.float64)
    scale = float(np.sqrt(a @ a) * np.sqrt(b @ b))
    return abs(float(a @ b)) >= SAME * scale


def without_leaks(channels: Samples, speech: Sequence[Sequence[Span]]) -> list[tuple[Span, ...]]:
    """``speech`` of each channel without what leaks in from another. ``channels``: ``[channels, samples]``."""
    curves = [loudness(channel) for channel in channels]
    return [
        tuple(
            kept
            for span in spans
            for kept in _own_parts(span, curves[own], [c for n, c in enumerate(curves) if n != own])
        )
        for own, spans in enumerate(speech)
    ]


def _own_parts(span: Span, own: Curve, others: Sequence[Curve]) -> list[Span]:
    """The parts of ``span`` that belong to this channel, whole where nothing leaks."""
    first, last = int(span.start * RATE / STEP), min(len(own), -int(-span.end * RATE // STEP))
    leaking = np.zeros(max(0, last - first), bool)
    for other in others:
        leaking |= _leak(own[first:last], other, first)
    if not leaking.any():
        return [span]
    edges = np.flatnonzero(np.diff(np.r_[True, leaking, True]))
    step = STEP / RATE
    parts = zip(edges[::2], edges[1::2], strict=True)
    return [
        Span(max(span.start, (first + a) * step), min(span.end, (first + b) * step))
        for a, b in parts
        if (b - a) * step >= SHORTEST
    ]


def _leak(own: Curve, other: Curve, first: int) -> npt.NDArray[np.bool_]:
    """Which steps of ``own`` (a piece from ``first`` on) are a faint copy of ``other``."""
    late = _delay(own, other, first)
    original = _shifted(other, first - late, len(own))
    fainter = _opened(original - own >= LEAK_DB, round(SHORTEST * RATE / STEP))
    leak = np.zeros(len(own), bool)
    for start, end in _stretches(fainter):
        leak[start:end] = _correlation(own[start:end], original[start:end]) >= FOLLOWS
    return leak


def _delay(own: Curve, other: Curve, first: int) -> int:
    """By how many steps ``own`` follows ``other`` best."""
    if len(own) == 0:
        return 0
    padded = _shifted(other, first - LATEST + 1, len(own) + LATEST - 1)
    copies = np.lib.stride_tricks.sliding_window_view(padded, len(own))[::-1]  # one row a delay, 0 first
    copies = copies - copies.mean(axis=1, keepdims=True)
    centred = own - own.mean()
    scale = np.sqrt(np.einsum("ij,ij->i", copies, copies) * (centred @ centred))
    return int(np.argmax(np.where(scale > FLAT, copies @ centred / np.maximum(scale, FLAT), 0.0)))


def _shifted(curve: Curve, first: int, length: int) -> Curve:
    picked = np.arange(first, first + length)
    return np.where((picked >= 0) & (picked < len(curve)), curve[np.clip(picked, 0, len(curve) - 1)], -100.0)


def _correlation(a: Curve, b: Curve) -> float:
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale > FLAT else 0.0


def _stretches(mask: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.r_[False, mask, False]))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _opened(mask: npt.NDArray[np.bool_], shortest: int) -> npt.NDArray[np.bool_]:
    """Holes of less than ``shortest`` filled, then runs of less than it dropped: dips between syllables do not count."""
    filled = mask.copy()
    for start, end in _stretches(~mask):
        if end - start < shortest and start > 0 and end < len(mask):
            filled[start:end] = True
    for start, end in _stretches(filled):
        if end - start < shortest:
            filled[start:end] = False
    return filled
