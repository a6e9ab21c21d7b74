"""Making a report again from SQL, to show that it says what the database said at that moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webapp.reports.making import Tell, again, make
from webapp.reports.pack import digest_of
from webapp.reports.signing import signing_key
from webapp.reports.verifying import verify
from webapp.settings import Settings
from webapp.store import SqlStore


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A report made again: ``sha256`` of the new pack, and in words what is not as it was."""

    sha256: str
    equal: bool
    differences: tuple[str, ...]


def rebuild(store: SqlStore, settings: Settings, pack: Path, path: Path, tell: Tell) -> Rebuilt:
    """Verify ``pack``, make it again at ``path``, compare. Raises ReportError for a pack that was changed."""
    verified = verify(pack)
    made = make(store.database, store.org, again(verified), signing_key(settings), path, tell)
    with pack.open("rb") as handle:
        equal = digest_of(handle) == made.packed.sha256
    differences = () if equal else tuple(_differences(verified.manifest, verify(path).manifest))
    return Rebuilt(made.packed.sha256, equal, differences)


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for name, one in before["files"].items():
        other = now["files"].get(name, {})
        yield f"{name}: {'equal' if one.get('sha256') == other.get('sha256') else 'not equal'}"
    for name in sorted(set(before) | set(now)):
        if name != "files" and before.get(name) != now.get(name):
            yield f"{name}: {_short(before.get(name))} -> {_short(now.get(name))}"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 160 else f"{text[:160]}..."
