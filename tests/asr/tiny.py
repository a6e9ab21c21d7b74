"""Tiny real models with random weights, in folders as an import leaves them."""

import json
from pathlib import Path

import numpy as np
import torch
import transformers
from safetensors.torch import save_file

from pipeline.models.folder import ModelFolder, write_manifest

RATE = 16000
LETTERS = [*" 'abcdefghijklmnopqrstuvwxyz"]
BLANK = len(LETTERS)
ENCODER = {
    "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 4, "intermediate_size": 64,
    "subsampling_conv_channels": 8, "num_mel_bins": 80,
}  # fmt: skip
SMALL = {
    "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48, "conv_dim": (16,) * 7,
    "conv_kernel": (10, 3, 3, 3, 3, 2, 2), "conv_stride": (5, 2, 2, 2, 2, 2, 2), "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 4, "vocab_size": BLANK + 1, "pad_token_id": BLANK, "num_feat_extract_layers": 7,
}  # fmt: skip


def noise(seconds: float, seed: int = 0) -> np.ndarray:
    """Babble-like noise: loud and soft in turns, so that frames differ."""
    rng = np.random.default_rng(seed)
    count = round(seconds * RATE)
    swell = np.repeat(rng.uniform(0.02, 0.4, -(-count // 1600)), 1600)[:count]
    return (rng.standard_normal(count) * swell).astype(np.float32)


def save(model: torch.nn.Module, folder: Path, extractor: object, **texts: object) -> ModelFolder:
    """The model's folder with configuration, safetensors, other JSON files and a manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    model.config.architectures = [type(model).__name__]
    model.config.save_pretrained(folder)
    extractor.save_pretrained(folder)
    seen, state = set(), {}
    for name, tensor in model.state_dict().items():
        if tensor.data_ptr() not in seen or not tensor.numel():
            state[name] = tensor.contiguous()
        seen.add(tensor.data_ptr())
    save_file(state, folder / "model.safetensors", {"format": "pt"})
    for name, content in texts.items():
        (folder / name.replace("__", ".")).write_text(json.dumps(content))
    write_manifest(folder)
    return ModelFolder(folder)


def shaken(model: torch.nn.Module, seed: int = 0) -> torch.nn.Module:
    """Weights far enough from their tidy beginning that every frame says something else."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += torch.randn_like(parameter) * 0.08
        for name, buffer in model.named_buffers():
            if name.endswith("running_var"):
                buffer.copy_(torch.rand_like(buffer) + 0.5)
            if name.endswith("running_mean"):
                buffer.copy_(torch.randn_like(buffer) * 0.3)
    return model.eval()


def letters(step_s: float = 0.04) -> dict:
    return {"letters": LETTERS, "blank": BLANK, "word_delimiter": " ", "frame_s": step_s, "sampling_rate": RATE}


def parakeet(folder: Path, subsampling: int = 4) -> ModelFolder:
    torch.manual_seed(0)
    config = transformers.ParakeetCTCConfig(
        vocab_size=BLANK + 1, pad_token_id=BLANK, encoder_config={**ENCODER, "subsampling_factor": subsampling}
    )
    model = shaken(transformers.ParakeetForCTC(config))
    return save(model, folder, transformers.ParakeetFeatureExtractor(feature_size=80), letters__json=letters())


def wav2vec2_like(kind: str, folder: Path, *, layer_norm: bool = True) -> ModelFolder:
    """A waveform model: Wav2Vec2, Hubert, WavLM, UniSpeech, Data2VecAudio, SEW, ... by the name of its class."""
    torch.manual_seed(0)
    extra = {
        "SEW": {"squeeze_factor": 2, "conv_dim": (16,) * 7},
        "SEWD": {"squeeze_factor": 2, "max_position_embeddings": 64, "position_buckets": 8},
        "Data2VecAudio": {"num_conv_pos_embeddings": 3, "conv_pos_kernel_size": 9},
    }.get(kind, {})
    norm = {} if kind == "Data2VecAudio" else {"feat_extract_norm": "layer" if layer_norm else "group"}
    config = getattr(transformers, f"{kind}Config")(**{**SMALL, **extra, **norm}, do_stable_layer_norm=layer_norm)
    model = shaken(getattr(transformers, f"{kind}ForCTC")(config))
    extractor = transformers.Wav2Vec2FeatureExtractor(return_attention_mask=layer_norm)
    table = {letter if letter != " " else "|": n for n, letter in enumerate(LETTERS)} | {"<pad>": BLANK}
    return save(model, folder, extractor, vocab__json=table)


def wav2vec2_bert(folder: Path) -> ModelFolder:
    torch.manual_seed(0)
    config = transformers.Wav2Vec2BertConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, vocab_size=BLANK + 1,
        pad_token_id=BLANK, conv_depthwise_kernel_size=7, output_hidden_size=32,
    )  # fmt: skip
    extractor = transformers.SeamlessM4TFeatureExtractor()
    table = {letter if letter != " " else "|": n for n, letter in enumerate(LETTERS)} | {"[PAD]": BLANK}
    return save(shaken(transformers.Wav2Vec2BertForCTC(config)), folder, extractor, vocab__json=table)


def lasr(folder: Path) -> ModelFolder:
    torch.manual_seed(0)
    encoder = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64,
                   "conv_kernel_size": 8, "subsampling_conv_channels": 8, "num_key_value_heads": 4}  # fmt: skip
    config = transformers.LasrCTCConfig(vocab_size=BLANK + 1, pad_token_id=BLANK, encoder_config=encoder)
    return save(
        shaken(transformers.LasrForCTC(config)), folder, transformers.LasrFeatureExtractor(), letters__json=letters()
    )


def granite(folder: Path) -> ModelFolder:
    torch.manual_seed(0)
    encoder = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64,
                   "max_position_embeddings": 64, "context_size": 16, "vocab_size": BLANK + 1}  # fmt: skip
    config = transformers.GraniteSpeech5CTCConfig(vocab_size=BLANK + 1, pad_token_id=BLANK, encoder_config=encoder)
    model = shaken(transformers.GraniteSpeech5ForCTC(config))
    return save(model, folder, transformers.GraniteSpeech5FeatureExtractor(), letters__json=letters())


