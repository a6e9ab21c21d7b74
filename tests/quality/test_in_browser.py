"""Reviews in a real browser: by keys alone, by two people at once, through a closed tab, and every page read by axe."""

import pytest
from sqlalchemy import select

from dashboards.reviews import Change
from pipeline.quality.scorecards import shipped_cards
from tests.browser.conftest import NARROW, chromium, empty_server, open_page, server, signed_in, until
from tests.browser.test_every_page import AXE, LOOKS, looked
from webapp.desk import SqlDesks
from webapp.desk.quality.assigning import SqlAssignDesk
from webapp.desk.quality.calibrating import SqlCalibrationDesk
from webapp.desk.quality.coaching import SqlCoachingDesk
from webapp.desk.quality.results import SqlResultDesk
from webapp.desk.quality.reviews import SqlReviewDesk
from webapp.settings import Settings
from webapp.tables import Ranked, ReviewAnswer, ReviewRow

__all__ = ["chromium", "empty_server", "open_page", "server", "signed_in"]

READY = ".scorecard[data-ready]"
KEYS = 25  # most keystrokes for twenty questions


def rows(server, table):
    with server.store.database.read() as session:
        return list(session.scalars(select(table).order_by(table.id)))


class Filled:
    """What the pages show once people have worked: made by their desks, as the pages would."""

    def __init__(self, server):
        self.server = server
        self.desks = SqlDesks(server.store)
        with server.store.database.read() as session:
            self.ids = dict(session.execute(select(Ranked.name, Ranked.public_id)).all())

    def desk(self, login):
        return self.desks.desk(self.server.accounts.find(login))

    def review(self, login, name, slot="first", **answers):
        here = SqlReviewDesk(self.desk(login))
        review = here.begin(self.ids[name], "service", slot)
        return self.submit(here, review, answers)

    def submit(self, here, review, answers):
        card = shipped_cards()["service"]
        for question in card.questions:
            here.answer(review, Change(question.id, "answer", answers.get(question.id, question.best), 0))
        assert here.submit(review, here.peek(review).version).outcome == "submitted"
        return review


@pytest.fixture(scope="session")
def filled(server):
    made = Filled(server)
    made.result = made.review("reviewer", "C-1051", solved="no", identity="no")
    made.review("lead", "C-1051", "second")
    made.people = [server.accounts.find(login).id for login in ("lead", "reviewer")]
    sessions = SqlCalibrationDesk(made.desk("lead"))
    made.open = sessions.open("December", "service", ["C-1061"], made.people)
    made.closed = sessions.open("November", "service", ["C-1049"], made.people)
    for login, answer in (("lead", "yes"), ("reviewer", "no")):
        review = SqlCalibrationDesk(made.desk(login)).begin(made.closed, made.ids["C-1049"])
        made.submit(SqlReviewDesk(made.desk(login)), review, {"solved": answer})
    sessions.close(made.closed)
    made.blind = SqlCalibrationDesk(made.desk("lead")).begin(made.open, made.ids["C-1061"])
    SqlResultDesk(made.desk("agent"), Settings()).dispute(made.result, "solved", "I did, at the end of the call.")
    SqlCoachingDesk(made.desk("lead")).write(made.result, "solved", "Say what happens next.", 4.0, None)
    SqlAssignDesk(made.desk("lead")).assign(made.ids["C-1066"], made.people[1], "first", None)
    return made


