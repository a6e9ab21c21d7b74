"""The command line as a person meets it: help, lists, exit codes, one-line errors, the doctor."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = [
    "init",
    "ingest",
    "process",
    "work",
    "redo",
    "serve",
    "demo",
    "doctor",
    "trouble",
    "user",
    "models",
    "bench",
    "eval",
    "db",
    "config",
    "rules",
]


def callsift(*arguments: str, data: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    settings = {"CALLSIFT_DATA": str(data)} if data else {}
    line = [sys.executable, "-c", "from webapp.cli import main; main()", *arguments]
    clean = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "COLUMNS": "160", "NO_COLOR": "1"}
    return subprocess.run(
        line, cwd=ROOT, env=clean | settings | environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    data = tmp_path_factory.mktemp("installed") / "data"
    done = callsift("init", data=data)
    assert done.returncode == 0, done.stderr
    return data


def test_help_lists_every_command():
    done = callsift("--help")
    assert done.returncode == 0
    listed = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ") and line.strip()}
    assert set(COMMANDS) <= listed


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    done = callsift(command, "--help")
    assert done.returncode == 0, done.stderr
    assert "Usage:" in done.stdout


def test_a_misspelt_setting_is_refused_with_a_suggestion(tmp_path):
    done = callsift("doctor", data=tmp_path, CALLSIFT_DATABSE="sqlite://")
    assert done.returncode == 1
    assert done.stderr.startswith("callsift: environment variable CALLSIFT_DATABSE")
    assert 'Did you mean "database"?' in done.stderr
    assert "Traceback" not in done.stderr


def test_a_misspelt_evaluation_is_wrong_use():
    done = callsift("eval", "diarisation")
    assert done.returncode == 2
    assert "diarization" in done.stderr


@pytest.mark.parametrize("what", ["eval", "bench"])
def test_lists_can_be_read_by_programs(what):
    names = json.loads(callsift(what, "--json").stdout)
    assert names == sorted(names)
    assert names


def test_the_doctor_names_what_is_missing_and_the_fix(tmp_path):
    done = callsift("doctor", "--json", data=tmp_path / "nothing")
    lines = {line["subject"]: line for line in json.loads(done.stdout)}
    assert done.returncode == 1
    assert lines["database"]["state"] == "FAIL"
    assert "callsift init" in lines["database"]["fix"]


def test_the_doctor_finds_a_fresh_installation_sound(installed):
    done = callsift("doctor", "--json", data=installed)
    lines = json.loads(done.stdout)
    assert [line for line in lines if line["state"] == "FAIL"] == []
    assert {"database", "schema", "disk", "clock", "decode confinement", "mail", "search", "model demo"} <= {
        line["subject"] for line in lines
    }
    assert done.returncode == 0


def test_the_doctor_sees_a_key_others_can_read(installed):
    key = installed / "keys" / "kek"
    key.chmod(0o644)
    try:
        done = callsift("doctor", "--json", data=installed)
        assert done.returncode == 1
        assert any(line["subject"] == "key kek" and line["state"] == "FAIL" for line in json.loads(done.stdout))
    finally:
        key.chmod(0o600)


def test_the_doctor_sees_a_search_server_that_is_away(installed):
    done = callsift("doctor", "--json", data=installed, CALLSIFT_SEARCH="http://127.0.0.1:9")
    assert any(line["subject"] == "search" and line["state"] == "FAIL" for line in json.loads(done.stdout))


def test_trouble_is_found_and_tried_again_without_a_browser(installed, tmp_path):
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"PK\x03\x04 not a recording")
    assert callsift("ingest", str(bad), data=installed).returncode == 3
    [row] = json.loads(callsift("trouble", "list", "--json", data=installed).stdout)
    assert (row["recording"], row["reason"], row["state"]) == (str(bad), "not_audio", "can be tried again")
    doctor = callsift("doctor", "--json", data=installed)
    [line] = [line for line in json.loads(doctor.stdout) if line["subject"] == "calls"]
    assert (line["state"], line["seen"]) == ("WARN", "0 calls are parked, 1 recording refused")
    assert "callsift trouble" in line["fix"]
    assert callsift("trouble", "retry", "nobody", data=installed).returncode == 2
    assert callsift("trouble", "retry", row["id"][:6], data=installed).returncode == 0
    assert "waits to be tried again" in callsift("trouble", "list", data=installed).stdout
    assert callsift("trouble", "retry", "--all", data=installed).returncode == 1
