"""Digits spoken in other languages are read whatever the language of the call, and English sentences hold none of them."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from text_to_num import text2num

from rules.spoken.foreign import foreign_digits, languages

CODES = [language.name for language in languages()]
WORDS = {
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve", "de": "null eins zwei drei vier fünf sechs sieben acht neun",
    "nl": "nul een twee drie vier vijf zes zeven acht negen", "fr": "zéro un deux trois quatre cinq six sept huit neuf",
    "it": "zero uno due tre quattro cinque sei sette otto nove", "pt": "zero um dois três quatro cinco meia sete oito nove",
    "pl": "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć", "ko": "영 일 이 삼 사 오 육 칠 팔 구",
}  # fmt: skip


@given(st.sampled_from(CODES), st.text("0123456789", min_size=6, max_size=19))
@settings(max_examples=300, deadline=None)
def test_digits_said_one_by_one_are_read_back(code, figures):
    words = [WORDS[code].split()[int(figure)] for figure in figures]
    if len({word for word in words if word not in ("six", "zero", "null", "due", "um")}) < 2:
        return  # "six six six" may be English, and reads the same there
    runs = foreign_digits(["so", "well", *words, "thanks"])
    assert [run.digits for run in runs] == [figures]
    assert (runs[0].first, runs[0].last) == (2, 1 + len(words))


@pytest.mark.parametrize("code", ["es", "de", "fr", "it", "pt", "nl"])
def test_whole_numbers_agree_with_text2num(code):
    """Random rows of number words: where text2num (MIT) reads one whole number, ours has the same value."""
    language = next(language for language in languages() if language.name == code)
    vocabulary = sorted(word for word, part in language.words.items() if part.what.name not in ("TIMES", "NUMERAL"))
    rng, agreed, compared = random.Random(5), 0, 0
    for _ in range(6000):
        words = [rng.choice(vocabulary) for _ in range(rng.choice((2, 3, 3, 4)))]
        try:
            value = text2num(" ".join(words), code)
        except ValueError:
            continue
        runs = foreign_digits(words, frozenset({code}))
        if value >= 20 and len(runs) == 1 and runs[0].last - runs[0].first == len(words) - 1:
            compared, agreed = compared + 1, agreed + (int(runs[0].digits) == value)
    assert compared > 30
    assert agreed >= 0.93 * compared  # the rest are rows that nobody says ("octante treize")


@pytest.mark.parametrize(
    "sentence",
    [
        "once the payment is due in ten days um i will call you",
        "the null value and the elf on the shelf cost six cents",
        "a mil or so of people sign in the mars store",
        "o my tan is fading and i was at a concert in nice",
    ],
)
def test_english_words_that_are_numbers_elsewhere_are_none(sentence):
    assert foreign_digits(sentence.split()) == []


@pytest.mark.parametrize(
    ("said", "figures", "cardinal"),
    [
        ("cuatro mil ciento once uno uno uno uno", "41111111", False),
        ("mil novecientos ochenta y dos", "1982", True),
        ("neunzehnhundertzweiundachtzig", "1982", True),
        ("ein und vierzig elf elf elf", "41111111", False),
        ("quatre-vingt-onze quarante et un onze", "914111", False),
        ("soixante dix sept quatre vingt deux", "7782", False),
        ("millenovecentottantadue", "1982", True),
        ("eenenveertig dubbel zeven acht", "41778", False),
        ("doble cuatro triple uno cinco", "441115", False),
    ],
)
def test_tens_hundreds_and_doubles_of_each_grammar(said, figures, cardinal):
    run = foreign_digits(said.split())[0]
    assert (run.digits, run.cardinal) == (figures, cardinal)
