"""Our Parakeet encoder gives the stock model's logits, alone and in padded batches."""

import pytest
import torch
import transformers

from pipeline.asr.parakeet import ParakeetNet, Shape
from pipeline.errors import ModelError
from tests.asr.tiny import BLANK, ENCODER, shaken


def stock_model(subsampling):
    torch.manual_seed(1)
    encoder = {**ENCODER, "subsampling_factor": subsampling}
    config = transformers.ParakeetCTCConfig(vocab_size=BLANK + 1, pad_token_id=BLANK, encoder_config=encoder)
    return shaken(transformers.ParakeetForCTC(config))


def ours(model):
    return ParakeetNet(model.state_dict(), Shape.of(model.config.encoder_config.to_dict()))


@pytest.mark.parametrize("subsampling", [2, 4, 8])
def test_logits_equal_the_stock_model_in_a_padded_batch(subsampling):
    model = stock_model(subsampling)
    lengths = torch.tensor([900, 611, 302])
    mask = torch.arange(900)[None] < lengths[:, None]
    features = torch.randn(3, 900, 80) * mask[..., None]
    with torch.inference_mode():
        expected = model(input_features=features, attention_mask=mask).logits
        logits, frames = ours(model)(features, lengths)
    assert frames.tolist() == [-(-n // subsampling) for n in lengths.tolist()]
    for row, count in enumerate(frames.tolist()):
        assert torch.allclose(logits[row, :count], expected[row, :count], atol=1e-4)


def test_padding_changes_nothing():
    net = ours(stock_model(4))
    clip = torch.randn(1, 300, 80)
    padded = torch.cat([clip, torch.zeros(1, 200, 80)], 1)
    with torch.inference_mode():
        alone, _ = net(clip, torch.tensor([300]))
        beside, _ = net(torch.cat([padded, torch.randn(1, 500, 80)]), torch.tensor([300, 500]))
    assert torch.allclose(alone[0], beside[0, :75], atol=1e-5)


@pytest.fixture
def plain_kernels():
    """oneDNN's bfloat16 ends the process with an illegal instruction on virtual machines that claim AMX and lack it."""
    before = torch.backends.mkldnn.is_available() and torch._C._get_mkldnn_enabled()
    torch._C._set_mkldnn_enabled(False)
    yield
    torch._C._set_mkldnn_enabled(before)


def test_bfloat16_stays_near_float32(plain_kernels):
    model = stock_model(4)
    half = ParakeetNet(model.state_dict(), Shape.of(model.config.encoder_config.to_dict()), dtype=torch.bfloat16)
    features, lengths = torch.randn(1, 200, 80), torch.tensor([200])
    with torch.inference_mode():
        difference = (half(features, lengths)[0] - ours(model)(features, lengths)[0]).abs()
    assert difference.mean() < 0.1


def test_missing_weights_are_named():
    model = stock_model(4)
    weights = {name: tensor for name, tensor in model.state_dict().items() if name != "ctc_head.weight"}
    with pytest.raises(ModelError, match="ctc_head"):
        ParakeetNet(weights, Shape.of(model.config.encoder_config.to_dict()))


def test_an_unknown_activation_is_refused_by_name():
    with pytest.raises(ModelError, match="tanhshrink"):
        Shape.of({"hidden_act": "tanhshrink"})
