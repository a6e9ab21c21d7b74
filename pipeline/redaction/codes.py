"""Identifiers of letters and digits: booking codes, licence plates, policy and passport numbers, postcodes, IBANs.

They are written ("INC0012345", "AB-4492-XJ"), spelled ("x k four nine two b") or told by an alphabet ("bravo four seven").
Without a cue a code needs a letter, two digits and four characters in all; after a cue ("reference", "licence plate")
letters alone may be one. Brand names, sizes, dates and times are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.redaction.blocks import Block
from pipeline.redaction.cues import Cue
from pipeline.redaction.kinds import Marked
from pipeline.redaction.quantities import BIG, MONTHS, counted, is_hour
from pipeline.redaction.schemes import Scheme, by_shape, find_iban
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
THINKS = frozenset("think guess believe mean have am was will do don't can need hope suppose read see".split())
LEAST_SCHEME = 9
CALLED = frozenset({"NATIONAL_ID", "BANK_ACCOUNT"})  # types that a word before letters and digits gives them
MOST_PRODUCT = 4  # digits in the name of a product
IBAN_HEAD = re.compile(r"[a-z]{2}\d\d")
CAMEL = re.compile(r"[A-Z][a-z]+(?:[A-Z][a-z]*)+|i[A-Z][a-z]+")  # SuperPhone, iPhone
PRODUCTS = frozenset(
    "phone phones model laptop printer router tablet camera watch console tv television headset speaker monitor version drive car truck"
    " engine edition series release vacuum fridge dryer washer boiler bike vitamin vitamins".split()
)
BEGINNERS = frozenset("and it's so yes yeah okay ok then".split())  # before the next part of a code in a new turn
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
    """One word of a spelled code: how many letters and digits it stands for, and as which characters."""

    token: int
    letters: int
    digits: int
    text: str = ""


def codes(
    tokens: Sequence[Token],
    chunks: Sequence[Sequence[int]],
    runs: Sequence[Run],
    marked: Sequence[Marked],
    cues: Sequence[Cue],
) -> list[Block]:
    """Blocks of the codes in ``tokens``, those over several turns too; digits that have a type of their own keep it."""
    kinds = {i: item.type for item in marked for i in item.run.tokens}
    called = {i: cue.type for cue in cues if cue.type in CALLED for i in range(cue.word + 1, cue.word + REACH)}
    blocks = [
        Block(called.get(i, "NUMBER"), i, i)
        for i, token in enumerate(tokens)
        if is_code(token.text) and not _is_product(tokens, i)
    ]
    pieces = _pieces(tokens, runs)
    for chunk in chunks:
        for stretch in _stretches(tokens, chunk, pieces):
            said = [piece.token for piece in stretch]
            scheme = _scheme(stretch)
            if scheme is not None:
                blocks += _in_turns(tokens, said, scheme.type, scheme.scheme)
            elif _is_one(tokens, stretch):
                blocks += _in_turns(
                    tokens, said, next((kinds[i] for i in said if i in kinds), called.get(said[0], "NUMBER"))
                )
    return blocks


def _scheme(stretch: Sequence[_Piece]) -> Scheme | None:
    """The national number or bank code that is spelled, or is in what is spelled."""
    text = "".join(piece.text for piece in stretch)
    if len(text) < LEAST_SCHEME:
        return None
    found = by_shape(text)
    return found or (Scheme("BANK_ACCOUNT", "iban", True) if find_iban(text) else None)


def _in_turns(tokens: Sequence[Token], said: Sequence[int], kind: str, scheme: str = "") -> Iterator[Block]:
    """One block a turn, and what others repeat of it in between."""
    for _, group in groupby(said, key=lambda i: tokens[i].turn):
        part = [*group]
        yield Block(kind, part[0], part[-1], scheme=scheme)
    own, party = {tokens[i].text for i in said}, tokens[said[0]].word.party
    for i in range(said[0], said[-1]):
        if tokens[i].word.party != party and tokens[i].text in own - WORDS - JOINERS:
            yield Block(kind, i, i)


def is_code(text: str) -> bool:
    """Whether one written word (lower case, bare) is an identifier of letters and digits."""
    if not WRITTEN.fullmatch(text) or NO_CODE.fullmatch(text):
        return False
    letters, figures = sum(c.isalpha() for c in text), sum(c.isdigit() for c in text)
    return letters + figures >= LEAST and (figures >= 3 or (figures == 2 and letters <= 4))


def _is_product(tokens: Sequence[Token], at: int) -> bool:
    """The name of a thing on sale: "SuperPhone X200", "the x200 router"; not what is called a reference."""
    text = tokens[at].text
    if sum(c.isdigit() for c in text) > MOST_PRODUCT or _cued(tokens, at):
        return False
    turn = tokens[at].turn
    around = [tokens[i] for i in (at - 1, at + 1) if 0 <= i < len(tokens) and tokens[i].turn == turn]
    named = at > 0 and tokens[at - 1].turn == turn and CAMEL.fullmatch(tokens[at - 1].word.text) is not None
    return named or any(token.text in PRODUCTS for token in around)


def _stretches(tokens: Sequence[Token], chunk: Sequence[int], pieces: dict[int, _Piece]) -> Iterator[list[_Piece]]:
    """Neighbouring letters and digits of one party with nothing but joiners between, over turns where these hold nothing else."""
    current: list[_Piece] = []
    for place, i in enumerate(chunk):
        token, piece = tokens[i], pieces.get(i)
        if current and piece is not None and tokens[current[-1].token].turn != token.turn:
            after = chunk[place + 1] if place + 1 < len(chunk) else None
            if after is not None and tokens[after].turn == token.turn and after not in pieces:
                yield from _trimmed(tokens, current)  # "u there" goes on with nothing
                current = []
        if piece is None and current and _goes_on(current[-1], token):
            piece = _Piece(i, len(token.text), 0, token.text)
        begins = bool(current) and tokens[current[-1].token].turn != token.turn and token.text in BEGINNERS
        if current and piece is None and token.text not in JOINERS and not begins:
            yield from _trimmed(tokens, current)
            current = []
        if piece is not None:
            current.append(piece)
    yield from _trimmed(tokens, current)


def _goes_on(before: _Piece, token: Token) -> bool:
    """The bank's letters behind the head of an IBAN: "GB29 NWBK 6016"."""
    return (
        IBAN_HEAD.fullmatch(before.text) is not None
        and len(token.text) <= 4
        and token.word.text.isupper()
        and token.text.isalpha()
    )


