"""Posteriors in few bytes, and stretches cut out of them for good."""

import numpy as np
import pytest

from pipeline.asr.posteriors import BadPosteriors, cut, pack, unpack
from pipeline.protocols import FramePosteriors
from pipeline.records import Span

BLANK, OUTPUTS = 28, 29


def speech(frames=750, seed=0, silent=0.5):
    """Posteriors as a recogniser gives them: half the frames blank for certain."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2.5, (frames, OUTPUTS))
    logits[np.arange(frames), rng.integers(0, OUTPUTS, frames)] += 6
    logits[rng.random(frames) < silent, BLANK] += 25
    logs = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    ids = np.argsort(-logs, 1)[:, :8]
    return FramePosteriors(
        ids.astype(np.uint16), np.take_along_axis(logs, ids, 1).astype(np.float32), 0.04, BLANK, "m@1"
    )


def test_what_was_packed_comes_back_within_a_step():
    before = speech()
    [after] = unpack(pack([before])).channels
    certain = (before.ids[:, 0] == BLANK) & (before.log_probs[:, 0] > np.log(0.999))
    assert (after.ids[~certain] == before.ids[~certain]).all()
    assert np.abs(after.log_probs[~certain] - np.maximum(before.log_probs[~certain], -255 / 16)).max() <= 1 / 32 + 1e-6
    assert (after.ids[certain, 0] == BLANK).all()
    assert (after.frame, after.blank, after.model) == (0.04, BLANK, "m@1")


def test_a_second_of_speech_takes_at_most_about_300_bytes():
    assert len(pack([speech(7500)])) / 300 <= 320


def test_silence_takes_nearly_nothing():
    assert len(pack([speech(7500, silent=1.0)])) < 400


def test_the_same_posteriors_give_the_same_bytes():
    assert pack([speech(), speech(seed=1)]) == pack([speech(), speech(seed=1)])


def test_channels_may_differ_in_length_and_in_outputs():
    empty = FramePosteriors(np.full((10, 1), BLANK, np.uint16), np.zeros((10, 1), np.float32), 0.04, BLANK, "m@1")
    first, second = unpack(pack([speech(30), empty])).channels
    assert (len(first.ids), len(second.ids)) == (30, 10)
    assert (second.ids == BLANK).all()


def test_large_vocabularies_keep_their_numbers():
    wide = speech(50)
    wide = FramePosteriors((wide.ids + 1000).astype(np.uint16), wide.log_probs, 0.08, 1028, "big")
    [after] = unpack(pack([wide])).channels
    kept = after.ids[:, 0] != 1028
    assert (after.ids[kept, 0] == wide.ids[kept, 0]).all()


def test_nothing_is_left_of_a_cut_stretch():
    before = speech()
    other = FramePosteriors(before.ids.copy(), before.log_probs.copy(), 0.04, BLANK, "m@1")
    other.ids[250:500] = speech(250, seed=9).ids
    other.log_probs[250:500] = speech(250, seed=9).log_probs
    spans = [Span(10.0, 20.0)]
    assert cut(pack([before]), spans) == cut(pack([other]), spans)


def test_a_cut_reaches_a_little_over_its_span_and_no_further():
    before = speech(silent=0.0)
    [after] = unpack(cut(pack([before]), [Span(10.0, 20.0)])).channels
    same = (after.ids == before.ids).all(1)
    assert same[:246].all()
    assert not same[248:502].any()
    assert same[504:].all()


def test_cuts_are_remembered_and_joined():
    packed = cut(cut(pack([speech()]), [Span(1.0, 2.0)]), [Span(1.5, 3.0), Span(25.0, 99.0)])
    assert unpack(packed).removed == (((22, 78), (622, 750)),)


def test_one_channel_can_be_cut_alone():
    first, second = unpack(cut(pack([speech(silent=0.0), speech(silent=0.0)]), [Span(0.0, 99.0)], channel=1)).channels
    assert (first.ids[:, 0] != BLANK).any()
    assert (second.ids[:, 0] == BLANK).all()


@pytest.mark.parametrize("bad", [b"", b"RIFF....WAVE", b"CSP1 no zlib", pack([speech()])[:-20]])
def test_damaged_bytes_are_refused(bad):
    with pytest.raises(BadPosteriors):
        unpack(bad)
