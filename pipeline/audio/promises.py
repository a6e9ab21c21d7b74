"""What the headers of WAV and Ogg files promise, compared with what the file holds.

FFmpeg quietly plays as much as it finds. For an archive of calls that is wrong twice: half a call would be judged as a
whole one, and a header that says too little would hide the rest of the call. Recorders that stream leave the size at 0
or near a power of two; those mean "not known" and are taken as such. Other containers are compared after decoding.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.errors import BadRecording

Read = Callable[[int, int], bytes]  # (size, offset) -> bytes, as os.pread

UNKNOWN_FROM = 0x7FFF0000  # sizes from here on are what writers of pipes leave in the header
MOST_CHUNKS = 1000
SLACK = 1024  # bytes: padding, wrong rounding, a few bytes of junk at the end
LONGEST_PAGE = 27 + 255 + 255 * 255  # of Ogg


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk: where its content begins, and how long its header says it is."""

    name: bytes
    start: int
    size: int


def check_promises(read: Read, size: int) -> None:
    """Raises BadRecording when a WAV or Ogg file is not what its own sizes say; other files pass."""
    head = read(12, 0)
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        check_wav(read, size)
    if head[:4] == b"OggS":
        check_ogg(read, size)


def check_ogg(read: Read, size: int) -> None:
    """Raises BadRecording("truncated") when the last page ends behind the end of the file."""
    start = max(0, size - LONGEST_PAGE)
    end = read(size - start, start)
    page = end.rfind(b"OggS")
    segments = end[page + 27 : page + 27 + end[page + 26]] if len(end) > page + 26 else b""
    if page >= 0 and (len(end) < page + 27 or len(end) < page + 27 + end[page + 26] + sum(segments)):
        raise BadRecording("truncated", "The recording is cut off within its last piece. Export or copy it again.")


def check_wav(read: Read, size: int) -> None:
    """Raises BadRecording("truncated" | "damaged" | "zero_length") when the sizes of a RIFF/WAVE file do not fit."""
    per_second, data = 0, None
    for chunk in _chunks(read, size):
        if chunk.name == b"fmt ":
            per_second = _bytes_a_second(read(16, chunk.start))
        if chunk.name == b"data":
            data = chunk
            break
    if data is None:
        raise BadRecording(
            "truncated", "The WAV file ends before its sound begins. Export or copy the recording again."
        )
    _check_data(data, size - data.start, per_second, read)


def _check_data(data: Chunk, held: int, per_second: int, read: Read) -> None:
    if held <= 0 and data.size == 0:
        raise BadRecording("zero_length", "The recording is 0 seconds long: the WAV file holds a header and no sound.")
    if data.size == 0 or data.size >= UNKNOWN_FROM:
        return
    if held < data.size - max(SLACK, per_second // 10):
        raise BadRecording(
            "truncated",
            f"The recording is cut off: its header promises {_length(data.size, per_second)}, the file holds "
            f"{_length(max(0, held), per_second)}. Export or copy it again.",
        )
    behind = held - data.size
    if behind > SLACK + data.size // 20 and not _is_chunks(
        read, data.start + data.size + data.size % 2, data.start + held
    ):
        raise BadRecording(
            "damaged",
            f"The header of the WAV file says {_length(data.size, per_second)} of sound, but the file holds "
            f"{_length(held, per_second)}: the header is wrong, and it cannot be told what is right. Export it again.",
        )


def _chunks(read: Read, size: int) -> Iterator[Chunk]:
    place = 12
    for _ in range(MOST_CHUNKS):
        header = read(8, place)
        if len(header) < 8 or place > size:
            return
        name, length = struct.unpack("<4sI", header)
        yield Chunk(name, place + 8, length)
        place += 8 + length + length % 2


def _is_chunks(read: Read, place: int, end: int) -> bool:
    """True when further chunks (lists, cue points, padding) explain the bytes up to ``end``."""
    for _ in range(MOST_CHUNKS):
        if end - place < 8:
            return True
        name, length = struct.unpack("<4sI", read(8, place))
        if not all(32 <= byte < 127 for byte in name) or place + 8 + length > end + SLACK:
            return not any(read(min(SLACK, end - place), place))  # zeros are padding
        place += 8 + length + length % 2
    return False


def _bytes_a_second(fmt: bytes) -> int:
    return int(struct.unpack("<I", fmt[8:12])[0]) if len(fmt) >= 12 else 0


def _length(size: int, per_second: int) -> str:
    return f"{size / per_second:,.1f} s" if per_second else f"{size:,} bytes"
