"""The desk: inside the scope of one person, in a few queries, and nothing shown that was not written down."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import SQLAlchemyError

from dashboards.desk import Desk, QueueFilter
from pipeline.sealing.vault import listening
from pipeline.search.errors import IndexUnavailable
from pipeline.search.query import parse
from pipeline.search.records import Found, Grant, Hit
from tests.store.makers import Clock, make_intake, make_result, make_store
from webapp.accounts import COMMAND_LINE, Accounts
from webapp.desk import SqlDesks
from webapp.desk import desk as desk_module
from webapp.desk.asking import reach_of
from webapp.desk.queue import QueueError
from webapp.desk.scope import Member, Scope
from webapp.desk.working import count_trouble, every_refused, retry_refused
from webapp.permissions import PERMISSIONS, ROLES, grants
from webapp.sessions import EVERYWHERE
from webapp.store.rulebook import KeptRule
from webapp.tables import Audit, Call

pytestmark = pytest.mark.usefixtures("quick_hashes")
PASSWORD = "correct horse battery"
SOUND = bytes(range(256)) * 1000


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(database, tmp_path, clock):
    return make_store(database, tmp_path, clock=clock)


@pytest.fixture
def accounts(store, clock):
    return Accounts(store.database, store.org, clock=clock)


@pytest.fixture
def desk(store, accounts):
    """The desk of a new person with a role in a team (None: all)."""

    def make(role="admin", team=None, login=None, zone="UTC", index=None, agent_id=None) -> Desk:
        login = login or f"{role}-{team or 'all'}"
        where = accounts.team_id(team) if team else EVERYWHERE
        if login not in {user.login for user in accounts.users(COMMAND_LINE)}:
            accounts.add(COMMAND_LINE, login, login, {where: role}, password=PASSWORD, agent_id=agent_id)
        user = replace(accounts.find(login), zone=zone)
        return SqlDesks(store, lambda: clock_of(store) + timedelta(minutes=5), index).desk(user)

    return make


def clock_of(store):
    return store.clock()


def take_in(store, name, **metadata):
    return store.add(make_intake(store, name, call_id=name, **metadata)).public_id


def process(store, **scores):
    """Commit everything that waits, with a score by the recorder's id, a listening copy and an evidence of each kind."""
    while jobs := store.claim("w", limit=50, lease=60):
        for job in jobs:
            sound = store.vault.seal([SOUND], job.intake.sealed_key, listening(job.call_id)).name
            result = make_result(job, score=scores.get(job.intake.metadata.call_id, 0.5))
            assert store.commit(job, replace(result, files={"listening": sound}))


@pytest.fixture
def calls(store):
    """Four calls: two teams, two agents, two days; public ids by name."""
    day = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
    ids = {
        "a": take_in(store, "a", team="red", agent_id="7", queue="billing", started_at=day),
        "b": take_in(store, "b", team="red", agent_id="8", queue="sales", started_at=day + timedelta(hours=3)),
        "c": take_in(store, "c", team="blue", agent_id="7", queue="sales", started_at=day + timedelta(days=1)),
        "d": take_in(store, "d"),
    }
    process(store, a=0.9, b=0.1, c=0.5, d=0.5)
    return ids


def names(page):
    return [row.name for row in page.rows]


def audit(store, action=None):
    with store.database.read() as session:
        wanted = select(Audit).order_by(Audit.id)
        return list(session.scalars(wanted.where(Audit.action == action) if action else wanted))


@contextmanager
def counted(store):
    """Counts statements, transactions aside."""
    seen = []
    listener = lambda *args: seen.append(args[2])  # noqa: E731 (an event wants a plain function)
    event.listen(store.database.engine, "before_cursor_execute", listener)
    yield seen
    event.remove(store.database.engine, "before_cursor_execute", listener)
    seen[:] = [statement for statement in seen if not statement.startswith(("BEGIN", "ROLLBACK", "COMMIT"))]


