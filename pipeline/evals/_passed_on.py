"""Calls that are passed on, made of two dialogues: is the transfer found at its second, and the second agent an agent?

Two arms: the colleagues are ``apart`` (diarization gave each a party) or on ``one_channel`` (both are one party, and only
the words can part them). Some of the sentences say it in ways that no cue of `pipeline.roles.transfers` knows.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.analyzers.transfer import Transfer
from pipeline.measuring.dialogues import PACE
from pipeline.records import Call, Finding, Party, Turn, Word
from pipeline.roles import assign_roles

OVER = (
    "let me transfer you to our billing department please hold",
    "i'm going to put you through to a specialist one moment",
    "i will connect you with the technical team stay on the line",
    "i'll be transferring your call to a supervisor now",
    "let me pass you on to my colleague in claims",
    "i am handing you over to the sales team",
    "our returns desk has to look at that so i'll send you over to them",
    "someone from accounts will take it from here please stay with me",
)
HELLO = (
    "thank you for holding this is {} in billing how can i help you",
    "hello my name is {} i understand you have a question for us",
    "hi you're speaking with {} from the technical team what seems to be the problem",
    "good afternoon {} speaking how may i assist",
    "thanks for waiting {} here i have your account in front of me",
)
NAMES = ("marta", "oliver", "priya", "samuel", "ines", "jonas")
WAITS = (2.0, 15.0, 45.0, 120.0)
CLOSE = 10.0  # seconds by which the second may be off
HANDOVERS = 100


def transfers(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """``recall``, ``second_agent`` (own party with the role agent) and ``customer`` (still the customer) of both arms, and
    ``false``: transfers found in dialogues without one. Empty where there are no two dialogues of an agent and a customer."""
    fitting = [row for row in rows if _two(row)]
    if len(fitting) < 2:
        return {}
    rng = random.Random("transfers")
    pairs = [tuple(rng.sample(fitting, 2)) for _ in range(min(HANDOVERS, 4 * len(fitting)))]
    figures: dict[str, Any] = {"n": len(pairs)}
    for arm in ("apart", "one_channel"):
        told = [_told(first, second, random.Random(n), apart=arm == "apart") for n, (first, second) in enumerate(pairs)]
        figures[arm] = {name: round(sum(one[name] for one in told) / len(told), 3) for name in told[0]}
    whole = [_found(assign_roles(_call(_said(row, "a", "c")))) for row in fitting]
    return {**figures, "false": f"{sum(bool(found) for found in whole)} in {len(whole)} dialogues"}


def _two(row: Mapping[str, Any]) -> bool:
    return sorted(str(role).strip().lower() for role in row["roles"].values()) == ["agent", "customer"]


def _said(row: Mapping[str, Any], agent: str, customer: str) -> list[tuple[str, str]]:
    roles = {speaker: str(role).strip().lower() for speaker, role in row["roles"].items()}
    who = {"agent": agent, "customer": customer}
    return [(who[roles[t["speaker"]]], str(t["text"])) for t in row["turns"] if t["speaker"] in roles]


def _told(first: Mapping[str, Any], second: Mapping[str, Any], rng: random.Random, *, apart: bool) -> dict[str, bool]:
    """One call: most of the first dialogue, the handover, a wait, and the second dialogue without its greeting."""
    colleague = "b" if apart else "a"
    before, after = _said(first, "a", "c"), _said(second, colleague, "c")
    before = before[: max(2, len(before) * 2 // 3)]
    hello = rng.choice(HELLO).format(rng.choice(NAMES))
    parts = [*before, ("a", rng.choice(OVER)), ("c", "okay thank you"), (colleague, hello), *after[1:]]
    call = assign_roles(_call(parts, wait_at=len(before) + 2, wait=rng.choice(WAITS)))
    handed, arrived = call.turns[len(before)], call.turns[len(before) + 2]
    found = _found(call)
    return {
        "recall": any(abs(f.start - handed.start) <= CLOSE or abs(f.end - arrived.start) <= CLOSE for f in found),
        "second_agent": arrived.party != handed.party and call.role_of(arrived.party) == "agent",
        "first_agent": call.role_of(handed.party) == "agent",
        "customer": call.role_of(call.turns[len(before) + 1].party) == "customer",
    }


def _call(said: Sequence[tuple[str, str]], *, wait_at: int = -1, wait: float = 0.0) -> Call:
    turns: list[Turn] = []
    at = 0.0
    names = {who: f"s{n}" for n, who in enumerate(dict.fromkeys(who for who, _ in said), 1)}
    for number, (who, text) in enumerate(said):
        at += wait if number == wait_at else PACE
        party = names[who]
        words = tuple(
            Word(w, at + n * PACE, at + (n + 1) * PACE, None, party) for n, w in enumerate(text.split() or ["-"])
        )
        turns.append(Turn(party, at, words[-1].end, words))
        at = words[-1].end
    return Call("made", turns=tuple(turns), parties=tuple(Party(name) for name in sorted(names.values())), trusted=True)


def _found(call: Call) -> list[Finding]:
    return [fact for fact in Transfer().analyze(call) if isinstance(fact, Finding)]
