"""Preferences: one's own keys, single keys on or off, density, light or dark, time zone."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any, cast

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dashboards.here import desk, signed_in
from dashboards.preferences import DEEDS, DENSITIES, KEYS, THEMES, PreferenceDesk, Preferences, PreferencesRefused
from webapp.desk import SqlDesk
from webapp.web.sign_in import person

bp = Blueprint("preferences", __name__)
KEY = "key:"  # before the name of a deed, in the form


def preference_desk() -> PreferenceDesk:
    """The preferences of whoever is signed in."""
    from webapp.desk.preferences import SqlPreferenceDesk

    return SqlPreferenceDesk(cast(SqlDesk, desk()))


@bp.app_context_processor
def around() -> dict[str, Any]:
    """What every page is drawn by."""
    if "preferences" not in g:
        g.preferences = preference_desk().mine() if person() and isinstance(desk(), SqlDesk) else Preferences()
    return {"preferences": g.preferences}


@bp.get("/preferences")
@signed_in
def show() -> ResponseReturnValue:
    return _page()


@bp.post("/preferences/keys")
@signed_in
def keys() -> ResponseReturnValue:
    """Keep the keys of the form; what cannot be kept comes back with the reason at its field."""
    typed = {name.removeprefix(KEY): text for name, text in request.form.items() if name.startswith(KEY)}
    try:
        preference_desk().keep_keys({} if request.form.get("what") == "reset" else typed)
    except PreferencesRefused as refused:
        return _page(typed, refused.faults), 400
    flash("Your keys are kept. They work from the next page on; ? lists those of each page.", "good")
    return redirect("/preferences", 303)


@bp.post("/preferences/single")
@signed_in
def single() -> ResponseReturnValue:
    """Whether single keys work; sent by the list of keys and by the form."""
    preference_desk().keep_single(on=request.form.get("single") == "on")
    if request.headers.get("X-Requested-With") == "callsift":
        return jsonify(kept=True)
    flash("It is kept.", "good")
    return redirect("/preferences", 303)


@bp.post("/preferences/look")
@signed_in
def look() -> ResponseReturnValue:
    form = request.form
    try:
        preference_desk().keep_look(form.get("density", ""), form.get("theme", ""), form.get("zone", ""))
    except PreferencesRefused as refused:
        return _page(faults=refused.faults), 400
    flash("It is kept.", "good")
    return redirect("/preferences", 303)


def _page(typed: Mapping[str, str] | None = None, faults: Mapping[str, str] | None = None) -> str:
    here = preference_desk()
    mine, faults = here.mine(), faults or {}
    groups = [
        (group, [
            {"name": deed.name, "words": deed.words, "shipped": deed.key, "key": (typed or {}).get(deed.name, mine.key(deed)),
             "fault": faults.get(deed.name, "")}
            for deed in deeds
        ])
        for group, deeds in groupby(DEEDS, key=lambda deed: deed.group + (", list of calls" if "queue" in deed.pages else ""))
    ]  # fmt: skip
    return render_template(
        "preferences.html", mine=mine, groups=groups, keys=KEYS, densities=DENSITIES, themes=THEMES, faults=faults,
        zone=request.form.get("zone") or desk().viewer().zone, zones=here.zones(),
    )  # fmt: skip
