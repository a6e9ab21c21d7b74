"""Mails over a real SMTP server in all its moods: none lost, none doubled but by a kill, and then the same mail."""

import os
import signal as signals
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from tests.alerts.makers import hear, mails, signal
from tests.alerts.postoffice import PASSWORD, USER, dripping, free_port, make_certificate, post_office
from webapp.alerts.routes import routes_of
from webapp.alerts.sending import ByServer, Posted, retry_refused, send_waiting
from webapp.alerts.smtp import Session, server_of
from webapp.alerts.step import run_alerts, send_tests, update_cases, write_mails
from webapp.checks.smtp import check
from webapp.database import now

ONE = ("fraud/*=team@bank.example",)
TWO = (*ONE, "fraud/*=lead@bank.example")
LATER = {"hours": 1, "seconds": 1}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def raised(lite):
    """One urgent case that waits for a pass."""
    hear(lite, "C-1", signal("J5", 0.92), customer_id="cu-77", account_id="ac-88", person_number="+358401234567")
    return lite


def plain(office, **more):
    return {"smtp_url": f"smtp://127.0.0.1:{office.port}", "alert_recipients": ONE, **more}


def states(store):
    return [(mail.address, mail.state) for mail in mails(store)]


def test_a_mail_goes_encrypted_and_signed_in(raised, settings, certificate):
    with post_office(certificate) as office:
        url = f"smtp://{USER}:{PASSWORD}@localhost:{office.port}"
        passed = run_alerts(settings(smtp_url=url, smtp_ca=certificate.authority, alert_recipients=ONE), raised)
    assert passed.posted == Posted(sent=1)
    assert (office.encrypted, office.signed_in) == ([True], [True])
    assert [to for to, _raw in office.got] == ["team@bank.example"]
    assert states(raised) == [("team@bank.example", "sent")]


def test_a_certificate_of_a_stranger_is_refused_and_nothing_is_said_to_the_server(raised, settings, certificate):
    with post_office(certificate) as office:
        url = f"smtp://{USER}:{PASSWORD}@localhost:{office.port}"
        passed = run_alerts(settings(smtp_url=url, alert_recipients=ONE), raised)
    assert (passed.posted, office.got) == (Posted(later=1), [])
    assert "smtp_ca" in mails(raised)[0].said


def test_a_wrong_password_loses_no_mail_and_is_not_told_on(raised, settings, certificate, clock, caplog):
    with post_office(certificate) as office:
        common = {"smtp_ca": certificate.authority, "alert_recipients": ONE}
        wrong = settings(smtp_url=f"smtp://{USER}:not-this-one@localhost:{office.port}", **common)
        assert run_alerts(wrong, raised).posted == Posted(later=1)
        assert "535" in mails(raised)[0].said
        assert "not-this-one" not in mails(raised)[0].said + caplog.text + repr(server_of(wrong))
        clock.move(**LATER)
        right = settings(smtp_url=f"smtp://{USER}:{PASSWORD}@localhost:{office.port}", **common)
        assert run_alerts(right, raised).posted == Posted(sent=1)


def test_beyond_this_machine_nothing_goes_unencrypted(raised, settings):
    with post_office(host="127.0.0.2") as office:
        passed = run_alerts(settings(smtp_url=f"smtp://127.0.0.2:{office.port}", alert_recipients=ONE), raised)
    assert (passed.posted, office.got) == (Posted(later=1), [])
    assert "no encryption" in mails(raised)[0].said


def test_a_server_that_is_down_costs_one_try_a_pass_and_gets_everything_later(raised, settings, clock):
    port = free_port()
    here = settings(smtp_url=f"smtp://127.0.0.1:{port}", alert_recipients=TWO)
    for hours in range(24):
        passed = run_alerts(here, raised)
        assert passed.posted == Posted(later=1), hours
        clock.move(hours=1, seconds=1)
    assert sorted(mail.attempt for mail in mails(raised))[-1] >= 12
    with post_office(port=port) as office:
        assert run_alerts(here, raised).posted == Posted(sent=2)
        clock.move(days=1)
        assert run_alerts(here, raised).posted == Posted()
    assert sorted(to for to, _raw in office.got) == ["lead@bank.example", "team@bank.example"]


