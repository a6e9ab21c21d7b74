"""Postal addresses: a house number and a street, with flat, town, state and code where they follow.

Known misses: places without a house number or a word for street ("Rose Cottage, Upper Farm").
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.redaction.blocks import Block
from pipeline.redaction.quantities import MONTHS, counted
from pipeline.redaction.quantities import UNITS as AMOUNTS
from pipeline.redaction.tokens import Run, Token

STREETS = frozenset(
    "street st road rd avenue ave lane ln drive dr boulevard blvd court ct terrace place pl crescent highway hwy parkway pkwy circle"
    " trail close square grove gardens row alley turnpike way".split()
)
MEASURES = AMOUNTS - frozenset("second grand times square star".split())  # 12 Second Avenue, 500 Grand Boulevard
NO_STREET = (
    MEASURES
    | MONTHS
    | frozenset(
        "the a an of to on in at by my your this that no any some per each more one other way lane bedroom bed car person".split()
    )
)
LOOSE = frozenset("way place close drive row court square circle trail lane".split())  # "one good way" is no address
UNITS = frozenset("apartment apt unit suite flat number room floor building".split())
STATES = frozenset(
    "alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois indiana iowa"
    " kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada ohio"
    " oklahoma oregon pennsylvania tennessee texas utah vermont virginia washington wisconsin wyoming al ak az ar ca co ct de fl ga"
    " hi id il ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy".split()
)
TWO_WORDS = frozenset({"new", "north", "south", "west", "rhode"})  # begin the names of states
SECOND_WORDS = frozenset({"york", "jersey", "mexico", "hampshire", "carolina", "dakota", "virginia", "island"})
ZIP = (5, 9)  # digits of a postal code
NAME = 4  # words of a street's name
TOWN = 4  # words between the street and the state or code


def addresses(tokens: Sequence[Token], runs: Sequence[Run]) -> list[Block]:
    """A block for each address, inside its turn."""
    at_start = {run.first: run for run in runs}
    blocks: list[Block] = []
    for run in runs:
        street = _street(tokens, run)
        if street is not None and (not blocks or run.first > blocks[-1].last):
            whole = range(run.first, _end(tokens, street, at_start) + 1)
            inside = [i for i in whole if tokens[i].turn == tokens[street].turn]  # a number may begin turns before
            blocks.append(Block("ADDRESS", inside[0], inside[-1]))
    return blocks


def _street(tokens: Sequence[Token], run: Run) -> int | None:
    """The word that ends "221 Baker Street"; None where the number is none of a house."""
    named = run.last + 1 < len(tokens) and tokens[run.last + 1].text in AMOUNTS - MEASURES
    if len(run.digits) > 5 or (counted(tokens, run) and not named):
        return None
    lone = [tokens[i].text for i in run.tokens] == ["one"]
    for i in range(run.last + 2, min(len(tokens), run.last + 2 + NAME)):
        if tokens[i].turn != tokens[run.last].turn:
            return None
        between = [token.text for token in tokens[run.last + 1 : i]]
        if tokens[i].text in STREETS and not (lone and tokens[i].text in LOOSE):
            plain = all(word.isalpha() or word[:1].isdigit() for word in between) and not NO_STREET & {*between}
            return i if plain else None
    return None


def _end(tokens: Sequence[Token], street: int, at_start: dict[int, Run]) -> int:
    """The last word of the address that has its street at ``street``."""
    turn, last = tokens[street].turn, street
    if _text(tokens, last + 1, turn) in UNITS and _text(tokens, last + 2, turn):
        last = at_start[last + 2].last if last + 2 in at_start else last + 2
    for i in range(last + 1, last + 2 + TOWN):
        if _is_code(tokens, i, at_start):
            return at_start[i].last
        end = _state(tokens, i, turn, at_start)
        if end is not None:
            last = end
            break
        if (
            tokens[last].word.text.endswith(",")
            and i == last + 1
            and _text(tokens, i, turn)[:1].isalpha()
            and _written(tokens[i])
        ):
            last = i  # the name of a town, as a transcript with commas writes it
    return at_start[last + 1].last if _is_code(tokens, last + 1, at_start) else last


def _is_code(tokens: Sequence[Token], i: int, at_start: dict[int, Run]) -> bool:
    """Whether a postal code begins at ``i``, and no amount."""
    return i in at_start and len(at_start[i].digits) in ZIP and not counted(tokens, at_start[i])


def _state(tokens: Sequence[Token], i: int, turn: int, at_start: dict[int, Run]) -> int | None:
    """The last word of the state that begins at ``i``; two small letters are one only before a code ("ny 11757")."""
    text = _text(tokens, i, turn)
    if text in TWO_WORDS and _text(tokens, i + 1, turn) in SECOND_WORDS:
        return i + 1
    if text not in STATES:
        return None
    return i if len(text) > 2 or tokens[i].word.text[:2].isupper() or _is_code(tokens, i + 1, at_start) else None


def _written(token: Token) -> bool:
    return token.word.text[:1].isupper()


def _text(tokens: Sequence[Token], i: int, turn: int) -> str:
    return tokens[i].text if i < len(tokens) and tokens[i].turn == turn else ""
