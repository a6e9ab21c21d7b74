"""Log-mel features equal the stock extractor's, whatever the lengths."""

import numpy as np
import pytest
import torch
from transformers import ParakeetFeatureExtractor

from pipeline.asr import features
from pipeline.asr.features import MelSettings, log_mel
from tests.asr.tiny import noise


@pytest.mark.parametrize("hop", [160, 128])
def test_features_equal_the_stock_extractor(hop):
    clips = [noise(3.1), noise(5.0, 1), noise(0.7, 2)]
    stock = ParakeetFeatureExtractor(feature_size=80, hop_length=hop)(clips, sampling_rate=16000, return_tensors="pt")
    ours, frames = log_mel(clips, MelSettings(hop=hop))
    assert frames.tolist() == stock["attention_mask"].sum(1).tolist()
    for row, count in enumerate(frames.tolist()):
        assert torch.allclose(ours[row, :count], stock["input_features"][row, :count], atol=1e-3)
        assert not ours[row, count:].any()


def test_a_long_clip_is_the_same_in_any_blocks(monkeypatch):
    clip = noise(9.0)
    whole = log_mel([clip])[0]
    monkeypatch.setattr(features, "CPU_BLOCK", 37)
    assert torch.allclose(log_mel([clip])[0], whole, atol=1e-5)


@pytest.mark.parametrize(("samples", "frames"), [(0, 0), (159, 0), (160, 1), (320, 2), (16000, 100)])
def test_a_frame_needs_a_whole_hop(samples, frames):
    assert log_mel([np.ones(samples, np.float32)])[1].tolist() == [frames]


def test_mel_filters_are_those_of_the_stock_extractor():
    stock = ParakeetFeatureExtractor(feature_size=80).mel_filters.numpy()
    np.testing.assert_allclose(features.mel_filters(MelSettings()), stock.T, atol=1e-7)
