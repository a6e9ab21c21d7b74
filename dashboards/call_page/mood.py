"""The mood of the words over a call, as a curve for each of the two who matter.

A lexicon scores each turn from -1 to 1, here for the eye alone: ranking and reports use what the analyzer of sentiment
found when the call was judged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboards.wording import clock
from pipeline.records import Party, Seconds, Turn

Scorer = Callable[[Sequence[str]], Sequence[float]]  # texts -> how each sounds, from -1 to 1
UNSURE = frozenset({"asr_unsure", "foreign_language"})  # marks of calls whose words nobody can trust
LEAST = 2  # turns without which there is no curve
HEIGHT = 40  # of the drawing; its width is 1000
LOW, HIGH = -0.3, 0.3  # what people would call bad and good


@dataclass(frozen=True, slots=True)
class Curve:
    """One person's mood: ``points`` for an SVG polyline of 1000 x HEIGHT, ``says`` the same in words."""

    role: str
    name: str
    points: str
    says: str


def curves(
    turns: Sequence[Turn], parties: Sequence[Party], marks: Sequence[str], duration: Seconds, scorer: Scorer
) -> tuple[Curve, ...]:
    """Curves of customer and agent; none where the words are too unsure to have a mood."""
    if UNSURE & set(marks) or duration <= 0:
        return ()
    drawn = (_curve(role, turns, {party.id for party in parties if party.role == role}, duration, scorer)
             for role in ("customer", "agent"))  # fmt: skip
    return tuple(curve for curve in drawn if curve is not None)


def _curve(role: str, turns: Sequence[Turn], ids: set[str], duration: Seconds, scorer: Scorer) -> Curve | None:
    said = [
        (turn, " ".join(word.text for word in turn.words if not word.redacted)) for turn in turns if turn.party in ids
    ]
    said = [(turn, text) for turn, text in said if text]
    if len(said) < LEAST:
        return None
    scores = scorer([text for _turn, text in said])
    places = [((turn.start + turn.end) / 2, score) for (turn, _text), score in zip(said, scores, strict=True)]
    points = " ".join(f"{1000 * at / duration:.0f},{HEIGHT / 2 * (1 - score):.1f}" for at, score in places)
    at, worst = min(places, key=lambda place: place[1])
    name = role.capitalize()
    begins, ends = (
        _word(_mean(scores[: -(-len(scores) // 3)])),
        _word(_mean(scores[-(-len(scores) // 3) * 2 :] or scores[-1:])),
    )
    lowest = f", lowest at {clock(at)}" if worst < LOW else ""
    return Curve(role, name, points, f"{name} begins {begins} and ends {ends}{lowest}")


def _word(score: float) -> str:
    return "bad" if score < LOW else "good" if score > HIGH else "neutral"


def _mean(scores: Sequence[float]) -> float:
    return sum(scores) / len(scores)
