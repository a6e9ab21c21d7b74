"""No compiler is ever needed: pip takes wheels only, and every installation runs where no program can be found.

The environment these tests run in was made by the same lines of the Makefile, so a dependency that has to be built stops
`make demo`, `make test` and CI at once. Here it is shown that it would.
"""

import io
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
METADATA = "Metadata-Version: 2.1\nName: onlysource\nVersion: 1.0\n"
SETUP = "from setuptools import setup\nsetup(name='onlysource', version='1.0', py_modules=[])\n"


def installing() -> str:
    """The line of the Makefile by which everything is installed, up to what is installed."""
    found = re.search(r"^PIP := (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert found is not None
    return found[1].replace("$(BIN)/pip", f"{sys.executable} -m pip")


@pytest.fixture
def shelf(tmp_path):
    """A folder to install from that holds one package, as source only."""
    with tarfile.open(tmp_path / "onlysource-1.0.tar.gz", "w:gz") as archive:
        for name, text in {"PKG-INFO": METADATA, "setup.py": SETUP}.items():
            entry = tarfile.TarInfo(f"onlysource-1.0/{name}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return tmp_path


def install(shelf: Path) -> subprocess.CompletedProcess[str]:
    there = f"{installing()} --dry-run --no-index --find-links {shelf} onlysource"
    return subprocess.run(there, shell=True, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S602


def test_every_installation_of_the_makefile_goes_through_that_line():
    text = (ROOT / "Makefile").read_text()
    lines = [line for line in text.splitlines() if line.startswith("\t") and re.search(r"\bpip\b", line)]
    assert all(line.startswith("\t$(PIP) ") for line in lines)
    assert installing().startswith("PATH=/nonexistent ")
    assert not Path("/nonexistent").exists()


def test_a_package_that_must_be_built_stops_the_installation(shelf):
    refused = install(shelf)
    assert refused.returncode != 0
    assert "No matching distribution found for onlysource" in refused.stderr


def test_the_same_package_as_a_wheel_is_taken(shelf):
    with zipfile.ZipFile(shelf / "onlysource-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("onlysource-1.0.dist-info/METADATA", METADATA)
        wheel.writestr(
            "onlysource-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr("onlysource-1.0.dist-info/RECORD", "")
    taken = install(shelf)
    assert taken.returncode == 0, taken.stderr


def test_no_compiler_is_found_where_pip_runs(shelf):
    """What pip would call to build: with the Makefile's PATH there is none, whatever this machine has."""
    path = installing().split()[0]
    for compiler in ("cc", "gcc", "c++", "g++", "clang", "cmake", "make", "rustc", "cargo"):
        assert subprocess.run(f"{path}; export PATH; command -v {compiler}", shell=True, check=False).returncode  # noqa: S602
