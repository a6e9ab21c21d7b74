"""The language of a call: told by its words, marked where nobody understands it, and then judged by no rule."""

from dataclasses import replace

import pytest

from pipeline.analysis import analyze
from pipeline.analyzers.language import Language
from pipeline.analyzers.rules import Rules
from pipeline.language import FOREIGN, with_language
from pipeline.language.mark import STRANGE, strangeness
from pipeline.records import Call, Levels, Party, Turn, Value, Word

PARTIES = (Party("s1", "agent", 1.0, 0), Party("s2", "customer", 1.0, 1))
SPANISH = "buenos días quería cambiar la dirección de mi cuenta porque nos mudamos el mes pasado"
POLISH = "dzień dobry chciałbym zmienić adres ponieważ przeprowadziliśmy się w zeszłym miesiącu"
ENGLISH = "good morning i would like to change the address on my account because we moved last month"
NONSENSE = (  # what the demo recogniser wrote of a Spanish call
    "well us the us pratt yes or a man on one could be a were again bill fee leave four oh case and mother it our in a way "
    "one ali or is it a e slow send um may the fee so no soul fake as in see you go or a or e for my for the means or is it"
)


def said(party, start, text, confidence):
    words = tuple(
        Word(word, start + 0.3 * n, start + 0.3 * n + 0.2, confidence, party) for n, word in enumerate(text.split())
    )
    return Turn(party, start, words[-1].end, words)


def call_of(*texts, confidence=0.95, **facts):
    turns = tuple(said(f"s{1 + n % 2}", 20.0 * n, text, confidence) for n, text in enumerate(texts))
    return Call("c", parties=PARTIES, turns=turns, **facts)


def levels(speech, pauses):
    """Loudness of a call of one nonsense turn (its words end before 20 s) in steps of 0.1 s, with 10 s of pause."""
    return Levels(0.1, (tuple([speech] * 200 + [pauses] * 100),))


@pytest.mark.parametrize(("text", "code"), [(SPANISH, "es"), (POLISH, "pl"), (ENGLISH, "en")])
def test_a_transcript_tells_its_language_by_its_words(text, code):
    call = with_language(call_of(text, trusted=True))
    assert call.language == code
    assert (FOREIGN in call.marks) == (code != "en")


def test_a_language_that_the_rules_speak_is_not_marked():
    assert FOREIGN not in with_language(call_of(SPANISH), spoken=("en", "es")).marks


def test_few_words_are_no_proof_of_a_language():
    assert with_language(call_of("por favor")).marks == ()


def test_names_do_not_make_an_english_call_foreign():
    call = with_language(
        call_of("yes it's listed as the woodgrove printer for the woodgrove scanner and the grabow stand")
    )
    assert FOREIGN not in call.marks


def test_words_that_make_no_sense_on_a_quiet_line_are_marked():
    call = call_of(NONSENSE, confidence=0.5, levels=levels(-20.0, -50.0))
    marked = with_language(call)
    assert FOREIGN in marked.marks
    assert marked.language is None  # nobody can say which one it is


@pytest.mark.parametrize(
    "changed",
    [
        {"levels": levels(-20.0, -30.0)},  # noise makes English sound foreign too
        {"trusted": True},
    ],
    ids=["noisy line", "written by people"],
)
def test_where_the_words_prove_nothing_no_language_is_guessed(changed):
    call = call_of(NONSENSE, confidence=0.5, levels=levels(-20.0, -50.0))
    assert FOREIGN not in with_language(replace(call, **changed)).marks


def test_badly_heard_english_is_not_taken_for_another_language():
    words = call_of(f"{ENGLISH} {ENGLISH}", confidence=0.7).turns[0].words
    assert strangeness(words) < STRANGE


def test_a_mark_goes_when_a_better_transcript_shows_english():
    assert with_language(call_of(ENGLISH, ENGLISH, marks=("demo_model", FOREIGN))).marks == ("demo_model",)


def test_no_rule_decides_anything_in_a_foreign_call():
    call = with_language(call_of(SPANISH, POLISH, SPANISH, trusted=True))
    verdicts = analyze(call, [Rules()]).verdicts
    assert verdicts
    assert not [v.rule for v in verdicts if v.value is Value.FAIL]


def test_a_customer_who_changes_to_spanish_is_told_with_the_second():
    call = with_language(call_of(ENGLISH, ENGLISH, ENGLISH, f"{SPANISH} y no me llegan las facturas", ENGLISH))
    [share, finding] = Language().analyze(call)
    assert (finding.start, finding.facts["language"]) == (60.0, "es")
    assert "the customer speaks Spanish" in finding.why
    assert share.value == pytest.approx(20 / 88, abs=0.02)
