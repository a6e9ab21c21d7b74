"""E-mail addresses, written or spelled ("d a n a underscore smith at example dot co dot uk"), also over two turns."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.redaction.blocks import Block, by_turn
from pipeline.redaction.tokens import Token

TOPS = frozenset("com org net co edu gov io uk ca au de fr es us info biz me ac".split())
PROVIDERS = frozenset("gmail googlemail yahoo hotmail outlook icloud aol protonmail gmx".split())
SPLIT_PROVIDERS = (("g", "mail"), ("hot", "mail"), ("i", "cloud"), ("a", "o", "l"), ("proton", "mail"))
# Words before the address, not of it.
NOT_MAIL = frozenset(
    "is it's its address email e-mail mail to as my the it um uh er so yes yeah okay ok sure at that's thats that and on me your use"
    " reach send under be would should i'd have for with sent contact write spell spelled spelt well then just you can was will"
    " i'll please down got mine".split()
)
LONGEST_DOMAIN, LONGEST_NAME = 10, 18  # words
BEFORE = 4  # other people's words between the two halves of an address


def mails(tokens: Sequence[Token]) -> list[Block]:
    """A block for every turn that holds a part of an address."""
    written = [
        Block("EMAIL", i, i) for i, token in enumerate(tokens) if "@" in token.word.text and "." in token.word.text
    ]
    spoken = [
        Block("EMAIL", *part)
        for at, token in enumerate(tokens)
        if token.text == "at" and (last := _domain_end(tokens, at)) is not None
        for first in (_name_start(tokens, at),)
        for part in _own(tokens, first, last, token.word.party)
    ]
    return written + spoken


def _own(tokens: Sequence[Token], first: int, last: int, party: str) -> list[tuple[int, int]]:
    """The parts of the one who says the address; what the other says in between stays."""
    return [part for part in by_turn(tokens, first, last) if tokens[part[0]].word.party == party]


def _domain_end(tokens: Sequence[Token], at: int) -> int | None:
    """The last word of the domain that begins after ``at``; None where none does."""
    party, turn = tokens[at].word.party, tokens[at].turn
    reach = range(at + 1, min(len(tokens), at + LONGEST_DOMAIN))
    dot = next(
        (
            i
            for i in reach
            if i > at + 1 and tokens[i].text == "dot" and i + 1 < len(tokens) and tokens[i + 1].text in TOPS
        ),
        None,
    )
    if dot is None or any(tokens[i].word.party != party for i in range(at, dot + 2)):
        return _provider_end(tokens, at, turn)
    last = dot + 1
    while last + 2 < len(tokens) and tokens[last + 1].text == "dot" and tokens[last + 2].text in TOPS:
        last += 2
    return last


def _provider_end(tokens: Sequence[Token], at: int, turn: int) -> int | None:
    """ "at gmail" names a mail provider, dot or not."""
    following = [token.text for token in tokens[at + 1 : at + 4] if token.turn == turn]
    if following and following[0] in PROVIDERS:
        return at + 1
    for split in SPLIT_PROVIDERS:
        if tuple(following[: len(split)]) == split:
            return at + len(split)
    return None


def _name_start(tokens: Sequence[Token], at: int) -> int:
    """The first word of the name before ``at``; it may stand in the same person's turn before."""
    first = at
    while first - 1 >= 0 and at - first < LONGEST_NAME and _of_name(tokens[first - 1], tokens[at]):
        first -= 1
    if first < at or at == 0 or tokens[at - 1].turn == tokens[at].turn:
        return first
    before = at - 1
    while before >= 0 and at - before <= BEFORE and tokens[before].word.party != tokens[at].word.party:
        before -= 1
    if before < 0 or tokens[before].word.party != tokens[at].word.party:
        return first
    first = before + 1
    while first - 1 >= 0 and before - first < LONGEST_NAME and _of_name(tokens[first - 1], tokens[before]):
        first -= 1
    return first


def _of_name(token: Token, of: Token) -> bool:
    return token.turn == of.turn and token.text not in NOT_MAIL and not token.word.redacted
