"""Passwords: the one or two words after "my password is", and whoever repeats them."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.redaction.blocks import Block
from pipeline.redaction.cues import Cue
from pipeline.redaction.tokens import Token

NO_PASSWORD = frozenset(
    "not wrong expired incorrect the a locked no on in what too required reset that i it gone changed working still always never"
    " being going supposed case under at my your set already".split()
)
ECHO = 60  # words after the password in which somebody may repeat it
TELLING = 4  # letters from which a word of the password is told from any other


def passwords(tokens: Sequence[Token], cues: Sequence[Cue]) -> list[Block]:
    """The secret where it is said, and its telling words wherever they come again soon."""
    blocks: list[Block] = []
    for cue in cues:
        after = cue.word + 1
        if cue.type != "PASSWORD" or after + 1 >= len(tokens) or tokens[after].text not in ("is", "it's", "was"):
            continue
        secret = after + 1
        if tokens[secret].text in NO_PASSWORD | {""} or tokens[secret].turn != tokens[cue.word].turn:
            continue
        last = secret + 1 if secret + 1 < len(tokens) and tokens[secret + 1].turn == tokens[secret].turn else secret
        blocks.append(Block("PASSWORD", secret, last))
        said = {tokens[i].text for i in range(secret, last + 1) if len(tokens[i].text) >= TELLING}
        again = range(last + 1, min(len(tokens), last + ECHO))
        blocks += [Block("PASSWORD", i, i) for i in again if tokens[i].text in said]
    return blocks
