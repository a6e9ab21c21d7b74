"""What becomes of a transcript: redacted words, told roles, findings, and sound without what was removed."""

import json
from dataclasses import replace

import numpy as np
import pytest

from pipeline.analysis import load_analyzers
from pipeline.process import Models, process
from pipeline.protocols import Diarization, Segment, Source
from pipeline.records import Metadata, Party
from pipeline.redaction import load_policy
from tests.audio.making import TONE, tone, wav
from tests.transcripts.samples import CONTACT_LENS, DEEPGRAM, sample

CARD = "4111 1111 1111 1111"
TWO = """WEBVTT

00:00.000 --> 00:02.000
<v Agent>what is your card number please

00:03.000 --> 00:05.000
<v Customer>it is 4111 1111 1111 1111 security code 123
"""


class Nobody:
    """A recogniser that must not be asked."""

    name = "nobody"

    def transcribe(self, clips):
        raise AssertionError("words came with the call")


class Two:
    """A diarizer that hears one voice in the first half and another in the second."""

    name = "two"

    def diarize(self, calls, speech):
        parties = (Party("s1", channel=None), Party("s2", channel=None))
        return [
            Diarization(parties, (Segment("s1", 0.0, 0.9), Segment("s2", 0.9, 9.0)), mono_in_stereo=False)
            for _ in calls
        ]


@pytest.fixture(scope="module")
def analyzers():
    return [analyzer for analyzer in load_analyzers({}) if analyzer.name in ("rules", "dead_air", "talk_share")]


@pytest.fixture
def models(decoder, analyzers):
    return Models(
        decoder, Nobody(), Two(), analyzers, load_policy(), {"asr": "nobody", "diarization": "two"}, {}, ("demo_model",)
    )


def silent(data, **metadata):
    return Source("c", "a.json", "0" * 64, Metadata(**metadata), lambda: None, ".json", lambda: data, True)


def recorded(data, seconds=6.0, **metadata):
    sound = wav(tone(seconds))

    def opened():
        from pipeline.sealing.anonymous import anonymous_file

        file = anonymous_file()
        file.write(sound)
        file.flush()
        file.seek(0)
        return file

    return Source("c", "a.wav", "0" * 64, Metadata(**metadata), opened, ".wav", lambda: data)


def test_a_transcript_alone_is_redacted_judged_and_scored(models):
    [result] = process([silent(TWO.encode())], models)
    call = result.call
    assert call.turns[1].text == "it is [CARD_NUMBER] security code [CARD_CODE]"
    assert [party.role for party in call.parties] == ["agent", "customer"]
    assert (call.audio, call.marks, result.files) == (None, ("times_estimated",), {})
    assert result.models["asr"] == "imported from webvtt"
    assert result.verdicts


def test_other_fields_are_kept_without_secrets(models):
    document = json.loads(sample("contact_lens"))
    document["CustomerMetadata"]["Note"] = f"card {CARD}"
    document["Transcript"][0]["Alternatives"] = ["four one one one", "NEUTRAL"]
    [result] = process([silent(json.dumps(document).encode())], models)
    kept = result.call.source_meta
    assert kept["CustomerMetadata"] == {"InstanceId": "i-1", "Note": "card [CARD_NUMBER]"}
    assert kept["Transcript"]["0"] == {
        "Id": "[REMOVED]",
        "Alternatives": ["[REMOVED]", "NEUTRAL"],
        "Sentiment": "NEUTRAL",
    }


@pytest.mark.parametrize("trusted", [True, None])
def test_only_the_metadata_make_a_transcript_trusted(models, trusted):
    [result] = process([silent(json.dumps(CONTACT_LENS).encode(), trusted_transcript=trusted)], models)
    assert result.call.trusted is bool(trusted)
    assert {word.confidence for turn in result.call.turns for word in turn.words} == {None}


def test_a_transcript_that_broke_since_is_a_failure_of_its_own(models):
    good, bad = silent(TWO.encode()), replace(silent(b'{"results": {'), id="bad")
    result, failure = process([good, bad], models)
    assert result.call.id == "c"
    assert (failure.id, failure.reason, failure.final) == ("bad", "bad_transcript", True)


def test_with_its_recording_the_words_are_the_transcripts_and_the_turn_of_a_secret_is_silenced(models, decoder):
    kept = {}

    def keep(source, what, data):
        kept[what] = data
        return what

    [result] = process([recorded(TWO.encode())], models, keep=keep)
    assert result.call.turns[1].text == "it is [CARD_NUMBER] security code [CARD_CODE]"
    assert set(result.files) == {"listening", "peaks"}
    before, after = tone(6.0), listened(kept["listening"], decoder)
    assert spectrum(after, 0.5, 1.5) == pytest.approx(spectrum(before, 0.5, 1.5), rel=0.2)
    for start in (2.9, 3.4, 4.5):  # times of words are estimates here: the whole turn goes
        assert spectrum(after, start, start + 0.5) < 0.2 * spectrum(before, start, start + 0.5)


def test_where_nothing_is_timed_and_something_was_removed_no_sound_is_kept(models):
    document = {
        "turns": [
            {"speaker": "agent", "text": "your card please"},
            {"speaker": "customer", "text": f"{CARD} and the code is 123"},
        ]
    }
    [result] = process([recorded(json.dumps(document).encode())], models, keep=lambda source, what, data: what)
    assert result.files == {}
    assert set(result.call.marks) == {"times_unknown", "sound_withheld"}


def test_who_spoke_is_heard_where_the_transcript_does_not_say(models):
    told = json.loads(json.dumps(DEEPGRAM))
    for word in told["results"]["channels"][0]["alternatives"][0]["words"]:
        del word["speaker"]
    [result] = process([recorded(json.dumps(told).encode())], models)
    assert [(turn.party, turn.text) for turn in result.call.turns] == [("s1", "Hello."), ("s2", "My bill.")]


def listened(data, decoder):
    from io import BytesIO

    from pipeline.sealing.anonymous import anonymous_file

    with anonymous_file() as file:
        file.write(BytesIO(data).read())
        file.flush()
        return decoder.decode(file.fileno(), suffix=".wav").samples[0]


def spectrum(samples, start, end):
    """How much of the made tone is in a stretch."""
    flat = np.ravel(samples)
    rate = round(len(flat) / 6.0)
    part = flat[int(start * rate) : int(end * rate)]
    return abs(np.mean(part * np.exp(-2j * np.pi * TONE * np.arange(len(part)) / rate)))
