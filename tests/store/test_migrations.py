"""The schema: what the scripts make is what the tables say; newer and older databases are refused."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from webapp.database import open_database
from webapp.migrations import SchemaError, check, current, head, upgrade
from webapp.tables import Base


@pytest.fixture
def empty(empty_url):
    opened = open_database(empty_url)
    yield opened
    opened.close()


def test_an_upgrade_from_nothing_makes_exactly_the_tables_of_the_program(empty):
    upgrade(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_partial_indexes_keep_their_condition(empty):
    upgrade(empty)
    indexes = {index["name"]: index for index in inspect(empty.engine).get_indexes("jobs")}
    where = str(indexes["uq_jobs_running"]["dialect_options"][f"{empty.engine.dialect.name}_where"])
    assert "running" in where
    assert indexes["uq_jobs_running"]["unique"]


def test_upgrading_twice_changes_nothing(empty):
    assert upgrade(empty) == ""
    assert upgrade(empty) == head() == current(empty)


def test_an_empty_database_is_refused_with_the_command_to_run(empty):
    with pytest.raises(SchemaError, match="callsift db upgrade"):
        check(empty)


def test_a_database_of_a_newer_version_is_refused_untouched(empty):
    upgrade(empty)
    with empty.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for refused in (check, upgrade):
        with pytest.raises(SchemaError, match="newer callsift"):
            refused(empty)
    assert current(empty) == "9999"


def test_a_failing_upgrade_leaves_nothing_behind(empty, monkeypatch):
    with empty.write() as session:
        session.execute(text("CREATE TABLE teams (id INTEGER)"))  # in the way, half-way through the script
    with pytest.raises(Exception, match="teams"):
        upgrade(empty)
    assert set(inspect(empty.engine).get_table_names()) - {"alembic_version"} == {"teams"}
