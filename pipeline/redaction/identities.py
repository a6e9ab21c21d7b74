"""National numbers that are written as forms print them, and the scheme of rows of digits that were called one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.redaction.blocks import Block
from pipeline.redaction.kinds import Marked
from pipeline.redaction.schemes import by_digits, by_shape, by_writing
from pipeline.redaction.tokens import Token

EDGES = ".,;:!?()\"'"


def identities(tokens: Sequence[Token], marked: Sequence[Marked]) -> Iterator[Block]:
    """Blocks with the scheme in their facts, which ``codes`` and ``kinds`` do not name."""
    for i, token in enumerate(tokens):
        if not any(c.isdigit() for c in token.text):
            continue
        found = by_writing(token.word.text.strip(EDGES)) or by_shape(re.sub(r"[^a-z0-9]", "", token.text))
        if found is not None:
            yield Block(found.type, i, i, scheme=found.scheme)
    for item in marked:
        if item.type == "NATIONAL_ID" and (known := by_digits(item.run.digits)) is not None:
            yield from (Block("NATIONAL_ID", i, i, scheme=known.scheme) for i in item.run.tokens)
