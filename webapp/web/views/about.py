"""Pages about pages: documentation that the program serves itself, of its own version, to whoever may see the page it is about."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from dashboards.about import About, all_about, keys_of, program_version
from dashboards.here import SIGNED_IN, desk, signed_in

bp = Blueprint("about", __name__)


@bp.get("/about/<name>")
@signed_in
def show(name: str) -> ResponseReturnValue:
    """What a page is for, what its figures mean, and its keys."""
    mine = _mine()
    about = next((one for one in mine if one.name == name), None) or abort(404)
    return render_template(
        f"about/{about.name}.html", about=about, keys=keys_of(about.name), version=program_version(),
        others=[one for one in mine if one is not about],
    )  # fmt: skip


def _mine() -> list[About]:
    from webapp.web.frames import entries  # which looks through this folder

    return [one for one in all_about(entries()) if one.needs == SIGNED_IN or desk().may(one.needs)]
