"""`callsift user`: people who may sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from webapp.accounts import Accounts

user = typer.Typer(help="People who may sign in.", no_args_is_help=True)
Login = Annotated[str, typer.Argument(help="The name they sign in with.")]


def register(app: typer.Typer) -> None:
    app.add_typer(user, name="user")


@user.command()
def add(
    login: Login,
    role: Annotated[str, typer.Option(help="admin, lead, reviewer, fraud, compliance or agent.")] = "reviewer",
    team: Annotated[str | None, typer.Option(help="Team in which the role counts; without one, in all.")] = None,
    name: Annotated[str, typer.Option(help="Name as other people write it.")] = "",
    agent_id: Annotated[str | None, typer.Option(help="For agents: their id in the metadata of calls.")] = None,
) -> None:
    """Add someone and print the password to hand over, to be changed at the first sign-in."""
    from webapp.accounts import COMMAND_LINE
    from webapp.sessions import EVERYWHERE

    accounts = _accounts()
    where = accounts.team_id(team) if team else EVERYWHERE
    password = accounts.add(COMMAND_LINE, login, name, {where: role}, agent_id=agent_id)
    typer.echo(f"{login} may sign in as {role} with {password}  (shown this once)")


@user.command()
def role(
    login: Login,
    role: Annotated[str, typer.Argument(help="The new role, or `none` to take it away.")],
    team: Annotated[str | None, typer.Option(help="Team in which the role counts; without one, in all.")] = None,
    agent_id: Annotated[str | None, typer.Option(help="For agents: their id in the metadata of calls.")] = None,
) -> None:
    """Change what someone may do; they sign in again."""
    from webapp.accounts import COMMAND_LINE
    from webapp.sessions import EVERYWHERE

    accounts = _accounts()
    where = accounts.team_id(team) if team else EVERYWHERE
    given = None if role == "none" else role
    accounts.set_role(COMMAND_LINE, accounts.find(login).id, where, given, agent_id=agent_id)
    typer.echo(f"{login} is now {given or 'nothing'} in {team or 'all teams'}.")


@user.command()
def reset(login: Login) -> None:
    """Print a new password for someone; they are signed out everywhere."""
    from webapp.accounts import COMMAND_LINE

    accounts = _accounts()
    password = accounts.reset(COMMAND_LINE, accounts.find(login).id)
    typer.echo(f"{login} may sign in with {password}  (shown this once)")


@user.command()
def disable(login: Login) -> None:
    """Shut someone out; what they did stays on record."""
    _disable(login, disabled=True)
    typer.echo(f"{login} is signed out and may not sign in.")


@user.command()
def enable(login: Login) -> None:
    """Let someone in again who was shut out."""
    _disable(login, disabled=False)
    typer.echo(f"{login} may sign in again.")


@user.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Everyone who may sign in, with their roles."""
    from dataclasses import asdict

    from webapp.accounts import COMMAND_LINE
    from webapp.cli.output import print_json, print_table

    accounts = _accounts()
    teams = accounts.teams(COMMAND_LINE)
    rows = []
    for one in accounts.users(COMMAND_LINE):
        rows.append(asdict(one) | {"roles": {teams[team]: role for team, role in one.roles.items()}})
    if as_json:
        print_json(rows)
        return
    for row in rows:
        row["roles"] = ", ".join(f"{role} ({team})" for team, role in row["roles"].items())
        row["last_seen"] = f"{row['last_seen']:%Y-%m-%d %H:%M} UTC" if row["last_seen"] else "never"
        row["disabled"] = "shut out" if row["disabled"] else ""
    print_table(
        rows, {"login": "sign-in", "name": "name", "roles": "roles", "last_seen": "last seen", "disabled": "state"}
    )


def _disable(login: str, *, disabled: bool) -> None:
    from webapp.accounts import COMMAND_LINE

    accounts = _accounts()
    accounts.disable(COMMAND_LINE, accounts.find(login).id, disabled=disabled)


def _accounts() -> Accounts:
    from webapp.database import open_database  # SQLAlchemy: a third of a second that --help must not wait for
    from webapp.house import accounts_of
    from webapp.migrations import check
    from webapp.settings import load

    settings = load()
    database = open_database(settings.database_url())
    check(database)
    return accounts_of(settings, database)
