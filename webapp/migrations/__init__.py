"""Bringing a database to the schema of this version: `callsift db upgrade`.

The scripts lie in versions/ and travel with the package. A database made by a newer callsift is refused: an older
program would write rows that the newer one misreads.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from rules.errors import CallsiftError
from webapp.database import Database

HERE = Path(__file__).parent
LOCK = 7_263_510_114  # PostgreSQL advisory lock: of two upgrades at once the second finds nothing left to do


class SchemaError(CallsiftError):
    """A database whose schema is not that of this version, and what to do."""


def current(database: Database) -> str | None:
    """The revision of the database; None when it is empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The revision of this version of callsift."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None
    return revision


def upgrade(database: Database) -> str:
    """Bring the database to `head()`; the revision it had before ("" when empty). Raises SchemaError when it is newer."""
    refuse_newer(database)
    before = current(database) or ""
    with database.write() as session:
        connection = session.connection()
        if not database.sqlite:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        command.upgrade(_config(connection), "head")
    return before


def check(database: Database) -> None:
    """Raises SchemaError unless the database has the schema of this version."""
    refuse_newer(database)
    found = current(database)
    if found != head():
        raise SchemaError(
            f"The database has schema {found or '(none)'}, this version needs {head()}. Run `callsift db upgrade`."
        )


def refuse_newer(database: Database) -> None:
    found = current(database)
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is not None and found not in known:
        raise SchemaError(
            f"The database has schema {found}, made by a newer callsift than this one ({head()}). "
            "Install that version again, or restore a backup made before the upgrade."
        )


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
