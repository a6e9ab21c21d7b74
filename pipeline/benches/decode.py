"""Decoding: the confined pool against one ffmpeg process a file, on the same cores.

Files of 60 s, as telephone systems write them. Both arms give float32 at 16 kHz; ffmpeg resamples by soxr too, so that
equality can be asked for: 1 step of 16 bits where nothing is resampled, more than 60 dB signal to noise elsewhere.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import numpy.typing as npt

from pipeline.audio.decode import Decoded
from pipeline.audio.pool import DecodePool
from pipeline.audio.streaming import RATE, Samples
from pipeline.errors import PipelineError
from pipeline.measuring.bench import Arms, BenchOptions

SECONDS = 60
SMALL = 15  # seconds of a file where only the arms and their equality are tried


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: its ending, encoder, container, rate and channels."""

    suffix: str
    codec: str
    container: str
    rate: int
    channels: int
    bit_rate: int | None = None
    options: Mapping[str, str] = field(default_factory=dict)


KINDS = {
    "wav mu-law 8 kHz": Kind("wav", "pcm_mulaw", "wav", 8000, 1),
    "wav PCM 16 kHz": Kind("wav", "pcm_s16le", "wav", 16000, 1),
    "wav PCM 8 kHz stereo": Kind("wav", "pcm_s16le", "wav", 8000, 2),
    "flac 8 kHz": Kind("flac", "flac", "flac", 8000, 1),
    "mp3 8 kHz": Kind("mp3", "mp3", "mp3", 8000, 1, 32000),
    "opus 16 kHz": Kind("opus", "libopus", "ogg", 16000, 1, 16000, {"application": "voip"}),
}


class DecodeBench:
    """See the module. ``facts`` names the files and how many processes each arm uses."""

    name = "decode"
    good = 3.0
    goal = 10.0

    def prepare(self, options: BenchOptions) -> Arms:
        check_ffmpeg()
        pool = DecodePool(children=options.threads)
        folder = Path(tempfile.mkdtemp(prefix="callsift-bench-"))
        weakref.finalize(pool, shutil.rmtree, folder, ignore_errors=True)
        each, seconds = (1, SMALL) if options.small else (2 * pool.children, SECONDS)
        paths = make_files(folder, KINDS, each, seconds)
        pool.in_force()

        def ours() -> list[Samples]:
            return [_samples(result) for result in pool.decode_all(paths)]

        def peer() -> list[Samples]:
            with ThreadPoolExecutor(pool.children) as threads:
                return list(threads.map(by_ffmpeg, paths))

        facts = {"files": dict.fromkeys(KINDS, each), "seconds a file": seconds, "processes at once": pool.children}
        return Arms(
            ours, peer, difference, float(seconds * len(paths)), "audio seconds", "one ffmpeg process a file", facts
        )


def check_ffmpeg() -> None:
    """Raises PipelineError when the peer is missing or cannot resample by soxr."""
    if shutil.which("ffmpeg") is None:
        raise PipelineError("ffmpeg is not on PATH: it is the peer of this benchmark. Install the package ffmpeg.")
    built = subprocess.run(["ffmpeg", "-hide_banner", "-buildconf"], capture_output=True, text=True, check=True)
    if "--enable-libsoxr" not in built.stdout:
        raise PipelineError(
            "This ffmpeg is built without libsoxr, so the arms cannot be compared. Install Debian's ffmpeg."
        )


def make_files(folder: Path, kinds: Mapping[str, Kind], each: int, seconds: int) -> list[Path]:
    """``each`` different files of every kind."""
    paths: list[Path] = []
    for kind in kinds.values():
        for number in range(each):
            path = folder / f"{len(paths):03}.{kind.suffix}"
            path.write_bytes(encoded(likeness_of_speech(seconds, kind.rate, kind.channels, seed=number), kind))
            paths.append(path)
    return paths


def likeness_of_speech(seconds: int, rate: int, channels: int, *, seed: int) -> npt.NDArray[np.int16]:
    """Noise of the telephone band in syllables and pauses, ``[n, channels]``."""
    count = seconds * rate
    spectrum = np.random.default_rng(seed).standard_normal((channels, count // 2 + 1, 2)) @ np.array([1, 1j])
    hertz = np.fft.rfftfreq(count, 1 / rate)
    band = np.where((hertz > 200) & (hertz < 3400), (np.maximum(hertz, 200) / 200) ** -0.7, 0)
    noise = np.fft.irfft(spectrum * band, count)
    syllables = np.maximum(0, np.sin(2 * np.pi * 3.1 * np.arange(count) / rate + np.arange(channels)[:, None]))
    loud = noise * syllables
    return (loud / np.abs(loud).max() * 20000).astype(np.int16).T


def encoded(pcm: npt.NDArray[np.int16], kind: Kind) -> bytes:
    """The bytes of one file."""
    layout = "mono" if kind.channels == 1 else "stereo"
    file = io.BytesIO()
    with av.open(file, "w", format=kind.container) as output:
        stream = cast(
            av.AudioStream, output.add_stream(kind.codec, rate=kind.rate, layout=layout, options=dict(kind.options))
        )
        if kind.bit_rate:
            stream.bit_rate = kind.bit_rate
        context = stream.codec_context
        feed = av.AudioResampler(context.format, layout, kind.rate, context.frame_size or 4096)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm.reshape(1, -1)), format="s16", layout=layout)
        frame.sample_rate = kind.rate
        for piece in [*feed.resample(frame), *feed.resample(None)]:
            output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
    return file.getvalue()


def by_ffmpeg(path: Path) -> Samples:
    """``[channels, n]`` at 16 kHz by one process, as scripts do it."""
    channels = 2 if path.read_bytes()[22:24] == b"\x02\x00" and path.suffix == ".wav" else 1
    command = ["ffmpeg", "-nostdin", "-v", "error", "-threads", "1", "-i", str(path), "-af", "aresample=resampler=soxr",
               "-ar", str(RATE), "-f", "f32le", "-"]  # fmt: skip
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return np.frombuffer(done.stdout, "<f4").reshape(-1, channels).T


def difference(ours: Sequence[Samples], peer: Sequence[Samples]) -> str | None:
    """None when every file came out the same."""
    for number, (mine, other) in enumerate(zip(ours, peer, strict=True)):
        if mine.shape[0] != other.shape[0] or abs(mine.shape[1] - other.shape[1]) > RATE // 1000:
            return f"file {number}: {mine.shape} samples against {other.shape}"
        count = min(mine.shape[1], other.shape[1])
        error = np.abs(mine[:, :count] - other[:, :count])
        if error.max() > 1 / 32768 and _decibels(other[:, :count], error) < 60:
            return f"file {number}: {_decibels(other[:, :count], error):.1f} dB signal to noise"
    return None


def _decibels(signal: Samples, error: Samples) -> float:
    return float(10 * np.log10(np.square(signal).mean() / np.square(error).mean()))


def _samples(result: Any) -> Samples:
    if not isinstance(result, Decoded):
        raise result
    return result.samples


bench = DecodeBench()
