"""Loudness curves in decibels."""

import numpy as np
import pytest

from pipeline.audio.levels import levels


def test_a_full_scale_tone_is_three_decibels_below_full_scale():
    tone = np.sin(2 * np.pi * 440 * np.arange(16000) / 16000, dtype=np.float32)
    curve = levels(np.stack([tone, tone / 10]))
    assert curve.channels[0][5] == pytest.approx(-3.0, abs=0.1)
    assert curve.channels[1][5] == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(("samples", "slots"), [(0, 0), (1, 1), (1600, 1), (1601, 2)])
def test_there_is_a_value_for_every_tenth_of_a_second(samples, slots):
    assert len(levels(np.zeros((1, samples), np.float32)).channels[0]) == slots


def test_silence_has_a_floor():
    assert set(levels(np.zeros((1, 3200), np.float32)).channels[0]) == {-90.0}
