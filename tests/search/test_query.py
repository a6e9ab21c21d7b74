"""The query language: what it says, and where it says that something is wrong. Nothing anybody types breaks it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.search.errors import QueryError
from pipeline.search.fields import FIELDS
from pipeline.search.highlighting import passages
from pipeline.search.query import parse
from pipeline.search.tree import All, Any_, Between, Known, Near, Phrase, Said, Term, Without
from pipeline.search.values import Days
from pipeline.search.words import edits, nearest, shortened, stem, terms
from tests.search.makers import turn


def word(text, at=0):
    return Said(Term("stem", (stem(text),), text, at))


@pytest.mark.parametrize(("query", "tree"), [
    ("a b OR c", Any_((All((word("a", 0), word("b", 2))), word("c", 7)))),
    ("a AND (b OR c)", All((word("a"), Any_((word("b", 7), word("c", 12)))))),
    ("NOT a b", All((Without(word("a", 4)), word("b", 6)))),
    ("a -b !c", All((word("a"), Without(word("b", 3)), Without(word("c", 6))))),
    ('"Gift card,"', Said(Phrase("word", ("gift", "card")))),
    ("“gift card”", Said(Phrase("word", ("gift", "card")))),
    ("a NEAR b", Said(Near(Term("stem", ("a",), "a"), Term("stem", ("b",), "b", 7), 8))),
    ("a NEAR(3) b", Said(Near(Term("stem", ("a",), "a"), Term("stem", ("b",), "b", 10), 3))),
    ("(a speaker:agent b) c", All((All((Said(word("a", 1).what, ("agent",)), Said(word("b", 17).what, ("agent",)))), word("c", 20)))),
    ("speaker:agent (a first:9)", Said(word("a", 15).what, ("agent",), 9)),
    ("queue:(Billing OR 'x')", Known("queue", ("billing", "'x'"))),
    ("score:{20 TO 80]", Between("score", 0.205, 0.805, strict_high=True)),
    ("score:20..80", Between("score", 0.195, 0.805, strict_high=True)), ("score:>=80%", Between("score", 0.795, None)),
    ("duration:1h30m..", Between("duration", 5400.0, None)),
    ("duration:<1:30", Between("duration", None, 90.0, strict_high=True)),
    ("measure.x.y:>-1", Between("x.y", -1.0, None, strict_low=True)),
])  # fmt: skip
def test_a_query_means_its_tree(query, tree):
    assert parse(query) == tree


@pytest.mark.parametrize(("query", "first", "behind"), [
    ("date:2026-03-29", "2026-03-29T00:00", "2026-03-30T00:00"), ("date:2026-03", "2026-03-01T00:00", "2026-04-01T00:00"),
    ("date:today", "2026-03-30T00:00", "2026-03-31T00:00"), ("date:2d", "2026-03-29T00:00", "2026-03-31T00:00"),
    ("date:yesterday..today", "2026-03-29T00:00", "2026-03-31T00:00"), ("date:2026", "2026-01-01T00:00", "2027-01-01T00:00"),
])  # fmt: skip
def test_days_are_whole_days_of_the_searchers_zone(query, first, behind):
    """The 29th of March has 23 hours in Helsinki; there it is already the 30th."""
    zone = ZoneInfo("Europe/Helsinki")
    asked = parse(query, Days.of(zone, datetime(2026, 3, 29, 22, 30, tzinfo=UTC)))
    ends = [datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() for text in (first, behind)]
    assert [asked.low, asked.high, asked.strict_high] == [*ends, True]


@pytest.mark.parametrize(("query", "here", "says"), [
    ("a (b", "(", "never closed"), ("a) b", ")", "never opened"),
    ('a "b', '"b', "never closed"), ("a OR", "OR", "missing"), ("OR a", "OR", "missing"),
    ("a NEAR", "NEAR", "behind it"), ("NEAR a", "NEAR", "between two"), ("a NEAR (b c)", "NEAR", "word or a quote"),
    ("a NEAR b NEAR c", "NEAR", "joins two"), ("a NEAR A", "NEAR", "different"), ("agnet:x", "agnet:", "agent:"),
    ("speaker:me a", "me", "nobody"), ("first:5", "f", "words beside"), ("a first:0", "0", "1 to 120"),
    ("a first:121", "121", "1 to 120"), ("a last:x", "x", "whole number"),
    ("NOT speaker:agent", "NOT speaker:agent", "turned around"), ("score:9..1", "9..1", "before it begins"),
    ("score:a..5", "a", "not a number"), ("score:5..b", "b", "not a number"), ("date:2026-13", "2026-13", "not a day"),
    ("duration:x", "x", "not a length"), ("ab* c", "ab*", "3 letters"), ('"a b"~3', "~3", "NEAR/8"),
    ("abc* first:9", "abc*", "whole words"), ("date:[1 2]", "[1 2]", "low TO high"), ("()", "()", "nothing between"),
    ("a score:", "score:", "needs a value"), ("agent: x", "agent:", "needs a value"), ("measure.x:", "measure.x:", "needs a value"),
    ('queue:""', '""', "is empty"), ("fail:*15", "*15", "at the end"), ("a NEAR/1000 b", "NEAR/1000", "0 to 999"),
    ("x [a TO b]", "[a TO b]", "field before it"), ("a - b", "-", "right before"), ("a !", "!", "right before"),
    ("score:0.5", "0.5", "whole numbers"), ("score:20..180", "180", "from 0 to 100"),
    ('""', '""', "no words"), ("a AND AND b", "AND", "both sides"),
])  # fmt: skip
def test_an_error_points_at_the_character(query, here, says):
    with pytest.raises(QueryError) as told:
        parse(query)
    assert says in told.value.message
    assert query[told.value.at : told.value.at + told.value.length] == here
    assert f"character {told.value.at + 1}" in str(told.value)


def test_a_colon_behind_what_is_no_field_belongs_to_a_word():
    assert parse("note: x") == All((word("note"), word("x", 6)))


def test_of_a_calls_places_those_where_most_is_said_are_shown():
    """Seven turns name one of the two words; the one that says both is among the three shown."""
    turns = [turn("customer", 10.0 * n, "refund" if n != 5 else "refund the card") for n in range(7)]
    found = passages(parse("refund card"), turns, 100.0, 3)
    assert [(one.start, one.met) for one in found] == [(0.0, 1), (10.0, 1), (50.0, 2)]


@pytest.mark.parametrize(
    "query", ["a " * 41, "(" * 22 + "a" + ")" * 22, "x" * 2001, "-" * 1900 + "a", "NOT " * 490 + "a"]
)
def test_a_query_has_its_limits(query):
    with pytest.raises(QueryError):
        parse(query)


def test_every_example_of_the_help_can_be_read():
    for field in FIELDS.values():
        assert parse(field.example) != All()


PIECES = st.sampled_from([" ", "\0", *(
    '" ( ) AND OR NOT NEAR NEAR/3 - : .. * ~ [ ] TO a refund “ ” queue: score: date: first: speaker: agent 5 2026-03-01 é 한국 > <='
    .split()
)])  # fmt: skip
TYPED = st.one_of(
    st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join), st.lists(PIECES, max_size=25).map(" ".join)
)


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join), st.lists(PIECES, max_size=25).map(" ".join)
    )
)
def test_whatever_is_typed_is_read_or_refused_inside_itself(query):
    refused = None
    try:
        tree = parse(query)
    except QueryError as error:
        refused = error
    if refused is not None:
        assert 0 <= refused.at <= len(query)
        assert refused.length >= 1
        return
    said = [turn("agent", 0.0, query + " refund"), turn("customer", 9.0, "refund agent 5")]
    for place in passages(tree, said, 60.0, 3):
        assert any(piece.marked for piece in place.pieces)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30))
def test_terms_are_single_words_in_one_form(text):
    for term in terms(text):
        assert term
        assert not any(letter.isspace() for letter in term)
        assert term == term.casefold() or not term.isascii()
        assert len(term) <= 64


@settings(max_examples=300, deadline=None)
@given(
    st.text("abcde", min_size=4, max_size=9),
    st.integers(0, 8),
    st.sampled_from("abcdef"),
    st.sampled_from(["drop", "add", "change", "swap"]),
)
def test_a_word_one_letter_away_is_always_a_candidate(word, at, letter, how):
    at %= len(word) - 1
    other = {"drop": word[:at] + word[at + 1 :], "add": word[:at] + letter + word[at:], "change": word[:at] + letter + word[at + 1 :],
             "swap": word[:at] + word[at + 1] + word[at] + word[at + 2 :]}[how]  # fmt: skip
    if other == word or len(other) < 4:
        return
    assert edits(word, other) == 1
    assert shortened(word) & shortened(other)
    assert nearest(word, [other, "zzzzz", word]) == [other]
