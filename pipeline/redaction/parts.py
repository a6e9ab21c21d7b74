"""Secrets too short or too scattered for the other readers: told by their ends ("it starts with fifty three and ends with twelve"),
codes under four characters that a cue names ("the pin is two one"), and addresses of machines (IP, written or told with "dot").

Each looks at a few words around a cue or a run, so the time grows with the length of the call.
"""

from __future__ import annotations

import ipaddress
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from pipeline.redaction.blocks import Block
from pipeline.redaction.cues import Cue
from pipeline.redaction.kinds import SECRET
from pipeline.redaction.quantities import counted, dated, measured
from pipeline.redaction.questions import COPULAS, FILLERS, answers, asks, content
from pipeline.redaction.spelling import piece_ends
from pipeline.redaction.tokens import Run, Token

OPENS = frozenset("start starts starting started begin begins beginning first open opens".split())
CLOSES = frozenset("end ends ending finish finishes finishing close closes".split())
WITH = frozenset("with in on is".split())
TOGETHER = 40  # words between the beginning and the end of one number, and from a cue to either
SHORTEST_PART = 2  # digits of one of them
CODE = frozenset({"PASSCODE", "CARD_CODE"})
FEWEST, MOST = 2, 6  # characters of a short code
DOTS = frozenset({"dot", "point"})
VERSIONS = frozenset("version release build firmware update section paragraph chapter article v".split())
IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
EDGES = ".,;!?()[]\"'"


def parts(
    tokens: Sequence[Token], cues: Sequence[Cue], runs: Sequence[Run], turns: dict[int, range]
) -> Iterator[Block]:
    """Blocks of all three kinds."""
    yield from _ends(tokens, cues, runs)
    yield from _short(tokens, cues, turns)
    yield from _written_machines(tokens)
    yield from _told_machines(tokens, runs)


def _ends(tokens: Sequence[Token], cues: Sequence[Cue], runs: Sequence[Run]) -> Iterator[Block]:
    """Digits behind "starts with" and "ends with" where both come together, or either soon after the cue of a secret."""
    plain = [run for run in runs if not (counted(tokens, run) or dated(tokens, run) or measured(tokens, run))]
    told = [(end, first, run) for run in plain for end, first in [_end_of(tokens, run)] if end]
    for place, (end, first, run) in enumerate(told):
        beside = told[max(0, place - 1) : place + 2]
        long = max(len(near.digits) for _, _, near in beside) >= SHORTEST_PART
        both = any(other != end and abs(near.first - run.first) <= TOGETHER for other, _, near in beside)
        cue = _cue_before(cues, run.first)
        if long and (both or cue is not None):
            yield Block(cue.type if cue is not None else "NUMBER", first, run.last, run.digits)


def _end_of(tokens: Sequence[Token], run: Run) -> tuple[str, int]:
    """ "starts" or "ends", if such words stand right before, else ""; and where the digits begin, an "oh" included."""
    first = run.first - (run.first > 0 and tokens[run.first - 1].text in ("oh", "o"))
    before = [token.text for token in tokens[max(0, first - 3) : first]]
    if not before or before[-1] not in WITH:
        return "", first
    said = set(before[:-1])
    return ("starts" if said & OPENS else "ends" if said & CLOSES else ""), first


def _cue_before(cues: Sequence[Cue], first: int) -> Cue | None:
    place = bisect_left(cues, first, key=lambda cue: cue.word)
    cue = cues[place - 1] if place else None
    return cue if cue is not None and cue.type in SECRET and first - cue.word <= TOGETHER else None


def _short(tokens: Sequence[Token], cues: Sequence[Cue], turns: dict[int, range]) -> Iterator[Block]:
    """A code of two or three characters: all that is said behind "the pin is", or in the answer to who asked for it."""
    for cue in cues:
        if cue.type not in CODE:
            continue
        turn, after = turns[tokens[cue.word].turn], cue.word + 1
        if after in turn and (
            tokens[after].text in COPULAS or tokens[cue.word].word.text.endswith((":", "=", "'s", "’s"))
        ):
            said = range(after + (tokens[after].text in COPULAS), turn.stop)
            yield from _whole(tokens, said, cue.type)
        elif asks(tokens, turns, cue.word):
            answer = next(answers(tokens, turns, cue.word), None)
            if answer is not None:
                yield from _whole(tokens, content(tokens, answer, FILLERS - {"a", "i"}), cue.type)


def _whole(tokens: Sequence[Token], said: range, kind: str) -> Iterator[Block]:
    """``said`` up to the end of its sentence, if it is nothing but letters and figures and few of them."""
    last, characters, figures = said.start, 0, False
    for piece in piece_ends(tokens, said):
        last, characters, figures = piece.last + 1, characters + piece.characters, figures or piece.figures
    ended = last >= said.stop or tokens[last - 1].word.text.endswith((".", "?", "!", ";", ","))
    if (
        figures
        and FEWEST <= characters <= MOST
        and (ended or tokens[last].text in ("and", "but", "so", "okay", "please", "thanks"))
    ):
        yield Block(kind, said.start, last - 1)


def _written_machines(tokens: Sequence[Token]) -> Iterator[Block]:
    """One written word that is an address, with or without a port; not the number of a version."""
    seen: tuple[int, int] | None = None
    for i, token in enumerate(tokens):
        text = token.word.text
        if seen == (token.turn, token.place) or not ("." in text or ":" in text) or not any(c.isdigit() for c in text):
            continue
        seen = (token.turn, token.place)
        before = tokens[i - 1].text if i and tokens[i - 1].turn == token.turn else ""
        if before not in VERSIONS and _is_machine(text.strip(EDGES)):
            last = i
            while last + 1 < len(tokens) and (tokens[last + 1].turn, tokens[last + 1].place) == seen:
                last += 1
            yield Block("NUMBER", i, last)


def _is_machine(text: str) -> bool:
    found = IPV4.search(text)
    plain = found[0] if found is not None else text
    if found is None and plain.count(":") < 2:
        return False
    try:
        address = ipaddress.ip_address(plain.split("/")[0].split("%")[0])
    except ValueError:
        return False
    return address.version == 4 or sum(c in "0123456789abcdefABCDEF" for c in plain) >= FEWEST


def _told_machines(tokens: Sequence[Token], runs: Sequence[Run]) -> Iterator[Block]:
    """Four numbers up to 255 with one "dot" between each."""
    chain: list[Run] = []
    for run in runs:
        joined = bool(chain) and run.first == chain[-1].last + 2 and tokens[run.first - 1].text in DOTS
        if not joined:
            yield from _as_machine(tokens, chain)
            chain = []
        chain.append(run)
    yield from _as_machine(tokens, chain)


def _as_machine(tokens: Sequence[Token], chain: Sequence[Run]) -> Iterator[Block]:
    one_turn = len({tokens[i].turn for run in chain for i in (run.first, run.last)}) == 1
    before = tokens[chain[0].first - 1].text if chain and chain[0].first else ""
    if (
        len(chain) == 4
        and one_turn
        and before not in VERSIONS
        and all(len(r.digits) <= 3 and int(r.digits) <= 255 for r in chain)
    ):
        yield Block("NUMBER", chain[0].first, chain[-1].last)
