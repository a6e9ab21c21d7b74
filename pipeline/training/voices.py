"""Speaking text with Debian's free synthetic voices: flite, espeak-ng and festival, each run as its own program.

Pitch is changed by resampling, which moves the formants too: a voice two semitones up is another speaker rather than
the same one squeaking. The synthesiser is asked to speak slower or faster by the same factor, so tempo stays what was
asked for. The voice kept apart for "a voice never trained on" stands in HELD_OUT and must never be trained on.
"""

import io
import subprocess
import tempfile
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import soxr
from numpy.typing import NDArray

from pipeline.errors import PipelineError

RATE = 16000
ESPEAK_WORDS_PER_MINUTE = 165
LONGEST_SENTENCE_S = 120

Samples = NDArray[np.float32]


class VoiceError(PipelineError):
    """A voice that is not there or did not speak."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One synthetic speaker: the program that speaks, its name there, and the licence under which it may be used."""

    name: str
    engine: Literal["flite", "espeak", "festival"]
    id: str
    licence: str
    stretches: bool = True  # False: the engine ignores its duration setting, sox changes the tempo afterwards


_ARCTIC = "CMU ARCTIC (free for any use, keep the notice); spoken by flite (BSD-like)"
_FESTVOX = "festvox licence (BSD-like: keep the notice, name changes)"
_ESPEAK = "formant synthesis of espeak-ng (the program is GPL-3.0, what it speaks is not covered by it)"


def _by_name(*voices: Voice) -> dict[str, Voice]:
    return {voice.name: voice for voice in voices}


VOICES: dict[str, Voice] = _by_name(
    Voice("slt", "flite", "slt", _ARCTIC),
    Voice("rms", "flite", "rms", _ARCTIC),
    Voice("awb", "flite", "awb", _ARCTIC),
    Voice("kal16", "flite", "kal16", "CMU kal (BSD-like); spoken by flite (BSD-like)"),
    Voice("en-us", "espeak", "en-us", _ESPEAK),
    Voice("en-us+f2", "espeak", "en-us+f2", _ESPEAK),
    Voice("en-us+f5", "espeak", "en-us+f5", _ESPEAK),
    Voice("en-us+m3", "espeak", "en-us+m3", _ESPEAK),
    Voice("en-us+m7", "espeak", "en-us+m7", _ESPEAK),
    Voice("en-us-nyc", "espeak", "en-us-nyc", _ESPEAK),
    Voice("en-gb", "espeak", "en-gb", _ESPEAK),
    Voice("en-gb+f3", "espeak", "en-gb+f3", _ESPEAK),
    Voice("en-gb-x-rp", "espeak", "en-gb-x-rp", _ESPEAK),
    Voice("en-gb-scotland", "espeak", "en-gb-scotland", _ESPEAK),
    Voice("slt_hts", "festival", "cmu_us_slt_arctic_hts", "CMU ARCTIC and HTS (BSD-3-Clause)", stretches=False),
    Voice("kal_diphone", "festival", "kal_diphone", _FESTVOX),
)
"""Voices that may be trained on and that may speak in sample calls."""

HELD_OUT: dict[str, Voice] = _by_name(Voice("kdl", "festival", "ked_diphone", _FESTVOX))
"""Voices that only measure: neither training nor sample calls may use them."""

FOREIGN: dict[str, Voice] = _by_name(
    Voice("es", "espeak", "es", _ESPEAK),
    Voice("es+f2", "espeak", "es+f2", _ESPEAK),
)
"""Voices of other languages: sample calls that must be marked as not understood. Never trained on."""


def speak(text: str, voice: str, *, pitch: float = 0.0, tempo: float = 1.0) -> Samples:
    """The text spoken: float32 mono at 16 kHz, peak 0.7.

    :param voice: a name of VOICES or HELD_OUT.
    :param pitch: semitones up (formants move along).
    :param tempo: 1.2 is a fifth faster than the voice's own pace.
    :raises VoiceError: unknown voice, program missing, nothing spoken.
    """
    return speak_all([text], voice, pitch=pitch, tempo=tempo)[0]


def speak_all(texts: Sequence[str], voice: str, *, pitch: float = 0.0, tempo: float = 1.0) -> list[Samples]:
    """As speak, for many texts at one setting; festival takes a second to start, so it is started once."""
    speaker = find_voice(voice)
    ratio = 2.0 ** (pitch / 12.0)
    stretch = ratio / tempo
    spoken = _ENGINES[speaker.engine](speaker, texts, stretch if speaker.stretches else 1.0)
    if len(spoken) != len(texts) or any(len(samples) == 0 for samples, _ in spoken):
        raise VoiceError(f"{voice} spoke {len(spoken)} of {len(texts)} texts, the first being {texts[0][:60]!r}")
    finished = [_resampled(samples, rate * ratio) for samples, rate in spoken]
    if not speaker.stretches and abs(stretch - 1.0) > 0.005:
        finished = [_with_tempo(samples, 1.0 / stretch) for samples in finished]
    return finished


