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
from pipeline.topics.saying import NEAR, NEGATIONS, Phrase, Phrasebook, Said, bare, phrase, stem, stems_of

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
    "me for an idiot", "i'm an idiot", "i'm not stupid", "pain in the", "life insurance", "life policy", "life cover", "shoot you a",
    "shoot you an", "shoot you over", "shoot them a", "shoot them an", "hit them up", "beat them to", "kill them with kindness",
)  # fmt: skip
HIT_WITH = ("hit you with", "hit me with", "hit them with")  # news, a fee; a bat is meant
WEAPONS = frozenset(
    "bat fist fists hammer stick car truck bottle brick belt gun knife axe rock iron club pipe shovel chair crowbar".split()
)
FIRST_PERSON = frozenset("i i'm im i've ive i'd i'll me myself".split())
KIN = frozenset(
    "brother sister mother father mom dad mum friend cousin uncle aunt kid kids child niece nephew grandson granddaughter "
    "grandfather grandmother partner tenant patient client customer roommate him her them his hers their himself herself".split()
)
NEEDS_SELF = frozenset("suicide suicidal end ending".split())  # words that say nothing of the speaker by themselves
SERVICES = frozenset(
    "subscription subscriptions contract contracts insurance account accounts plan plans service services membership policy "
    "policies order orders company provider deal agreement agreements lease payment payments line package loan phone".split()
)
JOINING = frozenset(
    "i mean this the my on with your of these in at from for that a an our and all about as by it is".split()
)
GROUPS = frozenset(
    "mexican mexicans indian indians chinese arab arabs muslim muslims jew jews immigrant foreigner american gypsy white".split()
)
THINGS = frozenset(  # of a country, behind the word for its people
    "food restaurant place music language accent company shop store channel dish menu bank airline branch office market border "
    "version number card tea coffee phrase passport visa embassy film movie news wedding holiday keyboard".split()
)
CONNECTING = frozenset("i we then or else so and because".split())  # where a new thought begins
MASKED = {"f": "fuck", "s": "shit", "b": "bitch"}
FEWEST_LETTERS = 3  # that are said one by one, to be a word
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
    words = [bare(word.text) for word in turn.words]
    there |= {text: place for text, place in _disguised(turn, words).items() if text not in there}
    if not there:
        return []
    found = []
    for kind in kinds():
        places = [there[p.text] for p in kind.phrases if p.text in there]
        kept = [
            place
            for place in places
            if not (kind.name != "self_harm" and _denied(words, place))
            and not _idiom(words, place)
            and _meant(kind, words, place)
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
    if about_self and _of_another(words, place):
        return True
    if about_self:  # "he said he would kill himself" never reads "myself"; "i told my doctor i want to die" is meant
        return bool(reported and by_others) and "i" not in before[-3:]
    return (bool(reported) and ("me" in before or bool(by_others))) or (
        bool(by_others) and not AT_YOU & {*before[-3:], *inside}
    )


def _denied(words: Sequence[str], place: Said) -> bool:
    """A negation right before the words, unless somebody begins anew behind it: "if it isn't fixed i'm coming"."""
    before = words[max(0, place.first - NEAR) : place.first]
    last = max((n for n, word in enumerate(before) if word in NEGATIONS), default=None)
    return last is not None and not any("'" in word or word in CONNECTING for word in before[last + 1 :])


def _of_another(words: Sequence[str], place: Said) -> bool:
    """True where the nearest person before the words is not the speaker: "my son committed suicide"."""
    inside = words[place.first : place.last + 1]
    if not FIRST_PERSON.isdisjoint(inside) or "my" in inside:
        return False
    for word in reversed(words[max(0, place.first - BEFORE) : place.first]):
        if word in FIRST_PERSON or word in OTHERS or word in KIN:
            return word not in FIRST_PERSON
    return not NEEDS_SELF.isdisjoint(inside)  # "a suicide hotline" is nobody's


def _meant(kind: Kind, words: Sequence[str], place: Said) -> bool:
    """False where what follows says that something else is meant: a contract that ends, food of a country, news that hits."""
    after = words[place.last + 1 : place.last + 1 + 2 * AFTER]
    if kind.about_self:
        thing = next((word for word in after if word not in JOINING), "")
        return thing not in SERVICES
    if kind.name == "threat" and any(idiom in " ".join(words[place.first : place.last + 2]) for idiom in HIT_WITH):
        return not WEAPONS.isdisjoint(after)
    if kind.name == "hate" and words[place.last] in GROUPS:
        return not (THINGS & {*after[:1], *(word.removesuffix("s") for word in after[:1])})
    return True


def _disguised(turn: Turn, words: Sequence[str]) -> dict[str, Said]:
    """Single words that were spelled ("f u c k") or masked ("f***ing"), by the phrase they are."""
    found: dict[str, Said] = {}
    first = 0
    for place in range(len(words) + 1):
        if place < len(words) and len(words[place]) == 1:
            continue
        if place - first >= FEWEST_LETTERS:
            _look_up("".join(words[first:place]), Said(turn, first, place - 1), found)
        first = place + 1
        if place < len(words) and "*" in turn.words[place].text:
            _look_up(MASKED.get(words[place][:1], ""), Said(turn, place, place), found)
    return found


def _look_up(word: str, place: Said, found: dict[str, Said]) -> None:
    text = _single_words().get(stem(word)) if word else None
    if text is not None:
        found.setdefault(text, place)


@cache
def _single_words() -> dict[str, str]:
    """Phrases of one word, by each of its stems."""
    alone = (p for kind in kinds() for p in kind.phrases if len(p.steps) == 1 and p.steps[0] is not None)
    return {one: p.text for p in alone for one in p.steps[0] or ()}


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
