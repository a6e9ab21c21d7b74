"""The library's own class and feature extractor with the weights of one of our folders: the peer of several benchmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.models.folder import ModelFolder


def stock(folder: ModelFolder, device: str) -> tuple[Any, Any]:
    """(model in evaluation mode on ``device``, feature extractor) as transformers makes them."""
    import transformers

    config, settings = folder.json("config.json"), folder.json("preprocessor_config.json")
    model_class = getattr(transformers, str(config["architectures"][0]))
    model = model_class(model_class.config_class.from_dict(config)).eval()
    model.load_state_dict(folder.tensors(), strict=False)
    extractor = getattr(transformers, settings.get("feature_extractor_type", "ParakeetFeatureExtractor"))
    return model.to(device), extractor.from_dict(settings)
