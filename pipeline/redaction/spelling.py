"""What is told sign by sign: letters, figures, names of signs, "capital", and which letter it is ("b as in boy", "b for bravo")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.redaction.codes import ALPHABET
from pipeline.redaction.tokens import Token
from rules.spoken import digits

MANNER = frozenset(
    "capital capitals upper lower case small big uppercase lowercase letter number the figure double triple".split()
)
SIGNS = frozenset(
    "dash hyphen underscore dot period hash hashtag pound star asterisk slash exclamation question mark point dollar percent sign at"
    " ampersand plus equals space comma colon".split()
)
BETWEEN = frozenset("then and um uh erm comma followed by next".split())
LINKS = (("as", "in"), ("like", "in"), ("like",), ("for",))


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign, up to and with token ``last``. ``characters``: how many it stands for; ``figures``: whether digits."""

    last: int
    characters: int
    figures: bool = False


def piece_ends(tokens: Sequence[Token], said: range) -> Iterator[Sign]:
    """The signs at the start of ``said``, one after the other, until something else is said."""
    at = said.start
    while at < said.stop:
        sign = _sign(tokens, at, said.stop)
        if sign is None:
            return
        yield sign
        at = sign.last + 1


def spelled(tokens: Sequence[Token], said: range) -> range:
    """The start of ``said`` that is spelled: two signs at least; empty where it is not."""
    stop, told = said.start, 0
    for sign in piece_ends(tokens, said):
        told += sign.characters
        stop = sign.last + 1 if sign.characters else stop
    return range(said.start, stop) if told >= 2 else range(said.start, said.start)


def _sign(tokens: Sequence[Token], at: int, stop: int) -> Sign | None:
    text = tokens[at].text
    if len(text) == 1 and text.isalpha():
        return Sign(_likened(tokens, at, stop), 1)
    if any(c.isdigit() for c in text) and len(text) <= 4 and text.isalnum():
        return Sign(at, len(text), figures=True)
    if text in MANNER or text in BETWEEN:
        return Sign(at, 0)
    if text in SIGNS or text in ALPHABET:
        return Sign(at, 1)
    run = digits([text]) if text else []
    return Sign(at, len(run[0].digits), figures=True) if len(run) == 1 and run[0].last == 0 else None


def _likened(tokens: Sequence[Token], at: int, stop: int) -> int:
    """The last word that only says which letter it is."""
    for link in LINKS:
        word = at + len(link) + 1
        told = tuple(token.text for token in tokens[at + 1 : word])
        if word < stop and told == link and tokens[word].text.startswith(tokens[at].text):
            return word
    return at
