"""A sealed file gives back exactly what was sealed, from any offset, or fails; nothing in between."""

import io
import os
import secrets
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sealing.errors import SealBroken
from pipeline.sealing.sealed import CHUNK, HEADER, TAG, SealedReader, SealedWriter, seal

KEY = bytes(range(32))
ABOUT = "listening:c1"
SMALL = 64  # chunk size of these tests: many chunks in few bytes
STEP = SMALL + TAG


def sealed(plain: bytes, *, key: bytes = KEY, about: str = ABOUT, chunk: int = SMALL) -> bytes:
    sink = io.BytesIO()
    writer = SealedWriter(sink, key, about, chunk=chunk)
    writer.write(plain)
    writer.finish()
    return sink.getvalue()


def opened(data: bytes, *, key: bytes = KEY, about: str = ABOUT) -> SealedReader:
    file = os.fdopen(os.memfd_create("test"), "w+b")
    file.write(data)
    file.flush()
    try:
        return SealedReader(file, key, about)
    except BaseException:
        file.close()
        raise


def everything(data: bytes, **about: object) -> bytes:
    with opened(data, **about) as reader:
        return reader.read()


def chunks(data: bytes) -> tuple[bytes, list[bytes]]:
    body = data[HEADER.size :]
    return data[: HEADER.size], [body[start : start + STEP] for start in range(0, len(body), STEP)]


@pytest.mark.parametrize("size", [0, 1, SMALL - 1, SMALL, SMALL + 1, 2 * SMALL, 5 * SMALL + 7])
def test_what_was_sealed_comes_back(size):
    plain = secrets.token_bytes(size)
    with opened(sealed(plain)) as reader:
        assert (reader.size, reader.read()) == (size, plain)


def test_the_file_is_a_header_and_sixteen_bytes_a_chunk_larger():
    assert len(sealed(bytes(5 * SMALL + 7))) == HEADER.size + 5 * SMALL + 7 + 6 * TAG


def test_one_megabyte_costs_less_than_a_tenth_of_a_percent():
    assert len(seal(bytes(1 << 20), KEY, ABOUT)) < (1 << 20) * 1.001


def test_the_plain_bytes_are_not_in_the_file():
    plain = b"four one one one" * 100
    assert plain[:16] not in sealed(plain)


def test_the_same_bytes_seal_differently_every_time():
    assert sealed(bytes(1000)) != sealed(bytes(1000))


@given(plain=st.binary(max_size=6 * SMALL), pieces=st.lists(st.integers(0, 3 * SMALL), max_size=8))
def test_it_does_not_matter_in_which_pieces_it_was_written(plain, pieces):
    sink, rest = io.BytesIO(), plain
    writer = SealedWriter(sink, KEY, ABOUT, chunk=SMALL)
    for piece in pieces:
        writer.write(rest[:piece])
        rest = rest[piece:]
    writer.write(rest)
    writer.finish()
    assert everything(sink.getvalue()) == plain


@given(size=st.integers(0, 6 * SMALL), start=st.integers(-5, 7 * SMALL), end=st.none() | st.integers(-5, 7 * SMALL))
def test_any_stretch_reads_like_a_slice_clipped_to_the_file(size, start, end):
    plain = bytes(number % 251 for number in range(size))
    with opened(sealed(plain)) as reader:
        stop = size if end is None else max(0, end)
        assert reader.read(start, end) == plain[max(0, start) : stop]


def test_only_the_chunks_asked_for_are_decrypted():
    plain = secrets.token_bytes(10 * SMALL)
    header, parts = chunks(sealed(plain))
    parts[7] = bytes(STEP)  # broken, but not in the stretch
    with opened(header + b"".join(parts)) as reader:
        assert reader.read(2 * SMALL + 5, 4 * SMALL) == plain[2 * SMALL + 5 : 4 * SMALL]
        with pytest.raises(SealBroken, match="Chunk 7"):
            reader.read(7 * SMALL, 7 * SMALL + 1)


