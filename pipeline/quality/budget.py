"""A reviewer's minutes, spent where most findings are expected: clips around the evidence instead of whole calls.

A call is offered as the clips that carry most of its interest per second; what it costs is hearing them and deciding. The
calls with most expected findings a minute come first, until the minutes are full; what still fits of the next ones is taken
too. That is the greedy answer to a knapsack: it loses at most the last call that did not fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.records import Finding, Part, Seconds

BEFORE, AFTER = 5.0, 5.0  # heard around the evidence
LONGEST = 40.0  # of one clip: of a long hold its beginning is enough
SETTLE = 20.0  # opening a call and deciding takes this long whatever is heard
PASSED_OVER = 50  # calls that did not fit, after which nothing shorter is looked for

Clip = tuple[Seconds, Seconds]


@dataclass(frozen=True, slots=True)
class Offer:
    """What hearing the clips of one call gives and costs. ``gain``: expected findings; ``seconds`` with deciding."""

    call_id: str
    clips: tuple[Clip, ...]
    gain: float
    seconds: Seconds

    @property
    def worth(self) -> float:
        """Expected findings a minute."""
        return 60 * self.gain / self.seconds


@dataclass(frozen=True, slots=True)
class Plan:
    """The calls that fit, best first, the seconds they take, and how many findings are expected in them."""

    offers: tuple[Offer, ...]
    seconds: Seconds
    gain: float

    @property
    def per_hour(self) -> float:
        return 3600 * self.gain / self.seconds if self.seconds else 0.0


def offer(call_id: str, chance: float, parts: Sequence[Part], findings: Iterable[Finding], length: Seconds) -> Offer:
    """The best clips of a call of ``length`` seconds whose chance of being flagged is ``chance``.

    Each part of the interest carries its share of the chance; a part without a time is only found by hearing all.
    """
    spans = {(finding.kind, finding.start): finding.end for finding in findings}
    timed = [part for part in parts if part.start is not None and part.start < length]
    everything = sum(part.share for part in parts)
    best = Offer(call_id, ((0.0, round(length, 1)),), chance, length + SETTLE)
    if not timed or everything <= 0:
        return best
    covered, clips = 0.0, list[Clip]()
    for part in sorted(timed, key=lambda one: -one.share):
        assert part.start is not None
        covered += part.share
        clips = _merged([*clips, _around(part.start, spans.get((part.name, part.start), part.start), length)])
        seconds = SETTLE + sum(end - start for start, end in clips)
        candidate = Offer(call_id, tuple(clips), chance * covered / everything, seconds)
        if candidate.worth > best.worth:
            best = candidate
    return best


def fill(offers: Iterable[Offer], seconds: Seconds) -> Plan:
    """``offers`` come with the most expected findings a minute first, and are read only as far as needed."""
    taken, left, passed = list[Offer](), seconds, 0
    for one in offers:
        if one.seconds <= left:
            taken.append(one)
            left -= one.seconds
        else:
            passed += 1
        if left < SETTLE or passed > PASSED_OVER:
            break
    return Plan(tuple(taken), sum(one.seconds for one in taken), sum(one.gain for one in taken))


def random_per_hour(chance: float, length: Seconds) -> float:
    """Expected findings an hour of hearing whole calls drawn at random: mean chance, mean length of the calls."""
    return 3600 * chance / (length + SETTLE)


def _around(start: Seconds, end: Seconds, length: Seconds) -> Clip:
    begin = max(0.0, start - BEFORE)
    return round(begin, 1), round(min(length, max(end, start) + AFTER, begin + LONGEST), 1)


def _merged(clips: Iterable[Clip]) -> list[Clip]:
    """In order, those that touch made one."""
    merged = list[Clip]()
    for start, end in sorted(clips):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged
