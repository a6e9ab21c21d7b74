"""Passwords: made, judged, hashed and checked (argon2id, RFC 9106).

A wrong name costs the same time as a wrong password: `verify` without a hash works through one that nothing fits.
"""

from __future__ import annotations

import secrets
import string
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from webapp.web.ports import AccountError

GENERATED_LENGTH = 16  # of 53 letters each: 91 bits
LEAST_LENGTH = 12  # PCI DSS 8.3.6
MOST_LENGTH = 1000  # hashing takes memory and time by the length
LEAST_LETTERS = 5
LETTERS = "".join(c for c in string.ascii_letters + string.digits if c not in "0O1lI5S2Z")  # read aloud and typed
HASHER = PasswordHasher()


class WeakPassword(AccountError):
    """A password that would be guessed, and what to do."""


def generate() -> str:
    """A password nobody chose, without letters that look alike."""
    return "".join(secrets.choice(LETTERS) for _ in range(GENERATED_LENGTH))


def check(password: str, name: str) -> None:
    """Raises WeakPassword when ``password`` is no good for the person called ``name``."""
    if len(password) < LEAST_LENGTH:
        raise WeakPassword(f"The password has {len(password)} characters. Take at least {LEAST_LENGTH}.")
    if len(password) > MOST_LENGTH or name in password.lower() or len(set(password)) < LEAST_LETTERS:
        raise WeakPassword("The password is too easy to guess. Take several words that do not belong together.")


def hash_of(password: str) -> str:
    return HASHER.hash(password)


def verify(digest: str | None, password: str) -> bool:
    """Whether ``password`` made ``digest``; always no, after the same work, when there is none."""
    try:
        return HASHER.verify(digest or _nobody(), password) and digest is not None
    except VerificationError:
        return False


def outdated(digest: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return HASHER.check_needs_rehash(digest)


@cache
def _nobody() -> str:
    return HASHER.hash(secrets.token_urlsafe())
