"""Sounds of the line: keys pressed, ringing, beeps, tones, and how long music and silence lasted.

The sounds were found where the samples were in memory (pipeline.audio.events); here they become places to listen to. Of keys
only the number is known: their tones are cut from every copy. Music is waiting, which the `hold` analyzer tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.analyzers._speech import total, union
from pipeline.records import Call, Event, Evidence, Finding, Measure

NAMES = {"dtmf": "keys_pressed", "ring": "ringing", "beep": "beep", "tone": "tone"}
DOES = {"ring": "rang", "beep": "beeped", "tone": "sounded a tone"}


@dataclass(frozen=True)
class Sounds:
    """One finding for each row of keys, ringing, beep and tone; they rank no call."""

    name: str = "sounds"
    version: str = "1"
    weight: float = 0.0
    needs: tuple[str, ...] = ("audio",)
    facets: tuple[str, ...] = ("keys_pressed", "ring_seconds", "music_seconds")

    def analyze(self, call: Call) -> list[Finding | Measure]:
        if call.audio is None:
            return []
        keys = [event for event in call.events if event.kind == "dtmf"]
        return [
            Measure("keys_pressed", float(sum(event.count for event in keys))),
            *(
                Measure(f"{kind}_seconds", round(total(union(_spans(call.events, kind))), 2))
                for kind in ("ring", "music", "silence")
            ),
            *(
                _finding(call, event)
                for n, event in enumerate(call.events)
                if event.kind in NAMES and not _known(call, n)
            ),
        ]


def _known(call: Call, number: int) -> bool:
    """Whether an earlier event is the same sound, heard on another channel."""
    event = call.events[number]
    return any(
        other.kind == event.kind
        and other.channel != event.channel
        and event.start < other.end
        and other.start < event.end
        for other in call.events[:number]
    )


def _finding(call: Call, event: Event) -> Finding:
    said = _said(event)
    party = next((p.id for p in call.parties if p.channel == event.channel and p.channel is not None), "")
    name, end = NAMES[event.kind], min(event.end, call.duration)
    where = Evidence(f"({name.replace('_', ' ')})", event.start, end, party)
    return Finding(f"sound:{name}", 0.1, event.start, end, said, (where,), {"count": event.count})


def _said(event: Event) -> str:
    if event.kind == "dtmf":
        keys = "one key was" if event.count == 1 else f"{event.count} keys were"
        return f"{keys} pressed on the telephone; the tones were removed, nobody can tell which"
    times = "" if event.count == 1 else " twice" if event.count == 2 else f" {event.count} times"
    return f"the line {DOES[event.kind]}{times}, {event.end - event.start:.1f} s"


def _spans(events: Sequence[Event], kind: str) -> list[tuple[float, float]]:
    return [(event.start, event.end) for event in events if event.kind == kind]


analyzer = Sounds()
