"""Spoken phrases with the time of every word, as the synthesiser itself planned it.

The sound comes from pipeline.training.voices, the times from a second run that asks the engine's library what it did:
flite's segment ends through libflite, espeak-ng's word events through libespeak-ng, festival's segment ends by script.
Pitch and tempo stretch a whole phrase evenly, so the times stretch along; they are right to a few hundredths of a second.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import itertools
import json
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from pipeline.errors import PipelineError
from pipeline.training.speech import pronounced
from pipeline.training.voices import ESPEAK_WORDS_PER_MINUTE, RATE, Samples, Voice, VoiceError, find_voice, speak_all

QUIET = 0.012  # of full scale, where voices.speak peaks at 0.7: below this nobody hears a phrase begin or end
MARGIN_S = 0.02  # kept around the sound of a phrase

Span = tuple[float, float]


class ClockError(PipelineError):
    """An engine whose word times do not fit the words it was given."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase as spoken: float32 mono at 16 kHz without silence around it, and (start, end) in seconds of each word."""

    text: str
    samples: Samples
    words: tuple[Span, ...]

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


def speak_phrases(texts: Sequence[str], voice: str, *, pitch: float = 0.0, tempo: float = 1.0) -> list[Phrase]:
    """Each text spoken by one speaker, with the times of its words (split at spaces).

    :raises VoiceError: unknown voice, or a program or library that is not installed.
    :raises ClockError: the engine spoke other words than it was given.
    """
    given = [pronounced(text) for text in texts]
    sounds = speak_all(given, voice, pitch=pitch, tempo=tempo)
    speaker = find_voice(voice)
    stretch = 2.0 ** (pitch / 12.0) / tempo
    plans = _PLANS[speaker.engine](speaker, given, stretch if speaker.stretches else 1.0)
    return [_phrase(text, sound, *plan) for text, sound, plan in zip(texts, sounds, plans, strict=True)]


def _phrase(text: str, sound: Samples, planned: Sequence[Span], whole: float) -> Phrase:
    """The plan laid over the sound, both cut to where something is heard."""
    scale = len(sound) / RATE / whole
    loud = np.flatnonzero(np.abs(sound) > QUIET)
    first = max(0, int(loud[0]) - round(MARGIN_S * RATE))
    last = min(len(sound), int(loud[-1]) + round(MARGIN_S * RATE))
    if len(planned) != len(text.split()):
        raise ClockError(f"The engine timed {len(planned)} words of {len(text.split())} in {text!r}")
    longest = (last - first) / RATE
    spans = [(start * scale - first / RATE, end * scale - first / RATE) for start, end in planned]
    words = [(min(max(start, 0.0), longest), min(max(end, 0.0), longest)) for start, end in spans]
    words[-1] = (words[-1][0], min(words[-1][1], longest))
    return Phrase(text, sound[first:last], tuple(words))


Plan = tuple[list[Span], float]  # the words' times and the length of the whole, in the engine's own seconds


# flite: the utterance keeps tokens, syllables and segments; a token's first and last segment give its time.


class _FliteVoice(ctypes.Structure):
    _fields_ = (("name", ctypes.c_char_p), ("features", ctypes.c_void_p))


class _FliteWave(ctypes.Structure):
    _fields_ = (("type", ctypes.c_char_p), ("rate", ctypes.c_int), ("samples", ctypes.c_int))


_FLITE_CALLS = {
    "flite_synth_text": (ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_void_p]),
    "utt_relation": (ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_char_p]),
    "utt_wave": (ctypes.POINTER(_FliteWave), [ctypes.c_void_p]),
    "relation_head": (ctypes.c_void_p, [ctypes.c_void_p]),
    "item_next": (ctypes.c_void_p, [ctypes.c_void_p]),
    "ffeature_float": (ctypes.c_float, [ctypes.c_void_p, ctypes.c_char_p]),
    "feat_set_float": (None, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_float]),
    "delete_utterance": (None, [ctypes.c_void_p]),
}
_FIRST_SEGMENT = b"daughter1.R:SylStructure.daughter1.daughter1.R:Segment.p.end"
_LAST_SEGMENT = b"daughtern.R:SylStructure.daughtern.daughtern.R:Segment.end"


def _flite_plans(voice: Voice, texts: Sequence[str], stretch: float) -> list[Plan]:
    flite, speaker = _flite(), _flite_voice(voice.id)
    flite.feat_set_float(speaker.contents.features, b"duration_stretch", round(stretch, 4))
    return [_flite_plan(flite, speaker, text) for text in texts]


def _flite_plan(flite: ctypes.CDLL, speaker: ctypes._Pointer[_FliteVoice], text: str) -> Plan:
    utterance = flite.flite_synth_text(f" {text}".encode(), ctypes.cast(speaker, ctypes.c_void_p))
    try:
        spans = []
        token = flite.relation_head(flite.utt_relation(utterance, b"Token"))
        while token:
            spans.append((flite.ffeature_float(token, _FIRST_SEGMENT), flite.ffeature_float(token, _LAST_SEGMENT)))
            token = flite.item_next(token)
        wave = flite.utt_wave(utterance).contents
        return spans, wave.samples / wave.rate
    finally:
        flite.delete_utterance(utterance)


@cache
def _flite() -> ctypes.CDLL:
    for name in ("libflite_cmulex.so.1", "libflite_usenglish.so.1"):
        _library(name)
    flite = _library("libflite.so.1")
    for name, (result, arguments) in _FLITE_CALLS.items():
        function = getattr(flite, name)
        function.restype, function.argtypes = result, arguments
    flite.flite_init()
    return flite


