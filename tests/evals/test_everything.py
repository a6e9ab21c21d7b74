"""All evaluations in one run: what is planned, what a failure costs, what the table says, and what is kept of it."""

import hashlib
import json
from datetime import UTC, datetime

import pytest

from pipeline.errors import BadDataset
from pipeline.measuring import everything
from pipeline.measuring.evaluation import EvalOptions, Report
from pipeline.measuring.everything import Outcome, Trial, rows, run, trials
from pipeline.measuring.goals import Goal
from pipeline.measuring.keeping import keep, read_kept
from webapp.cli.measured import _grouped


class Fine:
    GOALS = (Goal("right", 0.9), Goal("wrong", 0.1, most=True))
    QUICK = 3

    @staticmethod
    def evaluate(data, options):
        return Report("fine", "made up", options.limit or 50, {"right": 0.95, "wrong": 0.2, "by_kind": {"a": 1.0}, "run": {"found": 2}},
                      {"right": (0.9, 1.0)}, [{"id": "x", "text": "my card number is four one one one"}])  # fmt: skip


class Broken:
    @staticmethod
    def evaluate(data, options):
        raise ZeroDivisionError("nothing to divide")


@pytest.fixture
def modules(monkeypatch):
    found = {"broken": Broken, "fine": Fine}
    monkeypatch.setattr(everything, "module_names", lambda package: list(found))
    monkeypatch.setattr(everything, "load_module", lambda package, name: found[name])
    return found


def outcomes(*, quick=False):
    told = []
    with trials() as planned:
        found = list(run(planned, EvalOptions(), quick=quick, tell=lambda *step: told.append(step)))
    return found, told


def test_one_that_fails_is_named_and_stops_no_other(modules):
    (broken, fine), told = outcomes()
    assert (broken.report, broken.error) == (None, "ZeroDivisionError: nothing to divide")
    assert (fine.report.n, fine.error) == (50, "")
    assert [step[:2] for step in told] == [(0, 2), (1, 2), (2, 2)]


def test_a_run_taken_up_again_repeats_nothing_that_would_come_out_the_same(modules, monkeypatch, tmp_path, capsys):
    from webapp.cli import measured

    monkeypatch.setenv("CALLSIFT_DATA", str(tmp_path))
    monkeypatch.setattr("pipeline.measuring.keeping.load_module", lambda package, name: modules[name])
    ran = []
    real = Fine.evaluate
    monkeypatch.setattr(Fine, "evaluate", staticmethod(lambda data, options: ran.append(1) or real(data, options)))
    how = {"quick": False, "as_json": False, "keep": True, "resume": True}
    assert measured.everything(None, EvalOptions(), **how) == 1
    first = capsys.readouterr().out
    assert measured.everything(None, EvalOptions(), **how) == 1
    assert (capsys.readouterr().out, len(ran)) == (first, 1)  # the broken one was tried again, the fine one not
    monkeypatch.setattr(everything, "_code", lambda: "other code")
    measured.everything(None, EvalOptions(), **how)
    assert len(ran) == 2
    measured.everything(None, EvalOptions(limit=5), **how)
    assert len(ran) == 3


def test_a_quick_run_looks_at_few_items(modules):
    (_, fine), _ = outcomes(quick=True)
    assert fine.report.n == 3


def test_the_table_says_of_each_promise_whether_it_was_kept(modules):
    (_, fine), _ = outcomes()
    assert [(row.figure, row.value, row.goal, row.reached) for row in rows(fine)] == [
        ("right", 0.95, "at least 0.9", True), ("wrong", 0.2, "at most 0.1", False), ("run.found", 2, "", None),
    ]  # fmt: skip


def test_a_promised_figure_that_is_missing_is_a_promise_not_kept():
    outcome = Outcome(Trial("x", "own data", None, (Goal("recall", 0.5),)), Report("x", "d", 1, {}), "", 0.1)
    assert [(row.figure, row.value, row.reached) for row in rows(outcome)] == [("recall", None, False)]


