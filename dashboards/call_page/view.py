"""A call as its template wants it: all words chosen, all times written out, nothing left to decide in HTML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dashboards import wording
from dashboards.call_page.mood import Curve, Scorer, curves
from dashboards.call_page.noted import NoteView, note_views
from dashboards.call_page.reasons import SIGN_WORDS, Group, Place, Voices, groups, places, tone_of
from dashboards.call_page.removed import Original, Removed, removed
from dashboards.call_page.words import TurnView, Written, turn_view
from dashboards.desk import CallView
from dashboards.notes import Correction, Note
from pipeline.records import Part, Party, Seconds

LANES = ("agent", "customer", "third_party", "ivr")  # roles in the order of their lanes; unknown ones stand below


@dataclass(frozen=True, slots=True)
class Lane:
    """One party's line of the waveform. ``channel`` is empty for a mono recording."""

    party: str
    role: str
    name: str
    channel: int | str


@dataclass(frozen=True, slots=True)
class PartView:
    """One part of the score: its sentence, its share in percent, and where it is."""

    why: str
    share: int
    start: Seconds | None
    clock: str


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch that is shaded on the waveform: music, ringing, a finding that lasts."""

    kind: str
    start: Seconds
    end: Seconds


@dataclass(frozen=True, slots=True)
class Sight:
    """Who looks: their zone, and what they may do with this call."""

    zone: str
    may_listen: bool = True
    may_see_looks: bool = False
    may_comment: bool = False
    may_correct: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the result of a call: what people wrote, whether its original is kept, what scores its mood."""

    notes: Sequence[Note] = ()
    blind: bool = False  # the comments of others are kept back until the viewer's own review is done
    corrections: Mapping[str, Correction] = field(default_factory=dict)
    original: Original = field(default_factory=Original)
    scorer: Scorer | None = None


@dataclass(frozen=True, slots=True)
class CallPage:
    """What call.html shows. ``audio`` and ``peaks`` are addresses, or None where there is nothing to hear."""

    id: str
    name: str
    about: tuple[str, ...]
    score: int
    judged: bool  # False: score and reasons are not for this viewer
    duration: Seconds
    audio: str | None
    silent: bool
    peaks: str | None
    sight: Sight
    marks: tuple[tuple[str, str], ...]
    doubts: tuple[str, ...]
    lanes: tuple[Lane, ...]
    turns: tuple[TurnView, ...]
    parts: tuple[PartView, ...]
    groups: tuple[Group, ...]
    places: tuple[Place, ...]
    signs: tuple[tuple[str, str, str], ...]
    bands: tuple[Band, ...]
    curves: tuple[Curve, ...]
    heard_mood: bool  # whether the curves are of words and voice
    removed: tuple[Removed, ...]
    kept_until: str
    notes: tuple[NoteView, ...]
    blind: bool
    facts: tuple[tuple[str, str], ...]
    measures: tuple[tuple[str, str], ...]
    looked: tuple[tuple[str, str], ...] | None  # None: the viewer may not know


def call_page(call: CallView, sight: Sight, beside: Beside = Beside()) -> CallPage:
    """The page of ``call`` as ``sight`` sees it, with what stands ``beside`` it; sound only for who may listen."""
    voices = _voices(call.parties)
    listed = groups(call, voices)
    row, heard, zone = call.row, call.has_audio and sight.may_listen, sight.zone
    doubts = sorted(row.marks, key=wording.gravity)
    written = Written(beside.corrections, zone)
    marked = places(listed)
    return CallPage(
        id=row.id,
        name=_name(call),
        about=_about(call, zone),
        score=wording.score(row.score),
        judged=row.judged,
        duration=round(row.duration, 3),
        audio=f"/calls/{row.id}/audio" if heard else None,
        silent=not call.has_audio and call.models.get("asr", "").startswith("imported from "),
        peaks=f"/calls/{row.id}/peaks" if heard else None,
        sight=sight,
        marks=tuple(wording.mark(mark) for mark in doubts),
        doubts=tuple(wording.mark(mark)[1] for mark in doubts),
        lanes=_lanes(call.parties, voices),
        turns=tuple(turn_view(turn, voices.roles, voices.names, written) for turn in call.turns),
        parts=tuple(_part(part) for part in call.interest.parts),
        groups=listed,
        places=marked,
        signs=tuple((tone, *said) for tone, said in SIGN_WORDS.items() if any(one.tone == tone for one in marked)),
        bands=_bands(call),
        curves=curves(call.turns, call.parties, row.marks, row.duration, beside.scorer, call.moods)
        if beside.scorer
        else (),
        heard_mood=any(mood.raised is not None for mood in call.moods),
        removed=removed(call.turns, beside.original),
        kept_until=wording.when(beside.original.until, zone) if beside.original.until else "",
        notes=note_views(beside.notes, zone),
        blind=beside.blind,
        facts=tuple(_facts(call, zone)),
        measures=tuple(wording.measure(measure.name, measure.value) for measure in call.measures),
        looked=_looked(call, zone) if sight.may_see_looks else None,
    )


