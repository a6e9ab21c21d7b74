"""A sentence encoder of one's own: imported, chosen by a setting, opened, and never mixed with the shipped one."""

import json

import numpy as np
import pytest
import torch
import transformers
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from pipeline.errors import ModelError
from pipeline.meaning import choose_meaning, open_meaning, open_shipped
from pipeline.meaning.imported import open_encoder
from pipeline.models.importing import import_model
from pipeline.search.meaning import open_call_meaning
from pipeline.sentiment.head import open_reader
from webapp.checks.models import check
from webapp.settings import load

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "cancel", "my", "contract", "the", "card", "is", "lost"]


def checkpoint(folder, *, first=False, width=32):
    """A tiny BERT with random weights, as sentence-transformers saves one."""
    (folder / "1_Pooling").mkdir(parents=True)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(WORDS), hidden_size=width, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48,
        max_position_embeddings=40,
    )  # fmt: skip
    model = transformers.BertModel(config, add_pooling_layer=False)
    model.config.architectures = ["BertModel"]
    model.config.save_pretrained(folder)
    pooler = {"pooler.dense.weight": torch.zeros(width, width), "pooler.dense.bias": torch.zeros(width)}
    save_file({**model.state_dict(), **pooler}, folder / "model.safetensors", {"format": "pt"})
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(WORDS)}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", None, [("[CLS]", 2), ("[SEP]", 3)])
    (folder / "tokenizer.json").write_text(tokenizer.to_str())
    pooling = {"pooling_mode_cls_token": first, "pooling_mode_mean_tokens": not first}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    return folder, model.eval()


@pytest.fixture(autouse=True)
def shipped_again():
    yield
    choose_meaning(None, None)


@pytest.mark.parametrize("first", [False, True], ids=["mean", "first token"])
def test_an_imported_encoder_pools_as_its_file_says(tmp_path, first):
    folder, network = checkpoint(tmp_path / "encoder", first=first)
    import_model(str(folder), tmp_path / "models", name="mine")
    mine = open_encoder("mine", tmp_path / "models")
    ids = torch.tensor([[2, 4, 5, 6, 3]])
    with torch.inference_mode():
        states = network(input_ids=ids).last_hidden_state[0]
    wanted = states[0] if first else states.mean(0)
    [found, _] = mine.vectors(["cancel my contract", "the card is lost " * 30])
    assert found == pytest.approx((wanted / wanted.norm()).numpy(), abs=1e-5)


def test_the_setting_chooses_it_and_nothing_of_the_other_is_compared_with_it(tmp_path):
    folder, _ = checkpoint(tmp_path / "encoder")
    data = tmp_path / "data"
    known = import_model(str(folder), data / "models", name="mine")
    settings = load({}, data=data, embedding_model="mine")
    mine, shipped = open_meaning(), open_shipped()
    assert mine.name == known.name != shipped.name
    assert mine.similar(["cancel my contract"], ["cancel my contract"]) == pytest.approx(np.ones((1, 1)), abs=1e-3)
    assert open_reader().model is shipped  # a head is asked with the vectors it was trained on
    assert open_call_meaning() is None  # the index takes vectors of one width
    [line] = [line for line in check(settings) if line.subject == "model mine"]
    assert (line.state, "384" in line.seen) == ("WARN", True)
    load({}, data=data)
    assert open_meaning() is shipped


def test_an_encoder_that_is_not_there_or_is_none_is_told(tmp_path):
    settings = load({}, data=tmp_path, embedding_model="nobody")
    [line] = [line for line in check(settings) if line.subject == "model nobody"]
    assert line.state == "FAIL"
    with pytest.raises(ModelError, match="nobody"):
        open_meaning()
