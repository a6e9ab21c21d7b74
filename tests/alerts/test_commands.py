"""`callsift alerts` from outside, and the schedule that runs the same pass."""

import json
import subprocess
import sys
import threading

import pytest

from tests.alerts.makers import cases, hear, signal
from tests.alerts.postoffice import free_port, post_office
from webapp.nightly import scheduler_of
from webapp.scheduler import Scheduler


@pytest.fixture
def run(lite, tmp_path):
    def alerts(*words, **more):
        environment = {
            "PATH": "/usr/bin",
            "CALLSIFT_DATA": str(tmp_path),
            "CALLSIFT_SECRET_KEY": "s" * 64,
            "CALLSIFT_KEK": "07" * 32,
        }
        command = [sys.executable, "-c", "from webapp.cli import main; main()", "alerts", *words]
        return subprocess.run(command, env=environment | more, capture_output=True, text=True, check=False)

    return alerts


def test_a_test_mail_lies_in_the_folder_and_the_command_says_where(run, tmp_path):
    done = run("test", "--to", "me@bank.example")
    assert (done.returncode, done.stderr) == (0, "")
    [file] = (tmp_path / "outbox").glob("*.eml")
    assert done.stdout == (
        f"me@bank.example: filed ({file.name})\nNo SMTP server is set: mails lie in {tmp_path / 'outbox'}\n"
    )


def test_a_test_mail_that_could_not_be_sent_says_why_and_exits_with_3(run):
    done = run("test", "--to", "me@bank.example", "--json", CALLSIFT_SMTP_URL=f"smtp://127.0.0.1:{free_port()}")
    assert done.returncode == 3
    [said] = json.loads(done.stdout)
    assert (said["to"], said["state"]) == ("me@bank.example", "waiting")
    assert "refused" in said["said"].lower()


def test_send_makes_cases_and_mails_and_list_shows_them(run, lite):
    hear(lite, "C-1", signal("J5", 0.92))
    with post_office() as office:
        more = {
            "CALLSIFT_SMTP_URL": f"smtp://127.0.0.1:{office.port}",
            "CALLSIFT_ALERT_RECIPIENTS": "fraud/*=a@b.example",
        }
        done = run("send", "--json", **more)
        assert json.loads(done.stdout) == {
            "results": 1,
            "alerts": 1,
            "written": 1,
            "sent": 1,
            "filed": 0,
            "later": 0,
            "refused": 0,
        }
        [row] = json.loads(run("list", "--json").stdout)
    assert (row["call"], row["rule"], row["risk"], row["state"], row["mails"]) == ("C-1", "J5", 92, "open", "sent")
    assert row["case"].endswith(f"/cases/{cases(lite)[0].public_id}")
    assert "C-1" in run("list").stdout


def test_a_setting_that_cannot_be_read_ends_in_one_line(run):
    done = run("send", CALLSIFT_ALERT_QUIET="at night")
    assert done.returncode == 1
    assert done.stderr == "callsift: alert_quiet = 'at night' cannot be read; write the hours as 22:00-07:00.\n"


def test_the_schedule_runs_the_pass_and_a_failure_does_not_end_it(lite, settings):
    hear(lite, "C-1", signal("J5", 0.92))
    chore, *_ = scheduler_of(settings(), lite).chores  # alerts come first
    done, failed = threading.Event(), threading.Event()

    def failing():
        failed.set()
        raise RuntimeError("not today")

    def passing():
        chore()
        done.set()

    scheduler = Scheduler(lite.database, lite.org, [], chores=[failing, passing])
    scheduler.start()
    try:
        assert done.wait(30)
        assert failed.wait(30)
    finally:
        scheduler.stop()
    assert [case.state for case in cases(lite)] == ["open"]
