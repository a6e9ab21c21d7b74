"""Phrases as a format tells them become parties, turns and words with times.

A word without times gets those between its neighbours, by length of the words, so that digits a recogniser could not
place still lie in the stretch that is cut from the sound. Where nothing is timed, words follow one another at the pace
of plain speech, which tells order and rough length and nothing more (`Imported.timing` says so).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.records import SPOKEN, Metadata, Party, Role, Seconds, Turn, Word
from pipeline.transcripts.records import Imported, Phrase, Recording, Said, Speaker, Timing
from pipeline.transcripts.removed import MARK, typed

PACE: Seconds = 0.4  # a word where nothing is timed
BREAK: Seconds = 1.2  # a longer pause divides a turn, as in pipeline.diarization.assign
YIELD: Seconds = 0.3  # so does a shorter one in which somebody else begins
Key = tuple[str, int | None]
OWN_ID = re.compile(r"s[1-9]\d{0,3}")


@dataclass(frozen=True, slots=True)
class Told:
    """What a format tells beside phrases. ``speakers``: those it introduces, in its order."""

    language: str | None = None
    duration: Seconds | None = None
    metadata: Metadata = Metadata()  # noqa: RUF009 (frozen)
    model: str = ""
    speakers: Sequence[Speaker] = ()
    meta: Mapping[str, Any] | None = None
    recording: Recording | None = None
    name: str = ""
    timing: Timing | None = None
    parties: Sequence[Party] = field(default=())


def build(format: str, phrases: Sequence[Phrase], told: Told) -> Imported:
    """The transcript. Phrases may come in any order and without times."""
    timing = told.timing or _timing(phrases)
    spoken = [replace(phrase, words=tuple(one for word in phrase.words for one in parted(word))) for phrase in phrases]
    heard = _placed([phrase for phrase in spoken if phrase.words or phrase.start is not None])
    order = sorted(range(len(heard)), key=lambda n: (heard[n].start or 0.0, n))
    made = _parties([heard[n] for n in order], told.speakers)
    ids = {_key(p): p.speaker for p in heard} if told.parties else {key: party.id for key, party in made.items()}
    turns = _turns(heard, ids)
    return Imported(
        format, tuple(told.parties) or tuple(made.values()), turns, timing, told.language, told.duration, told.metadata, told.model,
        {party: label for (label, _), party in ids.items() if label not in ("", party)}, told.meta or {}, told.recording, told.name,
    )  # fmt: skip


def words_of(text: str, confidence: float | None = None) -> tuple[Said, ...]:
    """A text as words without times."""
    return tuple(Said(word, confidence=confidence) for word in text.split())


def parted(word: Said) -> Iterator[Said]:
    """The words of one item ("4111 1111 1111 1111"), each by itself: redaction and rules look at words. None of a blank one."""
    texts = word.text.split()
    if len(texts) < 2 or word.kind != SPOKEN or MARK.fullmatch(word.text):
        yield from [word] if texts else []
    elif word.start is not None and word.end is not None:
        yield from _shared([replace(word, text=text) for text in texts], word.start, max(word.start, word.end))
    else:
        last = len(texts) - 1
        for n, text in enumerate(texts):
            yield replace(word, text=text, start=None if n else word.start, end=word.end if n == last else None)


def attached(words: list[Said], mark: str) -> None:
    """Punctuation that a format tells as an item of its own goes to the word before it."""
    if words and mark.strip():
        words[-1] = replace(words[-1], text=words[-1].text + mark.strip())


def role_named(name: str | None) -> Role:
    """The role a format's own word stands for; unknown for anything that is not one."""
    return ROLES_BY_NAME.get((name or "").strip().lower().replace("-", "_").replace(" ", "_"), "unknown")