@pytest.mark.parametrize(("role", "team", "seen"), [
    ("admin", None, "abcd"), ("lead", "red", "ab"), ("reviewer", "blue", "c"), ("fraud", None, "abcd"),
    ("compliance", "main", "d"), ("reviewer", "green", ""),
])  # fmt: skip
def test_people_see_the_calls_of_their_teams(desk, calls, role, team, seen):
    mine = desk(role, team)
    page = mine.queue(QueueFilter(), sort="started", descending=False)
    assert set(names(page)) == set(seen)
    assert page.total == len(seen)
    assert {name for name, call_id in calls.items() if mine.call(call_id)} == set(seen)
    assert {name for name, call_id in calls.items() if mine.audio(call_id)} == set(seen)


def test_agents_see_their_own_calls_only(desk, calls):
    mine = desk("agent", "red", agent_id="7")
    assert names(mine.queue(QueueFilter())) == ["a"]
    assert [name for name, call_id in calls.items() if mine.call(call_id)] == ["a"]
    assert mine.choices() == {"queues": ["billing"], "agents": ["7"]}
    assert not mine.refused()


def test_two_roles_add_up(desk, accounts, calls):
    desk("agent", "red", login="kim", agent_id="7")
    kim = accounts.find("kim")
    accounts.set_role(COMMAND_LINE, kim.id, accounts.team_id("blue"), "lead")
    assert set(names(desk(login="kim").queue(QueueFilter()))) == {"a", "c"}


def test_someone_without_a_role_sees_nothing(desk, accounts, calls):
    accounts.add(COMMAND_LINE, "nobody", "", {}, password=PASSWORD)
    mine = desk(login="nobody")
    assert mine.queue(QueueFilter()).total == 0
    assert mine.call(calls["a"]) is mine.audio(calls["a"]) is mine.peaks(calls["a"]) is None
    assert mine.choices() == {"queues": [], "agents": []}
    assert mine.teams() == []
    assert not any(mine.may(permission) for permission in PERMISSIONS)


def test_a_disabled_person_may_nothing_even_with_a_desk_in_hand(desk, accounts, calls):
    bob = desk("lead", "red", login="bob")
    accounts.disable(COMMAND_LINE, accounts.find("bob").id, disabled=True)
    assert bob.queue(QueueFilter()).total == 0


@pytest.mark.parametrize("role", ROLES)
def test_a_desk_grants_what_the_table_of_permissions_says(desk, role):
    mine = desk(role)
    assert {p for p in PERMISSIONS if mine.may(p)} == {p for p in PERMISSIONS if grants(role, p)}
    with pytest.raises(KeyError, match="calls:raed"):
        mine.may("calls:raed")


def test_other_organisations_do_not_exist(desk, store, database, tmp_path, calls):
    other = make_store(database, tmp_path, org="other", clock=store.clock)
    foreign = take_in(other, "x")
    process(other)
    assert desk().call(foreign) is None
    assert set(names(desk().queue(QueueFilter()))) == set("abcd")


@pytest.mark.parametrize("sort", ["score", "started", "duration", "agent", "queue"])
@pytest.mark.parametrize("descending", [True, False])
def test_pages_follow_each_other_without_gap_or_repeat(desk, store, sort, descending):
    for i in range(11):
        take_in(store, f"c{i}", agent_id=str(i % 3), queue=f"q{i % 2}")
    process(store, **{f"c{i}": i % 4 / 3 for i in range(11)})
    mine = desk()
    whole = names(mine.queue(QueueFilter(), sort=sort, descending=descending))
    assert sorted(whole) == sorted(f"c{i}" for i in range(11))
    read, after = [], None
    while True:
        page = mine.queue(QueueFilter(), sort=sort, descending=descending, after=after, limit=3)
        assert page.total == 11
        read += names(page)
        after = page.after
        if after is None:
            break
    assert read == whole


def test_a_page_that_ends_the_queue_exactly_says_so(desk, calls):
    assert desk().queue(QueueFilter(), limit=4).after is None
    assert desk().queue(QueueFilter(), limit=3).after is not None


def test_calls_are_sorted_by_what_was_asked(desk, calls):
    mine = desk()
    assert names(mine.queue(QueueFilter(), sort="score"))[0] == "a"
    assert names(mine.queue(QueueFilter(), sort="score", descending=False))[0] == "b"
    assert names(mine.queue(QueueFilter(), sort="started", descending=False)) == [
        "a",
        "b",
        "d",
        "c",
    ]  # d: taken in then


