"""`callsift models import`: a foreign checkpoint becomes safetensors, JSON and a manifest in the data folder.

The parent never opens the weights: it copies the files it knows by name into an empty folder, and a confined child
(pipeline.models.confined) reads them there and writes new ones. The hub is asked only for an id that a person named.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path

from pipeline.errors import ModelError
from pipeline.models import formats
from pipeline.models.catalogue import HUB_ID, folder_name
from pipeline.models.folder import MANIFEST, ModelFolder, write_manifest
from pipeline.models.formats import Format
from rules.discovery import load_all

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 3600


def import_model(source: str, models: Path, *, name: str | None = None) -> ModelFolder:
    """Import a local folder or, when ``source`` is an id of the hub, a download of it. Replaces an import of that name.

    :raises ModelError: what is wrong with the checkpoint, or why it could not be fetched.
    """
    models.mkdir(parents=True, exist_ok=True)
    target = _free_or_ours(models / folder_name(name or _name_of(source)))
    with tempfile.TemporaryDirectory(dir=models, prefix=".import-") as scratch:
        folder = _fetched(source, Path(scratch) / "download")
        chosen, kind = _format(folder)
        stage, out = Path(scratch) / "stage", Path(scratch) / "out"
        _copy(folder, _known(folder, kind.patterns), stage)
        out.mkdir()
        _convert(chosen, stage, out)
        _describe(out, source, chosen, _digest(stage, _known(stage, kind.patterns)))
        return _install(out, target)


def import_named(source: str, models: Path) -> ModelFolder:
    """What a person named as the model: a hub id is imported once, a folder again whenever its files have changed."""
    if not Path(source).is_dir():
        return import_model(source, models)
    _, kind = _format(Path(source))
    name = f"{folder_name(_name_of(source))}-{_digest(Path(source), _known(Path(source), kind.patterns))[:12]}"
    known = models / name
    return ModelFolder(known) if (known / MANIFEST).is_file() else import_model(source, models, name=name)


def _fetched(source: str, download: Path) -> Path:
    if Path(source).is_dir():
        return Path(source)
    if not HUB_ID.fullmatch(source):
        raise ModelError(f"{source}: neither a folder here nor an id of the Hugging Face hub (owner/name).")
    if os.environ.get("HF_HUB_OFFLINE") == "1":
        raise ModelError(f"{source} is no folder here, and HF_HUB_OFFLINE=1 forbids asking the hub for it.")
    from huggingface_hub import snapshot_download  # slow to import; needed for downloads only
    from huggingface_hub.errors import HfHubHTTPError

    wanted = [pattern for kind in _formats().values() for pattern in kind.patterns if not pattern.endswith(".bin")]
    try:
        snapshot_download(source, local_dir=download, allow_patterns=wanted)
        if not any(download.glob("*.safetensors")):
            snapshot_download(source, local_dir=download, allow_patterns=["*.bin"])
    except (HfHubHTTPError, OSError) as error:
        raise ModelError(f"{source} could not be fetched from the Hugging Face hub: {error}") from error
    return download


def _formats() -> dict[str, Format]:
    return load_all(formats, "format")  # type: ignore[return-value]  # the contract suite holds each to the protocol


def _format(folder: Path) -> tuple[str, Format]:
    for name, kind in _formats().items():
        if kind.takes(folder):
            return name, kind
    raise ModelError(
        f"{folder}: no checkpoint known here. Needed: config.json with model.safetensors or pytorch_model.bin "
        "(transformers), or config.yaml with segmentation/ and embedding/ (pyannote.audio)."
    )


def _known(folder: Path, patterns: tuple[str, ...]) -> list[Path]:
    """Plain files of the folder, and of folders in it, that an importer knows by name; relative to it."""
    inside = [f.relative_to(folder) for f in (*folder.glob("*"), *folder.glob("*/*")) if f.is_file()]
    return sorted(f for f in inside if any(_matches(f, pattern) for pattern in patterns))


def _matches(file: Path, pattern: str) -> bool:
    parts = pattern.split("/")
    return len(parts) == len(file.parts) and all(fnmatch(*pair) for pair in zip(file.parts, parts, strict=True))


def _copy(folder: Path, files: list[Path], stage: Path) -> None:
    stage.mkdir()
    for file in files:
        (stage / file).parent.mkdir(exist_ok=True)
        shutil.copyfile(folder / file, stage / file)


def _digest(folder: Path, files: list[Path]) -> str:
    """One hash of files by name and content."""
    rows = [f"{file} {sha256((folder / file).read_bytes()).hexdigest()}" for file in files]
    return sha256("\n".join(rows).encode()).hexdigest()


def _convert(chosen: str, stage: Path, out: Path) -> None:
    """Run the child. Its environment carries no secrets, its home is the scratch folder."""
    with _home(stage.parent) as home:
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "TMPDIR": str(home), "HF_HUB_OFFLINE": "1",
                       "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1",
                       "HF_HUB_DISABLE_TELEMETRY": "1", "CUDA_VISIBLE_DEVICES": ""}  # fmt: skip
        command = [sys.executable, "-m", "pipeline.models.confined", chosen, str(stage.resolve()), str(out.resolve())]
        try:
            done = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired as error:
            raise ModelError(f"Converting took longer than {TIMEOUT_S} s and was ended.") from error
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"the child ended with code {done.returncode}"]
        raise ModelError(f"The checkpoint was refused: {said[-1]}")


@contextmanager
def _home(scratch: Path) -> Iterator[Path]:
    home = scratch / "home"
    home.mkdir()
    yield home


def _describe(out: Path, source: str, chosen: str, digest: str) -> None:
    """origin.json: where the model came from; then the manifest over everything."""
    facts = {"source": source, "format": chosen, "source_sha256": digest,
             "imported_at": datetime.now(UTC).isoformat(timespec="seconds")}  # fmt: skip
    (out / "origin.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    write_manifest(out)


def _free_or_ours(target: Path) -> Path:
    """Where an import goes; raises ModelError when something lies there that is no import."""
    if target.exists() and not (target / MANIFEST).is_file():
        raise ModelError(f"{target} exists and is no imported model; move it away or choose another --name.")
    return target


def _install(out: Path, target: Path) -> ModelFolder:
    """Move the finished folder to its place; an older import of that name goes away after it."""
    old = target.with_name(f".old-{target.name}")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    out.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    return ModelFolder(target)


def _name_of(source: str) -> str:
    return source if HUB_ID.fullmatch(source) and not Path(source).is_dir() else Path(source).resolve().name
