"""CTC classes of transformers other than Parakeet, built from checked bytes and never from a path.

Waveform models (wav2vec2, HuBERT, WavLM, ...) get their samples normalised in batch on the model's device; the others
use the feature extractor of the library. Where a model cannot tell padding from sound, only equal lengths go together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pipeline.asr.families import Network, Place
from pipeline.errors import ModelError
from pipeline.models.folder import ModelFolder

Samples = npt.NDArray[np.float32]
Batch = dict[str, Tensor]

RATE = 16000
WAVEFORM = "Wav2Vec2FeatureExtractor"
KNOWS_PADDING = frozenset(
    {"wav2vec2", "hubert", "wavlm", "unispeech", "unispeech-sat", "wav2vec2-bert", "lasr_ctc"}
)  # measured


def stock_network(folder: ModelFolder, config: Mapping[str, Any], place: Place) -> Network:
    """The network of a checkpoint whose architecture is a ForCTC class of transformers."""
    model = _model(folder, config, place)
    settings = folder.json("preprocessor_config.json") if folder.has("preprocessor_config.json") else {}
    kind = settings.get("feature_extractor_type", WAVEFORM)
    masked = bool(settings.get("return_attention_mask", kind != WAVEFORM))
    inputs = _waveforms(settings, place) if kind == WAVEFORM else _features(kind, settings, place)
    dtype = next(model.parameters()).dtype

    def run(clips: Sequence[Samples]) -> tuple[Tensor, Tensor]:
        batch, lengths = inputs(clips)
        mask = batch.pop("attention_mask")
        given = {name: value.to(dtype) for name, value in batch.items()} | ({"attention_mask": mask} if masked else {})
        logits = model(**given).logits
        return logits, _frames(model, lengths, mask.shape[-1], logits.shape[1])

    step = int(model.config.inputs_to_logits_ratio) if kind == WAVEFORM else _measured_step(run)
    return Network(run, step, exact=not masked or config["model_type"] not in KNOWS_PADDING)


def _model(folder: ModelFolder, config: Mapping[str, Any], place: Place) -> Any:
    import transformers  # seconds to import

    name = str(config["architectures"][0])
    model_class = getattr(transformers, name, None)
    if model_class is None:
        raise ModelError(f"{folder.path}: transformers {transformers.__version__} has no model class {name}.")
    model = model_class(model_class.config_class.from_dict(dict(config)))
    fill(model, folder)
    return model.eval().to(place.device, torch.bfloat16 if place.half else torch.float32)


def fill(model: torch.nn.Module, folder: ModelFolder) -> None:
    """Put a folder's weights into a model; raises ModelError when some are missing (tied ones are stored once)."""
    missing, _unexpected = model.load_state_dict(folder.tensors(), strict=False)
    state = model.state_dict()
    filled = {tensor.data_ptr() for name, tensor in state.items() if name not in missing}
    lacking = [name for name in missing if state[name].data_ptr() not in filled]
    if lacking:
        raise ModelError(f"{folder.path}: the weights lack the tensor {lacking[0]}. Import the model again.")


def _waveforms(settings: Mapping[str, Any], place: Place) -> Callable[[Sequence[Samples]], tuple[Batch, Tensor]]:
    """Samples as they are, or each clip with mean 0 and deviation 1; zeros behind the end."""
    normal = bool(settings.get("do_normalize", True))

    def inputs(clips: Sequence[Samples]) -> tuple[Batch, Tensor]:
        lengths = torch.tensor([len(clip) for clip in clips], device=place.device)
        rows = [torch.from_numpy(np.ascontiguousarray(clip, np.float32)).to(place.device) for clip in clips]
        if normal:
            rows = [(row - row.mean()) / torch.sqrt(row.var(correction=0) + 1e-7) for row in rows]
        padded = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
        mask = torch.arange(padded.shape[1], device=place.device) < lengths[:, None]
        return {"input_values": padded, "attention_mask": mask.long()}, lengths

    return inputs


def _features(
    kind: str, settings: Mapping[str, Any], place: Place
) -> Callable[[Sequence[Samples]], tuple[Batch, Tensor]]:
    import transformers

    extractor_class = getattr(transformers, kind, None)
    if extractor_class is None:
        raise ModelError(f"preprocessor_config.json: transformers {transformers.__version__} has no {kind}.")
    extractor = extractor_class.from_dict(dict(settings))

    def inputs(clips: Sequence[Samples]) -> tuple[Batch, Tensor]:
        found = extractor([np.asarray(clip, np.float32) for clip in clips], sampling_rate=RATE, return_tensors="pt",
                          padding="longest", return_attention_mask=True)  # fmt: skip
        batch = {name: found[name].to(place.device) for name in found if name in ("input_features", "attention_mask")}
        return batch, batch["attention_mask"].sum(-1)

    return inputs


def _frames(model: Any, lengths: Tensor, longest: int, frames: int) -> Tensor:
    """Valid frames of each clip: the model's own arithmetic, never more than there are."""
    for name in ("_get_feat_extract_output_lengths", "_get_subsampling_output_length"):
        if hasattr(model, name):
            return getattr(model, name)(lengths).clamp(max=frames).long()
    return torch.ceil(lengths * (frames / longest)).clamp(max=frames).long()


def _measured_step(run: Callable[[Sequence[Samples]], tuple[Tensor, Tensor]]) -> int:
    """Samples of one frame, found by asking: features of these models come every 10 ms, and whole numbers of them merge."""
    seconds = 4
    with torch.inference_mode():
        logits, _ = run([np.zeros(seconds * RATE, np.float32) + np.float32(1e-3)])
    return round(seconds * RATE / logits.shape[1] / 160) * 160
