"""Identifiers of letters and digits: booking codes, licence plates, policy and passport numbers, postcodes, IBANs.

They are written ("INC0012345", "AB-4492-XJ"), spelled ("x k four nine two b") or told by an alphabet ("bravo four seven").
Without a cue a code needs a letter, two digits and four characters in all; after a cue ("reference", "licence plate")
letters alone may be one. Brand names, sizes, dates and times are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.redaction.blocks import Block
from pipeline.redaction.kinds import Marked
from pipeline.redaction.quantities import BIG, MONTHS, counted, is_hour
from pipeline.redaction.tokens import Run, Token

# NATO and what people make up beside it; such a word is a letter only beside other letters and digits.
ALPHABET = frozenset(
    "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa quebec romeo"
    " sierra tango uniform victor whiskey whisky xray x-ray yankee zulu adam boy david edward frank george henry ida john king"
    " lincoln mary nora ocean peter queen robert sam tom union william young zebra apple".split()
)
JOINERS = frozenset("dash hyphen slash stroke then um uh".split())
WORDS = frozenset("a i o".split())  # letters that are words of their own: never the edge of a code
CUE = re.compile(
    r"\b(?:(?:reference|ref|booking|confirmation|tracking|policy|claim|member(?:ship)?|customer|case|ticket|invoice|order|passport"
    r"|licen[sc]e|serial|registration|reservation|account|voucher|employee|badge|medicare|vehicle|plate|v i n|vin|iban|routing|flight"
    r"|national insurance|n i)(?: plate)?(?: (?:number|code|id|num|no))?|licen[sc]e plate|number plate|post ?code|postal code|p n r"
    r"|record locator) (?:is |was |it's |number |code |uh |um |okay |sure )*$"
)
REACH = 10  # words before a code in which its cue may stand
# Two or three capitals beside a number that are no part of it: hours, currencies, countries, units, offices.
CAPITALS = frozenset(
    "am pm usd gbp eur cad aud us uk eu usa tv id ok irs ppi hd gb mb kb tb kg km hr hrs min est pst cst mst gmt utc bst pdt edt cdt"
    " llc inc ltd nhs dvd sim pin otp cvv ssn atm vat fca dmv vip faq pc pdf".split()
)
PENSIONS = frozenset(
    f"{figures} {letter}"
    for letter, told in (("k", ("401", "four oh one", "four o one", "four zero one")),
                         ("b", ("403", "four oh three", "four o three", "four zero three")))
    for figures in told
)  # fmt: skip
LEAST = 4  # characters of a code
WRITTEN = re.compile(r"(?=.*[a-z])(?=.*\d)[a-z0-9]+(?:[-/_.][a-z0-9]+)*")
# What looks like a code and is a size, a price, a rank, a time, a standard or a make.
NO_CODE = re.compile(
    r"\d+(?:[.,]\d+)?(?:st|nd|rd|th|s|k|m|b|kg|g|mg|ml|cl|l|km|cm|mm|mb|gb|tb|kb|kbps|mbps|gbps|hz|khz|mhz|ghz|am|pm|min|mins|hr|hrs"
    r"|h|x|p|w|kw|kwh|v|mah|usd|gbp|eur|ft|in|lb|lbs|oz|mph|kph|yr|yrs|ish|sqft|px|fps|bn|mn|d)"
    r"|(?:\d{1,2}[:.]\d\d(?:am|pm)?)|covid-?\d+|h\dn\d|(?:401|403)-?[kb]|mp[34]|[a-z]{4,}-?\d{1,2}|[a-z]-?\d{1,2}"
    r"|\d{1,2}-?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*(?:-?\d{2,4})?|\d+-(?:year|day|month|week|hour|minute|digit|point)s?(?:-old)?"
    r"|\d+(?:-\d+)*-(?:in|to|for|by)-\d+"
    r"|\d{1,2}(?:am|pm)?to\d{1,2}(?:am|pm)?|\d{1,3}h\d{1,2}m?|(?:usd|gbp|eur|cad|aud|inr|rs)\d+(?:[.,]\d+)?"
    r"|\d+(?:dollar|pound|euro|cent|percent|pct|day|week|month|year|minute|hour|sec|second|mile|people|user)s?"
    r"|(?:mid|pre|post|late|early|fy|q[1-4]|h[12])-?(?:19|20)\d\d"
    r"|(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?)-?(?:\d{1,2}|(?:19|20)\d\d)"
    r"|\d{1,3}(?:[.,]\d+)?(?:[kmb]|am|pm|st|nd|rd|th)?[-/]\d{1,3}(?:[.,]\d+)?(?:[kmb]|am|pm|st|nd|rd|th|gb|mb|mg|kg|km)"
    r"|\d{1,3}(?:[.,]\d+)?(?:[kmb]|am|pm|st|nd|rd|th)[-/]\d{1,3}(?:[.,]\d+)?"
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """One word of a spelled code: how many letters and digits it stands for."""

    token: int
    letters: int
    digits: int


def codes(tokens: Sequence[Token], runs: Sequence[Run], marked: Sequence[Marked]) -> list[Block]:
    """Blocks of the codes in ``tokens``; digits that have a type of their own keep it."""
    kinds = {i: item.type for item in marked for i in item.run.tokens}
    written = [i for i, token in enumerate(tokens) if is_code(token.text)]
    blocks = [Block("NUMBER", i, i) for i in written]
    for stretch in _stretches(tokens, runs):
        first, last = stretch[0].token, stretch[-1].token
        if _is_one(tokens, stretch):
            kind = next((kinds[i] for i in range(first, last + 1) if i in kinds), "NUMBER")
            blocks.append(Block(kind, first, last))
    return blocks


def is_code(text: str) -> bool:
    """Whether one written word (lower case, bare) is an identifier of letters and digits."""
    if not WRITTEN.fullmatch(text) or NO_CODE.fullmatch(text):
        return False
    letters, figures = sum(c.isalpha() for c in text), sum(c.isdigit() for c in text)
    return letters + figures >= LEAST and (figures >= 3 or (figures == 2 and letters <= 4))


def _stretches(tokens: Sequence[Token], runs: Sequence[Run]) -> Iterator[list[_Piece]]:
    """Neighbouring letters and digits of one turn, with nothing but joiners between."""
    said = _pieces(tokens, runs)
    current: list[_Piece] = []
    for i, token in enumerate(tokens):
        piece = said.get(i)
        apart = bool(current) and tokens[current[-1].token].turn != token.turn
        if current and (apart or (piece is None and token.text not in JOINERS)):
            yield from _trimmed(tokens, current)
            current = []
        if piece is not None:
            current.append(piece)
    yield from _trimmed(tokens, current)


def _pieces(tokens: Sequence[Token], runs: Sequence[Run]) -> dict[int, _Piece]:
    hours = {i for run in runs if is_hour(tokens, run) for i in (run.last + 1, run.last + 2)}
    found = {
        i: _Piece(i, 1, 0)
        for i, token in enumerate(tokens)
        if ((len(token.text) == 1 and token.text.isalpha()) or token.text in ALPHABET or _capitals(token))
        and i not in hours
    }
    for run in runs:
        if not BIG & {tokens[i].text for i in run.tokens} and not counted(tokens, run):
            share = -(-len(run.digits) // len(run.tokens))
            found |= {i: _Piece(i, 0, share) for i in run.tokens}
    return found


def _capitals(token: Token) -> bool:
    """A group of a written code ("AB 4492 XJ"), not a shouted word."""
    plain = token.word.text.strip(".,;:!?")
    return 2 <= len(plain) <= 3 and plain.isalpha() and plain.isupper() and token.text not in CAPITALS


def _trimmed(tokens: Sequence[Token], stretch: list[_Piece]) -> Iterator[list[_Piece]]:
    """Without articles, pronouns and months at its edges."""
    kept = [*stretch]
    while kept and _edge(tokens, kept[0], kept[1:]):
        kept.pop(0)
    while kept and tokens[kept[-1].token].text in WORDS and len(kept) < LEAST:
        kept.pop()
    if kept:
        yield kept


def _edge(tokens: Sequence[Token], piece: _Piece, following: Sequence[_Piece]) -> bool:
    text = tokens[piece.token].text
    if text in MONTHS:  # before a number a date, before a letter or a long row of single digits a letter
        row = sum(other.digits == 1 for other in following)
        return not following or (following[0].letters == 0 and row < LEAST)
    return text in ("a", "i") and not (
        following and following[0].letters and tokens[following[0].token].text not in WORDS
    )


def _is_one(tokens: Sequence[Token], stretch: Sequence[_Piece]) -> bool:
    letters, figures = sum(piece.letters for piece in stretch), sum(piece.digits for piece in stretch)
    single = sum(1 for piece in stretch if piece.letters and len(tokens[piece.token].text) == 1)
    if letters + figures < LEAST or not letters or _text(tokens, stretch) in PENSIONS:
        return False
    if figures >= 2 and (single or figures + letters > LEAST or letters > 1):
        return True
    return _cued(tokens, stretch[0].token) and (figures >= 1 or single >= LEAST or letters > LEAST)


def _text(tokens: Sequence[Token], stretch: Sequence[_Piece]) -> str:
    return " ".join(token.text for token in tokens[stretch[0].token : stretch[-1].token + 1])


def _cued(tokens: Sequence[Token], first: int) -> bool:
    before = " ".join(token.text for token in tokens[max(0, first - REACH) : first])
    return CUE.search(f"{before} ") is not None
