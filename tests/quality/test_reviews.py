"""Reviews: what the machine answers beforehand, two people at once, undo, submit, reopen; on both databases."""

import threading

import pytest
from sqlalchemy import select

from dashboards.queues import CallHeld, Held, QueueKey
from dashboards.reviews import Change
from pipeline.quality.errors import AnswerError
from pipeline.records import Value, Verdict
from tests.quality.makers import PASSWORD, SERVICE, VERDICTS
from webapp.accounts import COMMAND_LINE
from webapp.desk.claiming import LEASE
from webapp.desk.queues import SqlQueueDesk
from webapp.tables import NoticeRow, ReviewAnswer, ReviewMark, ReviewScore, Standing


def question(view, name):
    return next(one for one in view.questions if one.id == name)


@pytest.fixture
def call(house):
    return house.call("C-1")


@pytest.fixture
def review(house, call):
    return house.reviews("rita").begin(call, "service", "first")


def rows(house, table):
    with house.store.database.read() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def test_what_verdicts_decide_is_answered_and_what_they_doubt_is_not(house, review):
    view = house.reviews("rita").review(review)
    told = {
        name: (question(view, name).value, question(view, name).source)
        for name in ("introduced", "recording_told", "hold", "empathy", "identity")
    }
    assert told == {
        "introduced": ("yes", "machine"), "recording_told": ("no", "machine"), "hold": ("na", "machine"),
        "empathy": (None, ""),  # UNSURE is never guessed
        "identity": (None, ""),  # a suggestion waits for a person
    }  # fmt: skip
    assert question(view, "identity").machine.value == "no"
    assert question(view, "identity").machine.evidence[0].start == 9.0


def test_a_person_overrules_the_machine_and_both_stand_there(house, review):
    house.answer("rita", review, "recording_told", "yes")
    seen = question(house.reviews("rita").review(review), "recording_told")
    assert (seen.value, seen.source, seen.machine.value, seen.differs) == ("yes", "person", "no", True)
    house.finish("rita", review)
    marks = {mark.question: mark for mark in rows(house, ReviewMark)}
    assert (marks["recording_told"].value, marks["recording_told"].machine, marks["recording_told"].source) == (
        "yes",
        "no",
        "person",
    )
    assert marks["introduced"].source == "machine"
    assert marks["recording_told"].verdicts == {"REC-1": "FAIL"}


def test_on_a_call_with_unsure_words_the_machine_answers_nothing(house):
    call = house.call("C-9", marks=("asr_unsure",))
    here = house.reviews("rita")
    view = here.review(here.begin(call, "service", "first"))
    assert all(one.value is None for one in view.questions)
    assert "not sure enough" in view.doubt


def refused(deed, *args):
    """Who has the call, told to somebody who tries to write a review of it."""
    with pytest.raises(CallHeld) as error:
        deed(*args)
    return error.value.held


def test_a_review_that_somebody_writes_takes_nothing_of_others(house, clock, call, review):
    rob, until = house.reviews("rob"), clock() + LEASE
    version = house.reviews("rita").peek(review).version
    held = Held("Rita", until)
    assert refused(rob.begin, call, "service", "first") == held
    assert refused(rob.answer, review, Change("solved", "answer", "no", 0)) == held
    assert refused(rob.undo, review) == held
    assert refused(rob.submit, review, version) == held
    assert (rob.review(review).may_edit, rob.of_call(call).may_begin) == (False, False)
    assert rows(house, ReviewAnswer) == []
    assert house.finish("rita", review).outcome == "submitted"


def test_a_call_given_to_somebody_is_not_reviewed_by_others(house, clock):
    call = house.call("C-77")
    given = SqlQueueDesk(house.desk("rob")).take(QueueKey(), call)
    rita = house.reviews("rita")
    assert refused(rita.begin, call, "service", "first") == Held("Rob", given.until)
    assert not rita.of_call(call).may_begin
    clock.move(minutes=30)  # the lease is over
    assert house.reviewed("rita", call)


