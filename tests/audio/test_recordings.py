"""What callsift does with every kind of file it may be given: taken whole, or refused with a reason people understand.

Each row is one file, made here. All go through the confined pool, as in the product.
"""

import os
import struct
import subprocess
import sys
import time

import numpy as np
import pytest

from pipeline.audio.opening import Limits
from pipeline.audio.pool import DecodePool
from pipeline.errors import BadRecording
from pipeline.sealing.anonymous import anonymous_file
from tests.audio.making import (
    TONE,
    coded,
    header_only,
    hertz_of,
    resized,
    retagged,
    silent_flac,
    tone,
    two_streams,
    video,
    wav,
    with_cover,
)

HTML = b"<!DOCTYPE html>\n<html><body>Please sign in</body></html>"
MPD = b'<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>http://127.0.0.1/</BaseURL></MPD>'
SDP = b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nc=IN IP4 127.0.0.1\r\nm=audio 4000 RTP/AVP 0\r\n"

TAKEN = {
    "8-bit PCM": lambda: wav(tone(), subtype="PCM_U8"),
    "16-bit PCM": lambda: wav(tone()),
    "24-bit PCM": lambda: wav(tone(), subtype="PCM_24"),
    "32-bit PCM": lambda: wav(tone(), subtype="PCM_32"),
    "float": lambda: wav(tone(), subtype="FLOAT"),
    "double": lambda: wav(tone(), subtype="DOUBLE"),
    "mu-law": lambda: wav(tone(), subtype="ULAW"),
    "A-law": lambda: wav(tone(), subtype="ALAW"),
    "GSM in WAV": lambda: wav(tone(), subtype="GSM610"),
    "Microsoft ADPCM": lambda: wav(tone(), subtype="MS_ADPCM"),
    "IMA ADPCM": lambda: wav(tone(), subtype="IMA_ADPCM"),
    "MP3 in WAV": lambda: coded(tone(), "mp3", "wav", bit_rate=32000),
    "extensible WAV": lambda: wav(tone(), container="WAVEX"),
    "RF64": lambda: wav(tone(), container="RF64"),
    "Wave64": lambda: wav(tone(), container="W64"),
    "AIFF": lambda: wav(tone(), container="AIFF"),
    "AU mu-law": lambda: wav(tone(), container="AU", subtype="ULAW"),
    "CAF": lambda: wav(tone(), container="CAF"),
    "FLAC": lambda: wav(tone(), container="FLAC"),
    "Ogg Vorbis": lambda: wav(tone(), container="OGG", subtype="VORBIS"),
    "Opus": lambda: coded(tone(rate=48000), "libopus", "ogg", 48000),
    "Opus in WebM": lambda: coded(tone(rate=48000), "libopus", "webm", 48000),
    "MP3": lambda: coded(tone(), "mp3", "mp3", bit_rate=32000),
    "MP3 with a cover": with_cover,
    "AAC": lambda: coded(tone(), "aac", "adts"),
    "M4A": lambda: coded(tone(), "aac", "mp4"),
    "WMA": lambda: coded(tone(rate=16000), "wmav2", "asf", 16000, bit_rate=32000),
    "AMR": lambda: coded(tone(), "libopencore_amrnb", "amr", bit_rate=12200),
    "4 kHz": lambda: wav(tone(rate=4000), 4000),
    "192 kHz": lambda: wav(tone(rate=192000), 192000),
    "0.2 seconds": lambda: wav(tone(0.2)),
    "streamed WAV, size 0": lambda: resized(wav(tone()), b"data", 0),
    "streamed WAV, size -1": lambda: resized(wav(tone()), b"data", 2**32 - 1),
    "streamed WAV, size 2 GB": lambda: resized(wav(tone()), b"data", 2**31 - 1),
    "RIFF size 0": lambda: resized(wav(tone()), b"RIFF", 0),
    "RIFF size -1": lambda: resized(wav(tone()), b"RIFF", 2**32 - 1),
    "padded with zeros": lambda: wav(tone()) + bytes(9000),
    "chunks behind the sound": lambda: wav(tone()) + struct.pack("<4sI", b"LIST", 20000) + b"x" * 20000,
    "constant offset": lambda: wav(tone() + 0.2),
    "clipped": lambda: wav(np.clip(20 * tone(), -1, 1)),
    "very quiet": lambda: wav(tone(level=0.002)),
    "two sound streams, the first counts": two_streams,
}  # fmt: skip

