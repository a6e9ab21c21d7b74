"""``assign_roles(call)``: the call with a role and a confidence for each party."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipeline.records import Call, Party, Role
from pipeline.roles.announcements import part_announcements
from pipeline.roles.cues import other_language, plain, weight
from pipeline.roles.transfers import handovers, part_transfers

# somebody picking up
HELLO = re.compile(
    r"(?:yes |yeah |um |uh )?(?:hello|hi|yes|yeah|speaking)(?:[ ,.?!]+(?:hello|yes|this is|speaking))?[ ,.?!]*"
)
# or a machine picking up for somebody
GREETING = re.compile(r"\bleave (?:me )?(?:a|your)\b.*\b(?:message|name|number)\b|\bafter the (?:tone|beep)\b")
# whoever called asks for the one who is meant
ASKS = re.compile(
    r"\b(?:(?<!who )is this|am i (?:speaking|talking) (?:to|with)|(?:may|can|could) i (?:please )?(?:speak|talk) (?:to|with)"
    r"|(?:i'm|i am) (?:looking|calling) for) (?!the |a |an |your |somebody|someone|you |about|regarding|help|support)[a-z]+"
    r"|\bis (?:mr |mrs |ms |miss )?[a-z]+ (?:there|home|in|available)\b"
)
ASKED = 3.0  # evidence of asking so among the first turns of a call that the agent's side placed
OPENING = 2  # turns
MACHINE = 1.0  # evidence of a machine picking up for somebody, as the first words of a party there
FIRST = 0.8  # who speaks first: in an inbound call the agent, in an outbound call the one who was called
RECORDER = 0.4  # most recorders put the agent on the first channel
DOUBTFUL = 0.3  # a smaller lead over the other says nothing
LENGTH = 40  # words of speech that count as one unit of evidence
MENU = 3.0  # evidence from which words are a machine's
NOT_MEANT = 3.0  # evidence from which whoever was called is not the one who was meant: one plain sign or two
SOON = 40  # turns of a party in which it says so; in hours of talk "he's not here" comes up of somebody else
FEW = 0.08  # share of the words below which a third party is somebody beside the call


@dataclass(frozen=True, slots=True)
class Evidence:
    """How much a party sounds like an agent (positive) or a customer (negative), like a machine, like a wrong number.

    ``said``: the part of ``agent`` that its words tell; who spoke first and on which channel tells the rest.
    """

    agent: float
    ivr: float
    third: float
    words: int
    said: float


def assign_roles(call: Call) -> Call:
    """Roles and confidences for all parties; parties that never speak keep what they have.

    An announcement that opens a party's side becomes a party of its own, and so does a colleague who takes the call over.
    """
    if not call.turns:
        return call
    call = part_transfers(part_announcements(call, _is_menu))
    also = other_language(call)
    heard = {party.id: _evidence(call, party, also) for party in call.parties}
    speaking = [party for party in call.parties if heard[party.id].words]
    if not speaking:
        return call
    roles = _machines(speaking, heard)
    people = [party for party in speaking if party.id not in roles]
    passing = {call.turns[turn].party for place in handovers(call) for turn in (place.handed, place.arrived)}
    roles |= _sole(people[0], heard) if len(people) == 1 else _among(people, heard, passing)
    return replace(call, parties=tuple(_given(party, roles) for party in call.parties))


def _given(party: Party, roles: Mapping[str, tuple[Role, float]]) -> Party:
    role, confidence = roles.get(party.id, (party.role, party.role_confidence))
    return replace(party, role=role, role_confidence=round(confidence, 3))


def _evidence(call: Call, party: Party, also: str = "") -> Evidence:
    turns = [turn for turn in call.turns if turn.party == party.id]
    texts = [plain(turn.text, also) for turn in turns]
    words = sum(len(text.split()) for text in texts)
    said = {role: sum(weight(role, text, also) for text in texts) for role in ("agent", "customer", "ivr")}
    told = _told(call, party)
    scale = 1.0 / math.sqrt(max(1.0, words / LENGTH))
    third = sum(weight("third_party", text) for text in texts[:SOON]) if _placed(call) else 0.0
    asked = ASKED if _placed(call) and any(ASKS.search(text) for text in texts[:OPENING]) else 0.0
    machine = MACHINE if _placed(call) and GREETING.search(turns[0].text.lower() if turns else "") else 0.0
    spoken = (said["agent"] - said["customer"]) * scale + asked - machine - third
    return Evidence(spoken + told, said["ivr"] * scale, third, words, spoken)


def _told(call: Call, party: Party) -> float:
    """Evidence beside the words: who spoke first, and on which channel."""
    first = min(call.turns, key=lambda turn: turn.start).party == party.id
    answered = -FIRST if _placed(call) else FIRST
    channel = {0: RECORDER, 1: -RECORDER}.get(party.channel, 0.0) if party.channel is not None else 0.0
    return (answered if first else 0.0) + channel


def _placed(call: Call) -> bool:
    """True where the agent's side called: whoever speaks first then was called, or is that one's answering machine."""
    if call.metadata.direction is not None:
        return call.metadata.direction == "outbound"
    opening = min(call.turns, key=lambda turn: turn.start).text.lower()
    return bool(HELLO.fullmatch(opening) or GREETING.search(opening))


def _is_menu(text: str) -> bool:
    return weight("ivr", plain(text)) >= MENU


def _machines(parties: list[Party], heard: Mapping[str, Evidence]) -> dict[str, tuple[Role, float]]:
    """Announcements: a party that says hardly anything but menu phrases."""
    return {p.id: ("ivr", 0.9) for p in parties if heard[p.id].ivr >= MENU and heard[p.id].ivr > abs(heard[p.id].agent)}


def _sole(party: Party, heard: Mapping[str, Evidence]) -> dict[str, tuple[Role, float]]:
    lead = heard[party.id].agent
    if abs(lead) < DOUBTFUL or heard[party.id].said * lead <= 0:
        return {party.id: ("unknown", 0.0)}
    return {party.id: ("agent" if lead > 0 else "customer", _sure(abs(lead)))}


def _among(people: list[Party], heard: Mapping[str, Evidence], passing: set[str]) -> dict[str, tuple[Role, float]]:
    """One agent, one customer, and whoever else is there. ``passing``: who handed the call over, or took it."""
    if not people:
        return {}
    ranked = sorted(people, key=lambda party: heard[party.id].agent)
    total = sum(heard[party.id].words for party in people)
    agent = ranked[-1]
    colleagues = {p.id for p in people if heard[p.id].agent > 1.0 and heard[p.id].words > FEW * total} | passing
    others = sorted(
        (party for party in people if party.id != agent.id), key=lambda p: (p.id in colleagues, -heard[p.id].words)
    )
    lead = heard[agent.id].agent - heard[others[0].id].agent
    by_words = heard[agent.id].said - heard[others[0].id].said
    if min(lead, by_words) < DOUBTFUL:  # order and channel alone decide nothing
        return {party.id: ("unknown", 0.0) for party in people}
    called: Role = "third_party" if heard[others[0].id].third >= NOT_MEANT else "customer"
    roles: dict[str, tuple[Role, float]] = {agent.id: ("agent", _sure(lead)), others[0].id: (called, _sure(lead))}
    for party in others[1:]:
        if party.id in colleagues:
            roles[party.id] = ("agent", 0.8 if party.id in passing else 0.6)
        else:
            roles[party.id] = ("third_party", 0.5)
    return roles


def _sure(lead: float) -> float:
    """Confidence from the lead in weights: 0.5 at nothing, 0.9 at 2.2."""
    return 1.0 / (1.0 + math.exp(-lead))
