"""Installing: what is missing is made, what is there is kept, and nothing secret can be read by others."""

import json
import stat

import pytest
from typer.testing import CliRunner

from tests.databases import KINDS
from webapp.accounts import COMMAND_LINE
from webapp.cli import make_app
from webapp.database import DatabaseError, open_database
from webapp.house import accounts_of
from webapp.installing import install
from webapp.migrations import check
from webapp.settings import load


@pytest.fixture(params=KINDS)
def settings(request, tmp_path):
    environ = {"CALLSIFT_DATA": str(tmp_path / "data")}
    if request.param == "postgresql":
        environ["CALLSIFT_DATABASE"] = request.getfixturevalue("empty_url")
    return load(environ)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a command on a data folder of its own."""
    monkeypatch.setenv("CALLSIFT_DATA", str(tmp_path / "data"))

    def call(*arguments):
        return CliRunner().invoke(make_app(), list(arguments), catch_exceptions=False)

    return call


@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
def test_an_installation_can_be_made_again_without_losing_anything(settings, empty_url):
    first = install(settings)
    keys = {name: settings.secret(name) for name in ("secret_key", "kek")}
    again = install(settings)
    assert first.password
    assert again.password is None
    assert keys == {name: settings.secret(name) for name in keys}
    assert len(bytes.fromhex(keys["kek"])) == 32
    database = open_database(settings.database_url())
    check(database)
    accounts = accounts_of(settings, database)
    assert accounts.sign_in("admin", first.password, address="")
    assert [user.must_change_password for user in accounts.users(COMMAND_LINE)] == [True]
    database.close()


def test_only_the_owner_reads_keys_and_data(run, tmp_path):
    run("init")
    modes = {place.name: stat.S_IMODE(place.stat().st_mode) for place in (tmp_path / "data" / "keys").iterdir()}
    assert modes == {"secret_key": 0o600, "kek": 0o600, "signing_key": 0o600}
    for folder in (tmp_path / "data", tmp_path / "data" / "keys"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_password_is_printed_once(run):
    first, again = run("init").stdout, run("init").stdout
    assert "Sign in as admin with" in first
    assert "Sign in" not in again
    assert "kept" in again


def test_people_are_added_changed_and_listed(run):
    run("init")
    assert "may sign in as agent with" in run("user", "add", "kim", "--role", "agent", "--team", "red").stdout
    assert run("user", "reset", "kim").exit_code == 0
    assert run("user", "disable", "kim").exit_code == 0
    rows = {row["login"]: row for row in json.loads(run("user", "list", "--json").stdout)}
    assert rows["kim"]["roles"] == {"red": "agent"}
    assert rows["kim"]["disabled"] is True
    assert "password" not in json.dumps(rows).replace("must_change_password", "")
    assert "kim" in run("user", "list").stdout


def test_the_schema_is_named_and_upgraded(run):
    with pytest.raises(DatabaseError, match="callsift init"):
        run("db", "current")
    assert "Upgraded from nothing" in run("db", "upgrade").stdout
    assert "already" in run("db", "upgrade").stdout
    assert run("db", "current", "--json").exit_code == 0


def test_redo_says_how_many_calls_wait(run):
    run("init")
    assert run("redo", "rules", "--since", "2026-01-01").stdout.startswith("0 calls waiting for rules")
    assert run("redo", "rules", "--since", "yesterday").exit_code == 2


def test_settings_are_shown_without_secrets(run, monkeypatch):
    monkeypatch.setenv("CALLSIFT_KEK", "c0ffee")
    shown = run("config", "show", "--json").stdout
    assert "c0ffee" not in shown
    assert "CALLSIFT_KEK" in shown
