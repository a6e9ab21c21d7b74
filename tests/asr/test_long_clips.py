"""Long calls: the stock pipeline's chunks lose Parakeet's text, ours do not."""

import json

import numpy as np
import transformers

from pipeline.asr.batches import in_batches
from pipeline.asr.families import ctc
from tests.asr import tiny


def stock_pipeline(folder, tmp_path):
    model = transformers.ParakeetForCTC(transformers.ParakeetCTCConfig.from_dict(folder.json("config.json"))).eval()
    model.load_state_dict(folder.tensors())
    table = {letter if letter != " " else "|": n for n, letter in enumerate(tiny.LETTERS)} | {"<pad>": tiny.BLANK}
    (tmp_path / "vocab.json").write_text(json.dumps(table))
    tokenizer = transformers.Wav2Vec2CTCTokenizer(
        str(tmp_path / "vocab.json"), unk_token="<pad>", bos_token=None, eos_token=None
    )
    extractor = transformers.ParakeetFeatureExtractor(feature_size=80)
    return transformers.pipeline(
        "automatic-speech-recognition", model=model, feature_extractor=extractor, tokenizer=tokenizer, device="cpu"
    )


def letters(text):
    return len(text.replace(" ", ""))


def test_stock_chunks_lose_most_of_the_text_and_our_windows_none(parakeet_folder, parakeet, tmp_path):
    clip = tiny.noise(60.0)
    stock = stock_pipeline(parakeet_folder, tmp_path)
    whole = stock({"raw": clip.copy(), "sampling_rate": 16000})["text"]
    chunked = stock({"raw": clip.copy(), "sampling_rate": 16000}, chunk_length_s=10)["text"]
    ours = "".join(word.text for word in parakeet.transcribe([clip])[0].words)
    assert letters(chunked) < 0.5 * letters(whole)
    assert abs(letters(ours) - letters(whole)) < 0.1 * letters(whole)


def test_windows_of_a_long_clip_are_as_many_frames_as_the_clip(parakeet):
    [posteriors] = parakeet.listen([tiny.noise(47.3)])
    assert abs(len(posteriors.ids) - 47.3 / 0.04) <= 1


def test_running_out_of_memory_changes_no_word(parakeet, monkeypatch):
    clips = [tiny.noise(2.0, n) for n in range(6)]
    before = parakeet.transcribe(clips)
    real = type(parakeet)._compute

    def small_device(self, batch):
        if len(batch) > 2:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return real(self, batch)

    monkeypatch.setattr(type(parakeet), "_compute", small_device)
    after = parakeet.transcribe(clips)
    assert [t.words for t in after] == [t.words for t in before]
    assert ctc.in_batches is in_batches


def test_a_clip_among_others_is_joined_from_its_own_windows(parakeet):
    clips = [tiny.noise(3.0, 1), tiny.noise(41.0, 2), tiny.noise(25.0, 3)]
    together = parakeet.listen(clips)
    for clip, posteriors in zip(clips, together, strict=True):
        [alone] = parakeet.listen([clip])
        assert (posteriors.ids[:, 0] == alone.ids[:, 0]).all()
        np.testing.assert_allclose(posteriors.log_probs, alone.log_probs, atol=1e-4)
