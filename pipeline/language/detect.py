"""Which language a text is in: lingua (Stahl 2021), offline, with the tables for short samples of letters only.

Without them its tables take 940 MB and 40 s; with them 70 MB and under a second, and from some ten words on the answers are
the same. Forty languages that people speak on the telephone are told apart; a rarer one is taken for its neighbour, which
still says that it is not the language of the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.language.codes import CODES

if TYPE_CHECKING:
    from lingua import LanguageDetector

LANGUAGES = (
    "ENGLISH SPANISH FRENCH GERMAN ITALIAN PORTUGUESE DUTCH POLISH SWEDISH BOKMAL DANISH FINNISH CZECH SLOVAK HUNGARIAN "
    "ROMANIAN CROATIAN GREEK RUSSIAN UKRAINIAN BULGARIAN TURKISH ARABIC HEBREW PERSIAN HINDI URDU PUNJABI BENGALI TAMIL "
    "CHINESE JAPANESE KOREAN VIETNAMESE TAGALOG INDONESIAN THAI SOMALI CATALAN ALBANIAN"
).split()
ENGLISH_ONLY = frozenset("the of and you your my that this with was are what have can it's i'm yes for want".split())
"""Frequent words that hardly occur in other languages, unlike "a", "me", "no", "do", "is" or "to"."""
ENGLISH_SHARE = 0.15
LATIN = 0x24F  # the last letter of extended Latin
LONGEST = 6000  # letters of a text that are looked at; more does not change the answer


@dataclass(frozen=True, slots=True)
class Guess:
    """A language by its ISO 639-1 code and English name, with how sure that is (0 to 1)."""

    code: str
    name: str
    confidence: float


def guesses(text: str) -> tuple[Guess, ...]:
    """Languages of ``text``, the likeliest first; empty where there are no letters to judge by."""
    if not any(sign.isalpha() for sign in text):
        return ()
    found = open_detector().compute_language_confidence_values(text[:LONGEST])
    return tuple(
        Guess(row.language.iso_code_639_1.name.lower(), row.language.name.title(), round(row.value, 4)) for row in found
    )


def name_of(code: str) -> str:
    """The English name of a language by its ISO 639-1 code; the code where it is none of those that are told apart."""
    names = (name for name, known in CODES.items() if known == code and name.upper() in LANGUAGES)
    return next(names, code).title()


def enough(text: str, letters: int) -> bool:
    """True for at least so many letters; one of another script tells four times as much as a Latin one."""
    return sum(4 if ord(sign) > LATIN else 1 for sign in text if sign.isalpha()) >= letters


def looks_english(text: str) -> bool:
    """True where many small words are English ones: names and brands make short English texts look foreign by letters."""
    words = text.lower().replace("’", "'").split()
    return sum(word.strip(".,?!") in ENGLISH_ONLY for word in words) >= ENGLISH_SHARE * max(1, len(words))


@cache
def open_detector() -> LanguageDetector:
    """The detector, opened once."""
    from lingua import Language, LanguageDetectorBuilder  # compiled tables of 100 MB: only where texts are judged

    chosen = [getattr(Language, name) for name in LANGUAGES]
    return LanguageDetectorBuilder.from_languages(*chosen).with_low_accuracy_mode().build()
