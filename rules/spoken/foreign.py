"""Digits spoken in other languages than English, whatever language the call is said to be in.

Redaction may not wait for a language to be told: a Spanish card number in an English call must go too. The words come from
one table a language (``languages/*.toml``); the grammar is the same for all: digits one by one, tens with a unit before or
after, hundreds, thousands, "double". A run counts only with words that prove its language, since "six", "once" and "due"
are words elsewhere.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from rules.spoken.atoms import WORDS as ENGLISH
from rules.spoken.atoms import Is, atoms_of

TABLES = Path(__file__).parent / "languages"
HESITATIONS = frozenset("uh um er eh ehm hm hmm mm euh äh ähm öh este pues also alors allora então".split())
PROVED = 3  # number words of a run that proves its language
TELLING = 4  # letters of a word that proves its language beside two others
LONGEST = 60  # letters of a number written as one word
CERTAIN = 2  # of them, words that no other language has


class What(IntEnum):
    """The part a word plays in a number."""

    DIGIT = 1
    SMALL = 2  # ten to twenty-nine as one word
    TENS = 3
    HUNDREDS = 4  # "doscientos": a value
    MULTIPLIER = 5  # "hundert": times what stands before it
    THOUSAND = 6
    TIMES = 7  # "doble"
    JOIN = 8  # "y", "und"
    NUMERAL = 9


class Part(NamedTuple):
    """One meaning of a word; ``text`` are the digits of a numeral."""

    what: What
    value: int
    text: str = ""


class Placed(NamedTuple):
    """A part and the word it came from."""

    word: int
    part: Part


@dataclass(frozen=True, slots=True)
class ForeignRun:
    """Digits from word ``first`` to word ``last`` (inclusive) in ``language``; ``cardinal``: one number with hundreds or more."""

    first: int
    last: int
    digits: str
    language: str
    cardinal: bool


@dataclass(frozen=True)
class Language:
    """One table, by folded words (no accents, lower case)."""

    name: str
    words: Mapping[str, Part]
    vocabulary: Mapping[str, Part]  # with the stems that stand only inside longer words
    stems: frozenset[str]
    shared: frozenset[str]
    articles: frozenset[str]
    tails: tuple[str, ...]
    units_first: bool
    compounds: bool


def fold(word: str) -> str:
    """Lower case without accents: recognisers write them or not."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word.lower().replace("ß", "ss").replace("ł", "l"))
    return unicodedata.normalize("NFC", "".join(c for c in plain if not unicodedata.combining(c)))


@cache
def languages() -> tuple[Language, ...]:
    """Every table of the folder."""
    return tuple(_read(file) for file in sorted(TABLES.glob("*.toml")))


def _read(file: Path) -> Language:
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    kinds = {"digits": What.DIGIT, "small": What.SMALL, "tens": What.TENS, "hundreds": What.HUNDREDS,
             "multipliers": What.MULTIPLIER, "thousands": What.THOUSAND, "times": What.TIMES}  # fmt: skip
    words = {fold(word): Part(what, value) for key, what in kinds.items() for word, value in table.get(key, {}).items()}
    words |= {fold(word): Part(What.JOIN, 0) for word in table["joins"]}
    stems = {fold(word): Part(What.TENS if value < 100 else What.MULTIPLIER, value)
             for word, value in table.get("stems", {}).items()}  # fmt: skip
    return Language(
        file.stem,
        words,
        stems | words,
        frozenset(stems),
        frozenset(map(fold, table["shared"])) | frozenset(ENGLISH),
        frozenset(map(fold, table["articles"])),
        tuple(map(fold, table.get("tails", ()))),
        bool(table.get("units_first")),
        bool(table.get("compounds")),
    )


def foreign_digits(words: Sequence[str], spoken: frozenset[str] = frozenset()) -> list[ForeignRun]:
    """Runs of digits in any of the languages, the longest where two languages claim a word, in order.

    ``words`` are bare and in lower case. ``spoken``: languages that are known to be spoken here, in which short runs count.
    """
    known = [_meanings(word) for word in words]
    if not any(known):
        return []
    found = [run for language in languages() for run in _in_language(words, known, language, spoken)]
    chosen: list[ForeignRun] = []
    taken: set[int] = set()
    for run in sorted(found, key=lambda r: (r.first - r.last, r.first, r.language)):
        place = range(run.first, run.last + 1)
        if taken.isdisjoint(place):
            chosen.append(run)
            taken.update(place)
    return sorted(chosen, key=lambda run: run.first)


