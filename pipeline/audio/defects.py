"""What single defects of a recording look like in its samples: clipping, gaps, a narrow band, a leak from the other side.

Recordings were resampled, often coded too: a clipped top is no longer flat, a lost packet no longer exactly zero. So
clipping is told by the heap of samples at one level that speech never makes, and a gap by how suddenly sound breaks off.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.records import Span

RATE = 16000
STEPS = 60  # of the histogram of levels, to the loudest sample
COUNTED = 0.36  # of the loudest sample, from which levels are counted: nothing below is asked for
HEAP = 1.6  # times more samples at a level than just below it: a limit
AT_LIMIT = 0.93  # of that level; coding and resampling leave ripples
TOPS = 3  # samples at the limit that make a frame of 20 ms a clipped one
PIECE = 40  # samples, 2.5 ms: the unit of gaps
TOGETHER = 2048  # pieces that fit the cache
STILL = 6e-4  # height in which a lost piece moves at most, of full scale
RIPPLE_DB = 48.0  # or below the usual speech: resampling rings on into a gap
SHORT, LONG = 3, 400  # pieces of a gap: 7.5 ms to a second; a packet of 20 ms keeps about as much untouched
BESIDE = 4  # pieces right beside a gap in which speech is
EDGE_DB = 22.0  # below the usual speech, what stands there
REPEATS = (160, 320, 480)  # samples after which a lost packet is repeated: 10, 20, 30 ms
NOTHING = 5e-5  # height in which digital silence moves
GATED = 0.5  # share of it in the pauses, from which it tells nothing: a gate, or few bits
REPEATING = 5  # pieces of a repetition at least
REPEATED = 1e-4  # power of the difference over the power itself
SPECTRUM = 512
MOST = 1500  # frames that tell the band
ABOVE = 3.0  # times the noise, from which speech is heard at a frequency
FAINTEST = 3e-6  # of the strongest part of the spectrum, -55 dB
LONGEST_LEAK = 12 * RATE  # samples that tell a leak
LATE = 6400  # samples by which a leak may come late, 0.4 s
BLOCK = 32768  # samples whose spectrum is taken at once
SURE = 9.0  # times the usual correlation, from which it is a leak

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


def clipped(frames: npt.NDArray[np.float32], spoken: Bools) -> Bools:
    """Which of ``frames`` ``[n, samples]`` hit a limit. All false where no level has a heap of samples."""
    none = np.zeros(len(frames), bool)
    loud = np.abs(frames[spoken])
    top = float(loud.max(initial=0.0))
    if top < 0.02:
        return none
    high = loud[loud >= np.float32(COUNTED * top)]
    counts = np.bincount(np.minimum(high * np.float32(STEPS / top), STEPS - 1).astype(np.intp), minlength=STEPS)
    upper = np.arange(STEPS // 2, STEPS)
    below = np.array([counts[max(0, n - 8) : n - 3].mean() for n in upper])
    heap = counts[upper] / np.maximum(below, 3.0)
    if heap.max() < HEAP:
        return none
    limit = top / STEPS * upper[int(np.where(heap >= HEAP, counts[upper], 0).argmax())]  # the heap, not its ripples
    return np.asarray((np.abs(frames) >= AT_LIMIT * limit).sum(axis=1) >= TOPS) & spoken


def gaps(signal: Floats, speech: Sequence[Span]) -> tuple[Span, ...]:
    """Stretches in which speech breaks off suddenly into nothing, or stands still, or is repeated like a gramophone."""
    moves = _moves(signal)
    usual = _usual(moves, speech)
    still = moves < max(STILL, usual * 10 ** (-RIPPLE_DB / 20))
    pauses = ~_inside(len(moves), speech)
    gated = bool(pauses.any()) and float((moves[pauses] < NOTHING).mean()) > GATED
    found = _repeated(signal, moves, speech)
    if not gated:
        found |= _broken(still, moves, usual)
    spans = [Span(a * PIECE / RATE, b * PIECE / RATE) for a, b in _runs(found)]
    return tuple(span for span in spans if any(s.start < span.end and span.start < s.end for s in speech))


def _moves(signal: Floats) -> Floats:
    """Height of each piece: its highest sample over its lowest. Side by side, for rows of 40 are slow to go along."""
    pieces = signal[: len(signal) // PIECE * PIECE].reshape(-1, PIECE)
    heights = np.empty(len(pieces), np.float32)
    for first in range(0, len(pieces), TOGETHER):
        beside = np.ascontiguousarray(pieces[first : first + TOGETHER].T)
        heights[first : first + TOGETHER] = beside.max(axis=0) - beside.min(axis=0)
    return heights


def _usual(moves: Floats, speech: Sequence[Span]) -> float:
    """Height of speech in 2.5 ms, as it usually is."""
    inside = _inside(len(moves), speech)
    return float(np.median(moves[inside])) if inside.any() else 1.0


def _broken(still: Bools, moves: Floats, usual: float) -> Bools:
    """Runs of ``still`` pieces with speech right beside them on both sides."""
    found, least = np.zeros(len(still), bool), usual * 10 ** (-EDGE_DB / 20)
    for start, end in _runs(still):
        before, after = moves[max(0, start - BESIDE) : start], moves[end : end + BESIDE]
        if SHORT <= end - start <= LONG and min(before.max(initial=0.0), after.max(initial=0.0)) > least:
            found[start:end] = True
    return found


def _repeated(signal: Floats, moves: Floats, speech: Sequence[Span]) -> Bools:
    found = np.zeros(len(moves), bool)
    loud = moves > 10 * STILL
    for first, last in ((int(s.start * RATE / PIECE), min(len(moves), int(s.end * RATE / PIECE))) for s in speech):
        for late in REPEATS:
            start = max(first, -(-late // PIECE))
            if last - start < REPEATING:
                continue
            now, before = signal[start * PIECE : last * PIECE], signal[start * PIECE - late : last * PIECE - late]
            apart, whole = (now - before).reshape(-1, PIECE), now.reshape(-1, PIECE)
            same = np.einsum("ij,ij->i", apart, apart) < REPEATED * np.einsum("ij,ij->i", whole, whole)
            for a, b in _runs(same & loud[start:last]):
                if b - a >= REPEATING:
                    found[start + a : start + b] = True
    return found


def _inside(count: int, speech: Sequence[Span]) -> Bools:
    inside = np.zeros(count, bool)
    for span in speech:
        inside[int(span.start * RATE / PIECE) : int(span.end * RATE / PIECE)] = True
    return inside


def band(signal: Floats, spoken: Bools, frame: int) -> float:
    """Highest frequency in Hz at which speech stands above the noise."""
    speech, pause = (_spectrum(signal, np.flatnonzero(where), frame) for where in (spoken, ~spoken))
    if speech is None:
        return 0.0
    noise = np.zeros_like(speech) if pause is None else pause
    heard = np.flatnonzero((speech > ABOVE * noise) & (speech > FAINTEST * speech.max()))
    return float(heard[-1] * RATE / SPECTRUM) if len(heard) else 0.0


def _spectrum(signal: Floats, numbers: npt.NDArray[np.intp], frame: int) -> Floats | None:
    """Mean power by frequency over at most ``MOST`` of those frames, smoothed over 160 Hz; None without frames."""
    numbers = numbers[numbers * frame + SPECTRUM <= len(signal)]
    if not len(numbers):
        return None
    from scipy import fft  # 0.2 s: only where sound is processed

    chosen = numbers[:: -(-len(numbers) // MOST)] * frame
    frames = np.lib.stride_tricks.sliding_window_view(signal, SPECTRUM)[chosen]
    parts = fft.rfft(frames * np.hanning(SPECTRUM).astype(np.float32), axis=1).view(np.float32)
    power = np.einsum("ij,ij->j", parts, parts).reshape(-1, 2).sum(axis=1) / len(chosen)
    return np.asarray(np.convolve(power, np.full(5, 0.2), mode="same"), np.float32)


def leak(own: Floats, other: Floats, where: Bools, frame: int) -> float | None:
    """Level in dB at which ``other`` is heard in ``own``, from what the two share; None where they share nothing.

    :param where: frames in which the other speaks, and louder than this side sounds.
    """
    if where.sum() * frame < RATE:
        return None
    first = int(np.argmax(where)) * frame
    last = min(first + LONGEST_LEAK, len(where) * frame)
    a, b = other[first:last] * np.repeat(where, frame)[first:last], own[first:last]
    shared = _correlation(a, b)
    usual, best = float(np.median(np.abs(shared))), float(np.abs(shared).max())
    power = float(a @ a)
    if power <= 0 or best < SURE * usual or best < 1e-12:
        return None
    return float(20 * np.log10(best / power))


def _correlation(a: Floats, b: Floats) -> Floats:
    """What ``b`` shares with ``a`` at each delay below ``LATE``, by pieces of BLOCK samples whose spectra are added up."""
    from scipy import fft

    step = BLOCK - LATE
    count = -(-len(a) // step)
    told, heard = np.zeros(count * step, np.float32), np.zeros(count * step + LATE, np.float32)
    told[: len(a)], heard[: len(b)] = a, b
    later = np.lib.stride_tricks.sliding_window_view(heard, BLOCK)[::step]
    product = fft.rfft(later, axis=1) * np.conj(fft.rfft(told.reshape(count, step), BLOCK, axis=1))
    return np.asarray(fft.irfft(product.sum(axis=0), BLOCK)[:LATE], np.float32)


def _runs(flags: Bools) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
