"""Numbers and signs as they are spoken."""

import pytest

from pipeline.training import say


@pytest.mark.parametrize(
    ("value", "spoken"),
    [(0, "zero"), (19, "nineteen"), (20, "twenty"), (21, "twenty one"), (100, "one hundred"), (101, "one hundred one"),
     (999, "nine hundred ninety nine"), (1000, "one thousand"), (1_000_001, "one million one"), (-4, "minus four")],
)  # fmt: skip
def test_numbers_are_read_as_words(value, spoken):
    assert say.number(value) == spoken


@pytest.mark.parametrize(
    ("value", "spoken"),
    [(1, "first"), (12, "twelfth"), (20, "twentieth"), (21, "twenty first"), (30, "thirtieth"), (100, "one hundredth")],
)
def test_ordinals_change_their_last_word_only(value, spoken):
    assert say.ordinal(value) == spoken


@pytest.mark.parametrize(
    ("value", "spoken"), [(1900, "nineteen hundred"), (1905, "nineteen oh five"), (1987, "nineteen eighty seven"), (2000, "two thousand"),
                          (2009, "two thousand nine"), (2010, "twenty ten")],
)  # fmt: skip
def test_years_are_read_in_pairs_except_the_first_of_the_century(value, spoken):
    assert say.year(value) == spoken


@pytest.mark.parametrize(
    ("cents", "spoken"),
    [
        (100, "one dollar"),
        (1, "one cent"),
        (0, "zero dollars"),
        (12550, "one hundred twenty five dollars and fifty cents"),
    ],
)
def test_money_names_both_units(cents, spoken):
    assert say.money(cents) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Your balance is $1,204.50.", "your balance is one thousand two hundred four dollars and fifty cents"),
        ("Call me at 3:05 PM!", "call me at three oh five p m"),
        ("It's ann.lee@web.com", "it's ann dot lee at web dot com"),
        ("The code is 004417", "the code is zero zero four four one seven"),
        ("I was born in 1987", "i was born in nineteen eighty seven"),
        ("That's 15% off on the 3rd", "that's fifteen percent off on the third"),
        ("$2 million, really?", "two million dollars really"),
    ],
)
def test_a_written_sentence_becomes_what_is_said(written, spoken):
    assert say.normalise(written) == spoken


@pytest.mark.parametrize("written", ["Größe egal", "a + b = c", ""])
def test_what_cannot_be_read_aloud_for_sure_is_refused(written):
    assert say.normalise(written) is None