@pytest.mark.parametrize("after", ["x", "bm90IGpzb24=", "W10="])
def test_a_place_that_cannot_be_read_is_refused(desk, calls, after):
    with pytest.raises(QueueError, match="first page"):
        desk().queue(QueueFilter(), after=after)


def test_a_place_of_another_sorting_is_refused(desk, calls):
    place = desk().queue(QueueFilter(), sort="score", limit=1).after
    with pytest.raises(QueueError, match="another sorting"):
        desk().queue(QueueFilter(), sort="started", after=place)
    with pytest.raises(QueueError, match="sorted by"):
        desk().queue(QueueFilter(), sort="password_hash")


@pytest.mark.parametrize(("zone", "since", "until", "found"), [
    ("UTC", date(2026, 3, 1), date(2026, 3, 1), "a"),
    ("UTC", date(2026, 3, 2), date(2026, 3, 2), "bcd"),  # d: taken in on that day
    ("Europe/Helsinki", date(2026, 3, 1), date(2026, 3, 1), ""),
    ("Europe/Helsinki", date(2026, 3, 2), date(2026, 3, 2), "abd"),
    ("America/New_York", date(2026, 3, 1), date(2026, 3, 1), "ab"),
    ("UTC", None, date(2026, 3, 1), "a"),
    ("UTC", date(2026, 3, 3), None, ""),
])  # fmt: skip
def test_days_are_those_of_the_viewer(desk, calls, zone, since, until, found):
    page = desk(zone=zone).queue(QueueFilter(since, until))
    assert set(names(page)) == set(found)


def test_a_day_of_25_hours_is_whole(desk, store):
    for hour in (0, 12, 24):  # UTC+3 at first, then UTC+2
        take_in(
            store, f"h{hour}", started_at=datetime(2026, 10, 24, 21, tzinfo=UTC) + timedelta(hours=hour, minutes=30)
        )
    process(store)
    day = date(2026, 10, 25)
    assert desk(zone="Europe/Helsinki").queue(QueueFilter(day, day)).total == 3


def test_filters_narrow_together(desk, calls):
    mine = desk()
    assert set(names(mine.queue(QueueFilter(queues=("sales",))))) == {"b", "c"}
    assert names(mine.queue(QueueFilter(queues=("sales",), agents=("7",)))) == ["c"]
    assert names(mine.queue(QueueFilter(text="BILL"))) == ["a"]
    assert names(mine.queue(QueueFilter(text="100%_"))) == []


class Index:
    """A search index that finds some calls, and notes what it was asked."""

    def __init__(self, *found):
        self.found, self.asked = found, []

    def search(self, tree, reach, **how):
        self.asked.append((tree, reach))
        return Found(tuple(Hit(call_id, 1.0) for call_id in self.found), len(self.found))

    def known(self, stems, reach):
        return set(stems)


class Away(Index):
    """One that does not answer."""

    def search(self, tree, reach, **how):
        raise IndexUnavailable("nobody there")


def test_words_are_searched_by_the_index_inside_the_scope_and_checked_again(desk, accounts, calls):
    index = Index(calls["a"], calls["c"], "0" * 32)
    assert names(desk("lead", "red", index=index).queue(QueueFilter(text="gift card"))) == ["a"]
    [(tree, reach)] = index.asked
    assert (tree, reach.grants) == (parse("gift card"), (Grant(accounts.team_id("red")),))
    assert len(reach.org) == 32
    desk("admin", index=index).queue(QueueFilter(text="x"))
    assert index.asked[-1][1].grants == (Grant(),)
    desk("agent", "red", agent_id="8", index=index).queue(QueueFilter(text="x"))
    assert index.asked[-1][1].grants == (Grant(accounts.team_id("red"), "8"),)


def test_an_agent_whose_calls_are_unknown_reaches_none(store):
    with store.database.read() as session:
        assert reach_of(session, Scope(store.org, 1, (Member(None, "agent", None),))).grants == ()


def test_while_the_index_is_away_calls_are_found_by_name(desk, calls):
    assert names(desk(index=Away()).queue(QueueFilter(text="bill"))) == ["a"]


