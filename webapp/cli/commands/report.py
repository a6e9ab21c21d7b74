"""`callsift report`: compliance reports that can be checked and made again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.reporting.records import Filter
    from webapp.settings import Settings

report = typer.Typer(help="Compliance reports that can be checked and made again.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(report, name="report")


@report.command()
def make(
    first: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD; without it the last whole month.")] = "",
    last: Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD.")] = "",
    zone: Annotated[str, typer.Option(help="IANA zone of the days; without it the setting `zone`.")] = "",
    pack: Annotated[list[str] | None, typer.Option(help="Only rules of this pack; may be repeated.")] = None,
    team: Annotated[list[str] | None, typer.Option(help="Only calls of this team; may be repeated.")] = None,
    agent: Annotated[list[str] | None, typer.Option(help="Only calls of this agent; may be repeated.")] = None,
    queue: Annotated[list[str] | None, typer.Option(help="Only calls of this queue; may be repeated.")] = None,
    jurisdiction: Annotated[
        list[str] | None, typer.Option(help="Only rules of it (US, UK, any...); may be repeated.")
    ] = None,
    trend: Annotated[str, typer.Option(help="Trend by week or month.")] = "week",
    unchecked: Annotated[bool, typer.Option("--unchecked", help="Also rules whose source nobody has checked.")] = False,
    format: Annotated[
        list[str] | None, typer.Option(help="csv, jsonl, pdf or xlsx; may be repeated; without it all.")
    ] = None,
    as_of: Annotated[
        str, typer.Option(help="Moment whose state is shown, ISO with zone; without it a moment ago.")
    ] = "",
    out: Annotated[Path | None, typer.Option(help="Write the zip file here too.")] = None,
    rebuild: Annotated[Path | None, typer.Option(help="Make the report in this zip file again and compare.")] = None,
) -> None:
    """Make a report and print where it lies. With --rebuild, exit code 1 unless the bytes are equal."""
    from webapp.settings import load

    settings = load()
    if rebuild is not None:
        _rebuild(settings, rebuild, out)
        return
    chosen = {"packs": pack, "teams": team, "agents": agent, "queues": queue, "jurisdictions": jurisdiction}
    wanted = _filter(settings, first, last, zone, chosen, trend, unchecked=unchecked)
    _make(settings, wanted, format or [], as_of, out)


@report.command()
def verify(
    pack: Annotated[Path, typer.Argument(help="The report's zip file.")],
    key: Annotated[Path | None, typer.Option(help="Public key (PEM) that came to you by other means.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest.")] = False,
) -> None:
    """Check every byte of a report. Needs no installation: only the zip file and the public key."""
    from webapp.cli.output import print_json
    from webapp.reports.verifying import verify as check

    verified = check(pack, key.read_bytes() if key else None)
    said = verified.manifest
    if as_json:
        print_json(said)
        return
    span = f"{said['filter']['first']} to {said['filter']['last']} {said['time_zone']}, as of {said['as_of']}"
    typer.echo(f"{pack}: whole and unchanged. {said['rows']} verdicts, {span}.")
    for name, one in said["files"].items():
        typer.echo(f"  {name:<14} {one['size']:>12} bytes  sha256 {one['sha256']}")
    typer.echo(f"Signed with key {verified.key}")
    if not verified.known:
        typer.echo("The key came with the report: compare it with the one you were told, or give it with --key.")


@report.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Reports that were asked for, newest first."""
    from webapp.cli.output import print_json, print_table
    from webapp.reports.shelf import listed, place
    from webapp.settings import load
    from webapp.store import open_store

    settings = load()
    store = open_store(settings)
    try:
        with store.database.read() as session:
            rows = [
                {"id": row.public_id, "period": f"{row.wanted['first']} to {row.wanted['last']}", "state": row.state,
                 "asked": row.asked_at.isoformat(timespec="seconds"), "by": name or "command line", "verdicts": row.rows_all,
                 "breaches": row.breaches, "sha256": row.sha256, "error": row.error or "",
                 "file": str(place(settings, row.public_id)) if row.state == "done" else ""}
                for row, name in listed(session, store.org, None)
            ]  # fmt: skip
    finally:
        store.close()
    if as_json:
        print_json(rows)
        return
    print_table(rows, {"period": "period", "state": "state", "asked": "asked", "by": "by", "verdicts": "verdicts",
                       "breaches": "breaches", "file": "file", "error": ""})  # fmt: skip


def _filter(
    settings: Settings,
    first: str,
    last: str,
    zone: str,
    chosen: dict[str, list[str] | None],
    trend: str,
    *,
    unchecked: bool,
) -> Filter:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from pipeline.reporting.period import STEPS, Period, last_month
    from pipeline.reporting.records import Filter

    zone = zone or settings.zone
    step = next((one for one in STEPS if one == trend), None)
    if step is None:
        raise typer.BadParameter(f"--trend {trend}: choose week or month")
    if bool(first) != bool(last):
        raise typer.BadParameter("give both --from and --to, or neither for the last whole month")
    try:
        period = Period(date.fromisoformat(first), date.fromisoformat(last), zone) if first else None
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    period = period or last_month(datetime.now(ZoneInfo(zone)).date(), zone)
    return Filter(
        period, **{name: tuple(names or ()) for name, names in chosen.items()}, trend=step, unchecked=unchecked
    )


def _make(settings: Settings, wanted: Filter, formats: list[str], as_of: str, out: Path | None) -> None:
    import shutil

    from pipeline.reporting.errors import ReportError
    from webapp.cli.output import progress
    from webapp.reports import shelf
    from webapp.reports.moments import moment_of
    from webapp.reports.running import make_one
    from webapp.reports.writing import chosen
    from webapp.store import open_store

    store = open_store(settings)
    try:
        names, moment = chosen(formats), moment_of(as_of, store.clock())
        with store.database.write() as session:
            public_id = shelf.ask(session, store.org, None, wanted, names, moment, store.clock())
        assert public_id is not None  # only a schedule's report can be there already
        with progress("verdicts") as step:
            make_one(settings, store, only=public_id, tell=lambda done, of: step(done, of, ""))
        with store.database.read() as session:
            row = next(row for row, _name in shelf.listed(session, store.org, None) if row.public_id == public_id)
    finally:
        store.close()
    if row.error:
        raise ReportError(row.error)
    path = shelf.place(settings, public_id)
    if out is not None:
        path = Path(shutil.copyfile(path, out))
    typer.echo(f"{path}\n{row.rows_all} verdicts, {row.breaches} breaches, {row.size} bytes, sha256 {row.sha256}")


def _rebuild(settings: Settings, pack: Path, out: Path | None) -> None:
    import tempfile

    from webapp.cli import FAILED
    from webapp.cli.output import progress
    from webapp.reports.rebuilding import rebuild
    from webapp.store import open_store

    store = open_store(settings)
    try:
        with tempfile.TemporaryDirectory() as folder, progress("verdicts") as step:
            again = rebuild(
                store, settings, pack, out or Path(folder) / "again.zip", lambda done, of: step(done, of, "")
            )
    finally:
        store.close()
    for line in again.differences:
        typer.echo(line)
    typer.echo(f"sha256 {again.sha256}: " + ("equal, byte for byte" if again.equal else "NOT equal"))
    if not again.equal:
        raise typer.Exit(FAILED)
