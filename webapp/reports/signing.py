"""The installation's signing key (Ed25519): 32 random bytes in keys/signing_key, readable by its owner only.

`callsift init` makes it; an older installation gets one with its first report. Who holds the public key can tell that a
report came from here and was not changed; the fingerprint is what people compare by telephone.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from pipeline.reporting.errors import ReportError
from webapp.settings import Settings

NAME = "signing_key"
SIZE = 32  # bytes of the seed (RFC 8032)


@dataclass(frozen=True)
class SigningKey:
    """Signs reports. Equal messages get equal signatures (RFC 8032), so that equal reports are equal files."""

    private: Ed25519PrivateKey

    @classmethod
    def parse(cls, text: str) -> SigningKey:
        """From 32 bytes in hex; raises ReportError."""
        try:
            seed = bytes.fromhex(text)
        except ValueError:
            seed = b""
        if len(seed) != SIZE:
            raise ReportError(f"{NAME} is not {SIZE} bytes in hex. `callsift init` makes one where there is none.")
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def public(self) -> bytes:
        """The public key as PEM."""
        return pem(self.private.public_key())

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


def signing_key(settings: Settings) -> SigningKey:
    """The key of an installation; made where an older `callsift init` made none."""
    file = settings.path("keys", NAME)
    if settings.signing_key is None and not file.is_file():
        from webapp.installing import write_once  # the whole installer: once in the life of an installation

        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_once(file, secrets.token_hex(SIZE))
    return SigningKey.parse(settings.secret(NAME))


def public_key(text: bytes) -> Ed25519PublicKey:
    """A public key from PEM written by us, byte for byte; raises ReportError."""
    try:
        key = load_pem_public_key(text)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ReportError("The public key is not a key in PEM form.") from error
    if not isinstance(key, Ed25519PublicKey) or pem(key) != text:
        raise ReportError("The public key is not an Ed25519 key as callsift writes it.")
    return key


def check(key: Ed25519PublicKey, signature: bytes, message: bytes) -> None:
    """Raises ReportError when the signature is not that of this key over this message."""
    try:
        key.verify(signature, message)
    except InvalidSignature:
        raise ReportError(
            "The signature does not belong to the manifest: one of them was changed, or another key signed."
        ) from None


def pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the key's 32 bytes, in groups that can be read aloud."""
    digest = hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:32]
    return " ".join(digest[n : n + 4] for n in range(0, 32, 4))