ROLES_BY_NAME: dict[str, Role] = {
    "agent": "agent", "internal": "agent", "user": "agent", "representative": "agent", "csr": "agent", "advisor": "agent",
    "operator": "agent", "employee": "agent", "customer": "customer", "external": "customer", "caller": "customer",
    "client": "customer", "consumer": "customer", "callee": "customer", "ivr": "ivr", "system": "ivr", "bot": "ivr", "custom_bot": "ivr",
    "acd": "ivr", "workflow": "ivr", "voicemail": "ivr", "virtual_agent": "ivr", "third_party": "third_party", "supervisor": "third_party",
}  # fmt: skip


def _timing(phrases: Sequence[Phrase]) -> Timing:
    words = [word for phrase in phrases for word in phrase.words]
    timed = sum(word.start is not None for word in words)
    if words and timed * 2 >= len(words):
        return "words"
    if any(phrase.start is not None for phrase in phrases) or timed:
        return "turns"
    return "words" if not words else "none"


# Times


def _placed(phrases: Sequence[Phrase]) -> list[Phrase]:
    """Every phrase and word with a start and an end."""
    starts = [_first(phrase) for phrase in phrases]
    later = _following(starts)
    placed: list[Phrase] = []
    at = 0.0
    for phrase, told, follows in zip(phrases, starts, later, strict=True):
        start = at if told is None else told
        end = _last(phrase)
        if end is None:
            end = round(start + PACE * len(phrase.words), 6)
            if told is not None and follows is not None and start < follows < end:
                end = follows  # the next phrase has begun
        words = tuple(_timed(phrase.words, start, max(start, end)))
        at = max([start, end, *(word.end or 0.0 for word in words)])
        placed.append(replace(phrase, words=words, start=start, end=max(start, end)))
    return placed


def _following(starts: Sequence[Seconds | None]) -> list[Seconds | None]:
    """For each place the first known start behind it."""
    found: list[Seconds | None] = []
    behind: Seconds | None = None
    for start in reversed(starts):
        found.append(behind)
        behind = start if start is not None else behind
    return found[::-1]


def _first(phrase: Phrase) -> Seconds | None:
    found = [word.start for word in phrase.words if word.start is not None]
    return min([*found, *([] if phrase.start is None else [phrase.start])], default=None)


def _last(phrase: Phrase) -> Seconds | None:
    found = [word.end for word in phrase.words if word.end is not None]
    return max([*found, *([] if phrase.end is None else [phrase.end])], default=None)


def _timed(words: Sequence[Said], start: Seconds, end: Seconds) -> Iterator[Said]:
    """The words with times; stretches of untimed ones share what lies between their neighbours."""
    before = start
    for run in _runs(words):
        first = run[0]
        if first.start is not None and first.end is not None:
            before = max(first.start, first.end)
            yield replace(first, end=before)
            continue
        follows = run[-1].start if len(run) > 1 and run[-1].start is not None else None
        untimed = run if follows is None else run[:-1]
        begin = before if first.start is None else first.start
        before = max(begin, end if follows is None else follows)
        yield from _shared(untimed, begin, before)


def _runs(words: Sequence[Said]) -> Iterator[list[Said]]:
    """Words whose times are told, one by one; others together, ending with the start of the word behind them, if any."""
    run: list[Said] = []
    for word in words:
        if word.start is not None and run:
            yield [*run, word]
            run = []
        if word.start is not None and word.end is not None:
            yield [word]
        else:
            run.append(word)
    if run:
        yield run


def _shared(words: Sequence[Said], start: Seconds, end: Seconds) -> Iterator[Said]:
    """``start`` to ``end`` divided by the letters of the words."""
    total = sum(len(word.text) + 1 for word in words)
    done = 0
    for word in words:
        first = start + (end - start) * done / total
        done += len(word.text) + 1
        yield replace(word, start=round(first, 6), end=round(start + (end - start) * done / total, 6))


# Parties


def _key(phrase: Phrase) -> Key:
    return (phrase.speaker, phrase.channel)


