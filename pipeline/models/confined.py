"""The child that opens foreign weights: few rights, no network, and it writes one folder.

Run as ``python -m pipeline.models.confined FORMAT STAGE OUT``. Limits on memory, processor time, file size and files are
set before anything is opened; where the kernel allows it the child has a network namespace of its own without any
device. An audit hook ends it on a socket, a process or a write outside its folders.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from pathlib import Path
from typing import Any

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_NO_NEW_PRIVS = 38
CPU_SECONDS = 1800
BARRED = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "ctypes.dlopen", "pty.",
          "shutil.", "os.remove", "os.rename", "os.chmod", "os.link", "os.symlink", "ftplib.", "urllib.", "webbrowser.")  # fmt: skip


def main(arguments: list[str]) -> int:
    """Convert; 0 when done, 1 with one line on stderr when refused."""
    format_name, stage, out = arguments[0], Path(arguments[1]), Path(arguments[2])
    size = sum(file.stat().st_size for file in stage.rglob("*") if file.is_file())
    _limit(size)
    _leave_network()
    from pipeline.errors import ModelError
    from pipeline.models import formats
    from rules.discovery import load_module

    converter = load_module(formats, format_name).format
    try:
        converter.prepare(stage)  # imports what converting needs: afterwards nothing may be started or loaded
        sys.addaudithook(_Guard(out))
        converter.convert(stage, out)
    except ModelError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


class _Guard:
    """An audit hook: raises on what a conversion never does."""

    def __init__(self, out: Path) -> None:
        self.out = str(out.resolve())

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(BARRED):
            raise PermissionError(f"opening foreign weights tried {event}")
        if event == "open" and isinstance(arguments[0], str | bytes | os.PathLike) and _writes(arguments):
            path = os.path.realpath(os.fsdecode(arguments[0]))
            if not path.startswith((f"{self.out}/", "/dev/")):
                raise PermissionError(f"opening foreign weights tried to write {path}")


def _writes(arguments: tuple[Any, ...]) -> bool:
    mode, flags = arguments[1], arguments[2]
    if isinstance(mode, str):
        return any(sign in mode for sign in "wax+")
    return bool(isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def _limit(size: int) -> None:
    for what, most in (
        (resource.RLIMIT_AS, (16 << 30) + 6 * size),  # torch alone maps several gigabytes
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, (64 << 20) + 3 * size),
        (resource.RLIMIT_NOFILE, 512),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        resource.setrlimit(what, (most, most) if hard == resource.RLIM_INFINITY else (min(most, hard), hard))


def _leave_network() -> None:
    """A network namespace without devices, and no way back to more rights. Not every kernel lets everybody do it."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.unshare(CLONE_NEWNET) != 0:
        libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
