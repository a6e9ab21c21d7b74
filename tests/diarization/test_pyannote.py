"""Pipelines of pyannote.audio: imported without running anything of theirs, and the same as the library's own."""

import os
import shutil
import warnings

import numpy as np
import pytest
import torch

from pipeline.diarization import load
from pipeline.errors import ModelError
from pipeline.models.importing import import_model
from pipeline.protocols import Segment
from pipeline.records import Span
from tests.contracts.test_diarizers import buzz
from tests.diarization import tiny

RATE = 16000


@pytest.fixture(scope="module")
def call() -> np.ndarray:
    """Ten seconds of two buzzing voices by turns."""
    parts = [buzz(110 if n % 2 else 230, 1.5 + 0.3 * n) for n in range(5)]
    return np.concatenate(parts)[: 10 * RATE] + np.random.default_rng(1).normal(0, 1e-3, 10 * RATE).astype(np.float32)


@pytest.fixture(scope="module", params=["VBxClustering", "AgglomerativeClustering"])
def foreign(request, tmp_path_factory):
    return tiny.pipeline(tmp_path_factory.mktemp("foreign") / "tiny-pipeline", request.param)


@pytest.fixture(scope="module")
def models(foreign, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    imported = import_model(str(foreign), folder)
    assert not any(name.endswith((".bin", ".npz")) for name in imported.names)
    return folder


def test_an_imported_pipeline_says_what_the_library_itself_says(foreign, models, call):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torchcodec, statistics over single frames
        from pyannote.audio import Pipeline

        stock = Pipeline.from_pretrained(foreign)
        told = stock({"waveform": torch.from_numpy(call)[None], "sample_rate": RATE, "uri": "x"}, max_speakers=4)
    theirs = {(round(turn.start, 3), round(turn.end, 3)) for turn, _, _ in told.speaker_diarization.itertracks(True)}
    diarizer = load("tiny-pipeline", device="cpu", threads=1, models=models)
    segments, vectors = diarizer._apply(call)
    assert len(theirs) > 2
    assert {(round(s.start, 3), round(s.end, 3)) for s in segments} == theirs
    assert {s.party for s in segments} == set(told.speaker_diarization.labels())
    assert all(np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4) for vector in vectors.values())
    assert os.environ["PYANNOTE_METRICS_ENABLED"] == "0"


def test_only_what_lies_inside_speech_becomes_a_turn(models, call):
    diarizer = load("pyannote:tiny-pipeline", device="cpu", threads=1, models=models)
    speech = [Span(1.0, 4.0), Span(6.0, 9.0)]
    [told] = diarizer.diarize([call[None]], [[speech]])
    assert told.segments
    assert all(any(s.start <= t.start and t.end <= s.end for s in speech) for t in told.segments)
    assert {t.party for t in told.segments} == {party.id for party in told.parties}
    assert told.segments[0].party == "s1"
    [silent] = diarizer.diarize([call[None]], [[[]]])
    assert silent.segments == () == silent.parties


def test_a_short_pause_of_one_party_does_not_part_its_turn(models, call):
    """Regions of speech with 0.2 s between: the pause is closed where the same party goes on and nobody else speaks."""
    diarizer = load("tiny-pipeline", device="cpu", threads=1, models=models)
    diarizer._apply = lambda signal: ([Segment("SPEAKER_00", 0.5, 6.0)], {})
    [told] = diarizer.diarize([call[None]], [[[Span(0.0, 2.0), Span(2.2, 4.0), Span(5.0, 6.0)]]])
    assert told.segments == (Segment("s1", 0.5, 4.0), Segment("s1", 5.0, 6.0))


def test_a_checkpoint_that_would_run_something_is_refused(foreign, tmp_path):
    evil, canary = tmp_path / "evil", tmp_path / "canary"
    shutil.copytree(foreign, evil)
    torch.save({"state_dict": {}, "x": Touch(canary)}, evil / "embedding" / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"posix\.system"):
        import_model(str(evil), tmp_path / "models")
    assert not canary.exists()


class Touch:
    """A pickle with a side effect."""

    def __init__(self, canary):
        self.canary = canary

    def __reduce__(self):
        return (os.system, (f"touch {self.canary}",))


def test_a_pipeline_that_points_to_models_of_the_hub_is_refused(foreign, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(foreign, other)
    config = other / "config.yaml"
    config.write_text(config.read_text().replace("$model/segmentation", "pyannote/segmentation-3.0"))
    with pytest.raises(ModelError, match=r"pyannote/segmentation-3\.0"):
        import_model(str(other), tmp_path / "models")


def test_a_name_without_a_pipeline_is_refused(models):
    with pytest.raises(ModelError, match="Which pipeline"):
        load("pyannote")
    with pytest.raises(ModelError, match="not-there"):
        load("pyannote:not-there", models=models)
