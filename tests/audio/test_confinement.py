"""The decoder can be broken by a file, but what it breaks stays inside: no file, no process, no socket, no other call."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.audio.confine import Cage, filter_program
from pipeline.audio.decode import Decoded
from pipeline.audio.keeper import Care, DecoderDied, _bad, _header
from pipeline.audio.opening import Limits
from pipeline.audio.pool import DecodePool
from pipeline.errors import BadRecording
from pipeline.sealing.anonymous import anonymous_file
from tests.audio.making import coded, silent_flac, tone, wav

ROOT = Path(__file__).resolve().parents[2]
LINUX = sys.platform == "linux"

ATTEMPTS = """
import ctypes, json, os, resource, socket, subprocess, sys, threading, mmap
from pipeline.audio.confine import Cage, confine
os.chdir("/"); inside = os.open("/etc/passwd", os.O_RDONLY); libc = ctypes.CDLL(None, use_errno=True)
in_force = confine(Cage(file_bytes=1000))
def started(): threading.Thread(target=int).start()
def executable(): mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)
def called(number):
    if libc.syscall(number, 0, 0, 0, 0, 0) == -1: raise OSError(ctypes.get_errno(), "")
attempts = {
  "read a handed file": lambda: os.pread(inside, 4, 0), "allocate": lambda: bytearray(10_000_000),
  "open a file": lambda: os.open("/etc/passwd", os.O_RDONLY), "make a file": lambda: os.open("/tmp/x", os.O_CREAT | os.O_WRONLY),
  "list a folder": lambda: os.listdir("/"), "remove a file": lambda: os.unlink("/tmp/nothing"),
  "make an internet socket": lambda: socket.socket(), "make a local socket": lambda: socket.socket(socket.AF_UNIX),
  "fork": os.fork, "run a program": lambda: os.execv("/bin/true", ["true"]), "start a thread": started,
  "signal its parent": lambda: os.kill(os.getppid(), 0), "make memory executable": executable,
  "read the limits of its parent": lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CPU),
  "make a memory file": lambda: os.memfd_create("x"), "trace": lambda: called(101 if os.uname().machine == "x86_64" else 117),
}
outcome = {}
for name, attempt in attempts.items():
    try: attempt(); outcome[name] = "done"
    except (OSError, RuntimeError) as error: outcome[name] = type(error).__name__
os.write(1, json.dumps({"in_force": in_force, "outcome": outcome}).encode()); os._exit(0)
"""
STILL_POSSIBLE = {"read a handed file", "allocate"}


@pytest.fixture
def pool():
    with DecodePool(children=1) as pool:
        yield pool


def file_of(data):
    file = anonymous_file()
    file.write(data)
    file.flush()
    return file


def child_pids():
    """Processes started by this one that decode."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = entry.read_text().rsplit(")", 1)[1].split()
            line = entry.with_name("cmdline").read_bytes()
        except OSError:
            continue
        if int(words[1]) == os.getpid() and b"pipeline.audio.child" in line:
            found.append(int(entry.parent.name))
    return found


@pytest.mark.skipif(not LINUX, reason="system calls are filtered on Linux only, and `callsift doctor` says so")
def test_a_confined_process_can_compute_and_read_what_it_holds_and_nothing_else():
    done = subprocess.run([sys.executable, "-c", ATTEMPTS], cwd=ROOT, capture_output=True, check=True)
    found = json.loads(done.stdout)
    assert found["in_force"] == ["limits", "system calls"]
    assert {name for name, how in found["outcome"].items() if how == "done"} == STILL_POSSIBLE


def test_children_say_what_confines_them(pool):
    assert pool.in_force() == (("limits", "system calls") if LINUX else ("limits",))


def test_a_child_holds_no_secret_of_its_parent(pool, monkeypatch):
    monkeypatch.setenv("CALLSIFT_KEK", "a1" * 32)
    pool.in_force()
    [pid] = child_pids()
    assert b"CALLSIFT" not in Path(f"/proc/{pid}/environ").read_bytes()
    held = {os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir()}
    assert all(target.startswith(("/dev/null", "socket:", "/dev/urandom")) for target in held)


