"""Every route and every callback, asked by each kind of person, by someone of another team and by nobody."""

import re

import pytest
from flask import Blueprint

from dashboards.dash_app import UndeclaredCallback
from dashboards.here import PUBLIC, SIGNED_IN, declared, needs
from dashboards.pages import queue
from tests.web.conftest import sign_in, token_of
from tests.web.dash_calls import ask, ask_queue, outputs, rows
from webapp.permissions import ROLES, grants
from webapp.web.app import create_app
from webapp.web.guard import Undeclared
from webapp.web.views import work

HOLDERS = {**{role: role for role in ROLES}, "other": "lead", "nobody": None}
PART = re.compile(r"<(?:[a-z]+(?:\([^)]*\))?:)?(\w+)>")  # <id>, <path:name>, <any(a, b):what>
ALLOWED = {200, 303, 302, 206, 304, 400, 413}  # whatever it answers, it does not deny that the place exists


def routes(app):
    """(endpoint, rule, methods) of everything Flask routes to."""
    return [(rule.endpoint, rule, sorted(rule.methods - {"HEAD", "OPTIONS"})) for rule in app.url_map.iter_rules()]


def known(rule, ids, accounts):
    """Parts of addresses that name something the house has; of everything else tests of their own ask for real ones."""
    return {
        "call_id": ids["C-1042"],
        "user_id": accounts.find("fraud").id,
        "name": {"/style": "callsift.css", "/scrip": "upload.js", "/call-": "call.js", "/score": "scorecard.js"}.get(
            rule.rule[:6], ""
        ),
        "card": "service",
        "filename": "queue.js",
        "package_name": "dash_ag_grid",
        "fingerprinted_path": "dash_ag_grid.min.js",
        "path": "queue",
        "format": "webvtt",
    }


def choice(rule, part):
    """The first of the words a part may be, where it has a list of them; else what nothing is called."""
    listed = re.search(rf"<any\(([^)]*)\):{part}>", rule.rule)
    return listed[1].split(",")[0].strip() if listed else "unknown"


def address(rule, ids, accounts):
    """An address of the rule; what it names exists in the house where `known` says so."""
    values = known(rule, ids, accounts)
    return PART.sub(lambda found: values.get(found[1], choice(rule, found[1])), rule.rule)


def names_nothing(rule, ids, accounts):
    """Whether the address names something the house does not have."""
    values = known(rule, ids, accounts)
    return any(choice(rule, part) == "unknown" for part in rule.arguments - set(values))


def test_every_route_declares_a_known_permission(app):
    missing = [endpoint for endpoint, view in app.view_functions.items() if declared(view) is None]
    assert missing == []
    assert len(app.view_functions) > 25


def test_only_the_sign_in_page_and_its_style_are_public(app):
    public = {endpoint for endpoint, view in app.view_functions.items() if declared(view) == PUBLIC}
    assert public == {"session.form", "session.sign_in", "files.style"}


def test_nobody_gets_in_anywhere_without_signing_in(app, client, ids, accounts):
    token = token_of(client, "/sign-in")
    for endpoint, rule, methods in routes(app):
        if declared(app.view_functions[endpoint]) == PUBLIC:
            continue
        for method in methods:
            headers = {"X-CSRFToken": token, "Accept": "text/html" if method == "GET" else "application/json"}
            answer = client.open(address(rule, ids, accounts), method=method, headers=headers)
            wanted = 302 if method == "GET" else 401
            assert answer.status_code == wanted, f"{method} {rule}"
            assert "brightline" not in answer.text


@pytest.mark.parametrize("login", HOLDERS)
def test_a_route_exists_only_for_who_holds_its_permission(app, browser, ids, accounts, login):
    role, client = HOLDERS[login], browser(login)
    for endpoint, rule, methods in routes(app):
        needed = declared(app.view_functions[endpoint])
        if needed in (PUBLIC, SIGNED_IN) or rule.endpoint == "session.sign_out":
            continue
        foreign = login == "other" and "call_id" in rule.arguments
        may = role is not None and grants(role, needed) and not foreign and not names_nothing(rule, ids, accounts)
        for method in methods:
            form = {"csrf_token": token_of(client)} if method == "POST" else None
            if may and method == "POST" and "user_id" in rule.arguments:
                continue  # would change the people of the house; test_screens.py asks these
            answer = client.open(address(rule, ids, accounts), method=method, data=form)
            assert (answer.status_code in ALLOWED) is may, f"{login}: {method} {rule} -> {answer.status_code}"
            assert may or answer.status_code == 404


def test_pages_of_dash_exist_only_for_who_may_see_them(browser):
    assert browser("reviewer").get("/queue").status_code == 200
    assert browser("nobody").get("/queue").status_code == 404


def test_an_address_that_no_page_has_is_not_found(browser):
    lead = browser("lead")
    assert [lead.get(path).status_code for path in ("/nope", "/queue/nope", "/_alive", "/_mcp")] == [404] * 4


def test_someone_without_a_role_is_told_so(browser):
    answer = browser("nobody").get("/")
    assert answer.status_code == 404
    assert "no role in any team" in answer.text


