"""Who may sign in: adding people, roles per team, new passwords, shutting out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dashboards import wording
from dashboards.frame import Entry
from dashboards.here import desk, needs
from webapp.permissions import PERMISSIONS, ROLES, grants
from webapp.web.ports import AccountError, User
from webapp.web.sign_in import services, user

bp = Blueprint("users", __name__)
entry = Entry("/users", "Users", "users:manage", order=40)


@bp.get("/users")
@needs("users:manage")
def show() -> ResponseReturnValue:
    return _page()


@bp.post("/users")
@needs("users:manage")
def add() -> ResponseReturnValue:
    """The password is on the answer itself and nowhere else, so it is shown exactly once."""
    login, name = request.form.get("login", "").strip(), request.form.get("name", "").strip()
    roles = {request.form.get("team", ""): request.form.get("role", "")}
    agent = request.form.get("agent_id", "").strip() or None
    try:
        password = services().accounts.add(user().id, login, name, roles, agent_id=agent)
    except AccountError as error:
        return _refused(error)
    return _page(handed={"login": login.lower(), "password": password})


@bp.post("/users/<user_id>/role")
@needs("users:manage")
def set_role(user_id: str) -> ResponseReturnValue:
    """Give a role in a team, or take the one away that is held there, once whoever asks for that has said so twice."""
    team, role = request.form.get("team", ""), request.form.get("role") or None
    if role is None and (asking := _asking(user_id, f"/users/{user_id}/role", team)) is not None:
        return _page(asking=asking)
    return _do(lambda by: services().accounts.set_role(by, user_id, team, role), "The role is set; they sign in again.")


@bp.post("/users/<user_id>/reset")
@needs("users:manage")
def reset(user_id: str) -> ResponseReturnValue:
    """A new first password, shown once. One's own is changed on the password page, with the old one."""
    try:
        if user_id == user().id:
            raise AccountError("Change your own password on the password page.")
        password = services().accounts.reset(user().id, user_id)
    except AccountError as error:
        return _refused(error)
    login = next((one.login for one in services().accounts.users(user().id) if one.id == user_id), "")
    return _page(handed={"login": login, "password": password})


@bp.post("/users/<user_id>/disable")
@needs("users:manage")
def disable(user_id: str) -> ResponseReturnValue:
    if (asking := _asking(user_id, f"/users/{user_id}/disable")) is not None:
        return _page(asking=asking)
    return _do(lambda by: services().accounts.disable(by, user_id, disabled=True), "They are signed out and shut out.")


@bp.post("/users/<user_id>/enable")
@needs("users:manage")
def enable(user_id: str) -> ResponseReturnValue:
    return _do(lambda by: services().accounts.disable(by, user_id, disabled=False), "They may sign in again.")


def _asking(user_id: str, action: str, team: str | None = None) -> dict[str, object] | None:
    """What to ask before rights are taken away; None once it was answered with yes, or where nothing would be lost."""
    one = next((one for one in services().accounts.users(user().id) if one.id == user_id), None)
    if "sure" in request.form or one is None or (team is not None and team not in one.roles):
        return None
    if team is None:
        says = (
            f"Shut {one.login} out? They are signed out at once and cannot sign in until somebody enables them again."
        )
        return {"says": says, "action": action, "yes": f"Yes, shut {one.login} out", "fields": {}}
    where = services().accounts.teams(user().id).get(team, "another team")
    left = "They keep their other roles." if len(one.roles) > 1 else "It is their only one: they can open nothing then."
    says = f"Take the role {one.roles[team]} in {where} away from {one.login}? {left}"
    return {"says": says, "action": action, "yes": "Yes, take it away", "fields": {"team": team, "role": ""}}


def _do(change: Callable[[str], None], said: str) -> ResponseReturnValue:
    try:
        change(user().id)
    except AccountError as error:
        return _refused(error)
    flash(said, "good")
    return redirect("/users", 303)


def _refused(error: AccountError) -> ResponseReturnValue:
    flash(str(error), "bad")
    return redirect("/users", 303)


def _page(handed: Mapping[str, str] | None = None, asking: Mapping[str, object] | None = None) -> str:
    """The list of everyone; ``handed`` is a password just made, with the name it belongs to, ``asking`` what to be sure of."""
    by, zone = user().id, desk().viewer().zone
    teams = services().accounts.teams(by)
    return render_template(
        "users.html",
        users=[_shown(one, teams, zone) for one in services().accounts.users(by)],
        teams=list(teams.items()),
        roles=list(ROLES),
        permissions=list(PERMISSIONS.items()),
        granted={(role, permission): grants(role, permission) for role in ROLES for permission in PERMISSIONS},
        handed=handed,
        asking=asking,
    )


def _shown(one: User, teams: Mapping[str, str], zone: str) -> dict[str, object]:
    roles = [(teams.get(team, "another team"), role) for team, role in one.roles.items()]
    held = [(team, teams.get(team, "another team"), role) for team, role in one.roles.items() if team in teams]
    free = [(team, name) for team, name in teams.items() if team not in one.roles]
    seen = wording.when(one.last_seen, zone) if one.last_seen else "never"
    return {"id": one.id, "login": one.login, "name": one.name, "disabled": one.disabled, "seen": seen,
            "must_change_password": one.must_change_password, "roles": roles, "held": held, "free": free}  # fmt: skip
