"""Mails about notices: once a day or at once, never in quiet hours, never twice, never about what its reader may not see."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import delete, select, update

from dashboards.notices import Wish
from tests.notices.test_telling import fail_review, inbox, person
from webapp.alerts.erasing import forget_mails
from webapp.alerts.sending import send_waiting
from webapp.desk.quality.assigning import SqlAssignDesk
from webapp.notices.mailing import KEPT
from webapp.notices.step import SLACK, write_mails
from webapp.tables import Call, MailRow, Membership, NoticeRow, User

AT = {"address": "rita@house.example"}


def assign(house, name, to="rita"):
    assert SqlAssignDesk(house.desk("lena")).assign(house.call(name), person(house, to), "first", None) == ""


def mails(house):
    with house.store.database.read() as session:
        raw = session.scalars(select(MailRow.raw).order_by(MailRow.id)).all()
    return [message_from_bytes(one, policy=default) for one in raw]


def zone_of(house, login, zone):
    with house.store.database.write() as session:
        session.execute(update(User).where(User.login == login).values(zone=zone))


def test_the_daily_mail_tells_what_was_not_read_once_a_day(house, mail_settings, clock):
    """The clock of the tests begins at nine: the mail of the day is due at once, the next one tomorrow at eight."""
    inbox(house, "rita").keep(Wish(**AT))
    assign(house, "C-1")
    assert write_mails(mail_settings, house.store) == 1
    [mail] = mails(house)
    text = mail.get_content()
    assert mail["To"] == "rita@house.example"
    assert mail["Subject"] == "callsift: 1 notice"
    assert "asked you to review call C-1" in text
    assert "https://callsift.example/calls/" in text
    assert "2 Mar 2026, 09:00 UTC" in text
    assign(house, "C-2")
    assert write_mails(mail_settings, house.store) == 0
    clock.move(hours=22, minutes=59)
    assert write_mails(mail_settings, house.store) == 0
    clock.move(minutes=1)
    assign(house, "C-3")
    assert write_mails(mail_settings, house.store) == 1
    assert write_mails(mail_settings, house.store) == 0


def test_a_mail_names_nobody(house, mail_settings):
    inbox(house, "rita").keep(Wish(**AT))
    assign(house, "C-1")
    write_mails(mail_settings, house.store)
    told = mails(house)[0].get_content()
    assert "Lena" not in told
    assert "ag-1" not in told


def test_what_was_read_in_the_app_is_not_mailed(house, mail_settings):
    inbox(house, "rita").keep(Wish(**AT))
    assign(house, "C-1")
    inbox(house, "rita").read_all()
    assert write_mails(mail_settings, house.store) == 0


def test_the_hour_of_the_daily_mail_is_that_of_the_reader(house, mail_settings, clock):
    inbox(house, "rita").keep(Wish(**AT, digest_hour=8))
    zone_of(house, "rita", "America/New_York")  # nine in UTC is four there
    assign(house, "C-1")
    assert write_mails(mail_settings, house.store) == 0
    clock.move(hours=4)
    assert write_mails(mail_settings, house.store) == 1
    assert "04:00 EST" in mails(house)[0].get_content()


@pytest.mark.parametrize(("quiet", "written"), [("09:00-10:00", 0), ("08:00-09:00", 1), ("22:00-09:01", 0), ("", 1)])
def test_an_answer_that_fails_a_review_is_mailed_at_once_but_not_in_quiet_hours(
    house, mail_settings, clock, quiet, written
):
    inbox(house, "lena").keep(Wish(address="lena@house.example", digest=False, quiet=quiet))
    fail_review(house, "rita", house.call("C-1"))
    assert write_mails(mail_settings, house.store) == written
    if not written:
        clock.move(hours=1, minutes=1)
        assert write_mails(mail_settings, house.store) == 1
    [mail] = mails(house)
    assert mail["Subject"].startswith("A review of call C-1 fails by “")
    assert write_mails(mail_settings, house.store) == 0


def test_whoever_wants_no_mail_gets_none(house, mail_settings):
    inbox(house, "lena").keep(Wish(address="lena@house.example", digest=False, at_once=False))
    fail_review(house, "rita", house.call("C-1"))
    assert write_mails(mail_settings, house.store) == 0
    assert inbox(house, "lena").unread() == 1


def test_who_lost_the_team_is_mailed_nothing(house, mail_settings):
    inbox(house, "rita").keep(Wish(**AT))
    assign(house, "C-1")
    with house.store.database.write() as session:
        rita = session.scalars(select(User.id).where(User.login == "rita")).one()
        session.execute(delete(Membership).where(Membership.user_id == rita))
    assert write_mails(mail_settings, house.store) == 0
    assert mails(house) == []


def test_nobody_without_an_address_is_mailed_and_nothing_waits_for_ever(house, mail_settings):
    assign(house, "C-1")
    assert write_mails(mail_settings, house.store) == 0
    with house.store.database.read() as session:
        assert session.scalars(select(NoticeRow.mailed_at)).one() is not None


def test_mails_go_the_way_of_all_mails_and_are_erased_with_their_call(house, mail_settings, tmp_path):
    inbox(house, "rita").keep(Wish(**AT))
    assign(house, "C-1")
    write_mails(mail_settings, house.store)
    assert send_waiting(house.store, mail_settings).filed == 1
    [file] = (tmp_path / "outbox").iterdir()
    assert b"C-1" in file.read_bytes()
    with house.store.database.write() as session:
        session.execute(delete(Call))
    assert forget_mails(mail_settings, house.store) == 1
    assert not file.exists()


def test_notices_of_long_ago_are_forgotten(house, mail_settings, clock):
    assign(house, "C-1")
    clock.move(seconds=(KEPT + SLACK + timedelta(seconds=1)).total_seconds())
    write_mails(mail_settings, house.store)
    assert inbox(house, "rita").notices() == []