def test_greylisting_puts_one_mail_off_and_no_other(raised, settings, clock):
    with post_office() as office:
        office.answers["team@bank.example"] = ["450 4.2.0 Greylisted, come back", "450 4.2.0 Greylisted, come back"]
        here = settings(**plain(office, alert_recipients=TWO))
        assert run_alerts(here, raised).posted == Posted(sent=1, later=1)
        assert run_alerts(here, raised).posted == Posted()  # not yet
        clock.move(seconds=5)
        assert run_alerts(here, raised).posted == Posted(later=1)
        clock.move(seconds=9)
        assert run_alerts(here, raised).posted == Posted()  # the pause has doubled
        clock.move(seconds=1)
        assert run_alerts(here, raised).posted == Posted(sent=1)
    assert office.tried["team@bank.example"] == 3
    assert [to for to, _raw in office.got] == ["lead@bank.example", "team@bank.example"]


def test_an_address_that_is_refused_for_good_takes_no_other_with_it_and_can_be_tried_again(raised, settings, clock):
    with post_office() as office:
        office.answers["team@bank.example"] = ["550 5.1.1 No such user here"]
        here = settings(**plain(office, alert_recipients=TWO))
        assert run_alerts(here, raised).posted == Posted(sent=1, refused=1)
        clock.move(days=2)
        assert run_alerts(here, raised).posted == Posted()
        assert "550 5.1.1 No such user here" in mails(raised)[0].said
        assert retry_refused(raised) == 1
        assert run_alerts(here, raised).posted == Posted(sent=1)
    assert set(states(raised)) == {("team@bank.example", "sent"), ("lead@bank.example", "sent")}


@pytest.mark.parametrize(("answer", "said"), [("451 try later", "451"), ("", "went away"), ("421 closing", "421")])
def test_what_goes_wrong_after_the_last_byte_is_tried_again_as_the_same_mail(raised, settings, clock, answer, said):
    with post_office() as office:
        office.after_data = [answer]
        assert run_alerts(settings(**plain(office)), raised).posted == Posted(later=1)
        assert said in mails(raised)[0].said
        clock.move(**LATER)
        assert run_alerts(settings(**plain(office)), raised).posted == Posted(sent=1)
    assert [message["Message-ID"] for message in office.messages()] == [mails(raised)[0].message_id]


def test_a_mail_that_the_server_calls_spam_is_refused_and_shown(raised, settings):
    with post_office() as office:
        office.after_data = ["554 5.7.1 looks like spam"]
        assert run_alerts(settings(**plain(office)), raised).posted == Posted(refused=1)
    assert mails(raised)[0].state == "refused"


def test_a_server_of_one_byte_a_moment_holds_nobody_up_beyond_the_deadline(raised, settings):
    with dripping() as port:
        here = settings(smtp_url=f"smtp://127.0.0.1:{port}", alert_recipients=ONE)
        write_only(here, raised)
        began = time.monotonic()
        posted = send_waiting(raised, here, lambda s: ByServer(Session(server_of(s), deadline=0.4)))
        assert 0.3 < time.monotonic() - began < 8.0  # far less than its ten seconds of patience with each byte
    assert posted == Posted(later=1)
    assert mails(raised)[0].state == "waiting"


def write_only(here, store):
    update_cases(here, store, routes_of(here))
    write_mails(here, store, routes_of(here))


def test_a_mail_is_given_up_after_a_week_and_says_so(raised, settings, clock):
    here = settings(smtp_url=f"smtp://127.0.0.1:{free_port()}", alert_recipients=ONE)
    run_alerts(here, raised)
    clock.move(days=7)
    assert run_alerts(here, raised).posted == Posted(later=1)
    clock.move(hours=2)
    assert run_alerts(here, raised).posted == Posted(refused=1)
    assert mails(raised)[0].said.startswith("given up after 7 days")


