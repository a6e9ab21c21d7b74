"""Named places where tests let a process die or an operation fail; nothing at all in production.

`reach("commit.rows")` does nothing unless the environment variable FAILPOINTS named that place when the process
started: `FAILPOINTS="commit.rows=kill@3"` kills the process with SIGKILL when it comes by for the third time; `=raise`
raises OSError instead. A name ending in ``*`` stands for all that begin so.
"""

from __future__ import annotations

import errno
import os
import signal
from collections import Counter
from fnmatch import fnmatchcase

VARIABLE = "FAILPOINTS"


class FailPoint(OSError):
    """What `=raise` raises: an input/output error, as a full or broken disk would."""


def _plan(text: str) -> dict[str, tuple[str, int]]:
    """``{pattern: (action, which time)}`` of ``pattern=action[@n],...``."""
    plan = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        pattern, _, action = item.partition("=")
        action, _, which = action.partition("@")
        if action not in ("kill", "raise"):
            raise ValueError(f"{VARIABLE}: {item!r}: the action must be kill or raise")
        plan[pattern] = (action, int(which or 1))
    return plan


_armed = _plan(os.environ.get(VARIABLE, ""))
_seen: Counter[str] = Counter()


def arm(text: str) -> None:
    """Set the plan of this process, as the environment variable would have; an empty text disarms all."""
    global _armed
    _armed = _plan(text)
    _seen.clear()


def reach(name: str) -> None:
    """Come by the place called ``name``."""
    if not _armed:
        return
    for pattern, (action, which) in _armed.items():
        if fnmatchcase(name, pattern):
            _seen[pattern] += 1
            if _seen[pattern] == which:
                _act(action, name)


def _act(action: str, name: str) -> None:
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise FailPoint(errno.EIO, f"fail point {name}")
