"""A report as one zip file: the files, what they are (manifest.json), its signature, and the public key.

The manifest names everything the report rests on; the signature is over its bytes. All of it is made from the summary and
from the files, so that equal reports are equal packs.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pipeline.reporting.definitions import DISCLAIMER
from pipeline.reporting.records import Ending, Report
from rules.engine.basis import tzdata_version
from webapp.reports.codec import encode_filter
from webapp.reports.container import BLOCK, Container, Entry
from webapp.reports.signing import SigningKey, fingerprint, public_key

VERSION = 1
MANIFEST, SIGNATURE, KEY = "manifest.json", "manifest.sig", "public_key.pem"
BESIDE = (MANIFEST, SIGNATURE, KEY)


@dataclass(frozen=True, slots=True)
class Packed:
    """A pack that lies on disk: size in bytes, ``sha256`` of the whole."""

    path: Path
    size: int
    sha256: str


def pack(path: Path, folder: Path, files: Sequence[str], report: Report, ending: Ending, key: SigningKey) -> Packed:
    """Put ``files`` of ``folder`` into a signed pack at ``path``, whole or not at all."""
    draft = folder / "pack.zip"
    with draft.open("w+b") as handle:
        container = Container(handle)
        listed = {}
        for name in files:
            with (folder / name).open("rb") as source:
                sha256 = digest_of(source)
                listed[name] = _listed(container.add(name, source), sha256)
        written = manifest_bytes(manifest(report, ending, listed, key))
        for name, data in ((MANIFEST, written), (SIGNATURE, key.sign(written)), (KEY, key.public)):
            container.add(name, io.BytesIO(data))
        container.close()
        handle.flush()
        os.fsync(handle.fileno())
        size = handle.tell()
        handle.seek(0)
        sha256 = digest_of(handle)
    draft.chmod(0o600)
    draft.replace(path)
    return Packed(path, size, sha256)


def manifest(report: Report, ending: Ending, files: Mapping[str, Any], key: SigningKey) -> dict[str, Any]:
    """Everything that the report rests on, as plain values."""
    return {
        "callsift_report": VERSION,
        "please_note": DISCLAIMER,
        "org": report.org,
        "filter": encode_filter(report.wanted),
        "as_of": report.as_of.isoformat(),
        "time_zone": report.wanted.period.zone,
        "links": report.base,
        "calls": report.calls,
        "rows": report.rows,
        "breaches": report.breaches,
        "flagged_by_reviewers": None if report.drawn is None else asdict(report.drawn),
        "rules": {
            rule.facts.rule: {"pack": rule.facts.pack, "source_status": rule.facts.status,
                              "versions": [asdict(one) for one in rule.versions]}
            for rule in report.rules
        },
        "rules_without_verdict": {one.rule: {"pack": one.pack, "source_status": one.status} for one in report.silent},
        "models": ending.models,
        "engines": ending.engines,
        "files": dict(files),
        "made_with": dict(made_with()),
        "key": fingerprint(public_key(key.public)),
    }  # fmt: skip


def manifest_bytes(said: Mapping[str, Any]) -> bytes:
    return (json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


@cache
def made_with() -> Mapping[str, str]:
    """What decides the bytes beside the data: another version of one of these may write the same report differently."""
    named = {name: _version(name) for name in ("callsift", "reportlab", "xlsxwriter", "orjson")}
    return {**named, "zlib": zlib.ZLIB_RUNTIME_VERSION, "tzdata": tzdata_version()}


def digest_of(handle: Any) -> str:
    """SHA-256 of what is left to read."""
    digest = hashlib.sha256()
    while block := handle.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()


def _listed(entry: Entry, sha256: str) -> dict[str, Any]:
    return {"sha256": sha256, "size": entry.size, "packed_sha256": entry.packed_sha256, "packed_size": entry.packed}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # run from a folder that was never installed
        return "not installed"
