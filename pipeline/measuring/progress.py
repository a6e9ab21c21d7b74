"""One line on standard error that says how far a long measurement is; standard output keeps the result alone."""

from __future__ import annotations

import sys

WIDTH = 100


def say(text: str) -> None:
    """Replace the line where a person looks on; where the output is kept, say nothing."""
    if sys.stderr.isatty():
        print(f"\r{text:{WIDTH}.{WIDTH}}", end="", file=sys.stderr, flush=True)


def done() -> None:
    """Take the line away."""
    if sys.stderr.isatty():
        print(f"\r{'':{WIDTH}}\r", end="", file=sys.stderr, flush=True)