@pytest.mark.parametrize("text", ["(gift", '"card', "x:1", "AND", "!"])
def test_text_that_is_no_query_is_searched_as_words(desk, calls, text):
    assert names(desk(index=Index(calls["b"])).queue(QueueFilter(text=text))) == ["b"]


def test_choices_are_those_of_the_scope(desk, calls):
    assert desk().choices() == {"queues": ["billing", "sales"], "agents": ["7", "8"]}
    assert desk("lead", "blue").choices() == {"queues": ["sales"], "agents": ["7"]}


def test_a_call_shows_everything_and_the_newest_metadata(desk, store, calls):
    store.keep_rules([KeptRule("ab" * 32, "consent.notice", "3", "Notice of recording", "text")])
    take_in(store, "a", customer_id="P1")
    view = desk().call(calls["a"])
    assert (view.row.name, view.metadata.customer_id, view.version, view.source) == ("a", "P1", 1, "/calls/a.wav")
    assert view.turns[0].words[0].text == "hello0"
    assert [finding.kind for finding in view.findings] == ["dead_air"]
    assert view.rule_titles == {"consent.notice": "Notice of recording"}
    assert view.has_audio
    assert view.row.reasons == ("nobody spoke for 11 s", "no notice")
    assert view.row.listen_from == 3.0


def test_opening_a_call_is_written_down(desk, store, accounts, calls):
    assert desk("reviewer", "red").call(calls["a"])
    [row] = audit(store, "call.read")
    assert row.subject == calls["a"]
    assert row.user_id is not None
    looked = desk("compliance").call(calls["a"]).looked
    assert [name for _at, name in looked] == ["reviewer-red"]
    assert desk("reviewer", "red").call(calls["a"]).looked == ()  # only for who may read the audit log


def test_looking_for_what_one_may_not_see_leaves_no_trace_of_a_read(desk, store, calls):
    assert desk("reviewer", "red").call(calls["c"]) is None
    assert audit(store, "call.read") == []


@pytest.mark.parametrize("what", ["call", "audio"])
def test_what_cannot_be_written_down_is_not_shown(desk, store, calls, monkeypatch, what):
    mine = desk()
    mine.may("calls:read")

    def full(*_args, **_more):
        raise SQLAlchemyError("disk full")

    monkeypatch.setattr(desk_module.calls, "write_audit", full)
    with pytest.raises(SQLAlchemyError):
        getattr(mine, what)(calls["a"])


def test_hearing_is_written_down_once_a_sitting(desk, store, clock, calls):
    mine = desk()
    for minutes in (0, 10, 19, 2):
        clock.move(minutes=minutes)
        mine.audio(calls["a"])
    assert len(audit(store, "audio.read")) == 2
    desk("lead", "red").audio(calls["a"])
    assert len(audit(store, "audio.read")) == 3


def test_any_stretch_of_the_listening_copy_can_be_read(desk, calls):
    audio = desk().audio(calls["a"])
    assert audio.size == len(SOUND)
    assert audio.read(0, audio.size) == SOUND
    assert audio.read(65530, 65550) == SOUND[65530:65550]
    assert audio.read(audio.size - 3, audio.size + 99) == SOUND[-3:]


@pytest.mark.parametrize(("ask", "most"), [
    (lambda desk, ids: desk.queue(QueueFilter()), 2),
    (lambda desk, ids: desk.queue(QueueFilter(queues=("sales",)), sort="started"), 2),
    (lambda desk, ids: desk.call(ids["a"]), 4),
    (lambda desk, ids: desk.audio(ids["a"]), 8),
    (lambda desk, ids: desk.choices(), 2),
    (lambda desk, ids: desk.work(), 3),
    (lambda desk, ids: desk.refused(), 2),
])  # fmt: skip
def test_a_page_asks_few_questions_however_many_calls_there_are(desk, store, calls, ask, most):
    for i in range(8):
        take_in(store, f"more {i}")
    process(store)
    mine = desk("lead")
    mine.may("calls:read")  # the scope: one question a request
    with counted(store) as statements:
        ask(mine, calls)
    assert len(statements) <= most, "\n".join(statements)


