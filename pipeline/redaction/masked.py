"""Card numbers that somebody masked already ("411111******1111"), and codes told as a pattern ("all zeros")."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from pipeline.redaction.blocks import Block
from pipeline.redaction.cues import Cue
from pipeline.redaction.kinds import AFTERWARDS, SECRET
from pipeline.redaction.pieces import LEAST_CARD, MASKED, MASKED_PART, MOST_CARD
from pipeline.redaction.tokens import Token
from rules.spoken.atoms import PLURAL

EDGES = ".,;:!?()\"'"
NEAR = 100  # words after a cue in which "all zeros" answers it


def masked(tokens: Sequence[Token], cues: Sequence[Cue]) -> Iterator[Block]:
    """A block for each masked number and each pattern."""
    texts = [token.word.text.strip(EDGES).lower() for token in tokens]
    for i, text in enumerate(texts):
        if MASKED.fullmatch(text):
            yield Block("CARD_NUMBER", i, i)
        elif MASKED_PART.fullmatch(text):
            yield from _groups(tokens, texts, i)
    yield from _patterns(tokens, cues)


def _groups(tokens: Sequence[Token], texts: Sequence[str], first: int) -> Iterator[Block]:
    """ "4111 11xx xxxx 1111": groups of one turn, digits and at least four places hidden."""
    last = first
    while (
        last + 1 < len(texts) and tokens[last + 1].turn == tokens[first].turn and MASKED_PART.fullmatch(texts[last + 1])
    ):
        last += 1
    whole = "".join(texts[first : last + 1])
    hidden = sum(not c.isdigit() for c in whole)
    if LEAST_CARD <= len(whole) <= MOST_CARD and 4 <= hidden < len(whole):
        yield Block("CARD_NUMBER", first, last)


def _patterns(tokens: Sequence[Token], cues: Sequence[Cue]) -> Iterator[Block]:
    """ "all zeros" soon after the cue of a secret; which digit it is, is all there is to know."""
    secrets = {cue.word: cue.type for cue in cues if cue.type in SECRET}
    places = sorted(secrets)
    kind, until = "", -1
    for i, token in enumerate(tokens):
        if i in secrets:
            kind, until = secrets[i], i + NEAR
        if token.text not in PLURAL or i == 0 or tokens[i - 1].text not in ("all", "only", "just"):
            continue
        place = bisect_right(places, i)
        after = places[place] if place < len(places) and places[place] <= i + AFTERWARDS else None
        if i <= until or after is not None:
            yield Block(kind if i <= until or after is None else secrets[after], i - 1, i)
