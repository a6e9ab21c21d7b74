"""What is told sign by sign: codes in groups ("a b dash four four one"), letters with a word for them ("b as in boy", "b for
bravo") and addresses of mail ("ann dot lee at web dot com")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rules.spoken import digits

HESITATIONS = frozenset("um uh erm er uhm hm hmm".split())
SIGNS = {"dot": ".", "at": "@", "underscore": "_", "dash": "-", "hyphen": "-"}
PARTING = frozenset({"dash", "hyphen", "slash", "minus", "-", "/"})
DOMAINS = frozenset("com org net co uk edu gov info biz io de eu us fr es it nl be at ch ie ca au".split())
LETTERS = {"zed": "z", "zee": "z"}
HOST = 12  # words of the host of an address
ASKED = frozenset("is it's its to mail email e-mail address that's me at".split())  # before a name that begins with "a"


@dataclass(frozen=True, slots=True)
class Piece:
    """One sign or group: ``text`` is how it is written, "-" for what parts groups, "" for a hesitation."""

    text: str
    first: int
    last: int  # inclusive


def codes(words: Sequence[str], runs: Sequence[tuple[int, int, str]]) -> Iterator[Piece]:
    """Stretches of letters, digits (``runs``: first and last word, digits) and what parts them, with one digit at least."""
    at_run = {first: (last, text) for first, last, text in runs}
    place = 0
    while place < len(words):
        pieces: list[Piece] = []
        while (piece := _piece(words, place, at_run)) is not None:
            pieces.append(piece)
            place = piece.last + 1
        if not pieces:
            place += 1
            continue
        while pieces and not pieces[-1].text.isalnum():
            pieces.pop()
        while pieces and not pieces[0].text.isalnum():
            pieces.pop(0)
        if any(piece.text.isdigit() for piece in pieces):
            yield Piece("".join(piece.text for piece in pieces), pieces[0].first, pieces[-1].last)


def mails(words: Sequence[str]) -> Iterator[Piece]:
    """Addresses, written or spelled aloud."""
    runs = {run.last: run.first for run in digits([word or "|" for word in words])}
    figures = {run.last: run.digits for run in digits([word or "|" for word in words])}
    for place, word in enumerate(words):
        if re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", word):
            yield Piece(word, place, place)
        if word == "at" and 0 < place < len(words) - 3 and "dot" in words[place + 2 : place + HOST]:
            name, host = _name(words, place, runs, figures), _host(words, place)
            if name is not None and host is not None:
                yield Piece(f"{name.text}@{host.text}", name.first, host.last)


def _piece(words: Sequence[str], place: int, runs: dict[int, tuple[int, str]]) -> Piece | None:
    if place >= len(words):
        return None
    if place in runs:
        last, text = runs[place]
        return Piece(text, place, last)
    word = LETTERS.get(words[place], words[place])
    if word in PARTING:
        return Piece("-", place, place)
    if word in HESITATIONS:
        return Piece("", place, place)
    if re.fullmatch(r"[a-z]", word):
        return Piece(word.upper(), place, place + _likened(words, place, word))
    return None


def _likened(words: Sequence[str], place: int, letter: str) -> int:
    """How many words behind a letter only say which one it is: "as in boy", "for bravo", "like boy"."""
    for link in (("as", "in"), ("like",), ("for",), ("is", "for")):
        last = place + len(link) + 1
        if tuple(words[place + 1 : last]) == link and last < len(words) and words[last].startswith(letter):
            return len(link) + 1
    return 0


def _name(words: Sequence[str], at: int, runs: dict[int, int], figures: dict[int, str]) -> Piece | None:
    """What stands before "at": words joined by signs, letters and figures that are spelled one by one."""
    texts: list[str] = []
    first, place = at, at - 1
    while place >= 0:
        word = LETTERS.get(words[place], words[place])
        letter = _letter_of(words, place)
        if letter is not None:
            text, begin = words[letter], letter
        elif place in runs and figures[place].isdigit():
            text, begin = figures[place], runs[place]
        elif re.fullmatch(r"[a-z]", word):
            text, begin = word, place
        elif word in SIGNS and word != "at" and texts:
            texts.append(SIGNS[word])
            place -= 1
            continue
        elif re.fullmatch(r"[a-z0-9]+", word) and not (texts and texts[-1] not in SIGNS.values()):
            text, begin = word, place  # a whole word stands alone, or beside a sign
            texts.append(text)
            first = begin
            if begin > 1 and words[begin - 1] in SIGNS and words[begin - 1] != "at":
                place = begin - 1
                continue
            break
        else:
            break
        if text in ("a", "i") and letter is None and not _spells(words, begin, texts):
            break
        texts.append(text)
        first, place = begin, begin - 1
    while texts and texts[-1] in SIGNS.values():
        texts.pop()
    return Piece("".join(reversed(texts)), first, at - 1) if texts else None


def _spells(words: Sequence[str], place: int, texts: Sequence[str]) -> bool:
    """Whether "a" or "i" is a letter that is spelled: beside others, behind a word that asks for an address or at the start."""
    behind = bool(texts) and len(texts[-1]) == 1
    before = words[place - 1] if place else ""
    return behind and (not before or before in ASKED or before in SIGNS or len(before) == 1)


def _letter_of(words: Sequence[str], last: int) -> int | None:
    """The place of the letter in "d as in david", which ends at ``last``."""
    for back in (2, 3):
        place = last - back
        if place >= 0 and re.fullmatch(r"[a-z]", words[place]) and _likened(words, place, words[place]) == back:
            return place
    return None


def _host(words: Sequence[str], at: int) -> Piece | None:
    """What stands behind "at": up to the last ending of a domain that follows a "dot"."""
    texts: list[str] = []
    best: Piece | None = None
    place = at + 1
    while place < min(len(words), at + HOST):
        word = LETTERS.get(words[place], words[place])
        if word == "dot" and texts and place + 1 < len(words):
            ending, last = _ending(words, place + 1)
            texts.append(".")
            if ending:
                texts.append(ending)
                best = Piece("".join(texts), at + 1, last)
                place = last + 1
                continue
        elif best is not None and word not in SIGNS:
            break
        elif re.fullmatch(r"[a-z0-9]+", word) or word in ("dash", "hyphen"):
            texts.append(SIGNS.get(word, word))
        else:
            break
        place += 1
    return best


def _ending(words: Sequence[str], place: int) -> tuple[str, int]:
    """The ending of a domain at ``place``, perhaps in two letters, and its last word; "" for none."""
    if words[place] in DOMAINS:
        return words[place], place
    pair = "".join(words[place : place + 2])
    return (pair, place + 1) if len(pair) == 2 and pair in DOMAINS else ("", place)
