"""The models in use are there and are what their manifests say."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import ModelError
from pipeline.sentiment.head import SUFFIX, BadHead, read_head
from webapp.checking import Check
from webapp.settings import Settings


def check(settings: Settings) -> list[Check]:
    from pipeline.models.catalogue import require

    lines = []
    for setting in ("model", "multilingual_model", "diarizer", "embedding_model", "sentiment_model"):
        name = getattr(settings, setting)
        if name is None or name in ("clustering", "vader"):
            continue
        if setting == "sentiment_model" and name.endswith(SUFFIX):
            lines.append(head(Path(name)))
            continue
        try:
            problems = require(name, settings.path("models")).problems()
        except ModelError as error:
            problems = [str(error)]
        if not problems and setting == "embedding_model":
            lines.append(encoder(name))
        elif problems:
            lines.append(Check(f"model {name}", "FAIL", "; ".join(problems), "callsift models list; import it again"))
        else:
            lines.append(Check(f"model {name}", "OK", "all files as in its manifest"))
    if settings.model == "demo":
        demo = "knows synthetic voices only and is not for real calls"
        lines.append(Check("model demo", "WARN", demo, "callsift models list names real models and how to import them"))
    return lines


def encoder(name: str) -> Check:
    """The sentence encoder, opened and asked for one text as a worker would."""
    from pipeline.meaning import open_meaning
    from pipeline.search.records import VECTOR_SIZE

    try:
        model = open_meaning()
        vectors = None if model is None else model.vectors(["is it there"])
    except (ModelError, ValueError, RuntimeError) as error:
        return Check(f"model {name}", "FAIL", str(error), "callsift models list; import another one")
    if model is None or vectors is None:
        return Check(f"model {name}", "FAIL", "transformers is not installed", "pip install callsift[pipeline]")
    if model.width != VECTOR_SIZE:
        found = f"gives {model.width} numbers a text: calls like others need {VECTOR_SIZE} and are not looked for"
        return Check(f"model {name}", "WARN", found, "an encoder of that size serves everything")
    return Check(f"model {name}", "OK", f"all files as in its manifest; {model.name} compares meanings")


def head(file: Path) -> Check:
    """A head of sentiment, opened as a worker would."""
    try:
        found = read_head(file)
    except BadHead as error:
        return Check(f"model {file.name}", "FAIL", str(error), "callsift sentiment train")
    return Check(f"model {file.name}", "OK", f"a head of {len(found.labels)} labels for {found.meaning}")