def test_every_evaluation_of_the_folder_can_be_planned_and_takes_from_a_data_folder_what_suits_it(tmp_path):
    (tmp_path / "dialogues").mkdir()
    row = {
        "id": "1",
        "turns": [{"speaker": "Agent", "text": "hello"}],
        "complaint": "late parcel",
        "key_phrases": "late, parcel",
    }
    (tmp_path / "dialogues" / "contact_center_outcomes.jsonl").write_text(json.dumps(row) + "\n")
    with trials(tmp_path) as planned:
        labels = {(trial.name, trial.label) for trial in planned}
        assert all(trial.data is None or trial.data.exists() for trial in planned)
    assert ("summary", "contact_center_outcomes, machine labels") in labels
    assert ("transcripts", "own data") in labels  # nothing there suits it


def kept_one(folder, monkeypatch, item, unkept=()):
    class Module:
        UNKEPT = unkept

    monkeypatch.setattr("pipeline.measuring.keeping.load_module", lambda package, name: Module)
    report = Report("fine", "made up", 7, {"right": 0.5}, {"right": (0.4, 0.6)}, [item])
    keep(
        Outcome(Trial("fine", "own data", None, (Goal("right", 0.9),)), report, "", 1.5),
        folder,
        datetime(2026, 3, 1, tzinfo=UTC),
    )
    [found] = read_kept(folder)
    return found


def test_what_is_kept_comes_back_with_its_figures_and_when_it_was_measured(tmp_path, monkeypatch):
    found = kept_one(tmp_path, monkeypatch, {"id": "a"})
    [row] = found.rows
    assert (found.n, found.at, row.value, row.interval, row.reached) == (
        7,
        datetime(2026, 3, 1, tzinfo=UTC),
        0.5,
        (0.4, 0.6),
        False,
    )


def test_examples_are_redacted_before_they_are_kept_and_some_keys_never_are(tmp_path, monkeypatch):
    item = {"id": "a", "text": "my security code is four one seven", "missed": "CARD_CODE 'four one seven'"}
    found = kept_one(tmp_path, monkeypatch, item, unkept=("missed",))
    assert found.examples == [{"id": "a", "text": "my security code is [CARD_CODE]"}]
    assert "four one seven" not in next(tmp_path.glob("*.json")).read_text()


def test_an_example_with_a_recording_is_known_by_its_fingerprint(tmp_path, monkeypatch):
    recording = tmp_path / "call.wav"
    recording.write_bytes(b"sound")
    found = kept_one(tmp_path / "kept", monkeypatch, {"id": "a", "audio": str(recording), "at": 12.5})
    assert found.examples == [{"id": "a", "at": 12.5, "sha256": hashlib.sha256(b"sound").hexdigest()}]


def test_a_spoiled_file_hides_no_other(tmp_path, monkeypatch):
    (tmp_path / "other-1.json").write_text("{")
    assert kept_one(tmp_path, monkeypatch, {"id": "a"}).name == "fine"


def test_a_data_set_that_cannot_be_read_is_told_in_words(modules, monkeypatch):
    class NoData(Broken):
        @staticmethod
        def evaluate(data, options):
            raise BadDataset("manifest.jsonl:3: not JSON")

    modules["broken"] = NoData
    (broken, _), _ = outcomes()
    assert broken.error == "manifest.jsonl:3: not JSON"


def test_in_a_terminal_what_repeats_is_said_once():
    told = [("a", "x", "7", "p"), ("a", "x", "7", "q"), ("a", "y", "7", "p"), ("b", "y", "7", "p")]
    rows = [dict(zip(("name", "data", "n", "figure"), one, strict=True)) for one in told]
    assert [list(row.values()) for row in _grouped(rows)] == [
        ["a", "x", "7", "p"], ["", "", "", "q"], ["", "y", "", "p"], ["b", "y", "7", "p"],
    ]  # fmt: skip
