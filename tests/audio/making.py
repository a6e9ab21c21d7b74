"""Recordings of every kind, made when a test needs them. All are bytes, so that a test decides on names and places."""

import io
import struct
from functools import cache

import av
import numpy as np
import soundfile

TONE = 440.0
CLICK_TIMES = (0.5, 1.25, 2.0, 2.75)


def tone(seconds=1.0, rate=8000, channels=1, level=0.3, hertz=TONE):
    """float32 ``[n, channels]``; channel k sounds k octaves up, so that channels can be told apart."""
    time = np.arange(round(seconds * rate)) / rate
    return np.stack([level * np.sin(2 * np.pi * hertz * 2**k * time) for k in range(channels)], axis=1).astype(
        np.float32
    )


def clicks(seconds=3.5, rate=8000, times=CLICK_TIMES):
    """Short bursts (4 ms of 1 kHz) over a faint tone (no codec may call it silence), ``[n, 1]``."""
    signal = tone(seconds, rate, level=0.003)[:, 0]
    burst = 0.8 * np.sin(2 * np.pi * 1000 * np.arange(round(0.004 * rate)) / rate)
    for time in times:
        start = round(time * rate)
        signal[start : start + len(burst)] += burst
    return signal[:, None].astype(np.float32)


def click_times(samples, rate):
    """Where bursts begin in ``[n]``, in seconds: the first sample above a quarter of the loudest."""
    loud = np.flatnonzero(np.abs(samples) > 0.25 * np.abs(samples).max())
    starts = loud[np.concatenate([[True], np.diff(loud) > 0.1 * rate])]
    return starts / rate


def wav(samples, rate=8000, subtype="PCM_16", container="WAV"):
    """By libsndfile: WAV, RF64, W64, AIFF, AU, CAF, FLAC, OGG... with any of its subtypes (GSM610, MS_ADPCM, FLOAT...)."""
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=container, subtype=subtype)
    return file.getvalue()


def coded(samples, codec, container, rate=8000, bit_rate=None, **options):
    """By the encoders of FFmpeg: mp3, libopus, aac, libopencore_amrnb, pcm_mulaw..."""
    layout = {1: "mono", 2: "stereo", 8: "7.1"}[samples.shape[1]]
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate, layout=layout, options=options)
        if bit_rate:
            stream.bit_rate = bit_rate
        context = stream.codec_context
        feed = av.AudioResampler(format=context.format, layout=layout, rate=rate, frame_size=context.frame_size or 4096)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.reshape(1, -1)), format="flt", layout=layout)
        frame.sample_rate = rate
        for piece in [*feed.resample(frame), *feed.resample(None)]:
            output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
    return file.getvalue()


def video(seconds=1.0):
    """An MP4 with a picture and a tone."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        picture = output.add_stream("mpeg4", rate=10)
        picture.width, picture.height, picture.pix_fmt = 64, 64, "yuv420p"
        for _ in range(round(10 * seconds)):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            output.mux(picture.encode(frame))
        output.mux(picture.encode(None))
    return file.getvalue()


def with_cover(seconds=1.0):
    """An MP3 that carries a picture of its cover: not a video."""
    body = coded(tone(seconds), "mp3", "mp3", bit_rate=32000)
    png = io.BytesIO()
    with av.open(png, "w", format="image2pipe") as output:
        stream = output.add_stream("png")
        stream.width, stream.height, stream.pix_fmt = 4, 4, "rgb24"
        output.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((4, 4, 3), np.uint8), format="rgb24")))
        output.mux(stream.encode(None))
    picture = b"\0image/png\0\x03\0" + png.getvalue()
    frame = b"APIC" + struct.pack(">IH", len(picture), 0) + picture
    if body.startswith(b"ID3"):
        body = body[10 + _synchsafe(body[6:10]) :]
    size = len(frame)
    return b"ID3\x03\0\0" + bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0)) + frame + body


def two_streams():
    """A Matroska file with two sound streams: the first at 440 Hz, the second at 1760 Hz."""
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as output:
        streams = [output.add_stream("pcm_s16le", rate=8000, layout="mono") for _ in range(2)]
        for stream, hertz in zip(streams, (TONE, 4 * TONE), strict=True):
            pcm = (tone(hertz=hertz)[:, 0] * 32767).astype(np.int16)[None]
            frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
            frame.sample_rate, frame.pts = 8000, 0
            output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
    return file.getvalue()


def silent_flac(hours, rate=48000, channels=2, block=32768):
    """Silence as FLAC of some 600 kB an hour at any length, its length not stated: what a hostile maker would send."""
    blocks = round(hours * 3600 * rate / block)
    info = struct.pack(">HH", block, block) + bytes(6)
    info += ((rate << 44) | ((channels - 1) << 41) | (15 << 36)).to_bytes(8, "big") + bytes(16)
    frames = (_silent_frame(number, block, channels) for number in range(blocks))
    return b"fLaC\x80" + len(info).to_bytes(3, "big") + info + b"".join(frames)


def _silent_frame(number, block, channels):
    size_code = {4096: 12, 32768: 15}[block]
    head = bytes([0xFF, 0xF8, size_code << 4, (channels - 1) << 4 | 4 << 1]) + chr(number).encode(
        "utf-8", "surrogatepass"
    )
    head += bytes([_crc(head, 0x07, 8)])
    body = head + b"\0\0\0" * channels  # constant subframes of value 0
    return body + _crc(body, 0x8005, 16).to_bytes(2, "big")


def _crc(data, polynomial, bits):
    value, mask = 0, (1 << bits) - 1
    table = _crc_table(polynomial, bits)
    for byte in data:
        value = (value << 8 & mask) ^ table[value >> (bits - 8) ^ byte]
    return value


@cache
def _crc_table(polynomial, bits):
    table = []
    for value in range(256):
        value <<= bits - 8
        for _ in range(8):
            value = value << 1 ^ (polynomial if value >> (bits - 1) else 0)
            value &= (1 << bits) - 1
        table.append(value)
    return table


def resized(data, chunk, size):
    """A WAV file whose chunk (or ``b"RIFF"``) claims another size."""
    place = 4 if chunk == b"RIFF" else data.index(chunk) + 4
    return data[:place] + struct.pack("<I", size) + data[place + 4 :]


def retagged(data, tag):
    """A WAV file that claims to hold another codec."""
    place = data.index(b"fmt ") + 8
    return data[:place] + struct.pack("<H", tag) + data[place + 2 :]


def header_only(data):
    return data[: data.index(b"data") + 8]


def hertz_of(samples, rate=16000):
    """The loudest frequency in ``[n]``."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * rate / len(samples))


def _synchsafe(four):
    return four[0] << 21 | four[1] << 14 | four[2] << 7 | four[3]
