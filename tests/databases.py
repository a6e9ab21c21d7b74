"""Databases for tests: an empty or an upgraded one, on SQLite and on PostgreSQL.

`make test` names a running PostgreSQL in CALLSIFT_TEST_POSTGRES; without it one is started here for the session. Where
that is impossible the tests fail and say what is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from tests import servers
from webapp.database import Database, open_database
from webapp.migrations import upgrade
from webapp.tables.base import new_public_id

KINDS = ["sqlite", "postgresql"]
SHARED_MEMORY = Path("/dev/shm")  # tests kill processes, not machines: nothing needs to reach a disk


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A URL whose role may create databases."""
    named = os.environ.get("CALLSIFT_TEST_POSTGRES")
    if named:
        yield named
        return
    if servers.postgres_bin() is None:
        pytest.fail("PostgreSQL is missing: install Debian's package `postgresql`, or run `make test`.", pytrace=False)
    place = SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else None
    user, folder = servers.unprivileged(), Path(tempfile.mkdtemp(prefix="callsift-postgres-", dir=place))
    try:
        if os.geteuid() == 0:
            subprocess.run(["chown", user, str(folder)], check=True)
        with servers.postgres(user, folder) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_database(server: str, template: str = "template0") -> Iterator[str]:
    """The URL of a new database, dropped at the end."""
    name = f"callsift_{new_public_id()}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        engine.dispose()


@pytest.fixture(scope="session")
def upgraded_postgres(postgres_url: str) -> Iterator[str]:
    """The name of a database with our schema, to copy from: a copy is faster than an upgrade."""
    with postgres_database(postgres_url) as url:
        database = open_database(url)
        upgrade(database)
        database.close()
        yield str(make_url(url).database)


@pytest.fixture(scope="session")
def upgraded_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with our schema, to copy from."""
    file = tmp_path_factory.mktemp("sqlite") / "upgraded.sqlite"
    database = open_database(f"sqlite:///{file}")
    upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return file


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table, on each of both."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    with postgres_database(request.getfixturevalue("postgres_url")) as url:
        yield url


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with our schema and no rows, on each of both."""
    if request.param == "sqlite":
        file = tmp_path / "callsift.sqlite"
        shutil.copy(request.getfixturevalue("upgraded_sqlite"), file)
        yield f"sqlite:///{file}"
        return
    template = request.getfixturevalue("upgraded_postgres")
    with postgres_database(request.getfixturevalue("postgres_url"), template) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database with our schema and no rows, on each of both."""
    opened = open_database(database_url)
    yield opened
    opened.close()