def _pieces(tokens: Sequence[Token], runs: Sequence[Run]) -> dict[int, _Piece]:
    hours = {i for run in runs if is_hour(tokens, run) for i in (run.last + 1, run.last + 2)}
    found = {i: piece for i, token in enumerate(tokens) if i not in hours and (piece := _lettered(tokens, i, token))}
    for run in runs:
        if not run.cardinal and not BIG & {tokens[i].text for i in run.tokens} and not counted(tokens, run):
            share = -(-len(run.digits) // len(run.tokens))
            found |= {i: _Piece(i, 0, share, run.digits if i == run.first else "") for i in run.tokens}
    return found


def _lettered(tokens: Sequence[Token], i: int, token: Token) -> _Piece | None:
    text = token.text
    if (len(text) == 1 and text.isalpha()) or text in ALPHABET:
        return _Piece(i, 1, 0, text[0])
    if _capitals(token):
        return _Piece(i, 1, 0, text)
    if IBAN_HEAD.fullmatch(text) or (is_code(text) and not _is_product(tokens, i)):
        plain = re.sub(r"[^a-z\d]", "", text)
        figures = sum(c.isdigit() for c in plain)
        return _Piece(i, len(plain) - figures, figures, plain)
    return None


def _capitals(token: Token) -> bool:
    """A group of a written code ("AB 4492 XJ"), not a shouted word."""
    plain = token.word.text.strip(".,;:!?")
    return 2 <= len(plain) <= 3 and plain.isalpha() and plain.isupper() and token.text not in CAPITALS


def _trimmed(tokens: Sequence[Token], stretch: list[_Piece]) -> Iterator[list[_Piece]]:
    """Without articles, pronouns and months at its edges."""
    kept = [*stretch]
    while kept and _edge(tokens, kept[0], kept[1:]):
        kept.pop(0)
    while kept and tokens[kept[-1].token].text in WORDS and (len(kept) < LEAST or _thinks(tokens, kept[-1].token)):
        kept.pop()
    if kept:
        yield kept


def _thinks(tokens: Sequence[Token], at: int) -> bool:
    """ "... four one nine i think": no letter of the code."""
    return at + 1 < len(tokens) and tokens[at + 1].turn == tokens[at].turn and tokens[at + 1].text in THINKS


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
