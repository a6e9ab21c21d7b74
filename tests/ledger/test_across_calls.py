"""Rules over many calls: against a brute-force count on random histories, with clock changes, in any order of arrival."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ledger import MemoryLedger, across_rules, judge_across, touched, windows_of
from pipeline.records import Call, Contact, Metadata, Party, Turn, Word
from rules.engine.ruleset import load_packs

ACROSS = across_rules(load_packs())
WINDOWS = windows_of(ACROSS)
NEW_YORK = ZoneInfo("America/New_York")
SPRING, AUTUMN = datetime(2026, 3, 8, tzinfo=NEW_YORK), datetime(2026, 11, 1, tzinfo=NEW_YORK)


def call(id, at, said="", *, role="customer", direction="outbound", call_type="collections", **metadata):
    words = tuple(Word(text, n * 0.4, n * 0.4 + 0.4, None, "s1") for n, text in enumerate(said.split()))
    turns = (Turn("s1", 0.0, 0.4 * len(words), words),) if words else ()
    data = Metadata(
        call_id=id, started_at=at, direction=direction, call_type=call_type, person_zone="America/New_York", **metadata
    )
    return Call(id, metadata=data, parties=(Party("s1", role, 1.0),), turns=turns, trusted=True)


def values(judged):
    return {verdict.rule: str(verdict.value) for verdict in judged.verdicts}


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([SPRING, AUTUMN]),
    st.lists(st.tuples(st.integers(-9 * 24 * 60, 9 * 24 * 60), st.sampled_from(["d-1", "d-2"]),
                       st.sampled_from(["no_answer", "talked", "not_connected"]), st.sampled_from(["outbound", "inbound"])),
             max_size=24, unique_by=lambda row: row[0]),
    st.integers(-60, 9 * 24 * 60),
)  # fmt: skip
def test_seven_in_seven_agrees_with_counting_by_hand(around, rows, minutes):
    at = (around.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(NEW_YORK)
    contacts = [
        Contact(
            "p-1",
            (around.astimezone(UTC) + timedelta(minutes=m)).astimezone(NEW_YORK),
            direction,
            debt,
            outcome=outcome,
        )
        for m, debt, outcome, direction in rows
    ]
    ledger = MemoryLedger(contacts)
    verdict = values(judge_across(call("c", at, debt_id="d-1", customer_id="p-1"), ledger, ACROSS))["B7"]
    assert verdict == _by_hand(contacts, at)


def _by_hand(contacts, at):
    """Days are dates on the wall of the person; the day of a talk is day one of seven."""
    before = [c for c in contacts if c.debt == "d-1" and c.started_at.astimezone(UTC) < at.astimezone(UTC)]
    age = {id(c): (at.date() - c.started_at.date()).days for c in before}
    talked = any(c.outcome == "talked" and age[id(c)] <= 6 for c in before)
    placed = sum(c.direction == "outbound" and c.outcome != "not_connected" and age[id(c)] <= 6 for c in before)
    return "FAIL" if talked or placed + 1 > 7 else "PASS"


@pytest.mark.parametrize(("placed", "value"), [(6, "PASS"), (7, "FAIL")])
def test_the_eighth_call_of_a_week_is_one_too_many(placed, value):
    start = datetime(2026, 11, 10, 10, tzinfo=NEW_YORK)
    contacts = [Contact("p-1", start - timedelta(hours=12 * n), "outbound", "d-1") for n in range(1, placed + 1)]
    assert values(judge_across(call("c", start, debt_id="d-1"), MemoryLedger(contacts), ACROSS))["B7"] == value


@pytest.mark.parametrize(("days", "value"), [(6, "FAIL"), (7, "PASS")])
def test_the_day_of_a_talk_is_day_one(days, value):
    start = datetime(2026, 11, 10, 10, tzinfo=NEW_YORK)
    talk = Contact("p-1", start - timedelta(days=days), "outbound", "d-1", outcome="talked")
    assert values(judge_across(call("c", start, debt_id="d-1"), MemoryLedger([talk]), ACROSS))["B7"] == value


def test_without_a_contact_log_a_count_proves_nothing_but_can_break_the_limit():
    start = datetime(2026, 11, 10, 10, tzinfo=NEW_YORK)
    few = [call(f"c{n}", start - timedelta(hours=n), debt_id="d-1") for n in range(1, 4)]
    many = [call(f"c{n}", start - timedelta(hours=n), debt_id="d-1") for n in range(1, 9)]
    asked = call("c", start, debt_id="d-1")
    assert values(judge_across(asked, MemoryLedger(None, few), ACROSS))["B7"] == "UNSURE"
    assert values(judge_across(asked, MemoryLedger(None, many), ACROSS))["B7"] == "FAIL"


def test_a_recording_and_its_row_in_the_log_are_one_contact():
    start = datetime(2026, 11, 10, 10, tzinfo=NEW_YORK)
    calls = [call(f"c{n}", start - timedelta(hours=n), debt_id="d-1") for n in range(1, 7)]
    log = [Contact("p-1", start - timedelta(hours=n), "outbound", "d-1", recording=f"c{n}") for n in range(1, 7)]
    log.append(Contact("p-1", start, "outbound", "d-1", recording="c"))
    assert values(judge_across(call("c", start, debt_id="d-1"), MemoryLedger(log, calls), ACROSS))["B7"] == "PASS"


def test_the_evidence_names_the_calls_that_were_counted():
    start = datetime(2026, 11, 10, 10, tzinfo=NEW_YORK)
    calls = [call(f"c{n}", start - timedelta(hours=n), debt_id="d-1") for n in range(1, 9)]
    judged = judge_across(call("c", start, debt_id="d-1"), MemoryLedger(None, calls), ACROSS)
    verdict = next(v for v in judged.verdicts if v.rule == "B7")
    assert verdict.reason.startswith("presumption")
    assert {e.party for e in verdict.evidence} == {f"c{n}" for n in range(1, 9)}


STORY = [
    call("a", datetime(2026, 11, 1, 10, tzinfo=UTC), "take me off your list please", call_type="sales",
         customer_id="p-1", person_number="+12125550127", account_id="x"),
    call("b", datetime(2026, 11, 20, 10, tzinfo=UTC), "hello who is this", call_type="sales", customer_id="p-1",
         person_number="+12125550127", account_id="x"),
    call("c", datetime(2026, 11, 3, 10, tzinfo=UTC), "i need a new password", direction="inbound", call_type="service",
         account_id="y", person_number="+13125550127"),
    call("d", datetime(2026, 11, 5, 10, tzinfo=UTC), "i have got a new phone number for you", direction="inbound",
         call_type="service", account_id="y", person_number="+13125550128"),
    call("e", datetime(2026, 11, 7, 10, tzinfo=UTC), "i want to add a new payee", direction="inbound", call_type="service",
         account_id="y", person_number="+13125550128"),
    call("f", datetime(2026, 11, 8, 10, tzinfo=UTC), "i will call you tomorrow at ten", role="agent", direction="inbound",
         call_type="service", customer_id="p-9"),
    call("g", datetime(2026, 11, 9, 15, tzinfo=UTC), "hello this is dana", role="agent", customer_id="p-9", debt_id="d-9"),
]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.permutations(STORY))
def test_any_order_of_arrival_ends_in_the_same_verdicts(order):
    ledger, answers, known = MemoryLedger([]), {}, {}
    for arrived in order:
        ledger.add_call(arrived)
        known[arrived.id] = arrived
        for id in [arrived.id, *touched(arrived, ledger, WINDOWS)]:
            answers[id] = _answer(known[id], ledger)
    whole = MemoryLedger([], STORY)
    assert answers == {one.id: _answer(one, whole) for one in STORY}


@pytest.mark.parametrize(("days", "expected"), [(8, ["c"]), (9, []), (-366, []), (0, ["c"])])
def test_a_count_of_a_week_reaches_no_further_than_its_days(days, expected):
    """Of seven days on the person's wall the first may begin eight times 24 hours ago."""
    start = datetime(2026, 11, 10, 10, tzinfo=NEW_YORK)
    other = call("c", start + timedelta(days=days), debt_id="d-1")
    ledger = MemoryLedger([], [other, call("z", start, debt_id="d-2")])
    assert touched(call("a", start, debt_id="d-1"), ledger, WINDOWS) == expected


