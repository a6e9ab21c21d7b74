"""The data folder: there, private, and with room. Intake stops before the disk is full (`pipeline.ingest.room`)."""

from __future__ import annotations

import shutil
import stat

from webapp.checking import Check
from webapp.settings import Settings

GB = 10**9  # as the page Operations and the makers of disks count
LOW = 2 * GB


def check(settings: Settings) -> list[Check]:
    folder = settings.data
    if not folder.is_dir():
        return [
            Check(
                "data folder",
                "FAIL",
                f"{folder.absolute()} does not exist",
                "run `callsift init`, or name the folder that there is: CALLSIFT_DATA=demo-data",
            )
        ]
    usage = shutil.disk_usage(folder)
    room = f"{usage.free / GB:.1f} GB free of {usage.total / GB:.1f} GB at {folder.absolute()}"
    lines = [Check("disk", "OK", room)]
    if usage.free < LOW or usage.free < usage.total / 20:
        lines = [Check("disk", "WARN", room, "free at least 5 % and 2 GB, or move the data folder (CALLSIFT_DATA)")]
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        lines.append(
            Check("data folder", "FAIL", "other users of this machine can look into it", f"chmod 700 {folder}")
        )
    return [*lines, *_keys(settings)]


def _keys(settings: Settings) -> list[Check]:
    lines = []
    for name in ("kek", "secret_key"):
        if getattr(settings, name) is not None:
            continue
        file = settings.path("keys", name)
        if not file.is_file():
            lines.append(
                Check(
                    f"key {name}",
                    "FAIL",
                    f"{file} is missing",
                    "run `callsift init`; never invent a new key for old data",
                )
            )
        elif stat.S_IMODE(file.stat().st_mode) & 0o077:
            lines.append(Check(f"key {name}", "FAIL", "other users can read it", f"chmod 600 {file}"))
        else:
            lines.append(Check(f"key {name}", "OK", "there and private"))
    return lines
