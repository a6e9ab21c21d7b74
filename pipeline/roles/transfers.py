"""A call that was passed on: the agent who hands it over, and the one who takes it.

Whoever takes over greets anew. Where both speak on one channel in voices too alike to be told apart, that greeting after
the words of handing over parts them, so that nobody answers for what a colleague said. Known misses: a colleague who takes
over without a word of greeting, in the same channel and a like voice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.records import Call, Party, Seconds, Turn

HANDED = re.compile(
    r"\b(?:transfer(?:ring)? (?:you|your call|this call|the call|him|her)|put(?:ting)? you (?:through|over|across)"
    r"|connect(?:ing)? you (?:with|to|through)|pass(?:ing)? you (?:on|over|across|through)|hand(?:ing)? you over"
    r"|get(?:ting)? (?:my|a) (?:colleague|supervisor|manager)|bring(?:ing)? (?:in )?(?:my|a) (?:colleague|supervisor|manager))\b"
)
ARRIVED = re.compile(
    r"\bthank(?:s| you) for (?:holding|waiting|your patience|calling)\b|\bhow (?:can|may) i (?:help|assist)\b"
    r"|\b(?:this is|my name is|i'm|i am|you(?:'re| are) (?:through to|speaking (?:to|with))) (?!sorry|so |very |going|calling"
    r"|not |sure|happy|glad|afraid|here|a |an |the |what|why|how )[a-z]+\b"
)
SOON: Seconds = 600.0  # on hold between the two at most
REPLIES = 4  # turns of the one who hands over before the new one speaks: "stay on the line", "one moment"
WAIT: Seconds = 1.0  # of quiet before the new one speaks, where nobody else spoke between


@dataclass(frozen=True, slots=True)
class Handover:
    """Numbers of two turns of a call: the words that hand it over, and the first of whoever takes it."""

    handed: int
    arrived: int


def handovers(call: Call) -> list[Handover]:
    """Every place where a call is passed on, in order, by the words alone. The two may still be one party."""
    found: list[Handover] = []
    for number, turn in enumerate(call.turns):
        if (found and number < found[-1].arrived) or not HANDED.search(_plain(turn.text)):
            continue
        arrived = _arrival(call.turns, number)
        if arrived is not None:
            found.append(Handover(number, arrived))
    return found


def part_transfers(call: Call) -> Call:
    """The call with a party of its own for whoever took it over in the voice of the one before."""
    parties, turns = list(call.parties), list(call.turns)
    for place in handovers(call):
        before, after = turns[place.handed], turns[place.arrived]
        if before.party != after.party:
            continue
        old = next((party for party in parties if party.id == before.party), None)
        if old is None:
            continue
        new = Party(_free({party.id for party in parties}), channel=old.channel)
        parties.append(new)
        turns[place.arrived :] = [
            _given(turn, new.id) if turn.party == old.id else turn for turn in turns[place.arrived :]
        ]
    return replace(call, parties=tuple(parties), turns=tuple(turns)) if len(parties) > len(call.parties) else call


def _arrival(turns: Sequence[Turn], handed: int) -> int | None:
    """Number of the turn that greets after a handover: of another party, or of the same after others or a wait."""
    giver, own = turns[handed].party, 0
    for number in range(handed + 1, len(turns)):
        turn, before = turns[number], turns[number - 1]
        if turn.start - turns[handed].end > SOON or own > REPLIES:
            return None
        greets = bool(ARRIVED.search(_plain(turn.text))) and not HANDED.search(_plain(turn.text))
        waited = before.party != giver or turn.start - before.end >= WAIT
        if greets and (waited if turn.party == giver else _new(turns, number)):
            return number
        own += turn.party == giver
    return None


def _new(turns: Sequence[Turn], number: int) -> bool:
    """Whether the party of a turn has not spoken before it: the customer saying a name is nobody new."""
    return all(turn.party != turns[number].party for turn in turns[:number])


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9' ]+", " ", text.lower())


def _free(taken: set[str]) -> str:
    number = 1
    while f"s{number}" in taken:
        number += 1
    return f"s{number}"


def _given(turn: Turn, party: str) -> Turn:
    return replace(turn, party=party, words=tuple(replace(word, party=party) for word in turn.words))
