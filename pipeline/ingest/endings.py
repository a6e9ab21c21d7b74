"""Endings of names by which recordings are known."""

from __future__ import annotations

from pipeline.audio.opening import HEADERLESS

RECORDINGS = frozenset(
    f".{name}" for name in (
        *HEADERLESS, "wav", "wave", "w64", "rf64", "mp3", "mp2", "ogg", "oga", "opus", "flac", "amr", "awb", "3gp", "aac", "m4a",
        "mp4", "mov", "webm", "mka", "mkv", "wma", "asf", "au", "snd", "aif", "aiff", "caf", "avi", "mpg", "mpeg", "vox", "spx",
    )
)  # fmt: skip
