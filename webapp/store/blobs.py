"""Result files: sealed under the key of their call, so that destroying the key erases them wherever copies lie."""

from __future__ import annotations

from pipeline.records import CallResult
from pipeline.sealing.vault import Vault
from webapp.store.codec import decode


def about(call_id: str) -> str:
    """What a sealed result file is about."""
    return f"result:{call_id}"


def read_result(vault: Vault, call_id: str, blob: str, sealed_key: bytes) -> CallResult:
    """The result in a file; raises FileDamaged, SealBroken or KeyUnknown, each with what to do."""
    with vault.open(blob, sealed_key, about(call_id)) as reader:
        return decode(reader.read(0, reader.size))
