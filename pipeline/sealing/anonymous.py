"""Files without a name: in memory where the system can (Linux), otherwise unlinked at birth.

Recordings in the clear pass through these only, so nothing readable is left on disk when a process is killed.
"""

from __future__ import annotations

import os
import tempfile
from typing import BinaryIO, cast


def anonymous_file() -> BinaryIO:
    """An empty file open for reading and writing; it is gone when closed."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("recording", os.MFD_CLOEXEC), "w+b")
    return cast(BinaryIO, tempfile.TemporaryFile())
