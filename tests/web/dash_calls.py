"""Asking Dash's callbacks as its page does: all at one address, told apart by the name of what they fill."""

from __future__ import annotations

from webapp.web.app import DASH

UPDATE = "/_dash-update-component"


def outputs(app):
    """Names of the callbacks that run on the server."""
    return [name for name, entry in app.extensions[DASH].callback_map.items() if "callback" in entry]


def ask(client, name, inputs=(), state=(), cookie="callsift_form"):
    """POST one callback; ``inputs`` and ``state`` are (id, property, value)."""
    parts = [part.rsplit(".", 1) for part in name.strip(".").split("...")]
    filled = [{"id": one, "property": what} for one, what in parts]
    body = {
        "output": name,
        "outputs": filled if name.startswith("..") else filled[0],
        "inputs": [{"id": one, "property": what, "value": value} for one, what, value in inputs],
        "state": [{"id": one, "property": what, "value": value} for one, what, value in state],
        "changedPropIds": [f"{one}.{what}" for one, what, _ in inputs],
    }
    token = client.get_cookie(cookie)
    headers = {"X-CSRFToken": token.decoded_value if token else "", "Accept": "application/json"}
    return client.post(UPDATE, json=body, headers=headers)


def queue_name(app):
    return next(name for name in outputs(app) if "getRowsResponse" in name)


def ask_queue(client, *, start=0, end=100, search="", sort=None, ends=None, open_page=True):
    """One block of the queue; the page is opened first, for its form token."""
    if open_page:
        client.get("/queue")
    model = [{"colId": sort[0], "sort": sort[1]}] if sort else []
    request = {"startRow": start, "endRow": end, "sortModel": model, "filterModel": {}}
    return ask(
        client,
        queue_name(client.application),
        [("queue-grid", "getRowsRequest", request)],
        [("page-url", "search", search), ("queue-ends", "data", ends or {})],
    )


def rows(answer):
    assert answer.status_code == 200, answer.text
    return answer.json["response"]["queue-grid"]["getRowsResponse"]["rowData"]
