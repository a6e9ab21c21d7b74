"""The models in use are there and are what their manifests say."""

from __future__ import annotations

from pipeline.errors import ModelError
from webapp.checking import Check
from webapp.settings import Settings


def check(settings: Settings) -> list[Check]:
    from pipeline.models.catalogue import require

    lines = []
    for setting in ("model", "diarizer", "sentiment_model"):
        name = getattr(settings, setting)
        if name is None or name == "clustering":
            continue
        try:
            problems = require(name, settings.path("models")).problems()
        except ModelError as error:
            problems = [str(error)]
        if problems:
            lines.append(Check(f"model {name}", "FAIL", "; ".join(problems), "callsift models list; import it again"))
        else:
            lines.append(Check(f"model {name}", "OK", "all files as in its manifest"))
    if settings.model == "demo":
        demo = "knows synthetic voices only and is not for real calls"
        lines.append(Check("model demo", "WARN", demo, "callsift models list names real models and how to import them"))
    return lines
