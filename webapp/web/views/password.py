"""Changing one's own password."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dashboards.here import signed_in
from webapp.web.ports import AccountError, SignInRefused
from webapp.web.sign_in import begin, end, safe_path, services, user

bp = Blueprint("password", __name__)


@bp.get("/password")
@signed_in
def form() -> ResponseReturnValue:
    return _form()


@bp.post("/password")
@signed_in
def change() -> ResponseReturnValue:
    """Every session of this person ends, this one too. Whoever had to change it begins a new one and goes on to where they
    wanted to go."""
    who, wanted = user(), safe_path(request.form.get("next"))
    old, new = request.form.get("old", ""), request.form.get("new", "")
    if new != request.form.get("again", ""):
        return _form("The two new passwords are not the same."), 400
    try:
        services().accounts.change_password(who.id, old, new)
    except AccountError as error:
        return _form(str(error)), 400
    end()
    if who.must_change_password:
        try:
            begin(services().accounts.sign_in(who.login, new, address=request.remote_addr or ""))
        except SignInRefused:  # too many attempts from this address
            return redirect(f"/sign-in?{urlencode({'said': 'changed', 'next': wanted})}", 303)
        return redirect(wanted, 303)
    return redirect("/sign-in?said=changed", 303)


def _form(problem: str = "") -> str:
    who = user()
    return render_template("password.html", problem=problem, login=who.login, must_change=who.must_change_password,
                           next=safe_path(request.values.get("next")))  # fmt: skip