def _answer(one, ledger):
    judged = judge_across(one, ledger, ACROSS)
    return ({v.rule: (v.value, v.reason, v.basis["ledger"]) for v in judged.verdicts}, {s.rule for s in judged.signals})


def test_the_story_holds_what_was_planted():
    ledger = MemoryLedger([], STORY)
    answers = {one.id: judge_across(one, ledger, ACROSS) for one in STORY}
    assert values(answers["b"])["C2c"] == "FAIL"
    assert values(answers["a"])["C2c"] == "PASS"
    assert [s.rule for s in answers["e"].signals] == ["J1x"]
    assert answers["d"].signals == ()
    assert values(answers["f"])["K5"] == "PASS"


@pytest.mark.parametrize(("as_of", "value"), [(None, "UNSURE"), (datetime(2026, 11, 9, tzinfo=UTC), "UNSURE"),
                                              (datetime(2026, 11, 12, tzinfo=UTC), "FAIL")])  # fmt: skip
def test_a_promise_fails_only_when_it_is_due(as_of, value):
    promise = STORY[5]
    assert values(judge_across(promise, MemoryLedger([], [promise]), ACROSS, as_of=as_of))["K5"] == value


def test_what_happened_after_as_of_is_not_known():
    later = call("z", datetime(2026, 11, 19, 10, tzinfo=UTC), customer_id="p-1", call_type="sales")
    ledger = MemoryLedger([], [STORY[0], later])
    assert values(judge_across(later, ledger, ACROSS))["C2c"] == "FAIL"
    past = datetime(2026, 10, 31, tzinfo=UTC)
    assert values(judge_across(later, ledger, ACROSS, as_of=past))["C2c"] == "PASS"


def test_a_request_is_honoured_within_its_grace():
    soon = call("z", datetime(2026, 11, 14, 10, tzinfo=UTC), customer_id="p-1", call_type="sales")
    assert values(judge_across(soon, MemoryLedger([], [STORY[0], soon]), ACROSS))["C2c"] == "PASS"
