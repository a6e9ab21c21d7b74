"""What people write about a call: comments on a stretch of it, corrected words.

The page's script sends these forms and puts the answer in their place; without it they work like any form.
"""

from __future__ import annotations

from typing import cast

from flask import Blueprint, abort, current_app, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dashboards.call_page.noted import draft_of, note_views
from dashboards.call_page.words import Written
from dashboards.here import desk, needs
from dashboards.notes import Draft, NoteDesk, NoteRefused, NoteStale, place_of
from pipeline.records import Turn, Word
from webapp.desk import SqlDesk
from webapp.settings import Settings

bp = Blueprint("notes", __name__)

SETTINGS = "callsift.settings"
NO_CALL = "There is no such call or comment, or it is not one of yours."


def note_desk() -> NoteDesk:
    """Comments and corrections of whoever is signed in."""
    from webapp.desk.notes import SqlNoteDesk  # with redaction behind what is typed: only where people write

    return SqlNoteDesk(cast(SqlDesk, desk()), cast(Settings, current_app.extensions[SETTINGS]))


@bp.post("/calls/<call_id>/notes")
@needs("calls:comment")
def add(call_id: str) -> ResponseReturnValue:
    """A new comment."""
    here = _writable(call_id)
    try:
        note_id = here.add(call_id, _draft()) or abort(404, NO_CALL)
    except NoteRefused as refused:
        return _refused(call_id, refused)
    return _done(call_id, note_id, "The comment is kept.")


@bp.post("/calls/<call_id>/notes/<note_id>")
@needs("calls:comment")
def change(call_id: str, note_id: str) -> ResponseReturnValue:
    """A new version of one's own comment."""
    here = _writable(call_id, note_id)
    try:
        if not here.change(call_id, note_id, _version(), _draft()):
            abort(404, NO_CALL)
    except NoteRefused as refused:
        return _refused(call_id, refused)
    return _done(call_id, note_id, "The comment is changed; what it said before stands below it.")


@bp.post("/calls/<call_id>/notes/<note_id>/remove")
@needs("calls:comment")
def remove(call_id: str, note_id: str) -> ResponseReturnValue:
    """The comment is shown no more; its versions stay in the database."""
    try:
        if not note_desk().change(call_id, note_id, _version(), None):
            abort(404, NO_CALL)
    except NoteRefused as refused:
        return _refused(call_id, refused)
    return _done(call_id, note_id, "The comment is removed.")


@bp.post("/calls/<call_id>/words")
@needs("calls:correct")
def correct(call_id: str) -> ResponseReturnValue:
    """What one word should read; without text it reads again as it was recognised."""
    place = request.form.get("place", "")
    try:
        kept = note_desk().correct(call_id, place, _version(), request.form.get("text", "")) or abort(404, NO_CALL)
    except NoteRefused as refused:
        return _refused(call_id, refused)
    said = "The word is corrected." if kept.text else "The word reads again as it was recognised."
    if not _by_script():
        flash(said, "good")
        return redirect(f"/calls/{call_id}", 303)
    word = Word(kept.original, 0.0, 0.0, None, "")
    shown = Written({place_of("", 0.0): kept}, desk().viewer().zone).view(Turn("", 0.0, 0.0, (word,)), word)
    return jsonify(said=said, text=shown.text, title=shown.title, original=kept.original, version=kept.version)


def _writable(call_id: str, note_id: str | None = None) -> NoteDesk:
    """The desk, once it is known that there is something to write to: before what was typed is looked at."""
    here = note_desk()
    if not here.may_write(call_id, note_id):
        abort(404, NO_CALL)
    return here


def _draft() -> Draft:
    form = request.form
    return draft_of(form.get("since", ""), form.get("until", ""), form.get("text", ""), coaching="coaching" in form)


def _version() -> int:
    """The version the form was filled in over; 0 when it says none."""
    return request.form.get("version", 0, type=int)


def _by_script() -> bool:
    return request.headers.get("X-Requested-With") == "callsift"


def _done(call_id: str, note_id: str, said: str) -> ResponseReturnValue:
    if not _by_script():
        flash(said, "good")
        return redirect(f"/calls/{call_id}#notes", 303)
    notes = note_views(note_desk().notes(call_id), desk().viewer().zone)
    newest = next((note.version for note in notes if note.id == note_id), _version() + 1)
    listed = render_template("_notes.html", notes=notes, call_id=call_id)
    return jsonify(said=said, id=note_id, version=newest, listed=listed)


def _refused(call_id: str, refused: NoteRefused) -> ResponseReturnValue:
    """What was typed stays in the form; who was too late learns the version to build on."""
    if not _by_script():
        flash(str(refused), "bad")
        return redirect(f"/calls/{call_id}#notes", 303)
    if isinstance(refused, NoteStale):
        return jsonify(message=str(refused), version=refused.version), 409
    return jsonify(message=str(refused)), 400
