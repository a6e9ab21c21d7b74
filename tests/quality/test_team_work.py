"""Assignments, samples, calibration, agreement, disputes, coaching: who may, what stays hidden, what is kept."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from dashboards.reviews import Change
from pipeline.records import Evidence, Value, Verdict
from webapp.desk.quality.agreeing import SqlAgreementDesk
from webapp.desk.quality.assigning import SqlAssignDesk
from webapp.desk.quality.calibrating import SqlCalibrationDesk
from webapp.desk.quality.coaching import SqlCoachingDesk
from webapp.desk.quality.deciding import SqlDisputeDesk
from webapp.desk.quality.results import SqlResultDesk
from webapp.desk.quality.sampling import SqlSampleDesk
from webapp.settings import Settings
from webapp.tables import AssignmentRow, ReviewScore, RuleExample

SETTINGS = Settings(zone="Europe/Helsinki", dispute_days=5)
MARCH = date(2026, 3, 1), date(2026, 3, 31)


def rows(house, table):
    with house.store.database.read() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def person(house, login):
    return house.accounts.find(login).id


def assign(house, who="lena"):
    return SqlAssignDesk(house.desk(who))


def samples(house, who="lena"):
    return SqlSampleDesk(house.desk(who))


def results(house, who="ali"):
    return SqlResultDesk(house.desk(who), SETTINGS)


def disputes(house, who="lena"):
    return SqlDisputeDesk(house.desk(who))


@pytest.fixture
def call(house):
    return house.call("C-1")


# Assignments and samples


def test_an_assigned_call_waits_for_one_person_and_is_done_with_their_review(house, call):
    other = house.call("C-2")
    for one in (call, other):
        assert assign(house).assign(one, person(house, "rita"), "first", date(2026, 3, 9)) == ""
    assert "asked for that review already" in assign(house).assign(call, person(house, "rob"), "first", None)
    assert [line.call_name for line in house.reviews("rita").mine().assigned] == ["C-1", "C-2"]
    assert house.reviews("rob").mine().assigned == ()
    review = house.reviews("rita").begin(call, "service", "first")
    assert house.finish("rita", review).next == other
    assert [line.call_name for line in house.reviews("rita").mine().assigned] == ["C-2"]


def test_only_people_and_calls_of_ones_teams_can_be_assigned(house, call):
    assert "no such call or person" in assign(house, "sam").assign(call, person(house, "sam"), "first", None)
    assert "no such call or person" in assign(house).assign(call, person(house, "sam"), "first", None)
    assert "no such call or person" in assign(house).assign(call, person(house, "cole"), "first", None)
    assert {one.name for one in assign(house).people()} == {"Rita", "Rob", "Lena", "Ada"}


def test_whoever_is_asked_for_a_second_review_no_longer_sees_the_first(house, call):
    first = house.reviewed("rita", call)
    assert house.reviews("rob").review(first) is not None
    assert "somebody else" in assign(house).assign(call, person(house, "rita"), "second", None)
    assert assign(house).assign(call, person(house, "rob"), "second", None) == ""
    assert house.reviews("rob").review(first) is None
    assert house.reviews("lena").review(first) is not None


def test_a_sample_draws_each_agents_calls_with_its_seed_and_frame(house):
    for n in range(4):
        house.call(f"A-{n}", agent="ag-1")
    house.call("B-1", agent="ag-2")
    house.call("S-1", team="south", agent="ag-9")
    house.reviewed("rita", house.call("A-9", agent="ag-1"))
    drawn, done = samples(house).draw([person(house, "rita"), person(house, "rob")], 2, *MARCH, None)
    written = [row for row in rows(house, AssignmentRow) if row.picked == "draw"]
    assert drawn == len(written) == 3
    assert sorted(row.probability for row in written) == [0.4, 0.4, 1.0]
    assert done == sum(row.done_at is not None for row in written)  # reviewed before: nobody hears it again
    assert len({row.seed for row in written}) == 1
    assert {row.frame.split()[0] for row in written} == {"5", "1"}
    assert {row.user_id for row in written} <= {house.desk("rita").scope.user, house.desk("rob").scope.user}


def test_the_rate_of_a_sample_is_told_once_all_of_it_was_heard(house):
    calls = [house.call(f"A-{n}", agent="ag-1") for n in range(4)]
    samples(house).draw([person(house, "rita")], 4, *MARCH, None)
    for call in calls[:3]:
        house.reviewed("rita", call, identity="no")
    [before] = samples(house).samples()
    house.reviewed("rita", calls[3], identity="yes")
    [after] = samples(house).samples()
    assert (before.heard, before.rate) == (3, None)
    assert (after.heard, after.drawn, after.rate) == (4, 4, 0.75)
    assert (after.low, after.high) == (0.75, 0.75)  # all calls of the frame were heard


def test_a_sample_is_proven_by_drawing_it_again_and_says_when_calls_came_later(house):
    for n in range(5):
        house.call(f"A-{n}", agent="ag-1")
    samples(house).draw([person(house, "rita")], 2, *MARCH, None)
    assert [line.same for line in samples(house).samples()] == [True]
    assert [line.same for line in samples(house, "ada").samples()] == [True]  # whoever looks: the frame is the drawer's
    house.call("A-late", agent="ag-1")
    assert [line.same for line in samples(house).samples()] == [False]


def test_a_call_assigned_before_it_was_drawn_counts_for_the_sample(house):
    call = house.call("A-1", agent="ag-1")
    assign(house).assign(call, person(house, "rob"), "first", None)
    samples(house).draw([person(house, "rita")], 1, *MARCH, None)
    [row] = rows(house, AssignmentRow)
    assert (row.picked, row.probability, row.user_id) == ("draw", 1.0, house.desk("rob").scope.user)


# Calibration and agreement


def session(house, *calls, people=("rita", "rob")):
    return SqlCalibrationDesk(house.desk("lena")).open(
        "March", "service", calls, [person(house, one) for one in people]
    )


def test_a_calibration_session_is_blind_until_it_is_closed(house, call):
    first = house.reviewed("lena", call, solved="no")
    here = session(house, "C-1")
    calibration = {who: SqlCalibrationDesk(house.desk(who)) for who in ("rita", "rob", "lena")}
    mine = calibration["rita"].begin(here, call)
    theirs = calibration["rob"].begin(here, call)
    assert mine != theirs
    assert house.reviews("rita").review(theirs) is None
    assert house.reviews("lena").review(mine) is None
    assert house.reviews("rita").review(first) is None  # the review that counts would tell them
    view = house.reviews("rita").review(mine)
    assert view.blind
    assert all(question.machine is None for question in view.questions)
    house.finish("rita", mine, solved="yes", identity="yes")
    house.finish("rob", theirs, solved="no", identity="yes")
    done = house.reviews("rita").review(mine)
    assert (done.blind, done.session) == (True, here)
    assert all(question.machine is None for question in done.questions)  # nor on one's own, while others still answer
    assert [line.differs for line in house.reviews("rita").mine().recent] == [0]
    assert SqlAgreementDesk(house.desk("rita")).agreement("service").reviews == 0
    assert calibration["rita"].session(here).figures == ()
    assert calibration["rita"].session(here).calls[0].answers == {}
    assert dict(calibration["lena"].session(here).progress) == {"Rita": 1, "Rob": 1}
    assert not calibration["rita"].close(here)  # whoever answers does not end it
    assert calibration["lena"].close(here)
    closed = calibration["rita"].session(here)
    assert closed.calls[0].answers["solved"] == {"Rita": "Yes", "Rob": "No"}
    assert closed.calls[0].machine["identity"] == "No"
    assert closed.calls[0].reviews == {"Rita": mine, "Rob": theirs}
    assert [place.start for place in closed.calls[0].places["identity"]] == [9.0]
    assert house.reviews("rita").mine().recent[0].differs > 0
    assert (closed.pairs, closed.near) == (1, 0.0)
    assert house.reviews("rita").review(theirs) is not None


def test_nobody_answers_in_a_closed_session_and_others_never(house, call):
    here = session(house, "C-1")
    mine = SqlCalibrationDesk(house.desk("rita")).begin(here, call)
    assert SqlCalibrationDesk(house.desk("lena")).begin(here, call) is None  # takes no part
    assert SqlCalibrationDesk(house.desk("sam")).session(here) is None
    SqlCalibrationDesk(house.desk("lena")).close(here)
    assert house.reviews("rita").answer(mine, Change("solved", "answer", "yes", 0)) is None
    assert SqlCalibrationDesk(house.desk("rob")).begin(here, call) is None


def test_a_session_is_closed_by_who_opened_it_or_leads_all_of_it(house, call):
    """Sam leads the south, and one of the calls is of the north; Ada opened it; Rita answers."""
    south = house.call("S-1", team="south")
    opened = SqlCalibrationDesk(house.desk("ada"))
    both = opened.open("Both", "service", [call, south], [person(house, "rita"), person(house, "lena")])
    own = opened.open("South", "service", [south], [person(house, "sam"), person(house, "ada")])
    for who in ("sam", "lena", "rita", "cole", "ali"):
        desk = SqlCalibrationDesk(house.desk(who))
        assert (desk.close(both), desk.agree(both, "x")) == (False, False), who
    assert not SqlCalibrationDesk(house.desk("sam")).session(both).may_close
    assert not SqlCalibrationDesk(house.desk("lena")).close(own)
    assert SqlCalibrationDesk(house.desk("sam")).close(own)
    assert opened.close(both)
    assert not SqlCalibrationDesk(house.desk("sam")).agree(both, "x")
    assert opened.agree(both, "greet first")
    assert SqlCalibrationDesk(house.desk("sam")).agree(own, "as before")


def test_a_session_needs_two_people_and_calls_of_ones_teams(house, call):
    house.call("S-1", team="south")
    assert session(house, "C-1", people=("rita",)) is None
    assert session(house, "C-1", "S-1") is None
    assert session(house, "C-1", "nope") is None
    assert session(house) is None


def test_calibration_reviews_are_no_decisions_about_the_call(house, call):
    here = session(house, "C-1")
    mine = SqlCalibrationDesk(house.desk("rita")).begin(here, call)
    house.finish("rita", mine, identity="no")
    SqlCalibrationDesk(house.desk("lena")).close(here)
    assert results(house).results() == []
    assert house.reviews("lena").of_call(call).may_begin


def test_agreement_compares_people_with_people_and_with_the_machine(house):
    for n in range(6):
        call = house.call(f"C-{n}")
        answer = "yes" if n % 2 else "no"
        house.reviewed("rita", call, identity=answer)
        house.reviewed("rob", call, slot="second", identity=answer)
    found = SqlAgreementDesk(house.desk("lena")).agreement("service")
    identity = next(one for one in found.figures if one.question == "identity")
    assert (found.reviews, found.twice) == (12, 6)
    assert (identity.people.value, identity.people.units) == (1.0, 6)
    assert (identity.machine.value, identity.machine.same) == (0.0, 0.5)  # it says "no" every time
    assert all(
        one.question != "introduced" or one.people.units == 0 for one in found.figures
    )  # rita left it to the machine
    blind = SqlAgreementDesk(house.desk("lena")).agreement("service", blind=True)
    assert (blind.reviews, blind.twice) == (6, 0)
    assert SqlAgreementDesk(house.desk("sam")).agreement("service").reviews == 0


# Results and disputes


@pytest.fixture
def result(house, call):
    return house.reviewed("rita", call, identity="no", recording_told="yes")


def test_agents_see_the_results_of_their_own_calls_only(house, result):
    other = house.reviewed("rita", house.call("C-2", agent="ag-2"))
    draft = house.reviews("rita").begin(house.call("C-3"), "service", "first")
    assert [line.call_name for line in results(house).results()] == ["C-1"]
    assert results(house).result(result).line.score == 0
    for hidden in (other, draft):
        assert results(house).result(hidden) is None
    assert results(house, "rita").results() == []
    assert results(house, "ada").result(result) is None  # an administrator is nobody's agent


def test_a_result_says_nothing_by_rules_of_the_fraud_pack(house):
    """The question is theirs to read and to dispute; what the machine made of it by a secret rule is not."""
    house.cards("ada").publish(CARD.replace("[D1, D4, D5]", "[J7, D1]"), "", base=0)
    verdict = Verdict(
        "J7", "1", Value.FAIL, "the agent stepped off the script", (Evidence("my own account", 3.0, 4.0, "s1"),)
    )
    review = house.reviews("rita").begin(house.call("C-8", verdicts=[verdict]), "three", "first")
    assert (
        house.reviews("rita").review(review).questions[0].machine.reason
        == "J7 is broken: the agent stepped off the script."
    )
    assert house.finish("rita", review, safe="no").outcome == "submitted"
    assert results(house).dispute(review, "safe", "it was not so") == ""
    disputes(house).decide(disputes(house).disputes()[0].id, True, "yes", "misread")
    assert disputes(house).disputes(decided=True)[0].rules == ("J7",)
    told = results(house).result(review)
    assert [(one.value, one.machine, one.differs) for one in told.questions] == [("yes", None, False)]
    assert told.disputes[0].rules == ()


def test_acknowledging_is_done_once_and_stays(house, result):
    assert results(house).acknowledge(result)
    assert not results(house).acknowledge(result)
    assert results(house).results()[0].acknowledged
    assert not results(house, "ben").acknowledge(result)


@pytest.mark.parametrize(("moment", "open_"), [("2026-03-09T21:59", True), ("2026-03-09T22:01", False)])
def test_the_window_ends_with_the_last_working_day_in_the_zone_of_the_house(house, result, moment, open_):
    """Submitted on Monday 2 March; five working days later is Monday 9 March, which ends in Helsinki at 22:00 UTC."""
    house.store.clock.moment = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    said = results(house).dispute(result, "identity", "I did ask")
    assert (said == "") is open_
    assert open_ or "has passed" in said


def test_a_dispute_is_written_once_for_an_answer_with_words(house, result):
    assert "few words" in results(house).dispute(result, "identity", "  ")
    assert "no such answer" in results(house).dispute(result, "nope", "hm")
    assert "earns all" in results(house).dispute(result, "introduced", "hm")
    assert "introduced" in results(house).result(result).full
    assert "identity" not in results(house).result(result).full
    assert results(house).dispute(result, "identity", "I did ask") == ""
    assert "already" in results(house).dispute(result, "identity", "really")
    assert "no such result" in results(house, "ben").dispute(result, "identity", "me too")


def test_whoever_gave_the_answer_does_not_decide(house, call):
    review = house.reviews("lena").begin(call, "service", "first")
    house.answer("lena", review, "identity", "no")
    house.store.clock.move(minutes=30)
    assert house.reviews("rita").begin(call, "service", "first") == review
    house.finish("rita", review)  # lena answered, rita took over and submitted
    results(house).dispute(review, "identity", "I did ask")
    [line] = disputes(house).disputes()
    assert not line.may_decide
    assert "does not decide" in disputes(house).decide(line.id, True, "yes", "right")
    assert "no such dispute" in disputes(house, "rob").decide(line.id, True, "yes", "right")
    assert "no such dispute" in disputes(house, "sam").decide(line.id, True, "yes", "right")
    assert disputes(house, "ada").decide(line.id, True, "yes", "heard it") == ""


def test_an_upheld_dispute_corrects_the_score_and_keeps_the_old_one(house, result):
    results(house).dispute(result, "identity", "I did ask")
    [line] = disputes(house).disputes()
    assert (line.old, line.machine, line.reviewer) == ("No", "No", "Rita")
    assert "Choose the answer" in disputes(house).decide(line.id, True, "no", "hm")
    assert "few words" in disputes(house).decide(line.id, True, "yes", " ")
    house.store.clock.move(hours=1)
    assert disputes(house).decide(line.id, True, "yes", "asked at 0:05") == ""
    before, after = rows(house, ReviewScore)
    assert (before.score, before.why, before.superseded_at) == (0, "submitted", house.store.clock())
    assert (after.why, after.flagged) == ("corrected", False)
    assert after.score > 90
    assert results(house).result(result).line.score == after.score
    assert "already" in disputes(house, "ada").decide(line.id, False, "", "no")
    told = results(house).result(result).disputes[0]
    assert (told.state, told.new, told.said) == ("upheld", "Yes", "asked at 0:05")


def test_an_upheld_dispute_becomes_an_example_of_its_rule(house, result):
    results(house).dispute(result, "identity", "I did ask")
    disputes(house).decide(disputes(house).disputes()[0].id, True, "yes", "asked")
    [example] = rows(house, RuleExample)
    assert (example.rule, example.expected) == ("E1", "quiet")
    assert example.text.splitlines()[0] == "agent @1.0: hello this is dana from northfield"
    assert "customer_id" not in example.known
    assert disputes(house).disputes(decided=True)[0].rules == ("E1",)


CARD = """
id: three
title: Three rules
about: One question of three rules.
owner: quality
bands: {pass: 85, coach: 70}
sections:
  - id: cards
    title: Cards
    questions:
      - id: safe
        ask: Was the card safe?
        answers: yes_no
        weight: 5
        not_applicable: No card was used.
        machine: {rules: [D1, D4, D5]}
