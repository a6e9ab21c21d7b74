"""Checking a pack: needs the file and a public key, nothing else. A changed byte anywhere is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.reporting.errors import ReportError
from webapp.reports import signing
from webapp.reports.container import Entry, contents, packed_sha256, read_entries
from webapp.reports.pack import BESIDE, KEY, MANIFEST, SIGNATURE, VERSION, manifest_bytes

MOST_BESIDE = 64 << 20  # bytes of the manifest; a million versions would not fill it


@dataclass(frozen=True, slots=True)
class Verified:
    """A pack that is as it was signed. ``key`` is the fingerprint; ``known`` that the key came from outside of it."""

    manifest: Mapping[str, Any]
    key: str
    known: bool


def verify(path: Path, key: bytes | None = None) -> Verified:
    """Check every byte of a pack against ``key`` (PEM), or against the key inside it. Raises ReportError."""
    try:
        with path.open("rb") as handle:
            return _verify(handle, key)
    except OSError as error:
        raise ReportError(f"{path} cannot be read: {error.strerror}.") from error


def _verify(handle: BinaryIO, key: bytes | None) -> Verified:
    entries = {entry.name: entry for entry in read_entries(handle)}
    if missing := [name for name in BESIDE if name not in entries]:
        raise ReportError(f"This is no report of callsift: {missing[0]} is missing in it.")
    inside = _small(handle, entries[KEY])
    if key is not None and key != inside:
        mine, theirs = (signing.fingerprint(signing.public_key(one)) for one in (key, inside))
        raise ReportError(f"The report was signed with another key: {theirs}, not with yours, {mine}.")
    public = signing.public_key(inside)
    written = _small(handle, entries[MANIFEST])
    signing.check(public, _small(handle, entries[SIGNATURE]), written)
    said = _read(written)
    if list(entries) != [*said["files"], *BESIDE]:
        raise ReportError("The pack holds other files than its manifest names.")
    for name, listed in said["files"].items():
        _check(handle, entries[name], listed)
    return Verified(said, signing.fingerprint(public), key is not None)


def _read(written: bytes) -> dict[str, Any]:
    """The signed manifest; whoever holds the key may still have signed something else."""
    try:
        said = json.loads(written)
        usable = said["callsift_report"] == VERSION and manifest_bytes(said) == written and "files" in said
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ReportError("The manifest is not one of callsift.") from error
    if not usable:
        raise ReportError(f"The manifest is not of version {VERSION}, which this callsift reads.")
    # Sorted for signing; the files lie in the pack in the order in which they were made, which is the order of names too.
    return dict(said)


def _check(handle: BinaryIO, entry: Entry, listed: Mapping[str, Any]) -> None:
    if (entry.size, entry.packed) != (listed["size"], listed["packed_size"]):
        raise ReportError(f"{entry.name} is not as long as the manifest says: it was changed.")
    if packed_sha256(handle, entry) != listed["packed_sha256"]:
        raise ReportError(f"{entry.name} is not what the manifest says: it was changed.")
    digest = hashlib.sha256()
    for block in contents(handle, entry):
        digest.update(block)
    if digest.hexdigest() != listed["sha256"]:
        raise ReportError(f"{entry.name} is not what the manifest says: it was changed.")


def _small(handle: BinaryIO, entry: Entry) -> bytes:
    if entry.size > MOST_BESIDE:
        raise ReportError(f"{entry.name} is too large for a report of callsift.")
    return b"".join(contents(handle, entry))
