"""The words people read: times, lengths, names of kinds, marks and measures.

Machine words (``asr_unsure``, ``dead_air``) are turned into plain ones here and nowhere else. What has no entry is
spelled out from its machine word, so that a new analyzer needs no change here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from dashboards.moments import Moment
from pipeline.records import Metadata, Seconds, Span

ROLE_NAMES = {
    "agent": "Agent",
    "customer": "Customer",
    "ivr": "Phone system",
    "third_party": "Third party",
    "unknown": "Unknown",
}
MARKS = {
    "asr_unsure": ("words unsure", "The recogniser is not sure of the words of this call; listen before you judge."),
    "foreign_language": ("other language?", "This does not sound like the language the recogniser was made for."),
    "no_speech": ("no speech", "No speech was heard in this recording."),
    "times_estimated": ("times near", "The transcript came with times of turns; those of words are estimates."),
    "times_unknown": ("no times", "The transcript came without times; they only tell the order of what was said."),
    "sound_withheld": (
        "sound withheld",
        "Words were removed, and nobody knows where in the sound they are: it is not kept.",
    ),
    "demo_model": ("demo recogniser", "Words come from the demo recogniser, which knows synthetic voices only."),
}
KINDS = {
    "dead_air": "Dead air",
    "hold": "Hold",
    "talk_over": "Talking over each other",
    "interruption": "Interruption",
    "talk_share": "Talk share",
    "speaking_rate": "Speaking rate",
    "loudness": "Loudness",
    "monologue": "Long talk",
    "rushed": "Rushed",
    "sentiment": "Mood",
    "case": "Suspicion",
}
REMOVED = re.compile(r"\[([A-Z][A-Z_]+)\]")  # how redaction writes a removed word: [CARD_CODE]
CALL_ID = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{24}\b")  # its first eight stand for it, as in lists
MACHINE_WORD = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")  # no_answer, call_type
MOMENT = re.compile(r"\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?\+00:00")
OF_RULES = {"rule": "Rule", "signal": "Sign"}
PACKS = {
    "pci": "Card data (PCI)",
    "fca_uk": "FCA, UK",
    "collections_us": "Collections, US",
    "lending_us": "Lending, US",
    "telemarketing_us": "Telemarketing, US",
    "identity": "Identity of callers",
    "recording": "Recording and consent",
}
FAILED = "failed:"  # begins the mark of a step that could not be done on this call
MEASURES = {
    "breaches": "Rules not met",
    "unsure": "Rules unsure",
    "fraud_case": "Signs of fraud",
    "sentiment": "Mood",
    "sentiment_start": "Mood at the start",
    "sentiment_end": "Mood at the end",
    "sentiment_change": "Mood, change from start to end",
    "sentiment_worst": "Mood at its worst",
    "sentiment_recovery": "Mood, recovery from the worst",
    "sentiment_words": "Mood of words alone",
    "loudness_rise": "Loudest above usual, dB",
    "pitch_rise": "Highest above usual, semitones",
}
VERDICTS = {"PASS": "Pass", "FAIL": "Fail", "NOT_APPLICABLE": "N/A", "UNSURE": "Unsure"}
DIRECTIONS = {"inbound": "Inbound", "outbound": "Outbound"}
FIELDS = {
    "call_id": "Call id",
    "call_type": "Kind of call",
    "queue": "Queue",
    "team": "Team",
    "agent_id": "Agent",
    "customer_id": "Customer",
    "account_id": "Account",
    "debt_id": "Debt",
    "person_number": "Number",
    "person_zone": "Person's time zone",
    "person_state": "Person's state",
    "campaign": "Campaign",
    "consent_recording": "Agreed to recording",
    "consent_voiceprint": "Agreed to voiceprint",
    "trusted_transcript": "Transcript checked by people",
}


def plain(word: str) -> str:
    """``card_read_back`` -> ``Card read back``."""
    return sentence(word.replace("_", " ").replace(".", " · ").strip())


def sentence(text: str) -> str:
    """Reasons come as pieces of sentences; on screen each begins like one, with removed words and ids of calls for people."""
    text = REMOVED.sub(lambda found: f"[{found[1].replace('_', ' ').lower()}]", text)
    text = CALL_ID.sub(lambda found: found[1], text)
    text = MOMENT.sub(lambda found: f"{when(datetime.fromisoformat(found[0]), 'UTC')} UTC", text)
    text = MACHINE_WORD.sub(_spoken_out, text)
    return text[:1].upper() + text[1:]


def _spoken_out(found: re.Match[str]) -> str:
    name = FIELDS.get(found[0])
    return name[:1].lower() + name[1:] if name else found[0].replace("_", " ")


def clock(seconds: Seconds | None) -> str:
    """A place in a call: ``1:13``, ``1:02:03``."""
    if seconds is None:
        return ""
    minutes, rest = divmod(int(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def length(seconds: Seconds) -> str:
    """How long something took: ``41 s``, ``4 min 10 s``, ``1 h 2 min``."""
    if seconds < 60:
        return f"{seconds:.0f} s" if seconds >= 10 or seconds == int(seconds) else f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)  # as `clock`: both stand beside each other
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


def when(moment: datetime | None, zone: str) -> str:
    """A moment in the viewer's zone: ``20 Nov 2026, 14:05``. The zone's name stands once on the page.

    A template shows it with the call centre's own clock behind it; of a sentence it becomes a part like any text.
    """
    return "not known" if moment is None else Moment(f"{day(moment, zone)}, {hour(moment, zone)}", moment, zone)


def day(moment: datetime | None, zone: str) -> str:
    """The day of a moment in the viewer's zone: ``20 Nov 2026``."""
    return "" if moment is None else f"{local(moment, zone).day} {local(moment, zone):%b %Y}"


