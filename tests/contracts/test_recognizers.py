"""What every family of recognisers promises, on tiny models with random weights."""

import numpy as np
import pytest

from pipeline.asr import families
from pipeline.asr.families import whisper as whisper_family
from pipeline.asr.loading import load
from pipeline.errors import ModelError
from pipeline.protocols import Recognizer
from rules.discovery import load_all
from tests.asr import tiny

MODELS = {
    "parakeet": tiny.parakeet,
    "wav2vec2": lambda folder: tiny.wav2vec2_like("Wav2Vec2", folder),
    "wav2vec2 with group norm": lambda folder: tiny.wav2vec2_like("Wav2Vec2", folder, layer_norm=False),
    "hubert": lambda folder: tiny.wav2vec2_like("Hubert", folder),
    "wavlm": lambda folder: tiny.wav2vec2_like("WavLM", folder),
    "unispeech-sat": lambda folder: tiny.wav2vec2_like("UniSpeechSat", folder),
    "data2vec": lambda folder: tiny.wav2vec2_like("Data2VecAudio", folder),
    "wav2vec2-conformer": lambda folder: tiny.wav2vec2_like("Wav2Vec2Conformer", folder),
    "sew": lambda folder: tiny.wav2vec2_like("SEW", folder),
    "wav2vec2-bert": tiny.wav2vec2_bert,
    "lasr": tiny.lasr,
    "granite": tiny.granite,
    "whisper": tiny.whisper,
}


@pytest.fixture(scope="module", params=MODELS)
def recognizer(request, tmp_path_factory):
    folder = MODELS[request.param](tmp_path_factory.mktemp("models") / "model")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whisper_family, "LEAST_LIKELY", 0.0)  # random weights are never sure
        yield load(str(folder.path), device="cpu", threads=1)


def test_every_family_says_which_models_it_takes():
    found = load_all(families, "family")
    assert {"ctc", "whisper"} <= set(found)
    assert all(not family.takes({"architectures": ["BertModel"], "model_type": "bert"}) for family in found.values())


class TestEveryRecognizer:
    def test_it_keeps_the_protocol_and_names_its_weights(self, recognizer):
        assert isinstance(recognizer, Recognizer)
        assert recognizer.name.startswith("model@")

    def test_a_batch_hears_what_each_clip_alone_does(self, recognizer):
        clips = [tiny.noise(seconds, n) for n, seconds in enumerate((3.0, 1.2, 3.1, 2.95))]
        together = recognizer.transcribe(clips)
        for clip, found in zip(clips, together, strict=True):
            [alone] = recognizer.transcribe([clip])
            assert [word.text for word in found.words] == [word.text for word in alone.words]
            assert [word.start for word in found.words] == [word.start for word in alone.words]

    def test_words_are_in_order_inside_the_clip_with_confidences(self, recognizer):
        for clip in (tiny.noise(2.5, 7), tiny.noise(4.0, 8)):
            [transcript] = recognizer.transcribe([clip])
            for word in transcript.words:
                assert 0.0 <= word.start < word.end <= len(clip) / 16000 + 0.1
                assert 0.0 <= word.confidence <= 1.0
                assert word.text.strip() == word.text != ""
            starts = [word.start for word in transcript.words]
            assert starts == sorted(starts)

    def test_empty_short_and_silent_clips_give_no_words(self, recognizer):
        clips = [np.zeros(n, np.float32) for n in (0, 1, 500, 16000)] + [tiny.noise(0.05)]
        assert [transcript.words for transcript in recognizer.transcribe(clips)] == [()] * 5

    def test_no_clips_are_no_work(self, recognizer):
        assert recognizer.transcribe([]) == []

    def test_posteriors_cover_the_clip(self, recognizer):
        [transcript] = recognizer.transcribe([tiny.noise(4.0)])
        posteriors = transcript.posteriors
        if posteriors is None:
            return  # a family without frames: Whisper
        assert len(posteriors.ids) * posteriors.frame == pytest.approx(
            4.0, abs=0.2
        )  # some networks leave out the last frames
        assert posteriors.ids.shape == posteriors.log_probs.shape
        assert (np.diff(posteriors.log_probs, axis=1) <= 1e-6).all()
        assert np.exp(posteriors.log_probs).sum(1).max() <= 1 + 1e-4


def test_a_model_of_another_kind_is_refused_by_name(tmp_path):
    folder = tiny.parakeet(tmp_path / "model")
    config = folder.path / "config.json"
    config.write_text('{"model_type": "bert", "architectures": ["BertModel"]}')
    from pipeline.models.folder import write_manifest

    write_manifest(folder.path)
    with pytest.raises(ModelError, match="bert"):
        load(str(folder.path), device="cpu")


def test_a_device_that_is_not_there_is_refused(tmp_path):
    import torch

    if torch.cuda.is_available():
        return
    with pytest.raises(ModelError, match="cuda"):
        load(str(tiny.parakeet(tmp_path / "model").path), device="cuda")
