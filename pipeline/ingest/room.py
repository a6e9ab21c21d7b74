"""Room on the disk of the sealed copies: intake stops while there is still enough to finish what is under way."""

from __future__ import annotations

import shutil
from pathlib import Path

GB = 10**9  # as makers of disks count
LEAST = 2 * GB
SHARE = 0.05  # of a small disk


def shortage(folder: Path, size: int) -> str:
    """Why a recording of ``size`` bytes is not taken in now, for people; "" where there is room.

    Free must stay 5 % of the disk, or 2 GB where that is less: transcripts, listening copies and the database need it.
    """
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())  # made with its first file
    usage = shutil.disk_usage(there)
    needed = min(LEAST, SHARE * usage.total)
    if usage.free - size >= needed:
        return ""
    return (
        f"Not taken in: {usage.free / GB:.2f} GB are free at {folder.absolute()}, and {needed / GB:.2f} GB must stay free. "
        "Free some or move the data folder; what still lies in its folder is taken in at the next run."
    )
