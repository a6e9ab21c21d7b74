"""The web part alone: what `pip install callsift` brings, without the [pipeline] extra, in interpreters of their own.

A folder with links to exactly the packages of the base requirements stands in the place of site-packages, so torch and the
rest are not hidden but absent, with their metadata.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.proofs.house import SAMPLES
from tests.servers import free_port
from webapp.extras import HEARING

ROOT = Path(__file__).resolve().parents[2]


def base() -> dict[str, Distribution]:
    """callsift and what it needs without any extra, as installed here."""
    waiting, found = [("callsift", set())], {}
    while waiting:
        name, extras = waiting.pop()
        one = distribution(name)
        found[re.sub(r"[-_.]+", "-", name).lower()] = one
        for line in one.requires or []:
            wanted = Requirement(line)
            chosen = [wanted.marker is None or wanted.marker.evaluate({"extra": extra}) for extra in extras | {""}]
            if any(chosen) and re.sub(r"[-_.]+", "-", wanted.name).lower() not in found:
                waiting.append((wanted.name, wanted.extras))
    return found


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """A folder of links to the modules and metadata of the base packages."""
    folder = tmp_path_factory.mktemp("site")
    for one in base().values():
        if one.metadata["Name"] == "callsift":
            continue
        for top in {file.parts[0] for file in one.files or [] if file.parts[0] != ".."}:
            link = folder / top
            if not link.exists():
                link.symlink_to(Path(str(one.locate_file(top))).resolve())
    return folder


@pytest.fixture
def alone(site, tmp_path):
    """Runs Python with only the base packages, on an installation of its own."""
    environment = {"PATH": os.defpath, "PYTHONPATH": f"{site}:{ROOT}", "CALLSIFT_DATA": str(tmp_path / "data")}

    def command(*arguments: str) -> list[str]:
        return [sys.executable, "-S", "-c", "from webapp.cli import main; main()", *arguments]

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(*arguments), cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    run.command, run.environment = command, environment
    return run


def test_torch_and_what_stands_on_it_are_not_there(alone):
    code = f"import importlib.util as u; print([n for n in {HEARING!r} if u.find_spec(n)])"
    command = [sys.executable, "-S", "-c", code]
    out = subprocess.run(command, env=alone.environment, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_it_helps_installs_and_serves(alone, tmp_path):
    assert "Exit codes" in alone("--help").stdout
    made = alone("init")
    assert made.returncode == 0, made.stderr
    port = free_port()
    with subprocess.Popen(
        alone.command("serve"), env={**alone.environment, "CALLSIFT_PORT": str(port)}, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    ) as server:  # fmt: skip
        try:
            lines = []
            for line in server.stdout:
                lines.append(line)
                if f":{port}" in line:
                    break
            else:
                pytest.fail(f"it ended without serving:\n{''.join(lines)}")
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=60) as answer:
                assert answer.status == 200
                assert b"Sign in" in answer.read()
        finally:
            server.terminate()


def test_it_takes_calls_in_and_says_what_is_missing_when_they_are_to_be_processed(alone, tmp_path):
    assert alone("init").returncode == 0
    recording = shutil.copy(SAMPLES / "calls" / "sg-2206.wav", tmp_path)
    taken = alone("ingest", str(recording))
    assert taken.returncode == 0, taken.stderr
    assert "1 taken in" in taken.stdout
    for command in (["work", "--once"], ["process", str(recording)], ["demo", "--no-serve"]):
        refused = alone(*command)
        assert refused.returncode == 1, command
        assert "the part that hears is not installed" in refused.stderr
        assert "pip install 'callsift[pipeline]'" in refused.stderr
        assert "Traceback" not in refused.stderr
    again = alone("ingest", str(recording))
    assert "1 already here" in again.stdout  # and the call still waits, for a machine that can hear
