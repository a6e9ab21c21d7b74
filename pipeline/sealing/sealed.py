"""The sealed file: AES-256-GCM in chunks, readable from any offset, any change detected.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015). Layout: ``magic (8) | chunk size (4) | nonce prefix
(7)``, then chunks of ciphertext, each with its 16-byte tag. The nonce of chunk i is ``prefix | i (4) | last (1)``; header
and ``about`` (whose data it is) are associated data of every chunk. So flipped bits, cut ends, chunks out of order or
from another file, and a file put in another's place all fail. Opening reads the last chunk: a cut file never opens.
"""

from __future__ import annotations

import os
import secrets
import struct
from io import BytesIO
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipeline.sealing.errors import SealBroken

MAGIC = b"CSSEAL\x00\x01"
CHUNK = 64 * 1024
TAG = 16
PREFIX = 7
HEADER = struct.Struct(f">8sI{PREFIX}s")
MOST_CHUNKS = 1 << 32
LARGEST_CHUNK = 1 << 24  # a changed header must not make us allocate more


class Sink(Protocol):
    """Anything to write to: a file, or a file of pipeline.files."""

    def write(self, data: bytes, /) -> object: ...


class SealedWriter:
    """Encrypts what is written to it, a chunk at a time, into ``sink``; ``finish`` must be called once at the end."""

    def __init__(self, sink: Sink, key: bytes, about: str, *, chunk: int = CHUNK) -> None:
        prefix = secrets.token_bytes(PREFIX)
        header = HEADER.pack(MAGIC, chunk, prefix)
        self._sink, self._size = sink, chunk
        self._seal = _Chunks(key, prefix, header, about)
        self._waiting, self._next = bytearray(), 0
        sink.write(header)

    def write(self, data: bytes | memoryview) -> int:
        """Take any number of bytes; at most one chunk is held back, because the last one is marked."""
        self._waiting += data
        full = max(0, (len(self._waiting) - 1) // self._size)
        for start in range(0, full * self._size, self._size):
            self._put(bytes(self._waiting[start : start + self._size]), last=False)
        del self._waiting[: full * self._size]
        return len(data)

    def finish(self) -> None:
        """Write the last chunk (empty when nothing was written)."""
        self._put(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _put(self, plain: bytes, *, last: bool) -> None:
        self._sink.write(self._seal.close(self._next, plain, last=last))
        self._next += 1


class SealedReader:
    """Reads any stretch of a sealed file, decrypting only the chunks it lies in. ``size`` is that of the plain bytes.

    Reads do not share a position, so threads may use one reader. Close it, or use it in ``with``.
    """

    def __init__(self, file: BinaryIO, key: bytes, about: str) -> None:
        """Raises SealBroken at once when the file is cut, foreign, or sealed by another key or about something else."""
        self._file = file
        length = os.fstat(file.fileno()).st_size
        header = os.pread(file.fileno(), HEADER.size, 0)
        self._chunk, prefix = _parse_header(header)
        self._chunks = _Chunks(key, prefix, header, about)
        self._count = max(1, -(-(length - HEADER.size) // (self._chunk + TAG)))
        self.size = length - HEADER.size - self._count * TAG
        if self.size < 0 or self._count > MOST_CHUNKS:
            raise SealBroken("The sealed file is cut short.")
        self._open(self._count - 1)

    def read(self, start: int = 0, end: int | None = None) -> bytes:
        """Bytes ``start`` to ``end`` - 1 (clipped to the file), each verified."""
        end = self.size if end is None else min(end, self.size)
        start = max(0, start)
        if start >= end:
            return b""
        first, last = start // self._chunk, (end - 1) // self._chunk
        plain = b"".join(self._open(number) for number in range(first, last + 1))
        return plain[start - first * self._chunk : end - first * self._chunk]

    def copy_to(self, sink: Sink) -> None:
        """Everything, a chunk at a time, with flat memory."""
        for number in range(self._count):
            sink.write(self._open(number))

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> SealedReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self, number: int) -> bytes:
        start = HEADER.size + number * (self._chunk + TAG)
        cipher = os.pread(self._file.fileno(), self._chunk + TAG, start)
        return self._chunks.open(number, cipher, last=number == self._count - 1)


def seal(plain: bytes, key: bytes, about: str) -> bytes:
    """Small data in one go, in the same format."""
    sink = BytesIO()
    writer = SealedWriter(sink, key, about)
    writer.write(plain)
    writer.finish()
    return sink.getvalue()


class _Chunks:
    """Opens and closes numbered chunks of one file."""

    def __init__(self, key: bytes, prefix: bytes, header: bytes, about: str) -> None:
        self._cipher, self._prefix = AESGCM(key), prefix
        self._about = header + about.encode()

    def close(self, number: int, plain: bytes, *, last: bool) -> bytes:
        return self._cipher.encrypt(self._nonce(number, last=last), plain, self._about)

    def open(self, number: int, cipher: bytes, *, last: bool) -> bytes:
        try:
            return self._cipher.decrypt(self._nonce(number, last=last), cipher, self._about)
        except InvalidTag as error:
            raise SealBroken(
                f"Chunk {number} of the sealed file does not verify: it was changed, cut or mixed up, "
                "or the key or the call is another."
            ) from error

    def _nonce(self, number: int, *, last: bool) -> bytes:
        if number >= MOST_CHUNKS:
            raise SealBroken("The file is too large to seal.")
        return self._prefix + struct.pack(">I?", number, last)


def _parse_header(header: bytes) -> tuple[int, bytes]:
    if len(header) < HEADER.size:
        raise SealBroken("The sealed file is cut short.")
    magic, chunk, prefix = HEADER.unpack(header)
    if magic != MAGIC or not 0 < chunk <= LARGEST_CHUNK:
        raise SealBroken("This is not a sealed file, or its beginning was changed.")
    return chunk, prefix
