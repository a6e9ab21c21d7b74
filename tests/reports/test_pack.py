"""A pack is whole and unchanged, or it is refused; what is refused says why."""

import hashlib
import json
import zipfile

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.reporting.errors import ReportError
from tests.reports.makers import KEY, order
from webapp.reports import container
from webapp.reports.making import make
from webapp.reports.signing import SigningKey
from webapp.reports.verifying import verify

OTHER = SigningKey.parse("22" * 32)


@pytest.fixture
def pack(house, tmp_path):
    """A whole report of a few calls, as bytes, without the large files."""
    house.fill(12, seed=1)
    return make(house.database, house.org, order(formats=("csv", "jsonl")), KEY, tmp_path / "report.zip").packed.path


def changed(pack, data):
    path = pack.with_name("changed.zip")
    path.write_bytes(data)
    return path


def test_any_flipped_byte_is_found(pack):
    data = pack.read_bytes()
    assert verify(pack, KEY.public).known

    @settings(max_examples=300, deadline=None)
    @given(st.integers(0, len(data) - 1), st.integers(1, 255))
    def flip(at, by):
        broken = bytearray(data)
        broken[at] ^= by
        with pytest.raises(ReportError):
            verify(changed(pack, bytes(broken)))

    flip()


def test_every_byte_of_heads_manifest_key_and_directory_counts(pack):
    data = pack.read_bytes()
    with pack.open("rb") as handle:
        entries = container.read_entries(handle)
    bodies = [range(entry.begin, entry.begin + entry.packed) for entry in entries[:-3]]
    for at in range(len(data)):
        if not any(at in body for body in bodies):
            broken = bytearray(data)
            broken[at] ^= 1
            with pytest.raises(ReportError):
                verify(changed(pack, bytes(broken)), KEY.public)


@pytest.mark.parametrize("wrong", ["cut", "longer", "empty", "text"])
def test_what_is_no_pack_is_refused(pack, wrong):
    data = pack.read_bytes()
    other = {"cut": data[:-1], "longer": data + b"x", "empty": b"", "text": b"hello"}[wrong]
    with pytest.raises(ReportError):
        verify(changed(pack, other))


def test_a_report_signed_by_somebody_else_is_refused(house, pack, tmp_path):
    make(house.database, house.org, order(formats=("csv",)), OTHER, tmp_path / "other.zip")
    assert not verify(tmp_path / "other.zip").known
    with pytest.raises(ReportError, match="another key"):
        verify(tmp_path / "other.zip", KEY.public)


def test_a_changed_file_with_honest_zip_headers_is_found(pack, tmp_path):
    """What a zip program would do: unpack, change a figure, pack again."""
    with zipfile.ZipFile(pack) as old:
        files = {name: old.read(name) for name in old.namelist()}
    assert b",B1," in files["report.csv"]
    files["report.csv"] = files["report.csv"].replace(b",B1,", b",B2,", 1)
    forged = tmp_path / "forged.zip"
    with forged.open("w+b") as handle:
        new = container.Container(handle)
        for name, data in files.items():
            (tmp_path / "piece").write_bytes(data)
            with (tmp_path / "piece").open("rb") as source:
                new.add(name, source)
        new.close()
    with pytest.raises(ReportError, match=r"report\.csv"):
        verify(forged)


def test_the_manifest_can_be_checked_without_callsift(pack):
    with zipfile.ZipFile(pack) as files:
        said = files.read("manifest.json")
        load_pem_public_key(files.read("public_key.pem")).verify(files.read("manifest.sig"), said)
        for name, listed in json.loads(said)["files"].items():
            assert hashlib.sha256(files.read(name)).hexdigest() == listed["sha256"]
    manifest = json.loads(said)
    assert {"filter", "as_of", "time_zone", "rules", "models", "rows", "files", "made_with"} < set(manifest)
    assert set(manifest["rules"]["B1"]) == {"pack", "source_status", "versions"}


def test_large_files_get_wide_sizes_that_zip_programs_read(tmp_path, monkeypatch):
    monkeypatch.setattr(container, "LIMIT", 100)
    path = tmp_path / "wide.zip"
    with path.open("w+b") as handle:
        wide = container.Container(handle)
        for name in ("a.csv", "b.pdf"):
            (tmp_path / name).write_bytes(bytes(range(256)) * 4)
            with (tmp_path / name).open("rb") as source:
                wide.add(name, source)
        wide.close()
        assert container.read_entries(handle) == [
            container.Entry(e.name, e.method, e.crc, e.packed, e.size, e.offset) for e in wide.entries
        ]