def test_refused_and_parked_recordings_are_told_and_tried_again(desk, store, clock):
    refused = store.refuse("/calls/bad.wav", None, "empty", "The file is empty.")
    take_in(store, "a", team="red")
    [job] = store.claim("w", limit=1, lease=60)
    clock.move(minutes=1)
    store.fail(job, "damaged", "The end is missing.", park=True)
    parked, other = desk().refused()
    assert (parked.source, parked.reason, parked.can_retry) == ("/calls/a.wav", "damaged", True)
    assert (other.id, other.source, other.message) == (refused, "/calls/bad.wav", "The file is empty.")
    assert [row.reason for row in desk("lead", "red").refused()] == ["damaged"]
    assert not desk("lead", "blue").retry(parked.id)
    assert not desk("reviewer", "red").retry(parked.id)
    assert desk("lead", "red").retry(parked.id)
    assert not desk("lead", "red").retry(parked.id)
    assert desk().retry(refused)
    [waits] = desk().refused()  # until the next run
    assert (waits.id, waits.waits, waits.can_retry, desk().work().again) == (refused, True, False, 1)
    assert [(retry.id, retry.source, retry.copy) for retry in store.retries()] == [(refused, "/calls/bad.wav", None)]
    [again] = store.claim("w", limit=1, lease=60)
    assert again.attempt == 1
    assert [row.subject for row in audit(store, "refused.retry")] == [parked.id, refused]


def test_who_has_only_a_terminal_finds_all_trouble_and_has_it_tried_again(store, clock):
    refused = store.refuse("/calls/bad.wav", None, "empty", "The file is empty.")
    take_in(store, "a", team="red")
    [job] = store.claim("w", limit=1, lease=60)
    store.fail(job, "processing_failed", "No luck.", park=False)
    assert next((one.reason, one.waits, one.can_retry) for one in every_refused(store)) == (
        "processing_failed",
        True,
        False,
    )
    clock.move(minutes=1)
    [job] = store.claim("w", limit=1, lease=60)
    store.fail(job, "damaged", "The end is missing.", park=True)
    assert count_trouble(store) == (1, 1)
    parked = next(one.id for one in every_refused(store) if one.reason == "damaged")
    assert [retry_refused(store, one) for one in (parked, refused, parked, "none")] == [True, True, False, False]
    assert count_trouble(store) == (0, 0)
    assert [(row.subject, row.user_id) for row in audit(store, "refused.retry")] == [(parked, None), (refused, None)]


def test_a_call_whose_source_is_gone_cannot_be_retried(desk, store, clock):
    take_in(store, "a")
    clock.move(days=8)
    store.sweep()
    [row] = desk().refused()
    assert not row.can_retry
    assert not desk().retry(row.id)


def test_work_tells_what_waits_runs_and_failed(desk, store, clock, calls):
    for name in "xyz":
        take_in(store, name, team="red")
    assert store.claim("w", limit=1, lease=60)
    work = desk().work()
    assert (work.waiting, work.running, work.parked, work.done) == (2, 1, 0, 4)
    assert [(one.name, one.state) for one in work.coming] == [("x", "running"), ("y", "waiting"), ("z", "waiting")]
    assert (work.next_run, work.last_run, work.runs) == (clock() + timedelta(minutes=5), None, ())
    assert desk("lead", "blue").work().waiting == 0


def test_uploads_go_to_the_teams_in_which_one_may_upload(desk, accounts, calls):
    assert [team.name for team in desk().teams()] == ["blue", "main", "red"]
    assert [team.name for team in desk("lead", "red").teams()] == ["red"]
    assert desk("reviewer", "red").teams() == []


def test_a_viewer_has_name_zone_and_roles(desk):
    viewer = desk("lead", "red", zone="Europe/Helsinki").viewer()
    assert (viewer.name, viewer.zone, viewer.roles) == ("lead-red", "Europe/Helsinki", ("lead",))


def test_ids_on_screen_are_public(desk, store, calls):
    with store.database.read() as session:
        assert {row.id for row in desk().queue(QueueFilter()).rows} == set(session.scalars(select(Call.public_id)))