def test_a_child_never_loads_torch(pool):
    pool.in_force()
    [pid] = child_pids()
    assert "torch" not in Path(f"/proc/{pid}/maps").read_text()


def test_nothing_is_fetched_for_a_playlist_in_disguise(pool):
    """A server that would be asked if any pointer were followed: even by a decoder that missed the disguise."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        for text in (
            f"#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:{port}/a.ts\n",
            f"ffconcat version 1.0\nfile http://127.0.0.1:{port}/a\n",
        ):
            for data in (text.encode(), wav(tone())[:44] + text.encode() * 50):
                with file_of(data) as file, pytest.raises(BadRecording):
                    pool.decode(file)
        server.settimeout(0.05)
        with pytest.raises(TimeoutError):
            server.accept()


def test_memory_stays_flat_however_long_the_recording(pool):
    with file_of(silent_flac(0.2)) as file, pytest.raises(BadRecording, match="silent from beginning to end"):
        pool.decode(file)
    [pid] = child_pids()
    peak = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    assert int(peak.split()[1]) < 150_000  # kB; 12 minutes in stereo at 48 kHz are 276 MB of floats


@pytest.mark.parametrize("kind", [wav(tone(6.0, 8000), 8000), wav(tone(6.0, 16000), 16000, container="FLAC")])
def test_a_span_is_exactly_what_lies_there(pool, tmp_path, kind):
    file = tmp_path / "whole"
    file.write_bytes(kind)
    whole = pool.decode(file).samples
    assert np.allclose(pool.decode_span(file, 1.5, 2.25), whole[:, 24000:36000], atol=1e-4)
    assert pool.decode_span(file, -1.0, 0.5).shape == (1, 8000)
    assert pool.decode_span(file, 5.5, 99.0).shape == (1, 8000)
    with pytest.raises(BadRecording, match="before the part begins"):
        pool.decode_span(file, 6.5, 7.0)


def test_damage_behind_a_span_does_not_matter_to_it(pool):
    flac = wav(tone(6.0, 16000), 16000, container="FLAC")
    with file_of(flac[: int(len(flac) * 0.8)]) as cut:
        with pytest.raises(BadRecording):
            pool.decode(cut)
        assert pool.decode_span(cut, 1.5, 2.25).shape == (1, 12000)


def test_a_child_that_was_killed_is_replaced_and_the_recording_decoded(pool):
    pool.in_force()
    [pid] = child_pids()
    os.kill(pid, signal.SIGKILL)
    with file_of(wav(tone())) as file:
        assert pool.decode(file).facts.duration == 1.0
    assert pid not in child_pids()


def test_a_recording_that_kills_its_child_twice_is_set_aside_and_the_next_one_is_fine():
    """A CPU limit stands for any death: the kernel ends the child in the middle of the recording."""
    with DecodePool(Limits(max_seconds=86400), children=1, cage=Cage(file_bytes=2**40, cpu_seconds=0)) as pool:
        with file_of(silent_flac(1.0)) as file, pytest.raises(BadRecording) as refused:
            pool.decode(file)
        assert refused.value.reason == "decoder_died"
        assert "computed for too long" in str(refused.value)
        with file_of(wav(tone())) as file:
            assert pool.decode(file).facts.duration == 1.0


def test_a_recording_that_takes_too_long_by_the_clock_is_set_aside():
    with DecodePool(children=1, care=Care(decode=0.2)) as pool:
        with file_of(silent_flac(1.0)) as file, pytest.raises(BadRecording, match=r"longer than 0\.2 s"):
            pool.decode(file)
        assert child_pids() == []


def test_memory_beyond_the_limit_is_a_reason_not_a_crash():
    with DecodePool(children=1, cage=Cage(memory=1 << 20)) as pool, file_of(wav(tone())) as file:
        with pytest.raises(Exception) as refused:
            pool.decode(file)
        assert type(refused.value).__name__ in ("PipelineError", "BadRecording")


def test_children_are_renewed_after_their_share():
    with DecodePool(children=1, care=Care(files=3)) as pool, file_of(wav(tone())) as file:
        seen = set()
        for _ in range(6):
            pool.decode(file)
            seen.update(child_pids())
    assert len(seen) == 2


def test_many_are_decoded_side_by_side_in_order(tmp_path):
    paths = []
    for number in range(12):
        paths.append(tmp_path / f"{number}.wav")
        paths[-1].write_bytes(b"" if number == 5 else wav(tone(0.1 + number / 100)))
    with DecodePool(children=2) as pool:
        results = list(pool.decode_all(paths))
    lengths = [round(r.facts.duration, 2) if isinstance(r, Decoded) else r.reason for r in results]
    assert lengths == [0.1, 0.11, 0.12, 0.13, 0.14, "empty", 0.16, 0.17, 0.18, 0.19, 0.2, 0.21]


def test_threads_may_share_a_pool(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(tone()))
    with DecodePool(children=2) as pool:
        lengths = []
        threads = [threading.Thread(target=lambda: lengths.append(pool.decode(path).samples.shape)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert lengths == [(1, 16000)] * 8


def test_a_closed_pool_has_no_children(pool):
    pool.in_force()
    pool.close()
    assert child_pids() == []


MUTANTS = {
    "wav": wav(tone(0.3)),
    "mulaw": wav(tone(0.3), subtype="ULAW"),
    "gsm": wav(tone(0.3), subtype="GSM610"),
    "adpcm": wav(tone(0.3), subtype="MS_ADPCM"),
    "flac": wav(tone(0.3), container="FLAC"),
    "mp3": coded(tone(0.3), "mp3", "mp3", bit_rate=32000),
    "opus": coded(tone(0.3, 48000), "libopus", "ogg", 48000),
    "m4a": coded(tone(0.3), "aac", "mp4"),
    "webm": coded(tone(0.3, 48000), "libopus", "webm", 48000),
}


@pytest.fixture(scope="module")
def shared_pool():
    with DecodePool(Limits(max_seconds=60.0), children=1) as pool:
        pool.in_force()
        yield pool


@pytest.mark.parametrize("kind", MUTANTS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_mutants_are_decoded_or_refused_and_never_reach_anyone(shared_pool, kind, data):
    mutant = bytearray(MUTANTS[kind])
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(mutant) - 1) | st.integers(0, 200))
        value = data.draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]) | st.integers(0, 255))
        mutant[place] = value
    before = child_pids()
    with file_of(bytes(mutant[: data.draw(st.integers(1, len(mutant)))])) as file:
        [result] = shared_pool.decode_all([file])
    if isinstance(result, BadRecording):
        assert result.reason != "decoder_died"
    else:
        assert np.isfinite(result.samples).all()
        assert np.abs(result.samples).max() <= 1
    assert child_pids() == before


GOOD = {"container": "wav", "codec": "gsm", "sample_rate": 8000, "channels": 1, "duration": 1.0, "exact": True}


@pytest.mark.parametrize("change", [{"channels": 0}, {"channels": 10**9}, {"sample_rate": "8000"}, {"sample_rate": True},
                                    {"codec": "x" * 1000}, {"codec": None}, {"duration": float("nan")}, {"duration": "1"},
                                    {"exact": 1}, {"more": 1}])  # fmt: skip
def test_a_senseless_answer_of_a_child_is_not_believed(change):
    assert _header({"header": GOOD}).codec == "gsm"
    with pytest.raises(DecoderDied):
        _header({"header": GOOD | change})


@pytest.mark.parametrize("told", [None, [], ["a"], [1, 2], ["<b>", "x"], ["a" * 99, "x\x1b[2J" * 999]])
def test_a_reason_from_a_child_is_a_short_word_and_printable_text(told):
    error = _bad(told)
    assert error.reason.isidentifier()
    assert str(error).isprintable()
    assert len(str(error)) <= 400


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_of_each_machine_is_well_formed(machine):
    program = filter_program(machine)
    steps = len(program) // 8
    assert len(program) % 8 == 0
    assert steps < 4096
    for number in range(steps):  # every jump lands inside
        code, yes, no = (
            program[8 * number] | program[8 * number + 1] << 8,
            program[8 * number + 2],
            program[8 * number + 3],
        )
        assert code != 0x15 or number + 1 + max(yes, no) < steps
    assert program[-8:] == b"\x06\0\0\0" + (0x00050001).to_bytes(4, "little")
