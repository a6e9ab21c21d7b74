"""Handing in recordings, each with an optional sidecar or transcript of the same name, and transcripts alone."""

from __future__ import annotations

from pathlib import PurePosixPath

from flask import Blueprint, abort, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from dashboards.frame import Entry
from dashboards.here import desk, needs
from webapp.web.ports import Taken
from webapp.web.sign_in import services

bp = Blueprint("upload", __name__)
entry = Entry("/upload", "Upload", "calls:upload", order=10)
SIDECARS = {".json", ".csv", ".vtt", ".srt", ".ctm", ".stm", ".rttm", ".vcon"}  # by content: sidecar or transcript
LABELS = {"new": ("pass", "taken in"), "known": ("", "already here"), "new_metadata": ("accent", "new details"),
          "refused": ("fail", "refused")}  # fmt: skip


@bp.get("/upload")
@needs("calls:upload")
def form() -> ResponseReturnValue:
    return _page([])


@bp.post("/upload")
@needs("calls:upload")
def take() -> ResponseReturnValue:
    """Takes each recording by itself: one that is refused does not keep the others out."""
    team = next((one.name for one in desk().teams() if one.id == request.form.get("team")), None)
    if team is None:
        abort(400, "Choose one of your teams for these recordings.")
    results = [_take(audio, sidecar, team) for audio, sidecar in _pairs(request.files.getlist("files"))]
    if not results:
        abort(400, "There was no recording or transcript among the files. Choose at least one.")
    if request.accept_mimetypes.best == "application/json":
        return jsonify(results=results)
    return _page(results)


def _pairs(files: list[FileStorage]) -> list[tuple[FileStorage, FileStorage | None]]:
    """Each recording with the text file that has its name; text files without a recording by themselves."""
    named = [file for file in files if file.filename]
    texts = {_stem(file): file for file in named if _suffix(file) in SIDECARS}
    recordings = [(file, texts.get(_stem(file))) for file in named if _suffix(file) not in SIDECARS]
    with_one = {_stem(file) for file, _ in recordings}
    alone = [file for file in named if _suffix(file) in SIDECARS - {".csv"} and _stem(file) not in with_one]
    return [*recordings, *((file, None) for file in alone)]


def _take(audio: FileStorage, sidecar: FileStorage | None, team: str) -> dict[str, str | None]:
    name = _name(audio)
    beside = (_name(sidecar), sidecar.stream) if sidecar else None
    taken: Taken = services().intake.take(name, audio.stream, team=team, sidecar=beside)
    tone, label = LABELS[taken.what]
    return {"name": name, "tone": tone, "label": label, "says": taken.says, "call_id": taken.call_id}


def _name(file: FileStorage) -> str:
    """The last part of the name the browser sent; for people and for its suffix, never used as a path."""
    return PurePosixPath((file.filename or "").replace("\\", "/")).name


def _stem(file: FileStorage) -> str:
    return PurePosixPath(_name(file)).stem.lower()


def _suffix(file: FileStorage) -> str:
    return PurePosixPath(_name(file)).suffix.lower()


def _page(results: list[dict[str, str | None]]) -> str:
    most_mb = current_app.config["CALLSIFT_UPLOAD_MB"]
    return render_template("upload.html", results=results, most_mb=most_mb, teams=desk().teams())