def hour(moment: datetime | None, zone: str) -> str:
    return "" if moment is None else f"{local(moment, zone):%H:%M}"


def zone_name(zone: str, moment: datetime | None = None) -> str:
    """The zone as people know it: ``Europe/Helsinki (EET)``."""
    if moment is None:
        return zone.replace("_", " ")
    short = local(moment, zone).tzname() or ""
    named = short and not short.startswith(("+", "-")) and short != zone
    return f"{zone.replace('_', ' ')} ({short})" if named else zone.replace("_", " ")


def score(value: float) -> int:
    """Scores of 0 to 1 are shown as 0 to 100."""
    return round(100 * value)


def mark(word: str) -> tuple[str, str]:
    """Label and explanation of a mark."""
    if word.startswith(FAILED):
        step = plain(word.removeprefix(FAILED)).lower()
        return (
            f"no {step}",
            f"The step that looks for {step} failed on this call, so nothing it would have found is shown.",
        )
    return MARKS.get(word, (plain(word).lower(), plain(word)))


def gravity(mark_: str) -> int:
    """Marks in the order of MARKS, the gravest first; unknown ones before all."""
    return list(MARKS).index(mark_) if mark_ in MARKS else -1


def kind(word: str) -> str:
    """The name of a kind of finding; of ``case:fraud`` what stands before the colon counts where it has a name."""
    return KINDS.get(word) or KINDS.get(word.partition(":")[0]) or plain(word.rpartition(":")[2])


def thing(word: str, rules: Mapping[str, str]) -> str:
    """A kind of finding or a reason; of rules (``rules``: title by id) and their signals the title says more than the id."""
    what, _, name = word.partition(":")
    if what in OF_RULES and name:
        title = rules.get(name, "")
        return f"{name} {title}" if title and title != name else f"{OF_RULES[what]} {name}"
    return plain(word.removeprefix("topic.")) if word.startswith("topic.") else kind(word)


def pack(word: str) -> str:
    """A pack of rules: ``fca_uk`` -> ``FCA, UK``."""
    if not word:
        return "Other rules"
    return PACKS.get(word) or plain(word)


def counted(n: int, one: str, many: str = "") -> str:
    """``1 call``, ``2 calls``, ``1,042 calls``."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def role(word: str) -> str:
    return ROLE_NAMES.get(word, plain(word))


def measure(name: str, value: float) -> tuple[str, str]:
    """Label and value of a measure. Names ending in ``_share`` are shares of one, in ``_seconds`` lengths."""
    base, _, of = name.partition(".")
    unit = next((unit for unit in ("_share", "_seconds") if base.endswith(unit)), "")
    label = MEASURES.get(base) or plain(base.removesuffix(unit))
    if of:
        label = f"{label}, {role(of).lower() if of in ROLE_NAMES else plain(of).lower()}"
    if unit == "_share":
        return label, f"{100 * value:.0f} %"
    if unit == "_seconds":
        return label, length(value)
    return label, f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}"


def facts(metadata: Metadata) -> list[tuple[str, str]]:
    """What the recorder said about a call, as label and text; what it did not say is left out."""
    known = [(label, _text(getattr(metadata, name))) for name, label in FIELDS.items()]
    known += [("Recording paused", _spans(metadata.pause_events)), ("Payment", _spans(metadata.payment_events))]
    known += [(plain(name), value) for name, value in metadata.extra.items()]
    return [(label, text) for label, text in known if text]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _spans(spans: tuple[Span, ...]) -> str:
    return ", ".join(f"{clock(span.start)} to {clock(span.end)}" for span in spans)
