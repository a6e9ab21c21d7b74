"""Untrusted recordings are decoded in locked-in children: is that so on this machine?"""

from __future__ import annotations

from webapp.checking import Check
from webapp.settings import Settings


def check(settings: Settings) -> list[Check]:
    from pipeline.audio.pool import DecodePool  # numpy and PyAV

    with DecodePool(children=1) as pool:
        force = pool.in_force()
    seen = f"in force: {', '.join(force)}"
    if "system calls" in force:
        return [Check("decode confinement", "OK", seen)]
    return [
        Check(
            "decode confinement",
            "WARN",
            f"{seen}; no filter of system calls here",
            "run on Linux (x86-64 or arm64) with seccomp",
        )
    ]
