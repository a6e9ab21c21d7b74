"""The listening copy plays everywhere, keeps the source's times, and holds nothing of what was cut out."""

import io
import wave

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.audio.decode import decode
from pipeline.audio.listening import RAMP, TONE_HERTZ, TONE_LEVEL, listening_blocks, listening_copy
from pipeline.audio.peaks import peaks_of, read_peaks
from pipeline.errors import PipelineError, RedactionError
from tests.audio.making import CLICK_TIMES, click_times, clicks, coded, hertz_of, tone, wav

NOISE = np.random.default_rng(3).uniform(-0.9, 0.9, (2, 4 * 16000)).astype(np.float32)


def heard(copy):
    """float32 ``[channels, n]`` and the rate, read by another reader."""
    with wave.open(io.BytesIO(copy)) as file:
        assert (file.getsampwidth(), file.getcomptype()) == (2, "NONE")
        pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return pcm.reshape(-1, file.getnchannels()).T / 32768, file.getframerate()


@pytest.mark.parametrize(
    ("source_rate", "rate"), [(4000, 8000), (8000, 8000), (8001, 16000), (16000, 16000), (48000, 16000)]
)
@pytest.mark.parametrize("channels", [1, 2])
def test_telephone_sources_stay_at_8_khz_and_the_rest_is_16(source_rate, rate, channels):
    sound, found = heard(listening_copy(NOISE[:channels], source_rate, []))
    assert found == rate
    assert sound.shape == (channels, 4 * rate)


def test_sound_at_16_khz_is_kept_bit_for_bit():
    ints = np.random.default_rng(4).integers(-(2**15), 2**15, (1, 50_000))
    sound, _ = heard(listening_copy((ints / 32768).astype(np.float32), 16000, []))
    assert np.array_equal(np.rint(sound * 32768), ints)


