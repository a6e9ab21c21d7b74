"""Changing one's own password."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dashboards.here import signed_in
from webapp.web.ports import AccountError
from webapp.web.sign_in import end, services, user

bp = Blueprint("password", __name__)


@bp.get("/password")
@signed_in
def form() -> ResponseReturnValue:
    return _form()


@bp.post("/password")
@signed_in
def change() -> ResponseReturnValue:
    """Every session of this person ends, this one too."""
    old, new = request.form.get("old", ""), request.form.get("new", "")
    if new != request.form.get("again", ""):
        return _form("The two new passwords are not the same."), 400
    try:
        services().accounts.change_password(user().id, old, new)
    except AccountError as error:
        return _form(str(error)), 400
    end()
    return redirect("/sign-in?said=changed", 303)


def _form(problem: str = "") -> str:
    who = user()
    return render_template("password.html", problem=problem, login=who.login, must_change=who.must_change_password)
