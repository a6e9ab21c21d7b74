"""The language of a call, and the mark of calls that are in none which the rules speak.

Two kinds of evidence. The words themselves: what a recogniser of many languages wrote, or an imported transcript, is told
apart by its letters. And words that make no sense: a recogniser that knows English alone writes English words whatever it
hears, so its text is English by letters. Then three things speak together, see `strangeness`: it was not sure of them, many
are lone letters or stand side by side as nobody puts them ("the or", "a an", "with is"), on a line quiet enough to hear on.
Such a call is marked as foreign without saying which language it is; it may as well be a very strong accent.

What a transcript or the call's metadata tell counts where the words do not show otherwise: too few, or not well heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import fmean

from pipeline.asr.doubts import LEAST_TYPICAL, typical
from pipeline.language.codes import code_of, told_language
from pipeline.language.detect import ENGLISH_ONLY, Guess, enough, guesses, looks_english
from pipeline.language.turns import with_turn_languages
from pipeline.records import Call, Seconds, Word

FOREIGN = "foreign_language"
RULES_SPEAK = ("en",)  # the shipped rules, lists of words and models of meaning are English
FEWEST_LETTERS = 60  # of a transcript that is judged by its letters: twelve words or so
SURE = 0.8  # confidence from which a language is named
FEW_LETTERS = 16  # of a shorter one, which must be quite sure and hold no English word
SURE_OF_FEW, ENGLISH_AT_MOST = 0.9, 0.02
FEWEST_HEARD = 30  # words of a call whose words make no sense
STRANGE = 0.5
USUAL_CONFIDENCE, USUAL_SLIPS = 0.70, 0.08
QUIET_DB = 12.0  # speech must stand so far above the pauses; in more noise English sounds foreign too
PAUSES_S = 2.0

DETERMINERS = frozenset("a an the my your our their".split())
PREPOSITIONS = frozenset("of for to at from with into in on".split())
SUBJECTS = frozenset("i we he she they i'm we're they're he's she's you're i'll i've".split())
PRONOUNS = SUBJECTS | frozenset("me him them us it it's you this that".split())
VERBS = frozenset("is are was were am be been has have had do does did could would shall should".split())
JOINING = frozenset("and or but because as than".split())


def with_language(call: Call, spoken: Sequence[str] = RULES_SPEAK) -> Call:
    """``call`` with the language of each turn and of the whole where it can be told, and with the mark `FOREIGN` where
    that is none of ``spoken``: by its words, or as its transcript or its metadata tell."""
    call = with_turn_languages(call)
    told = code_of(call.language) or told_language(call.metadata)
    words = [word for turn in call.turns for word in turn.words if not word.redacted]
    text = " ".join(word.text for word in words)
    best = _best(text)
    if best is not None and best.code not in spoken and not looks_english(text):
        return replace(_marked(call, foreign=True), language=best.code)
    if _makes_no_sense(words, call):
        return replace(_marked(call, foreign=True), language=told if told not in spoken else None)
    heard = call.trusted or typical(words) >= LEAST_TYPICAL
    shown = best is not None and best.code in spoken and heard
    if told is not None and told not in spoken and not shown:
        return replace(_marked(call, foreign=True), language=told)
    if not enough(text, FEWEST_LETTERS):
        return replace(call, language=told)
    return replace(_marked(call, foreign=False), language=best.code if best is not None and heard else told)


def _best(text: str) -> Guess | None:
    """The language of a text where its letters tell it: a long one, or a short one that leaves no doubt."""
    if not enough(text, FEW_LETTERS):
        return None
    found = guesses(text)
    if enough(text, FEWEST_LETTERS):
        return found[0] if found[0].confidence >= SURE else None
    english = sum(guess.confidence for guess in found if guess.code == "en")
    plain = {word.strip(".,?!") for word in text.lower().replace("’", "'").split()}
    sure = found[0].confidence >= SURE_OF_FEW and english <= ENGLISH_AT_MOST and not plain & ENGLISH_ONLY
    return found[0] if sure else None


def strangeness(words: Sequence[Word]) -> float:
    """How much words look like English written down by somebody who heard another language; see `STRANGE`.

    Measured with the demo recogniser on 15 s clips: Spanish, French, German, Polish and Italian, two voices each, clean and
    over a telephone, lie above the border in 16 of 20 cases; English of its own voices, of five other accents and of the
    voice never trained on in none of 13. A longer call parts better: the Spanish sample call has 3.2, the English ones at
    most -1.7. English in noise as loud as itself lies above as well, which is why the line must be quiet.
    """
    texts = [word.text.lower() for word in words]
    slips = sum(_slip(before, after) for before, after in pairwise(texts))
    letters = sum(len(text) == 1 and text not in "ai" for text in texts)
    odd = (slips + letters) / max(1, len(texts))
    return 12 * (USUAL_CONFIDENCE - typical(words)) + 25 * (odd - USUAL_SLIPS)


def _makes_no_sense(words: Sequence[Word], call: Call) -> bool:
    """A transcript that people made, or without confidences, is taken at its word."""
    if call.trusted or len(words) < FEWEST_HEARD or any(word.confidence is None for word in words):
        return False
    if strangeness(words) < STRANGE:
        return False
    return _quiet(call) if call.levels is not None else FOREIGN in call.marks


def _slip(before: str, after: str) -> bool:
    """True for two words that no sentence of English puts side by side."""
    if before in DETERMINERS:
        return after in DETERMINERS | PREPOSITIONS | JOINING | PRONOUNS | VERBS
    if before in PREPOSITIONS:
        return after in SUBJECTS or after in ("is", "are", "was", "am", "were", "or", "but")
    return before in JOINING and after in ("or", "but", "of") and before != "because"


def _quiet(call: Call) -> bool:
    """True when speech stands well above the pauses, on the channel where it does so least."""
    assert call.levels is not None
    step = call.levels.step
    speech = [(turn.start, turn.end) for turn in call.turns]
    for channel in call.levels.channels:
        inside, outside = _parted(channel, step, speech)
        if len(outside) * step >= PAUSES_S and inside and fmean(inside) - fmean(outside) < QUIET_DB:
            return False
    return True


def _parted(
    levels: Sequence[float], step: Seconds, speech: Sequence[tuple[Seconds, Seconds]]
) -> tuple[list[float], list[float]]:
    """Levels while somebody speaks (the upper half: a channel is silent while the other side talks), and in pauses."""
    spoken = [False] * len(levels)
    for start, end in speech:
        for place in range(max(0, int(start / step)), min(len(levels), int(end / step) + 1)):
            spoken[place] = True
    inside = sorted(level for level, said in zip(levels, spoken, strict=True) if said)
    return inside[len(inside) // 2 :], [level for level, said in zip(levels, spoken, strict=True) if not said]


def _marked(call: Call, *, foreign: bool) -> Call:
    others = tuple(mark for mark in call.marks if mark != FOREIGN)
    return replace(call, marks=(*others, FOREIGN) if foreign else others)
