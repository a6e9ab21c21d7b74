"""Findings and verdicts as the call page lists them, and the places they mark on the waveform.

A finding that a rule made stands beside the verdict of that rule; only the verdict is listed then, so that nothing is
told twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from dashboards.desk import CallView
from dashboards.wording import VERDICTS, clock, kind, plain, sentence
from pipeline.records import Evidence, Finding, Seconds, Value, Verdict

TONES = {Value.FAIL: "fail", Value.UNSURE: "unsure", Value.PASS: "pass", Value.NOT_APPLICABLE: ""}
SIGN_WORDS = {  # tone -> its sign on the waveform and what the sign means
    "fail": ("!", "rule not met"), "unsure": ("?", "rule that could not be judged"), "finding": ("•", "finding"),
    "silence": ("…", "silence or hold"), "overlap": ("&", "both speak at once"),
}  # fmt: skip
SOUNDS = {"dead_air": "silence", "hold": "silence", "talk_over": "overlap", "interruption": "overlap"}
REDACTED = re.compile(r"\[([A-Z][A-Z_]+)\]")  # how redaction writes a removed word: [CARD_CODE]
MARKED = frozenset(SIGN_WORDS)  # what passed is listed, but would crowd the waveform


@dataclass(frozen=True, slots=True)
class Quote:
    """A piece of evidence as a button that plays it."""

    start: Seconds
    clock: str
    role: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding or verdict. ``label`` is the chip: a time for findings, the value for verdicts."""

    tone: str
    label: str
    title: str
    why: str
    start: Seconds | None
    end: Seconds | None
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Reasons of one kind under one heading; ``folded`` ones open on demand."""

    id: str
    title: str
    reasons: tuple[Reason, ...]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A mark on the waveform."""

    start: Seconds
    clock: str
    tone: str
    sign: str
    label: str


@dataclass(frozen=True, slots=True)
class Voices:
    """Roles and names of the parties, by party id."""

    roles: Mapping[str, str]
    names: Mapping[str, str]


def groups(call: CallView, voices: Voices) -> tuple[Group, ...]:
    """Failed and unsure rules first, then findings by time, then what passed or did not apply, folded."""
    by_value = {
        value: [_verdict(v, call.rule_titles, voices) for v in call.verdicts if v.value == value] for value in Value
    }
    judged = {v.rule for v in call.verdicts}
    findings = [
        _finding(f, call.rule_titles, voices) for f in _by_time(call.findings) if f.facts.get("rule") not in judged
    ]
    return (
        Group("failed", "Rules not met", tuple(by_value[Value.FAIL])),
        Group("unsure", "Rules that could not be judged", tuple(by_value[Value.UNSURE])),
        Group("findings", "Findings", tuple(findings)),
        Group("passed", "Rules met", tuple(by_value[Value.PASS]), folded=True),
        Group("others", "Rules that do not apply", tuple(by_value[Value.NOT_APPLICABLE]), folded=True),
    )


def places(listed: Iterable[Group]) -> tuple[Place, ...]:
    """The marks, by time."""
    marked = [r for group in listed for r in group.reasons if r.start is not None and r.tone in MARKED]
    return tuple(
        Place(r.start, clock(r.start), r.tone, SIGN_WORDS[r.tone][0], f"{r.title}: {r.why}")
        for r in sorted(marked, key=lambda r: r.start or 0.0)
        if r.start is not None
    )


def tone_of(finding: Finding) -> str:
    """What a finding looks like on the waveform: silence and talking over each other have looks of their own."""
    return SOUNDS.get(finding.kind, "finding")


def _by_time(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (finding.start, finding.kind))


def _verdict(verdict: Verdict, titles: Mapping[str, str], voices: Voices) -> Reason:
    title = titles.get(verdict.rule) or plain(verdict.rule)
    quotes = tuple(_quote(evidence, voices) for evidence in verdict.evidence)
    start = verdict.evidence[0].start if verdict.evidence else None
    end = verdict.evidence[0].end if verdict.evidence else None
    tone = TONES[verdict.value]
    return Reason(tone, VERDICTS[verdict.value], title, sentence(verdict.reason), start, end, quotes)


def _finding(finding: Finding, titles: Mapping[str, str], voices: Voices) -> Reason:
    """A finding of a rule begins with the rule's title, which then is the heading."""
    title, why = kind(finding.kind), finding.why
    if (of_rule := titles.get(str(finding.facts.get("rule", "")))) is not None:
        title, why = of_rule, why.removeprefix(f"{of_rule}: ")
    quotes = tuple(_quote(evidence, voices) for evidence in finding.evidence)
    quotes = quotes or (Quote(finding.start, clock(finding.start), "", "", ""),)
    quotes = tuple(replace(one, text="") if one.text in finding.why and not one.name else one for one in quotes)
    at = clock(finding.start)
    return Reason(tone_of(finding), at, title, sentence(why), finding.start, finding.end, quotes)


def _quote(evidence: Evidence, voices: Voices) -> Quote:
    role, name = voices.roles.get(evidence.party, "unknown"), voices.names.get(evidence.party, "")
    quote = REDACTED.sub(lambda found: f"[{plain(found[1].lower()).lower()}]", evidence.quote)
    return Quote(evidence.start, clock(evidence.start), role, name, quote)