def test_without_a_server_the_mails_lie_in_the_outbox_folder_whole(raised, settings, tmp_path):
    assert run_alerts(settings(alert_recipients=TWO), raised).posted == Posted(filed=2)
    files = sorted((tmp_path / "outbox").iterdir())
    assert [file.suffix for file in files] == [".eml", ".eml"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    found = {message_from_bytes(file.read_bytes(), policy=default)["Message-ID"] for file in files}
    assert found == {mail.message_id for mail in mails(raised)}


def test_a_folder_that_cannot_be_written_loses_no_mail(raised, settings, tmp_path, clock):
    (tmp_path / "outbox").write_text("a file is in the way")
    assert run_alerts(settings(alert_recipients=ONE), raised).posted == Posted(later=1)
    (tmp_path / "outbox").unlink()
    clock.move(**LATER)
    assert run_alerts(settings(alert_recipients=ONE), raised).posted == Posted(filed=1)


def test_killed_between_the_answer_and_our_commit_the_same_mail_goes_again(raised, settings, tmp_path):
    with post_office() as office:
        here = settings(**plain(office))
        environment = {**os.environ, "CALLSIFT_DATA": str(tmp_path), "CALLSIFT_SECRET_KEY": "s" * 64, "CALLSIFT_KEK": "07" * 32,
                       "CALLSIFT_SMTP_URL": f"smtp://127.0.0.1:{office.port}", "CALLSIFT_ALERT_RECIPIENTS": ONE[0],
                       "FAILPOINTS": "mail.handed_over=kill"}  # fmt: skip
        command = [sys.executable, "-c", "from webapp.cli import main; main()", "alerts", "send"]
        died = subprocess.run(command, env=environment, cwd=os.getcwd(), check=False, capture_output=True)
        assert died.returncode == -signals.SIGKILL, died.stderr
        assert states(raised) == [("team@bank.example", "waiting")]
        in_time = at_clock(raised, now)
        assert send_waiting(in_time, here) == Posted()  # it is still in the dead one's hands
        late = at_clock(raised, lambda: now() + timedelta(minutes=3))
        assert send_waiting(late, here) == Posted(sent=1)
        assert send_waiting(late, here) == Posted()
    first, second = office.got
    assert first == second
    assert office.messages()[0]["Message-ID"] == mails(raised)[0].message_id


def at_clock(store, clock):
    return replace(store, clock=clock)


def test_two_passes_at_once_write_and_send_each_mail_once(raised, settings):
    with post_office() as office:
        here = settings(**plain(office, alert_recipients=TWO))
        with ThreadPoolExecutor(4) as pool:
            passed = list(pool.map(lambda _n: run_alerts(here, raised), range(4)))
    assert sum(one.alerts for one in passed) == 1
    assert sum(one.posted.sent for one in passed) == 2
    assert sorted(to for to, _raw in office.got) == ["lead@bank.example", "team@bank.example"]


def test_a_test_mail_says_what_became_of_it(lite, settings):
    with post_office() as office:
        office.answers["b@bank.example"] = ["550 no such user"]
        tested = send_tests(settings(**plain(office)), lite, ["a@bank.example", "b@bank.example"])
    assert [(one.address, one.state) for one in tested] == [("a@bank.example", "sent"), ("b@bank.example", "refused")]
    assert office.messages()[0]["Subject"] == "callsift: test of the alert mails"


def test_the_doctor_says_how_mails_go_out(settings, certificate, tmp_path):
    [none] = check(settings())
    assert (none.state, str(tmp_path / "outbox") in none.seen) == ("WARN", True)
    with post_office(certificate) as office:
        common = {"smtp_ca": certificate.authority, "alert_recipients": ONE}
        good = settings(smtp_url=f"smtp://{USER}:{PASSWORD}@localhost:{office.port}", **common)
        assert [(one.state, one.seen) for one in check(good)] == [("OK", f"localhost:{office.port} answers over TLS")]
        [wrong] = check(settings(smtp_url=f"smtp://{USER}:not-this-one@localhost:{office.port}", **common))
        assert (wrong.state, "535" in wrong.seen, "not-this-one" in wrong.seen) == ("FAIL", True, False)
    assert check(settings(alert_recipients=("x",)))[0].state == "FAIL"
