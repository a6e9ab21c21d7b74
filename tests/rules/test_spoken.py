"""Spoken numbers: what is read, what is left alone, and that saying and reading are inverse."""

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.spoken import aloud, cardinal, digits, normal_form


def read(text: str) -> list[str]:
    return [run.digits for run in digits(text.split())]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("four one one one", ["4111"]),
        ("double four", ["44"]),
        ("triple seven nine", ["7779"]),
        ("four oh two", ["402"]),
        ("oh seven nine six", ["0796"]),
        ("forty one eleven", ["4111"]),
        ("forty-one eleven", ["4111"]),
        ("nineteen eighty four", ["1984"]),
        ("one hundred and five", ["105"]),
        ("a hundred and five", ["105"]),
        ("four thousand one hundred and eleven", ["4111"]),
        ("forty one hundred", ["4100"]),
        ("two hundred thousand", ["200000"]),
        ("4111 1111 1111 1111", ["4111111111111111"]),
        ("4111-1111-1111-1111", ["4111111111111111"]),
        ("four one uh one um one", ["4111"]),
        ("four one one one and then two two two two", ["41112222"]),
        ("four, one, one. one", ["4111"]),
        ("double oh seven", ["007"]),
        ("double forty", ["40"]),
        ("it is 4 1 one 1", ["4111"]),
        ("nine nine nine double", ["999"]),
        ("hello there", []),
        ("$12.50 at 3:30 on 5/12/2024", []),
        ("oh okay", []),
        ("oh two things", ["2"]),
        ("four and five", ["4", "5"]),
        ("hundred", []),
        ("", []),
    ],
)
def test_digits_are_read_as_people_say_them(said, meant):
    assert read(said) == meant


def test_a_run_names_its_words():
    [run] = digits("my card is four one um double two thanks".split())
    assert (run.first, run.last, run.digits, run.certain) == (3, 7, "4122", True)


def test_words_that_only_sound_like_digits_count_only_inside_a_long_run():
    assert read("one to two weeks") == ["1", "2"]
    [run] = digits("four one to two nine for five one one".split())
    assert run.digits == "412294511"
    assert not run.certain


def test_a_repair_keeps_every_way_to_read_it_and_is_never_certain():
    [run] = digits("four one no sorry four two".split())
    assert run.digits == "42"
    assert not run.certain
    assert {"42", "442", "4142"} <= set(run.readings)


def test_a_repaired_card_number_is_among_the_readings():
    said = "four one one one one one one two sorry one one one one one one one one one".split()
    [run] = digits(said)
    assert "4111111111111111" in run.readings


def test_no_between_two_numbers_with_other_words_is_no_repair():
    assert read("i said four no the other one") == ["4", "1"]


@pytest.mark.parametrize(
    ("said", "value"),
    [("two hundred and five", 205), ("seventeen", 17), ("one million two hundred thousand", 1_200_000), ("4111", 4111)],
)
def test_cardinals(said, value):
    assert cardinal(said.split()) == value


@pytest.mark.parametrize("said", ["four one one", "hello", "", "and", "two dogs", "double four"])
def test_what_is_no_cardinal(said):
    assert cardinal(said.split()) is None


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("twelve dollars fifty", "$12.50"),
        ("twelve dollars and fifty cents please", "$12.50 please"),
        ("four hundred and twelve dollars", "$412"),
        ("five dollars two people", "$5 two people"),
        ("ninety nine cents", "$0.99"),
        ("eleven pounds ninety nine", "£11.99"),
        ("june fourth nineteen eighty four", "June 4, 1984"),
        ("the twenty first of may", "May 21"),
        ("on may third", "on May 3"),
        ("you may two of you", "you may two of you"),
        ("ten thirty am", "10:30 am"),
        ("three o'clock", "3:00"),
        ("half past four", "4:30"),
        ("quarter to one", "12:45"),
        ("seven oh five p m", "7:05 pm"),
        ("twenty two point nine percent", "22.9%"),
        ("five per cent", "5%"),
        ("call five five five oh one four two", "call 555-0142"),
        ("eight hundred five five five oh one four two", "800-555-0142"),
        ("that one is fine", "that one is fine"),
        ("twelve fifty", "1250"),
    ],
)
def test_the_written_form(said, written):
    assert " ".join(item.text for item in normal_form(said.split())) == written


@given(st.text("0123456789", min_size=1, max_size=24), st.sampled_from(["single", "doubles", "pairs"]))
def test_saying_and_reading_are_inverse(figures, style):
    assert read(" ".join(aloud(figures, style))) == [figures]


@given(st.text("0123456789", min_size=4, max_size=24), st.randoms(use_true_random=False))
def test_reading_survives_mixed_styles_hesitations_and_numerals(figures, random):
    words, at = [], 0
    while at < len(figures):
        size = random.randint(1, 4)
        group = figures[at : at + size]
        words += [group] if random.random() < 0.3 else aloud(group, random.choice(["single", "doubles", "pairs"]))
        words += random.choice([[], [], ["um"], ["uh", "er"]])
        at += size
    assert read(" ".join(words)) == [figures]


@given(st.integers(0, 999_999))
def test_whole_numbers_read_back(value):
    assert cardinal(in_words(value).split()) == value


@given(
    st.lists(
        st.sampled_from("four oh double one to for a hundred thousand and no sorry i mean twenty 41 - $5 x".split())
    )
)
def test_runs_are_ordered_apart_and_inside(words):
    runs = digits(words)
    assert all(0 <= run.first <= run.last < len(words) and run.digits.isdigit() for run in runs)
    assert all(a.last < b.first for a, b in pairwise(runs))
    assert all(run.certain == (not run.readings) for run in runs)


@given(st.lists(st.text(max_size=6)))
def test_the_written_form_covers_every_word_once(words):
    covered = [i for item in normal_form(words) for i in range(item.first, item.last + 1)]
    assert covered == list(range(len(words)))


def test_a_long_call_takes_well_under_a_tenth_of_a_second():
    draw = random.Random(1)
    words = draw.choices(
        "so i was calling about my card four one double two and the a hundred to for".split(), k=10_000
    )
    digits(words)
    best = min(_took(words) for _ in range(3))
    assert best < 0.3  # 0.03 s alone; room for a busy machine


def _took(words: list[str]) -> float:
    began = time.perf_counter()
    digits(words)
    return time.perf_counter() - began


def in_words(value: int) -> str:
    """An independent speller of whole numbers, so that the reader is not checked against itself."""
    ones = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen").split()  # fmt: skip
    tens = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
    if value < 20:
        return ones[value]
    if value < 100:
        return tens[value // 10] + (f" {ones[value % 10]}" if value % 10 else "")
    if value < 1000:
        return f"{ones[value // 100]} hundred" + (f" and {in_words(value % 100)}" if value % 100 else "")
    return f"{in_words(value // 1000)} thousand" + (f" {in_words(value % 1000)}" if value % 1000 else "")
