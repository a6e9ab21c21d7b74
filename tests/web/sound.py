"""A listening copy for a told call: a hum that swells with each word, one pitch a party, silence where words were removed."""

from __future__ import annotations

import random

import numpy as np
import numpy.typing as npt

from pipeline.audio.listening import wav_header
from pipeline.records import CallResult, Turn

RATE = 8000


def wav_of(result: CallResult) -> bytes:
    """A WAV file, int16, with as many channels as the parties of the call use."""
    channels = 1 + max((party.channel or 0 for party in result.call.parties), default=0)
    sound = np.zeros((int(result.call.duration * RATE), channels), np.int16)
    for number, party in enumerate(result.call.parties):
        for turn in (turn for turn in result.call.turns if turn.party == party.id):
            _hum(sound[:, party.channel or 0], turn, 130.0 + 60 * number)
    return wav_header(channels, RATE, len(sound)) + sound.astype("<i2").tobytes()


def _hum(channel: npt.NDArray[np.int16], turn: Turn, pitch: float) -> None:
    loud = random.Random(f"{turn.party}{turn.start}")
    for word in turn.words:
        if not word.redacted:
            place = channel[int(word.start * RATE) : int(word.end * RATE)]
            steps = np.arange(len(place))
            swell = np.sin(np.pi * steps / max(1, len(place)))
            place[:] = (5000 + 14000 * loud.random()) * swell * np.sin(2 * np.pi * pitch * steps / RATE)
