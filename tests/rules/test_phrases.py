"""Phrases: what they match, what they must not, and that the compiled form agrees with a word-by-word reading."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.engine.encoding import Vocabulary
from rules.engine.expressions import build, learn
from rules.language.phrase import PhraseError, parse, plain
from rules.language.tokens import tokens_of
from tests.rules.oracle import starts

LISTS = {"codes": ["security code", "c v v", "{deeper}"], "deeper": ["three digits on the back"]}


def matches(phrase: str, text: str) -> list[str]:
    """Matched tokens of every match of ``phrase`` in ``text``."""
    tree = parse(phrase, LISTS)
    vocabulary = Vocabulary()
    learn(tree, vocabulary)
    expression = build(0, tree, vocabulary)
    texts = [token.text for token in tokens_of(text.split())]
    return [" ".join(texts[first:end]) for first, end, _ in expression.spans(vocabulary.encode(texts))]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("call is recorded", "This call is recorded."),
        ("call (is|may be) [being] recorded", "this call may be being recorded"),
        ("call (is|may be) [being] recorded", "the call is recorded"),
        ("we are recorded", "we're recorded"),
        ("do not want", "i don't want that"),
        ("do not want", "i dont want that"),
        ("~transfer money", "transferring money"),
        ("~send it", "he sent it"),
        ("move ... account", "move it all to the other account"),
        ("code {digits:3-4}", "the code four one nine"),
        ("code {digits:3-4}", "code: 4199"),
        ("{number} dollars", "$12"),
        ("pay {number} dollars", "pay twelve hundred dollars"),
        ("{codes}", "the c. v. v. please"),
        ("{codes}", "the CVV please"),
        ("{codes}", "three digits on the back"),
        ("this is * calling", "this is dana calling"),
        ("call me !(stupid|names)", "call me tomorrow"),
        ("{card}", "4111 1111 1111 1111"),
        ("your code", "your uh your code"),
        ("sign up", "signup"),
        ("voicemail", "voice mail"),
        ("e-mail address", "email address"),
        ("like to complain", "i'd like to just complain"),
    ],
)
def test_a_phrase_matches_however_it_is_said(phrase, text):
    assert matches(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("call is recorded", "I recorded your payment"),
        ("call is recorded", "recorded is call"),
        ("move ... account", "move x y z v w account"),
        ("code {digits:3-4}", "code one two"),
        ("code {digits:3-4}", "code one two three four five"),
        ("this is * calling", "this is calling"),
        ("call me !(stupid|names)", "call me stupid"),
        ("{card}", "4111 1111 1111 1112"),
        ("bank", "banks"),
    ],
)
def test_a_phrase_leaves_near_misses_alone(phrase, text):
    assert matches(phrase, text) == []


@pytest.mark.parametrize(
    ("phrase", "why"),
    [
        ("", "no word"),
        ("...", "no word"),
        ("[maybe]", "no word"),
        ("the", "no word"),
        ("(a|", "not closed"),
        ("a b)", "closes nothing"),
        ("[a)", "closes nothing"),
        ("code {cods}", 'Did you mean "codes"'),
        ("a {digits:5-3} b", "smaller number first"),
        ("a {digits:99} b", "digits run from"),
        ("a ...99 b", "more than"),
        ("((((((((deep))))))))", "nests more"),
        ("a { b", "brace"),
        ("~ word", "needs a word"),
        ("word*", None),
        ("*word", "stands alone"),
    ],
)
def test_a_broken_phrase_says_what_is_wrong(phrase, why):
    if why is None:
        assert parse(phrase, LISTS)
        return
    with pytest.raises(PhraseError, match=why.replace("(", r"\(")):
        parse(phrase, LISTS)


def test_a_list_that_uses_itself_is_refused():
    with pytest.raises(PhraseError, match="uses itself"):
        parse("{loop}", {"loop": ["a {loop}"]})


def test_plain_ways_are_what_a_person_would_say():
    assert set(plain(parse("call (is|may be) [being] recorded"))) == {
        "call is being recorded", "call is recorded", "call may be being recorded", "call may be recorded"
    }  # fmt: skip


WORDS = st.sampled_from("bank code call never red pay to one two nine".split())
ATOM = st.one_of(WORDS, st.just("*"), st.just("..."), st.just("...2"), st.just("{number}"), st.just("{digits:2-3}"))


@st.composite
def phrases(draw, depth: int = 2) -> str:
    parts = []
    for _ in range(draw(st.integers(1, 4))):
        if depth and draw(st.integers(0, 3)) == 0:
            inner = "|".join(draw(st.lists(phrases(depth - 1), min_size=1, max_size=3)))
            parts.append(draw(st.sampled_from(["({})", "[{}]", "!({})"])).format(inner))
        else:
            parts.append(draw(ATOM))
    return " ".join(parts)


@given(phrases(), st.lists(st.one_of(WORDS, st.sampled_from(["x", "44", "123", "[NUMBER]"])), max_size=14))
def test_the_compiled_form_agrees_with_a_word_by_word_reading(phrase, words):
    try:
        tree = parse(phrase)
    except PhraseError:
        return
    vocabulary = Vocabulary()
    learn(tree, vocabulary)
    expression = build(0, tree, vocabulary)
    texts = [token.text for token in tokens_of(words)]
    encoded = vocabulary.encode(texts)
    assert len(encoded) == len(texts)
    found = {at for at in range(len(texts)) if expression.strong.match(encoded, at)}
    assert found == starts(tree, texts)
    if found:  # the literals of the automaton never hide a match
        assert any(literal in encoded for literal in expression.anchors)


@given(st.text(max_size=60))
def test_any_text_is_a_phrase_or_a_phrase_error(text):
    with suppress(PhraseError):
        assert parse(text, LISTS).parts
