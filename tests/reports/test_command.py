"""`callsift report` from the outside: exit codes, files, and a rebuild that ends with equal bytes."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.reports.makers import House, Judged
from webapp.database import open_database
from webapp.installing import install
from webapp.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def installed(tmp_path):
    """An installation with one breach in March, and a way to run commands in it."""
    install(Settings(data=tmp_path / "data"), admin=None)
    database = open_database(f"sqlite:///{tmp_path / 'data' / 'callsift.sqlite'}")
    House(database).add(
        Judged(datetime(2026, 3, 10, 12, tzinfo=UTC), {"B1": "FAIL"}, made_at=datetime(2026, 3, 11, tzinfo=UTC))
    )
    database.close()

    def run(*words, data="data"):
        environment = {**os.environ, "CALLSIFT_DATA": str(tmp_path / data)}
        line = [sys.executable, "-c", "from webapp.cli import main; main()", "report", *words]
        return subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=280)

    return run


def test_a_report_is_made_verified_anywhere_and_made_again(installed, tmp_path):
    out = tmp_path / "march.zip"
    made = installed("make", "--from", "2026-03-01", "--to", "2026-03-31", "--out", str(out))
    assert (made.returncode, "1 verdicts, 1 breaches" in made.stdout) == (0, True), made.stderr
    verified = installed("verify", str(out), data="no-installation-here")
    assert (verified.returncode, "whole and unchanged" in verified.stdout) == (0, True), verified.stderr
    again = installed("make", "--rebuild", str(out))
    assert (again.returncode, "equal, byte for byte" in again.stdout) == (0, True), again.stderr
    assert "2026-03-01 to 2026-03-31" in installed("list", "--json").stdout
    broken = bytearray(out.read_bytes())
    broken[len(broken) // 2] ^= 1
    out.write_bytes(broken)
    refused = installed("verify", str(out))
    assert (refused.returncode, refused.stderr.startswith("callsift: ")) == (1, True)


@pytest.mark.parametrize("wrong", [["--from", "2026-03-01"], ["--from", "x", "--to", "y"], ["--trend", "year"]])
def test_wrong_use_is_exit_code_2(installed, wrong):
    assert installed("make", *wrong).returncode == 2
