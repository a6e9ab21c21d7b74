"""Pages about pages: each page has one, of this version, for whoever may see the page."""

import re
from importlib.metadata import version

import pytest

from dashboards.about import OTHERS, about_of, all_about, keys_of, written
from dashboards.preferences import DEEDS
from webapp.permissions import ROLES, grants
from webapp.web.frames import entries

SEES = {entry.path: next(role for role in ROLES if grants(role, entry.needs)) for entry in entries()}


@pytest.mark.parametrize("path", list(SEES))
def test_each_page_of_the_menu_leads_to_a_text_about_itself(browser, path):
    client = browser(SEES[path])
    [address] = re.findall(r'href="(/about/[\w-]+)"', client.get(path).text)
    assert address == f"/about/{path.strip('/').replace('/', '-')}"
    told = client.get(address)
    assert told.status_code == 200
    assert f'href="{path}"' in told.text
    assert f"callsift {version('callsift')}" in told.text


def test_each_text_is_about_a_page_and_each_page_beside_the_menu_has_one():
    assert {one.name for one in all_about(entries())} == written()
    assert {one.name for one in OTHERS} <= written()


@pytest.mark.parametrize(
    ("path", "name"),
    [("/calls/ab12", "calls"), ("/queues/plan", "queue"), ("/reviews/agreement", "reviews-agreement"), ("/reviews/ab12", "reviews"),
     ("/overview/topics", "overview-topics"), ("/figures/calls", "overview"), ("/about/queue", ""), ("/", "")],
)  # fmt: skip
def test_the_nearest_text_answers(path, name):
    assert about_of(path) == name


def test_a_text_about_a_page_one_may_not_see_is_not_there(browser, client):
    reviewer = browser("reviewer")
    assert reviewer.get("/about/users").status_code == 404
    assert "/about/users" not in reviewer.get("/about/queue").text
    assert browser("admin").get("/about/users").status_code == 200
    assert reviewer.get("/about/no-such-page").status_code == 404
    assert reviewer.get("/about/..%2Fbase").status_code == 404
    assert client.get("/about/queue", headers={"Accept": "text/html"}).status_code == 302


@pytest.mark.parametrize("name", sorted(written()))
def test_a_text_says_something_and_names_no_other_host(browser, name):
    role = "agent" if name == "results" else "admin"
    page = browser(role).get(f"/about/{name}").text
    words = re.sub(r"<[^>]+>", " ", page.partition('id="purpose"')[2].partition('id="its-keys"')[0])
    assert len(words.split()) > 15
    assert not re.findall(r'(?:href|src)="(?!/|#)[^"]*', page)


def test_every_key_is_told_on_a_page():
    assert {deed for name in written() for _, deeds in keys_of(name) for deed in deeds} == set(DEEDS)
