"""One decoder for all tests of ingest, a shelf for each, and settings that a test changes by name."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from pipeline.audio.opening import Limits
from pipeline.audio.pool import DecodePool
from pipeline.ingest import Ingest
from tests.ingest.shelf import Shelf


@dataclass(frozen=True)
class Settings:
    """The part of the settings that ingest reads."""

    data: Path = Path("data")
    zone: str = "UTC"
    mapping: Path | None = None
    file_pattern: str | None = None
    url_schemes: tuple[str, ...] = ()
    url_hosts: tuple[str, ...] = ()
    max_hours: float = 1.0
    max_upload_mb: int = 1
    watch: tuple[Path, ...] = ()
    contact_logs: tuple[Path, ...] = ()

    def but(self, **changes):
        return replace(self, **changes)


class Kept(DecodePool):
    """Stays open when the `Ingest` of one test closes."""

    def close(self) -> None:
        return None


@pytest.fixture(scope="session")
def decoder():
    pool = Kept(Limits(max_seconds=3600), children=1)
    yield pool
    DecodePool.close(pool)


@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path / "data")


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path)


@pytest.fixture
def door(shelf, settings, decoder):
    return Ingest(shelf, settings, pool=decoder)


@pytest.fixture
def calls(tmp_path):
    folder = tmp_path / "calls"
    folder.mkdir()
    return folder
