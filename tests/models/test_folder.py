"""A model's folder opens nothing that its manifest does not vouch for."""

import json

import pytest

from pipeline.errors import ModelError
from pipeline.models.folder import ModelFolder, write_manifest


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "parakeet_ctc"}')
    (tmp_path / "words.txt.gz").write_bytes(b"words")
    write_manifest(tmp_path)
    return tmp_path


def test_files_are_read_as_they_were_installed(folder):
    model = ModelFolder(folder)
    assert model.json("config.json") == {"model_type": "parakeet_ctc"}
    assert model.names == ("config.json", "words.txt.gz")
    assert model.name == f"{folder.name}@{model.sha256[:12]}"
    assert model.problems() == []


@pytest.mark.parametrize("change", [b"", b"word", b"wordz", b"words "])
def test_a_changed_file_is_refused_by_name(folder, change):
    model = ModelFolder(folder)
    (folder / "words.txt.gz").write_bytes(change)
    with pytest.raises(ModelError, match=r"words.txt.gz.*SHA-256"):
        model.bytes("words.txt.gz")
    assert len(model.problems()) == 1


def test_a_missing_file_is_named(folder):
    (folder / "words.txt.gz").unlink()
    with pytest.raises(ModelError, match=r"words.txt.gz"):
        ModelFolder(folder).bytes("words.txt.gz")


def test_a_file_outside_of_the_manifest_does_not_exist(folder):
    (folder / "extra.json").write_text("{}")
    model = ModelFolder(folder)
    assert not model.has("extra.json")
    with pytest.raises(ModelError, match="no file extra"):
        model.bytes("extra.json")


def test_a_folder_without_a_manifest_says_how_to_import(tmp_path):
    with pytest.raises(ModelError, match="callsift models import"):
        ModelFolder(tmp_path)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/b", ".hidden", ""])
def test_a_manifest_cannot_name_files_elsewhere(folder, name):
    rows = json.loads((folder / "manifest.json").read_text()) | {name: {"sha256": "0", "size": 0}}
    (folder / "manifest.json").write_text(json.dumps(rows))
    with pytest.raises(ModelError, match="no plain file name"):
        ModelFolder(folder)


@pytest.mark.parametrize("text", ["", "[]", '{"config.json": "hash"}', "{"])
def test_a_broken_manifest_is_refused(folder, text):
    (folder / "manifest.json").write_text(text)
    with pytest.raises(ModelError, match=r"manifest.json"):
        ModelFolder(folder)


def test_the_hash_of_a_model_is_that_of_all_its_files(folder):
    before = ModelFolder(folder).sha256
    write_manifest(folder)
    assert ModelFolder(folder).sha256 == before
    (folder / "words.txt.gz").write_bytes(b"other")
    write_manifest(folder)
    assert ModelFolder(folder).sha256 != before
