"""What answers carry, what is kept, who is answered, and what the server refuses to be."""

import gzip
import re

import pytest

from tests.web import seed
from webapp.settings import SettingsError
from webapp.web import problems
from webapp.web.app import check_address, create_app
from webapp.web.files import FOLDERS


def policy(answer):
    return dict(rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; "))


def test_pages_may_load_nothing_from_elsewhere_and_run_nothing_inline(browser, ids):
    found = policy(browser("lead").get(f"/calls/{ids['C-1042']}"))
    assert found["default-src"] == "'none'"
    assert found["script-src"] == found["style-src"] == found["connect-src"] == "'self'"
    assert found["frame-ancestors"] == "'none'"


def test_pages_of_dash_run_only_the_scripts_known_by_their_hash(browser):
    found = policy(browser("lead").get("/queue"))
    sources = found["script-src"].split()
    assert sources[0] == "'self'"
    assert all(source.startswith("'sha256-") for source in sources[1:])
    assert found["style-src"] == "'self' 'unsafe-inline'"
    assert "http" not in " ".join(found.values())


def test_no_page_has_scripts_or_styles_of_its_own(browser, ids):
    lead = browser("admin")
    for path in ("/sign-in", "/upload", "/trouble", "/work", "/users", "/password", f"/calls/{ids['C-1042']}"):
        text = lead.get(path).text
        assert " style=" not in text, path
        assert " onclick=" not in text, path
        assert "<script>" not in text, path
        assert '<html lang="en">' in text or path == "/sign-in"


def test_personal_pages_are_not_kept_but_files_are(browser, ids):
    lead = browser("lead")
    for path in ("/queue", f"/calls/{ids['C-1042']}", f"/calls/{ids['C-1042']}/audio", "/_dash-layout", "/password"):
        assert lead.get(path).headers["Cache-Control"] == "no-store", path
    with lead.get("/style/callsift.css?v=1") as style:
        assert "max-age=31536000" in style.headers["Cache-Control"]
    assert lead.get("/style/none.css").headers["Cache-Control"] == "no-store"


def test_files_of_the_program_go_out_compressed_and_whole(browser):
    lead = browser("lead")
    plain, squeezed = (
        lead.get("/style/callsift.css", headers={"Accept-Encoding": how}) for how in ("identity", "gzip")
    )
    assert squeezed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(squeezed.data) == plain.data
    assert len(squeezed.data) < len(plain.data) / 3
    assert "Accept-Encoding" in squeezed.vary
    assert "Accept-Encoding" in plain.vary
    plain.close()
    squeezed.close()
    tag = {"If-None-Match": squeezed.headers["ETag"], "Accept-Encoding": "gzip"}
    with lead.get("/style/callsift.css", headers=tag) as again:
        assert again.status_code == 304


def test_pages_are_not_compressed_beside_their_tokens(browser):
    assert "Content-Encoding" not in browser("lead").get("/work", headers={"Accept-Encoding": "gzip"}).headers


def test_pages_stay_light(browser, ids):
    lead = browser("lead")

    def size(path):
        with lead.get(path, headers={"Accept-Encoding": "gzip"}) as answer:
            assert answer.status_code == 200, path
            return len(answer.data)

    scripts = re.findall(r'src="(/[^"]+\.js[^"]*)"', lead.get("/queue").text)
    assert len(scripts) > 8
    assert sum(map(size, [*scripts, "/_dash-component-suites/dash_ag_grid/async-community.js"])) < 1_500_000
    own = [f"/call-page/{file.name}" for file in FOLDERS["call"].glob("*.js")]
    parts = [
        *own,
        "/scripts/keys.js",
        "/style/callsift.css",
        "/style/call.css",
        "/style/inter-latin.woff2",
        "/style/mark.svg",
        f"/calls/{ids['C-1042']}",
    ]
    assert len(own) > 5
    assert sum(map(size, parts)) < 150_000


@pytest.mark.parametrize(
    "path", ["/style/../here.py", "/style/%2e%2e/here.py", "/style//etc/passwd", "/scripts/../frame.py"]
)
def test_only_the_files_of_their_folder_are_sent(browser, path):
    assert browser("lead").get(path).status_code == 404


def test_other_host_names_are_refused(client):
    assert client.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/sign-in", headers={"Host": "localhost:8050"}).status_code == 200


def test_a_small_form_may_not_be_large(client):
    answer = client.post("/sign-in", data={"login": "x" * 3_000_000})
    assert answer.status_code == 413


def test_answers_of_a_browser_are_pages_and_of_a_program_json(browser):
    lead = browser("lead")
    assert "Nothing here" in lead.get("/nope", headers={"Accept": "text/html"}).text
    assert lead.get("/nope", headers={"Accept": "application/json"}).json["error"] == "Nothing here"


def test_a_fault_is_shown_as_a_reference_and_logged_with_its_cause(app, browser, monkeypatch, caplog):
    lead = browser("lead")
    app.testing = False
    monkeypatch.setattr("dashboards.wording.when", lambda *_: 1 / 0)
    answer = lead.get("/work", headers={"Accept": "application/json"})
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    reference = answer.json["reference"]
    [record] = [record for record in caplog.records if record.name == problems.__name__]
    assert reference in record.getMessage()
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.5.5.5"])
def test_addresses_of_this_machine_may_be_served(host):
    check_address(host, behind_proxy=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])  # noqa: S104 (asked to be refused)
def test_addresses_others_can_reach_need_a_proxy(host):
    with pytest.raises(SettingsError, match="BEHIND_PROXY"):
        check_address(host, behind_proxy=False)
    check_address(host, behind_proxy=True)


def test_a_short_secret_is_refused(app, tmp_path):
    short = seed.settings_of(tmp_path).model_copy(
        update={"secret_key": type(seed.settings_of(tmp_path).secret_key)("short")}
    )
    with pytest.raises(SettingsError, match="5 characters"):
        create_app(short, services=app.extensions["callsift.services"])


def test_behind_a_proxy_browsers_are_told_to_stay_with_tls(settings, app):
    behind = create_app(
        settings.model_copy(update={"behind_proxy": True}), services=app.extensions["callsift.services"]
    )
    answer = behind.test_client().get("/sign-in", headers={"X-Forwarded-Proto": "https"})
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_two_applications_in_one_process_do_not_share_callbacks(settings, app):
    other = create_app(settings, services=app.extensions["callsift.services"])
    names = [set(one.extensions["callsift.dash"].callback_map) for one in (app, other)]
    assert names[0] == names[1]