@lru_cache(maxsize=50_000)
def _meanings(word: str) -> Mapping[str, tuple[Part, ...]]:
    """What a word says in each language that has it."""
    folded = fold(word)
    if not folded or folded[0].isdigit():
        return {}
    meanings = ((language.name, _parts(folded, language)) for language in languages())
    return {name: parts for name, parts in meanings if parts}


def _parts(word: str, language: Language) -> tuple[Part, ...]:
    if word in language.words:
        return (language.words[word],)
    if "-" in word:
        split = [_parts(part, language) for part in word.split("-")]
        return tuple(part for parts in split for part in parts) if all(split) else ()
    if not language.compounds:
        return ()
    for tail in language.tails:
        if word.endswith(tail) and len(word) > len(tail) and (cut := _compound(word.removesuffix(tail), language)):
            return cut
    return _compound(word, language) or ()


def _compound(word: str, language: Language) -> tuple[Part, ...] | None:
    """One written word cut into number words: "einundvierzig", "quarantuno", "일이삼사"; None where that is not all of it."""
    if not word or len(word) > LONGEST:
        return None if word else ()
    for size in range(len(word), 0, -1):
        part = language.vocabulary.get(word[:size])
        if part is None or (size == len(word) and word in language.stems):
            continue
        rest = _compound(word[size:], language)
        if rest is not None and (rest or part.what is not What.JOIN):
            return (part, *rest)
    return None


def _in_language(
    words: Sequence[str], known: Sequence[Mapping[str, tuple[Part, ...]]], language: Language, spoken: frozenset[str]
) -> list[ForeignRun]:
    stretches = _stretches(words, known, language.name)
    runs = [run for stretch in stretches if (run := _read_run(stretch, language)) is not None]
    proof = language.name in spoken or any(_proves(words, run, known, language) for run in runs)
    return [run for run in runs if proof and not _is_article(words, run, language)]


def _is_article(words: Sequence[str], run: ForeignRun, language: Language) -> bool:
    """A lone "una" is an article, a lone "이" means "this"."""
    return run.first == run.last and fold(words[run.first]) in language.articles


def _proves(words: Sequence[str], run: ForeignRun, known: Sequence[object], language: Language) -> bool:
    said = [fold(words[i]) for i in range(run.first, run.last + 1) if known[i]]
    certain = [word for word in said if word not in language.shared]
    long = any(len(word) > PROVED and word not in language.words for word in certain)  # "einundvierzig", "일이삼사"
    telling = any(len(word) >= TELLING for word in certain)
    return (len(said) >= PROVED and (len(certain) >= CERTAIN or telling)) or (long and len(run.digits) > PROVED)


def _stretches(words: Sequence[str], known: Sequence[Mapping[str, tuple[Part, ...]]], name: str) -> list[list[Placed]]:
    """Neighbouring number words of one language, numerals among them, hesitations skipped."""
    found: list[list[Placed]] = [[]]
    native = False
    for i, word in enumerate(words):
        parts = known[i].get(name, ()) or _numeral(word)
        if parts:
            found[-1] += [Placed(i, part) for part in parts]
            native = native or bool(known[i].get(name))
        elif found[-1] and not (word in HESITATIONS or word == ""):
            if not native:
                found.pop()
            found.append([])
            native = False
    if not native:
        found.pop()
    return found


def _numeral(word: str) -> tuple[Part, ...]:
    atoms = atoms_of(word) if word[:1].isdigit() else ()
    return tuple(Part(What.NUMERAL, 0, atom.text) for atom in atoms if atom.what is Is.NUMERAL)


def _read_run(stretch: list[Placed], language: Language) -> ForeignRun | None:
    while stretch and stretch[-1].part.what in (What.JOIN, What.TIMES):
        stretch = stretch[:-1]
    while stretch and stretch[0].part.what is What.JOIN:
        stretch = stretch[1:]
    text, at, numbers = "", 0, 0
    parts = [item.part for item in stretch]
    while at < len(parts):
        said, at = _number(parts, at, language)
        text, numbers = text + said, numbers + bool(said)
    if not text:
        return None
    scaled = any(part.what in (What.HUNDREDS, What.MULTIPLIER, What.THOUSAND) for part in parts)
    return ForeignRun(stretch[0].word, stretch[-1].word, text, language.name, scaled and numbers == 1)