"""


KIND = """\
      - {id: kind, ask: Was the agent kind?, answers: yes_no, weight: 5}
"""


@pytest.mark.parametrize(
    ("machine", "given", "right", "taught"),
    [
        (("FAIL", "PASS", "NOT_APPLICABLE"), "no", "yes", {"D1": "quiet"}),  # D4 and D5 were in nobody's doubt
        (("FAIL", "FAIL", "PASS"), "no", "yes", {"D1": "quiet", "D4": "quiet"}),
        (("FAIL", "PASS", "PASS"), "yes", "no", {"D1": "fires"}),
        (("FAIL", "FAIL", "PASS"), "yes", "no", {}),  # which of both was broken?
        (("PASS", "PASS", "NOT_APPLICABLE"), "yes", "no", {}),
    ],
)
def test_an_upheld_dispute_teaches_only_the_rules_that_were_disputed(house, machine, given, right, taught):
    """The question has no weight: an answer that earns all its points is disputed by nobody."""
    house.cards("ada").publish(CARD.replace("weight: 5", "weight: 0") + KIND, "", base=0)
    verdicts = [
        Verdict(rule, "1", Value(value), "so it was") for rule, value in zip(("D1", "D4", "D5"), machine, strict=True)
    ]
    call = house.call("C-9", verdicts=verdicts)
    review = house.reviews("rita").begin(call, "three", "first")
    assert house.finish("rita", review, safe=given).outcome == "submitted"
    assert results(house).dispute(review, "safe", "it was otherwise") == ""
    assert disputes(house).decide(disputes(house).disputes()[0].id, True, right, "heard it") == ""
    assert {row.rule: row.expected for row in rows(house, RuleExample)} == taught


def test_misheard_words_and_turned_down_disputes_teach_no_rule(house, result):
    house.reviewed("rita", house.call("C-2"), identity="no")
    second = next(line.review for line in results(house).results() if line.call_name == "C-2")
    for review in (result, second):
        results(house).dispute(review, "identity", "I did ask")
    one, other = disputes(house).disputes()
    assert disputes(house).decide(one.id, True, "yes", "misheard", misheard=True) == ""
    assert disputes(house).decide(other.id, False, "", "not asked") == ""
    assert rows(house, RuleExample) == []
    assert len(rows(house, ReviewScore)) == 3


# Coaching


def coaching(house, who="lena"):
    return SqlCoachingDesk(house.desk(who))


def test_a_note_stands_at_the_evidence_and_the_agent_reads_it(house, result):
    assert coaching(house).write(result, "identity", "Ask for two identifiers first", None, date(2026, 3, 20)) == ""
    [note] = coaching(house, "ali").notes(own=True)
    assert (note.start, note.end, note.by, note.agent) == (9.0, 11.0, "Lena", "ag-1")
    assert coaching(house, "ben").notes(own=True) == []
    assert coaching(house, "ali").seen(note.id)
    assert not coaching(house, "ali").seen(note.id)
    assert results(house).result(result).coaching[0].seen_at == house.store.clock()
    assert not coaching(house, "rita").close(note.id, "done")
    assert coaching(house).close(note.id, "much better")


@pytest.mark.parametrize(
    ("question", "words", "says"),
    [("hold", "x", "did not apply"), ("solved", " ", "differently"), ("nope", "x", "no such answer")],
)
def test_notes_that_make_no_sense_are_refused(house, result, question, words, says):
    assert says in coaching(house).write(result, question, words, None, None)
    assert coaching(house).notes() == []


def test_notes_are_for_leads_of_the_team(house, result):
    for who in ("rita", "sam", "ali"):
        assert "no such answer" in coaching(house, who).write(result, "identity", "x", None, None)


def test_a_note_is_measured_on_calls_before_and_after_it(house, result):
    house.reviewed("rita", house.call("C-2"), identity="no")
    house.store.clock.move(days=1)
    coaching(house).write(result, "identity", "Ask first", None, None)
    house.store.clock.move(days=1)
    for n in range(3):
        house.reviewed("rita", house.call(f"D-{n}"), identity="yes")
    house.reviewed("rita", house.call("E-1", agent="ag-2"), identity="no")  # somebody else
    [note] = coaching(house).notes()
    effect = note.effect
    assert (effect.before, effect.before_of, effect.after, effect.after_of, effect.difference) == (0, 2, 1, 3, 1)
    assert effect.low < 1 == effect.high
