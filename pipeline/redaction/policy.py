"""Redaction policies: which types go, by a small YAML file.

Card codes and passcodes always go, whatever a policy says: PCI DSS 3.3.1 allows no exception, not even encrypted.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from pipeline.errors import PipelineError

TYPES = (
    "CARD_NUMBER", "CARD_CODE", "CARD_EXPIRY", "SSN", "PASSCODE", "PASSWORD", "BANK_ACCOUNT", "DATE_OF_BIRTH", "EMAIL", "NUMBER",
    "NATIONAL_ID", "ADDRESS", "NAME",
)  # fmt: skip
ALWAYS = frozenset({"CARD_NUMBER", "CARD_CODE", "PASSCODE"})
SHIPPED = Path(__file__).parent / "policies"


class BadPolicy(PipelineError):
    """A redaction policy that cannot be used; the message names the file and the value."""


@dataclass(frozen=True, slots=True)
class Policy:
    """``remove``: types that leave the call; ``last4``: those whose last four digits may be shown."""

    name: str
    remove: frozenset[str]
    last4: frozenset[str] = frozenset()


def load_policy(name: str = "default") -> Policy:
    """A shipped policy by name, or a file by path; raises BadPolicy."""
    shipped = SHIPPED / f"{name}.yaml"
    file = shipped if shipped.is_file() else Path(name)
    if not file.is_file():
        known = ", ".join(sorted(path.stem for path in SHIPPED.glob("*.yaml")))
        raise BadPolicy(f'there is no redaction policy "{name}"; shipped are {known}, or give the path of a file')
    try:
        table = YAML(typ="safe", pure=True).load(file)
    except YAMLError as error:
        raise BadPolicy(f"{file}: not valid YAML: {error}") from error
    if not isinstance(table, dict) or not isinstance(table.get("remove"), list):
        raise BadPolicy(f"{file}: needs a list `remove` of types")
    last4 = _types(file, table.get("last4") or [])
    return Policy(
        str(table.get("name", file.stem)), _types(file, table["remove"]) | ALWAYS, last4 - {"CARD_CODE", "PASSCODE"}
    )


def _types(file: Path, named: list[object]) -> frozenset[str]:
    for name in named:
        if name not in TYPES:
            close = difflib.get_close_matches(str(name).upper(), TYPES, n=1)
            hint = f' Did you mean "{close[0]}"?' if close else f" Types are {', '.join(TYPES)}."
            raise BadPolicy(f'{file}: there is no type "{name}".{hint}')
    return frozenset(str(name) for name in named)
