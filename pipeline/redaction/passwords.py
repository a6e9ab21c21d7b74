"""Passwords and answers to security questions: after "my password is", in the answer to "what's your password", and repeated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.redaction.blocks import Block
from pipeline.redaction.cues import Cue
from pipeline.redaction.questions import FILLERS, answers, asks, clause, content
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
    if after in turn and (tokens[after].text in COPULAS or tokens[cue.word].word.text.endswith((":", "="))):
        start = after + (tokens[after].text in COPULAS)
        told = clause(tokens, range(start, turn.stop), STOPS, LONGEST)
        if told and tokens[told.start].text not in NO_PASSWORD | {""} and (not coded or _mixed(tokens, told)):
            yield told
    elif not coded and asks(tokens, turns, cue.word):
        for said in answers(tokens, turns, cue.word):
            told = clause(tokens, content(tokens, said, FILLERS | TELLS), STOPS, LONGEST)
            if told:
                yield told
                return


def _mixed(tokens: Sequence[Token], said: range) -> bool:
    """Words and figures together: no code of digits, which has a type of its own, and no remark."""
    texts = [tokens[i].text for i in said]
    return any(any(c.isdigit() for c in text) for text in texts) and any(text.isalpha() for text in texts)
