"""What may not be installed: the part that hears. The web part, intake and the command line work without it.

A worker must find that out before it claims a call: a call is not at fault when its machine cannot hear.
"""

from __future__ import annotations

from importlib.util import find_spec

from rules.errors import CallsiftError

HEARING = ("torch", "torchaudio", "transformers", "silero_vad", "safetensors", "sklearn", "scipy")  # of [pipeline]


class PartMissing(CallsiftError):
    """A part of callsift is wanted that is not installed; the message says how to install it."""


def missing_to_hear() -> list[str]:
    """Packages without which recordings cannot be turned into words here. Loads nothing."""
    return [name for name in HEARING if find_spec(name) is None]


def require_hearing() -> None:
    """Raises PartMissing where a package to hear with is missing."""
    missing = missing_to_hear()
    if missing:
        raise part_missing(", ".join(missing))


def part_missing(names: str) -> PartMissing:
    return PartMissing(
        f"the part that hears is not installed here ({names} missing), so no call can be processed on this machine. "
        "Install it with: pip install 'callsift[pipeline]'. Serving, taking calls in and looking at them work without it."
    )
