"""Speech regions to clips, and words back to the times of the call."""

from itertools import pairwise

import numpy as np
import pytest

from pipeline.asr.calls import GRID, RATE, clips_of, transcribe_calls
from pipeline.protocols import FramePosteriors, Transcript
from pipeline.records import Span, Word
from tests.asr.tiny import noise

FRAME = 0.04


class Echo:
    """Hears one word in the middle of each clip; its posteriors count the clip's frames."""

    name = "echo"

    def __init__(self):
        self.lengths = []

    def transcribe(self, clips):
        self.lengths += [len(clip) for clip in clips]
        return [self._one(clip) for clip in clips]

    def _one(self, clip):
        seconds = len(clip) / RATE
        frames = int(seconds / FRAME)
        posteriors = FramePosteriors(
            np.ones((frames, 1), np.uint16), np.full((frames, 1), -0.5, np.float32), FRAME, 9, "echo"
        )
        return Transcript((Word("here", seconds / 2 - 0.1, seconds / 2 + 0.1, 0.9, ""),), posteriors)


def test_regions_with_little_silence_between_are_one_clip():
    spans = [Span(1.0, 4.0), Span(4.8, 8.0), Span(12.0, 15.0)]
    clips = clips_of(spans, 20 * RATE)
    assert len(clips) == 2
    assert clips[0].start <= 1.0 * RATE
    assert clips[0].end >= 8.0 * RATE


def test_clips_do_not_overlap_and_begin_on_whole_frames():
    rng = np.random.default_rng(3)
    edges = np.sort(rng.uniform(0, 300, 160)).reshape(-1, 2)
    spans = [Span(float(a), float(b)) for a, b in edges]
    clips = clips_of(spans, 300 * RATE)
    assert all(clip.start % GRID == 0 and clip.end <= 300 * RATE for clip in clips)
    assert all(before.end <= after.start for before, after in pairwise(clips))
    for span in spans:  # nothing of a region is lost but what belongs to the clip before
        inside = [clip for clip in clips if clip.start <= span.start * RATE < clip.end]
        assert inside or any(abs(clip.start - span.start * RATE) <= GRID for clip in clips)


@pytest.mark.parametrize(("span", "samples"), [(Span(0.0, 0.3), 4800), (Span(0.1, 0.5), 5 * RATE)])
def test_a_short_region_gets_what_is_around_it_and_no_more(span, samples):
    [clip] = clips_of([span], samples)
    assert clip.start >= 0
    assert clip.end <= samples
    assert clip.end - clip.start >= min(samples, 1.2 * RATE)


def test_words_come_back_at_their_place_in_the_call():
    calls = [np.stack([noise(30), noise(30, 1)]), noise(12, 2)[None]]
    regions = [[(Span(3.0, 6.0), Span(20.0, 26.0)), ()], [(Span(5.0, 9.0),)]]
    recognizer = Echo()
    [[left, right], [mono]] = transcribe_calls(calls, regions, recognizer)
    assert len(recognizer.lengths) == 3  # pooled: one call of the recogniser for all
    assert [round(word.start + 0.1, 1) for word in left.words] == pytest.approx([4.5, 23.0], abs=0.3)
    assert right.words == ()
    assert mono.words[0].start == pytest.approx(6.9, abs=0.3)


def test_posteriors_are_blank_outside_of_the_regions():
    [[transcript]] = transcribe_calls([noise(30)[None]], [[(Span(10.0, 14.0),)]], Echo())
    ids = transcript.posteriors.ids[:, 0]
    assert len(ids) == 750
    assert (ids[:220] == 9).all()
    assert (ids[260:340] == 1).all()
    assert (ids[380:] == 9).all()


def test_a_call_without_speech_has_an_empty_transcript():
    assert transcribe_calls([np.zeros((1, RATE), np.float32)], [[()]], Echo()) == [[Transcript(())]]
