"""Opens a recording for decoding and refuses, with a reason, what callsift does not take.

The decoder gets an open descriptor, never a name: FFmpeg may use its ``fd`` protocol and nothing else, so no playlist,
no reference inside a file and no odd file name can make it open anything. Containers and codecs are whitelists.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import av

from pipeline.audio.promises import check_promises
from pipeline.audio.sniff import HEAD, refuse_if_foreign
from pipeline.errors import BadRecording
from pipeline.records import Seconds

CONTAINERS = ("wav", "w64", "mp3", "ogg", "flac", "amr", "aac", "au", "aiff", "caf", "mov", "matroska", "asf")
HEADERLESS = {  # told by the name's ending only: Asterisk and SIP recorders write them without any header
    "gsm": "gsm", "ulaw": "mulaw", "ul": "mulaw", "pcmu": "mulaw", "alaw": "alaw", "al": "alaw", "pcma": "alaw",
    "sln": "s16le", "g722": "g722", "g729": "g729", "g723": "g723_1",
}  # fmt: skip
PLAIN = {"sample_rate": "8000", "ch_layout": "mono"}  # what headerless PCM of a telephone is
CODECS = frozenset((
    "pcm_u8 pcm_s8 pcm_s16le pcm_s16be pcm_s24le pcm_s24be pcm_s32le pcm_s32be pcm_f32le pcm_f32be pcm_f64le pcm_f64be "
    "pcm_mulaw pcm_alaw gsm gsm_ms adpcm_ms adpcm_ima_wav adpcm_ima_qt adpcm_g722 adpcm_g726 adpcm_g726le g723_1 g729 "
    "mp1 mp2 mp3 opus vorbis flac alac amr_nb amr_wb aac speex wmav1 wmav2 wmapro truespeech"
).split())  # fmt: skip
GUESSED = ("mp3", "aac")  # containers whose length is an estimate from size and bit rate
WAV_OPTIONS = {  # all parameters stand in its header: FFmpeg need not read on to guess (10 ms), nor hand out 512 samples a time
    "probesize": "32",
    "max_size": "32768",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken: the most decoded seconds and channels, and the sample rates (Hz)."""

    max_seconds: Seconds = 4 * 3600.0
    max_channels: int = 2
    min_rate: int = 4000
    max_rate: int = 384000


@dataclass(frozen=True, slots=True)
class Header:
    """What the header of a recording says. ``duration`` is None where the format does not tell.

    ``exact``: the container states its length, so that a shorter file was cut.
    """

    container: str
    codec: str
    sample_rate: int
    channels: int
    duration: Seconds | None
    exact: bool


@contextmanager
def opened(descriptor: int, suffix: str, limits: Limits) -> Iterator[tuple[av.container.InputContainer, Header]]:
    """The container and its checked header; raises BadRecording. ``suffix`` matters for headerless formats only."""
    head = os.pread(descriptor, HEAD, 0)
    refuse_if_foreign(head)
    check_promises(lambda size, place: os.pread(descriptor, size, place), os.fstat(descriptor).st_size)
    try:
        container = _open(descriptor, HEADERLESS.get(suffix.lower().lstrip(".")), head)
    except av.FFmpegError as error:
        raise _unopened(head) from error
    with container:
        yield container, _checked(container, descriptor, limits)


def too_long(duration: Seconds | None, limits: Limits) -> BadRecording:
    length = "more than" if duration is None else f"{_spoken(duration)}, more than"
    border = _spoken(limits.max_seconds)
    return BadRecording("too_long", f"The recording lasts {length} {border}. Split it, or raise the setting max_hours.")


def _spoken(seconds: Seconds) -> str:
    size, unit = next(((n, u) for n, u in ((3600, "hour"), (60, "minute")) if seconds >= n), (1, "second"))
    shown = f"{seconds / size:.1f}".removesuffix(".0")
    return f"{shown} {unit}" + ("" if shown == "1" else "s")


def _open(descriptor: int, headerless: str | None, head: bytes) -> av.container.InputContainer:
    options = {"fd": str(descriptor), "protocol_whitelist": "fd"} | (WAV_OPTIONS if head[:4] == b"RIFF" else {})
    os.lseek(descriptor, 0, os.SEEK_SET)  # FFmpeg begins where the descriptor stands
    try:
        return av.open("fd:", options=options | {"format_whitelist": ",".join(CONTAINERS)})
    except av.FFmpegError:
        if headerless is None or (headerless == "gsm" and head[0] >> 4 != 0xD):  # each GSM frame begins so
            raise
    os.lseek(descriptor, 0, os.SEEK_SET)
    plain = PLAIN if headerless in ("mulaw", "alaw", "s16le") else {}
    return av.open("fd:", format=headerless, options=options | plain)


def _checked(container: av.container.InputContainer, descriptor: int, limits: Limits) -> Header:
    if any(not stream.disposition & av.stream.Disposition.attached_pic for stream in container.streams.video):
        raise BadRecording(
            "video", "This is a video file: it has a picture beside its sound. Export the sound alone and take that in."
        )
    if not container.streams.audio:
        raise BadRecording("no_audio", "The file has no sound in it.")
    stream = container.streams.audio[0]
    codec = "unknown" if stream.codec_context is None else str(stream.codec_context.codec.canonical_name)
    if codec not in CODECS:
        raise BadRecording(
            "unknown_codec",
            f"The sound is coded in a way callsift does not read ({codec}). Export it as WAV, MP3, Opus or FLAC.",
        )
    name, duration = container.format.name, _duration(stream, container)
    header = Header(name, codec, stream.rate, stream.channels, duration, _is_exact(name, descriptor))
    _check_limits(header, limits)
    return header


def _check_limits(header: Header, limits: Limits) -> None:
    if not 1 <= header.channels <= limits.max_channels:
        raise BadRecording(
            "channels",
            f"The recording has {header.channels} channels; callsift takes 1 (mono) or 2 (one side of the call each).",
        )
    if not limits.min_rate <= header.sample_rate <= limits.max_rate:
        raise BadRecording(
            "sample_rate",
            f"The sample rate of {header.sample_rate} Hz lies outside {limits.min_rate} to {limits.max_rate} Hz.",
        )
    doubt = 1.0 if header.exact else 2.0  # an estimate may be wrong; decoding counts anyway
    if header.duration is not None and header.duration > doubt * limits.max_seconds:
        raise too_long(header.duration, limits)


def _duration(stream: av.AudioStream, container: av.container.InputContainer) -> Seconds | None:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration is not None else None


def _is_exact(container: str, descriptor: int) -> bool:
    """MP3 states its length only in a Xing, Info or VBRI frame."""
    if container not in GUESSED:
        return True
    head = os.pread(descriptor, 1 << 16, 0)
    return any(tag in head for tag in (b"Xing", b"Info", b"VBRI"))


def _unopened(head: bytes) -> BadRecording:
    if head.startswith(b"RIFF"):
        return BadRecording("damaged", "The header of the WAV file makes no sense. Export or copy it again.")
    if head[4:8] == b"ftyp":
        return BadRecording(
            "truncated", "The recording is cut off: its table of contents is missing. Export or copy it again."
        )
    return BadRecording(
        "unknown_format", "The file is in no format that callsift reads. Export it as WAV, MP3, Opus or FLAC."
    )
