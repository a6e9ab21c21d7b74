"""What agents, customers and machines say: patterns with weights, English in cues.toml, one file in languages/ for another.

The files of another language are asked only in calls that are known or seem to be in it: by the metadata, or by the words in
``often``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain, islice
from pathlib import Path

from pipeline.language.codes import code_of, told_language
from pipeline.records import Call
from rules.spoken.foreign import fold

Cues = Mapping[str, Sequence[tuple[re.Pattern[str], float]]]

ENGLISH = Path(__file__).with_name("cues.toml")
LANGUAGES = Path(__file__).with_name("languages")
FIRST_WORDS = 200  # enough to know a language by
SHARE = 0.2  # of the first words that are common ones of a language; English texts reach 0.02


def plain(text: str, also: str = "") -> str:
    """A turn as the cues read it: lower case, without signs; accents folded where the call is in another language."""
    return re.sub(r"[^a-z0-9' ]+", " ", fold(text) if also else text.lower())


def weight(role: str, text: str, also: str = "") -> float:
    """Evidence of a plain turn for a role; each cue counts once. ``also``: the other language of the call, "" for none."""
    asked = [*cues("").get(role, ()), *(cues(also).get(role, ()) if also else ())]
    return sum(value for pattern, value in asked if pattern.search(text))


def other_language(call: Call) -> str:
    """ISO 639-1 code of a language other than English whose cues suit the call; "" where none does."""
    told = code_of(call.language) or told_language(call.metadata)
    if told:
        return told if told in _often() else ""
    words = [*islice(chain.from_iterable(turn.text.split() for turn in call.turns), FIRST_WORDS)]
    folded = [re.sub(r"[^a-z]+", "", fold(word)) for word in words]
    shares = {code: sum(word in often for word in folded) for code, often in _often().items()}
    best = max(shares, key=shares.__getitem__)
    return best if shares[best] > SHARE * len(words) else ""


@cache
def cues(language: str) -> Cues:
    """Patterns and weights by role."""
    table = tomllib.loads((LANGUAGES / f"{language}.toml" if language else ENGLISH).read_text(encoding="utf-8"))
    table.pop("often", None)
    return {role: [(re.compile(cue), float(value)) for cue, value in said.items()] for role, said in table.items()}


@cache
def _often() -> Mapping[str, frozenset[str]]:
    return {
        file.stem: frozenset(tomllib.loads(file.read_text(encoding="utf-8"))["often"])
        for file in sorted(LANGUAGES.glob("*.toml"))
    }
