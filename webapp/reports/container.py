"""A zip file of which every byte is known: no clock, no attributes, no comment, nothing between the entries.

Any zip program opens it. Unlike what such programs check, a changed byte anywhere is found here: headers are made anew
from what they say and compared, and the contents are checked against hashes by whoever reads them.
"""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pipeline.reporting.errors import ReportError

BLOCK = 1 << 16
LIMIT = 0xFFFFFFFF  # from here on sizes stand in 64 bits (PKWARE's "Zip64")
STORED, DEFLATED = 0, 8
SQUEEZED = (".csv", ".jsonl")  # the others are compressed already, or tiny
LEVEL = 6
TIME, DATE = 0, 33  # 1 January 1980: the earliest that the format can say
LOCAL, CENTRAL, END, END64, LOCATOR = b"PK\3\4", b"PK\1\2", b"PK\5\6", b"PK\6\6", b"PK\6\7"
HEAD = struct.Struct("<4sHHHHHIIIHH")
UTF8 = 0x0800


@dataclass(frozen=True, slots=True)
class Entry:
    """One file inside: sizes in bytes, ``packed_sha256`` of the bytes as they lie in the zip file."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    offset: int  # of its header
    packed_sha256: str = ""

    @property
    def begin(self) -> int:
        """Where its bytes begin."""
        return self.offset + len(local_header(self))


class Container:
    """A zip file being written to ``handle``, which must be seekable."""

    def __init__(self, handle: BinaryIO) -> None:
        self._handle, self.entries = handle, list[Entry]()

    def add(self, name: str, source: BinaryIO) -> Entry:
        """Append what ``source`` holds; it is read twice, so it must be seekable."""
        method = DEFLATED if name.endswith(SQUEEZED) else STORED
        offset = self._handle.tell()
        size = source.seek(0, os.SEEK_END)
        draft = Entry(name, method, 0, size, size, offset)
        self._handle.write(local_header(draft))  # as long as the real one: a larger packed size is not possible
        entry = self._pack(source, draft)
        self._handle.seek(offset)
        self._handle.write(local_header(entry))
        self._handle.seek(0, os.SEEK_END)
        self.entries.append(entry)
        return entry

    def close(self) -> None:
        self._handle.write(directory(self.entries, self._handle.tell()))

    def _pack(self, source: BinaryIO, draft: Entry) -> Entry:
        source.seek(0)
        crc, packed, digest = 0, 0, hashlib.sha256()
        for data, plain in _squeezed(source) if draft.method == DEFLATED else _stored(source):
            crc = zlib.crc32(plain, crc)
            digest.update(data)
            packed += self._handle.write(data)
        return Entry(draft.name, draft.method, crc, packed, draft.size, draft.offset, digest.hexdigest())


def local_header(entry: Entry) -> bytes:
    name = entry.name.encode()
    big = entry.size >= LIMIT
    extra = struct.pack("<HHQQ", 1, 16, entry.size, entry.packed) if big else b""
    sizes = (LIMIT, LIMIT) if big else (entry.packed, entry.size)
    head = HEAD.pack(LOCAL, _needs(entry), UTF8, entry.method, TIME, DATE, entry.crc, *sizes, len(name), len(extra))
    return head + name + extra


def directory(entries: list[Entry], at: int) -> bytes:
    """Everything behind the last entry, when that begins at byte ``at``."""
    listed = b"".join(map(_central, entries))
    count, size = len(entries), len(listed)
    big = at >= LIMIT
    tail = b""
    if big:
        tail = struct.pack("<4sQHHIIQQQQ", END64, 44, 45, 45, 0, 0, count, count, size, at)
        tail += struct.pack("<4sIQI", LOCATOR, 0, at + size, 1)
    return listed + tail + struct.pack("<4sHHHHIIH", END, 0, 0, count, count, size, LIMIT if big else at, 0)


def read_entries(handle: BinaryIO) -> list[Entry]:
    """Every entry of a file that Container wrote. Raises ReportError at the first byte that it would not have written."""
    entries: list[Entry] = []
    at, end = 0, handle.seek(0, os.SEEK_END)
    while _peek(handle, at, 4) == LOCAL:
        entry = _read_entry(handle, at, end)
        entries.append(entry)
        at = entry.begin + entry.packed
    expected = directory(entries, at)
    if end - at != len(expected) or _peek(handle, at, len(expected)) != expected:
        raise _damaged(at, "the list of files is not as it was written")
    return entries


def contents(handle: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """The bytes of an entry, in blocks. Raises ReportError when they do not give its size."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method == DEFLATED else None
    given = 0
    for data in _packed(handle, entry):
        try:
            blocks = [data] if inflater is None else list(_inflated(inflater, data, entry.size - given))
        except zlib.error as error:
            raise _damaged(entry.begin, f"{entry.name} cannot be unpacked") from error
        for block in blocks:
            given += len(block)
            yield block
    if given != entry.size or (inflater is not None and not inflater.eof):
        raise _damaged(entry.begin, f"{entry.name} is not as long as it should be")