def _looked(call: CallView, zone: str) -> tuple[tuple[str, str], ...]:
    """Each person once a day, with the last time of that day and how often; the newest first."""
    found: dict[tuple[str, str], list[datetime]] = {}
    for at, who in call.looked:
        found.setdefault((wording.day(at, zone), who), []).append(at)
    return tuple(
        (wording.when(times[0], zone), f"{who}, {len(times)} times that day" if len(times) > 1 else who)
        for (_day, who), times in found.items()
    )


def _bands(call: CallView) -> tuple[Band, ...]:
    """Findings that last, and what was heard beside speech."""
    found = [Band(tone_of(one), one.start, one.end) for one in call.findings if one.end > one.start]
    return (*found, *(Band(event.kind, event.start, event.end) for event in call.events if event.kind != "silence"))


def _name(call: CallView) -> str:
    return call.row.name or call.row.id[:8]


def _about(call: CallView, zone: str) -> tuple[str, ...]:
    row = call.row
    direction = wording.DIRECTIONS.get(row.direction or "", "")
    started = wording.when(row.started_at, zone) if row.started_at else ""
    agent = f"agent {row.agent}" if row.agent else ""
    return tuple(part for part in (started, direction, row.queue, agent, wording.length(row.duration)) if part)


def _voices(parties: Sequence[Party]) -> Voices:
    """Names by role; two of a kind are numbered."""
    many = Counter(party.role for party in parties)
    seen: Counter[str] = Counter()
    names = {}
    for party in parties:
        seen[party.role] += 1
        name = wording.role(party.role)
        names[party.id] = f"{name} {seen[party.role]}" if many[party.role] > 1 else name
    return Voices({party.id: party.role for party in parties}, names)


def _lanes(parties: Sequence[Party], voices: Voices) -> tuple[Lane, ...]:
    """One lane for each party, the agent's first on every call, whichever channel it was recorded on."""
    return tuple(
        Lane(party.id, party.role, voices.names[party.id], "" if party.channel is None else party.channel)
        for party in sorted(parties, key=lambda one: LANES.index(one.role) if one.role in LANES else len(LANES))
    )


def _part(part: Part) -> PartView:
    return PartView(
        wording.sentence(part.why), round(100 * min(1.0, part.share)), part.start, wording.clock(part.start)
    )


def _facts(call: CallView, zone: str) -> list[tuple[str, str]]:
    started = call.row.started_at
    known = [("Started", wording.when(started, zone))]
    known += [("Times in", wording.zone_name(zone, started))] if started else []
    known += [("Length", wording.length(call.row.duration))]
    known += [("Direction", wording.DIRECTIONS.get(call.row.direction or "", "not known"))]
    known += wording.facts(call.metadata)
    removed = ", ".join(f"{count} {wording.plain(name.lower()).lower()}" for name, count in call.redactions.items())
    known += [("Removed", removed or "nothing"), ("Language", call.language or "not judged")]
    known += [("Sound", sound)] if (sound := _sound(call)) else []
    known += [("Recording", call.source)] if call.source else []
    known += [(wording.plain(step), model) for step, model in call.models.items()]
    known += [("Result", f"version {call.version}, {wording.when(call.made_at, zone)}")]
    return known


def _sound(call: CallView) -> str:
    """How well it was recorded, and which setting would mend what is wrong; empty where nobody measured it."""
    level = next((one.value for one in call.measures if one.name == "signal_to_noise"), None)
    if level is None:
        return ""
    advice = next((one.why for one in call.findings if one.kind == "recorder_setting"), "")
    return f"voice {level:.0f} dB above the noise{'; ' + advice if advice else ''}"
