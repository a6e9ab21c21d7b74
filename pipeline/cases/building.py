"""Calls with signs in, cases out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from pipeline.cases.linking import HUB, chains
from pipeline.cases.records import Case, Link, Moment, Sign, SignedCall
from pipeline.cases.risk import THRESHOLD, risk_of, voice_for_several
from rules.cases import agree

MOST_REASONS = 5
KINDS = {"customer": "customer", "account": "account", "number": "phone number", "voice": "voice"}


def build_cases(calls: Iterable[SignedCall], threshold: float = THRESHOLD, hub: int = HUB) -> list[Case]:
    """Every chain of ``calls`` as a case, the riskiest first.

    ``passes`` is False where the risk is below the threshold, or where all signs are of one weak kind.
    """
    cases = [_case(group, links, threshold) for group, links in chains(calls, hub)]
    return sorted(cases, key=lambda case: (-case.risk, case.id))


def _case(calls: tuple[SignedCall, ...], links: tuple[Link, ...], threshold: float) -> Case:
    risk = risk_of(calls, links)
    strongest = _strongest(calls)
    signs = ((sign.step, sign.score) for call in calls for sign in call.signs)
    passes = risk >= threshold and (agree(signs, threshold) or voice_for_several(calls, links) > 0)
    return Case(
        calls[0].id, tuple(call.id for call in calls), risk, passes, tuple(_reasons(calls, links, strongest)),
        _timeline(calls), links, tuple(sign.rule for sign in strongest), calls[0].at, calls[-1].at,
    )  # fmt: skip


def _timeline(calls: Sequence[SignedCall]) -> tuple[Moment, ...]:
    moments = [Moment(call.id, call.at + timedelta(seconds=sign.start), sign) for call in calls for sign in call.signs]
    return tuple(sorted(moments, key=lambda one: (one.at, one.call, one.sign.rule, one.sign.end)))


def _strongest(calls: Sequence[SignedCall]) -> list[Sign]:
    """The strongest sign of each rule, the strongest of all first."""
    best: dict[str, Sign] = {}
    for sign in sorted((s for call in calls for s in call.signs), key=lambda s: (-s.score, s.rule, s.start, s.why)):
        best.setdefault(sign.rule, sign)
    return list(best.values())


def _reasons(calls: Sequence[SignedCall], links: Sequence[Link], strongest: Sequence[Sign]) -> list[str]:
    reasons = []
    if several := voice_for_several(calls, links):
        reasons.append(
            f"What sounds like one voice speaks for {several} different customers or accounts: compare them."
        )
    if len(calls) > 1:
        reasons.append(_linked(calls, links))
    reasons += [f"{sign.title or sign.rule}." for sign in strongest[:MOST_REASONS]]
    if len(strongest) > MOST_REASONS:
        more = len(strongest) - MOST_REASONS
        reasons.append(f"{more} weaker {'sign' if more == 1 else 'signs'} beside these.")
    alone = max(call.score for call in calls)
    if len(calls) > 1 and risk_of(calls, links) > alone:
        reasons.append(
            f"The strongest call alone has a risk of {100 * alone:.0f} of 100; the others add what it does not say."
        )
    return reasons


def _linked(calls: Sequence[SignedCall], links: Sequence[Link]) -> str:
    kinds = [f"the same {text}" for kind, text in KINDS.items() if any(link.kind == kind for link in links)]
    held = f"{', '.join(kinds[:-1])} and {kinds[-1]}" if len(kinds) > 1 else kinds[0]
    return f"{len(calls)} calls {_within(calls[-1].at - calls[0].at)}, held together by {held}."


def _within(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    if hours < 1:
        return "within one hour"
    return f"within {hours:.0f} hours" if hours < 48 else f"within {span.days} days"
