"""Long clips in overlapping windows: nothing is lost, nothing is doubled."""

import itertools

import numpy as np
import pytest

from pipeline.asr.windows import cut, join
from pipeline.protocols import FramePosteriors

BLANK = 9


def frames(*outputs):
    ids = np.array(outputs, np.uint16)[:, None]
    return FramePosteriors(ids, np.zeros(ids.shape, np.float32), 0.04, BLANK, "m")


def heard(posteriors):
    """Outputs as CTC reads them."""
    ids = posteriors.ids[:, 0].tolist()
    return [a for a, before in zip(ids, [BLANK, *ids], strict=False) if a != before and a != BLANK]


@pytest.mark.parametrize("length", [1, 999, 1000, 1001, 1900, 1901, 5000, 123456])
def test_windows_cover_a_clip_and_overlap(length):
    windows = cut([length], longest=1000, overlap=100, step=10)
    assert windows[0].start == 0
    assert windows[-1].end == length
    for before, after in itertools.pairwise(windows):
        assert after.start % 10 == 0
        assert before.end - after.start >= 100
    assert max(window.length for window in windows) <= 1010


def test_a_clip_of_the_longest_length_stays_whole():
    assert len(cut([1000], longest=1000, overlap=100, step=10)) == 1


def test_joined_windows_say_everything_once():
    truth = [9, 1, 1, 9, 2, 9, 9, 9, 3, 9, 4, 4, 9, 9, 5, 9, 6, 9]
    first, second = frames(*truth[:12]), frames(*truth[5:])
    assert heard(join([first, second], [0, 5])) == heard(frames(*truth))


def test_a_letter_that_the_windows_place_differently_is_not_doubled():
    first = frames(1, 9, 9, 9, 2, 9, 9, 9, 9, 9)  # ends at frame 10
    second = frames(9, 9, 2, 9, 9, 9, 9, 3)  # begins at frame 3; puts the 2 at frame 5
    assert heard(join([first, second], [0, 3])) == [1, 2, 3]


def test_windows_without_a_common_blank_meet_where_they_agree():
    first, second = frames(1, 1, 2, 2, 3, 3), frames(2, 2, 3, 3, 4, 4)
    assert heard(join([first, second], [0, 2])) == [1, 2, 3, 4]


def test_three_windows_have_as_many_frames_as_the_clip():
    pieces = [frames(*range(8)), frames(*range(8)), frames(*range(8))]
    assert len(join(pieces, [0, 6, 12]).ids) == 20
