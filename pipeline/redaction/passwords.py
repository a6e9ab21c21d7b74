"""Passwords and answers to security questions: after "my password is", in the answer to "what's your password", and repeated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.redaction.blocks import Block
from pipeline.redaction.cues import Cue
from pipeline.redaction.questions import FILLERS, REMARK, answers, asks, clause, content
from pipeline.redaction.spelling import piece_ends, spelled
from pipeline.redaction.tokens import Token

NO_PASSWORD = frozenset(
    "not wrong expired incorrect the a locked no on in what too required reset that i it gone changed working still always never"
    " being going supposed case under at my your set already invalid optional important strong weak there needed missing".split()
)
STOPS = frozenset(
    "and but so okay ok please thanks thank right yes if because i you we they it he she this that still does doesn't is was has for with"
    " from when now not then or".split()
)
COPULAS = ("is", "it's", "was", "ist", "es", "est", "=")
TELLS = frozenset("password passphrase passcode word name".split())  # "my word is tiger"
ECHO = 60  # words after the password in which somebody may repeat it
TELLING = 4  # letters from which a word of the password is told from any other
LONGEST = 6
SPELLED_TURNS = 24  # turns after the first in which a password may be spelled to its end


def passwords(tokens: Sequence[Token], cues: Sequence[Cue], turns: dict[int, range]) -> list[Block]:
    """The secret where it is said, and its telling words wherever they come again soon."""
    blocks: list[Block] = []
    for cue in cues:
        for secret in _secrets(tokens, cue, turns):
            blocks.append(Block("PASSWORD", secret.start, secret.stop - 1))
            said = {tokens[i].text for i in secret if len(tokens[i].text) >= TELLING}
            again = range(secret.stop, min(len(tokens), secret.stop + ECHO))
            blocks += [Block("PASSWORD", i, i) for i in again if tokens[i].text in said]
    return blocks


def _secrets(tokens: Sequence[Token], cue: Cue, turns: dict[int, range]) -> Iterator[range]:
    after, turn = cue.word + 1, turns[tokens[cue.word].turn]
    coded = cue.type == "PASSCODE" and tokens[cue.word].text in ("passcode", "passcodes")
    if cue.type != "PASSWORD" and not coded:
        return
    if after in turn and (tokens[after].text in COPULAS or tokens[cue.word].word.text.endswith((":", "=", "'s", "’s"))):
        start = after + (tokens[after].text in COPULAS)
        told = _longer(
            clause(tokens, range(start, turn.stop), STOPS, LONGEST), spelled(tokens, range(start, turn.stop))
        )
        if told and tokens[told.start].text not in NO_PASSWORD | {""} and (not coded or _mixed(tokens, told)):
            yield told
            if told.stop == turn.stop:
                yield from _spelled_on(tokens, turns, tokens[cue.word].turn)
    elif not coded and asks(tokens, turns, cue.word):
        for said in answers(tokens, turns, cue.word):
            answer = content(tokens, said, FILLERS | TELLS)
            told = _longer(clause(tokens, answer, STOPS, LONGEST), spelled(tokens, answer))
            if told:
                yield told
                yield from _spelled_on(tokens, turns, tokens[told.start].turn)
                return


def _longer(one: range, other: range) -> range:
    return other if len(other) > len(one) else one


def _spelled_on(tokens: Sequence[Token], turns: dict[int, range], turn: int) -> Iterator[range]:
    """The next turns of the same party that hold nothing but signs, as long as the others only say yes to them."""
    party = tokens[turns[turn].start].word.party
    for later in range(turn + 1, turn + 1 + SPELLED_TURNS):
        said = turns.get(later)
        if said is None:
            continue
        if tokens[said.start].word.party != party:
            if len(said) > REMARK:
                return
            continue
        *_, end = (said.start, *(sign.last + 1 for sign in piece_ends(tokens, said)))
        if end < said.stop:
            return
        yield said


def _mixed(tokens: Sequence[Token], said: range) -> bool:
    """Words and figures together: no code of digits, which has a type of its own, and no remark."""
    texts = [tokens[i].text for i in said]
    return any(any(c.isdigit() for c in text) for text in texts) and any(text.isalpha() for text in texts)