HEADERLESS = {
    "gsm": lambda: wav(tone(), subtype="GSM610", container="RAW"),
    "ulaw": lambda: wav(tone(), subtype="ULAW", container="RAW"),
    "alaw": lambda: wav(tone(), subtype="ALAW", container="RAW"),
    "sln": lambda: wav(tone(), container="RAW"),
    "g722": lambda: coded(tone(rate=16000), "g722", "g722", 16000),
    "g723": lambda: coded(tone(), "g723_1", "g723_1", bit_rate=6300),
}  # fmt: skip

REFUSED = {
    "empty": ("empty", lambda: b""),
    "one byte": ("unknown_format", lambda: b"\0"),
    "zeros": ("unknown_format", lambda: bytes(5000)),
    "noise": ("unknown_format", lambda: np.random.default_rng(1).bytes(5000)),
    "header only": ("truncated", lambda: header_only(wav(tone()))),
    "half a header": ("truncated", lambda: wav(tone())[:30]),
    "a header that says 0 seconds": ("zero_length", lambda: resized(header_only(wav(tone())), b"data", 0)),
    "half a FLAC": ("truncated", lambda: _half(wav(np.random.default_rng(1).uniform(-1, 1, 8000), container="FLAC"))),
    "half an MP3": ("truncated", lambda: _half(coded(tone(4.0), "mp3", "mp3", bit_rate=32000))),
    "half an Opus": ("truncated", lambda: _half(coded(tone(4.0, 48000), "libopus", "ogg", 48000))),
    "half an M4A": ("truncated", lambda: _half(coded(tone(4.0), "aac", "mp4"))),
    "a WAV that promises more": ("truncated", lambda: resized(wav(tone()), b"data", 100_000)),
    "a WAV that promises less": ("damaged", lambda: resized(wav(tone(8.0)), b"data", 1000)),
    "a WAV of nonsense": ("damaged", lambda: wav(tone())[:12] + b"fmt \x04\0\0\0" + bytes(4) + wav(tone())[36:]),
    "an M4A with holes": ("damaged", lambda: _holes(coded(tone(10.0), "aac", "mp4"))),
    "text": ("not_audio", lambda: b"agent: hello\ncustomer: hi\n" * 30),
    "text in Latin-1": ("not_audio", lambda: "señora, gracias por llamar\n".encode("latin-1") * 30),
    "text in UTF-16": ("not_audio", lambda: "hello there".encode("utf-16")),
    "JSON": ("not_audio", lambda: b'{"call_id": "7", "queue": "sales"}'),
    "a web page": ("not_audio", lambda: HTML),
    "ZIP": ("not_audio", lambda: b"PK\x03\x04" + bytes(200)),
    "PDF": ("not_audio", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(200)),
    "a Windows program": ("not_audio", lambda: b"MZ\x90\0" + bytes(200)),
    "a Linux program": ("not_audio", lambda: b"\x7fELF\x02" + bytes(200)),
    "a picture": ("not_audio", lambda: b"\x89PNG\r\n\x1a\n" + bytes(200)),
    "an M3U playlist": ("playlist", lambda: b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1/a.ts\n"),
    "a concat script": ("playlist", lambda: b"ffconcat version 1.0\nfile /etc/passwd\n"),
    "a concat script without its name": ("playlist", lambda: b"file '/etc/passwd'\n"),
    "an SDP": ("playlist", lambda: SDP),
    "an MPD": ("playlist", lambda: MPD),
    "a PLS playlist": ("playlist", lambda: b"[playlist]\nFile1=http://127.0.0.1/a.mp3\n"),
    "a link": ("playlist", lambda: b"http://127.0.0.1/call.wav"),
    "a video": ("video", video),
    "an AVI": ("video", lambda: b"RIFF\0\x10\0\0AVI LIST" + bytes(200)),
    "8 channels": ("channels", lambda: coded(tone(rate=48000, channels=8), "pcm_s16le", "wav", 48000)),
    "64 channels": ("channels", lambda: wav(np.repeat(tone(), 64, axis=1))),
    "1 kHz": ("sample_rate", lambda: wav(tone(rate=1000, hertz=100), 1000)),
    "1 MHz": ("sample_rate", lambda: _rate(wav(tone()), 1_000_000)),
    "a sample rate of 3 GHz": ("damaged", lambda: _rate(wav(tone()), 3_000_000_000)),
    "a codec nobody knows": ("unknown_codec", lambda: retagged(wav(tone()), 0x9999)),
    "a codec that is not listed": ("unknown_codec", lambda: coded(tone(), "wavpack", "matroska")),
    "digital silence": ("silence", lambda: wav(0 * tone())),
    "silence in mu-law": ("silence", lambda: wav(0 * tone(), subtype="ULAW")),
    "silence in A-law": ("silence", lambda: wav(0 * tone(), subtype="ALAW")),
    "silence in MP3": ("silence", lambda: coded(0 * tone(), "mp3", "mp3", bit_rate=32000)),
    "silence in Opus": ("silence", lambda: coded(0 * tone(rate=48000), "libopus", "ogg", 48000)),
    "a constant": ("silence", lambda: wav(0 * tone() + 0.5)),
    "noise of the last bit": ("silence", lambda: wav(np.random.default_rng(1).integers(-1, 2, 8000) / 32768)),
    "longer than allowed": ("too_long", lambda: wav(tone(61.0))),
    "a bomb: half an hour in 40 kB": ("too_long", lambda: silent_flac(0.5)),
}  # fmt: skip


@pytest.fixture(scope="module")
def pool():
    with DecodePool(Limits(max_seconds=60.0), children=1) as pool:
        yield pool


def file_of(data):
    file = anonymous_file()
    file.write(data)
    file.flush()
    return file


def _half(data):
    return data[: len(data) // 2]


def _holes(data):
    """Half of the sound's bytes are others; the tables that lead to it are untouched."""
    start, end = data.index(b"mdat") + 200, data.index(b"moov") - 200
    noise = np.random.default_rng(1).bytes((end - start) // 2)
    return data[:start] + noise + data[start + len(noise) :]


def _rate(data, rate):
    place = data.index(b"fmt ") + 12
    return data[:place] + struct.pack("<I", rate) + data[place + 4 :]


@pytest.mark.parametrize("name", TAKEN)
def test_it_is_taken(pool, name):
    with file_of(TAKEN[name]()) as file:
        header = pool.probe(file)
        decoded = pool.decode(file)
    assert decoded.samples.dtype == np.float32
    assert decoded.samples.shape == (1, round(decoded.facts.duration * 16000))
    assert decoded.facts.duration == pytest.approx(0.2 if "0.2" in name else 1.0, abs=0.17)  # codecs pad
    assert (header.codec, header.sample_rate) == (decoded.facts.codec, decoded.facts.sample_rate)
    middle = decoded.samples[0, 400:2800] - decoded.samples[0, 400:2800].mean()
    assert hertz_of(middle) == pytest.approx(TONE, abs=7)
    assert np.abs(decoded.samples).max() <= 1


@pytest.mark.parametrize("suffix", HEADERLESS)
def test_without_a_header_the_ending_of_the_name_tells(pool, suffix):
    with file_of(HEADERLESS[suffix]()) as file:
        decoded = pool.decode(file, suffix=suffix)
        assert hertz_of(decoded.samples[0]) == pytest.approx(TONE, abs=30)
        with pytest.raises(BadRecording, match="no format"):
            pool.decode(file)


def test_g729_is_read_where_the_decoder_has_it(pool):
    with file_of(np.random.default_rng(1).bytes(1000)) as file:
        assert pool.decode(file, suffix="g729").facts.codec == "g729"


@pytest.mark.parametrize("suffix", ["gsm", "wav", "mp3", "ulaw"])
def test_text_is_refused_whatever_its_name_says(pool, suffix):
    with file_of(b"agent: hello\n" * 50) as file, pytest.raises(BadRecording, match="text file"):
        pool.decode(file, suffix=suffix)


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_a_reason(pool, name):
    reason, make = REFUSED[name]
    began = time.process_time()
    with file_of(make()) as file, pytest.raises(BadRecording) as refused:
        pool.decode(file)
    assert refused.value.reason == reason
    assert not str(refused.value)[0].islower()
    assert str(refused.value).endswith(".")
    assert time.process_time() - began < 2


@pytest.mark.parametrize("name", [name for name, (reason, _) in REFUSED.items() if reason not in ("silence", "too_long")
                                  and name not in ("half a FLAC", "half an MP3", "an M4A with holes")])  # fmt: skip
def test_a_look_at_the_header_refuses_it_already(pool, name):
    reason, make = REFUSED[name]
    with file_of(make()) as file, pytest.raises(BadRecording) as refused:
        pool.probe(file)
    assert refused.value.reason == reason


@pytest.mark.parametrize("part", range(1, 16))
@pytest.mark.parametrize("subtype", ["PCM_16", "ULAW", "GSM610"])
def test_a_cut_wav_is_never_taken_for_a_whole_one(pool, part, subtype):
    data = wav(tone(4.0), subtype=subtype)
    with file_of(data[: len(data) * part // 16]) as file, pytest.raises(BadRecording) as refused:
        pool.decode(file)
    assert refused.value.reason in ("truncated", "zero_length")


@pytest.mark.parametrize(("seconds", "taken"), [(59.9, True), (60.0, True), (60.1, False)])
def test_the_border_of_length_is_what_was_decoded(pool, seconds, taken):
    with file_of(coded(tone(seconds), "mp3", "mp3", bit_rate=8000)) as file:
        if taken:
            assert pool.decode(file).facts.duration == pytest.approx(seconds, abs=0.01)
        else:
            with pytest.raises(BadRecording, match="more than 1 minute"):
                pool.decode(file)


def test_a_day_is_refused_at_the_header(pool, tmp_path):
    day = tmp_path / "day.wav"
    head = resized(header_only(wav(tone(), subtype="ULAW")), b"data", 86400 * 8000)
    head = resized(head, b"fact", 4)
    day.write_bytes(head)
    os.truncate(day, len(head) + 86400 * 8000)  # a sparse file: 691 MB that lie nowhere
    with pytest.raises(BadRecording, match="24 hours"):
        pool.probe(day)


def test_numbers_that_are_none_become_silence(pool):
    samples = tone()
    samples[100:103, 0] = [np.nan, np.inf, -np.inf]
    samples[200] = 1e-42
    with file_of(wav(samples, subtype="FLOAT")) as file:
        decoded = pool.decode(file)
    assert np.isfinite(decoded.samples).all()
    assert hertz_of(decoded.samples[0]) == pytest.approx(TONE, abs=2)


def test_float_samples_beyond_full_scale_are_clipped(pool):
    with file_of(wav(20 * tone(), subtype="FLOAT")) as file:
        assert np.abs(pool.decode(file).samples).max() <= 1


def test_channels_keep_their_sides(pool):
    with file_of(wav(tone(channels=2))) as file:
        left, right = pool.decode(file).samples
    assert hertz_of(left) == pytest.approx(TONE, abs=2)
    assert hertz_of(right) == pytest.approx(2 * TONE, abs=2)


def test_one_dead_channel_is_no_silence(pool):
    samples = tone(channels=2)
    samples[:, 1] = 0
    with file_of(wav(samples)) as file:
        assert np.abs(pool.decode(file).samples[1]).max() == 0


@pytest.mark.parametrize("shift", [8, 16])
def test_pcm_at_16_khz_is_not_touched(pool, shift):
    ints = np.random.default_rng(2).integers(-(2**15), 2**15, 16000).astype(np.int16)
    with file_of(wav(ints, 16000, subtype="PCM_16" if shift == 16 else "PCM_24")) as file:
        assert np.array_equal(pool.decode(file).samples[0] * 32768, ints)


def test_facts_are_those_of_the_source(pool, tmp_path):
    import hashlib

    path = tmp_path / "a.wav"
    path.write_bytes(wav(tone(channels=2), subtype="ULAW"))
    facts = pool.decode(path).facts
    assert facts.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (facts.codec, facts.sample_rate, facts.channels, facts.size) == ("pcm_mulaw", 8000, 2, path.stat().st_size)


@pytest.mark.parametrize(
    "name", ["http:__x.wav", "concat:a|b.wav", "file:x.wav", "-i.wav", "%d.wav", "fd:.wav", "x\n.wav"]
)
def test_odd_names_are_only_names(pool, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(wav(tone()))
    assert pool.decode(path).facts.duration == 1.0


def test_what_is_no_file_is_refused(pool, tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "folder.wav").mkdir()
    for path in (tmp_path / "pipe.wav", tmp_path / "folder.wav", tmp_path / "missing.wav", tmp_path / "nul\0.wav"):
        with pytest.raises(BadRecording) as refused:
            pool.decode(path)
        assert refused.value.reason == "unreadable"


BEFORE_AND_AFTER = """
import resource, sys
from pathlib import Path
from pipeline.audio.opening import Limits
from pipeline.audio.pool import DecodePool
from pipeline.errors import BadRecording

def most_held():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

with DecodePool(Limits(max_seconds=60.0), children=1) as pool:
    before = most_held()
    try:
        pool.decode(Path(sys.argv[1]))
    except BadRecording as refused:
        print(refused.reason, most_held() - before)
"""


def test_the_parent_never_holds_a_bomb(tmp_path):
    """Two hours of 48 kHz stereo would be 2.7 GB; in a process of its own, whose memory nothing else has used."""
    (tmp_path / "bomb.flac").write_bytes(silent_flac(2))
    command = [sys.executable, "-c", BEFORE_AND_AFTER, str(tmp_path / "bomb.flac")]
    reason, grown_mb = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert reason == "too_long"
    assert int(grown_mb) < 100
