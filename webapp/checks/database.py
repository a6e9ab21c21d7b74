"""The database answers, has this version's schema, and is sound."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp.checking import Check
from webapp.database import Database, open_database
from webapp.migrations import SchemaError, current
from webapp.migrations import check as check_schema
from webapp.settings import Settings


def check(settings: Settings) -> list[Check]:
    if settings.database is None and not settings.path("callsift.sqlite").exists():
        return [
            Check(
                "database",
                "FAIL",
                "it does not exist yet",
                "run `callsift init`, or name the folder that there is: CALLSIFT_DATA=demo-data",
            )
        ]
    database = open_database(settings.database_url())
    try:
        return [_answers(database), _schema(database)]
    except SQLAlchemyError as error:
        return [
            Check("database", "FAIL", str(error).splitlines()[0], "check CALLSIFT_DATABASE and that the server runs")
        ]
    finally:
        database.close()


def _answers(database: Database) -> Check:
    with database.read() as session:
        sound = session.scalar(text("PRAGMA quick_check" if database.sqlite else "SELECT 'ok'"))
    if sound != "ok":
        return Check("database", "FAIL", f"it is damaged: {sound}", "restore the last backup")
    return Check("database", "OK", f"{'SQLite' if database.sqlite else 'PostgreSQL'} answers")


def _schema(database: Database) -> Check:
    try:
        check_schema(database)
    except SchemaError as error:
        return Check("schema", "FAIL", str(error), "run `callsift db upgrade` (back up first)")
    return Check("schema", "OK", f"at {current(database)}")