def packed_sha256(handle: BinaryIO, entry: Entry) -> str:
    digest = hashlib.sha256()
    for block in _packed(handle, entry):
        digest.update(block)
    return digest.hexdigest()


def _read_entry(handle: BinaryIO, at: int, end: int) -> Entry:
    head = _peek(handle, at, HEAD.size)
    if len(head) < HEAD.size:
        raise _damaged(at, "it is cut off")
    _sign, _version, _flags, method, _time, _date, crc, packed, size, name_size, extra_size = HEAD.unpack(head)
    rest = _peek(handle, at + HEAD.size, name_size + extra_size)
    name = rest[:name_size].decode("utf-8", "replace")
    if len(rest) == name_size + 20 and size == LIMIT:
        _tag, _length, size, packed = struct.unpack("<HHQQ", rest[name_size:])
    entry = Entry(name, method, crc, packed, size, at)
    header = local_header(entry)
    if head + rest != header or method not in (STORED, DEFLATED) or at + len(header) + packed > end:
        raise _damaged(at, "the head of a file is not as it was written")
    if method == STORED and packed != size:
        raise _damaged(at, f"the size of {name} is not as it was written")
    return entry


def _central(entry: Entry) -> bytes:
    name = entry.name.encode()
    big, far = entry.size >= LIMIT, entry.offset >= LIMIT
    wide = [*((entry.size, entry.packed) if big else ()), *((entry.offset,) if far else ())]
    extra = struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    sizes = (LIMIT, LIMIT) if big else (entry.packed, entry.size)
    offset = LIMIT if far else entry.offset
    head = struct.pack("<4sHHHHHHIIIHHHHHII", CENTRAL, 45, _needs(entry), UTF8, entry.method, TIME, DATE, entry.crc, *sizes,
                       len(name), len(extra), 0, 0, 0, 0, offset)  # fmt: skip
    return head + name + extra


def _needs(entry: Entry) -> int:
    """The version of the format that a reader must know, times ten."""
    return 45 if entry.size >= LIMIT or entry.offset >= LIMIT else 20


def _blocks(source: BinaryIO) -> Iterator[bytes]:
    while block := source.read(BLOCK):
        yield block


def _stored(source: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    for block in _blocks(source):
        yield block, block


def _squeezed(source: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Each block as it lies in the zip file, and as it was."""
    squeezer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    for block in _blocks(source):
        yield squeezer.compress(block), block
    yield squeezer.flush(), b""


def _packed(handle: BinaryIO, entry: Entry) -> Iterator[bytes]:
    handle.seek(entry.begin)
    left = entry.packed
    while left and (block := handle.read(min(BLOCK, left))):
        left -= len(block)
        yield block


def _inflated(inflater: zlib._Decompress, data: bytes, most: int) -> Iterator[bytes]:
    """Never more than one byte beyond ``most``: a small file that unpacks to a huge one is stopped there."""
    block = b"more"
    while (data or block) and not inflater.eof:  # what did not fit may still come when all was read
        block = inflater.decompress(data, min(BLOCK, most + 1))
        most -= len(block)
        if most < 0:
            raise zlib.error("longer than it says")
        data = inflater.unconsumed_tail
        yield block
    if inflater.unused_data:
        raise zlib.error("something stands behind it")


def _peek(handle: BinaryIO, at: int, size: int) -> bytes:
    handle.seek(at)
    return handle.read(size)


def _damaged(at: int, what: str) -> ReportError:
    return ReportError(f"This is no report of callsift, or it was changed or damaged: {what} (at byte {at}).")