def whisper(folder: Path) -> ModelFolder:
    """A Whisper of two layers whose vocabulary is the bytes and some words; it writes 12 tokens for any window."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    torch.manual_seed(0)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = [f"Ġ{word}" for word in ("the", "card", "is", "lost", "please", "hold", "number", "yes")]
    vocabulary = {piece: n for n, piece in enumerate([*alphabet, *words])}
    end, start = len(vocabulary), len(vocabulary) + 1
    config = transformers.WhisperConfig(
        vocab_size=start + 4, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
        decoder_attention_heads=4, encoder_ffn_dim=48, decoder_ffn_dim=48, max_target_positions=40,
        decoder_start_token_id=start, eos_token_id=end, bos_token_id=end, pad_token_id=end, suppress_tokens=None,
        begin_suppress_tokens=None,
    )  # fmt: skip
    model = shaken(transformers.WhisperForConditionalGeneration(config))
    with torch.no_grad():
        model.model.decoder.embed_tokens.weight[: len(alphabet)] *= 0.2  # words rather than letters
    tokenizer = Tokenizer(models.BPE(vocabulary, []))
    tokenizer.decoder = decoders.ByteLevel()
    settings = {
        "decoder_start_token_id": start, "eos_token_id": end, "bos_token_id": end, "pad_token_id": end, "is_multilingual": False,
        "max_new_tokens": 12, "no_timestamps_token_id": start + 1, "return_timestamps": False,
    }  # fmt: skip
    return save(
        model, folder, transformers.WhisperFeatureExtractor(feature_size=80),
        tokenizer__json=json.loads(tokenizer.to_str()), generation_config__json=settings,
    )  # fmt: skip
