"""Hurtful words in a turn: what, how grave, at whom, and whether they are said or only told.

"He called me an idiot" hurts nobody on the line: a report of what another said is told apart by the words before it (said,
called, told, wrote), by somebody else as the one who did it, and by what is denied. At whom follows from "you" near the word;
without it profanity is at nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pipeline.records import Call, Turn
from pipeline.topics.saying import Phrase, Phrasebook, Said, bare, phrase, stems_of

FILE = Path(__file__).with_name("words.yaml")
Target = Literal["other", "self", "nobody"]
BEFORE, AFTER = 8, 4  # words around, in which a report or "you" stands
REPORTS = frozenset(
    "called calls calling said says saying told tells telling wrote writes written quote quoted yelled shouted screamed texted "
    "emailed messaged threatened threatening threatens claimed reads heard".split()
)
OTHERS = frozenset(
    "he she they he's she's they're somebody someone who somebody's people caller guy man woman son daughter agent manager boss "
    "colleague neighbour neighbor husband wife".split()
)
ANYBODY = frozenset("somebody someone somebody's people".split())  # "somebody will get hurt" is no report
AT_YOU = frozenset("you you're your yours you've yourself ya".split())
IDIOMS = (
    "kill two birds", "killing me", "dying to", "to die for", "killing time", "hit you up", "bloody mary", "i'm stupid", "i am stupid",
    "me for an idiot", "i'm an idiot", "i'm not stupid", "pain in the", "life insurance", "life policy", "life cover",
)  # fmt: skip
QUOTED = 0.3  # of its severity counts what is only told
MARKS = ("'", '"', "“", "‘")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of hurtful words. ``about_self``: meant of the speaker."""

    name: str
    severity: float
    about_self: bool
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """One place. ``quoted``: told of somebody, not said to anybody on the line."""

    kind: str
    severity: float
    said: Said
    target: Target
    quoted: bool

    @property
    def score(self) -> float:
        return self.severity * (QUOTED if self.quoted else 1.0)


def heard_in(turn: Turn, call: Call) -> list[Heard]:
    """The first place of each kind in ``turn``; profanity inside a graver kind is not told twice."""
    there = _phrasebook().find(turn, stems_of(turn))
    if not there:
        return []
    words = [bare(word.text) for word in turn.words]
    found = []
    for kind in kinds():
        places = [there[p.text] for p in kind.phrases if p.text in there]
        kept = [
            place for place in places if not (place.negated and kind.name != "self_harm") and not _idiom(words, place)
        ]
        if kept:
            place = min(kept, key=lambda place: place.first)
            quoted = _quoted(words, turn, place, about_self=kind.about_self)
            target = _target(words, place, about_self=kind.about_self)
            severity = kind.severity + (0.15 if kind.name == "profanity" and target == "other" else 0.0)
            found.append(Heard(kind.name, severity, place, target, quoted))
    return found


def _quoted(words: Sequence[str], turn: Turn, place: Said, *, about_self: bool) -> bool:
    """True where somebody tells of the words instead of saying them."""
    if turn.words[place.first].text.startswith(MARKS):
        return True
    before = words[max(0, place.first - BEFORE) : place.first]
    inside = words[place.first : place.last + 1]
    reported = [word for word in before if word in REPORTS]
    by_others = OTHERS & {*before} | (OTHERS - ANYBODY) & {*inside}
    if about_self:  # "he said he would kill himself" never reads "myself"; "i told my doctor i want to die" is meant
        return bool(reported and by_others) and "i" not in before[-3:]
    return (bool(reported) and ("me" in before or bool(by_others))) or (
        bool(by_others) and not AT_YOU & {*before[-3:], *inside}
    )


def _target(words: Sequence[str], place: Said, *, about_self: bool) -> Target:
    if about_self:
        return "self"
    near = words[max(0, place.first - 3) : place.last + 1 + AFTER]
    return "other" if AT_YOU & set(near) else "nobody"


def _idiom(words: Sequence[str], place: Said) -> bool:
    near = " ".join(words[max(0, place.first - 2) : place.last + 3])
    return any(idiom in near for idiom in IDIOMS)


@cache
def kinds() -> tuple[Kind, ...]:
    """The kinds, the gravest first."""
    from ruamel.yaml import YAML  # 0.1 s: only where calls are analyzed

    found = YAML(typ="safe", pure=True).load(FILE.read_text(encoding="utf-8"))
    rows = [
        Kind(
            str(name),
            float(row["severity"]),
            row.get("at") == "self",
            tuple(phrase(str(text)) for text in row["phrases"]),
        )
        for name, row in found.items()
    ]
    return tuple(sorted(rows, key=lambda kind: -kind.severity))


@cache
def _phrasebook() -> Phrasebook:
    """The phrases of all kinds, looked for together."""
    return Phrasebook(p for kind in kinds() for p in kind.phrases)
