"""A call that the recogniser cannot understand is heard again by the multilingual one, and others are not."""

from dataclasses import replace

import pytest

from pipeline.asr.families import whisper as family
from pipeline.errors import ModelError
from pipeline.process import Models, process
from pipeline.protocols import Source, Transcript
from pipeline.records import Metadata, Party, Span, Word
from pipeline.redaction import load_policy
from pipeline.runs.local import RunOptions, _multilingual
from tests.asr.tiny import noise, whisper
from tests.audio.making import wav

ENGLISH = "good morning i would like to change the address on my account because we moved last month"


class English:
    """A recogniser of English alone; it counts what it was asked."""

    name = "english@1"

    def transcribe(self, clips):
        words = tuple(Word(w, 0.1 + 0.2 * n, 0.25 + 0.2 * n, 0.95, "") for n, w in enumerate(ENGLISH.split()))
        return [Transcript(words) for _ in clips]


class One:
    name = "one"

    def diarize(self, calls, speech):
        from pipeline.protocols import Diarization, Segment

        return [Diarization((Party("s1"),), (Segment("s1", 0.0, 9.0),)) for _ in calls]


def source(id, **metadata):
    def opened():
        from pipeline.sealing.anonymous import anonymous_file

        file = anonymous_file()
        file.write(wav(noise(5.0)))
        file.flush()
        file.seek(0)
        return file

    return Source(id, f"{id}.wav", "0" * 64, Metadata(**metadata), opened, ".wav")


@pytest.fixture
def models(decoder):
    def everywhere(signals, threads=0):
        return [(Span(0.0, 5.0),) for _ in signals]

    return Models(
        decoder, English(), One(), [], load_policy(), {"asr": "english@1"}, {}, ("demo_model",), find_speech=everywhere
    )


class Unsure(English):
    """English words that it is not sure of."""

    def transcribe(self, clips):
        return [
            Transcript(tuple(replace(word, confidence=0.4) for word in one.words)) for one in super().transcribe(clips)
        ]


def test_a_call_in_another_language_is_heard_by_an_imported_whisper(models, tmp_path, monkeypatch):
    monkeypatch.setattr(family, "LEAST_LIKELY", 0.0)  # random weights are sure of nothing
    monkeypatch.setattr(family, "MOST_REPEATED", 1e9)
    folder = whisper(tmp_path / "models" / "many")
    opening = _multilingual(RunOptions(multilingual="many", device="cpu", models=tmp_path / "models"))
    models = replace(models, recognizer=Unsure(), multilingual=opening)
    told, untold = process([source("a", extra={"language": "es"}), source("b")], models)
    assert told.models["asr"] == told.call.models["asr"] == folder.name
    assert told.call.turns
    assert ENGLISH.split()[0] not in told.call.turns[0].text
    assert "foreign_language" in told.call.marks
    assert "demo_model" not in told.call.marks
    assert untold.models["asr"] == "english@1"
    assert "demo_model" in untold.call.marks


def test_without_the_setting_such_a_call_is_marked(models):
    [told] = process([source("a", extra={"language": "es"})], replace(models, recognizer=Unsure()))
    assert (told.models["asr"], told.call.language) == ("english@1", "es")
    assert "foreign_language" in told.call.marks


def test_a_call_in_english_never_opens_the_other_model(models):
    def opened():
        raise AssertionError("not needed")

    [result] = process([source("b")], replace(models, multilingual=opened))
    assert result.call.language == "en"


def test_a_model_that_is_not_there_is_told_before_any_call(tmp_path):
    with pytest.raises(ModelError, match="callsift models import openai/whisper-small"):
        _multilingual(RunOptions(multilingual="openai/whisper-small", models=tmp_path))
