"""One line on standard error that says how far a long measurement is; standard output keeps the result alone."""

from __future__ import annotations

import sys
import time

WIDTH = 100
SELDOM = 20.0  # seconds between lines where the output is kept
_told = [time.monotonic()]


def say(text: str) -> None:
    """Replace the line where a person looks on; where the output is kept, a line now and then."""
    if sys.stderr.isatty():
        print(f"\r{text:{WIDTH}.{WIDTH}}", end="", file=sys.stderr, flush=True)
    elif time.monotonic() - _told[0] >= SELDOM:
        _told[0] = time.monotonic()
        print(text, file=sys.stderr, flush=True)


def done() -> None:
    """Take the line away."""
    if sys.stderr.isatty():
        print(f"\r{'':{WIDTH}}\r", end="", file=sys.stderr, flush=True)
