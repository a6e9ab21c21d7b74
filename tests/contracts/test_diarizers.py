"""What every diarizer of the folder promises."""

import numpy as np
import pytest

from pipeline import diarization
from pipeline.errors import ModelError
from pipeline.models.importing import import_model
from pipeline.protocols import Diarizer
from pipeline.records import Span
from tests.diarization import tiny

RATE = 16000


def buzz(hertz: float, seconds: float) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    wave = sum(np.sin(2 * np.pi * hertz * k * time) / k for k in range(1, 12))
    return (0.05 * wave * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time))).astype(np.float32)


def stereo() -> tuple[np.ndarray, list[list[Span]]]:
    silence = np.zeros(3 * RATE, np.float32)
    call = np.stack([np.concatenate([buzz(110, 3.0), silence]), np.concatenate([silence, buzz(210, 3.0)])])
    return call, [[Span(0.0, 3.0)], [Span(3.0, 6.0)]]


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Imported models for the diarizers that run one."""
    folder = tmp_path_factory.mktemp("models")
    import_model(str(tiny.pipeline(tmp_path_factory.mktemp("foreign") / "tiny")), folder)
    return folder


MODELS = {"pyannote": "pyannote:tiny"}


@pytest.fixture(scope="module", params=diarization.names())
def diarizer(request, models) -> Diarizer:
    return diarization.load(MODELS.get(request.param, request.param), device="cpu", threads=1, models=models)


def test_it_is_a_diarizer_and_has_a_name(diarizer):
    assert isinstance(diarizer, Diarizer)
    assert diarizer.name


def test_a_batch_of_nothing_is_nothing(diarizer):
    assert diarizer.diarize([], []) == []


def test_silence_has_no_parties(diarizer):
    [none, empty] = diarizer.diarize([np.zeros((2, RATE), np.float32), np.zeros((1, 0), np.float32)], [[(), ()], [()]])
    assert (none.parties, none.segments) == ((), ())
    assert (empty.parties, empty.segments) == ((), ())


def test_each_channel_is_a_party_of_its_own(diarizer):
    call, speech = stereo()
    [told] = diarizer.diarize([call], [speech])
    assert [(party.id, party.channel) for party in told.parties] == [("s1", 0), ("s2", 1)]
    assert [segment.party for segment in told.segments] == ["s1", "s2"]
    assert [(s.start, s.end) for s in told.segments] == [
        pytest.approx((0.0, 3.0), abs=0.05),
        pytest.approx((3.0, 6.0), abs=0.05),
    ]
    assert not told.mono_in_stereo


def test_one_signal_in_two_channels_is_a_mono_call(diarizer):
    one = np.concatenate([buzz(110, 3.0), np.zeros(RATE, np.float32)])
    [told] = diarizer.diarize([np.stack([one, 0.5 * one])], [[[Span(0.0, 3.0)]] * 2])
    assert told.mono_in_stereo
    assert {party.channel for party in told.parties} == {None}


def test_a_call_of_its_own_and_in_a_batch_come_out_alike(diarizer):
    call, speech = stereo()
    mono, spoken = call.sum(axis=0, keepdims=True), [[Span(0.0, 3.0), Span(3.0, 6.0)]]
    alone = [diarizer.diarize([c], [s])[0] for c, s in ((call, speech), (mono, spoken))]
    together = diarizer.diarize([call, mono], [speech, spoken])
    assert [t.segments for t in together] == [t.segments for t in alone]
    assert [t.parties for t in together] == [t.parties for t in alone]


def test_segments_are_in_order_and_belong_to_parties(diarizer):
    call, _ = stereo()
    [told] = diarizer.diarize([call.sum(axis=0, keepdims=True)], [[[Span(0.0, 2.9), Span(3.1, 6.0)]]])
    assert [s.start for s in told.segments] == sorted(s.start for s in told.segments)
    assert {s.party for s in told.segments} == {party.id for party in told.parties}
    for party, vector in (told.embeddings or {}).items():
        assert party in {p.id for p in told.parties}
        assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4)


def test_an_unknown_diarizer_is_named_with_those_there_are():
    with pytest.raises(ModelError, match="clustering"):
        diarization.load("nobody")
