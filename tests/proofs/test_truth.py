"""The truth beside the sample calls is for measuring: deleting it changes nothing, and no door takes it in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.ingest import ingest
from pipeline.ingest.folders import ForbiddenFolder
from tests.proofs.house import SAMPLES, installed, queue, work
from webapp.cli import make_app

CALLS = ("sg-2206.wav", "mm-2303.wav")  # collections by its metadata, and one without metadata


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    """A copy of sample_calls/ with a few calls and all their truth; in the truth lies a recording as well."""
    copy = tmp_path / "sample_calls"
    shutil.copytree(SAMPLES / "truth", copy / "truth")
    (copy / "calls").mkdir()
    for name in CALLS:
        for file in (SAMPLES / "calls").glob(f"{Path(name).stem}.*"):
            shutil.copy(file, copy / "calls")
    shutil.copy(SAMPLES / "contacts.csv", copy)
    shutil.copy(SAMPLES / "calls" / "sg-2207.wav", copy / "truth" / "sg-2207.wav")
    return copy


def told(samples: Path, data: Path) -> list[dict[str, object]]:
    """Everything about each call that does not change from run to run, in the order of the queue."""
    with installed(data) as (settings, store):
        taken = ingest([samples], store, settings)
        assert (taken.new, taken.refused, taken.problems) == (len(CALLS), 0, [])
        assert work(settings, store).done == len(CALLS)
        rows = queue(settings, store)
        results = [store.result(row.id) for row in rows]
    return [
        {
            "call": Path(result.call.source).name,
            "row": (row.score, row.reasons, row.listen_from, row.marks, row.duration),
            "words": [(turn.party, turn.start, turn.text) for turn in result.call.turns],
            "verdicts": [(v.rule, v.value, v.reason) for v in result.verdicts],
        }
        for row, result in zip(rows, results, strict=True)
    ]


def test_without_the_truth_the_queue_is_the_same(samples, tmp_path):
    beside = told(samples, tmp_path / "beside")
    shutil.rmtree(samples / "truth")
    alone = told(samples, tmp_path / "alone")
    assert [call["call"] for call in alone] == [call["call"] for call in beside]
    assert all(call["words"] and call["verdicts"] for call in alone)
    assert alone == beside


DOORS = {
    "the folder": "truth",
    "a recording in it": "truth/sg-2207.wav",
    "a file of facts": "truth/sg-2206.json",
}


@pytest.mark.parametrize("path", DOORS.values(), ids=DOORS)
def test_ingest_refuses_what_lies_in_the_truth(samples, tmp_path, path):
    with installed(tmp_path / "data") as (settings, store):
        with pytest.raises(ForbiddenFolder, match="truth"):
            ingest([samples / path], store, settings)
        assert queue(settings, store) == []
        assert store.waiting() == 0


@pytest.mark.parametrize("as_what", ["contacts", "metadata"])
def test_nor_is_it_read_as_a_contact_log_or_as_metadata(samples, tmp_path, as_what):
    log = samples / "truth" / "contacts.json"
    given = {"contacts": [log]} if as_what == "contacts" else {"metadata": log}
    with installed(tmp_path / "data") as (settings, store):
        with pytest.raises(ForbiddenFolder, match="truth"):
            ingest([samples / "calls"], store, settings, **given)
        assert store.waiting() == 0


def test_the_commands_refuse_it_too_from_inside_the_folder(samples, tmp_path, monkeypatch):
    with installed(tmp_path / "data"):
        monkeypatch.chdir(samples / "truth")
        monkeypatch.setenv("CALLSIFT_DATA", str(tmp_path / "data"))
        for command in (["ingest", "."], ["ingest", "sg-2207.wav"], ["process", "."], ["process", "sg-2207.wav"]):
            answer = CliRunner().invoke(make_app(), command)
            assert isinstance(answer.exception, ForbiddenFolder), (command, answer.output)
