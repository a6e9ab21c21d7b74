"""The installation's keys: they wrap the key of each call and never touch data themselves.

A wrapped key is ``version (1) | id of the wrapping key (8) | AES key wrap, RFC 3394 (40)``. Key wrap carries its own
integrity check and needs no nonce, so a million calls under one key are no concern. To change the installation's key,
put the new one first and keep the old one behind it until every wrapped key went through ``rewrap``.
"""

from __future__ import annotations

import hashlib
import secrets

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from pipeline.sealing.errors import KeyUnknown

KEY_BYTES = 32
VERSION = b"\x01"
ID_BYTES = 8
WRAPPED_BYTES = len(VERSION) + ID_BYTES + KEY_BYTES + 8


class Keyring:
    """Wraps with its first key, unwraps with any. Keys are 32 bytes."""

    def __init__(self, kek: bytes, *older: bytes) -> None:
        for key in (kek, *older):
            if len(key) != KEY_BYTES:
                raise KeyUnknown(
                    f"The installation's key must be {KEY_BYTES} bytes, not {len(key)}. Run `callsift init`."
                )
        self._keys = {key_id(key): key for key in (kek, *older)}
        self.current = key_id(kek)

    @classmethod
    def parse(cls, text: str) -> Keyring:
        """From keys in hex separated by commas or white space, the current one first (the setting ``kek``)."""
        try:
            keys = [bytes.fromhex(part) for part in text.replace(",", " ").split()]
        except ValueError as error:
            raise KeyUnknown(
                "The setting kek is not hexadecimal: 64 digits are expected. Run `callsift init`."
            ) from error
        return cls(*keys) if keys else cls(b"")

    def new_key(self) -> tuple[bytes, bytes]:
        """A fresh data key and the same key wrapped."""
        key = secrets.token_bytes(KEY_BYTES)
        return key, self._wrap(key)

    def unwrap(self, wrapped: bytes) -> bytes:
        """The data key; raises KeyUnknown when it was changed or its wrapping key is not here."""
        if len(wrapped) != WRAPPED_BYTES or wrapped[:1] != VERSION:
            raise KeyUnknown("This is not a wrapped key: it was erased, or the row was changed.")
        kek = self._keys.get(wrapping_id(wrapped))
        if kek is None:
            raise KeyUnknown(
                f"The key was wrapped by {wrapping_id(wrapped)}, which is not among the installation's keys; "
                "add the older key behind the current one in the setting kek."
            )
        try:
            return aes_key_unwrap(kek, wrapped[len(VERSION) + ID_BYTES :])
        except InvalidUnwrap as error:
            raise KeyUnknown("The wrapped key was changed: the data it opens cannot be read.") from error

    def rewrap(self, wrapped: bytes) -> bytes:
        """The same data key wrapped by the current key; unchanged when it already is."""
        key = self.unwrap(wrapped)
        return wrapped if wrapping_id(wrapped) == self.current else self._wrap(key)

    def _wrap(self, key: bytes) -> bytes:
        return VERSION + bytes.fromhex(self.current) + aes_key_wrap(self._keys[self.current], key)


def key_id(kek: bytes) -> str:
    """Names a wrapping key without telling anything about it: 16 hex digits."""
    return hashlib.sha256(b"callsift wrapping key\0" + kek).hexdigest()[: 2 * ID_BYTES]


def wrapping_id(wrapped: bytes) -> str:
    """Which key wrapped this one."""
    return wrapped[len(VERSION) : len(VERSION) + ID_BYTES].hex()
