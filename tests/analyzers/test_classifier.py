"""A transformers text classifier in the place of VADER."""

import json

import pytest
import torch
import transformers
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from pipeline.analyzers._classifier import label_values, text_classifier
from pipeline.analyzers.sentiment import analyzer
from pipeline.errors import ModelError
from pipeline.records import Call, Party, Turn, Word

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "great", "thanks", "awful", "never", "again", "card", "the"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A foreign BERT of two layers that was told apart "great" from "awful" by a few steps of training."""
    path = tmp_path_factory.mktemp("foreign") / "moods"
    path.mkdir()
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(WORDS), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48,
        max_position_embeddings=16, num_labels=2, id2label={0: "NEGATIVE", 1: "POSITIVE"}, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    model = transformers.BertForSequenceClassification(config)
    steps = torch.optim.Adam(model.parameters(), 3e-3)
    texts, truth = torch.tensor([[2, 10, 4, 3], [2, 10, 6, 3], [2, 5, 4, 3], [2, 7, 6, 3]]), torch.tensor([1, 0, 1, 0])
    for _ in range(40):
        steps.zero_grad()
        model(input_ids=texts, labels=truth).loss.backward()
        steps.step()
    model.config.architectures = ["BertForSequenceClassification"]
    model.config.save_pretrained(path)
    save_file(model.state_dict(), path / "model.safetensors", {"format": "pt"})
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(WORDS)}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", None, [("[CLS]", 2), ("[SEP]", 3)])
    (path / "tokenizer.json").write_text(tokenizer.to_str())
    return path


@pytest.fixture(scope="module")
def score(folder, tmp_path_factory):
    return text_classifier(str(folder), "cpu", tmp_path_factory.mktemp("models"))


def test_what_it_was_taught_is_its_sentiment(score):
    good, bad = score(["the great", "the awful"])
    assert -1.0 <= bad < -0.5 < 0.5 < good <= 1.0


def test_a_batch_says_what_each_text_alone_does(score):
    texts = ["the great", "never again the awful card", "", "thanks " * 40, "the"]
    assert score(texts) == pytest.approx([score([text])[0] for text in texts], abs=1e-5)
    assert score([]) == []


def test_the_analyzer_uses_it_when_it_is_set(folder, monkeypatch, tmp_path):
    monkeypatch.setenv("CALLSIFT_DATA", str(tmp_path))
    said = ["the great", "the awful"]
    turns = [Turn("s1", float(n), n + 1.0, tuple(Word(w, n + 0.0, n + 1.0, 1.0, "s1") for w in text.split()))
             for n, text in enumerate(said)]  # fmt: skip
    call = Call("c", parties=(Party("s1", "customer", 1.0),), turns=tuple(turns))
    chosen = analyzer.configured({"sentiment_model": str(folder), "device": "cpu"})
    measures = {row.name: row.value for row in chosen.analyze(call) if hasattr(row, "value")}
    assert measures["sentiment_start.customer"] > 0.5 > -0.5 > measures["sentiment_end.customer"]
    assert chosen.version != analyzer.version


@pytest.mark.parametrize(
    ("labels", "values"),
    [
        (["Negative", "neutral", "POSITIVE"], [-1.0, 0.0, 1.0]),
        (["positive", "negative"], [1.0, -1.0]),
        (["LABEL_0", "LABEL_1"], [-1.0, 1.0]),
        (["1 star", "2 stars", "3 stars", "4 stars", "5 stars"], [-1.0, -0.5, 0.0, 0.5, 1.0]),
    ],
)
def test_labels_are_understood(labels, values):
    assert label_values({"id2label": dict(enumerate(labels))}) == values


def test_labels_that_say_nothing_of_sentiment_are_refused():
    with pytest.raises(ModelError, match="spam"):
        label_values({"id2label": {"0": "spam", "1": "ham"}})


def test_a_model_of_another_kind_is_refused(folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    for file in folder.iterdir():
        (other / file.name).write_bytes(file.read_bytes())
    config = json.loads((other / "config.json").read_text()) | {"architectures": ["BertModel"]}
    (other / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="BertModel"):
        text_classifier(str(other), "cpu", tmp_path / "models")