def test_a_review_is_taken_over_only_when_its_call_was_let_go(house, clock, call, review):
    house.answer("rita", review, "solved", "yes")
    clock.move(minutes=29, seconds=59)
    refused(house.reviews("rob").begin, call, "service", "first")
    clock.move(seconds=1)
    assert house.reviews("rob").of_call(call).begun_by == "Rita"
    assert house.reviews("rob").begin(call, "service", "first") == review
    assert house.answer("rob", review, "clear", "two").outcome == "saved"
    assert refused(house.reviews("rita").answer, review, Change("reason_found", "answer", "no", 0)).by == "Rob"
    view = house.reviews("rita").review(review)
    assert (question(view, "solved").by, question(view, "clear").by, view.may_edit) == ("Rita", "Rob", False)
    clock.move(minutes=30)
    assert refused(house.reviews("rita").answer, review, Change("reason_found", "answer", "no", 0)) == Held("Rob")


def test_only_a_lead_of_its_team_takes_a_call_from_somebody(house, clock, call, review):
    assert [SqlQueueDesk(house.desk(who)).take_over(call) for who in ("rob", "sam", "cole", "ali")] == [False] * 4
    assert SqlQueueDesk(house.desk("lena")).take_over(call)
    assert refused(house.reviews("rita").answer, review, Change("solved", "answer", "no", 0)).by == "Lena"
    assert house.reviews("lena").begin(call, "service", "first") == review
    assert house.finish("lena", review).view.reviewer == "Lena"


def test_who_has_a_call_is_asked_for_it_once(house, call, review):
    asks = SqlQueueDesk(house.desk("rob")).ask
    assert asks(call).by == asks(call).by == "Rita"
    assert [SqlQueueDesk(house.desk(who)).ask(call) for who in ("rita", "sam", "ali")] == [None] * 3
    [notice] = rows(house, NoticeRow)
    assert (notice.kind, notice.user_id, notice.count) == ("wanted", house.desk("rita").scope.user, 2)


def test_who_answers_what_was_changed_in_another_window_is_told_and_nothing_is_lost(house, review):
    house.reviews("rita").answer(review, Change("solved", "answer", "yes", 0))
    saved = house.reviews("rita").answer(review, Change("solved", "answer", "no", 0))
    assert saved.outcome == "clash"
    assert (saved.clash.by, saved.clash.theirs, saved.clash.title) == ("Rita", "yes", "Yes")
    assert question(saved.view, "solved").value == "yes"
    same = house.reviews("rita").answer(review, Change("solved", "answer", "yes", 0))
    assert same.outcome == "saved"  # both windows agree: no notice
    kept = house.reviews("rita").answer(review, Change("solved", "answer", "no", question(same.view, "solved").version))
    assert (kept.outcome, question(kept.view, "solved").by) == ("saved", "Rita")
    assert [(row.value, row.superseded_at is None) for row in rows(house, ReviewAnswer)] == [
        ("yes", False),
        ("no", True),
    ]


