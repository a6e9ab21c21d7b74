"""Writing recordings in the codecs that telephone recorders use.

PyAV carries the encoders for all but GSM 6.10, which sox writes. Nothing that changes between two runs (encoder
versions, stream numbers) goes into a file.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import PipelineError
from sample_calls.scenario import Codec

RATE = 8000
GSM_PAIR = 640  # samples of two GSM blocks: after an odd number of blocks sox counts its padding byte as sound
ENCODERS: dict[Codec, tuple[str, str, str, tuple[int, int] | None]] = {
    "wav_pcm": ("wav", "wav", "pcm_s16le", None),
    "wav_mulaw": ("wav", "wav", "pcm_mulaw", None),
    "wav_gsm": ("wav", "", "", None),
    "mp3": ("mp3", "mp3", "libmp3lame", (24_000, 40_000)),
    "opus": ("ogg", "ogg", "libopus", (16_000, 24_000)),
    "flac": ("flac", "flac", "flac", None),
}
"""Ending, container, encoder, and bits per second (mono, stereo) of each codec."""


def file_name(call: str, codec: Codec) -> str:
    return f"{call}.{ENCODERS[codec][0]}"


def write_audio(file: Path, channels: NDArray[np.float32], codec: Codec) -> None:
    """(channels, samples) at 8 kHz as a file of that codec.

    :raises PipelineError: sox is missing (GSM only).
    """
    samples = np.round(channels * 32767).astype(np.int16)
    if codec == "wav_gsm":
        _write_gsm(file, samples)
    else:
        _write_encoded(file, samples, codec)


def _write_encoded(file: Path, samples: NDArray[np.int16], codec: Codec) -> None:
    _, container, encoder, bits = ENCODERS[codec]
    layout = "mono" if len(samples) == 1 else "stereo"
    with av.open(str(file), "w", format=container, options={"fflags": "+bitexact"}) as output:
        stream = output.add_stream(encoder, rate=RATE, layout=layout)
        assert isinstance(stream, av.AudioStream)
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        if bits:
            stream.bit_rate = bits[len(samples) - 1]
        for frame in (_frame(samples, layout), None):
            for packet in stream.encode(frame):
                output.mux(packet)


def _frame(samples: NDArray[np.int16], layout: str) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T).reshape(1, -1), format="s16", layout=layout)
    frame.sample_rate = RATE
    frame.pts = 0
    return frame


def _write_gsm(file: Path, samples: NDArray[np.int16]) -> None:
    raw = ["-t", "raw", "-r", str(RATE), "-e", "signed-integer", "-b", "16", "-c", str(len(samples)), "-"]
    command = ["sox", "-V1", "-D", *raw, "-t", "wav", "-e", "gsm-full-rate", str(file)]
    samples = np.pad(samples, ((0, 0), (0, -samples.shape[1] % GSM_PAIR)))
    try:
        subprocess.run(command, check=True, input=samples.T.astype("<i2").tobytes(), capture_output=True)
    except FileNotFoundError as error:
        raise PipelineError("sox is not installed; on Debian: apt install sox") from error
