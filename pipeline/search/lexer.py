"""A query as tokens, each with the character it begins at: words, quoted text, parentheses, field names, signs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.search.errors import QueryError
from pipeline.search.fields import FIELDS, MEASURE

What = Literal["word", "quoted", "open", "close", "field", "and", "or", "not", "near", "minus", "end"]
LONGEST = 2000  # characters of one query
QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»"}
DEFAULT_GAP = 8
_NEAR = re.compile(r"NEAR(?:/(\d{1,3})|\((\d{1,3})\))?(?=[\s(\"“]|$)")
_FAR = re.compile(r"NEAR(?:/\S*|\(\s*\d+\s*\))")
_RANGE = re.compile(r"[\[{][^\]}]*\sTO\s[^\]}]*[\]}]")
_LOOSE = re.compile(r"~\d+")  # as other query languages have it
_FIELD = re.compile(r"([A-Za-z_][\w.]*):(?=\S)")
_BARE = re.compile(r"([A-Za-z_][\w.]*):(?=\s|$)")
_WORD = re.compile(r"""[^\s()"“”]+""")


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` is what it says without its signs, ``at`` its first character, ``end`` the one behind it."""

    what: What
    text: str
    at: int
    end: int


def tokens(query: str) -> list[Token]:
    """All tokens and an ``end``; raises QueryError for a quote that is never closed or a query that is too long."""
    if len(query) > LONGEST:
        raise QueryError(f"This query is longer than {LONGEST} characters", LONGEST, len(query) - LONGEST)
    found: list[Token] = []
    at = 0
    while at < len(query):
        if query[at].isspace() or query[at] == "\0":
            at += 1
            continue
        token = _next(query, at, after_field=bool(found) and found[-1].what == "field")
        found.append(token)
        at = token.end
    return [*found, Token("end", "", len(query), len(query))]


def _next(query: str, at: int, *, after_field: bool) -> Token:
    sign = query[at]
    if sign in "()":
        return Token("open" if sign == "(" else "close", sign, at, at + 1)
    if sign in QUOTES or sign == "”":
        return _quoted(query, at)
    if after_field:
        return _value(query, at)
    if near := _NEAR.match(query, at):
        return Token("near", near[1] or near[2] or str(DEFAULT_GAP), at, near.end())
    if far := _FAR.match(query, at):
        raise QueryError("NEAR takes a number of words from 0 to 999, as in refund NEAR/8 card", at, far.end() - at)
    if field := _FIELD.match(query, at):
        return Token("field", field[1], at, field.end())
    if (bare := _BARE.match(query, at)) and _names(bare[1]):
        raise QueryError(f"{bare[1]}: needs a value right behind its colon", at, bare.end() - at)
    if wide := _RANGE.match(query, at):
        raise QueryError("A range needs a field before it, as in score:[20 TO 80]", at, wide.end() - at)
    if sign in "-!":
        if at + 1 == len(query) or query[at + 1].isspace():
            raise QueryError(f"{sign} stands right before what must not be there, as in {sign}refund", at)
        return Token("minus", sign, at, at + 1)
    return _plain(query, at)


def _names(word: str) -> bool:
    """Whether this is a field: of any other word the colon is a sign."""
    return word.casefold() in FIELDS or word.casefold().startswith(MEASURE)


def _quoted(query: str, at: int) -> Token:
    close = QUOTES.get(query[at], "”")
    ends = [end for mark in {close, '"'} if (end := query.find(mark, at + 1)) >= 0]
    if not ends:
        raise QueryError("This quote is never closed", at, len(query) - at)
    end = min(ends) + 1
    if loose := _LOOSE.match(query, end):
        raise QueryError("Write words near each other as refund NEAR/8 card", end, loose.end() - end)
    return Token("quoted", query[at + 1 : min(ends)], at, end)


def _value(query: str, at: int) -> Token:
    """What stands behind a colon: up to the next space, or a range in brackets."""
    if query[at] in "[{":
        end = min((found for mark in "]}" if (found := query.find(mark, at)) >= 0), default=-1)
        if end < 0:
            raise QueryError("This range is never closed", at, len(query) - at)
        return Token("word", query[at : end + 1], at, end + 1)
    return _word(query, at)


def _plain(query: str, at: int) -> Token:
    token = _word(query, at)
    names: dict[str, What] = {"AND": "and", "&&": "and", "OR": "or", "||": "or", "NOT": "not"}
    return Token(names.get(token.text, "word"), token.text, token.at, token.end)


def _word(query: str, at: int) -> Token:
    word = _WORD.match(query, at)
    if word is None:
        raise QueryError("Nothing can be read here", at)
    return Token("word", word[0], at, word.end())
