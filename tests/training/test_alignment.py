"""The rough layout that gets CTC started."""

import torch

from pipeline.training.alignment import GAP, IGNORED, laid_along, lengths

OUTPUTS = " at"


def made(loud: slice, frames: int = 80) -> tuple[torch.Tensor, torch.Tensor]:
    features = torch.full((1, frames, 80), -1.0)
    features[0, loud] = 1.0
    return features, torch.ones(1, frames, dtype=torch.bool)


def test_vowels_last_longer_than_consonants_and_these_longer_than_gaps():
    gap, vowel, consonant = lengths(OUTPUTS).tolist()
    assert gap == GAP < consonant < vowel


def test_sounds_are_laid_over_the_loud_stretch_in_their_order():
    features, mask = made(slice(20, 60))
    said = laid_along(features, mask, torch.tensor([[2, 1, 2]]), 20, lengths(OUTPUTS))[0]
    assert said[:5].tolist() == [IGNORED] * 5
    assert said[15:].tolist() == [IGNORED] * 5
    inside = said[5:15].tolist()
    assert [sound for sound, before in zip(inside, [None, *inside], strict=False) if sound != before] == [2, 1, 2]
    assert inside.count(1) > inside[:5].count(2)


def test_silence_and_empty_labels_teach_nothing():
    features, mask = made(slice(0, 0))
    assert (laid_along(features, mask, torch.tensor([[2]]), 20, lengths(OUTPUTS)) == IGNORED).all()
    features, mask = made(slice(0, 40))
    assert (laid_along(features, mask, torch.tensor([[IGNORED]]), 20, lengths(OUTPUTS)) == IGNORED).all()
