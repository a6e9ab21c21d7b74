"""People and their sessions: signing in, being thrown out, and what the last administrator may not lose."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from tests.store.makers import Clock
from webapp import passwords
from webapp.accounts import COMMAND_LINE, Accounts
from webapp.database import Database
from webapp.sessions import EVERYWHERE
from webapp.tables import Audit, Throttle, UserSession
from webapp.teams import org_key
from webapp.throttle import FAILURES
from webapp.web.ports import AccountError, SignInRefused

pytestmark = pytest.mark.usefixtures("quick_hashes")
PASSWORD = "correct horse battery"
PRODUCT_HASHER = passwords.HASHER  # read before any fixture puts a cheaper one there


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def accounts(database: Database, clock) -> Accounts:
    with database.write() as session:
        org = org_key(session, "main", clock())
    found = Accounts(database, org, clock=clock)
    found.add(COMMAND_LINE, "ann", "Ann", {EVERYWHERE: "admin"}, password=PASSWORD, must_change=False)
    return found


@pytest.fixture
def ann(accounts):
    return accounts.find("ann").id


def sign_in(accounts, login="ann", password=PASSWORD, address="192.0.2.1"):
    return accounts.sign_in(login, password, address=address)


def add(accounts, login, role, team=None, by=COMMAND_LINE):
    where = accounts.team_id(team) if team else EVERYWHERE
    accounts.add(by, login, login.title(), {where: role}, password=PASSWORD)
    return accounts.find(login).id


def actions(accounts):
    with accounts.database.read() as session:
        return list(session.scalars(select(Audit.action).order_by(Audit.id)))


def test_a_session_says_who_it_is_and_what_they_may(accounts):
    user = accounts.session(sign_in(accounts, " ANN "))
    assert (user.login, user.name, user.roles) == ("ann", "Ann", {EVERYWHERE: "admin"})


def test_the_database_knows_only_slow_hashes(accounts, monkeypatch):
    token = sign_in(accounts)
    assert len(token) >= 22  # 128 bits and more in letters of 6 bits
    with accounts.database.read() as session:
        row = session.scalars(select(UserSession)).one()
        user = session.execute(text("SELECT password_hash FROM users")).scalar_one()
    assert token not in (row.token_hash, user)
    assert user.startswith("$argon2id$")
    monkeypatch.setattr(passwords, "HASHER", PRODUCT_HASHER)
    assert passwords.hash_of(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")  # RFC 9106, second choice
    assert passwords.outdated(user)
    assert accounts.session(row.token_hash) is None


@pytest.mark.parametrize(("login", "password"), [("ann", "wrong horse battery"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_name_and_a_wrong_password_sound_the_same(accounts, login, password):
    with pytest.raises(SignInRefused, match=r"^The name or the password is not right\.$"):
        sign_in(accounts, login, password)


def test_signing_out_ends_the_session_and_only_that_one(accounts):
    one, two = sign_in(accounts), sign_in(accounts)
    accounts.sign_out(one)
    accounts.sign_out(one)
    assert accounts.session(one) is None
    assert accounts.session(two) is not None


@pytest.mark.parametrize("what", ["reset", "change", "disable", "role"])
def test_what_takes_rights_away_ends_all_sessions(accounts, ann, what):
    add(accounts, "bob", "admin")  # so that ann is not the last one
    tokens = [sign_in(accounts), sign_in(accounts)]
    match what:
        case "reset":
            accounts.reset(COMMAND_LINE, ann)
        case "change":
            accounts.change_password(ann, PASSWORD, "another horse battery")
        case "disable":
            accounts.disable(COMMAND_LINE, ann, disabled=True)
        case "role":
            accounts.set_role(COMMAND_LINE, ann, EVERYWHERE, "reviewer")
    assert [accounts.session(token) for token in tokens] == [None, None]


@pytest.mark.parametrize(("minutes", "alive"), [(14, True), (15, False)])
def test_a_session_ends_when_nobody_uses_it(accounts, clock, minutes, alive):
    token = sign_in(accounts)
    clock.move(minutes=minutes)
    assert (accounts.session(token) is not None) is alive


def test_a_session_in_use_ends_at_its_age(accounts, clock):
    token = sign_in(accounts)
    for _ in range(12 * 6 - 1):
        clock.move(minutes=10)
        assert accounts.session(token) is not None
    clock.move(minutes=10)
    assert accounts.session(token) is None


def test_using_a_session_writes_seldom(accounts, clock):
    token = sign_in(accounts)
    clock.move(seconds=20)
    accounts.session(token)
    with accounts.database.read() as session:
        assert session.scalars(select(UserSession.seen_at)).one() == clock() - timedelta(seconds=20)
    clock.move(seconds=20)
    accounts.session(token)
    with accounts.database.read() as session:
        assert session.scalars(select(UserSession.seen_at)).one() == clock()


def test_a_role_given_counts_from_the_next_request(accounts, ann):
    bob = add(accounts, "bob", "reviewer", "red")
    token = sign_in(accounts, "bob")
    accounts.set_role(ann, bob, accounts.team_id("red"), "lead")
    assert accounts.session(token) is None
    assert set(accounts.session(sign_in(accounts, "bob")).roles.values()) == {"lead"}


@pytest.fixture
def failures(accounts):
    """Fail ``n`` times for a name, from an address."""

    def fail(n, login="ann", address="192.0.2.1"):
        for _ in range(n):
            with pytest.raises(SignInRefused):
                sign_in(accounts, login, "wrong horse battery", address)

    return fail


def test_the_tenth_failure_closes_the_door_for_half_an_hour(accounts, clock, failures):
    failures(FAILURES["name"] - 1)
    sign_in(accounts)  # and forgets what was counted
    failures(FAILURES["name"])
    with pytest.raises(SignInRefused, match="Too many") as refused:
        sign_in(accounts)
    assert 1790 < refused.value.wait <= 1801
    clock.move(minutes=30, seconds=1)
    assert sign_in(accounts)


def test_failures_long_ago_do_not_count(accounts, clock, failures):
    failures(FAILURES["name"] - 1)
    clock.move(minutes=31)
    failures(1)
    assert sign_in(accounts)


def test_names_that_do_not_exist_are_throttled_like_all_others(accounts, failures):
    failures(FAILURES["name"], "nobody")
    with pytest.raises(SignInRefused, match="Too many"):
        sign_in(accounts, "nobody")
    assert sign_in(accounts)


def test_one_address_cannot_try_many_names(accounts, failures, database):
    failures(1, "somebody")
    with database.write() as session:  # as after 48 more, each under another name
        row = session.scalars(select(Throttle).where(Throttle.subject.startswith("address"))).one()
        row.failures = FAILURES["address"] - 1
    failures(1, "someone else")
    with pytest.raises(SignInRefused, match="Too many"):
        sign_in(accounts)
    assert sign_in(accounts, address="192.0.2.2")


def test_a_new_password_opens_the_door_again(accounts, ann, failures):
    failures(FAILURES["name"])
    password = accounts.reset(COMMAND_LINE, ann)
    assert accounts.session(sign_in(accounts, password=password)).must_change_password


def test_a_disabled_person_stays_out_until_enabled(accounts):
    bob = add(accounts, "bob", "lead")
    accounts.disable(COMMAND_LINE, bob, disabled=True)
    with pytest.raises(SignInRefused, match="not right"):
        sign_in(accounts, "bob")
    accounts.disable(COMMAND_LINE, bob, disabled=False)
    assert sign_in(accounts, "bob")


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaa", "my name is ann ok", "x" * 2000])
def test_weak_passwords_are_refused(accounts, ann, password):
    with pytest.raises(AccountError):
        accounts.change_password(ann, PASSWORD, password)
    assert sign_in(accounts)


def test_a_password_is_changed_only_by_who_knows_the_old_one(accounts, ann):
    with pytest.raises(AccountError, match="not right"):
        accounts.change_password(ann, "wrong horse battery", "another horse battery")
    accounts.change_password(ann, PASSWORD, "another horse battery")
    assert sign_in(accounts, password="another horse battery")


@pytest.mark.parametrize("name", ["", "two words", "ta\tb", "x" * 201, "nul\0"])
def test_names_that_cannot_be_typed_are_refused(accounts, name):
    with pytest.raises(AccountError, match="cannot be a name"):
        accounts.add(COMMAND_LINE, name, "", {})


def test_a_name_is_taken_once(accounts):
    with pytest.raises(AccountError, match="already someone"):
        accounts.add(COMMAND_LINE, "ANN", "Other", {})


def test_an_unknown_role_or_team_is_named(accounts):
    with pytest.raises(AccountError, match="Roles are admin, lead"):
        accounts.add(COMMAND_LINE, "bob", "Bob", {EVERYWHERE: "boss"})
    with pytest.raises(AccountError, match='no team "nowhere"'):
        accounts.add(COMMAND_LINE, "bob", "Bob", {"nowhere": "lead"})
    assert [user.login for user in accounts.users(COMMAND_LINE)] == ["ann"]  # nothing half-made stays


def test_the_last_administrator_stays(accounts, ann):
    for attempt in (
        lambda: accounts.disable(ann, ann, disabled=True),
        lambda: accounts.set_role(ann, ann, EVERYWHERE, "lead"),
        lambda: accounts.set_role(ann, ann, EVERYWHERE, None),
    ):
        with pytest.raises(AccountError, match="last administrator"):
            attempt()
    bob = add(accounts, "bob", "admin")
    accounts.disable(ann, bob, disabled=True)
    with pytest.raises(AccountError, match="last administrator"):
        accounts.set_role(ann, ann, EVERYWHERE, None)


def test_who_manages_one_team_manages_only_that(accounts):
    red, blue = accounts.team_id("red"), accounts.team_id("blue")
    chief = add(accounts, "chief", "admin", "red")
    other = add(accounts, "other", "reviewer", "blue")
    both = add(accounts, "both", "reviewer", "red")
    accounts.set_role(COMMAND_LINE, both, blue, "lead")
    assert accounts.teams(chief) == {red: "red"}
    assert {user.login for user in accounts.users(chief)} == {"chief", "both"}
    accounts.set_role(chief, both, red, "lead")
    for attempt in (
        lambda: accounts.set_role(chief, chief, EVERYWHERE, "admin"),
        lambda: accounts.set_role(chief, both, blue, None),
        lambda: accounts.add(chief, "new", "", {blue: "reviewer"}),
        lambda: accounts.reset(chief, both),
        lambda: accounts.disable(chief, other, disabled=True),
    ):
        with pytest.raises(AccountError, match=r"do not manage|in which you manage"):
            attempt()
    accounts.add(chief, "new", "", {red: "reviewer"})


def test_an_agent_sees_the_calls_of_their_own_name_unless_told_otherwise(accounts):
    add(accounts, "bob", "agent", "red")
    with accounts.database.read() as session:
        assert session.execute(text("SELECT agent_id FROM memberships WHERE role = 'agent'")).scalars().all() == ["bob"]


def test_everything_is_written_down(accounts, ann):
    token = sign_in(accounts)
    bob = add(accounts, "bob", "lead", by=ann)
    accounts.set_role(ann, bob, EVERYWHERE, "fraud")
    accounts.reset(ann, bob)
    accounts.disable(ann, bob, disabled=True)
    accounts.sign_out(token)
    assert actions(accounts) == [
        "user.add", "session.start", "user.add", "user.role", "user.password", "user.disable", "session.end",
    ]  # fmt: skip
    with accounts.database.read() as session:
        assert session.scalar(select(func.count()).where(Audit.subject == bob)) == 4
