"""Transfers: the second at which a call is passed on to another agent, and how long the customer waited for it.

Told by the words of handing over and the greeting of whoever takes over, or by a second agent's voice that begins when the
first one's has ended. Rules then know whose duty a greeting or a notice was: each agent is a party.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipeline.analyzers._speech import total, union
from pipeline.records import Call, Evidence, Finding, Measure, Turn
from pipeline.roles import handovers


@dataclass(frozen=True)
class Transfer:
    """One finding for each time a call is passed on."""

    name: str = "transfer"
    version: str = "1"
    weight: float = 0.2
    needs: tuple[str, ...] = ()
    facets: tuple[str, ...] = ("transfers",)
    few_words: int = 8  # of a second voice; less is a murmur beside the call

    def analyze(self, call: Call) -> list[Finding | Measure]:
        found = [*self._told(call)]
        known = {finding.facts["to"] for finding in found}
        found += [finding for finding in self._by_voice(call) if finding.facts["to"] not in known]
        return [Measure("transfers", float(len(found))), *sorted(found, key=lambda finding: finding.start)]

    def _told(self, call: Call) -> Iterator[Finding]:
        for place in handovers(call):
            before, after = call.turns[place.handed], call.turns[place.arrived]
            if {call.role_of(before.party), call.role_of(after.party)} == {"agent"} and before.party != after.party:
                yield _finding(call, before, after)

    def _by_voice(self, call: Call) -> Iterator[Finding]:
        """A second agent whose first words come after the last ones of the first."""
        spoken: dict[str, list[Turn]] = {}
        for turn in call.turns:
            if call.role_of(turn.party) == "agent":
                spoken.setdefault(turn.party, []).append(turn)
        agents = sorted(
            (turns for turns in spoken.values() if sum(len(turn.words) for turn in turns) >= self.few_words),
            key=lambda turns: turns[0].start,
        )
        for first, second in pairwise(agents):
            if second[0].start >= first[-1].end:
                yield _finding(call, first[-1], second[0])


def _finding(call: Call, before: Turn, after: Turn) -> Finding:
    wait = max(0.0, after.start - before.end)
    spoken = union((max(t.start, before.end), min(t.end, after.start)) for t in call.turns
                   if t.start < after.start and t.end > before.end)  # fmt: skip
    music = union(
        (e.start, e.end) for e in call.events if e.kind == "music" and e.start < after.start and e.end > before.end
    )
    how = "with music" if music else "in silence" if total(spoken) < wait / 2 else "with words"
    waiting = f" after {wait:.0f} s {how}" if wait >= 1 else ""
    evidence = tuple(Evidence(turn.text, turn.start, turn.end, turn.party) for turn in (before, after))
    return Finding(
        "transfer", min(1.0, 0.3 + wait / 300), before.start, max(before.start, after.start),
        f"the call was passed on to another agent{waiting}", evidence,
        {"from": before.party, "to": after.party, "wait_seconds": round(wait, 1)},
    )  # fmt: skip


analyzer = Transfer()
