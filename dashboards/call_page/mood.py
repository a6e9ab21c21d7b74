"""The mood over a call, as a curve for each of the two who matter.

What the analyzer of sentiment found of each turn, in words and voice, with a thin curve of the words alone where the voice changed
it. Results of before have no moods: then a lexicon scores the words, here for the eye alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboards.wording import clock
from pipeline.records import Mood, Party, Seconds, Turn

Scorer = Callable[[Sequence[str]], Sequence[float]]  # texts -> how each sounds, from -1 to 1
UNSURE = frozenset({"asr_unsure", "foreign_language"})  # marks of calls whose words nobody can trust
LEAST = 2  # turns without which there is no curve
HEIGHT = 40  # of the drawing; its width is 1000
LOW, HIGH = -0.3, 0.3  # what people would call bad and good
SEEN = 0.05  # difference of voice from words that an eye sees


@dataclass(frozen=True, slots=True)
class Curve:
    """One person's mood: ``points`` for an SVG polyline of 1000 x HEIGHT, ``says`` the same in words.

    ``words``: the points of the words alone; empty where the voice changes nothing.
    """

    role: str
    name: str
    points: str
    says: str
    words: str = ""


def curves(
    turns: Sequence[Turn], parties: Sequence[Party], marks: Sequence[str], duration: Seconds, scorer: Scorer,
    moods: Sequence[Mood] = (),
) -> tuple[Curve, ...]:  # fmt: skip
    """Curves of customer and agent; none where the words are too unsure to have a mood."""
    if UNSURE & set(marks) or duration <= 0:
        return ()
    drawn = []
    for role in ("customer", "agent"):
        ids = {party.id for party in parties if party.role == role}
        found = [mood for mood in moods if mood.party in ids] if moods else _by_lexicon(turns, ids, scorer)
        if len(found) >= LEAST:
            drawn.append(_curve(role, found, duration))
    return tuple(drawn)


def _by_lexicon(turns: Sequence[Turn], ids: set[str], scorer: Scorer) -> list[Mood]:
    said = [
        (turn, " ".join(word.text for word in turn.words if not word.redacted)) for turn in turns if turn.party in ids
    ]
    said = [(turn, text) for turn, text in said if text]
    scores = scorer([text for _turn, text in said]) if said else ()
    return [
        Mood(turn.party, turn.start, turn.end, score, score) for (turn, _text), score in zip(said, scores, strict=True)
    ]


def _curve(role: str, moods: Sequence[Mood], duration: Seconds) -> Curve:
    places = [((mood.start + mood.end) / 2, mood.mood) for mood in moods]
    words = [((mood.start + mood.end) / 2, mood.words) for mood in moods]
    scores = [score for _at, score in places]
    at, worst = min(places, key=lambda place: place[1])
    name = role.capitalize()
    begins, ends = (
        _word(_mean(scores[: -(-len(scores) // 3)])),
        _word(_mean(scores[-(-len(scores) // 3) * 2 :] or scores[-1:])),
    )
    lowest = f", lowest at {clock(at)}" if worst < LOW else ""
    voice = any(abs(mood.mood - mood.words) >= SEEN for mood in moods)
    return Curve(role, name, _points(places, duration), f"{name} begins {begins} and ends {ends}{lowest}",
                 _points(words, duration) if voice else "")  # fmt: skip


def _points(places: Sequence[tuple[Seconds, float]], duration: Seconds) -> str:
    return " ".join(f"{1000 * at / duration:.0f},{HEIGHT / 2 * (1 - score):.1f}" for at, score in places)


def _word(score: float) -> str:
    return "bad" if score < LOW else "good" if score > HIGH else "neutral"


def _mean(scores: Sequence[float]) -> float:
    return sum(scores) / len(scores)