PAGES = {
    "reviews": ("lead", "/reviews"), "assign": ("lead", "/assignments"), "calibration": ("lead", "/calibration"),
    "session": ("lead", "/calibration/{open}"), "closed-session": ("lead", "/calibration/{closed}"),
    "agreement": ("lead", "/reviews/agreement"), "disputes": ("lead", "/disputes"), "coaching": ("lead", "/coaching?review={result}"),
    "scorecards": ("admin", "/scorecards"), "scorecard": ("admin", "/scorecards/service"), "result": ("agent", "/results/{result}"),
    "editor": ("admin", "/scorecards/service/edit?open=s3.q2"), "editor-preview": ("admin", "/scorecards/service/preview"),
    "results": ("agent", "/results"), "submitted": ("lead", "/reviews/{result}"), "blind": ("lead", "/reviews/{blind}"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_reviews_can_be_read_named_and_touched(open_page, filled, name):
    login, path = PAGES[name]
    page = open_page(path.format(**vars(filled)), login)
    page.locator("main").first.wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE)
    wrong = {
        f"{viewport['width']} {scheme}": looked(page, f"quality-{name}", viewport, scheme) for viewport, scheme in LOOKS
    }
    assert {look: found for look, found in wrong.items() if found} == {}


def marked(page):
    return page.evaluate("document.querySelector('.question.here').dataset.question")


def begun(open_page, server, name, login="reviewer", card="service", **how):
    page = open_page(server.call(name), login, **how)
    page.locator("dialog.keys-help[data-ready=true]").wait_for(state="attached")
    page.select_option("#begin-card", card)
    page.locator("h1").click()
    page.keyboard.press("g")
    page.locator(READY).wait_for()
    return page


def test_twenty_questions_take_at_most_twenty_five_keys(open_page, server, filled):
    """From the call as it is opened to the review as it is submitted, every answer given by a person."""
    page = begun(open_page, server, "C-1101", card="collections")
    keys = 1
    page.evaluate("document.querySelector('.question').click()")
    questions = shipped_cards()["collections"].questions
    for question in questions:
        if question.when:
            continue  # nobody disputed anything, so it is not asked
        assert marked(page) == question.id
        page.keyboard.press("1")
        keys += 1
    until(page, "document.querySelector('[data-open]').textContent === '0'")
    page.keyboard.press("Control+Enter")
    keys += 1
    page.wait_for_url(f"**/calls/{filled.ids['C-1066']}")  # the next one they were asked for
    assert keys <= KEYS
    assert len(questions) == 20
    [review] = [row for row in rows(server, ReviewRow) if row.call_id == call_key(server, "C-1101")]
    assert review.state == "submitted"


def call_key(server, name):
    with server.store.database.read() as session:
        return session.scalars(select(Ranked.call_id).where(Ranked.name == name)).one()


def test_keys_answer_undo_and_leave_fields_alone(open_page, server, filled):
    page = begun(open_page, server, "C-1102")
    page.evaluate("document.querySelector('#q-solved').click()")
    page.keyboard.press("3")
    assert page.locator("#q-solved [data-choice=no]").get_attribute("aria-pressed") == "true"
    until(page, "document.querySelector('#q-solved [data-who]').textContent === 'Remy Okafor'")
    page.keyboard.press("u")
    until(page, "document.querySelector('#q-solved').dataset.value === ''")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("m")
    page.keyboard.type("part 1 was right")
    until(page, "/^Kept/.test(document.querySelector('[data-said]').textContent)")
    [review] = [row for row in rows(server, ReviewRow) if row.call_id == call_key(server, "C-1102")]
    written = [(row.part, row.value) for row in rows(server, ReviewAnswer) if row.review_id == review.id]
    assert written == [
        ("answer", "no"),
        ("answer", None),
        ("note", "part 1 was right"),
    ]  # the 1 was typed, not answered


def test_keys_answer_what_an_answer_opens_and_stop_at_the_end(open_page, server, filled):
    """Question 12 of the collections card is asked after a dispute; what was passed over comes last, and then nothing."""
    page = begun(open_page, server, "C-1106", card="collections")
    value = "document.querySelector(`[data-question=${arg}]`).dataset.value"
    asked = shipped_cards()["collections"].questions
    [opened] = [question for question in asked if question.when]
    parent = next(question for question in asked if question.id == opened.when.question)
    page.evaluate("document.querySelector('.question').click()")
    page.keyboard.press("ArrowDown")  # the first is left for the end
    for question in asked[1:]:
        assert marked(page) == question.id
        fits = opened.when.answers[0] if question is parent else question.best
        page.keyboard.press(str(question.values.index(fits) + 1))
    assert marked(page) == asked[0].id
    page.keyboard.press("1")
    assert page.locator(".question.here").count() == 0
    page.keyboard.press("2")
    until(page, "document.querySelector('[data-open]').textContent === '0'")
    kept = [page.evaluate(f"(arg) => {value}", question.id) for question in asked]
    assert kept[0] == asked[0].values[0]
    assert kept[-1] == asked[-1].best
    page.keyboard.press("ArrowUp")
    assert page.locator(".question.here").count() == 1


def test_u_takes_back_what_was_done_last_whatever_it_was(open_page, server, filled):
    page = begun(open_page, server, "C-1107")
    page.evaluate("document.querySelector('#q-solved').click()")
    page.keyboard.press("3")
    until(page, "document.querySelector('#q-solved [data-who]').textContent === 'Remy Okafor'")
    page.keyboard.press("e")
    page.keyboard.type("goodness")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.w.corrected')?.textContent === 'goodness'")
    page.keyboard.press("?")
    help = page.locator("[data-keys-help]").text_content()
    assert "Take back what was done last: an answer, a comment or a correction" in help
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    until(page, "!document.querySelector('.w.corrected')")
    assert page.locator("#q-solved").get_attribute("data-value") == "no"  # the answer came before the word
    page.keyboard.press("u")
    until(page, "document.querySelector('#q-solved').dataset.value === ''")


def test_a_note_that_is_too_long_stays_as_it_was_typed_and_says_so(open_page, server, filled):
    page = begun(open_page, server, "C-1108", expected=("400 (BAD REQUEST)",))
    note = page.locator("#review-note")
    note.fill("x" * 2001)
    page.locator(".scorecard [role=alert]", has_text="has 2,001 characters and may have 2,000").wait_for()
    page.locator("#q-solved [data-choice=no]").click()  # what follows is kept all the same
    until(page, "/^Kept/.test(document.querySelector('[data-said]').textContent)")
    assert note.input_value() == "x" * 2001
    note.press("Backspace")
    until(page, "!document.querySelector('#review-note').hasAttribute('aria-invalid')")
    until(page, "document.querySelector('#review-note').dataset.noteVersion > 0")
    [review] = [row for row in rows(server, ReviewRow) if row.call_id == call_key(server, "C-1108")]
    kept = {row.part: row.value for row in rows(server, ReviewAnswer) if row.review_id == review.id}
    assert kept == {"answer": "no", "note": "x" * 2000}


def test_two_windows_at_once_are_told_and_others_only_read(open_page, server, filled):
    here = begun(open_page, server, "C-1103")
    other = open_page(server.call("C-1103"), "lead")
    assert "Remy Okafor has this call until" in other.locator("[data-held]").text_content()
    assert other.locator("#q-solved [data-choice=no]").is_disabled()
    there = open_page(server.call("C-1103"), "reviewer")
    there.locator(READY).wait_for()
    here.locator("#q-solved [data-choice=no]").click()
    until(here, "document.querySelector('#q-solved').dataset.version > 0")
    there.locator("#q-solved [data-choice=yes]").click()
    clash = there.locator("[data-clash]")
    clash.wait_for()
    assert "Remy Okafor answered “No” on question 9" in clash.text_content()
    clash.get_by_role("button", name="Keep mine").click()
    until(
        there,
        "document.querySelector('#q-solved').dataset.value === 'yes' && document.querySelector('[data-clash]').hidden",
    )
    until(here, "document.querySelector('#q-solved').dataset.value === 'yes'")  # looks by itself
    written = [(row.value, row.superseded_at is None) for row in rows(server, ReviewAnswer) if row.question == "solved"]
    assert ("no", False) in written
    assert ("yes", True) in written


def test_closing_the_tab_loses_nothing_that_was_typed_a_moment_ago(open_page, server, filled):
    page = begun(open_page, server, "C-1104")
    page.locator("#review-note").fill("call them back on Friday")
    page.close(run_before_unload=False)
    other = open_page(server.call("C-1104"), "reviewer")
    other.locator(READY).wait_for()
    until(other, "document.querySelector('#review-note').value === 'call them back on Friday'") if not other.locator(
        "#review-note"
    ).input_value() else None
    assert other.locator("#review-note").input_value() == "call them back on Friday"


def test_a_submission_with_open_questions_marks_the_first_of_them(open_page, server, filled):
    page = begun(open_page, server, "C-1105")
    page.keyboard.press("Control+Enter")
    until(page, "/still open/.test(document.querySelector('[data-said]').textContent)")
    assert marked(page) == "introduced"


def test_a_blind_page_says_nothing_of_the_machine(open_page, server, filled):
    page = open_page(f"/reviews/{filled.blind}", "lead")
    page.locator(READY).wait_for()
    text = page.locator("main").text_content()
    assert "Machine:" not in text
    assert "Blind:" in text


def test_the_place_of_a_turn_is_played(open_page, server, filled):
    page = open_page(f"/reviews/{filled.result}", "lead")
    page.locator("audio").wait_for()
    button = page.locator(".talk [data-start]").nth(1)
    button.click()
    until(
        page,
        "Math.abs(document.querySelector('audio').currentTime - arg) < 2",
        float(button.get_attribute("data-start")),
    )


def test_a_scorecard_is_changed_on_a_phone_kept_while_typing_and_published(open_page, server):
    page = open_page("/scorecards/sales/edit", "admin", NARROW, expected=("400",))
    page.locator("[data-editor][data-ready]").wait_for(state="attached")
    page.locator("#s0-q0 summary").click()
    page.fill("#s0-q0-weight", "11.5")
    until(page, "document.querySelector('[data-said]').textContent === 'Kept.'")
    page.reload()
    page.locator("[data-editor][data-ready]").wait_for(state="attached")
    assert page.locator("#s0-q0-weight").input_value() == "11.5"
    page.locator("#s0-new button").click()
    page.wait_for_url("**/edit?open=new#s0-new")
    new = page.locator("#s0 details").last
    new.get_by_label("Question", exact=True).fill("Was the price said?")
    new.get_by_label("Weight").fill("a lot")
    page.get_by_role("button", name="Publish as the next version").click()
    page.get_by_text("Nothing was published").wait_for()
    field = page.locator("[aria-invalid=true]")
    assert field.input_value() == "a lot"
    field.fill("4")
    page.get_by_role("button", name="Publish as the next version").click()
    page.get_by_text("Version 2 is in force").wait_for()
    assert "Was the price said?" in page.locator("#asked ~ table, section").first.text_content()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_a_finished_draft_that_is_opened_again_marks_no_question(open_page, server):
    """A digit pressed on it would change an answer that nobody looks at."""
    made = Filled(server)
    here = SqlReviewDesk(made.desk("lead"))
    review = here.begin(made.ids["C-1116"], "service", "first")
    for question in shipped_cards()["service"].questions:
        here.answer(review, Change(question.id, "answer", question.best, 0))
    page = open_page(f"/reviews/{review}", "lead")
    page.locator(READY).wait_for()
    assert page.locator(".question.here").count() == 0
    page.keyboard.press("1")
    page.keyboard.press("ArrowUp")
    last = page.locator(".question:visible").last.get_attribute("id")
    assert page.locator(".question.here").get_attribute("id") == last
    assert here.peek(review).open == 0