@settings(max_examples=300)
@given(data=st.data())
def test_any_flipped_bit_is_found(data):
    good = sealed(bytes(3 * SMALL + 9))
    place = data.draw(st.integers(0, len(good) * 8 - 1))
    bad = bytearray(good)
    bad[place // 8] ^= 1 << place % 8
    with pytest.raises(SealBroken):
        everything(bytes(bad))


@pytest.mark.parametrize("size", [0, 3 * SMALL, 3 * SMALL + 9])
def test_every_cut_is_found_when_the_file_is_opened(size):
    good = sealed(bytes(size))
    for length in range(len(good)):
        with pytest.raises(SealBroken):
            opened(good[:length])


@pytest.mark.parametrize("extra", [b"\0", bytes(TAG), bytes(STEP), bytes(3 * STEP)])
def test_anything_appended_is_found_when_the_file_is_opened(extra):
    with pytest.raises(SealBroken):
        opened(sealed(bytes(3 * SMALL)) + extra)


@given(order=st.permutations(range(5)))
def test_chunks_in_any_other_order_are_found(order):
    header, parts = chunks(sealed(bytes(5 * SMALL)))
    shuffled = header + b"".join(parts[number] for number in order)
    if list(order) == sorted(order):
        assert everything(shuffled) == bytes(5 * SMALL)
    else:
        with pytest.raises(SealBroken):
            everything(shuffled)


@pytest.mark.parametrize("dropped", range(5))
def test_a_missing_chunk_is_found(dropped):
    header, parts = chunks(sealed(bytes(5 * SMALL)))
    with pytest.raises(SealBroken):
        everything(header + b"".join(parts[:dropped] + parts[dropped + 1 :]))


@pytest.mark.parametrize("number", range(5))
def test_a_chunk_of_another_file_under_the_same_key_is_found(number):
    header, parts = chunks(sealed(bytes(5 * SMALL)))
    _, others = chunks(sealed(bytes(5 * SMALL)))
    parts[number] = others[number]
    with pytest.raises(SealBroken):
        everything(header + b"".join(parts))


def test_a_doubled_chunk_is_found():
    header, parts = chunks(sealed(bytes(5 * SMALL)))
    with pytest.raises(SealBroken):
        everything(header + b"".join([*parts[:2], parts[1], *parts[2:]]))


def test_a_header_of_another_file_is_found():
    with pytest.raises(SealBroken):
        everything(sealed(bytes(100))[: HEADER.size] + sealed(bytes(100))[HEADER.size :])


def test_another_key_does_not_open_it():
    with pytest.raises(SealBroken):
        opened(sealed(b"hello"), key=bytes(32))


@pytest.mark.parametrize("about", ["listening:c2", "quarantine:c1", "", ABOUT + "\0"])
def test_it_does_not_open_as_something_else(about):
    with pytest.raises(SealBroken):
        opened(sealed(b"hello"), about=about)


@pytest.mark.parametrize("chunk", [0, SMALL // 2, 2 * SMALL, (1 << 24) + 1, (1 << 32) - 1])
def test_another_chunk_size_in_the_header_is_found(chunk):
    good = bytearray(sealed(bytes(3 * SMALL)))
    good[8:12] = struct.pack(">I", chunk)
    with pytest.raises(SealBroken):
        everything(bytes(good))


@given(junk=st.binary(max_size=300))
def test_junk_is_refused_and_nothing_else_happens(junk):
    with pytest.raises(SealBroken):
        opened(junk)


def test_the_writer_holds_back_at_most_one_chunk():
    class Counting:
        size = 0

        def write(self, data: bytes) -> None:
            self.size += len(data)

    sink, written = Counting(), 0
    writer = SealedWriter(sink, KEY, ABOUT)
    for _ in range(50):
        written += writer.write(bytes(100_000))
        assert written - sink.size <= CHUNK
