"""Which calls belong together: the same customer, account, number or voice, not more than ``WINDOW`` apart.

A key that many different people share (the number of a switchboard, an account of a company) links nothing.
Links chain: a call on Monday and one on Thursday two weeks later belong together when a third one lies between. The
chains depend on the set of calls alone, never on the order in which they came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations, pairwise

from pipeline.cases.records import Link, SignedCall, Voice

WINDOW = timedelta(days=14)  # as long as the rules look back for a take-over in steps
# Cosine from which two voices are taken for one. Measured on the sample calls, whose voices are synthetic and few: 6 of 7 pairs
# of one customer reach it, and 14 of 457 pairs of two customers. Those 14 are one synthesiser's voice at another pitch; of 340
# pairs of different synthesisers' voices none does. Nothing is known about real callers: pages must say so beside each match.
SAME_VOICE = 0.97
CHANCE_PAIRS, CHANCE_OF = 14, 457
KEYS = ("customer", "account", "number")
HUB = 10  # so many different people behind one key, and it tells nothing about who called


def chains(calls: Iterable[SignedCall], hub: int = HUB) -> list[tuple[tuple[SignedCall, ...], tuple[Link, ...]]]:
    """Calls that belong together, in the order of time, with the links that hold them; chains by their first call.

    A key behind which ``hub`` different people or more stand in one run of calls links none of them.
    """
    known = {call.id: call for call in calls}
    ordered = sorted(known.values(), key=moment)
    links = sorted({*_by_keys(ordered, hub), *_by_voice(ordered)}, key=lambda link: (link.kind, link.calls))
    roots = _roots(known, links)
    together: dict[str, list[SignedCall]] = defaultdict(list)
    for call in ordered:
        together[roots[call.id]].append(call)
    holding: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        holding[roots[link.calls[0]]].append(link)
    return [(tuple(group), tuple(holding[roots[group[0].id]])) for group in together.values()]


def moment(call: SignedCall) -> tuple[datetime, str]:
    return call.at, call.id


def same_voice(one: Voice, other: Voice) -> float:
    """The cosine of two voices of the same encoder; 0 for those of different encoders, which cannot be compared."""
    if one.model != other.model or len(one.vector) != len(other.vector):
        return 0.0
    return sum(a * b for a, b in zip(one.vector, other.vector, strict=True))


def people(kind: str, calls: Iterable[SignedCall]) -> int:
    """How many different people stand behind a key of this kind, as far as the other keys of its calls tell.

    A call from a number of which neither customer nor account is known counts as one more: whoever it was.
    """
    calls = list(calls)
    others = [key for key in KEYS if key != kind]
    if kind == "number":
        unknown = sum(not call.customer and not call.account for call in calls)
        return max(len({getattr(call, key) for call in calls} - {None, ""}) for key in others) + unknown
    return max(len({getattr(call, key) for call in calls} - {None, ""}) for key in others)


def chance_matches(pairs: int) -> float:
    """How many of so many compared pairs of different people are expected to reach SAME_VOICE by chance."""
    return pairs * CHANCE_PAIRS / CHANCE_OF


def _by_keys(ordered: Sequence[SignedCall], hub: int) -> Iterator[Link]:
    for kind in KEYS:
        groups: dict[str, list[SignedCall]] = defaultdict(list)
        for call in ordered:
            if value := getattr(call, kind):
                groups[value].append(call)
        for group in groups.values():
            for run in _runs(group):
                if len(run) > 1 and people(kind, run) < hub:
                    yield Link(kind, tuple(call.id for call in run))


def _runs(group: Sequence[SignedCall]) -> list[list[SignedCall]]:
    """A key's calls, parted wherever nothing happened for longer than the window."""
    runs = [[group[0]]]
    for before, after in pairwise(group):
        if after.at - before.at > WINDOW:
            runs.append([])
        runs[-1].append(after)
    return runs


def _by_voice(ordered: Sequence[SignedCall]) -> Iterator[Link]:
    for one, other in combinations([call for call in ordered if call.voices], 2):
        if other.at - one.at > WINDOW:
            continue
        closest = max(same_voice(a, b) for a in one.voices for b in other.voices)
        if closest >= SAME_VOICE:
            yield Link("voice", (one.id, other.id), round(closest, 4))


def _roots(known: Iterable[str], links: Iterable[Link]) -> dict[str, str]:
    """One representative for each call, the same for all calls that links hold together."""
    parent = {call: call for call in known}

    def root(call: str) -> str:
        while parent[call] != call:
            parent[call] = parent[parent[call]]
            call = parent[call]
        return call

    for link in links:
        for before, after in pairwise(link.calls):
            one, other = sorted((root(before), root(after)))
            parent[other] = one
    return {call: root(call) for call in parent}
