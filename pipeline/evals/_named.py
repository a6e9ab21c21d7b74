"""Sentences with things that are named in them at known places, from a seed: what `eval entities` measures on by default.

Half of the numbers are said in words, half written. Every tenth sentence names nothing. All of it is made up here.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from typing import Any

from pipeline.entities.products import Products, make_products
from pipeline.evals._planted import DAYS, MONTHS, NAMES, spelled_mail
from rules.spoken import aloud

CARRIERS: dict[str, tuple[str, ...]] = {
    "amount": ("you charged me {} for it", "the total comes to {} please", "i was told it would be {} and not more"),
    "date": ("it was delivered on {} i think", "i moved out on {} this year", "can we do it on {} instead"),
    "day": ("can somebody come {} in the morning", "i called {} about the same thing", "it should be there {}"),
    "phone": ("my number is {}", "you can reach me at {} after five", "please call {} when it is ready"),
    "email": ("my email is {}", "please send it to {}", "it's {} all lower case"),
    "order_number": ("the order number is {}", "my tracking number is {}", "it says order number {} on the slip"),
    "account_number": ("the account number is {}", "my policy number is {}", "customer number {} please"),
    "reference": ("the reference is {}", "my case number is {}", "i have a ticket number {}"),
    "product": ("there is a problem with my {}", "i would like to return the {}", "how much is the {}"),
}
NOTHING = (
    "i have been waiting for a while now",
    "thank you so much for your help",
    "one moment please let me have a look",
    "i am not sure what happened there",
    "yes that is what i said before",
    "it works fine for the most part",
    "we are two people in this house",
    "i have tried it three times already",
    "the first one was better than the second",
    "it takes about ten minutes to get there",
    "that is a saver for people who box and that is all",
    "my home is guarded plus i have a dog",
)
WEEKDAYS = ("monday", "tuesday", "friday", "next thursday", "tomorrow", "yesterday")
AREAS = ("212", "415", "312", "617", "206", "305")  # of the United States; the rest of the number must be valid as well
LIST = (  # a house's own products, by name and other names
    ("Silver Saver", ("silver account", "the saver")),
    ("AquaJet 300", ("aqua jet",)),
    ("MaxiFibre", ("maxi fibre", "maxi fiber")),
    ("Homeguard Plus", ("home guard plus",)),
    ("iKettle", ()),
    ("Flexi Loan", ("flexi credit",)),
    ("ISA", ("cash isa",)),
    ("Box & Play 2", ("box and play two",)),
)
SAID_PRODUCTS = (  # as recognisers write them, with the name of the list
    ("silver saver", "Silver Saver"),
    ("silver savers", "Silver Saver"),
    ("silver account", "Silver Saver"),
    ("aqua jet three hundred", "AquaJet 300"),
    ("aquajet 300", "AquaJet 300"),
    ("aqua jets", "AquaJet 300"),
    ("maxi fibre", "MaxiFibre"),
    ("maxifiber", "MaxiFibre"),
    ("home guard plus", "Homeguard Plus"),
    ("Homeguard Plus", "Homeguard Plus"),
    ("i kettle", "iKettle"),
    ("flexi loans", "Flexi Loan"),
    ("flexiloan", "Flexi Loan"),
    ("ISA", "ISA"),
    ("cash isas", "ISA"),
    ("box and play two", "Box & Play 2"),
)
UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()


def named(seed: int, count: int) -> list[dict[str, Any]]:
    """``count`` objects of a manifest: text, and spans with type and written value."""
    rng = random.Random(seed)
    return [_quiet(rng, n) if n % 10 == 9 else _naming(rng, n) for n in range(count)]


def in_words(number: int) -> str:
    """0 to 999 as people say it."""
    if number >= 100:
        rest = f" and {in_words(number % 100)}" if number % 100 else ""
        return f"{UNITS[number // 100]} hundred{rest}"
    return UNITS[number] if number < 20 else TENS[number // 10] + (f" {UNITS[number % 10]}" if number % 10 else "")


def _quiet(rng: random.Random, number: int) -> dict[str, Any]:
    return {"id": f"nothing-{number}", "text": rng.choice(NOTHING), "spans": []}


def _naming(rng: random.Random, number: int) -> dict[str, Any]:
    kind = rng.choice(list(CARRIERS))
    said, value = MADE[kind](rng)
    before, _, after = rng.choice(CARRIERS[kind]).partition("{}")
    span = {
        "start": len(before),
        "end": len(before) + len(said),
        "type": "date" if kind == "day" else kind,
        "value": value,
    }
    return {"id": f"{kind}-{number}", "text": before + said + after, "spans": [span]}


def _amount(rng: random.Random) -> tuple[str, str]:
    whole, cents = rng.randrange(2, 900), rng.choice((0, 0, 25, 50, 99))
    written = f"${whole}" + (f".{cents:02}" if cents else "")
    plain = f"{in_words(whole)} dollars" + (f" and {in_words(cents)} cents" if cents else "")
    if cents:
        return rng.choice((written, plain, f"{in_words(whole)} dollars {in_words(cents)}")), written
    return rng.choice(
        (
            (written, written),
            (plain, written),
            (f"{in_words(whole)} bucks", written),
            (f"{whole} dollars", written),
            (f"{in_words(whole)} pounds", f"£{whole}"),
            (f"{whole} euros", f"€{whole}"),
            ("a hundred dollars", "$100"),
            ("twelve hundred dollars", "$1200"),
            ("three thousand dollars", "$3000"),
        )
    )


def _date(rng: random.Random) -> tuple[str, str]:
    month, day = rng.choice(MONTHS), rng.randrange(28)
    written, numbers = f"{month.title()} {day + 1}", f"{MONTHS.index(month) + 1}/{day + 1}/2026"
    return rng.choice(
        (
            (f"{month} {DAYS[day]}", written),
            (f"the {DAYS[day]} of {month}", written),
            (f"{month} the {DAYS[day]}", written),
            (f"{month} {day + 1}", written),
            (f"{month} {DAYS[day]} twenty twenty six", f"{written}, 2026"),
            (numbers, f"{written}, 2026"),
        )
    )


def _day(rng: random.Random) -> tuple[str, str]:
    said = rng.choice(WEEKDAYS)
    return said, said


def _phone(rng: random.Random) -> tuple[str, str]:
    figures = rng.choice(AREAS) + rng.choice("2345") + "".join(rng.choice("0123456789") for _ in range(6))
    value = f"+1 {figures[:3]}-{figures[3:6]}-{figures[6:]}"
    written = rng.choice(
        (figures, f"({figures[:3]}) {figures[3:6]}-{figures[6:]}", f"{figures[:3]}-{figures[3:6]}-{figures[6:]}")
    )
    return (written if rng.random() < 0.4 else " ".join(aloud(figures, rng.choice(("single", "doubles")))), value)


def _mail(rng: random.Random) -> tuple[str, str]:
    said = spelled_mail(rng) if rng.random() < 0.8 else f"{rng.choice(NAMES)}.{rng.choice(NAMES)}@example.com"
    return said, ""  # how it is written is a matter of taste: that it is one, and where, is measured


def _code(rng: random.Random) -> tuple[str, str]:
    figures = "".join(rng.choice("0123456789") for _ in range(rng.randrange(4, 8)))
    return (figures if rng.random() < 0.5 else " ".join(aloud(figures)), figures)


def _product(rng: random.Random) -> tuple[str, str]:
    return rng.choice(SAID_PRODUCTS)


@cache
def products() -> Products:
    """The list that the sentences are made of."""
    return make_products((name, name, others) for name, others in LIST)


MADE: dict[str, Callable[[random.Random], tuple[str, str]]] = {
    "amount": _amount,
    "date": _date,
    "day": _day,
    "phone": _phone,
    "email": _mail,
    "order_number": _code,
    "account_number": _code,
    "reference": _code,
    "product": _product,
}
