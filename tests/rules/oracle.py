"""What the property tests ask of a call, from the plain reading of the rule language: no tables, turns taken one by one.

It answers for trusted calls; the property tests hold the engine against it.
"""

from __future__ import annotations

from collections.abc import Sequence

from rules.engine.plainly import ends, spans
from rules.facts import CallFacts
from rules.language.phrase import Seq, parse
from rules.language.tokens import tokens_of


def starts(tree: Seq, words: Sequence[str]) -> set[int]:
    """Where in ``words`` a match of ``tree`` can begin."""
    return {at for at in range(len(words)) if any(True for _ in ends(tree, words, at))}


def said_at(call: CallFacts, roles: set[str], phrases: Sequence[str]) -> list[tuple[float, int]]:
    """(time, turn) of every place where one of ``roles`` says one of ``phrases``; turns are taken one by one.

    Places of one phrase do not overlap, they are taken from the left: "red ...2 green" is said once in "red blue red green".
    Of places of several phrases that overlap the longest stays: they are one thing said once.
    """
    by_role = {party.id: party.role for party in call.parties}
    trees = [parse(phrase) for phrase in phrases]
    found = []
    for number, turn in enumerate(call.turns):
        if roles and by_role[turn.party] not in roles:
            continue
        tokens = tokens_of([word.text for word in turn.words])
        texts = [token.text for token in tokens]
        kept: list[tuple[int, int]] = []
        for first, end in sorted(
            (span for tree in trees for span in spans(tree, texts)), key=lambda s: (s[0] - s[1], s[0])
        ):
            if not any(first < b and a < end for a, b in kept):
                kept.append((first, end))
        found += [(turn.words[tokens[at].first].start, number) for at, _ in kept]
    return sorted(set(found))


def judge(kind: str, first: list[tuple[float, int]], then: list[tuple[float, int]], **limits: int) -> str:
    """PASS, FAIL or NOT_APPLICABLE of a trusted call. ``first``: said, trigger or first; ``then``: the other thing."""
    if kind == "required":
        return "PASS" if first else "FAIL"
    if kind == "prohibited":
        return "FAIL" if first else "PASS"
    if kind == "count":
        return "PASS" if len(first) <= limits["at_most"] else "FAIL"
    if kind == "ordered":
        if not then:
            return "NOT_APPLICABLE"
        return "PASS" if any(a < then[0] for a in first) else "FAIL"
    if kind == "conditional":
        if not first:
            return "NOT_APPLICABLE"
        return "PASS" if any(b[0] > a[0] for a in first for b in then) else "FAIL"
    assert kind == "forbidden_after"
    if not first:
        return "NOT_APPLICABLE"
    return "FAIL" if any(b[0] > a[0] for a in first for b in then) else "PASS"
