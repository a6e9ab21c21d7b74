"""Names of people, where a policy wants them gone: after "my name is", a title, "am i speaking with", and spelled out.

Only what is said to be a name is found: there is no list of names. Off in the default policy, for rules about knowing whom
one speaks to rest on them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.redaction.blocks import Block
from pipeline.redaction.tokens import Token

CUE = re.compile(
    r"(?:\b(?:(?:my|the|your|first|last|full|middle|maiden|sur)? ?name(?:'s| is| was)(?: uh| um| it's)?|surname is|name of|spelled|spelt"
    r"|(?:am i|are you|i'm|you're|are we) (?:speaking|talking) (?:to|with)|(?:speaking|talking) (?:to|with)|this is|i am|i'm|it's"
    r"|mr|mrs|ms|miss|mister|missus|doctor|dr|call me|on behalf of)) $"
)
TITLED = frozenset("mr mrs ms miss mister missus doctor dr".split())
WEAK = re.compile(r"(?:this is|i am|i'm|it's|with|to) $")  # a name only where it is written as one
LONGEST = 3
NO_NAME = frozenset(
    "calling speaking from with and the a an on at in is it not just here about for to your my i you he she they we sorry sure yes"
    " no okay please right that this what who there uh um spelled spelt thank thanks hi hello good very so also correct".split()
)


def names(tokens: Sequence[Token]) -> list[Block]:
    """Blocks of the names in ``tokens``."""
    blocks: list[Block] = []
    for i in range(1, len(tokens)):
        turn = tokens[i].turn
        if (blocks and i <= blocks[-1].last) or tokens[i - 1].turn != turn:
            continue
        before = " ".join(token.text for token in tokens[max(0, i - 4) : i] if token.turn == turn) + " "
        if not CUE.search(before):
            continue
        weak = WEAK.search(before) is not None and tokens[i - 1].text not in TITLED
        last = _end(tokens, i, weak=weak)
        if last is not None:
            blocks.append(Block("NAME", i, last))
    return blocks


def _end(tokens: Sequence[Token], first: int, *, weak: bool) -> int | None:
    """The last word of the name that begins at ``first``; None where none does."""
    last = None
    for i in range(first, min(len(tokens), first + 14)):
        token = tokens[i]
        letter = len(token.text) == 1 and token.text.isalpha() and token.text != "i"
        written = token.word.text[:1].isupper()
        if (
            token.turn != tokens[first].turn
            or token.text in NO_NAME
            or not token.text.replace("'", "").replace("-", "").isalpha()
        ):
            break
        begun = last is not None and tokens[first].word.text[:1].isupper()
        if ((weak or begun) and not written) or (not letter and i - first >= LONGEST):
            break
        last = i
    return last
