"""Sealed files of calls: the content-addressed files and the keyring under one roof.

What a file is about is bound into it, so a listening copy put in the place of a quarantine copy, or of another call's
listening copy, does not open.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from pipeline.files import Files, Stored
from pipeline.sealing.anonymous import anonymous_file
from pipeline.sealing.keyring import Keyring
from pipeline.sealing.sealed import SealedReader, SealedWriter


def quarantine(sha256: str) -> str:
    """What the sealed copy of a source recording is about (its call has no id yet when it is sealed)."""
    return f"quarantine:{sha256}"


def listening(call_id: str) -> str:
    """What the sealed listening copy of a call is about."""
    return f"listening:{call_id}"


class Vault:
    """Seals into content-addressed files and opens them again."""

    def __init__(self, files: Files, keyring: Keyring) -> None:
        self.files, self.keyring = files, keyring

    def seal(self, pieces: Iterable[bytes], sealed_key: bytes, about: str) -> Stored:
        """Encrypt ``pieces`` into a new file under the call's wrapped key; flat memory, durable on return."""
        key = self.keyring.unwrap(sealed_key)
        with self.files.writer() as new:
            writer = SealedWriter(new, key, about)
            for piece in pieces:
                writer.write(piece)
            writer.finish()
            return new.commit()

    def open(self, name: str, sealed_key: bytes, about: str) -> SealedReader:
        """Raises SealBroken, KeyUnknown or FileDamaged. The reader serves any stretch (HTTP Range)."""
        key = self.keyring.unwrap(sealed_key)
        file = self.files.open(name)
        try:
            return SealedReader(file, key, about)
        except BaseException:
            file.close()
            raise

    def unseal(self, name: str, sealed_key: bytes, about: str) -> BinaryIO:
        """All of it as an open file that has no name and, where the system can, lies in memory only."""
        with self.open(name, sealed_key, about) as reader:
            plain = anonymous_file()
            try:
                reader.copy_to(plain)
            except BaseException:
                plain.close()
                raise
        plain.seek(0)
        return plain