def _parties(phrases: Sequence[Phrase], speakers: Sequence[Speaker]) -> dict[Key, Party]:
    """Those who speak in the order they begin, then those who were only introduced.

    Where all labels are ids of parties ("s1"), the file was written here: they stay what they are.
    """
    known = {speaker.label: speaker for speaker in speakers}
    heard = list(dict.fromkeys(_key(phrase) for phrase in phrases))
    silent = [s for s in speakers if s.label not in {label for label, _ in heard}]
    keys = [*heard, *((speaker.label, speaker.channel) for speaker in silent)]
    if keys and all(OWN_ID.fullmatch(label) for label, _ in keys) and len({label for label, _ in keys}) == len(keys):
        return {key: _party(key[0], *key, known.get(key[0])) for key in sorted(keys, key=lambda key: int(key[0][1:]))}
    return {key: _party(f"s{n}", *key, known.get(key[0])) for n, key in enumerate(keys, 1)}


def _party(name: str, label: str, channel: int | None, speaker: Speaker | None) -> Party:
    role = speaker.role if speaker is not None else "unknown"
    side = channel if channel is not None or speaker is None else speaker.channel
    return Party(name, role, 0.0 if role == "unknown" else 1.0, side)


# Turns


def _turns(phrases: Sequence[Phrase], ids: Mapping[Key, str]) -> tuple[Turn, ...]:
    whole = [_turn(ids[_key(phrase)], _words(phrase, ids), phrase) for phrase in phrases if phrase.whole]
    loose = [word for phrase in phrases if not phrase.whole for word in _words(phrase, ids)]
    made = [*whole, *grouped(loose, mono=all(phrase.channel is None for phrase in phrases))]
    return tuple(sorted(made, key=lambda turn: (turn.start, turn.end)))


def _words(phrase: Phrase, ids: Mapping[Key, str]) -> list[Word]:
    party = ids[_key(phrase)]
    said = [
        Word(word.text, word.start or 0.0, word.end or 0.0, word.confidence, party, word.kind, word.facts)
        for word in phrase.words
    ]
    return [typed(word) if word.kind == SPOKEN else word for word in said]


def _turn(party: str, words: Sequence[Word], phrase: Phrase) -> Turn:
    """Words of one phrase in the order of their start; it begins and ends where the format, or its words, do."""
    ordered = tuple(sorted(words, key=lambda word: word.start))
    start, end = phrase.start or 0.0, phrase.end or 0.0
    return Turn(party, start, max([end, *(word.end for word in ordered)]), ordered)


def grouped(words: Iterable[Word], *, mono: bool = True) -> list[Turn]:
    """Words as turns: a long pause, or a short one in which somebody else begins, ends a turn.

    ``mono``: the voices were told apart in one channel, where one word follows another; a change of speaker ends a turn.
    """
    ordered = sorted(words, key=lambda word: word.start)
    open_turns: dict[str, list[Word]] = {}
    begun: dict[str, Seconds] = {}  # party -> start of its latest word
    done: list[list[Word]] = []
    for word in ordered:
        turn = open_turns.get(word.party)
        if turn is not None and _breaks(turn, word, begun, mono=mono):
            done.append(turn)
            turn = None
        if turn is None:
            turn = open_turns[word.party] = []
        turn.append(word)
        begun[word.party] = word.start
    done += open_turns.values()
    return [Turn(turn[0].party, turn[0].start, max(word.end for word in turn), tuple(turn)) for turn in done]


def _breaks(turn: Sequence[Word], word: Word, begun: Mapping[str, Seconds], *, mono: bool) -> bool:
    last = turn[-1]
    gap = word.start - max(before.end for before in turn[-3:])
    others = [start for party, start in begun.items() if party != word.party and start > last.start]
    if gap > BREAK or (gap > YIELD and others):
        return True
    return mono and any(start >= last.end - 1e-6 for start in others)
