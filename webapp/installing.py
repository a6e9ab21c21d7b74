"""Making an installation: data folder, keys, database, first administrator.

Keys are random, readable by their owner only, and written so that two runs at once end with one key: what exists wins.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from webapp.accounts import COMMAND_LINE
from webapp.database import Database, now, open_database
from webapp.house import accounts_of
from webapp.migrations import head, upgrade
from webapp.sessions import EVERYWHERE
from webapp.settings import Settings
from webapp.teams import DEFAULT_ORG, DEFAULT_TEAM, org_key, team_key

KEYS = {"secret_key": 32, "kek": 32, "signing_key": 32}  # name -> bytes, written in hex


@dataclass(frozen=True, slots=True)
class Installed:
    """What was done, as lines for people; ``password`` of the administrator where one was made."""

    lines: tuple[str, ...]
    password: str | None


def install(settings: Settings, *, admin: str | None = "admin", must_change: bool = True) -> Installed:
    """Make whatever is missing. ``admin`` None makes nobody; nobody is made either where there are people already."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = [f"data folder {settings.data.absolute()}"]
    lines += [line for name, size in KEYS.items() if (line := _key(settings, name, size))]
    database = open_database(settings.database_url())
    before = upgrade(database)
    lines.append(f"database {'ready' if before == head() else f'upgraded to schema {head()}'}")
    _main_team(database)
    accounts = accounts_of(settings, database)
    password = None
    if admin is not None and not accounts.users(COMMAND_LINE):
        password = accounts.add(COMMAND_LINE, admin, admin, {EVERYWHERE: "admin"}, must_change=must_change)
        lines.append(f"administrator {admin}")
    database.close()
    return Installed(tuple(lines), password)


def _key(settings: Settings, name: str, size: int) -> str | None:
    if getattr(settings, name) is not None:
        return f"key {name} comes from the settings"
    folder = settings.path("keys")
    folder.mkdir(mode=0o700, exist_ok=True)
    made = write_once(folder / name, secrets.token_hex(size))
    return f"key {name} {'made' if made else 'kept'}"


def write_once(file: Path, text: str) -> bool:
    """Write a file that did not exist, whole or not at all; False when it did."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as handle:
            handle.write(text + "\n")
            handle.flush()
            os.fsync(handle.fileno())
        os.link(draft, file)  # fails where another run was faster
        return True
    except FileExistsError:
        return False
    finally:
        draft.unlink()


def _main_team(database: Database) -> None:
    with database.write() as session:
        team_key(session, org_key(session, DEFAULT_ORG, now()), DEFAULT_TEAM, now())
