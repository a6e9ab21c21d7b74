"""The language of a call: told by its words, marked where nobody understands it, and then judged by no rule."""

from dataclasses import replace

import pytest

from pipeline.analysis import analyze, load_analyzers
from pipeline.analyzers.language import Language
from pipeline.analyzers.rules import Rules
from pipeline.analyzers.sentiment import Sentiment
from pipeline.language import FOREIGN, with_language
from pipeline.language.mark import STRANGE, strangeness
from pipeline.records import Call, CallResult, Finding, Levels, Metadata, Party, Turn, Value, Word
from webapp.store.codec import decode, encode

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


@pytest.mark.parametrize(
    "facts", [{"language": "es"}, {"language": "es-MX"}, {"metadata": Metadata(extra={"Language": "Spanish"})}]
)
def test_a_told_language_counts_where_the_words_are_too_few_to_show_it(facts):
    call = with_language(call_of("ya", "sí", trusted=True, **facts))
    assert (call.language, call.marks) == ("es", (FOREIGN,))


@pytest.mark.parametrize("told", ["en-US", "english", "und", "auto"])
def test_a_told_language_of_the_rules_or_none_marks_nothing(told):
    assert with_language(call_of("ya", "sí", language=told)).marks == ()


def test_a_short_call_in_spanish_is_not_judged_though_nobody_told_it():
    call = with_language(call_of("hola buenos días dígame", "quiero cancelar ya", trusted=True))
    assert (call.language, call.marks) == ("es", (FOREIGN,))


def test_words_that_show_english_outweigh_a_column_that_tells_another_language():
    call = with_language(call_of(ENGLISH, ENGLISH, trusted=True, metadata=Metadata(extra={"language": "es"})))
    assert (call.language, call.marks) == ("en", ())


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


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (["no hablo inglés", "gracias señora"], "es"),
        (["je voudrais parler à quelqu'un qui parle français merci"], "fr"),
    ],
    ids=["two short turns", "one of nine words"],
)
def test_a_few_words_in_another_language_are_told_and_feed_no_score(said, code):
    texts = [ENGLISH, said[0], ENGLISH, *said[1:]]
    call = with_language(call_of(*texts))
    assert [turn.language for turn in call.turns] == ["en", code, "en", *[code] * (len(said) - 1)]
    found = analyze(call, load_analyzers()).findings
    assert [(f.start, f.facts["language"]) for f in found if f.kind == "other_language"] == [(20.0, code)]
    moods = analyze(call, [Sentiment(scorer=lambda: exact)]).moods
    assert {mood.start for mood in moods} <= {0.0, 40.0}


def exact(texts):
    return [0.0 for _ in texts]


def test_a_single_foreign_word_or_name_makes_no_turn_foreign():
    call = with_language(call_of(ENGLISH, "muchas gracias", ENGLISH, "okay thanks bye"))
    assert call.turns[1].language is None
    assert not [f for f in Language().analyze(call) if isinstance(f, Finding)]


def test_no_rule_holds_that_an_agent_who_spoke_spanish_left_something_out():
    spoken = with_language(call_of(SPANISH, ENGLISH, SPANISH, ENGLISH, trusted=True))
    failed = [v.rule for v in analyze(spoken, [Rules()]).verdicts if v.value is Value.FAIL]
    assert failed == []
    assert FOREIGN not in spoken.marks


def test_the_languages_of_turns_are_kept():
    call = with_language(call_of(ENGLISH, SPANISH, ENGLISH))
    assert [turn.language for turn in decode(encode(CallResult(call))).call.turns] == ["en", "es", "en"]
