"""Comments and corrected words: versions that are only added to, scope, redaction of what is typed, two at once."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from dashboards.notes import LONGEST, Draft, NoteRefused, NoteStale, place_of
from pipeline.redaction import load_policy
from webapp.desk.typed import redacted_text
from webapp.tables import Audit, CallNote, WordCorrection

FIRST = place_of("s1", 0.0)  # where "hello0" is
CARD = "4242424242424242"


def texts(desk, call):
    return [note.now.text for note in desk.notes(call)]


def rows(store, table):
    with store.database.read() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def test_a_comment_is_shown_with_its_stretch_its_author_and_its_time(notes, ids, clock):
    desk = notes()
    desk.add(ids["red"], Draft(3.0, 7.5, "  asks for the card too early  ", coaching=True))
    [note] = desk.notes(ids["red"])
    assert note.mine
    assert (note.now.start, note.now.end, note.now.text) == (3.0, 7.5, "asks for the card too early")
    assert (note.now.author, note.now.at, note.now.coaching) == ("reviewer-red", clock(), True)


def test_comments_stand_in_the_order_of_the_call(notes, ids):
    desk = notes()
    for start in (9.0, 1.0, 5.0):
        desk.add(ids["red"], Draft(start, start, f"at {start:.0f}"))
    assert texts(desk, ids["red"]) == ["at 1", "at 5", "at 9"]


def test_editing_and_removing_add_versions_and_keep_what_was_written(notes, ids, store, clock):
    desk = notes()
    note = desk.add(ids["red"], Draft(1.0, 1.0, "first"))
    clock.move(minutes=1)
    assert desk.change(ids["red"], note, 1, Draft(2.0, 4.0, "second", coaching=True))
    [shown] = desk.notes(ids["red"])
    assert [version.text for version in shown.versions] == ["first", "second"]
    assert desk.change(ids["red"], note, 2, None)
    assert desk.notes(ids["red"]) == []
    assert [(row.version, row.text, row.removed) for row in rows(store, CallNote)] == [
        (1, "first", False), (2, "second", False), (3, "", True),
    ]  # fmt: skip
    assert desk.change(ids["red"], note, 3, Draft(1.0, 1.0, "back again"))  # undo
    assert texts(desk, ids["red"]) == ["back again"]


def test_who_built_on_an_old_version_is_told_the_newest(notes, ids, store):
    desk = notes()
    note = desk.add(ids["red"], Draft(1.0, 1.0, "one"))
    desk.change(ids["red"], note, 1, Draft(1.0, 1.0, "two"))
    with pytest.raises(NoteStale) as stale:
        desk.change(ids["red"], note, 1, Draft(1.0, 1.0, "lost?"))
    assert stale.value.version == 2
    assert texts(desk, ids["red"]) == ["two"]


def test_only_the_author_changes_a_comment(notes, ids, store):
    note = notes("reviewer").add(ids["red"], Draft(1.0, 1.0, "mine"))
    lead = notes("lead")
    assert not lead.change(ids["red"], note, 1, Draft(1.0, 1.0, "theirs"))
    assert not lead.notes(ids["red"])[0].mine
    assert texts(lead, ids["red"]) == ["mine"]


@pytest.mark.parametrize(("role", "team"), [("reviewer", "blue"), ("agent", "red")])
def test_who_may_not_comment_on_a_call_neither_writes_nor_reads(notes, ids, role, team):
    note = notes().add(ids["red"], Draft(1.0, 1.0, "for reviewers only"))
    other = notes(role, team, agent_id="7" if role == "agent" else None)
    assert other.notes(ids["red"]) == []
    assert other.add(ids["red"], Draft(1.0, 1.0, "no")) is None
    assert not other.change(ids["red"], note, 1, None)
    assert other.correct(ids["red"], FIRST, 0, "no") is None


def test_a_comment_is_not_reached_through_another_call(notes, ids):
    everywhere = notes("admin", None)
    note = everywhere.add(ids["red"], Draft(1.0, 1.0, "red"))
    assert not everywhere.change(ids["blue"], note, 1, None)


def test_agents_see_what_is_flagged_for_coaching_on_their_own_calls_only(notes, ids):
    desk = notes()
    desk.add(ids["red"], Draft(1.0, 1.0, "say the notice first", coaching=True))
    desk.add(ids["red"], Draft(2.0, 2.0, "weak", coaching=False))
    assert texts(notes("agent", "red", agent_id="7"), ids["red"]) == ["say the notice first"]
    assert texts(notes("agent", "red", login="someone", agent_id="8"), ids["red"]) == []


def test_agents_do_not_read_what_a_comment_said_before_it_was_meant_for_them(notes, ids):
    desk = notes()
    note = desk.add(ids["red"], Draft(1.0, 1.0, "hopeless, think of letting go", coaching=False))
    assert desk.change(ids["red"], note, 1, Draft(1.0, 1.0, "say the notice first", coaching=True))
    [seen] = notes("agent", "red", agent_id="7").notes(ids["red"])
    assert [version.text for version in seen.versions] == ["say the notice first"]
    assert len(desk.notes(ids["red"])[0].versions) == 2


@pytest.mark.parametrize(
    "draft",
    [
        Draft(1.0, 1.0, "   "), Draft(2.0, 1.0, "backwards"), Draft(-1.0, 1.0, "before"), Draft(1.0, 999.0, "behind"),
        Draft(float("nan"), 1.0, "nowhere"), Draft(1.0, 1.0, "x" * (LONGEST + 1)),
    ],
)  # fmt: skip
def test_a_comment_without_words_or_outside_of_the_call_is_refused(notes, ids, store, draft):
    with pytest.raises(NoteRefused):
        notes().add(ids["red"], draft)
    assert rows(store, CallNote) == []


def test_a_card_number_in_a_comment_is_stored_nowhere(notes, ids, store):
    desk = notes()
    note = desk.add(ids["red"], Draft(1.0, 1.0, f"she read {CARD} aloud"))
    desk.change(
        ids["red"], note, 1, Draft(1.0, 1.0, f"she read it aloud: {CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:]}")
    )
    assert texts(desk, ids["red"]) == ["she read it aloud: [CARD_NUMBER]"]
    stored = [row.text for row in rows(store, CallNote)] + [row.detail for row in rows(store, Audit)]
    assert not any("4242" in text for text in stored)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (f"card:{CARD}, ok", "card:[CARD_NUMBER], ok"),
        ("４２４２４２４２４２４２４２４２", "[CARD_NUMBER]"),  # full-width digits
        ("٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", "[CARD_NUMBER]"),  # Arabic digits
        ("4242\u200b4242\u200b4242\u200b4242", "[CARD_NUMBER]"),  # signs nobody sees between them
        ("4242,4242,4242,4242", "[CARD_NUMBER]"),
        ("four two four two four two four two four two four two four two four two", "[CARD_NUMBER]"),
        ("the code on the back is 123", "the code on the back is [CARD_CODE]"),
        ("write to dana99@example.com\nplease", "write to [EMAIL]\nplease"),
        ("pays 1,234 dollars at 3:40", "pays 1,234 dollars at 3:40"),
        ("two lines\n  and a space", "two lines\n  and a space"),
        ("?!", "?!"),
    ],
)  # fmt: skip
def test_typed_text_is_redacted_however_its_digits_are_written(typed, kept):
    assert redacted_text(typed, load_policy()) == kept


def test_a_corrected_word_keeps_what_was_recognised_and_every_version(notes, ids, store):
    desk = notes()
    desk.correct(ids["red"], FIRST, 0, " good   morning ")
    desk.correct(ids["red"], FIRST, 1, "good evening")
    found = desk.corrections(ids["red"])[FIRST]
    assert (found.original, found.text, found.author, found.version) == ("hello0", "good evening", "reviewer-red", 2)
    desk.correct(ids["red"], FIRST, 2, "hello0")  # as it was: taken back
    assert desk.corrections(ids["red"])[FIRST].text == ""
    assert [row.text for row in rows(store, WordCorrection)] == ["good morning", "good evening", ""]


def test_a_correction_over_an_unseen_one_is_refused_with_whose_it_is(notes, ids):
    notes("lead").correct(ids["red"], FIRST, 0, "theirs")
    with pytest.raises(NoteStale, match="lead-red was faster: the word reads “theirs”") as stale:
        notes().correct(ids["red"], FIRST, 0, "mine")
    assert stale.value.version == 1
    assert notes().correct(ids["red"], FIRST, 1, "mine").version == 2


def test_of_two_at_the_same_moment_one_wins_and_one_is_told(notes, ids, store):
    desks, start, said = [notes("lead"), notes("reviewer")], Barrier(2), []

    def write(desk):
        start.wait()
        try:
            desk.correct(ids["red"], FIRST, 0, desk.desk.user.login)
            said.append("kept")
        except NoteStale:
            said.append("stale")

    threads = [Thread(target=write, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["kept", "stale"]
    assert len(rows(store, WordCorrection)) == 1


@pytest.mark.parametrize("place", ["s2:6000", "s9:0", "s1:17", "nonsense"])
def test_what_redaction_removed_and_what_was_never_said_cannot_be_written_over(notes, ids, place):
    with pytest.raises(NoteRefused):
        notes().correct(ids["red"], place, 0, "word")


def test_corrections_cannot_bring_a_card_number_in_piece_by_piece(notes, ids, store):
    desk = notes()
    with pytest.raises(NoteRefused, match="redaction"):
        desk.correct(ids["red"], FIRST, 0, CARD)
    for n in range(4):
        try:
            desk.correct(ids["red"], place_of("s1", n * 0.5), 0, "4242")
        except NoteRefused:
            break
    else:
        pytest.fail("four pieces of a card number were kept")
    assert CARD not in "".join(row.text for row in rows(store, WordCorrection))


def test_every_change_stands_in_the_audit_log(notes, ids, store):
    desk = notes()
    note = desk.add(ids["red"], Draft(1.0, 1.0, "a"))
    desk.change(ids["red"], note, 1, Draft(1.0, 1.0, "b"))
    desk.change(ids["red"], note, 2, None)
    desk.correct(ids["red"], FIRST, 0, "x")
    log = [
        (row.action, row.subject, row.detail) for row in rows(store, Audit) if row.action.startswith(("note", "word"))
    ]
    red = ids["red"]
    assert log == [
        ("note.add", red, note),
        ("note.change", red, note),
        ("note.remove", red, note),
        ("word.correct", red, FIRST),
    ]
