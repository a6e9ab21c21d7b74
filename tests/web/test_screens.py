"""Upload, trouble, work and users."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.web import seed
from tests.web.conftest import post, sign_in, token_of
from webapp.tables import Refusal, Run


def upload(client, *files, team=None, **headers):
    page = client.get("/upload").text
    team = team or re.search(r'<option value="(\w+)">', page)[1]
    data = {"csrf_token": token_of(client), "team": team, "files": [(io.BytesIO(body), name) for name, body in files]}
    answer = client.post("/upload", data=data, headers=headers)
    answer.request.environ["wsgi.input"].close()  # the test client's own temporary file
    return answer


def test_each_recording_is_handed_on_with_the_sidecar_of_its_name(browser, intake):
    answer = upload(
        browser("lead"), ("a.wav", b"RIFF1"), ("A.json", b"{}"), ("b.mp3", b"ID3"), Accept="application/json"
    )
    assert [one["label"] for one in answer.json["results"]] == ["taken in", "taken in"]
    assert [(one.name, one.audio, one.team, one.sidecar) for one in intake.handed] == [
        ("a.wav", b"RIFF1", "north", ("A.json", b"{}")),
        ("b.mp3", b"ID3", "north", None),
    ]


def test_one_bad_recording_does_not_keep_the_others_out(browser):
    page = upload(browser("lead"), ("bad.wav", b"text"), ("good.wav", b"RIFF")).text
    assert "begins like a text file" in page
    assert page.index("refused") < page.index("taken in")


def test_only_the_last_part_of_a_name_is_kept(browser, intake):
    upload(browser("lead"), ("../../etc/a.wav", b"x"), ("/b.wav", b"y"))
    assert [one.name for one in intake.handed] == ["a.wav", "b.wav"]


def test_recordings_go_to_one_of_the_uploaders_own_teams(browser, accounts, intake):
    assert upload(browser("lead"), ("a.wav", b"x"), team=accounts.team_id("south")).status_code == 400
    assert intake.handed == []


def test_a_table_alone_is_no_recording(browser):
    answer = upload(browser("lead"), ("a.csv", b"agent_id"), Accept="application/json")
    assert answer.status_code == 400
    assert "no recording or transcript among the files" in answer.json["message"]


def test_a_transcript_goes_with_its_recording_or_by_itself(browser, intake):
    upload(browser("lead"), ("a.wav", b"RIFF1"), ("A.vtt", b"WEBVTT"), ("b.srt", b"1"), Accept="application/json")
    assert [(one.name, one.sidecar) for one in intake.handed] == [("a.wav", ("A.vtt", b"WEBVTT")), ("b.srt", None)]


def test_an_upload_may_be_as_large_as_the_settings_say(browser):
    lead = browser("lead")
    assert upload(lead, ("a.wav", bytes(3 * 1024 * 1024))).status_code == 200
    assert upload(lead, ("a.wav", bytes(5 * 1024 * 1024))).status_code == 413


def test_refused_recordings_are_listed_with_their_reason(browser, store, accounts):
    page = browser("admin").get("/trouble").text
    assert "inbox/notes.wav" in page
    assert "begins like a text file" in page


def test_a_refused_recording_can_be_tried_again_once(browser, store):
    admin = browser("admin")
    [address] = re.findall(r'action="(/trouble/\w+/retry)"', admin.get("/trouble").text)
    assert post(admin, address).location == "/trouble"
    admin.get("/trouble")  # shows that it was done
    page = admin.get("/trouble").text
    assert "1 waits to be tried again by the next run" in page
    assert "No trouble" not in page
    assert "to be tried again" in admin.get("/work").text
    assert [retry.source for retry in store.retries()] == ["inbox/notes.wav"]
    assert post(admin, address).status_code == 404


def test_another_team_and_a_reader_cannot_have_it_tried_again(browser, store):
    [address] = re.findall(r'action="(/trouble/\w+/retry)"', browser("admin").get("/trouble").text)
    assert [post(browser(who), address).status_code for who in ("other", "reviewer", "nobody")] == [404] * 3
    assert store.retries() == []


def test_without_trouble_the_page_says_so(browser, store):
    with store.database.write() as session:
        session.query(Refusal).delete()
    assert "No trouble" in browser("admin").get("/trouble").text


def test_who_may_only_read_trouble_gets_no_button(browser, store):
    assert "retry" not in browser("compliance").get("/trouble").text


def test_work_tells_the_runs_of_the_schedule_and_their_failures(browser, store):
    at = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    row = {
        "org_id": store.org,
        "job": "ingest_and_work",
        "leased_until": at,
        "due_at": at,
        "attempt": 1,
        "fence": 1,
        "summary": "",
    }
    with store.database.write() as session:
        session.add(Run(**row, slot="1", started_at=at, finished_at=at + timedelta(seconds=70)))
        session.add(
            Run(
                **row,
                slot="2",
                started_at=at + timedelta(hours=1),
                finished_at=at + timedelta(hours=1),
                error="The disk is full.",
            )
        )
    page = browser("lead").get("/work").text
    assert "Ingest and work" in page
    assert "1 min 10 s" in page
    assert "<strong>The last run failed.</strong> The disk is full." in page
    assert "20 Nov 2026, 10:00" in page  # Helsinki
    assert "The last run failed" in browser("lead").get("/queue").text


def test_work_says_when_nothing_ran_yet(browser):
    page = browser("lead").get("/work").text
    assert "has not run yet" in page
    assert re.search(r"<dt>last run</dt><dd[^>]*>never</dd>", page)


def test_an_added_person_signs_in_with_the_password_shown_once(browser, accounts, client):
    admin = browser("admin")
    page = post(admin, "/users", login="New.One", name="New One", team=accounts.team_id("north"), role="reviewer").text
    password = re.search(r"new\.one</strong> is <code>(\w+)</code>", page)[1]
    assert password not in admin.get("/users").text
    assert sign_in(client, "new.one", password).location == "/"
    assert client.get("/queue").location == "/password?next=%2Fqueue"


def test_a_person_cannot_be_added_twice(browser, accounts):
    admin = browser("admin")
    assert post(admin, "/users", login="lead", team=accounts.team_id("north"), role="lead").status_code == 303
    assert "already someone called" in admin.get("/users").text


def test_a_role_is_given_and_taken_per_team(browser, accounts):
    admin, who = browser("admin"), accounts.find("reviewer").id
    north = accounts.team_id("north")
    post(admin, f"/users/{who}/role", team=north, role="lead")
    assert accounts.find("reviewer").roles == {north: "lead"}
    assert "<option selected>lead</option>" in row_of(admin, "reviewer")  # a careless click keeps what is there
    asked = post(admin, f"/users/{who}/role", team=north, role="").text
    assert "Take the role lead in north away from reviewer? It is their only one" in asked
    assert accounts.find("reviewer").roles == {north: "lead"}
    post(admin, f"/users/{who}/role", team=north, role="", sure="yes")
    assert accounts.find("reviewer").roles == {}


def row_of(admin, login):
    """The row of a person in the list of users."""
    return next(row for row in admin.get("/users").text.split("<tr>") if f"role of {login} in" in row)


def test_who_has_no_role_is_told_what_to_do_and_sent_nowhere(browser):
    nobody = browser("nobody")
    for path in ("/", "/queue", "/calls/x"):
        page = nobody.get(path).text
        assert "Ask the person who runs callsift for you to give you one" in page
        assert 'action="/sign-out"' in page
        assert '<a class="button main"' not in page


def test_a_reset_signs_out_and_shows_the_new_password_once(browser, accounts, client):
    admin, lead = browser("admin"), browser("lead")
    page = post(admin, f"/users/{accounts.find('lead').id}/reset").text
    password = re.search(r"lead</strong> is <code>(\w+)</code>", page)[1]
    assert lead.get("/work", headers={"Accept": "text/html"}).status_code == 302
    assert sign_in(client, "lead").status_code == 401
    assert sign_in(client, "lead", password).status_code == 303


def test_disabling_shuts_out_and_enabling_lets_in_again(browser, accounts, client):
    admin, who = browser("admin"), accounts.find("lead").id
    assert "Yes, shut lead out" in post(admin, f"/users/{who}/disable").text
    assert not accounts.find("lead").disabled
    post(admin, f"/users/{who}/disable", sure="yes")
    assert sign_in(client, "lead").status_code == 401
    assert "disabled" in admin.get("/users").text
    post(admin, f"/users/{who}/enable")
    assert sign_in(client, "lead").status_code == 303


def test_the_last_administrator_cannot_be_shut_out(browser, accounts):
    admin = browser("admin")
    post(admin, f"/users/{accounts.find('admin').id}/disable", sure="yes")
    assert "last administrator" in admin.get("/users").text


def test_ones_own_password_is_not_reset_but_changed(browser, accounts):
    admin = browser("admin")
    post(admin, f"/users/{accounts.find('admin').id}/reset")
    assert "Change your own password" in admin.get("/users").text


def test_the_table_of_roles_is_the_one_that_counts(browser):
    page = browser("admin").get("/users").text
    row = re.search(r"hand in recordings</th>(.*?)</tr>", page, re.S)[1]
    assert re.findall(r"<td>(.*?)</td>", row) == ["yes", "yes", "–", "–", "–", "–"]


@pytest.mark.parametrize(
    ("login", "menu"),
    [
        ("reviewer", ["Queue", "Search", "Reviews", "Trouble"]),
        (
            "lead",
            ["Queue", "Overview", "Search", "Cases", "Reviews", "Reports", "Upload", "Trouble", "Work", "Measured"],
        ),
        ("agent", ["My results", "Search"]),
    ],
)
def test_the_menu_has_only_what_one_may_open(browser, login, menu):
    nav = re.search(r'aria-label="Main">(.*?)</nav>', browser(login).get("/password").text, re.S)[1]
    assert re.findall(r">([^<>]+)</a>", nav) == menu


def test_names_of_people_stay_text(browser, accounts):
    accounts.add(
        "",
        "odd",
        '<script>alert("x")</script>',
        {accounts.team_id("north"): "lead"},
        password=seed.PASSWORD,
        must_change=False,
    )
    assert "<script>alert" not in browser("admin").get("/users").text
    assert "<script>alert" not in browser("odd").get("/password").text


@pytest.mark.parametrize(
    ("path", "name"),
    [("/figures/calls?kind=all", "Overview"), ("/queues/rates", "Queue"), ("/calibration", "Reviews"), ("/assignments", "Reviews"),
     ("/reviews/agreement", "Reviews"), ("/notices", None)],
)  # fmt: skip
def test_a_page_beside_the_menu_shows_to_which_place_it_belongs(browser, path, name):
    menu = browser("lead").get(path).text.partition('<nav aria-label="Main">')[2].partition("</nav>")[0]
    assert re.findall(r'aria-current="page">([^<]+)', menu) == ([name] if name else [])
