"""`callsift alerts`: send what is due, see what was raised, try the mail server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from webapp.alerts.sending import Posted

ALERTS = {"at": "Raised", "risk": "Risk", "call": "Call", "rule": "Rule", "title": "Title", "state": "Case",
          "mails": "Mails"}  # fmt: skip

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help="Fraud alerts: send what is due, see what was raised, try the mail server.", no_args_is_help=True
    )
    group.command("list")(list_alerts)
    group.command("send")(send)
    group.command("test")(send_test)
    app.add_typer(group, name="alerts")


def list_alerts(
    refused: Annotated[bool, typer.Option("--refused", help="Mails the server refused, instead of alerts.")] = False,
    limit: Annotated[int, typer.Option(help="At most this many, newest first.", min=1)] = 50,
    as_json: AsJson = False,
) -> None:
    """Alerts with their case and mails, newest first."""
    from webapp.alerts.listing import alerts_of, refused_of
    from webapp.cli.output import print_json, print_table
    from webapp.settings import load
    from webapp.store import open_store  # SQLAlchemy: a third of a second that --help must not wait for

    settings = load()
    store = open_store(settings)
    try:
        rows = (refused_of if refused else alerts_of)(store, settings, limit)
    finally:
        store.close()
    if as_json:
        print_json(rows)
    elif not rows:
        typer.echo("No mail was refused." if refused else "No alert was raised yet.")
    elif refused:
        print_table(rows, {"at": "Written", "address": "To", "subject": "Subject", "said": "What the server said"})
    else:
        print_table(rows, ALERTS)


def send(
    refused: Annotated[bool, typer.Option("--refused", help="Try again what the server refused for good.")] = False,
    as_json: AsJson = False,
) -> None:
    """One pass: new results become cases and alerts, and mails that are due go out. Exit code 3 when some could not."""
    from webapp.alerts.sending import retry_refused
    from webapp.alerts.step import run_alerts
    from webapp.cli import PARTLY
    from webapp.cli.output import print_json
    from webapp.settings import load
    from webapp.store import open_store

    settings = load()
    store = open_store(settings)
    try:
        if refused:
            retry_refused(store)
        passed = run_alerts(settings, store)
    finally:
        store.close()
    if as_json:
        print_json(
            {"results": passed.results, "alerts": passed.alerts, "written": passed.written, **_json(passed.posted)}
        )
    else:
        typer.echo(f"{passed.results} results looked at, {passed.alerts} alerts raised, {passed.written} mails written")
        typer.echo(_said(passed.posted))
    if passed.posted.later or passed.posted.refused:
        raise typer.Exit(PARTLY)


def send_test(
    to: Annotated[str | None, typer.Option(help="Address; without it everybody in alert_recipients.")] = None,
    as_json: AsJson = False,
) -> None:
    """Send one mail that looks like an alert, to see that mails arrive. Exit code 3 when it could not be sent."""
    from webapp.alerts.routes import routes_of
    from webapp.alerts.sending import OUTBOX
    from webapp.alerts.step import send_tests
    from webapp.cli import PARTLY
    from webapp.cli.output import print_json
    from webapp.settings import load
    from webapp.store import open_store

    settings = load()
    found = [to] if to else list(dict.fromkeys(route.address for route in routes_of(settings).alerts))
    if not found:
        raise typer.BadParameter("nobody is set in alert_recipients; name an address with --to.")
    store = open_store(settings)
    try:
        outcomes = send_tests(settings, store, found)
    finally:
        store.close()
    if as_json:
        print_json([{"to": one.address, "state": one.state, "said": one.said} for one in outcomes])
    else:
        for one in outcomes:
            typer.echo(f"{one.address}: {one.state}{f' ({one.said})' if one.said else ''}")
        if settings.smtp_url is None:
            typer.echo(f"No SMTP server is set: mails lie in {settings.path(OUTBOX).absolute()}")
    if any(one.state in ("waiting", "refused") for one in outcomes):
        raise typer.Exit(PARTLY)


def _json(posted: Posted) -> dict[str, Any]:
    return {"sent": posted.sent, "filed": posted.filed, "later": posted.later, "refused": posted.refused}


def _said(posted: Posted) -> str:
    parts = [f"{posted.sent} mails sent"]
    parts += [f"{posted.filed} written to the outbox folder (no SMTP server is set)"] if posted.filed else []
    parts += [f"{posted.later} to be tried again later"] if posted.later else []
    parts += [f"{posted.refused} refused"] if posted.refused else []
    return ", ".join(parts)
