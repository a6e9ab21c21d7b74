"""Which language each turn is in, where that can be told: English by its small words or letters, others with care.

A turn of a few words proves little, so another language than English is held only where the party says two such turns, or
one of some length; on 4,000 short English turns of transcripts none was then taken for another language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from pipeline.language.detect import ENGLISH_ONLY, Guess, enough, guesses, looks_english
from pipeline.records import Call, Turn

FEWEST_LETTERS = 12  # of a turn that is looked at
SURE, USUAL = 0.6, 0.02  # how likely the language is at least, and English at most
SURE_ALONE, WORDS_ALONE = 0.9, 7  # the same for a party's only turn in that language, and how many words it has
OWN_SURE = 0.75
ENGLISH = "en"


def with_turn_languages(call: Call) -> Call:
    """``call`` with a language in every turn where it can be told; what was there before is forgotten."""
    found = [_guess(turn) for turn in call.turns]
    signs = Counter(
        (turn.party, guess.code) for turn, guess in zip(call.turns, found, strict=True) if guess is not None
    )
    told = tuple(
        replace(turn, language=guess.code if guess is not None and _held(turn, guess, signs) else None)
        for turn, guess in zip(call.turns, found, strict=True)
    )
    return replace(call, turns=told)


def foreign_turns(call: Call, spoken: Sequence[str]) -> list[Turn]:
    """The turns that are surely in none of the languages ``spoken``."""
    return [turn for turn in call.turns if turn.language is not None and turn.language not in spoken]


def _guess(turn: Turn) -> Guess | None:
    text = " ".join(word.text for word in turn.words if not word.redacted)
    if not enough(text, FEWEST_LETTERS):
        return None
    if looks_english(text):
        return Guess(ENGLISH, "English", 1.0)
    found = guesses(text)
    english = sum(guess.confidence for guess in found if guess.code == ENGLISH)
    best = found[0]
    if best.code == ENGLISH:
        return best if best.confidence >= OWN_SURE else None
    foreign = best.confidence >= SURE and english <= USUAL and not _english_words(text)
    return best if foreign else None


def _held(turn: Turn, guess: Guess, signs: Counter[tuple[str, str]]) -> bool:
    """True where the guess stands: English, or not the only sign that this party speaks that language."""
    if guess.code == ENGLISH or (guess.confidence >= SURE_ALONE and len(turn.words) >= WORDS_ALONE):
        return True
    return signs[turn.party, guess.code] > 1


def _english_words(text: str) -> bool:
    words = text.lower().replace("’", "'").split()
    return any(word.strip(".,?!") in ENGLISH_ONLY for word in words)
