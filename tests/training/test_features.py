"""Training features equal the ones that a recogniser computes."""

import numpy as np
import pytest
import torch

from pipeline.training.features import HOP, MELS, log_mel, masked


def clips(*lengths: int) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [(rng.standard_normal(length) * 0.1).astype(np.float32) for length in lengths]


@pytest.mark.parametrize("hop", [HOP, 160])
def test_features_equal_the_stock_extractor(hop):
    from transformers import ParakeetFeatureExtractor  # slow to import

    sounds = clips(16000, 23457, 8001)
    stock = ParakeetFeatureExtractor(feature_size=MELS, hop_length=hop)(
        sounds, sampling_rate=16000, return_tensors="pt"
    )
    features, mask = log_mel(sounds, hop)
    assert torch.equal(mask, stock["attention_mask"])
    assert torch.allclose(features, stock["input_features"], atol=2e-4)


def test_a_clip_has_the_same_features_alone_and_in_a_batch():
    sounds = clips(9000, 16000)
    alone, _ = log_mel(sounds[:1])
    together, mask = log_mel(sounds)
    assert torch.allclose(together[0, : int(mask[0].sum())], alone[0, : int(mask[0].sum())], atol=1e-4)


def test_masking_hides_something_and_leaves_the_padding_alone():
    features, mask = log_mel(clips(16000, 32000))
    before = features.clone()
    after = masked(features, mask, np.random.default_rng(3), 1.0)
    assert (after != before).any()
    assert torch.equal(after[0, int(mask[0].sum()) :], before[0, int(mask[0].sum()) :])
