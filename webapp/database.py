"""One way to the database for SQLite and PostgreSQL.

`read()` and `write()` are transactions. On SQLite a writer takes the write lock at its first word (BEGIN IMMEDIATE): two
writers then wait for each other instead of failing half-way with "database is locked".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

from rules.errors import CallsiftError

BUSY_SECONDS = 30.0  # longer than any write transaction of ours; a stuck writer becomes an error, not a hang


class DatabaseError(CallsiftError):
    """A database that cannot be opened, and what to do."""


@dataclass(frozen=True, slots=True)
class Database:
    """An engine and how to open transactions on it."""

    engine: Engine

    @property
    def sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that sees one state of the database and changes nothing."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that commits as a whole at the end of the block, or not at all."""
        with Session(_immediate(self.engine), expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        self.engine.dispose()


def open_database(url: str) -> Database:
    """The database at a SQLAlchemy URL. Nothing is created or upgraded; see webapp.migrations."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        # The plain scheme means psycopg 3: it is the driver that callsift installs.
        parsed = parsed.set(drivername="postgresql+psycopg")
        return Database(create_engine(parsed, pool_pre_ping=True, hide_parameters=True))  # errors go to the log
    if parsed.database and not Path(parsed.database).parent.is_dir():
        raise DatabaseError(
            f"The folder of the database, {Path(parsed.database).parent}, does not exist. Run `callsift init`."
        )
    engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Database(engine)


def now() -> datetime:
    return datetime.now(UTC)


def insert_new(session: Session, table: type[DeclarativeBase], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert the rows that no unique key knows yet; keys of the new ones. Rivals wait for each other, none fails."""
    if not rows:
        return []
    new = upserting(session)(table).on_conflict_do_nothing().returning(table.__table__.c.id)
    return list(session.scalars(new, list(rows)))


def core(table: type[DeclarativeBase]) -> Table:
    """The plain table behind a class: rows written through it skip the bookkeeping of the session (3 times faster)."""
    plain = table.__table__
    assert isinstance(plain, Table)
    return plain


def upserting(session: Session) -> Any:
    """The dialect's ``insert``, which knows ``on_conflict_do_...``; both dialects take the same words."""
    return sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert


def _immediate(engine: Engine) -> Engine:
    return engine.execution_options(immediate=True) if engine.dialect.name == "sqlite" else engine


def _configure_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver would begin by itself, and too late; see _begin_sqlite
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
