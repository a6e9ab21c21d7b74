"""The decode benchmark compares equal work, and says by name what it lacks."""

import numpy as np
import pytest

from pipeline.benches.decode import KINDS, DecodeBench, by_ffmpeg, check_ffmpeg, difference, make_files
from pipeline.errors import PipelineError
from pipeline.measuring.bench import BenchOptions, run


def test_the_arms_agree_and_the_pool_is_faster():
    ratio = run(DecodeBench(), BenchOptions(rounds=1, seconds=0.1, small=True))
    assert ratio.ratio > DecodeBench.good / 2
    assert ratio.unit == "audio seconds"


@pytest.mark.parametrize("change", ["shift", "louder", "shorter", "fewer channels"])
def test_arms_that_differ_are_found(tmp_path, change):
    [path] = make_files(tmp_path, {"stereo": KINDS["wav PCM 8 kHz stereo"]}, 1, 5)
    right = by_ffmpeg(path)
    wrong = {
        "shift": np.roll(right, 1),
        "louder": right * 1.01,
        "shorter": right[:, :-100],
        "fewer channels": right[:1],
    }
    assert difference([right], [right]) is None
    assert difference([wrong[change]], [right]) is not None


def test_a_missing_ffmpeg_is_named(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(PipelineError, match="ffmpeg is not on PATH"):
        check_ffmpeg()