def _number(parts: Sequence[Part], at: int, language: Language) -> tuple[str, int]:
    """One number from ``at``: its digits and where the next begins."""
    part = parts[at]
    if part.what is What.NUMERAL:
        return part.text, at + 1
    if part.what is What.JOIN:
        return "", at + 1
    if part.what is What.TIMES:
        follows = parts[at + 1] if at + 1 < len(parts) else None
        return (str(follows.value) * part.value, at + 2) if follows and follows.what is What.DIGIT else ("", at + 1)
    value, end = (1, at) if part.what is What.THOUSAND else _hundreds(parts, at, language)
    if end < len(parts) and parts[end].what is What.THOUSAND and 0 < value < 1000:
        value, end = value * 1000, end + 1
        if end < len(parts) and parts[end].what in _SMALLER and not _chain(parts, end):
            rest, after = _hundreds(parts, end, language)
            if rest:
                value, end = value + rest, after
    return str(value), end


_SMALLER = (What.DIGIT, What.SMALL, What.TENS, What.HUNDREDS, What.MULTIPLIER, What.JOIN)


def _chain(parts: Sequence[Part], at: int) -> bool:
    """Two single digits in a row: digits one by one, no rest of a number."""
    return at + 1 < len(parts) and parts[at].what is What.DIGIT and parts[at + 1].what is What.DIGIT


def _hundreds(parts: Sequence[Part], at: int, language: Language) -> tuple[int, int]:
    if parts[at].what is What.JOIN and at + 1 < len(parts):
        return _hundreds(parts, at + 1, language) if parts[at + 1].what is not What.JOIN else (0, at + 1)
    if parts[at].what is What.HUNDREDS:
        value, end = parts[at].value, at + 1
    else:
        value, end = (1, at) if parts[at].what is What.MULTIPLIER else _below(parts, at, language)
        if not (end < len(parts) and parts[end].what is What.MULTIPLIER and 0 < value < 100):
            return value, end
        value, end = value * parts[end].value, end + 1
    start = end + (end < len(parts) and parts[end].what is What.JOIN)
    if start < len(parts) and parts[start].what in (What.DIGIT, What.SMALL, What.TENS) and not _chain(parts, start):
        rest, after = _below(parts, start, language)
        if rest and not (after < len(parts) and parts[after].what is What.THOUSAND and value >= 1000):
            value, end = value + rest, after
    return value, end


def _below(parts: Sequence[Part], at: int, language: Language) -> tuple[int, int]:
    """Below a hundred, tens before units or after them."""
    here = parts[at]
    following = parts[at + 1 : at + 3]
    if here.what is What.DIGIT:
        if language.units_first and [p.what for p in following] == [What.JOIN, What.TENS]:
            return here.value + following[1].value, at + 3
        if language.name == "fr" and here.value == 4 and following and following[0] == Part(What.TENS, 20):
            rest, end = _unit(parts, at + 2)  # quatre-vingt-onze
            return 80 + rest, end
        return here.value, at + 1
    if here.what is What.TENS and not language.units_first:
        rest, end = _unit(parts, at + 1, teens=language.name == "fr" and here.value == 60)
        return here.value + rest, end
    if (
        here.what is What.SMALL
        and here.value == 10
        and language.name == "fr"
        and following
        and following[0].value in (7, 8, 9)
    ):
        return 10 + following[0].value, at + 2  # dix-sept
    return (here.value, at + 1) if here.what in (What.SMALL, What.TENS) else (0, at + 1)


def _unit(parts: Sequence[Part], at: int, *, teens: bool = True) -> tuple[int, int]:
    """What follows the tens, "y" or "et" before it or not; 0 where nothing does."""
    start = at + (at < len(parts) and parts[at].what is What.JOIN)
    if start >= len(parts):
        return 0, at
    part = parts[start]
    if part.what is What.DIGIT and part.value:
        return part.value, start + 1
    if teens and part.what is What.SMALL and part.value < 17:
        after = parts[start + 1] if start + 1 < len(parts) else None
        if part.value == 10 and after is not None and after.what is What.DIGIT and after.value > 6:
            return 10 + after.value, start + 2  # soixante-dix-sept
        return part.value, start + 1
    return 0, at