def test_of_many_changes_at_once_none_is_lost(house, review):
    """Two windows answer at once, each with what it saw when nothing was answered."""
    names = [q.id for q in SERVICE.questions][:6]
    outcomes = []

    def work(login, value):
        for name in names:
            saved = house.reviews(login).answer(review, Change(name, "answer", value, 0))
            outcomes.append(saved.outcome)

    threads = [threading.Thread(target=work, args=(who, "yes")) for who in ("rita", "rita")]
    names = ["introduced", "recording_told", "identity", "reason_found", "right_information", "solved"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == ["saved"] * 12
    written = rows(house, ReviewAnswer)
    assert sorted(row.version for row in written) == list(range(1, len(written) + 1))
    assert {row.question for row in written if row.superseded_at is None} == set(names)


@pytest.mark.parametrize("where", ["", "solved"])
def test_a_note_is_kept_whole_or_refused_with_its_length(house, review, where):
    write = house.reviews("rita").answer
    assert write(review, Change(where, "note", "x" * 2000, 0)).outcome == "saved"
    with pytest.raises(AnswerError, match=r"has 2,001 characters and may have 2,000. It is not kept yet"):
        write(review, Change(where, "note", "y" * 2001, 1))
    long = "call me back on 020 7946 0018 " + "z" * 1965 + " end."
    assert len(long) == 2000
    assert write(review, Change(where, "note", long, 1)).outcome == "saved"
    assert rows(house, ReviewAnswer)[-1].value.endswith(
        "z end."
    )  # what redaction writes takes no room from what follows


def passed_on(house, clock, call, login):
    """The lease of the call ends, and somebody takes its review over."""
    clock.move(minutes=30)
    assert house.reviews(login).begin(call, "service", "first")


def test_undo_takes_back_the_own_last_change_and_then_the_one_before(house, clock, call, review):
    for value in ("yes", "no"):
        house.answer("rita", review, "solved", value)
    passed_on(house, clock, call, "rob")
    house.answer("rob", review, "clear", "two")
    passed_on(house, clock, call, "rita")
    told = []
    for _ in range(3):
        saved = house.reviews("rita").undo(review)
        told.append((saved.outcome, question(saved.view, "solved").value))
    assert told == [("saved", "yes"), ("saved", None), ("nothing", None)]
    assert question(saved.view, "clear").value == "two"


def test_the_history_tells_every_change_with_what_it_was_before(house, clock, call, review):
    house.answer("rita", review, "solved", "yes")
    passed_on(house, clock, call, "rob")
    house.answer("rob", review, "solved", "no")
    house.reviews("rob").undo(review)
    told = [(event.who, event.what, event.old, event.new) for event in house.reviews("lena").review(review).history]
    assert told == [("Rita", "begun", "", ""), ("Rita", "answered", "open", "Yes"), ("Rob", "taken over", "", ""),
                    ("Rob", "answered", "Yes", "No"),
                    ("Rob", "took back", "No", "Yes")]  # fmt: skip


def test_undo_leaves_what_somebody_else_answered_since(house, clock, call, review):
    house.answer("rita", review, "solved", "yes")
    passed_on(house, clock, call, "rob")
    house.answer("rob", review, "solved", "no")
    passed_on(house, clock, call, "rita")
    assert house.reviews("rita").undo(review).outcome == "nothing"


def test_undoing_brings_the_machines_answer_back(house, review):
    house.answer("rita", review, "recording_told", "yes")
    saved = house.reviews("rita").undo(review)
    assert (question(saved.view, "recording_told").value, question(saved.view, "recording_told").source) == (
        "no",
        "machine",
    )


@pytest.mark.parametrize(
    "wrong",
    [("nope", "answer", "yes"), ("solved", "answer", "maybe"), ("", "flag", "perhaps"), ("solved", "colour", "x")],
)
def test_an_answer_no_card_takes_is_refused(house, review, wrong):
    with pytest.raises(AnswerError):
        house.reviews("rita").answer(review, Change(*wrong, 0))


def test_a_review_with_open_questions_is_not_submitted(house, review):
    here = house.reviews("rita")
    done = here.submit(review, here.review(review).version)
    assert (done.outcome, done.view.state) == ("open", "draft")
    assert done.view.open == 11  # of 16 the machine decided five
    assert rows(house, ReviewScore) == []


def test_a_submission_that_did_not_see_the_last_change_is_held_back(house, review):
    version = house.reviews("rita").review(review).version
    house.answer("rita", review, "solved", "no")
    assert house.reviews("rita").submit(review, version).outcome == "changed"


def test_a_submitted_review_is_scored_and_closed(house, call, review):
    done = house.finish("rita", review, identity="yes", polite_end="yes")
    assert done.outcome == "submitted"
    [score] = rows(house, ReviewScore)
    assert score.score == pytest.approx(100 * 93 / 96)  # 3 lost for the recording; the hold (4) did not apply
    assert (score.band, score.flagged, score.fatal) == ("pass", False, [])
    assert house.answer("rita", review, "solved", "no").outcome == "closed"
    with house.store.database.read() as session:
        standing = session.scalars(select(Standing).where(Standing.public_id == call)).one()
    assert (standing.flagged, standing.reviewed_at) == (False, house.store.clock())


def test_a_fatal_answer_flags_the_call_unless_a_person_says_otherwise(house):
    one, other = house.call("C-2"), house.call("C-3")
    house.reviewed("rita", one, identity="no")
    review = house.reviews("rita").begin(other, "service", "first")
    house.reviews("rita").answer(review, Change("", "flag", "no", 0))
    house.finish("rita", review, identity="no")
    assert [(score.score, score.flagged) for score in rows(house, ReviewScore)] == [(0, True), (0, False)]


def test_reopening_keeps_what_was_submitted_and_copies_the_answers(house, review):
    house.finish("rita", review, solved="no", identity="yes")
    first = rows(house, ReviewScore)[0]
    house.store.clock.move(hours=1)
    assert house.reviews("rita").reopen(review, "  ") is None  # a reason is owed
    again = house.reviews("rita").reopen(review, "misheard the end")
    assert question(house.reviews("rita").review(again), "solved").value == "no"
    assert rows(house, ReviewScore)[0].superseded_at is None  # until the next one is submitted
    house.finish("rita", again, solved="yes")
    before, after = rows(house, ReviewScore)
    assert (before.score, before.superseded_at) == (first.score, house.store.clock())
    assert after.score > before.score
    assert house.reviews("rita").review(review).score == pytest.approx(first.score)


def test_a_newer_result_stands_beside_the_decision_and_does_not_change_it(house, call, review):
    house.finish("rita", review, identity="yes")
    before = house.reviews("rita").review(review)
    house.store.redo("rules")
    house.judge(
        [verdict if verdict.rule != "ID-1" else Verdict("ID-1", "2", Value.FAIL, "no name") for verdict in VERDICTS]
    )
    view = house.reviews("rita").review(review)
    assert view.newer
    queued = {
        who: [line.call_name for line in house.reviews(who).mine().doubted] for who in ("rita", "rob", "lena", "sam")
    }
    assert queued == {"rita": ["C-1"], "rob": [], "lena": ["C-1"], "sam": []}
    assert (view.score, question(view, "introduced").value) == (before.score, "yes")


def test_other_teams_and_agents_see_and_begin_nothing(house, call, review):
    for login in ("sam", "ali"):
        here = house.reviews(login)
        assert here.review(review) is None
        assert here.of_call(call) is None
        assert here.begin(call, "service", "first") is None
        assert here.answer(review, Change("solved", "answer", "yes", 0)) is None
        assert here.submit(review, 0) is None
        assert here.undo(review) is None
    assert house.reviews("cole").review(review) is not None  # may read,
    assert house.reviews("cole").answer(review, Change("solved", "answer", "yes", 0)) is None  # not write


def test_a_second_review_is_blind_and_by_somebody_else(house, call, review):
    assert house.reviews("rob").begin(call, "service", "second") is None  # not before the first
    house.finish("rita", review, solved="no")
    assert house.reviews("rita").begin(call, "service", "second") is None
    second = house.reviews("rob").begin(call, "service", "second")
    view = house.reviews("rob").review(second)
    assert view.blind
    assert all(one.machine is None and one.value is None for one in view.questions)
    assert house.reviews("rob").review(review) is None  # the first answers stay hidden until the second are given
    assert house.reviews("lena").review(second) is None
    house.finish("rob", second, solved="yes")
    assert house.reviews("rob").review(review).slot == "first"
    assert question(house.reviews("lena").review(second), "introduced").machine.value == "yes"


def test_a_published_card_leaves_reviews_with_the_version_they_began_with(house, call, review):
    text = house.cards("ada").card("service").text
    house.cards("ada").publish(text.replace("weight: 12", "weight: 10"), "lighter", base=1)
    assert house.reviews("rita").review(review).card_version == 1
    other = house.call("C-2")
    here = house.reviews("rita")
    assert here.review(here.begin(other, "service", "first")).card_version == 2


def test_leading_another_team_gives_nothing_in_this_one(house, review):
    teams = house.accounts.team_id("north"), house.accounts.team_id("south")
    roles = dict(zip(teams, ("reviewer", "lead"), strict=True))
    house.accounts.add(COMMAND_LINE, "mix", "Mix", roles, password=PASSWORD, must_change=False)
    house.finish("rita", review, identity="yes")
    here = house.reviews("mix")
    assert not here.review(review).may_reopen
    assert here.reopen(review, "I lead, elsewhere") is None
    assert house.reviews("lena").review(review).may_reopen
