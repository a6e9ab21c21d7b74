"""Small dialogues with secrets at known places, from a seed: every type, shape, wording and split, and talk that holds none.

A line is "A: ..." (agent) or "C: ..." (customer), lines are parted by " / "; {} is where the secret stands.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from pipeline.evals import _shapes as shapes
from pipeline.evals._planted import MONTHS, NAMES, NEAR_MISSES, card

ACKS = ("mm hm", "okay", "yes go on", "got that", "uh huh")
LATE = (
    "okay hold on my glasses where are they honey have you seen my glasses they were on the table right next to the lamp yes thanks"
    " i will get them just a second please there is so much on this table today and the dog is barking too sorry about all of that"
    " really it is one of those days you know how it goes okay so here it says let me see"
)
FRAMES: dict[str, tuple[str, ...]] = {
    "CARD_NUMBER": (
        "C: {}", "C: yes the card number is {} okay", "A: can i take the long number please / C: sure {}", "C: um {} and that's a visa",
        "A: please read me the card / C: it is {} / A: thank you", "C: mi tarjeta es {}", "C: meine kartennummer ist {}",
    ),
    "CARD_CODE": (
        "A: and the security code / C: {}", "A: the three digits on the back please / C: it's {}", "C: c v v is {} i think",
        "A: and those little numbers on the reverse side please / C: {}", "A: what does it say on the back / C: {}",
        "A: and the three numbers next to your signature / C: {} yes", f"A: what is the cvv / C: {LATE} / C: {{}}",
        "A: código de seguridad por favor / C: {}", "C: {} is my cvv", "A: what's the CID / C: {}",
    ),
    "CARD_EXPIRY": (
        "A: expiry / C: {}", "A: when does it expire / C: {}", "C: it expires {} thanks", "A: and the expiration date / C: um {}",
        "C: my card is good thru {}",
    ),
    "SSN": ("C: my social security number is {}", "A: what's your social / C: sure {}", "A: the last four of your social / C: {}"),
    "PASSCODE": (
        "C: the code you texted me is {}", "A: read me the code we just sent / C: it says {}", "C: my pin is {}", "A: pin please / C: {}",
        "A: i'm sending you a code now / C: okay / C: it says {}",
    ),
    "PASSWORD": (
        "C: my password is {}", "A: what's your password / C: it is {}", "A: what is the memorable word / C: {}",
        "C: the security answer is {}", "A: and your mother's maiden name / C: um {}", "A: password please / C: it's {}",
        "A: your security word / C: my word is {}",
    ),
    "BANK_ACCOUNT": ("C: my account number is {} thanks", "A: account number / C: {}", "C: routing number {} please"),
    "DATE_OF_BIRTH": (
        "A: date of birth / C: {}", "C: my date of birth is {}", "A: when were you born / C: {}", "A: your birthdate please / C: uh {} yes",
        "A: and your date of birth for me please / C: uh sure one sec i have to turn down the tv it's so loud here today sorry about that"
        " okay so it's {}",
    ),
    "EMAIL": ("C: my email is {}", "A: your email please / C: sure {}", "C: you can write to {} thanks", "A: and the email / C: {} okay"),
    "NUMBER": (
        "C: it says {} on the letter", "C: my reference is {} i think", "A: order number / C: {}", "C: yeah {} please",
        "C: you can reach me at {}",
    ),
    "ADDRESS": ("C: i live at {} now", "A: what's your address / C: it's {}", "C: please send it to {} thank you", "C: we moved to {}"),
    "NAME": (
        "C: my name is {}", "A: can i get your first and last name / C: sure {}", "C: it's {} calling about my bill",
        "C: my husband {} is on the account", "A: am i speaking with {} / C: yes", "A: Hello {} how can i help",
    ),
}  # fmt: skip
SHAPES: dict[str, tuple[shapes.Maker, ...]] = {
    "CARD_NUMBER": (shapes.card_said, shapes.card_written, shapes.card_foreign, shapes.card_masked),
    "CARD_CODE": (
        lambda rng: shapes.english(rng, shapes.figures(rng, 3)), lambda rng: shapes.figures(rng, 3),
        lambda rng: shapes.foreign(rng, shapes.figures(rng, 3)), lambda rng: "all zeros",
    ),
    "CARD_EXPIRY": (shapes.expiry,),
    "SSN": (lambda rng: shapes.english(rng, "5" + shapes.figures(rng, 8)), lambda rng: shapes.english(rng, shapes.figures(rng, 4))),
    "PASSCODE": (lambda rng: shapes.english(rng, shapes.figures(rng, rng.choice((4, 6)))), lambda rng: shapes.figures(rng, 6)),
    "PASSWORD": (lambda rng: rng.choice(shapes.WORD_LIST), lambda rng: " ".join(rng.sample(shapes.WORD_LIST, 2))),
    "BANK_ACCOUNT": (
        lambda rng: shapes.english(rng, "7" + shapes.figures(rng, 8)), lambda rng: "7" + shapes.figures(rng, 9), shapes.iban_shaped,
    ),
    "DATE_OF_BIRTH": (shapes.birth,), "EMAIL": (shapes.mail,), "NUMBER": (shapes.identifier,), "ADDRESS": (shapes.place,),
    "NAME": (shapes.person,),
}  # fmt: skip


def dialogues(rng: random.Random, n: int) -> list[dict[str, Any]]:
    """``n`` manifest objects: a third of them talk without any secret; every frame of every type comes in turn."""
    frames = [(kind, frame) for kind, known in FRAMES.items() for frame in known]
    rows: list[dict[str, Any]] = []
    told = 0
    for i in range(n):
        if i % 3 == 2:
            rows.append(_quiet(rng, i))
        elif i % 12 == 0:
            rows.append(_special(rng, i))
        elif i % 12 == 4:
            rows.append(_split(rng, i))
        else:
            kind, frame = frames[told % len(frames)]
            told += 1
            rows.append(_row(f"{kind.lower()}-{i}", kind, frame, rng.choice(SHAPES[kind])(rng), "told"))
    return rows


def _row(id: str, kind: str, frame: str, secret: str, source: str) -> dict[str, Any]:
    """One dialogue with ``secret`` where the frame has {}."""
    turns, spans = [], []
    for number, line in enumerate(frame.split(" / ")):
        speaker, _, text = line.partition(": ")
        before, hole, after = text.partition("{}")
        turns.append({"speaker": speaker, "text": before + secret + after if hole else text})
        if hole:
            spans.append({"start": len(before), "end": len(before) + len(secret), "type": kind, "turn": number})
    return {
        "id": id,
        "turns": turns,
        "spans": spans,
        "source": source,
        **({"policy": "strict"} if kind == "NAME" else {}),
    }


def _special(rng: random.Random, i: int) -> dict[str, Any]:
    """National numbers by what they are called, codes glued to their label, numbers by counts."""
    choice = rng.randrange(4)
    if choice == 0:
        return _row(f"special-{i}", "CARD_NUMBER", "A: card number please / C: {}", shapes.card_counted(rng), "counted")
    if choice == 1:
        glued = rng.choice(("cvv:", "CVV=", "cvc:", "cvv")) + shapes.figures(rng, 3)
        return _row(f"special-{i}", "CARD_CODE", "C: and {} thanks", glued, "glued")
    called, number = (shapes.national if choice == 2 else shapes.national_letters)(rng)
    frame = rng.choice(("C: my {name} is {{}}", "A: what's your {name} / C: {{}}")).format(name=called)
    return _row(f"special-{i}", "NATIONAL_ID", frame, number, "national")


SPLITS: dict[str, tuple[str, Callable[[random.Random], list[str]]]] = {
    "CARD_NUMBER": ("can i have the card number", lambda rng: _pieces(rng, card(rng), (4, 4, 4, 4))),
    "CARD_CODE": ("the security code please", lambda rng: _pieces(rng, shapes.figures(rng, 3), (1, 1, 1))),
    "SSN": ("your social security number please", lambda rng: _pieces(rng, shapes.figures(rng, 9), (3, 2, 4))),
    "BANK_ACCOUNT": ("account number", lambda rng: _pieces(rng, "7" + shapes.figures(rng, 8), (3, 3, 3))),
    "DATE_OF_BIRTH": (
        "date of birth",
        lambda rng: [f"{rng.choice(MONTHS)} {rng.choice(('third', 'fourth', 'twelfth'))}", f"nineteen {shapes.english(rng, '7')}ty five"],
    ),
    "EMAIL": ("your email", lambda rng: [f"{rng.choice(NAMES)} dot {rng.choice(NAMES)}", "at", "gmail dot com"]),
    "NUMBER": (
        "your booking code",
        lambda rng: [f"{rng.choice(shapes.LETTERS)} {shapes.english(rng, '7')}", f"{rng.choice(shapes.LETTERS)} four nine"],
    ),
}  # fmt: skip


def _pieces(rng: random.Random, digits: str, sizes: tuple[int, ...]) -> list[str]:
    tongue = shapes.english if rng.random() < 0.7 else None
    words = shapes.WORDS[rng.choice([*shapes.WORDS][:6])].split()
    parts, at = [], 0
    for size in sizes:
        part = digits[at : at + size]
        parts.append(tongue(rng, part) if tongue else " ".join(words[int(d)] for d in part))
        at += size
    return parts


def _split(rng: random.Random, i: int) -> dict[str, Any]:
    """A secret in parts over turns, acknowledged or repeated by the agent."""
    kind = [*SPLITS][i // 12 % len(SPLITS)]
    ask, make = SPLITS[kind]
    parts = make(rng)
    turns: list[dict[str, str]] = [{"speaker": "A", "text": ask}]
    spans = []
    echoes = rng.random() < 0.3 and kind in ("CARD_NUMBER", "SSN", "BANK_ACCOUNT")
    for part in parts:
        for speaker, said in (("C", part), ("A", part if echoes else rng.choice(ACKS))):
            if said == part:
                spans.append({"start": 0, "end": len(said), "type": kind, "turn": len(turns)})
            turns.append({"speaker": speaker, "text": said})
    return {"id": f"split-{kind.lower()}-{i}", "turns": turns, "spans": spans, "source": "split"}


HARD = (
    "my bill is {four}", "i paid {four} for it and not {four}", "we have {four} employees", "it costs about {four}", "the {year} model",
    "that comes to {n} dollars and {n} cents", "delivered on {year}-0{one}-1{one}", "my flight is at fourteen thirty",
    "be there at 1{one}30",
    "my kids are aged {n} {n} and 16", "twenty twenty vision", "between {four} and {four}", "since nineteen ninety {word}",
    "i bought a SuperPhone X{n}0 and a Galaxy S{n}", "iPhone 15 Pro Max 256GB", "it was version {n}.{n} with error {four}",
    "we met in twenty twenty {word}", "about four thousand two hundred fifty", "i've been a customer for {four} days",
    "on {month} {word} at ten forty five", "the rate is {n}.{n} percent for thirty six months", "size ten and a half",
    "press one for sales",
    "tengo {n} pesos y dos mil quinientos euros", "ich zahle neunundvierzig euro und warte seit zwanzig minuten",
    "c'est cinquante euros pour trois mois", "our website at example dot com is down", "your contract expires in {month}",
    "i will never ask for your password", "what's your email / yes that's right", "which of the two do you want / the second one please",
    "i can reset your password / okay thanks", "it's a {n} minute drive and then a right", "i have {n} kids and two dogs",
    "the price went from {n} to {n}", "i called {n} times in {word} weeks", "the meeting is on the {n}th of {month}",
    "open nine to five monday to friday", "1{one} inches by {n} inches", "a {n} year old house",
)  # fmt: skip


def _quiet(rng: random.Random, i: int) -> dict[str, Any]:
    """Talk that holds no secret: amounts, dates, times, quantities, ages, years, names of products."""
    text = rng.choice(HARD if rng.random() < 0.8 else NEAR_MISSES)
    filled = ""
    for part in text.replace("{", "\0{").replace("}", "}\0").split("\0"):
        filled += {
            "{four}": str(rng.randrange(1200, 9900)), "{year}": str(rng.randrange(2001, 2030)), "{n}": str(rng.randrange(12, 90)),
            "{one}": rng.choice("1234567"), "{word}": rng.choice("three four five six seven".split()), "{month}": rng.choice(MONTHS),
        }.get(part, part)  # fmt: skip
    lines = filled.split(" / ")
    turns = [{"speaker": "AC"[at % 2], "text": line} for at, line in enumerate(lines)]
    return {"id": f"quiet-{i}", "turns": turns, "spans": [], "source": "quiet"}