FORMATS = {
    "PCM": lambda: (wav(clicks()), ".wav"),
    "mu-law": lambda: (wav(clicks(), subtype="ULAW"), ".wav"),
    "GSM": lambda: (wav(clicks(), subtype="GSM610"), ".wav"),
    "ADPCM": lambda: (wav(clicks(), subtype="MS_ADPCM"), ".wav"),
    "FLAC": lambda: (wav(clicks(), container="FLAC"), ".flac"),
    "MP3": lambda: (coded(clicks(), "mp3", "mp3", bit_rate=32000), ".mp3"),
    "MP3 44.1 kHz": lambda: (coded(clicks(rate=44100), "mp3", "mp3", 44100, bit_rate=64000), ".mp3"),
    "Opus": lambda: (coded(clicks(rate=48000), "libopus", "ogg", 48000, bit_rate=48000), ".opus"),
    "Opus in WebM": lambda: (coded(clicks(rate=48000), "libopus", "webm", 48000, bit_rate=48000), ".webm"),
    "AMR": lambda: (coded(clicks(), "libopencore_amrnb", "amr", bit_rate=12200), ".amr"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_times_are_those_of_the_source_within_10_ms(tmp_path, name):
    data, suffix = FORMATS[name]()
    path = tmp_path / f"clicks{suffix}"
    path.write_bytes(data)
    decoded = decode(path)
    sound, rate = heard(listening_copy(decoded.samples, decoded.facts.sample_rate, []))
    found = click_times(sound[0], rate)
    assert len(found) == len(CLICK_TIMES)
    assert np.abs(found - CLICK_TIMES).max() < 0.010


def test_lost_packets_become_silence_so_that_later_times_hold(tmp_path):
    """20 ms pieces of Opus in WebM; 15 of them never arrived."""
    import av

    whole, cut = io.BytesIO(coded(clicks(rate=48000), "libopus", "webm", 48000, bit_rate=48000)), tmp_path / "cut.webm"
    with av.open(whole) as source, av.open(str(cut), "w") as target:
        stream = target.add_stream_from_template(source.streams.audio[0])
        for number, packet in enumerate(source.demux(audio=0)):
            if packet.dts is not None and not 75 <= number < 90:  # 1.5 s to 1.8 s
                packet.stream = stream
                target.mux(packet)
    decoded = decode(cut)
    found = click_times(decoded.samples[0], 16000)
    assert np.abs(found - CLICK_TIMES).max() < 0.010


SPAN = (1.0, 1.5)


@pytest.mark.parametrize("source_rate", [8000, 16000])
def test_a_span_holds_the_tone_and_nothing_else(source_rate):
    """Two different originals give the same bytes inside the span."""
    first, rate = heard(listening_copy(NOISE, source_rate, [(*SPAN, None)]))
    second, _ = heard(listening_copy(0.1 * NOISE[::-1], source_rate, [(*SPAN, None)]))
    reach = 0 if rate == 16000 else round(0.03 * rate)  # the filter down to 8 kHz lets the outside ring in
    inside = slice(round(SPAN[0] * rate) + reach, round(SPAN[1] * rate) - reach)
    assert np.abs(first[:, inside] - second[:, inside]).max() <= 2 / 32768
    assert hertz_of(first[0, inside], rate) == pytest.approx(TONE_HERTZ, abs=5)
    assert np.abs(first[:, inside]).max() == pytest.approx(TONE_LEVEL, rel=0.02)


@pytest.mark.parametrize("source_rate", [8000, 16000])
def test_nothing_of_the_span_leaks_out_of_it(source_rate):
    """Sound that is only inside the span leaves nothing outside."""
    only = np.zeros((1, 4 * 16000), np.float32)
    only[0, 16000:24000] = NOISE[0, :8000]
    sound, _ = heard(listening_copy(only, source_rate, [(*SPAN, None)]))
    plain, _ = heard(listening_copy(0 * only, source_rate, [(*SPAN, None)]))
    assert np.array_equal(sound, plain)


def test_other_channels_are_heard_where_one_is_cut():
    sound, _ = heard(listening_copy(NOISE, 16000, [(*SPAN, 1)]))
    assert np.abs(sound[0] - NOISE[0]).max() <= 1 / 32768
    assert hertz_of(sound[1, 16000:24000]) == pytest.approx(TONE_HERTZ, abs=5)


def test_outside_its_ramps_a_span_changes_nothing():
    sound, _ = heard(listening_copy(NOISE, 16000, [(*SPAN, None)]))
    outside = np.r_[0 : 16000 - RAMP, 24000 + RAMP : 64000]
    assert np.abs(sound[:, outside] - NOISE[:, outside]).max() <= 1 / 32768


def test_there_is_no_click_at_the_borders():
    low = np.full((1, 64000), 0.5, np.float32)
    sound, _ = heard(listening_copy(low, 16000, [(*SPAN, None)]))
    assert np.abs(np.diff(sound[0])).max() < 0.05


spans = st.lists(st.tuples(st.floats(-1, 5), st.floats(0, 2), st.sampled_from([None, 0, 1])), max_size=6)


@settings(max_examples=60, deadline=None)
@given(spans=spans)
def test_whatever_the_spans_no_original_sample_is_left_in_them(spans):
    places = [(start, start + length, channel) for start, length, channel in spans]
    sound, _ = heard(listening_copy(NOISE, 16000, places))
    other, _ = heard(listening_copy(-NOISE, 16000, places))
    inside = np.zeros(NOISE.shape, bool)
    for start, end, channel in places:
        first, last = max(0, int(np.floor(start * 16000))), max(0, int(np.ceil(end * 16000)))
        inside[slice(None) if channel is None else channel, first:last] = True
    assert np.array_equal(sound[inside], other[inside])
    ramps = np.zeros_like(inside)
    for row, place in zip(ramps, inside, strict=True):
        row[:] = np.convolve(place, np.ones(2 * RAMP + 1), "same") > 0
    assert np.abs(sound - NOISE)[~ramps].max(initial=0) <= 1 / 32768


def test_spans_across_the_pieces_it_is_written_in_are_whole():
    long = np.tile(NOISE[:1], (1, 20))  # 80 s: three pieces
    sound, _ = heard(listening_copy(long, 16000, [(29.9, 60.1, None)]))
    inside = sound[0, round(29.9 * 16000) + RAMP : round(60.1 * 16000) - RAMP]
    expected = TONE_LEVEL * np.sin(2 * np.pi * TONE_HERTZ / 16000 * (np.arange(len(inside)) + RAMP))
    assert np.abs(inside - expected).max() < 2 / 32768


@pytest.mark.parametrize("seconds", [0.0, 0.01, 30.0, 30.00005, 61.3])
@pytest.mark.parametrize("source_rate", [8000, 16000])
def test_the_header_promises_exactly_what_follows(seconds, source_rate):
    samples = np.zeros((2, round(seconds * 16000)), np.float32)
    copy = listening_copy(samples, source_rate, [])
    assert int.from_bytes(copy[40:44], "little") == len(copy) - 44
    assert int.from_bytes(copy[4:8], "little") == len(copy) - 8


@pytest.mark.parametrize(
    "span", [(2.0, 1.0, None), (float("nan"), 1.0, None), (0.0, float("inf"), None), (0.0, 1.0, 2), (0.0, 1.0, -1)]
)
def test_a_span_that_makes_no_sense_stops_the_copy(span):
    with pytest.raises(RedactionError):
        listening_blocks(NOISE, 8000, [(0.5, 0.6, None), span])


def test_peaks_are_minimum_and_maximum_of_each_fiftieth_second():
    samples = np.zeros((2, 16000), np.float32)
    samples[0, 320 * 7 + 5], samples[0, 320 * 7 + 9], samples[1, 320 * 49] = 0.5, -0.25, -0.125
    peaks = read_peaks(peaks_of(listening_copy(samples, 16000, [])))
    assert (peaks.rate, peaks.scale, peaks.values.shape) == (50, 0.5, (2, 50, 2))
    assert peaks.values[0, 7].tolist() == [-64, 127]
    assert peaks.values[1, 49].tolist() == [-32, 0]
    assert np.count_nonzero(peaks.values) == 3


@pytest.mark.parametrize("source_rate", [8000, 16000])
@pytest.mark.parametrize(("seconds", "slots"), [(0.0, 0), (0.02, 1), (0.021, 2), (1.0, 50)])
def test_a_slot_is_20_ms_at_either_rate_and_the_last_may_be_short(source_rate, seconds, slots):
    samples = np.zeros((1, round(seconds * 16000)), np.float32)
    assert read_peaks(peaks_of(listening_copy(samples, source_rate, []))).values.shape == (1, slots, 2)


def test_a_quiet_call_keeps_its_shape():
    quiet = tone(1.0, 16000, level=0.004).T
    assert np.abs(read_peaks(peaks_of(listening_copy(quiet, 16000, []))).values).max() == 127


def test_peaks_do_not_show_what_was_cut():
    only = np.zeros((1, 4 * 16000), np.float32)
    only[0, 16000:24000] = NOISE[0, :8000]
    toned = [(*SPAN, None)]
    assert peaks_of(listening_copy(only, 16000, toned)) == peaks_of(listening_copy(0 * only, 16000, toned))


def test_an_hour_of_stereo_is_720_kb_of_peaks():
    silent = np.zeros((2, 60 * 16000), np.float32)
    assert len(peaks_of(listening_copy(silent, 8000, []))) * 60 == pytest.approx(720_000, rel=0.01)


@pytest.mark.parametrize("data", [b"", b"CSPK", b"XXXX" + bytes(20), peaks_of(listening_copy(NOISE, 8000, []))[:-1]])
def test_junk_is_no_peaks(data):
    with pytest.raises(PipelineError):
        read_peaks(data)
