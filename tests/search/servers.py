"""Indexes for tests: the embedded one in a folder, and one on a real server.

`make test` names a running server in CALLSIFT_TEST_ELASTICSEARCH; without it one is started here for the session. Where
that is impossible the tests fail and say what is missing.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.search.backends.elasticsearch import open_elasticsearch
from pipeline.search.backends.sqlite import SqliteIndex
from pipeline.search.records import Address
from tests import servers

KINDS = ["sqlite", "elasticsearch"]


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """The URL of a server."""
    named = os.environ.get("CALLSIFT_TEST_ELASTICSEARCH")
    if named:
        yield named
        return
    user = servers.unprivileged()
    servers.HOME.mkdir(mode=0o755, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="callsift-search-", dir=servers.HOME))
    try:
        if os.geteuid() == 0:
            subprocess.run(["chown", user, str(folder)], check=True)
        with servers.elasticsearch(user, folder) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def new_index(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[object]:
    """An index of ``kind`` that is not there yet; whatever it leaves on a server goes at the end."""
    if kind == "sqlite":
        index = SqliteIndex(folder)
        yield index
        index.close()
        return
    name = f"callsift-test-{secrets.token_hex(6)}"
    index = open_elasticsearch(Address(request.getfixturevalue("elasticsearch_url"), index=name))
    yield index
    for left in index.client.indices.get(index=f"{name}*"):
        index.client.indices.delete(index=left)
    index.close()


@pytest.fixture(params=KINDS)
def absent(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[object]:
    """An index that nobody has made yet, on each of both."""
    with new_index(request.param, tmp_path / "search", request) as index:
        yield index


@pytest.fixture
def index(absent):
    """An empty index, on each of both."""
    with absent.rebuilding() as new:
        new.take_over()
    return absent
