"""Calls with a known reason, deed, outcome and promise, from a seed: what `eval summary` measures on by default.

The sentences were written as people say them, without a look at the cues that the summary goes by. All calls begin on one day,
so that a day promised can be counted.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from pipeline.measuring.dialogues import PACE
from pipeline.records import Call, Metadata, Party, Turn, Word

BEGAN = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)  # a Wednesday
REASONS = (
    "i'm calling because my internet has been down since yesterday",
    "i would like to return the jacket i bought last month",
    "there is a charge on my statement that i don't recognise",
    "my parcel never arrived and it says delivered",
    "i need to change the address on my account",
    "i want to know why my bill went up",
    "i can't log in to the app anymore",
    "the washing machine you sent leaks",
    "i lost my card on the train this morning",
    "my heating stopped working and we have a baby at home",
)
DEEDS = (
    "okay i have reset your line from here",
    "alright i've refunded the full amount to your card",
    "i have updated the address for you",
    "so i just cancelled the old card",
    "the order has been changed",
    "i've booked an engineer for you",
    "i have raised a ticket with the depot",
    "that's all done i have removed the charge",
)
PROMISES: tuple[tuple[str, date | None], ...] = (
    ("we will call you back by friday", date(2026, 3, 6)),
    ("you'll receive the refund within three working days", date(2026, 3, 9)),
    ("i will send you a confirmation tomorrow", date(2026, 3, 5)),
    ("an engineer will come on monday", date(2026, 3, 9)),
    ("a new card will arrive within two weeks", date(2026, 3, 18)),
    ("my manager will call you today", date(2026, 3, 4)),
    ("we'll write to you by the twentieth of march", date(2026, 3, 20)),
    ("you will get a reply within twenty four hours", date(2026, 3, 5)),
    ("somebody will contact you next tuesday", date(2026, 3, 10)),
    ("i'll make sure they look into it", None),
    ("your new router goes out the day after tomorrow", date(2026, 3, 6)),
    ("a specialist is going to phone you on thursday", date(2026, 3, 5)),
    ("it should be with you by the end of next week", date(2026, 3, 13)),
    ("you can expect our letter by the eighteenth", date(2026, 3, 18)),
    ("i'll email you within seventy two hours", date(2026, 3, 7)),
    ("we will pay it out by 3/27", date(2026, 3, 27)),
    ("we'll get back to you in ten days", date(2026, 3, 14)),
    ("our depot aims to deliver it in a fortnight", date(2026, 3, 18)),
)
REFUSALS = (  # a day is named, and nothing is promised
    "i will not be able to change that by tomorrow",
    "i'm afraid we never deliver on sunday",
    "we can't promise you anything for next week",
    "i won't have an answer by friday",
)
ENDS: tuple[tuple[str, str], ...] = (
    ("great thank you so much for your help", "settled"),
    ("perfect that's everything thanks", "settled"),
    ("that's all thank you bye", "settled"),
    ("this is ridiculous i want to speak to a supervisor", "not settled"),
    ("well i'm still not happy about this", "not settled"),
    ("i will make a complaint about this", "not settled"),
    ("well thanks a lot for wasting my morning", "not settled"),
    ("thank you for nothing goodbye", "not settled"),
    ("okay but that is not really fixed is it thank you", "not settled"),
)
SMALL_TALK = {
    "s1": (
        "can you spell your last name for me",
        "one moment please",
        "let me have a look at that",
        "how is the weather where you are",
        "and is the flat number still the same",
        "thank you for waiting",
    ),
    "s2": (
        "sure it is a lovely day here",
        "yes that is right",
        "i have been a customer for ten years",
        "mm hm okay",
        "yes it is",
        "no problem take your time",
    ),
}


@dataclass(frozen=True, slots=True)
class Agreed:
    """A call, and the sentences that a summary of it must quote."""

    call: Call
    reason: str
    done: str
    promise: str
    due: date | None
    tone: str
    refusal: str


def agreed(seed: int, count: int) -> Iterator[Agreed]:
    rng = random.Random(seed)
    for number in range(count):
        reason, done, (promise, due), (end, tone) = (
            rng.choice(REASONS),
            rng.choice(DEEDS),
            rng.choice(PROMISES),
            rng.choice(ENDS),
        )
        refusal = REFUSALS[number % len(REFUSALS)]
        lines = [
            ("s1", "thank you for calling this is dana how can i help you"),
            ("s2", f"hi {reason}"),
            *_talk(rng),
            ("s1", done),
            *_talk(rng),
            ("s1", promise),
            ("s2", "mm hm okay"),
            ("s1", refusal),
            ("s2", end),
            ("s1", "you're welcome goodbye"),
        ]
        yield Agreed(_call(f"agreed-{number}", lines), reason, done, promise, due, tone, refusal)


def _talk(rng: random.Random) -> list[tuple[str, str]]:
    return [
        pair
        for _ in range(rng.randrange(1, 3))
        for pair in (("s1", rng.choice(SMALL_TALK["s1"])), ("s2", rng.choice(SMALL_TALK["s2"])))
    ]


def _call(name: str, lines: list[tuple[str, str]]) -> Call:
    turns, at = [], 0.5
    for party, text in lines:
        said = text.split()
        words = tuple(Word(word, at + n * PACE, at + (n + 1) * PACE, 0.95, party) for n, word in enumerate(said))
        turns.append(Turn(party, at, words[-1].end, words))
        at = words[-1].end + PACE
    parties = (Party("s1", "agent", 0.9, 0), Party("s2", "customer", 0.9, 1))
    return Call(name, "", Metadata(started_at=BEGAN), parties=parties, turns=tuple(turns), language="en")
