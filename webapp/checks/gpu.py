"""The device the models run on. Asking torch takes seconds, so only its presence is looked up first."""

from __future__ import annotations

import importlib.util

from webapp.checking import Check
from webapp.settings import Settings

INSTALL = "pip install 'callsift[pipeline]'"


def check(settings: Settings) -> list[Check]:
    if importlib.util.find_spec("torch") is None:
        return [Check("device", "WARN", "torch is not installed: this machine can serve, not transcribe", INSTALL)]
    import torch

    if torch.cuda.is_available():
        return [Check("device", "OK", f"{torch.cuda.get_device_name()}, torch {torch.__version__}")]
    if settings.device == "cuda":
        return [
            Check(
                "device",
                "FAIL",
                "device is cuda, but torch sees no GPU",
                "check the driver, or set CALLSIFT_DEVICE=auto",
            )
        ]
    return [Check("device", "OK", f"CPU ({torch.get_num_threads()} threads), no GPU seen, torch {torch.__version__}")]