Phone = tuple[str, float, float]  # name as flite writes it, start and end in seconds


def speak_timed(text: str, voice: str, *, pitch: float = 0.0, tempo: float = 1.0) -> tuple[Samples, list[Phone]]:
    """As speak, with the time of each phone; flite's voices only (VoiceError for others), pauses left out."""
    speaker = find_voice(voice)
    if speaker.engine != "flite":
        raise VoiceError(f"{voice} is spoken by {speaker.engine}, which does not tell when it says what")
    ratio = 2.0 ** (pitch / 12.0)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "speech.wav")
        setting = f"duration_stretch={ratio / tempo:.4f}"
        told = _output("flite", "-voice", speaker.id, "--setf", setting, "-t", f" {text}", "-psdur", "-o", str(file))
        samples, rate = _read_wave(file.read_bytes())
    phones: list[Phone] = []
    before = 0.0
    for name, _, end in (item.partition(":") for item in told.decode().split()):
        phones.append((name, before / ratio, float(end) / ratio))
        before = float(end)
    return _resampled(samples, rate * ratio), [phone for phone in phones if phone[0] != "pau"]


def find_voice(name: str) -> Voice:
    """The voice of that name, held out or not."""
    voice = VOICES.get(name) or HELD_OUT.get(name) or FOREIGN.get(name)
    if voice is None:
        raise VoiceError(f"There is no voice {name!r}. Voices: {', '.join([*VOICES, *HELD_OUT, *FOREIGN])}")
    return voice


Wave = tuple[Samples, int]


def _flite(voice: Voice, texts: Sequence[str], stretch: float) -> list[Wave]:
    return [
        _read_wave(_output("flite", "-voice", voice.id, "--setf", f"duration_stretch={stretch:.4f}", "-t", f" {text}", "-o", "/dev/stdout"))
        for text in texts
    ]  # fmt: skip


def _espeak(voice: Voice, texts: Sequence[str], stretch: float) -> list[Wave]:
    pace = str(round(ESPEAK_WORDS_PER_MINUTE / stretch))
    return [_read_wave(_output("espeak-ng", "-v", voice.id, "-s", pace, "--stdout", "--", text)) for text in texts]


def _festival(voice: Voice, texts: Sequence[str], stretch: float) -> list[Wave]:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "speak.scm")
        lines = [f"(voice_{voice.id})", f"(Parameter.set 'Duration_Stretch {stretch:.4f})"]
        for number, text in enumerate(texts):
            quoted = text.replace("\\", " ").replace('"', " ")
            lines.append(f'(utt.save.wave (utt.synth (Utterance Text "{quoted}")) "{folder}/{number}.wav" \'riff)')
        script.write_text("\n".join(lines))
        _output("festival", "--batch", str(script), seconds=LONGEST_SENTENCE_S * max(1, len(texts)))
        return [_read_wave(path.read_bytes()) for n in range(len(texts)) if (path := Path(folder, f"{n}.wav")).exists()]


_ENGINES = {"flite": _flite, "espeak": _espeak, "festival": _festival}


def _output(*command: str, seconds: float = LONGEST_SENTENCE_S, given: bytes | None = None) -> bytes:
    try:
        return subprocess.run(command, check=True, capture_output=True, timeout=seconds, input=given).stdout
    except FileNotFoundError as error:
        raise VoiceError(
            f"{command[0]} is not installed; on Debian: apt install flite espeak-ng festival sox"
        ) from error
    except subprocess.CalledProcessError as error:
        raise VoiceError(f"{command[0]} failed: {error.stderr.decode(errors='replace').strip()[:300]}") from error


def _read_wave(data: bytes) -> Wave:
    """Mono 16-bit samples and their rate; a length field of a pipe (2 GB) is cut to what is there."""
    with wave.open(io.BytesIO(data)) as file:
        rate = file.getframerate()
        samples = np.frombuffer(file.readframes(len(data) // 2), dtype="<i2")
    return samples.astype(np.float32) / 32768.0, rate


def _resampled(samples: Samples, rate: float) -> Samples:
    samples = soxr.resample(samples, rate, RATE).astype(np.float32)
    return (samples * (0.7 / max(1e-4, float(np.abs(samples).max())))).astype(np.float32)


def _with_tempo(samples: Samples, factor: float) -> Samples:
    raw = ["-t", "raw", "-r", str(RATE), "-e", "floating-point", "-b", "32", "-c", "1", "-"]
    data = _output("sox", "-V1", *raw, *raw, "tempo", "-s", f"{factor:.4f}", given=samples.tobytes())
    return np.frombuffer(data, dtype=np.float32).copy()
