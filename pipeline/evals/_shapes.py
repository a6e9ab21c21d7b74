"""Secrets in every shape people give them, from a seed: spoken in nine languages, written, spelled, masked. All numbers are made up."""

from __future__ import annotations

import random
from collections.abc import Callable

from pipeline.evals._planted import ALPHABET, DAYS, MONTHS, NAMES, address, birth_date, card, spelled_code, spelled_mail
from pipeline.redaction.checks import luhn
from pipeline.redaction.schemes import IBAN_LENGTHS, by_digits, by_shape, dni, iban
from rules.spoken import aloud

WORDS = {
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve", "de": "null eins zwei drei vier fünf sechs sieben acht neun",
    "nl": "nul een twee drie vier vijf zes zeven acht negen", "fr": "zéro un deux trois quatre cinq six sept huit neuf",
    "it": "zero uno due tre quattro cinque sei sette otto nove", "pt": "zero um dois três quatro cinco meia sete oito nove",
    "pl": "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć", "ko": "영 일 이 삼 사 오 육 칠 팔 구",
}  # fmt: skip
SEPARATORS = (" ", "-", ",", ".", "_", "/", "–")
SCRIPTS = (str.maketrans("0123456789", "０１２３４５６７８９"), str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
LETTERS = "bcdefghjklmnpqrstvwxyz"
WORD_LIST = (
    "tiger elephant sunshine bluebird horse battery staple copper"
    " lantern Rover Kowalczyk Fluffy99 maple7 hunter2 orchid"
).split()
STREETS = (
    "Baker Street,Elm Walk,Queens Quay,Oak Hill,Station Road,Mill Lane,Church Avenue,Harbour Drive,Rose Court".split(
        ","
    )
)
FIRST = "John Maria Robert Eva Pierre Dana Lee Sarah Peter Anna".split()
LAST = "Smith Gonzalez Miller Novak Dupont Harris Chen Connor Parker Kowalski".split()
TOPS = "com net org online pl de co.uk shop at it fr io".split()


def figures(rng: random.Random, n: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(n))


def english(rng: random.Random, digits: str) -> str:
    """Digits in one of the English styles."""
    return " ".join(aloud(digits, rng.choice(("single", "doubles", "pairs", "oh"))))


def foreign(rng: random.Random, digits: str) -> str:
    words = WORDS[rng.choice([*WORDS])].split()
    return " ".join(words[int(d)] for d in digits)


def amex(rng: random.Random) -> str:
    body = rng.choice(("34", "37")) + figures(rng, 12)
    return next(body + last for last in "0123456789" if luhn(body + last))


def card_written(rng: random.Random) -> str:
    number = card(rng)
    between = rng.choice(SEPARATORS)
    said = between.join(number[at : at + 4] for at in range(0, 16, 4))
    shape = rng.randrange(5)
    if shape == 0:
        return number.translate(rng.choice(SCRIPTS))
    return {1: number, 2: f"${said}" if between == " " else said}.get(shape, said)


def card_masked(rng: random.Random) -> str:
    number = card(rng)
    return f"{number[:6]}{rng.choice('*xX') * 6}{number[-4:]}"


def card_said(rng: random.Random) -> str:
    return english(rng, amex(rng) if rng.random() < 0.2 else card(rng))


def card_foreign(rng: random.Random) -> str:
    return foreign(rng, card(rng))


def card_counted(rng: random.Random) -> str:
    """ "four then fifteen ones", right by Luhn."""
    return rng.choice(
        ("four then fifteen ones", "four one one one then twelve ones", "five five five five then twelve fours")
    )


def expiry(rng: random.Random) -> str:
    month, year = rng.randrange(1, 13), rng.randrange(26, 32)
    name = MONTHS[month - 1]
    told = " ".join(aloud(str(year), "pairs"))
    return rng.choice((
        f"{month:02}/{year}", f"{month:02}/20{year}", f"{name} {told}", f"{name} twenty {told}",
        f"{' '.join(aloud(f'{month:02}', 'oh'))} {told}", f"{name} of next year",
    ))  # fmt: skip


def national(rng: random.Random) -> tuple[str, str]:
    """What it is called, and a number with right check digits."""
    name, size = rng.choice((("nhs number", 10), ("social insurance number", 9), ("bsn", 9), ("cpf", 11), ("steuer id", 11),
                             ("pesel", 11), ("aadhaar", 12)))  # fmt: skip
    wanted = {"nhs number": "nhs", "social insurance number": "sin", "steuer id": "tax_id_de"}.get(name, name)
    while True:
        number = rng.choice("123456789") + figures(rng, size - 1)
        known = by_digits(number)
        if known is not None and wanted in known.scheme.split("/"):
            break
    if name == "cpf" and rng.random() < 0.5:
        return name, f"{number[:3]}.{number[3:6]}.{number[6:9]}-{number[9:]}"
    return name, english(rng, number) if rng.random() < 0.6 else number


def national_letters(rng: random.Random) -> tuple[str, str]:
    kind = rng.randrange(3)
    if kind == 0:
        number = figures(rng, 8)
        return "dni", number + next(c for c in "trwagmyfpdxbnjzsqvhlcke" if dni(number + c)).upper()
    if kind == 1:
        two = rng.choice(LETTERS) + rng.choice(LETTERS)
        return "national insurance number", f"{two}{figures(rng, 6)}{rng.choice('abcd')}".upper()
    head = "".join(rng.choice(LETTERS) for _ in range(6)) + f"{figures(rng, 2)}t10a{figures(rng, 3)}"
    return "codice fiscale", next((head + c).upper() for c in "abcdefghijklmnopqrstuvwxyz"
                                  if (found := by_shape(head + c)) is not None and found.valid)  # fmt: skip


def iban_shaped(rng: random.Random) -> str:
    country = rng.choice(("de", "nl", "gb", "fr", "es"))
    letters = "".join(rng.choice(LETTERS) for _ in range(4)) if country in ("nl", "gb") else ""
    body = letters + figures(rng, IBAN_LENGTHS[country] - 4 - len(letters))
    number = next(made.upper() for check in range(2, 99) if iban(made := f"{country}{check:02}{body}"))
    shape = rng.randrange(3)
    if shape == 0:
        return number
    if shape == 1:
        return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    return " ".join(c.lower() if c.isalpha() else aloud(c)[0] for c in number)


def birth(rng: random.Random) -> str:
    day, month, year = rng.randrange(1, 28), rng.randrange(1, 13), rng.randrange(40, 100)
    name, said = MONTHS[month - 1], " ".join(aloud(str(year), "pairs"))
    first = english(rng, str(day)) if day < 10 else " ".join(aloud(str(day), "pairs"))
    return rng.choice((
        f"{first} slash {' '.join(aloud(str(month), 'pairs'))} slash {said}", f"{day}.{month}.{year}", f"{day:02}/{month:02}/19{year}",
        f"19{year}-{month:02}-{day:02}", f"{DAYS[day - 1]} of {name} nineteen {said}", f"{name} {DAYS[day - 1]} {said}",
        f"{day} {name[:3].capitalize()} {year}", f"{name[:3].capitalize()} {day} 19{year}", birth_date(rng),
        f"{DAYS[day - 1]}, {DAYS[month - 1]}, {said}",
    ))  # fmt: skip


def mail(rng: random.Random) -> str:
    top = rng.choice(TOPS)
    name, house = rng.choice(NAMES), rng.choice(("firma", "proton", "example", "harbour", "gmail"))
    spelled = " ".join(f"{c} as in {ALPHABET[c]}" if c in ALPHABET else c for c in name[:3])
    said = top.replace(".", " dot ")
    return rng.choice((
        f"{name} at {house} dot {said}", f"{name}@{house}.{top}", f"{name} at {house}.{top}", f"{spelled} at {house} dot {said}",
        f"{name} at sign {house} point com", f"{name} punkt {rng.choice(NAMES)} ät {house} punkt de", spelled_mail(rng),
        f"{' '.join(name)} {english(rng, figures(rng, 2))} at {house} dot {said}",
    ))  # fmt: skip


def identifier(rng: random.Random) -> str:
    hundreds = (f"oh eight hundred double {aloud(figures(rng, 1))[0]} triple {aloud(figures(rng, 1))[0]}",
                f"{english(rng, '4' + figures(rng, 2))} nine hundred twelve thirty four")  # fmt: skip
    return rng.choice((spelled_code(rng), english(rng, "7" + figures(rng, 7)), *hundreds, foreign(rng, "6" + figures(rng, 8)),
                       rng.choice("BKMR").upper() + figures(rng, 6)))  # fmt: skip


def place(rng: random.Random) -> str:
    number, street = rng.randrange(2, 400), rng.choice(STREETS)
    return rng.choice((
        address(rng), f"{number} {street}", f"{number} {street}, Springfield", f"Hauptstraße {number}, {10000 + number} Berlin",
        f"{number} rue de la Paix, {75000 + number % 20} Paris", f"{english(rng, str(number))} {street.lower()}",
    ))  # fmt: skip


def person(rng: random.Random) -> str:
    return f"{rng.choice(FIRST)} {rng.choice(LAST)}"


Maker = Callable[[random.Random], str]
