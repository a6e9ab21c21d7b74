"""Which policy a call gets: one for all, or by queue, team and where the person is.

A choice is a YAML file that names policies: ``default``, ``queues``, ``teams`` and ``people`` (countries, ISO 3166 two letters). The
first that fits stands, in that order of ``queues``, ``teams``, ``people``, ``default``. Where a person is, the recorder's column "country"
or "jurisdiction" says, else the state, else the number's country code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from pipeline.records import Metadata
from pipeline.redaction.policy import SHIPPED, BadPolicy, Policy, check_keys, read_policy, read_yaml, shipped, where

CHOICE = ("default", "queues", "teams", "people")
COUNTRY_COLUMNS = ("jurisdiction", "country", "person_country", "customer_country")


class Choice(Protocol):
    """One policy, or several to choose from."""

    def of(self, metadata: Metadata) -> Policy:
        """The policy of the call with these metadata."""
        ...


@dataclass(frozen=True)
class Policies:
    """Policies by queue, team and country of the person, and the one for all other calls."""

    default: Policy
    queues: Mapping[str, Policy] = field(default_factory=dict)
    teams: Mapping[str, Policy] = field(default_factory=dict)
    people: Mapping[str, Policy] = field(default_factory=dict)

    def of(self, metadata: Metadata) -> Policy:
        return (
            self.queues.get(_plain(metadata.queue))
            or self.teams.get(_plain(metadata.team))
            or self.people.get(country_of(metadata))
            or self.default
        )


def load_policies(name: str = "default") -> Policy | Policies:
    """A shipped policy or choice by name, or a file by path; raises BadPolicy."""
    file = _file(name, None)
    table = read_yaml(file)
    if "remove" in table or not {*CHOICE} & {*table}:
        return read_policy(file, table)
    check_keys(file, table, CHOICE)
    if "default" not in table:
        raise BadPolicy(f"{file}:1: needs `default`, the policy of calls that nothing else fits")
    return Policies(
        _named(file, table, "default", table["default"]),
        *(_group(file, table, key, upper=key == "people") for key in CHOICE[1:]),
    )


def load_policy(name: str = "default") -> Policy:
    """As ``load_policies``; of a choice the default: for words that belong to no call."""
    found = load_policies(name)
    return found if isinstance(found, Policy) else found.default


def country_of(metadata: Metadata) -> str:
    """ISO 3166 code of where the person is, as far as the metadata tell; else ""."""
    told = (value for key, value in metadata.extra.items() if _plain(key).replace(" ", "_") in COUNTRY_COLUMNS)
    code = next((value.strip().upper() for value in told if len(value.strip()) == 2), "")
    if code:
        return "GB" if code == "UK" else code
    if metadata.person_state:
        return "US"
    return _country_of_number(metadata.person_number or "")


@lru_cache(maxsize=10_000)
def _country_of_number(number: str) -> str:
    if not number.startswith("+"):
        return ""
    from phonenumbers import NumberParseException, parse, region_code_for_number  # its tables are only read where asked

    try:
        return region_code_for_number(parse(number, None)) or ""
    except NumberParseException:
        return ""


def _group(file: Path, table: Any, key: str, *, upper: bool) -> dict[str, Policy]:
    named = table.get(key) or {}
    if not isinstance(named, dict):
        raise BadPolicy(f"{where(file, table, key)}: `{key}` needs names with a policy each")
    return {
        (str(name).strip().upper() if upper else _plain(str(name))): _named(file, named, name, policy)
        for name, policy in named.items()
    }


def _named(file: Path, table: Any, key: object, name: object) -> Policy:
    try:
        target = _file(str(name), file.parent)
        return read_policy(target, read_yaml(target))
    except BadPolicy as error:
        raise BadPolicy(f"{where(file, table, key)}: {error}") from error


def _file(name: str, beside: Path | None) -> Path:
    file = shipped(name)
    if file is not None:
        return file
    for path in ((beside / name,) if beside else ()) + (Path(name),):
        if path.is_file():
            return path
    known = ", ".join(sorted(path.stem for path in SHIPPED.glob("*.yaml")))
    raise BadPolicy(f'there is no redaction policy "{name}"; shipped are {known}, or give the path of a file')


def _plain(name: str | None) -> str:
    return (name or "").strip().casefold()
