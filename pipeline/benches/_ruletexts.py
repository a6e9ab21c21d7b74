"""Call texts and phrases for the benchmarks of rules: sentences of the packs' own examples, phrases of their words.

Phrases are planted at a fixed rate, so the number of hits does not grow with the number of rules.
"""

from __future__ import annotations

import random
from functools import cache
from itertools import pairwise

from rules.engine.ruleset import load_packs
from rules.examples import case_of
from rules.language.alikes import ALIKES
from rules.language.tokens import SOFT, Token, tokens_of

WORDS_A_CALL = 900
PLANTED = 4  # phrases in each call


@cache
def sentences() -> tuple[tuple[str, ...], ...]:
    """Every turn of the packs' examples that are plain text."""
    found = []
    for rule in load_packs().rules:
        for example in (*rule.body.examples.fires, *rule.body.examples.quiet):
            found += [tuple(word.text for word in turn.words) for turn in case_of(example).call.turns]
    return tuple(dict.fromkeys(turn for turn in found if turn and turn[0].isascii()))


@cache
def plain_words() -> tuple[str, ...]:
    """Words of the sentences that are one token each, and mean nothing and sound like nothing else."""
    return tuple(sorted({word for said in sentences() for word in said if _is_plain(word)}))


@cache
def spoken_pairs() -> tuple[tuple[str, str], ...]:
    """Two plain words that follow each other in a sentence, in an order drawn by chance."""
    found = {pair for said in sentences() for pair in pairwise(said) if all(map(_is_plain, pair)) and stay(*pair)}
    return tuple(random.Random(5).sample(sorted(found), len(found)))


def stay(*words: str) -> bool:
    """Whether words stay what they are beside each other: "good morning" and "call back" mean something together."""
    return [token.text for token in tokens_of(words)] == list(words)


def _is_plain(word: str) -> bool:
    return word.isalpha() and word not in SOFT and word not in ALIKES and tokens_of([word])[:1] == [Token(word, 0, 0)]


def phrases(count: int, seed: int = 0) -> list[str]:
    """Different phrases of two to four plain words, none of which is in another's way by being inside it."""
    rng = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        words = rng.sample(plain_words(), rng.choice((2, 3, 3, 4)))
        if stay(*words):
            found[" ".join(words)] = None
    return list(found)


def calls(count: int, planted: list[str], seed: int = 1) -> list[list[tuple[str, ...]]]:
    """Turns (their words) of ``count`` calls, `PLANTED` of the phrases in each as turns of their own."""
    rng = random.Random(seed)
    found = []
    for _ in range(count):
        turns: list[tuple[str, ...]] = []
        while sum(map(len, turns)) < WORDS_A_CALL:
            turns.append(rng.choice(sentences()))
        for phrase in rng.sample(planted, min(PLANTED, len(planted))):
            turns.insert(rng.randrange(len(turns)), tuple(phrase.split()))
        found.append(turns)
    return found
