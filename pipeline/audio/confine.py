"""Locks the process in that runs the decoder: it can compute, read what it was handed, and nothing else.

Everything the decoder needs is loaded before; from then on the kernel answers EPERM to every system call that is not
listed: no file can be opened, no process or thread started, no socket made, no memory made executable. Linux on x86-64
and arm64 only, without privileges (seccomp). Elsewhere the limits on memory, time and files remain, and `in_force` says so.
"""

from __future__ import annotations

import ctypes
import platform
import resource
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

Machine = Literal["x86_64", "aarch64"]

# number on x86-64, number on arm64
ALLOWED: dict[str, tuple[int, int]] = {
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "fstat": (5, 80), "lseek": (8, 62), "munmap": (11, 215),
    "brk": (12, 214), "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "pread64": (17, 67), "pwrite64": (18, 68), "readv": (19, 65), "writev": (20, 66), "sched_yield": (24, 124),
    "mremap": (25, 216), "madvise": (28, 233), "dup": (32, 23), "getpid": (39, 172), "sendto": (44, 206),
    "recvfrom": (45, 207), "recvmsg": (47, 212), "exit": (60, 93), "fcntl": (72, 25), "getrusage": (98, 165),
    "sigaltstack": (131, 132), "gettid": (186, 178), "futex": (202, 98), "sched_getaffinity": (204, 123),
    "clock_gettime": (228, 113), "exit_group": (231, 94), "newfstatat": (262, 79), "getrandom": (318, 278),
    "rseq": (334, 293),
}  # fmt: skip
MMAP: dict[str, tuple[int, int]] = {
    "mmap": (9, 222),
    "mprotect": (10, 226),
}  # allowed unless executable (third argument)
PRLIMIT = (302, 261)  # allowed for itself only (first argument 0)
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
SECCOMP = {"x86_64": 317, "aarch64": 277}
SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, PR_SET_NO_NEW_PRIVS, PR_SET_DUMPABLE = 1, 1, 38, 4
PROT_EXEC = 4

LOAD, EQUAL, SET, RETURN = 0x20, 0x15, 0x45, 0x06  # classic BPF: load word, jump if equal, jump if any bit set, return
ALLOW, KILL, DENY = 0x7FFF0000, 0x80000000, 0x00050000 | 1  # 1 is EPERM
NUMBER, ARCH, FIRST_ARGUMENT, THIRD_ARGUMENT = 0, 4, 16, 32  # offsets in struct seccomp_data


@dataclass(frozen=True, slots=True)
class Cage:
    """Borders of one decoder process, in bytes and seconds. ``file_bytes`` is the largest result it may write."""

    memory: int = 2 << 30
    file_bytes: int = 0
    files: int = 16
    cpu_seconds: int = 300  # for each recording


def confine(cage: Cage) -> tuple[str, ...]:
    """Lock this process in for good; returns what is in force, of ``limits`` and ``system calls``."""
    for limit, value in (
        (resource.RLIMIT_AS, cage.memory),
        (resource.RLIMIT_FSIZE, cage.file_bytes),
        (resource.RLIMIT_NOFILE, cage.files),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(OSError, ValueError):  # macOS knows no RLIMIT_AS
            resource.setrlimit(limit, (value, value))
    return ("limits", "system calls") if _filter_calls() else ("limits",)


def allow_seconds(seconds: int) -> None:
    """From now on this process may compute for ``seconds`` more; beyond, the kernel ends it."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    border = int(usage.ru_utime + usage.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (border, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _filter_calls() -> bool:
    machine = platform.machine()
    if sys.platform != "linux" or machine not in AUDIT_ARCH:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    program = ctypes.create_string_buffer(filter_program(machine))  # type: ignore[arg-type]
    sock_fprog = struct.pack("@HxxxxxxP", len(program.raw) // 8, ctypes.addressof(program))
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)  # nobody attaches, nothing is dumped
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.syscall(SECCOMP[machine], SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, sock_fprog) == 0)


def filter_program(machine: Machine) -> bytes:
    """The BPF program: kill on a foreign calling convention, allow what is listed, EPERM for the rest."""
    column = 0 if machine == "x86_64" else 1
    steps = [_step(LOAD, ARCH), _step(EQUAL, AUDIT_ARCH[machine], yes=1), _step(RETURN, KILL), _step(LOAD, NUMBER)]
    for numbers in ALLOWED.values():
        steps += [_step(EQUAL, numbers[column], no=1), _step(RETURN, ALLOW)]
    for pair in MMAP.values():
        steps += [_step(EQUAL, pair[column], no=4), _step(LOAD, THIRD_ARGUMENT), _step(SET, PROT_EXEC, no=1),
                  _step(RETURN, DENY), _step(RETURN, ALLOW)]  # fmt: skip
    steps += [_step(EQUAL, PRLIMIT[column], no=4), _step(LOAD, FIRST_ARGUMENT), _step(EQUAL, 0, no=1),
              _step(RETURN, ALLOW), _step(RETURN, DENY)]  # fmt: skip
    return b"".join([*steps, _step(RETURN, DENY)])


def _step(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("<HBBI", code, yes, no, value)
