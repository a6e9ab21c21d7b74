"""`callsift ingest` and uploads over the real store: what people see, and what lies in it afterwards."""

import io
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.protocols import Intake
from pipeline.records import Metadata
from pipeline.sealing.vault import quarantine
from tests.audio.making import tone, wav
from webapp.cli import make_app
from webapp.installing import install
from webapp.settings import load
from webapp.store import open_store
from webapp.uploads import Uploads

ROOT = Path(__file__).resolve().parents[2]
SOUND = wav(tone(0.5))


@pytest.fixture
def installed(tmp_path, monkeypatch):
    monkeypatch.setenv("CALLSIFT_DATA", str(tmp_path / "data"))
    settings = load()
    install(settings, admin=None)
    return settings


@pytest.fixture
def store(installed):
    store = open_store(installed)
    yield store
    store.close()


def callsift(*arguments):
    return CliRunner().invoke(make_app(), ["ingest", *map(str, arguments)])


def test_a_folder_is_taken_in_once_and_the_second_time_says_so(installed, store, calls):
    (calls / "a.wav").write_bytes(SOUND)
    (calls / "a.json").write_text('{"call_id": "c-1"}')
    (calls / "bad.wav").write_bytes(b"")
    (calls / "contacts.csv").write_text("person,start,direction\np-1,2026-11-02T14:20:37Z,in\n")
    first = callsift(calls)
    assert first.exit_code == 3
    assert "1 taken in, 1 REFUSED, 1 new contacts" in first.stdout
    assert "The file is empty" in first.stdout
    second = callsift(calls, "--json")
    told = json.loads(second.stdout)
    assert [recording["what"] for recording in told["recordings"]] == ["known", "refused"]
    assert told["contacts"] == 0
    [job] = store.claim("test", limit=9, lease=60)
    with store.vault.unseal(job.intake.quarantine, job.intake.sealed_key, quarantine(job.intake.sha256)) as plain:
        assert plain.read() == SOUND
    assert (job.intake.metadata, job.intake.suffix) == (Metadata("c-1"), "wav")
    assert len(list(store.vault.files.names())) == 1


def test_everything_fine_is_exit_code_0(installed, calls):
    (calls / "a.wav").write_bytes(SOUND)
    assert callsift(calls / "a.wav").exit_code == 0
    assert callsift(calls / "a.wav", "--dry-run").exit_code == 0


def test_a_dry_run_takes_nothing(installed, store, calls):
    (calls / "a.wav").write_bytes(SOUND)
    assert "would be taken in" in callsift(calls, "--dry-run").stdout
    assert store.claim("test", limit=9, lease=60) == []


def test_truth_is_refused_with_a_sentence(installed, calls):
    (calls / "truth").mkdir()
    assert "never taken in" in str(callsift(calls / "truth").exception)


def test_watching_takes_folders_only(installed, calls):
    done = callsift(calls / "a.wav", "--watch")
    assert (done.exit_code, "takes folders" in done.output) == (2, True)


@pytest.mark.parametrize("place", ["ingest.probed", "ingest.sealed", "add.call", "add.done"])
def test_killed_on_the_way_nothing_is_lost_or_doubled(installed, store, calls, place):
    (calls / "a.wav").write_bytes(SOUND)
    line = [sys.executable, "-c", "from webapp.cli import main; main()", "ingest", str(calls)]
    killed = subprocess.run(
        line, cwd=ROOT, env=os.environ | {"FAILPOINTS": f"{place}=kill"}, capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert callsift(calls).exit_code == 0
    [job] = store.claim("test", limit=9, lease=60)
    store.vault.unseal(job.intake.quarantine, job.intake.sealed_key, quarantine(job.intake.sha256)).close()
    later = max(place.stat().st_mtime for place in store.vault.files.root.rglob("*")) + 86400 * 2
    store = replace(store, clock=lambda: datetime.fromtimestamp(later, UTC), keep=timedelta(days=9))
    store.sweep(orphans=True)
    assert list(store.vault.files.names()) == [job.intake.quarantine]


def test_the_store_knows_what_needs_no_copy_any_more(store):
    _, sealed_key = store.vault.keyring.new_key()
    assert not store.knows("ab" * 32, None)
    store.add(Intake("ab" * 32, 1, "a.wav", "wav", Metadata("c-1"), "cd/" + "cd" * 32, sealed_key))
    assert store.knows("ab" * 32, "c-1")
    assert store.knows("ab" * 32, None)
    assert not store.knows("ab" * 32, "c-2")


def test_a_call_whose_copy_grew_too_old_unprocessed_needs_a_new_one(store):
    _, sealed_key = store.vault.keyring.new_key()
    store.add(Intake("ab" * 32, 1, "a.wav", "wav", Metadata("c-1"), "", sealed_key))
    assert not store.knows("ab" * 32, "c-1")


def test_an_upload_comes_in_with_its_sidecar_for_the_chosen_team(installed, store):
    uploads = Uploads(installed, store)
    try:
        sidecar = ("a.json", io.BytesIO(b'{"team": "theirs", "queue": "billing"}'))
        taken = uploads.take("a.wav", io.BytesIO(SOUND), team="mine", sidecar=sidecar)
        again = uploads.take("b.wav", io.BytesIO(SOUND), team="mine")
        bad = uploads.take("c.wav", io.BytesIO(b"hello " * 9), team="mine")
        large = uploads.take("d.wav", io.BytesIO(SOUND), team="mine", sidecar=("d.json", io.BytesIO(bytes(2 << 20))))
    finally:
        uploads.close()
    [job] = store.claim("test", limit=9, lease=60)
    assert (taken.what, taken.call_id) == ("new", job.call_id)
    assert (again.what, again.call_id) == ("known", job.call_id)
    assert (bad.what, bad.call_id, "text file" in bad.says) == ("refused", None, True)
    assert (large.what, "larger than a sidecar" in large.says) == ("refused", True)
    assert (job.intake.metadata.team, job.intake.metadata.queue) == ("mine", "billing")
