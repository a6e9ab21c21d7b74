"""The voices of a call's parties, for finding one voice in several calls; made from the listening copy.

Only whoever may use them calls this: voices are kept where the setting and the caller's consent allow it. Agents are left
out, they speak in many calls by trade; so is a party whose voice is that of an agent leaking into the other channel.
"""

from __future__ import annotations

import hashlib
import io
import wave
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import soxr

from pipeline.cases.linking import SAME_VOICE
from pipeline.cases.records import Voice
from pipeline.diarization._voices import WEIGHTS, load_encoder
from pipeline.diarization._windows import cut, mirrored
from pipeline.records import Call, Party, Span

RATE = 16000
LOUDNESS_DB = -30.0  # what the encoder is used to
LEAST = 3.0  # seconds of speech; less does not tell two people apart

Samples = npt.NDArray[np.float32]


def voices_of(call: Call, listening: bytes) -> list[Voice]:
    """The voices of everybody but the agents (and phone systems) who speaks for at least 3 s."""
    samples = read_listening(listening)
    model = encoder_name()
    vectors = {party.id: _vector(samples, party, _speech(call, party)) for party in call.parties}
    known = {name: vector for name, vector in vectors.items() if vector is not None}
    agents = [known[party.id] for party in call.parties if party.role == "agent" and party.id in known]
    return [
        Voice(party.id, model, tuple(float(x) for x in known[party.id]))
        for party in call.parties
        if party.role not in ("agent", "ivr") and party.id in known and not _is_one_of(known[party.id], agents)
    ]


@cache
def encoder_name() -> str:
    """The encoder and the hash of its weights: voices of another one cannot be compared."""
    return f"voice_encoder@{hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()[:12]}"


def read_listening(data: bytes) -> Samples:
    """``[channels, n]`` float32 at 16 kHz of a listening copy (16-bit WAV, as pipeline.audio.listening writes it)."""
    with wave.open(io.BytesIO(data)) as file:
        channels, rate = file.getnchannels(), file.getframerate()
        raw = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, channels)
    heard = raw.T.astype(np.float32) / 32768.0
    return heard if rate == RATE else np.stack([soxr.resample(one, rate, RATE) for one in heard])


def _speech(call: Call, party: Party) -> list[Span]:
    """Where a party speaks; the tones over redacted words are nobody's voice."""
    spans: list[Span] = []
    for turn in call.turns:
        for word in turn.words if turn.party == party.id else ():
            if word.redacted:
                continue
            if spans and word.start - spans[-1].end < 0.35:
                spans[-1] = Span(spans[-1].start, max(spans[-1].end, word.end))
            else:
                spans.append(Span(word.start, word.end))
    return spans


def _vector(samples: Samples, party: Party, speech: Sequence[Span]) -> Samples | None:
    if sum(span.end - span.start for span in speech) < LEAST:
        return None
    signal = samples[party.channel if party.channel is not None and party.channel < len(samples) else 0]
    encoder = load_encoder()
    mels = encoder.mels(signal) * _raise(signal, speech) ** 2
    windows = cut(speech, len(mels))
    pieces = [mirrored(mels[first:last]) for first, last in zip(windows.first, windows.last, strict=True)]
    if not pieces:
        return None
    mean = encoder.embed(pieces).mean(0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)


def _raise(signal: Samples, speech: Sequence[Span]) -> float:
    heard = np.concatenate([signal[round(s.start * RATE) : round(s.end * RATE)] for s in speech])
    loudness = 10 * np.log10(max(float(np.square(heard).mean()), 1e-10)) if len(heard) else 0.0
    return float(10 ** (max(0.0, LOUDNESS_DB - loudness) / 20))


def _is_one_of(vector: Samples, others: Sequence[Samples]) -> bool:
    return any(float(vector @ other) >= SAME_VOICE for other in others)


def as_bytes(voice: Voice) -> bytes:
    """How a voice lies in a database: float32, little endian."""
    return np.asarray(voice.vector, "<f4").tobytes()
