"""A call or a contact log that comes late has earlier verdicts made again: those it can change, once, and no others."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from pipeline.ledger import across_rules, judge_across
from pipeline.records import Call, CallResult, Contact, Finding, Interest, Party, Turn, Word
from rules.engine.ruleset import load_packs
from tests.store.makers import make_intake, make_store
from webapp.store.outbox import INDEX
from webapp.tables import Call as CallRow
from webapp.tables import JobRow, Result
from webapp.worker import Worker

ACROSS = across_rules(load_packs())
DAY = datetime(2026, 2, 2, 15, tzinfo=UTC)
OWED = {"call_type": "collections", "direction": "outbound", "person_zone": "America/New_York", "debt_id": "D1"}
SOLD = {"call_type": "sales", "direction": "outbound", "person_zone": "America/New_York", "customer_id": "P2"}
SERVED = {"call_type": "service", "direction": "inbound", "person_zone": "America/New_York", "account_id": "A3"}
SAID = {
    "stop": ("customer", "take me off your list please"),
    "reset": ("customer", "i need a new password"),
    "number": ("customer", "i have got a new phone number for you"),
    "payee": ("customer", "i want to add a new payee"),
    "promise": ("agent", "i will call you tomorrow at ten"),
}


def day(count, **more):
    return {"started_at": DAY + timedelta(days=count), **more}


def tell(store, name, **metadata):
    return store.add(make_intake(store, name, **{"call_id": name, **metadata}))


def logged(store, *rows):
    return store.add_contacts([Contact("P1", DAY + timedelta(days=d), "outbound", **facts) for d, facts in rows], "log")


def judged(store):
    """A worker's process: what was said is known by the name of the file, the rules and the ledger are the real ones."""

    def act(job):
        role, said = SAID.get(Path(job.intake.source).stem, ("agent", "hello"))
        words = tuple(Word(text, n * 0.4, n * 0.4 + 0.4, None, "s1") for n, text in enumerate(said.split()))
        turns = (Turn("s1", 0.0, 0.4 * len(words), words),)
        call = Call(
            job.call_id, metadata=job.intake.metadata, parties=(Party("s1", role, 1.0),), turns=turns, trusted=True
        )
        found = judge_across(call, store.ledger(), ACROSS, as_of=store.clock())
        signals = tuple(Finding(f"signal:{s.rule}", s.score, 0.0, 0.4, s.reason, s.evidence) for s in found.signals)
        return CallResult(call, signals, (), found.verdicts, Interest(0.0), {}, {})

    return lambda jobs: [act(job) for job in jobs]


def work(store):
    return Worker(store, judged(store), batch=3).drain().done


def ids(store):
    with store.database.read() as session:
        rows = select(CallRow.public_id, CallRow.recorder_id).where(CallRow.org_id == store.org)
        return dict(session.execute(rows).all())


def again(store):
    """Names of the calls that wait to be judged again, as often as they wait."""
    rows = select(CallRow.recorder_id).join(JobRow, JobRow.call_id == CallRow.id)
    waiting = rows.where(JobRow.org_id == store.org, JobRow.kind == "ledger", JobRow.state == "waiting")
    with store.database.read() as session:
        return sorted(session.scalars(waiting))


def versions(store):
    with store.database.read() as session:
        return session.scalar(select(func.count(Result.id)).where(Result.org_id == store.org))


def answers(store):
    """What the current results say across calls, call by call, with names for ids."""
    names = ids(store)
    found = {}
    for public_id, name in names.items():
        result = store.result(public_id)
        lines = [f"{v.rule} {v.value} {v.reason} {v.evidence}" for v in result.verdicts]
        text = "\n".join([*lines, *(f"{f.kind} {f.why}" for f in result.findings)])
        for id, other in names.items():
            text = text.replace(id, other)
        found[name] = sorted(
            text.replace(",", "").split()
        )  # calls are named in the order of their ids, which are drawn
    return found


def value(store, name, rule, **options):
    public_id = next(id for id, other in ids(store).items() if other == name)
    return next(str(v.value) for v in store.result(public_id, **options).verdicts if v.rule == rule)


STEPS = [
    lambda s: tell(s, "stop", **day(0, **SOLD)),
    lambda s: tell(s, "offer", **day(19, **SOLD)),
    lambda s: tell(s, "reset", **day(1, **SERVED)),
    lambda s: tell(s, "number", **day(3, **SERVED)),
    lambda s: tell(s, "payee"),  # of whom, a later sidecar says
    lambda s: tell(s, "payee", **day(5, **SERVED)),
    lambda s: tell(s, "promise", **day(6, customer_id="P4", direction="inbound")),
    lambda s: tell(s, "kept", **day(7, customer_id="P4", direction="outbound")),
    *(lambda s, n=n: tell(s, f"owed{n}", **day(n, **OWED)) for n in (8, 9, 10)),
    lambda s: logged(s, *((4 + n / 2, {"debt": "D1"}) for n in range(5)), (0, {"debt": "D9"})),
    lambda s: logged(s, (30, {"debt": "D9"}), (9.5, {"debt": "D1", "outcome": "talked"})),
]


