"""Which models there are: shipped ones, those imported into the data folder, and those worth importing.

A recogniser is named by `demo`, by the name of an imported model, by a folder, or by an id of the Hugging Face hub.
Only a name a person wrote down is ever downloaded.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ModelError
from pipeline.models.folder import MANIFEST, ModelFolder

SHIPPED = Path(__file__).parent
DEMO = "demo"
HUB_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Installed:
    """One model on this machine. ``state`` is ok, changed (files differ from the manifest) or broken (no manifest)."""

    name: str
    path: str
    kind: str
    sha256: str
    size: int
    state: str
    problem: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Recommended:
    """A model that is not shipped, why one would want it, and the command that brings it in."""

    name: str
    why: str
    download_mb: int

    @property
    def command(self) -> str:
        return f"callsift models import {self.name}"


RECOMMENDED = (
    Recommended("nvidia/parakeet-ctc-0.6b", "real English telephone calls (trained on Fisher and Switchboard too); CC BY 4.0", 2440),
    Recommended("nvidia/parakeet-ctc-1.1b", "as the 0.6b, a little more accurate, about 1.7 times the work; CC BY 4.0", 4250),
    Recommended("openai/whisper-large-v3-turbo", "many languages; slower, and it may invent words on bad lines; MIT", 1620),
    Recommended("openai/whisper-small.en", "English on a machine without a GPU; MIT", 970),
)  # fmt: skip


def default_models() -> Path:
    """Where imported models lie when nobody says otherwise: ``models`` in the data folder."""
    return Path(os.environ.get("CALLSIFT_DATA", "callsift-data")) / "models"


def folder_name(model: str) -> str:
    """The folder an imported model gets: openai/whisper-small.en -> openai--whisper-small.en."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", model.strip("/").replace("/", "--")).strip(".-") or "model"


def find(model: str, models: Path) -> Path | None:
    """The folder of a model that is on this machine with a manifest, or None when it must be imported first."""
    if model == DEMO:
        return SHIPPED / "demo_asr"
    candidates = [models / folder_name(model), Path(model)] if _is_name(model) else [Path(model)]
    return next((path for path in candidates if (path / MANIFEST).is_file()), None)


def require(model: str, models: Path) -> ModelFolder:
    """The folder of a model, its manifest read. Raises ModelError that says how to bring the model in."""
    path = find(model, models)
    if path is not None:
        return ModelFolder(path)
    if Path(model).is_dir() or HUB_ID.fullmatch(model):
        raise ModelError(f"{model} has not been imported yet. Run: callsift models import {model}")
    known = ", ".join([DEMO, *(row.name for row in imported(models, check=False))])
    raise ModelError(
        f"There is no model {model!r}. Known: {known}; or give a folder, or an id of the Hugging Face hub."
    )


def installed(models: Path, *, check: bool = True) -> list[Installed]:
    """Shipped and imported models. ``check`` reads every byte and compares the hashes."""
    shipped = [_inspect(path, check) for path in sorted(SHIPPED.iterdir()) if (path / MANIFEST).is_file()]
    return shipped + imported(models, check=check)


def imported(models: Path, *, check: bool = True) -> list[Installed]:
    if not models.is_dir():
        return []
    return [
        _inspect(path, check) for path in sorted(models.iterdir()) if path.is_dir() and not path.name.startswith(".")
    ]


def _is_name(model: str) -> bool:
    return not model.startswith((".", "/", "~"))


def _inspect(path: Path, check: bool) -> Installed:
    name = DEMO if path == SHIPPED / "demo_asr" else path.name
    try:
        folder = ModelFolder(path)
    except ModelError as error:
        return Installed(name, str(path), "unknown", "", 0, "broken", str(error))
    problems = folder.problems() if check else []
    if problems:
        return Installed(name, str(path), "unknown", folder.sha256, folder.size, "changed", "; ".join(problems))
    origin = folder.json("origin.json") if folder.has("origin.json") else {}
    kind = _kind(folder, str(origin.get("format", "other")))
    return Installed(name, str(path), kind, folder.sha256, folder.size, "ok", "", str(origin.get("source", "")))


def _kind(folder: ModelFolder, form: str) -> str:
    """What a model is for, by its first architecture; else the format it was imported from."""
    if not folder.has("config.json"):
        return form
    names = folder.json("config.json").get("architectures") or [""]
    endings = {
        "ForCTC": "recogniser",
        "ForConditionalGeneration": "recogniser",
        "ForSequenceClassification": "text classifier",
    }
    return next((kind for ending, kind in endings.items() if str(names[0]).endswith(ending)), form)