def test_every_callback_of_dash_declares_what_it_needs(app):
    dash = app.extensions["callsift.dash"]
    assert {declared(dash.callback_map[name]["callback"]) for name in outputs(app)} <= {
        SIGNED_IN,
        "queues:work",
        "figures:read",
        "operations:read",
    }
    assert len(outputs(app)) >= 2


def test_callbacks_answer_who_may_and_nobody_else(app, browser, client, ids):
    mine = rows(ask_queue(browser("reviewer")))
    assert {"C-1042", "C-1057"} <= {row["name"] for row in mine}
    theirs = rows(ask_queue(browser("other")))
    assert [row["name"] for row in theirs] == ["C-2001"]
    assert ask_queue(browser("nobody")).status_code == 400  # no page, so no form token
    assert ask(client, outputs(app)[0]).status_code == 401


def test_a_callback_does_not_exist_for_who_lacks_the_permission(app, browser, accounts):
    someone = browser("nobody")
    someone.get("/password")
    token = token_of(someone)
    body = {"output": next(n for n in outputs(app) if "getRows" in n), "inputs": [], "state": [], "outputs": []}
    answer = someone.post("/_dash-update-component", json=body, headers={"X-CSRFToken": token})
    assert answer.status_code == 404


def test_the_queue_callback_itself_asks_for_the_permission(app, browser):
    assert declared(queue.rows) == "queues:work"
    with app.test_request_context("/queue"), pytest.raises(Exception, match="Sign in"):
        queue.rows({"startRow": 0, "endRow": 1}, "", {})


def test_a_callback_needs_the_form_token(app, browser):
    lead = browser("lead")
    lead.get("/queue")
    lead.delete_cookie("callsift_form")
    assert ask_queue(lead, open_page=False).status_code == 400


@pytest.mark.parametrize("body", [[], {}, 5, {"output": "other.children"}, {"output": None}, {"output": ["x"]}])
def test_what_is_no_callback_is_a_bad_request(browser, body):
    lead = browser("lead")
    token = token_of(lead)
    assert lead.post("/_dash-update-component", json=body, headers={"X-CSRFToken": token}).status_code == 400


@pytest.mark.parametrize(
    "request_", ["x", {"startRow": "x", "endRow": 5}, {"startRow": 0}, {"startRow": -5, "endRow": 3, "sortModel": "x"}]
)
def test_a_callback_given_nonsense_is_a_bad_request(app, browser, request_):
    lead = browser("lead")
    lead.get("/queue")
    name = next(n for n in outputs(app) if "getRows" in n)
    state = [("page-url", "search", ""), ("queue-ends", "data", {})]
    assert ask(lead, name, [("queue-grid", "getRowsRequest", request_)], state).status_code == 400


def test_a_route_without_a_declaration_stops_the_start(settings, app, monkeypatch):
    stray = Blueprint("stray", "stray")
    stray.get("/stray")(lambda: "open to all")
    monkeypatch.setattr(work, "bp", stray)
    with pytest.raises(Undeclared, match=r"stray\.<lambda>"):
        create_app(settings, services=app.extensions["callsift.services"])


def test_a_route_with_an_unknown_permission_stops_the_start(settings, app, monkeypatch):
    stray = Blueprint("stray", "stray")
    stray.get("/stray", endpoint="typo")(needs("cals:read")(lambda: ""))
    monkeypatch.setattr(work, "bp", stray)
    with pytest.raises(Undeclared, match="cals:read"):
        create_app(settings, services=app.extensions["callsift.services"])


def test_a_callback_without_a_declaration_stops_the_start(settings, app, monkeypatch):
    monkeypatch.setattr(queue, "rows", lambda *_: None)
    with pytest.raises(UndeclaredCallback, match="getRowsResponse"):
        create_app(settings, services=app.extensions["callsift.services"])


def test_an_answer_to_someone_else_never_says_that_a_call_exists(browser, ids):
    other = browser("other")
    real, made_up = other.get(f"/calls/{ids['C-1042']}"), other.get("/calls/none-such")
    assert real.status_code == made_up.status_code == 404
    texts = [re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", answer.text) for answer in (real, made_up)]
    assert texts[0].replace(ids["C-1042"], "") == texts[1].replace("none-such", "")


def test_an_agent_sees_only_own_calls(browser, ids):
    agent = browser("agent")
    listed = set(re.findall(r'<a href="/calls/(\w+)">', agent.get("/results").text))
    assert ids["C-1042"] in listed
    assert ids["C-1057"] not in listed
    assert agent.get("/queue").status_code == 404
    assert agent.get(f"/calls/{ids['C-1042']}").status_code == 200
    assert agent.get(f"/calls/{ids['C-1057']}").status_code == 404


def test_a_new_role_counts_from_the_next_sign_in_on(app, accounts, client):
    someone = accounts.find("nobody")
    accounts.set_role("", someone.id, accounts.team_id("south"), "reviewer")
    sign_in(client, "nobody")
    assert [row["name"] for row in rows(ask_queue(client))] == ["C-2001"]
