"""Redaction policies: which types go, by a small YAML file whose header names the law it follows.

Card numbers, codes, expiry dates and passcodes always go, whatever a policy says: PCI DSS 3.3.1 and 3.5.1 allow no exception, not
even encrypted. Which policy a call gets is told in choosing.py.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from pipeline.errors import PipelineError
from pipeline.records import Metadata

TYPES = (
    "CARD_NUMBER", "CARD_CODE", "CARD_EXPIRY", "SSN", "PASSCODE", "PASSWORD", "BANK_ACCOUNT", "DATE_OF_BIRTH", "EMAIL", "NUMBER",
    "NATIONAL_ID", "ADDRESS", "NAME",
)  # fmt: skip
ALWAYS = frozenset({"CARD_NUMBER", "CARD_CODE", "CARD_EXPIRY", "PASSCODE"})
NEVER_SHOWN = frozenset({"CARD_CODE", "PASSCODE", "PASSWORD"})
KEYS = ("name", "jurisdiction", "law", "remove", "last4", "keep_original_days")
SHIPPED = Path(__file__).parent / "policies"


class BadPolicy(PipelineError):
    """A redaction policy that cannot be used; the message names the file, the line and the value."""


@dataclass(frozen=True, slots=True)
class Policy:
    """``remove``: types that leave the call; ``last4``: those whose last four digits may be shown.

    ``keep_original_days``: how long the sealed original of a call without card data is kept for unmasking; None leaves it to the
    setting ``keep_originals``. ``law`` and ``jurisdiction`` say what it follows.
    """

    name: str
    remove: frozenset[str]
    last4: frozenset[str] = frozenset()
    keep_original_days: float | None = None
    jurisdiction: str = ""
    law: str = ""

    @property
    def fingerprint(self) -> str:
        """Equal for policies that remove and show the same."""
        said = ",".join(sorted(self.remove)), ",".join(sorted(self.last4))
        return hashlib.sha256(repr((self.name, *said)).encode()).hexdigest()[:12]

    def of(self, metadata: Metadata) -> Policy:
        """Itself, whatever the call: where one policy stands for all."""
        return self


def shipped(name: str) -> Path | None:
    """The file of a policy or a choice that comes with callsift."""
    file = SHIPPED / f"{name}.yaml"
    return file if name and "/" not in name and file.is_file() else None


def read_policy(file: Path, table: Any) -> Policy:
    """The policy in the YAML mapping ``table`` of ``file``; raises BadPolicy."""
    check_keys(file, table, KEYS)
    if not isinstance(table.get("remove"), list):
        raise BadPolicy(f"{where(file, table, 'remove')}: needs a list `remove` of types")
    remove, last4 = _types(file, table, "remove"), _types(file, table, "last4")
    if "SSN" in remove:
        remove |= {"NATIONAL_ID"}  # other countries' numbers of the same kind
    return Policy(
        str(table.get("name", file.stem)),
        remove | ALWAYS,
        last4 - NEVER_SHOWN,
        _days(file, table),
        str(table.get("jurisdiction", "")),
        str(table.get("law", "")),
    )


def read_yaml(file: Path) -> Any:
    """The mapping in a file, with the lines of its keys; raises BadPolicy."""
    try:
        table = YAML(typ="rt", pure=True).load(file)
    except YAMLError as error:
        raise BadPolicy(f"{file}: not valid YAML: {error}") from error
    if not isinstance(table, dict):
        raise BadPolicy(f"{file}:1: needs a list `remove` of types")
    return table


def check_keys(file: Path, table: Any, known: Iterable[str]) -> None:
    """Raises BadPolicy for a key that nothing reads: a misspelled `remove` would keep what should go."""
    known = tuple(known)
    for key in table:
        if key not in known:
            close = difflib.get_close_matches(str(key), known, n=1)
            hint = f' Did you mean "{close[0]}"?' if close else f" Keys are {', '.join(known)}."
            raise BadPolicy(f'{where(file, table, key)}: there is no key "{key}".{hint}')


def where(file: Path, table: Any, key: object) -> str:
    """File and line of a key, as an editor jumps there."""
    try:
        return f"{file}:{table.lc.key(key)[0] + 1}"
    except (AttributeError, KeyError, TypeError):
        return f"{file}:1"


def _days(file: Path, table: Any) -> float | None:
    days = table.get("keep_original_days")
    if days is None:
        return None
    if isinstance(days, bool) or not isinstance(days, int | float) or days < 0:
        raise BadPolicy(
            f"{where(file, table, 'keep_original_days')}: keep_original_days {days!r} is no number of days, 0 or more"
        )
    return float(days)


def _types(file: Path, table: Any, key: str) -> frozenset[str]:
    named = table.get(key) or []
    if not isinstance(named, list):
        raise BadPolicy(f"{where(file, table, key)}: `{key}` needs a list of types")
    for name in named:
        if name not in TYPES:
            close = difflib.get_close_matches(str(name).upper(), TYPES, n=1)
            hint = f' Did you mean "{close[0]}"?' if close else f" Types are {', '.join(TYPES)}."
            raise BadPolicy(f'{where(file, table, key)}: there is no type "{name}".{hint}')
    return frozenset(str(name) for name in named)
