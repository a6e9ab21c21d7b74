"""The recogniser that is trained, and its folder as everything else loads it.

Sounds with one output every 40 ms: with sub-words and 80 ms the loss did not fall in six passes of four hours, with
letters it fell only when every letter had a frame of its own.
The folder holds half-precision safetensors, transformers' configurations, the alphabet and a manifest of hashes.
"""

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from pipeline.training.batches import BLANK, LETTERS
from pipeline.training.features import HOP, MELS, RATE
from pipeline.training.recipe import RecipeError, Shape

if TYPE_CHECKING:
    from transformers import ParakeetForCTC

FRAME_S = 4 * HOP / RATE


def new_model(shape: Shape, seed: int) -> "ParakeetForCTC":
    """A ParakeetForCTC with random weights. Dropout is off: in a few passes on ever new lines nothing is learnt by heart."""
    from transformers import ParakeetCTCConfig, ParakeetForCTC  # seconds to import

    torch.manual_seed(seed)
    encoder = {
        "hidden_size": shape.hidden_size,
        "num_hidden_layers": shape.num_hidden_layers,
        "num_attention_heads": shape.num_attention_heads,
        "num_key_value_heads": shape.num_attention_heads,
        "intermediate_size": shape.intermediate_size,
        "num_mel_bins": MELS,
        "subsampling_factor": 4,
        "subsampling_conv_channels": shape.subsampling_conv_channels,
        **dict.fromkeys(("dropout", "attention_dropout", "activation_dropout", "layerdrop", "dropout_positions"), 0.0),
    }
    return ParakeetForCTC(ParakeetCTCConfig(vocab_size=BLANK + 1, pad_token_id=BLANK, encoder_config=encoder))


def started_model(shape: Shape, folder: Path) -> "ParakeetForCTC":
    """As new_model, with the weights of a model that was trained before.

    :raises RecipeError: the folder holds no such model, or one of another shape.
    """
    from safetensors.torch import load_file

    model = new_model(shape, 0)
    try:
        weights = load_file(folder / "model.safetensors")
        model.load_state_dict(weights)  # half precision is widened where it is copied
    except (OSError, RuntimeError) as error:
        raise RecipeError(f"{folder} holds no model of the recipe's shape to start from: {error}") from error
    return model


def export_model(model: "ParakeetForCTC", out: Path) -> None:
    """Write the model in half precision with everything needed to load and check it."""
    out.mkdir(parents=True, exist_ok=True)
    from safetensors.torch import save_file
    from transformers import ParakeetFeatureExtractor  # seconds to import

    weights = {name: _half(tensor) for name, tensor in model.state_dict().items()}
    fresh = out / "model.tmp"
    save_file(weights, fresh, {"format": "pt"})
    model.config.architectures = ["ParakeetForCTC"]
    model.config.save_pretrained(out)
    ParakeetFeatureExtractor(feature_size=MELS, hop_length=HOP).save_pretrained(out)  # type: ignore[no-untyped-call]
    letters = {
        "letters": list(LETTERS),
        "blank": BLANK,
        "word_delimiter": " ",
        "frame_s": FRAME_S,
        "sampling_rate": 16000,
    }
    (out / "letters.json").write_text(json.dumps(letters, indent=1) + "\n")
    fresh.rename(out / "model.safetensors")
    write_manifest(out)


def write_manifest(folder: Path) -> None:
    """manifest.json: SHA-256 and size of every other file in the folder."""
    files = sorted(
        path for path in folder.iterdir() if path.is_file() and path.name != "manifest.json" and path.suffix != ".tmp"
    )
    rows = {
        path.name: {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "size": path.stat().st_size}
        for path in files
    }
    (folder / "manifest.json").write_text(json.dumps(rows, indent=1) + "\n")


def _half(tensor: torch.Tensor) -> torch.Tensor:
    return (tensor.half() if tensor.is_floating_point() else tensor).contiguous()
