"""`callsift redo`: process calls again, beside what was found before."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Kind(StrEnum):
    """From where on."""

    asr = "asr"
    analyze = "analyze"
    rules = "rules"


def register(app: typer.Typer) -> None:
    app.command("redo")(redo)


def redo(
    kind: Annotated[Kind, typer.Argument(help="asr: hear again; analyze: analyzers and rules; rules: rules only.")],
    call: Annotated[list[str] | None, typer.Option(help="Id of a call or its beginning; may be repeated.")] = None,
    queue: Annotated[list[str] | None, typer.Option(help="Only calls of this queue; may be repeated.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Only calls from this day on (YYYY-MM-DD, in the setting `zone`).")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Only calls up to this day (YYYY-MM-DD, in the setting `zone`).")
    ] = None,
) -> None:
    """Queue calls to be done again; `callsift work` does them. Without a choice, all calls."""
    from datetime import date, datetime, time, timedelta
    from zoneinfo import ZoneInfo

    from webapp.settings import load
    from webapp.store import open_store  # SQLAlchemy: a third of a second that --help must not wait for
    from webapp.store.redo import Chosen

    settings = load()

    def midnight(day: str | None, days: int = 0) -> datetime | None:
        if day is None:
            return None
        try:
            return datetime.combine(date.fromisoformat(day) + timedelta(days=days), time(), ZoneInfo(settings.zone))
        except ValueError as error:
            raise typer.BadParameter(f"{day!r} is not a day such as 2026-03-01") from error

    chosen = Chosen(tuple(call or ()), midnight(since), midnight(until, 1), tuple(queue or ()))
    store = open_store(settings)
    try:
        count = store.redo(kind.value, chosen)
    finally:
        store.close()
    typer.echo(f"{count} call{'' if count == 1 else 's'} waiting for {kind.value}; `callsift work` does them.")
