"""Calls offered while somebody types the name of one. What is typed is posted: no name stands in an address."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from dashboards.here import desk, needs
from dashboards.picking import PickDesk
from webapp.desk import SqlDesk

bp = Blueprint("picking", __name__)


def picking() -> PickDesk:
    """The calls that whoever is signed in may ask others to review."""
    from webapp.desk.quality.picking import SqlPickDesk  # with the cards: only where reviews are looked at

    return SqlPickDesk(cast(SqlDesk, desk()))


@bp.post("/assignments/calls")
@needs("reviews:assign")
def offered() -> ResponseReturnValue:
    """Calls whose name begins with ``begins``, the newest first."""
    zone = desk().viewer().zone
    found = picking().offered(request.form.get("begins", ""))
    return jsonify([{"says": one.says, "name": one.name, "about": one.about(zone)} for one in found])
