"""The words that training covers: lists written for this project, inflected, with names, places and the texts' own words.

Inflection follows the spelling rules of regular words; irregular verbs are listed with their forms. A form that nobody
says ("informations") costs one spoken row and does no harm; a missing one is a word that is never recognised.
"""

import gzip
from functools import cache
from pathlib import Path

TEXTS = Path(__file__).parent / "texts"
VOWELS = "aeiou"
DOUBLING = frozenset(
    "admit bag ban beg blog brag cancel chat chip chop clap clip commit control cut defer dig dip drag drip drop drum "
    "equip expel fit flag flip get grab grin hit hop hug incur jog kid knit knot label level log map mop nod omit pat "
    "permit pin plan plot plug pop prefer program quit quiz refer regret rip rob rub run scan set ship shop shrug shut "
    "sip sit skip slam slap slim slip snap spin spot step stir stop strip submit swap swim tag tap thin tip transfer "
    "transmit trap travel trim trip tug unplug unzip whip win wrap zip".split()
)


def forms(verb: str) -> tuple[str, str, str, str]:
    """(verb, third person, past, -ing form); irregular verbs from their list."""
    irregular = _irregular().get(verb)
    if irregular:
        return (irregular[0], irregular[1], irregular[2], irregular[3])
    return verb, plural(verb), _past(verb), _ing(verb)


def plural(word: str) -> str:
    """The form with -s, as of nouns and of verbs in the third person."""
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return f"{word}es"
    if word.endswith("y") and word[-2:-1] not in VOWELS:
        return f"{word[:-1]}ies"
    return f"{word}s"


def adverb(adjective: str) -> str:
    """The form with -ly."""
    if adjective.endswith("ic"):
        return f"{adjective}ally"
    if adjective.endswith("le") and len(adjective) > 4:
        return f"{adjective[:-1]}y"
    if adjective.endswith("y") and len(adjective) > 3:
        return f"{adjective[:-1]}ily"
    return f"{adjective}ly"


@cache
def verbs() -> list[str]:
    """Base forms."""
    return [*_lines("verbs"), *_irregular()]


@cache
def nouns() -> list[str]:
    """Singular nouns."""
    return _lines("nouns")


@cache
def adjectives() -> list[str]:
    """Base forms."""
    return _lines("adjectives")


@cache
def adverbs() -> list[str]:
    """Made from the adjectives that have one worth saying."""
    return [
        adverb(word) for word in adjectives() if len(word) > 3 and not word.endswith(("ly", "ed", "ing", "er", "est"))
    ]


@cache
def words() -> list[str]:
    """Every word that is trained on, sorted: inflected lists, names, places, and all words of the texts."""
    found = {form for verb in verbs() for form in forms(verb)} | {form for row in _irregular().values() for form in row}
    found |= {*nouns(), *map(plural, nouns()), *adjectives(), *adverbs()}
    for name in ("first", "last", "city", "street", "others", "company", "product"):
        found |= {word for line in _lines(name) for word in line.split()}
    found |= {f"{name}'s" for name in _lines("first")}
    for file in sorted(TEXTS.glob("*.txt.gz")):
        found |= set(gzip.decompress(file.read_bytes()).decode().split())
    return sorted(found)


def _past(verb: str) -> str:
    if verb.endswith("e"):
        return f"{verb}d"
    if verb.endswith("y") and verb[-2:-1] not in VOWELS:
        return f"{verb[:-1]}ied"
    return f"{_doubled(verb)}ed"


def _ing(verb: str) -> str:
    if verb.endswith("ie"):
        return f"{verb[:-2]}ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return f"{verb[:-1]}ing"
    return f"{_doubled(verb)}ing"


def _doubled(verb: str) -> str:
    return verb + verb[-1] if verb in DOUBLING else verb


@cache
def _irregular() -> dict[str, tuple[str, ...]]:
    return {row.split()[0]: tuple(row.split()) for row in _lines("irregular")}


@cache
def _lines(name: str) -> list[str]:
    return (TEXTS / "lists" / f"{name}.txt").read_text().splitlines()
