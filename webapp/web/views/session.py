"""Signing in and out."""

from __future__ import annotations

import math
import random

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dashboards.here import public, signed_in
from webapp.web.ports import SignInRefused
from webapp.web.sign_in import begin, end, person, safe_path, services

bp = Blueprint("session", __name__)
LONGEST = 1000  # characters of a name or password that are looked at


@bp.get("/sign-in")
@public
def form() -> ResponseReturnValue:
    wanted = safe_path(request.args.get("next"))
    if person() is not None:
        return redirect(wanted)
    notice = {"changed": "Your password is changed. Sign in with the new one.", "out": "You are signed out."}
    return _form(wanted, notice=notice.get(request.args.get("said", ""), ""))


@bp.post("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Opens a session, or says that name or password is wrong, never which."""
    login, password = request.form.get("login", "")[:LONGEST], request.form.get("password", "")[:LONGEST]
    wanted = safe_path(request.form.get("next"))
    try:
        token = services().accounts.sign_in(login, password, address=request.remote_addr or "")
    except SignInRefused as refused:
        return _form(wanted, problem=_refusal(refused), login=login), 429 if refused.wait else 401
    begin(token)
    return redirect(wanted, 303)


@bp.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    end()
    return redirect("/sign-in?said=out", 303)


def _refusal(refused: SignInRefused) -> str:
    if not refused.wait:
        return str(refused)
    minutes = math.ceil(refused.wait / 60)
    return f"{refused} You can try again in {minutes} minute{'s' if minutes > 1 else ''}."


def _form(wanted: str, *, problem: str = "", notice: str = "", login: str = "") -> str:
    return render_template("sign_in.html", next=wanted, problem=problem, notice=notice, login=login, wave=_wave())


def _wave() -> list[tuple[int, float, str]]:
    """The drawing beside the form: a made-up call of two parties, the same every time."""
    draw = random.Random(8)
    bars = []
    for n in range(60):
        height = 5 + 40 * draw.random() * abs(math.sin(n / 4.1))
        bars.append((n * 5, round(height, 1), ("a" if math.sin(n / 7) > 0 else "b") + (" quiet" if n > 39 else "")))
    return bars
