"""Foreign checkpoints: converted in a confined child, and refused before anything of theirs runs."""

import os
import pickle
import shutil
import subprocess
import sys
import zipfile

import pytest
import torch
from safetensors.torch import load_file

from pipeline.asr.loading import load
from pipeline.errors import ModelError
from pipeline.models.importing import import_model, import_named
from pipeline.models.pickles import refuse_foreign_names
from tests.asr import tiny


class Touch:
    """A pickle with a side effect."""

    def __init__(self, canary):
        self.canary = canary

    def __reduce__(self):
        return (os.system, (f"touch {self.canary}",))


@pytest.fixture(scope="module")
def waveform(tmp_path_factory):
    """A foreign wav2vec2 folder: no manifest, pickled weights."""
    folder = tmp_path_factory.mktemp("foreign") / "wav2vec2-tiny"
    tiny.wav2vec2_like("Wav2Vec2", folder)
    (folder / "manifest.json").unlink()
    (folder / "model.safetensors").rename(folder.parent / "weights.safetensors")
    torch.save(load_file(folder.parent / "weights.safetensors"), folder / "pytorch_model.bin")
    return folder


def words(model):
    return [word.text for word in load(str(model), device="cpu").transcribe([tiny.noise(3)])[0].words]


@pytest.fixture(scope="module")
def imported(waveform, tmp_path_factory):
    (waveform / "modeling_evil.py").write_text("raise SystemExit('this must not run')")
    return import_named(str(waveform), tmp_path_factory.mktemp("models"))


def test_pickled_weights_become_safetensors_with_a_manifest(waveform, imported):
    assert {"config.json", "model.safetensors", "origin.json", "vocab.json"} <= set(imported.names)
    assert not any(name.endswith((".bin", ".py")) for name in imported.names)
    assert imported.problems() == []
    before = load_file(waveform.parent / "weights.safetensors")
    after = imported.tensors()
    assert after.keys() == before.keys()
    assert all(torch.equal(after[name], before[name]) for name in after)
    assert words(imported.path)


def test_a_foreign_folder_is_imported_once_and_again_when_it_changes(waveform, imported, tmp_path):
    written = imported.path.stat().st_mtime_ns
    assert import_named(str(waveform), imported.path.parent).path.stat().st_mtime_ns == written
    other = tmp_path / waveform.name
    shutil.copytree(waveform, other)
    torch.save({"x": Touch("never")}, other / "pytorch_model.bin")
    with pytest.raises(ModelError, match="would import"):  # looked at afresh
        import_named(str(other), imported.path.parent)


def test_a_pickle_with_a_side_effect_is_refused_and_does_not_run(waveform, tmp_path):
    evil, canary = tmp_path / "evil", tmp_path / "canary"
    shutil.copytree(waveform, evil)
    torch.save({"weight": torch.zeros(2), "x": Touch(canary)}, evil / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"posix.system"):
        import_model(str(evil), tmp_path / "models")
    assert not canary.exists()
    assert list((tmp_path / "models").iterdir()) == []


def archived(payload):
    def write(file):
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("model/data.pkl", payload)

    return write


HIDDEN = b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x04true\x94\x85\x94R\x94."  # a name put together on the stack
REMEMBERED = b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x940h\x00h\x01\x93\x8c\x04true\x85R."  # ... from the memo


@pytest.mark.parametrize(
    "payload", [pickle.dumps(Touch("x"), protocol) for protocol in (0, 2, 4)] + [HIDDEN, REMEMBERED]
)
def test_foreign_names_are_found_however_they_are_written(payload, tmp_path):
    file = tmp_path / "pytorch_model.bin"
    archived(payload)(file)
    with pytest.raises(ModelError, match="would import"):
        refuse_foreign_names(file)


@pytest.mark.parametrize("zipped", [True, False])
def test_plain_weights_pass_in_both_layouts_of_torch(zipped, tmp_path):
    file = tmp_path / "pytorch_model.bin"
    state = {"a": torch.zeros(3), "b": torch.ones(2, dtype=torch.float16), "c": torch.nn.Parameter(torch.zeros(2, 2))}
    torch.save(state, file, _use_new_zipfile_serialization=zipped)
    refuse_foreign_names(file)


@pytest.mark.parametrize("content", [b"", b"MZ not weights", b"PK\x03\x04 broken"])
def test_what_is_no_torch_file_is_refused(content, tmp_path):
    file = tmp_path / "pytorch_model.bin"
    file.write_bytes(content)
    with pytest.raises(ModelError):
        refuse_foreign_names(file)


def test_code_of_a_checkpoint_is_not_a_model(waveform, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(waveform, other)
    config = (other / "config.json").read_text().replace("Wav2Vec2ForCTC", "EvilForCTC")
    (other / "config.json").write_text(config)
    with pytest.raises(ModelError, match="EvilForCTC"):
        import_model(str(other), tmp_path / "models")


@pytest.mark.parametrize("source", ["no/such/folder", "nosuch", "/"])
def test_a_source_that_is_nothing_is_refused(source, tmp_path):
    with pytest.raises(ModelError):
        import_model(source, tmp_path)


def test_a_hub_id_is_not_asked_for_offline(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE"):
        import_model("nvidia/parakeet-ctc-0.6b", tmp_path)


def test_a_folder_that_is_no_import_is_not_replaced(waveform, tmp_path):
    (tmp_path / "wav2vec2-tiny").mkdir()
    (tmp_path / "wav2vec2-tiny" / "thesis.txt").write_text("mine")
    with pytest.raises(ModelError, match="no imported model"):
        import_model(str(waveform), tmp_path)
    assert (tmp_path / "wav2vec2-tiny" / "thesis.txt").read_text() == "mine"


GUARDED = """
import sys
from pathlib import Path
from pipeline.models.confined import _Guard, _leave_network, _limit
_limit(1000)
_leave_network()
sys.addaudithook(_Guard(Path(sys.argv[1])))
open(sys.argv[1] + '/allowed', 'w').write('x')
{attempt}
"""


@pytest.mark.parametrize(
    "attempt",
    [
        "open(sys.argv[1] + '/../outside', 'w')",
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import os; os.remove(sys.argv[1] + '/allowed')",
    ],
)
def test_the_child_may_write_its_folder_and_nothing_else(attempt, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", GUARDED.format(attempt=attempt), str(out)], capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "opening foreign weights tried" in done.stderr
    assert (out / "allowed").exists()
    assert not (tmp_path / "outside").exists()


def test_the_child_cannot_reach_the_network():
    code = (
        "import socket; from pipeline.models.confined import _leave_network; s = socket.create_server(('127.0.0.1', 0)); "
        "_leave_network(); socket.create_connection(s.getsockname(), 1)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "unreachable" in done.stderr.lower() or "refused" in done.stderr.lower(), done.stderr
