"""Who is told what and when: recipients, thresholds, throttle, quiet hours, digest, escalation, and what a mail may say."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser

import pytest
from sqlalchemy import delete, select

from tests.alerts.makers import NOON, QUOTE, TITLES, alerts, cases, deliveries, hear, judge, mails, signal
from tests.alerts.postoffice import post_office
from webapp.alerts.errors import AlertError
from webapp.alerts.routes import addresses, base_url, routes_of
from webapp.alerts.sending import retry_refused
from webapp.alerts.step import run_alerts
from webapp.alerts.writing import Item, Letter, write_letter
from webapp.tables import AlertRow, Call, CaseRow, Ranked

TO = {"alert_recipients": ("fraud/*=team@bank.example",)}
CHIEF = {"alert_escalation": ("fraud/*=chief@bank.example",)}
KNOWN = {"customer_id": "cu-77", "account_id": "ac-88", "person_number": "+358401234567"}


def kinds(store):
    return [(mail.kind, mail.address) for mail in mails(store)]


def message(mail):
    return message_from_bytes(mail.raw, policy=default)


def texts(mail):
    return [message(mail).get_body((kind,)).get_content() for kind in ("plain", "html")]


def acknowledge(store, moment=NOON):
    with store.database.write() as session:
        session.get_one(AlertRow, alerts(store)[0].id).acknowledged_at = moment
        session.get_one(CaseRow, cases(store)[0].id).state = "acknowledged"


@pytest.mark.parametrize(
    ("pack", "team", "expected"),
    [
        ("fraud", "north", ["all@x.example", "north@x.example"]),
        ("fraud", "south", ["all@x.example"]),
        ("pci", "north", ["all@x.example"]),
        ("pci", "south", ["all@x.example"]),
    ],
)
def test_recipients_are_found_by_pack_and_team_each_once(settings, pack, team, expected):
    lines = ("*/*=all@x.example", "fraud/north=north@x.example", "fraud/*=all@x.example")
    assert addresses(routes_of(settings(alert_recipients=lines)).alerts, pack, team) == expected


@pytest.mark.parametrize(
    "line",
    ["team@bank.example", "fraud=a@b.c", "fraud/north=nobody", "/=a@b.c", "fraud/*=a@b.c\nBcc: x@y.z", "fraud/*=ä@b.c"],
)
def test_a_recipient_that_cannot_be_read_is_refused_with_how_to_write_it(settings, line):
    with pytest.raises(AlertError, match=r"fraud/\*=team@bank\.example"):
        routes_of(settings(alert_recipients=(line,)))


@pytest.mark.parametrize(
    ("hours", "clock", "quiet"),
    [("22:00-07:00", "21:59", False), ("22:00-07:00", "22:00", True), ("22:00-07:00", "06:59", True),
     ("22:00-07:00", "07:00", False), ("12:00-13:00", "12:30", True), ("12:00-13:00", "13:00", False), (None, "03:00", False)],
)  # fmt: skip
def test_quiet_hours_are_those_of_the_zone_and_their_end_is_not_quiet(settings, hours, clock, quiet):
    hour, minute = map(int, clock.split(":"))
    there = datetime(2026, 11, 9, hour, minute, tzinfo=routes_of(settings()).zone)  # Helsinki
    assert routes_of(settings(alert_quiet=hours)).is_quiet(there.astimezone(UTC)) is quiet


def test_only_the_team_of_the_call_is_told(lite, settings):
    hear(lite, "n", signal("J5", 0.9), team="north", account_id="1")
    hear(lite, "s", signal("J5", 0.9), team="south", account_id="2")
    run_alerts(settings(alert_recipients=("fraud/north=n@x.example", "fraud/south=s@x.example")), lite)
    said = {mail.address: texts(mail)[0] for mail in mails(lite)}
    assert set(said) == {"n@x.example", "s@x.example"}
    assert "Call        n\r\n" in said["n@x.example"]
    assert "Call        s\r\n" in said["s@x.example"]


def test_a_chain_over_two_teams_is_told_to_both_each_by_its_own_call_and_to_nobody_twice(lite, settings):
    hear(lite, "n", signal("J5", 0.7), team="north", account_id="1")
    hear(lite, "s", signal("J3", 0.9), team="south", account_id="1")
    lines = ("fraud/north=n@x.example", "fraud/south=s@x.example", "fraud/*=all@x.example")
    run_alerts(settings(alert_recipients=lines), lite)
    assert {mail.address: mail.subject[-8:] for mail in mails(lite)} == {
        "n@x.example": "(call n)", "s@x.example": "(call s)", "all@x.example": "(call s)",
    }  # fmt: skip


def test_a_case_judged_riskier_later_is_told_at_once_and_only_when_it_becomes_urgent(lite, settings):
    hear(lite, "a", signal("J5", 0.7))
    run_alerts(settings(**TO), lite)
    for risk, told in ((0.75, 0), (0.9, 1), (0.95, 1)):
        lite.redo("rules")
        judge(lite, signal("J5", risk))
        run_alerts(settings(**TO), lite)
        assert len(mails(lite)) == told


@pytest.mark.parametrize(("risk", "told"), [(0.79, []), (0.8, [("alert", "team@bank.example")])])
def test_an_alert_is_mailed_at_once_from_the_threshold_on_and_else_with_the_digest(lite, settings, clock, risk, told):
    hear(lite, "a", signal("J5", risk))
    run_alerts(settings(**TO), lite)
    assert kinds(lite) == told
    clock.move(hours=18)  # 08:00 in Helsinki is 06:00 UTC
    run_alerts(settings(**TO), lite)
    assert kinds(lite) == (told or [("digest", "team@bank.example")])
    clock.move(days=1)
    run_alerts(settings(**TO), lite)
    assert len(mails(lite)) == 1  # told once, and a day without news has no digest


def test_a_rule_that_fires_often_mails_its_share_and_the_rest_comes_with_the_digest(lite, settings, clock):
    for number in range(5):
        hear(lite, f"c{number}", signal("J5", 0.9), account_id=str(number))
    hear(lite, "other", signal("J3", 0.9), account_id="x")
    run_alerts(settings(**TO, alert_per_hour=2), lite)
    assert len(mails(lite)) == 3  # two about J5, one about J3
    assert sorted(delivery.how for delivery in deliveries(lite)) == ["digest"] * 3 + ["now"] * 3
    clock.move(minutes=59)
    hear(lite, "more", signal("J5", 0.9), account_id="y")
    run_alerts(settings(**TO, alert_per_hour=2), lite)
    clock.move(minutes=1)
    hear(lite, "even more", signal("J5", 0.9), account_id="z")
    run_alerts(settings(**TO, alert_per_hour=2), lite)
    assert len(mails(lite)) == 4
    clock.move(hours=18)
    run_alerts(settings(**TO, alert_per_hour=2), lite)
    assert (mails(lite)[-1].kind, mails(lite)[-1].subject) == ("digest", "Fraud digest: 4 cases to look at")


def test_in_quiet_hours_nothing_is_sent_and_everything_comes_when_they_end(lite, settings, clock):
    clock.move(hours=9)  # 23:00 in Helsinki
    hear(lite, "a", signal("J5", 0.95))
    quiet = settings(**TO, alert_quiet="22:00-07:00")
    run_alerts(quiet, lite)
    clock.move(hours=7, minutes=59)
    run_alerts(quiet, lite)
    assert mails(lite) == []
    clock.move(minutes=1)
    run_alerts(quiet, lite)
    assert kinds(lite) == [("alert", "team@bank.example")]


def test_an_alert_acknowledged_before_it_was_mailed_is_not_mailed(lite, settings, clock):
    clock.move(hours=9)
    hear(lite, "a", signal("J5", 0.95))
    run_alerts(settings(**TO, alert_quiet="22:00-07:00"), lite)
    acknowledge(lite, clock())
    clock.move(hours=12)
    run_alerts(settings(**TO, alert_quiet="22:00-07:00"), lite)
    assert (mails(lite), deliveries(lite)) == ([], [])


def test_what_comes_to_a_digest_after_it_was_written_is_in_the_next_one(lite, settings, clock):
    hear(lite, "a", signal("J5", 0.7), account_id="1")
    clock.move(hours=18)
    run_alerts(settings(**TO), lite)  # raised at the very hour of the digest
    hear(lite, "b", signal("J5", 0.7), account_id="2")
    run_alerts(settings(**TO), lite)
    assert len(mails(lite)) == 1
    clock.move(hours=24)
    run_alerts(settings(**TO), lite)
    assert [mail.subject for mail in mails(lite)] == ["Fraud digest: 1 case to look at"] * 2
    assert all(delivery.mail_id for delivery in deliveries(lite))


@pytest.mark.parametrize(("minutes", "told"), [(119, 1), (120, 2), (600, 2)])
def test_an_alert_nobody_acknowledged_goes_to_the_next_in_line_once(lite, settings, clock, minutes, told):
    hear(lite, "a", signal("J5", 0.95))
    run_alerts(settings(**TO, **CHIEF), lite)
    clock.move(minutes=minutes)
    for _ in range(2):
        run_alerts(settings(**TO, **CHIEF), lite)
    assert kinds(lite) == [("alert", "team@bank.example"), ("escalation", "chief@bank.example")][:told]


def test_an_acknowledged_alert_is_not_escalated_but_a_call_that_joins_is_new(lite, settings, clock):
    hear(lite, "a", signal("J5", 0.95), account_id="4")
    run_alerts(settings(**TO, **CHIEF), lite)
    acknowledge(lite)
    clock.move(hours=3)
    run_alerts(settings(**TO, **CHIEF), lite)
    assert len(mails(lite)) == 1
    hear(lite, "b", signal("J3", 0.5), days=1, account_id="4")
    run_alerts(settings(**TO, **CHIEF), lite)
    clock.move(hours=2)
    run_alerts(settings(**TO, **CHIEF), lite)
    assert [kind for kind, _to in kinds(lite)] == ["alert", "alert", "escalation"]


def test_a_mail_names_call_and_rule_and_nobody_and_leads_to_the_second(lite, settings):
    call = hear(lite, "C-1042", signal("J5", 0.92, 73.2), **KNOWN)
    run_alerts(settings(**TO, public_url="https://sift.bank.example/"), lite)
    [mail] = mails(lite)
    for text in texts(mail):
        assert "C-1042" in text
        assert "J5" in text
        assert f"https://sift.bank.example/calls/{call}?t=73.2" in text
        assert f"https://sift.bank.example/cases/{cases(lite)[0].public_id}" in text
        assert not [secret for secret in (*KNOWN.values(), QUOTE, "safe account") if secret in text]
    assert mail.subject == f"Risk 92: {TITLES['J5']} (call C-1042)"
    assert b"safe account" not in mail.raw


def test_where_the_administrator_allows_it_the_mail_quotes_and_names(lite, settings):
    hear(lite, "C-1042", signal("J5", 0.92), **KNOWN)
    run_alerts(settings(**TO, alert_details=True), lite)
    for text in texts(mails(lite)[0]):
        assert [secret for secret in (*KNOWN.values(), QUOTE) if secret in text] == [*KNOWN.values(), QUOTE]


class Reader(HTMLParser):
    """What an HTML mail asks for."""

    def __init__(self):
        super().__init__()
        self.tags, self.addresses = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "background", "action")]


def test_the_html_loads_nothing_and_runs_nothing(lite, settings):
    hear(lite, "C-1042", signal("J5", 0.92))
    run_alerts(settings(**TO), lite)
    _text, html = texts(mails(lite)[0])
    reader = Reader()
    reader.feed(html)
    assert not {"script", "img", "link", "iframe", "form", "object", "base"} & set(reader.tags)
    assert all(address.startswith("http://127.0.0.1:8050/") for address in reader.addresses)
    assert "url(" not in html
    assert "@import" not in html
    assert "prefers-color-scheme: dark" in html


HOSTILE = "Evil\r\nBcc: everyone@bank.example\x00<script>alert(1)</script>"


def test_nothing_in_a_title_or_a_call_id_becomes_a_header_or_markup():
    item = Item(
        HOSTILE,
        HOSTILE,
        HOSTILE,
        90,
        "now",
        "1:13",
        "https://x.example/cases/1",
        "https://x.example/calls/1",
        (HOSTILE,),
    )
    letter = Letter(
        "alert", "callsift@bank.example", "a@bank.example", "<1@x>", NOON, (item,), "https://x.example/cases"
    )
    written = message_from_bytes(bytes(write_letter(letter)), policy=default)
    assert written["Bcc"] is None
    assert set(written.keys()) == {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
                                   "Importance", "MIME-Version", "Content-Type"}  # fmt: skip
    assert "<script>" not in written.get_body(("html",)).get_content()


def test_mails_about_one_case_stay_in_one_thread(lite, settings):
    hear(lite, "a", signal("J5", 0.95), account_id="4")
    run_alerts(settings(**TO), lite)
    hear(lite, "b", signal("J3", 0.5), days=1, account_id="4")
    run_alerts(settings(**TO), lite)
    first, second = (message(mail) for mail in mails(lite))
    assert first["References"] == second["References"]
    assert first["Message-ID"] != second["Message-ID"]


def test_an_address_of_the_application_that_is_none_is_refused_before_any_mail_is_written(lite, settings):
    hear(lite, "a", signal("J5", 0.95))
    with pytest.raises(AlertError, match="public_url"):
        run_alerts(settings(**TO, public_url="javascript:alert(1)"), lite)
    assert mails(lite) == []
    assert base_url(settings(public_url="https://a.example/sift/")) == "https://a.example/sift"


def test_with_a_server_and_nobody_to_tell_no_mail_is_written_and_the_alert_stands(lite, settings):
    hear(lite, "a", signal("J5", 0.95))
    run_alerts(settings(smtp_url="smtp://127.0.0.1:9"), lite)
    assert (len(alerts(lite)), mails(lite)) == (1, [])


def erase(store, name):
    with store.database.write() as session:
        key = session.scalars(select(Ranked.call_id).where(Ranked.name == name)).one()
        session.execute(delete(Call).where(Call.id == key))


def test_a_mail_is_erased_with_any_call_it_speaks_of(store, settings, tmp_path):
    here = settings(**TO, alert_details=True)
    hear(store, "gone", signal("J5", 0.95), account_id="4", customer_id="cu-77")
    hear(store, "stays", signal("J5", 0.95), account_id="5", customer_id="cu-88")
    run_alerts(here, store)
    assert QUOTE in texts(mails(store)[0])[0]
    erase(store, "gone")
    run_alerts(here, store)
    run_alerts(here, store)  # nothing is left to do
    gone, left = sorted(mails(store), key=lambda mail: mail.raw != b"")  # which case is told first, no rule says
    assert (gone.raw, gone.subject, left.raw != b"") == (b"", "Erased with its call", True)
    assert [file.name for file in (tmp_path / "outbox").iterdir()] == [f"{left.public_id}.eml"]
    assert b"cu-77" not in b"".join(file.read_bytes() for file in (tmp_path / "outbox").iterdir())


def test_a_mail_that_waits_is_not_sent_once_its_call_is_erased(store, settings):
    with post_office() as office:
        here = settings(**TO, smtp_url=f"smtp://127.0.0.1:{office.port}")
        office.answers["team@bank.example"] = ["450 come back"]
        hear(store, "gone", signal("J5", 0.95))
        run_alerts(here, store)
        erase(store, "gone")
        store.clock.move(hours=1)
        run_alerts(here, store)
        assert retry_refused(store) == 0
        run_alerts(here, store)
    assert office.got == []