@cache
def _flite_voice(name: str) -> ctypes._Pointer[_FliteVoice]:
    register = getattr(_library(f"libflite_cmu_us_{name}.so.1"), f"register_cmu_us_{name}")
    register.restype, register.argtypes = ctypes.POINTER(_FliteVoice), [ctypes.c_char_p]
    return register(None)


# espeak-ng: a callback gets the sound in pieces with an event at the start of each word; a word lasts until the next.


class _EspeakEvent(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("message", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),  # ms
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


class _EspeakVoice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("unused", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


_ESPEAK_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_EspeakEvent))
_ESPEAK_SYNCHRONOUS, _ESPEAK_RATE = 2, 1
_ESPEAK_FLAGS = 0x1001  # UTF-8; a pause at the end, as the program makes it
_EVENT_LAST, _EVENT_WORD = 0, 1


def _espeak_plans(voice: Voice, texts: Sequence[str], stretch: float) -> list[Plan]:
    espeak, rate = _espeak()
    if espeak.espeak_SetVoiceByName(voice.id.encode()) != 0:  # "en-gb+f3" is a language with a variant
        wanted = _EspeakVoice(None, voice.id.encode())
        if espeak.espeak_SetVoiceByProperties(ctypes.byref(wanted)) != 0:
            raise VoiceError(f"espeak-ng has no voice {voice.id!r}")
    espeak.espeak_SetParameter(_ESPEAK_RATE, round(ESPEAK_WORDS_PER_MINUTE / stretch), 0)
    return [_espeak_plan(espeak, rate, text) for text in texts]


def _espeak_plan(espeak: ctypes.CDLL, rate: int, text: str) -> Plan:
    starts: dict[int, float] = {}
    lengths: list[int] = []

    def hear(sound: int | None, count: int, events: ctypes._Pointer[_EspeakEvent]) -> int:
        lengths.append(count)
        place = 0
        while events[place].type != _EVENT_LAST:
            if events[place].type == _EVENT_WORD:
                starts.setdefault(events[place].text_position - 1, events[place].audio_position / 1000)
            place += 1
        return 0

    callback = _ESPEAK_CALLBACK(hear)
    espeak.espeak_SetSynthCallback(callback)
    data = text.encode()
    espeak.espeak_Synth(data, len(data) + 1, 0, 1, 0, _ESPEAK_FLAGS, None, None)
    espeak.espeak_Synchronize()
    whole = sum(lengths) / rate
    return _filled(text, starts, whole), whole


def _filled(text: str, starts: dict[int, float], whole: float) -> list[Span]:
    """Spans from the starts by character. espeak says some pairs ("of the") as one: those share it by their letters."""
    places = [sum(len(word) + 1 for word in text.split()[:i]) for i in range(len(text.split()))]
    known = {0: 0.0, **{place: start for place, start in starts.items() if place in places}, len(text) + 1: whole}
    times = np.interp([*places, len(text) + 1], sorted(known), [known[place] for place in sorted(known)])
    return [(float(start), float(end)) for start, end in itertools.pairwise(times)]


@cache
def _espeak() -> tuple[ctypes.CDLL, int]:
    espeak = _library("libespeak-ng.so.1")
    rate = espeak.espeak_Initialize(_ESPEAK_SYNCHRONOUS, 0, None, 0)
    if rate <= 0:
        raise VoiceError("libespeak-ng did not start; on Debian: apt install espeak-ng")
    espeak.espeak_Synth.argtypes = [
        ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
        ctypes.c_void_p, ctypes.c_void_p,
    ]  # fmt: skip
    return espeak, rate


# festival: a script prints each token's first and last segment as one JSON line a phrase.

_FESTIVAL_SCRIPT = """
(define (print_token token)
  (if (not (item.parent token))
    (format t "[%f, %f], "
      (item.feat token "daughter1.R:SylStructure.daughter1.daughter1.R:Segment.segment_start")
      (item.feat token "daughtern.R:SylStructure.daughtern.daughtern.R:Segment.segment_end"))))
(define (print_plan text)
  (let ((utt (utt.synth (eval (list 'Utterance 'Text text)))))
    (format t "[")
    (mapcar print_token (utt.relation.items utt 'Token))
    (format t "%f]\\n" (item.feat (utt.relation.last utt 'Segment) 'segment_end))))
"""


def _festival_plans(voice: Voice, texts: Sequence[str], stretch: float) -> list[Plan]:
    lines = [_FESTIVAL_SCRIPT, f"(voice_{voice.id})", f"(Parameter.set 'Duration_Stretch {stretch:.4f})"]
    lines += [f'(print_plan "{text}")' for text in texts]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "plan.scm")
        script.write_text("\n".join(lines))
        try:
            done = subprocess.run(
                ["festival", "--batch", str(script)], check=True, capture_output=True, text=True, timeout=300
            )
        except FileNotFoundError as error:
            raise VoiceError("festival is not installed; on Debian: apt install festival festvox-us-slt-hts") from error
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    return [([(float(start), float(end)) for start, end in row[:-1]], float(row[-1])) for row in rows]


_PLANS = {"flite": _flite_plans, "espeak": _espeak_plans, "festival": _festival_plans}


def _library(name: str) -> ctypes.CDLL:
    try:
        return ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)
    except OSError as error:
        raise VoiceError(f"{name} is not there; on Debian: apt install flite espeak-ng") from error