def test_any_order_of_arrival_ends_in_the_same_verdicts(database, tmp_path, clock):
    dice, expected = random.Random(7), None
    for turn in range(9):
        store = make_store(database, tmp_path, org=f"org{turn}", clock=clock)
        order = list(range(len(STEPS)))
        if turn:
            dice.shuffle(order)
            bare, told = sorted((order.index(4), order.index(5)))
            order[bare], order[told] = 4, 5  # a sidecar alone is no recording
        for step in order:
            clock.move(minutes=1)
            STEPS[step](store)
            if turn < 5 or dice.random() < 0.5:
                work(store)
        work(store)
        assert store.waiting() == 0
        expected = expected or answers(store)
        assert answers(store) == expected, order
    assert {name: value(store, name, rule) for name, rule in (
        ("offer", "C2c"), ("stop", "C2c"), ("promise", "K5"), ("owed8", "B7"), ("owed9", "B7"), ("owed10", "B7"),
    )} == {"offer": "FAIL", "stop": "PASS", "promise": "PASS", "owed8": "PASS", "owed9": "PASS", "owed10": "FAIL"}  # fmt: skip
    assert "signal:J1x" in expected["payee"]
    assert not any("signal:J1x" in words for name, words in expected.items() if name != "payee")


def test_a_late_contact_log_turns_an_earlier_verdict_and_the_earlier_version_stays(store, clock):
    tell(store, "a", **day(0, **OWED))
    work(store)
    before = clock()
    clock.move(hours=1)
    logged(store, (-3, {"debt": "D1", "outcome": "talked"}))
    assert again(store) == ["a"]
    assert work(store) == 1
    assert value(store, "a", "B7") == "FAIL"
    assert value(store, "a", "B7", as_of=before) == "UNSURE"


def test_a_log_of_others_that_covers_the_days_ends_the_doubt(store, clock):
    tell(store, "a", **day(0, **OWED))
    work(store)
    logged(store, (-20, {"debt": "D8"}), (-9, {"debt": "D8"}))
    work(store)
    assert value(store, "a", "B7") == "UNSURE"
    logged(store, (1, {"debt": "D8"}))
    work(store)
    assert value(store, "a", "B7") == "PASS"
    logged(store, (2, {"debt": "D8"}))
    assert again(store) == []


def test_only_calls_with_the_key_in_the_window_where_the_rule_applies_are_judged_again(store, tmp_path):
    other_org = make_store(store.database, tmp_path, org="other", clock=store.clock)
    for name, metadata in {
        "same": day(3, **OWED), "later": day(8.5, **OWED), "before": day(-1, **OWED),
        "debt": day(3, **{**OWED, "debt_id": "D2"}), "inbound": day(3, **{**OWED, "direction": "inbound"}),
    }.items():  # fmt: skip
        tell(store, name, **metadata)
    tell(other_org, "theirs", **day(3, **OWED))
    work(store)
    work(other_org)
    while again(store):
        work(store)
    tell(store, "late", **day(0, **OWED))
    assert again(store) == ["same"]
    assert again(other_org) == []


def test_what_changes_nothing_makes_no_version_and_touches_nobody(store):
    for name in "abc":
        tell(store, name, **day(ord(name) - ord("a"), **OWED))
    work(store)
    assert again(store) == []
    store.done(store.deeds(INDEX))
    count = versions(store)
    logged(store, (-1, {"debt": "D1", "outcome": "failed"}))  # no attempt that counts
    assert again(store) == ["a", "b", "c"]
    assert work(store) == 3
    assert (versions(store), store.waiting(), store.deeds(INDEX)) == (count, 0, [])


def test_a_call_waits_once_however_much_arrives(store):
    tell(store, "a", **day(3, **OWED))
    work(store)
    logged(store, (0, {"debt": "D1"}))
    logged(store, (1, {"debt": "D1"}))
    tell(store, "b", **day(2, **OWED))
    assert again(store) == ["a"]


def test_a_call_that_is_just_being_judged_is_judged_again(store):
    tell(store, "a", **day(3, **OWED))
    [job] = store.claim("w", limit=1, lease=60)
    [early] = judged(store)([job])
    logged(store, (1, {"debt": "D1", "outcome": "talked"}))
    store.commit(job, early)
    assert value(store, "a", "B7") == "UNSURE"
    work(store)
    assert value(store, "a", "B7") == "FAIL"


def test_a_recording_that_is_parked_leaves_nothing_to_judge_again(store):
    tell(store, "a", **day(3, **OWED))
    [job] = store.claim("w", limit=1, lease=60)
    logged(store, (1, {"debt": "D1"}))
    assert again(store) == ["a"]
    store.fail(job, "empty", "The recording is empty.", park=True)
    assert store.waiting() == 0


@pytest.mark.parametrize("kind", ["rules", "ledger"])
def test_only_what_arrival_asked_for_may_end_without_a_version(store, kind):
    """Who asks for the rules by hand gets a version with today's date, whatever comes out."""
    tell(store, "a", **day(3, **OWED))
    work(store)
    if kind == "rules":
        store.redo("rules")
    else:
        logged(store, (2, {"debt": "D1", "outcome": "failed"}))
    work(store)
    assert versions(store) == (2 if kind == "rules" else 1)
