"""What may be concluded when words were not found.

Not finding words in a transcript is not the same as their not being said. Before absence becomes a FAIL there is a second
look by sound where posteriors exist; without them the words of the span must have been heard well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rules.engine.certainty import QUIET, SILENT, call_doubts, role_doubt
from rules.engine.hits import Hit
from rules.engine.outcomes import Outcome, failed, passed, unsure
from rules.engine.patterns import Pattern
from rules.engine.view import CallView
from rules.facts import Stretch
from rules.language.phrase import plain
from rules.language.schema import Said
from rules.records import Evidence, Seconds, Value

BY_SOUND = 0.8  # score of the second look from which the phrase counts as said
PERHAPS = 0.5  # ... from which it may have been said
MOST_PHRASES = 40
_ANYBODY: frozenset[str] = frozenset()


def missing(
    view: CallView,
    said: Said,
    what: str,
    *,
    start: Seconds = 0.0,
    end: Seconds = float("inf"),
    shown: Iterable[Hit] = (),
) -> Outcome:
    """The answer when ``said`` was not found between ``start`` and ``end``: FAIL, or why it cannot be FAIL."""
    pattern = view.program.linker.known(said)
    low, high = view.window(pattern)
    start, end = max(start, low), min(end, high, max(view.call.duration, view.last_word) + 0.001)
    if view.heard is not None:
        return _second_look(view, pattern, what, start, end, tuple(shown))
    doubts = view.silence_doubts(pattern.roles, start, end, SILENT)
    if doubts:
        return unsure(f"{what} was not found, but {'; '.join(doubts)}", shown)
    return failed(f"{what} was not said", shown)


def _second_look(
    view: CallView, pattern: Pattern, what: str, start: Seconds, end: Seconds, shown: tuple[Hit, ...]
) -> Outcome:
    assert view.heard is not None
    phrases = _ways(view, pattern)
    if not phrases:
        return unsure(f"{what} was not found, and it cannot be searched for by sound", shown)
    score, clip = view.heard.find(phrases, Stretch(start, max(start, end)), _only_party(view, pattern))
    score = round(float(score), 4)
    # Where to listen, without words: the transcript has others there, and quoted they would pass for what was looked for.
    closest: tuple[Evidence, ...] = () if clip is None else (replace(clip, quote=""),)
    if score >= BY_SOUND:
        return _with(passed(f"{what} is not in the transcript but was heard by sound ({score:.0%})"), closest, score)
    if score >= PERHAPS:
        return _with(unsure(f"{what} is not in the transcript; by sound it may be ({score:.0%})"), closest, score)
    doubts = (*call_doubts(view.call), *_role_doubts(view, pattern), *view.sound_doubts(pattern.roles, start, end))
    if doubts:
        return unsure(f"{what} was not found, but {'; '.join(doubts)}", shown)
    outcome = failed(f"{what} was not said, and was not found by sound ({score:.0%} at the closest place)", shown)
    return _with(outcome, (*outcome.evidence, *closest), 1.0 - score)


def _with(outcome: Outcome, evidence: tuple[Evidence, ...], confidence: float) -> Outcome:
    assert outcome.value is not Value.NOT_APPLICABLE
    return Outcome(outcome.value, outcome.reason, evidence, round(confidence, 4))


def _ways(view: CallView, pattern: Pattern) -> list[str]:
    """Plain ways to say the pattern, a few of each phrase."""
    numbers = [*pattern.any_of, *(number for event in pattern.events for number in event.any_of)]
    each = max(1, MOST_PHRASES // max(1, len(numbers)))
    return [way for number in numbers for way in plain(view.program.expressions[number].tree, each)][:MOST_PHRASES]


def _only_party(view: CallView, pattern: Pattern) -> str | None:
    fitting = [party.id for party in view.call.parties if role_doubt(party, pattern.roles) is not False]
    return fitting[0] if len(fitting) == 1 else None


def _role_doubts(view: CallView, pattern: Pattern) -> tuple[str, ...]:
    doubts = [role_doubt(party, pattern.roles) for party in view.call.parties]
    return () if any(doubt is None for doubt in doubts) or not pattern.roles else ("it is not known who is who",)


def quiet_doubts(view: CallView, said: Said, *, start: Seconds = 0.0, end: Seconds = float("inf")) -> tuple[str, ...]:
    """Why it cannot even be said that the call was quiet of ``said``, the usual case; empty where it can."""
    if said.means is not None and view.meaning is None:
        return ("no sentence model is installed to compare meanings",)
    return view.silence_doubts(_ANYBODY, start, end, QUIET)
