"""Finding models by name, and what the command line lists."""

import json

import pytest
from typer.testing import CliRunner

from pipeline.errors import ModelError
from pipeline.models.catalogue import find, folder_name, installed, require
from pipeline.models.folder import write_manifest
from webapp.cli import make_app


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("CALLSIFT_DATA", str(tmp_path))
    folder = tmp_path / "models" / "nvidia--parakeet-ctc-0.6b"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"architectures": ["ParakeetForCTC"]}))
    (folder / "origin.json").write_text(json.dumps({"source": "nvidia/parakeet-ctc-0.6b", "format": "transformers"}))
    write_manifest(folder)
    return tmp_path


def callsift(*arguments):
    return CliRunner().invoke(make_app(), ["models", *arguments])


def test_an_imported_model_is_found_by_the_name_of_its_source(data):
    models = data / "models"
    assert find("nvidia/parakeet-ctc-0.6b", models) == models / "nvidia--parakeet-ctc-0.6b"
    assert find("nvidia--parakeet-ctc-0.6b", models) == models / "nvidia--parakeet-ctc-0.6b"
    assert find(str(models / "nvidia--parakeet-ctc-0.6b"), models) == models / "nvidia--parakeet-ctc-0.6b"
    assert find("openai/whisper-small.en", models) is None


def test_the_demo_model_is_shipped():
    assert find("demo", None).name == "demo_asr"


@pytest.mark.parametrize(("model", "says"), [("openai/whisper-small.en", "callsift models import openai/whisper-small.en"),
                                             ("nonsense", "nvidia--parakeet-ctc-0.6b")])  # fmt: skip
def test_a_missing_model_says_what_to_do(data, model, says):
    with pytest.raises(ModelError, match=says):
        require(model, data / "models")


@pytest.mark.parametrize(("source", "name"), [("openai/whisper-small.en", "openai--whisper-small.en"), ("my model!", "my-model"),
                                              ("../..", "model"), ("a/../b", "a--..--b")])  # fmt: skip
def test_names_of_folders_stay_inside(source, name):
    assert folder_name(source) == name


def test_the_list_shows_hash_state_and_the_commands_of_recommended_models(data):
    answer = json.loads(callsift("list", "--json").stdout)
    mine = next(row for row in answer["installed"] if row["source"] == "nvidia/parakeet-ctc-0.6b")
    assert (mine["state"], mine["kind"], len(mine["sha256"])) == ("ok", "recogniser", 64)
    commands = [row["command"] for row in answer["recommended"]]
    assert "callsift models import nvidia/parakeet-ctc-0.6b" in commands
    assert "callsift models import nvidia/parakeet-ctc-1.1b" in commands
    assert any("whisper" in command for command in commands)
    assert "callsift models import nvidia/parakeet-ctc-1.1b" in callsift("list").stdout


def test_a_changed_and_a_broken_model_show_as_such(data):
    models = data / "models"
    (models / "nvidia--parakeet-ctc-0.6b" / "config.json").write_text("{}")
    (models / "empty").mkdir()
    states = {row.name: row.state for row in installed(models)}
    assert (states["nvidia--parakeet-ctc-0.6b"], states["empty"]) == ("changed", "broken")
    answer = callsift("verify", "nvidia--parakeet-ctc-0.6b")
    assert answer.exit_code == 1
    assert "SHA-256" in answer.stdout


def test_an_untouched_model_verifies(data):
    answer = callsift("verify", "nvidia--parakeet-ctc-0.6b", "--json")
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)[0]["state"] == "ok"


def test_verifying_an_unknown_model_is_wrong_use(data):
    assert callsift("verify", "parakeet").exit_code == 2
