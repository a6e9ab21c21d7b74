"""The risk of a chain of calls, from 0 to 1.

The strongest call counts with its own case score, so the risk of a single call is exactly what the rules say of it. Each
further call takes away some of the doubt that is left: a rule heard already adds nothing, a step told already little,
and a new step half of what it would weigh in one call, because days lie between and the link may be chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from pipeline.cases.linking import moment
from pipeline.cases.records import Link, SignedCall
from rules.cases import REPEATED, THRESHOLD

ACROSS = 0.5  # weight of a new step that was heard in another call
ONE_VOICE = 0.5  # how much one voice that speaks for several customers or accounts points by itself

__all__ = ["ACROSS", "ONE_VOICE", "THRESHOLD", "risk_of", "voice_for_several"]


def risk_of(calls: Sequence[SignedCall], links: Sequence[Link] = ()) -> float:
    """The risk of calls that belong together, rounded to 4 decimals, whatever their order."""
    strongest, *others = sorted(calls, key=lambda call: (-call.score, *moment(call)))
    doubt = 1.0 - strongest.score
    rules, steps = {sign.rule for sign in strongest.signs}, {sign.step for sign in strongest.signs}
    for call in others:
        belief = _belief(call)
        for sign in sorted(call.signs, key=lambda sign: (-sign.score, sign.rule)):
            if sign.rule in rules:
                continue
            doubt *= 1.0 - belief * sign.score * (REPEATED if sign.step in steps else ACROSS)
            rules.add(sign.rule)
            steps.add(sign.step)
    if voice_for_several(calls, links):
        doubt *= 1.0 - ONE_VOICE
    return round(1.0 - doubt, 4)


def voice_for_several(calls: Sequence[SignedCall], links: Sequence[Link]) -> int:
    """For how many different customers (or accounts, where more) voices that were heard twice speak; 0 for one."""
    heard = {call for link in links if link.kind == "voice" for call in link.calls}
    speaking = [call for call in calls if call.id in heard]
    most = max((len({getattr(call, key) for call in speaking} - {None}) for key in ("customer", "account")), default=0)
    return most if most > 1 else 0


def _belief(call: SignedCall) -> float:
    """How much of a call's signs is left by what speaks against them (an agent who warned), 0 to 1."""
    raised = 1.0 - prod(1.0 - sign.score for sign in call.signs)
    return min(1.0, call.score / raised) if raised > 0 else 0.0
