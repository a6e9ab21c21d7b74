"""Respelling: every word as it sounds, one character a phone. The recogniser learns sounds; the word list turns them into words.

English spelling is most of what a small network would have to learn from letters, and it learns it from text, not from
sound. Phones of a word are nearly the same in every voice, so a few dozen hours are enough. The phones are those that
flite's own lexicon and letter-to-sound rules give (CMU's cmulex); they are kept in spellings.txt.gz, so that
nothing but that file is needed to train or to decode.
"""

from __future__ import annotations

import gzip
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from pipeline.errors import PipelineError

SPELLINGS = Path(__file__).with_name("spellings.txt.gz")

# Lower case, digits and signs only: the decoder does not tell cases apart.
SYMBOL = {
    "aa": "a", "ae": "1", "ah": "u", "ao": "o", "aw": "2", "ax": "x", "ay": "3", "eh": "e", "er": "4", "ey": "5",
    "ih": "i", "iy": "6", "ow": "0", "oy": "8", "uh": "7", "uw": "9",
    "b": "b", "ch": "c", "d": "d", "dh": "q", "f": "f", "g": "g", "hh": "h", "jh": "j", "k": "k", "l": "l", "m": "m",
    "n": "n", "ng": "&", "p": "p", "r": "r", "s": "s", "sh": "#", "t": "t", "th": "*", "v": "v", "w": "w", "y": "y",
    "z": "z", "zh": "%",
}  # fmt: skip
SYMBOLS = "".join(sorted(SYMBOL.values()))
IN_SPEECH = {"a": "x", "the": "qx"}  # said alone these sound otherwise than in a sentence
SPELLED_A = "5"  # the letter, which the synthesiser is given as "ay"
ALSO = {"a": "5", "the": "q6"}  # as a letter or with stress, before a vowel
AT_ONCE = 40


@cache
def spellings() -> Mapping[str, str]:
    """Word -> its sounds, as kept in the repository."""
    rows = gzip.decompress(SPELLINGS.read_bytes()).decode().splitlines()
    return dict(row.split("\t") for row in rows)


def respelled(text: str) -> str:
    """A lower-case sentence as it sounds, a space between words. Raises PipelineError for a word nobody respelled."""
    known = spellings()
    try:
        return " ".join(SPELLED_A if word == "ay" else known[word] for word in text.split())
    except KeyError as error:
        raise PipelineError(f"no sounds are kept for the word {error}: write_spellings asks flite for them") from error


def sounds_of(words: Iterable[str]) -> dict[str, str]:
    """Ask flite how each word sounds; needs the Debian package flite."""
    wanted = sorted(set(words))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), AT_ONCE):
        group = wanted[start : start + AT_ONCE]
        said = _said(group)
        if len(said) != len(group):  # one of them has a pause inside: one by one
            said = ["".join(_said([word])) for word in group]
        found |= dict(zip(group, said, strict=True))
    return {
        word: sounds for word, sounds in (found | {w: s for w, s in IN_SPEECH.items() if w in found}).items() if sounds
    }


def write_spellings(words: Iterable[str], file: Path = SPELLINGS) -> int:
    """Respell words that are not kept yet; how many are kept afterwards."""
    known = dict(spellings()) if file.exists() else {}
    known |= sounds_of(set(words) - known.keys())
    lines = "".join(f"{word}\t{sounds}\n" for word, sounds in sorted(known.items()))
    file.write_bytes(gzip.compress(lines.encode(), 9, mtime=0))
    spellings.cache_clear()
    return len(known)


def _said(words: Sequence[str]) -> list[str]:
    """Sounds of words said as sentences of one word each, separated by pauses."""
    done = subprocess.run(
        ["flite", "-t", ". ".join(words) + ".", "-ps", "-o", "none"], capture_output=True, text=True, check=True
    )
    groups: list[list[str]] = [[]]
    for phone in done.stdout.split():
        if phone == "pau":
            groups.append([])
        elif phone in SYMBOL:
            groups[-1].append(SYMBOL[phone])
    return ["".join(group) for group in groups if group]
