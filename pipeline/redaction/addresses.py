"""Postal addresses: a house number and a street, with flat, town, state and code where they follow; postcodes; answers to "which street".

Streets are known by their words in seven languages ("elm walk", "Hauptstraße 12", "12 rue de la Paix"). What has neither a number nor
such a word ("Rose Cottage, Upper Farm") is found only where an address was asked for or is said to come.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.redaction.blocks import Block
from pipeline.redaction.quantities import MONTHS, counted
from pipeline.redaction.quantities import UNITS as AMOUNTS
from pipeline.redaction.questions import COPULAS, FILLERS, answers, asks, clause, content
from pipeline.redaction.tokens import Run, Token
from rules.spoken.foreign import fold

STREETS = frozenset(
    "street st road rd avenue ave lane ln drive dr boulevard blvd court ct terrace place pl crescent highway hwy parkway pkwy circle"
    " trail close square grove gardens row alley turnpike way walk quay mews broadway ridge wharf heights rise".split()
)
# European streets: a word before the name ("rue de la Paix"), or the end of the name itself ("Hauptstraße").
BEFORE_NAME = frozenset(
    "rue calle via viale piazza plaza rua avenida avenue ulica ul aleja boulevard allee chaussee paseo corso".split()
)
ENDINGS = re.compile(r"\w{3,}(?:strasse|str|weg|platz|gasse|allee|ring|ufer|straat|laan|plein|gracht|dijk)")
MEASURES = AMOUNTS - frozenset("second grand times square star".split())  # 12 Second Avenue, 500 Grand Boulevard
NO_STREET = (
    MEASURES
    | MONTHS
    | frozenset(
        "the a an of to on in at by my your this that no any some per each more one other way lane bedroom bed car person and or"
        " i you we it is was".split()
    )
)
# Words of streets that mean something else after a number: only with "the" or a capital, and never after a lone "one".
LOOSE = frozenset("way place close drive row court square circle trail lane walk ridge rise heights quay".split())
CAPITAL_ONLY = frozenset("walk ridge rise heights hill view park green".split())
HILLS = frozenset("hill view park green".split())
BARE = frozenset("broadway main high".split())  # streets that stand without a word for street
UNITS = frozenset("apartment apt unit suite flat number room floor building".split())
STATES = frozenset(
    "alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois indiana iowa"
    " kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada ohio"
    " oklahoma oregon pennsylvania tennessee texas utah vermont virginia washington wisconsin wyoming al ak az ar ca co ct de fl ga"
    " hi id il ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy".split()
)
TWO_WORDS = frozenset({"new", "north", "south", "west", "rhode"})  # begin the names of states
SECOND_WORDS = frozenset({"york", "jersey", "mexico", "hampshire", "carolina", "dakota", "virginia", "island"})
OUTWARD, INWARD = re.compile(r"[a-z]{1,2}\d[a-z\d]?"), re.compile(r"\d[a-z]{2}")  # Royal Mail: "LS1 4DY"
ZIP = (4, 5, 9)  # digits of a postal code
NAME = 4  # words of a street's name
TOWN = 4  # words between the street and the state or code
ASKED = re.compile(
    r"(?:which|what|name of (?:the|your)) (?:street|road|town|city|village)|(?:house|flat|apartment|street|door|which) number"
)
ADDRESS_CUE = re.compile(
    r"(?:\b(?:live|lives|living|stay|staying|reside) (?:at|on)|\b(?:moved|delivered|deliver it|ship it|shipped|send it|post it) to"
    r"|\b(?:home|postal|mailing|billing|delivery|shipping|my|our|the|your|street|new|current) address(?: is| was)?|\baddress is) $"
)
OTHER_ADDRESS = frozenset("e-mail email mail web ip mac website".split())
STOPS = frozenset(
    "please thanks thank and but so okay ok because i'm i you we they if that is was now yes right".split()
)
LEADS = frozenset(
    "uh um live lives living at on in to being delivered deliver file the address is".split()
)  # before the place
LONGEST = 14


def addresses(tokens: Sequence[Token], runs: Sequence[Run], turns: dict[int, range]) -> list[Block]:
    """A block for each address, inside its turn."""
    at_start = {run.first: run for run in runs}
    blocks: list[Block] = []
    for run in runs:
        street = _street(tokens, run)
        if street is not None and (not blocks or run.first > blocks[-1].last):
            whole = range(run.first, _end(tokens, street, at_start) + 1)
            inside = [i for i in whole if tokens[i].turn == tokens[street].turn]  # a number may begin turns before
            blocks.append(Block("ADDRESS", inside[0], inside[-1]))
    numbers = {i: run for run in runs for i in run.tokens}
    return [
        *blocks,
        *_european(tokens, numbers),
        *_postcodes(tokens),
        *_boxes(tokens, at_start),
        *_told(tokens, turns, numbers),
    ]


def _street(tokens: Sequence[Token], run: Run) -> int | None:
    """The word that ends "221 Baker Street"; None where the number is none of a house."""
    named = run.last + 1 < len(tokens) and tokens[run.last + 1].text in AMOUNTS - MEASURES
    if len(run.digits) > 5 or (counted(tokens, run) and not named):
        return None
    lone = [tokens[i].text for i in run.tokens] == ["one"]
    turn = tokens[run.last].turn
    following = [token for token in tokens[run.last + 1 : run.last + 2 + NAME] if token.turn == turn]
    for at, token in enumerate(following):
        before = following[:at]
        between = [other.text for other in before]
        articled = between[:1] == ["the"] and at == 1
        if _ends_street(token, before, articled=articled) and not (lone and token.text in LOOSE):
            plain = all(word.isalpha() or word[:1].isdigit() for word in between) and (
                articled or not NO_STREET & {*between}
            )
            return run.last + 1 + at if plain and (between or token.text in BARE) else None
    return None


def _ends_street(token: Token, before: Sequence[Token], *, articled: bool) -> bool:
    written = token.word.text[:1].isupper()
    if token.text in BARE and not before:
        return token.text == "broadway" or token.word.text.endswith(",")
    if token.text in HILLS:
        return written or (len(before) == 1 and before[0].text in TREES)
    if token.text in CAPITAL_ONLY:
        return written or articled
    return token.text in STREETS


TREES = frozenset(
    "oak elm maple pine cedar ash beech birch willow rose church mill castle park spring".split()
)  # oak hill


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
            and (_written(tokens[i]) or i + 1 == len(tokens) or tokens[i + 1].turn != turn)
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


def _european(tokens: Sequence[Token], numbers: dict[int, Run]) -> Iterator[Block]:
    """ "Hauptstraße 12, 10115 Berlin", "12 rue de la Paix, 75002 Paris", "calle Mayor 12"."""
    for i, token in enumerate(tokens):
        word, turn = fold(token.text), token.turn
        if ENDINGS.fullmatch(word) and i + 1 in numbers and tokens[i + 1].turn == turn:
            yield Block("ADDRESS", i, _town(tokens, numbers[i + 1].last, numbers))
        elif word in BEFORE_NAME:
            name = [j for j in range(i + 1, min(len(tokens), i + 6)) if tokens[j].turn == turn]
            number = next((j for j in name if j in numbers), None)
            if i - 1 in numbers and tokens[i - 1].turn == turn and name and name[0] not in numbers:
                end = next((j for j in name if tokens[j].word.text.endswith((",", "."))), name[: NAME - 1][-1])
                yield Block(
                    "ADDRESS",
                    min(j for j in numbers[i - 1].tokens if tokens[j].turn == turn),
                    _town(tokens, end, numbers),
                )
            elif number is not None and number > i + 1 and len(numbers[number].digits) <= 4:
                yield Block("ADDRESS", i, _town(tokens, numbers[number].last, numbers))


def _town(tokens: Sequence[Token], last: int, numbers: dict[int, Run]) -> int:
    """With the postal code behind ``last`` and the town behind that."""
    turn = tokens[last].turn
    if last + 1 in numbers and tokens[last + 1].turn == turn and len(numbers[last + 1].digits) in ZIP:
        last = min(numbers[last + 1].last, max(i for i in numbers[last + 1].tokens if tokens[i].turn == turn))
        if last + 1 < len(tokens) and tokens[last + 1].turn == turn and _written(tokens[last + 1]):
            last += 1
    return last


def _postcodes(tokens: Sequence[Token]) -> Iterator[Block]:
    """British postcodes as they are written; a town in capitals before them goes along."""
    for i, token in enumerate(tokens[:-1]):
        following = tokens[i + 1]
        if OUTWARD.fullmatch(token.text) and INWARD.fullmatch(following.text) and token.turn == following.turn:
            yield Block("ADDRESS", i, i + 1)


def _boxes(tokens: Sequence[Token], at_start: dict[int, Run]) -> Iterator[Block]:
    """ "P.O. Box 4412", "p o box forty four"."""
    for i, token in enumerate(tokens):
        if token.text == "box" and i + 1 in at_start and tokens[i + 1].turn == token.turn:
            before = [t.text.replace(".", "") for t in tokens[max(0, i - 2) : i] if t.turn == token.turn]
            if before[-1:] == ["po"] or before == ["p", "o"]:
                first = i - (1 if before[-1] == "po" else 2)
                run = at_start[i + 1]
                yield Block("ADDRESS", first, max(j for j in run.tokens if tokens[j].turn == token.turn))


def _told(tokens: Sequence[Token], turns: dict[int, range], numbers: dict[int, Run]) -> Iterator[Block]:
    """What is said to be an address, and the answer to a question for it."""
    for turn in turns.values():
        for i in turn:
            before = " ".join(tokens[j].text for j in range(max(turn.start, i - 4), i + 1)) + " "
            if (ADDRESS_CUE.search(before) and not OTHER_ADDRESS & {*before.split()}) or ASKED.search(before):
                yield from _after(tokens, turns, i, numbers)


def _after(tokens: Sequence[Token], turns: dict[int, range], cue: int, numbers: dict[int, Run]) -> Iterator[Block]:
    own = turns[tokens[cue].turn]
    rest = range(cue + 1 + (cue + 1 < own.stop and tokens[cue + 1].text in COPULAS), own.stop)
    said = clause(tokens, content(tokens, rest, LEADS), STOPS, LONGEST)
    if said and _place(tokens, said, numbers):
        yield Block("ADDRESS", said.start, said.stop - 1)
    elif asks(tokens, turns, cue):
        asked = ASKED.search(" ".join(tokens[j].text for j in range(max(own.start, cue - 3), cue + 1)))
        for answer in answers(tokens, turns, cue, patience=2):
            told = clause(tokens, content(tokens, answer, FILLERS | LEADS), STOPS, LONGEST)
            if told and (_place(tokens, told, numbers) or (asked and len(told) <= 4)):
                yield Block("ADDRESS", told.start, told.stop - 1)
                return


def _place(tokens: Sequence[Token], said: range, numbers: dict[int, Run]) -> bool:
    """Whether words look like a place: a house number before a name, a word for street, or two names with a comma."""
    texts = [tokens[i].text for i in said]
    named = sum(_written(tokens[i]) for i in said)
    housed = said.start in numbers and len(numbers[said.start].digits) <= 5 and not counted(tokens, numbers[said.start])
    beyond = numbers[said.start].last + 1 < said.stop if housed else False
    comma = any(tokens[i].word.text.endswith(",") for i in said)
    return bool({*texts} & (STREETS - LOOSE)) or beyond or (comma and named >= 2)


def _written(token: Token) -> bool:
    return token.word.text[:1].isupper()


def _text(tokens: Sequence[Token], i: int, turn: int) -> str:
    return tokens[i].text if i < len(tokens) and tokens[i].turn == turn else ""
