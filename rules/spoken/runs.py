"""Finds runs of digits in words, spoken or written, and reads them.

"forty one eleven" is 4111 as in a card number, "one hundred and five" is 105. What can be read in more than one way
(a repair, "oh" at the start, "to" among digits) is marked uncertain and carries its other readings: redaction must cover
them all, a rule must not rest on one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rules.spoken.atoms import CONNECTIVES, HESITATIONS, REPAIR_TAIL, REPAIRS, Atom, Is, atoms_of, bare

LONGEST_GAP = 4  # words that may stand between two groups of one number
GROUP = 3  # digits on both sides that let a connective join two groups
LIKE_NEEDS = 6  # digits a run must have before "to" among them is a two
LIKE_LEADS = 10  # and before "for" at its start may be a four
WHOLE = 8  # digits of a group that is surely part of a long number: a connective joins any other to it
MOST_TIMES = 19  # "nineteen ones"
OH_SURE = 5  # a number that begins with "oh" is sure from this many digits on
MOST_READINGS = 32


@dataclass(frozen=True, slots=True)
class DigitRun:
    """Digits from word ``first`` to word ``last`` (both inclusive), as a string that keeps leading noughts.

    ``certain`` is False when it can be read otherwise; ``readings`` then holds every reading, the likeliest first.
    """

    first: int
    last: int
    digits: str
    certain: bool = True
    readings: tuple[str, ...] = ()


class _Placed(NamedTuple):
    """An atom and the word it came from."""

    word: int
    atom: Atom


def digits(words: Sequence[str]) -> list[DigitRun]:
    """All runs of digits in ``words``, in order, not overlapping; a single "one" is a run of one digit.

    Hesitations inside a run are skipped, "and then" joins groups of three or more digits, a repair ("four one no sorry
    four two") joins both sides into one uncertain run.
    """
    runs: list[DigitRun] = []
    for stretch in _stretches(words):
        runs.extend(_read_stretch(stretch))
    return _joined(runs, words)


def cardinal(words: Sequence[str]) -> int | None:
    """The whole number that all ``words`` together say ("two hundred and five"), or None.

    A chain of digits ("four one one") is no cardinal number; a numeral is one.
    """
    placed = [_Placed(i, atom) for i, word in enumerate(words) if bare(word) != "and" for atom in atoms_of(word)]
    if len(placed) < sum(bare(word) != "and" for word in words) or not placed:
        return None
    if any(item.atom.what in (Is.LIKE, Is.OH, Is.TIMES, Is.PLURAL) for item in placed):
        return None
    text, end = _phrase(placed, 0)
    return int(text) if end == len(placed) and text else None


def _stretches(words: Sequence[str]) -> list[list[_Placed]]:
    """Neighbouring atoms, hesitations skipped. "and" is kept together only after "hundred" or "thousand"."""
    found: list[list[_Placed]] = []
    current: list[_Placed] = []
    gap = 0
    for index, word in enumerate(words):
        atoms = atoms_of(word)
        if atoms:
            current.extend(_Placed(index, atom) for atom in atoms)
            gap = 0
        elif current and gap < LONGEST_GAP and _passes(bare(word), current[-1].atom):
            gap += 1
        elif current:
            found.append(current)
            current, gap = [], 0
    return [*found, current] if current else found


def _passes(word: str, before: Atom) -> bool:
    if word in HESITATIONS or word == "":
        return True
    return word == "and" and before.what in (Is.HUNDRED, Is.SCALE)


def _read_stretch(stretch: list[_Placed]) -> list[DigitRun]:
    """Cut a stretch where a word only looks like a digit, and read the pieces."""
    runs: list[DigitRun] = []
    for piece in _pieces(stretch):
        run = _read(piece)
        if run is not None:
            runs.append(run)
    return runs


def _pieces(stretch: list[_Placed]) -> list[list[_Placed]]:
    """Split at "to", "for" and "a" unless they stand where a digit must stand."""
    if len(stretch) == 1:  # most stretches are one little word
        return [] if stretch[0].atom.what in (Is.LIKE, Is.A) else [stretch]
    real = sum(item.atom.what in (Is.DIGIT, Is.NUMERAL) for item in stretch)
    if (
        real >= LIKE_LEADS // 2 and stretch[0].atom.what is Is.LIKE
    ):  # "fore won won one one": they are digits where most are
        real += sum(item.atom.what is Is.LIKE for item in stretch)
    pieces: list[list[_Placed]] = [[]]
    for at, item in enumerate(stretch):
        what = item.atom.what
        after = stretch[at + 1].atom.what if at + 1 < len(stretch) else None
        if what is Is.LIKE:
            before = pieces[-1][-1].atom.what if pieces[-1] else None
            among = before in (Is.DIGIT, Is.LIKE, Is.OH) or (at == 0 and real >= LIKE_LEADS)
            follows = after in (Is.DIGIT, Is.OH) or (after is Is.LIKE and real >= LIKE_LEADS)
            keep = real >= LIKE_NEEDS and among and follows
        else:
            keep = what is not Is.A or after in (Is.HUNDRED, Is.SCALE)
        if keep:
            if what is Is.A:
                pieces.append([])
            pieces[-1].append(item)
        else:
            pieces.append([])
    return [piece for piece in pieces if piece]


def _read(piece: list[_Placed]) -> DigitRun | None:
    piece = _trimmed(piece)
    if not piece:
        return None
    text = ""
    at = 0
    while at < len(piece):
        part, at = _phrase(piece, at)
        text += part
    if not text:
        return None
    sure_start = piece[0].atom.what is not Is.OH or len(text) >= OH_SURE
    certain = sure_start and all(item.atom.what is not Is.LIKE for item in piece)
    readings = () if certain else _doubtful_readings(piece, text)
    return DigitRun(piece[0].word, piece[-1].word, text, certain, readings)


def _trimmed(piece: list[_Placed]) -> list[_Placed]:
    """Without what says no digit at the edges: "oh" before one or two digits, "double" with nothing after it."""
    while piece and piece[-1].atom.what is Is.TIMES:
        piece = piece[:-1]
    while piece and piece[0].atom.what in (Is.OH, Is.HUNDRED, Is.SCALE, Is.PLURAL):
        if piece[0].atom.what is Is.OH and _oh_leads(piece):
            break
        piece = piece[1:]
    return piece


def _oh_leads(piece: list[_Placed]) -> bool:
    """ "oh seven nine" begins with a nought, "oh two things" does not."""
    return len(piece) >= 3 and all(item.atom.what in (Is.DIGIT, Is.OH, Is.TIMES) for item in piece[1:3])


def _doubtful_readings(piece: list[_Placed], text: str) -> tuple[str, ...]:
    others = [text]
    if piece[0].atom.what in (Is.OH, Is.LIKE):
        others.append(text[1:])
    return tuple(others)


def _phrase(piece: list[_Placed], at: int) -> tuple[str, int]:
    """Read one number from ``at``; returns its digits and where the next begins."""
    atom = piece[at].atom
    if atom.what is Is.TIMES:
        return _times(piece, at)
    if atom.what in (Is.OH, Is.LIKE):
        return str(atom.value), at + 1
    if atom.what in (Is.HUNDRED, Is.SCALE, Is.PLURAL):
        return "", at + 1  # a scale with nothing before it says no digit
    text, end = _small(piece, at)
    if end < len(piece) and piece[end].atom.what is Is.PLURAL and len(text) <= 2 and 0 < int(text) <= MOST_TIMES:
        return str(piece[end].atom.value) * int(text), end + 1
    if end < len(piece) and piece[end].atom.what in (Is.HUNDRED, Is.SCALE):
        value, end = _scaled(piece, at)
        return str(value), end
    return text, end


def _times(piece: list[_Placed], at: int) -> tuple[str, int]:
    follows = piece[at + 1].atom if at + 1 < len(piece) else None
    if follows is None:
        return "", at + 1
    if follows.what in (Is.DIGIT, Is.OH, Is.LIKE):
        return str(follows.value) * piece[at].atom.value, at + 2
    if follows.what is Is.NUMERAL and len(follows.text) == 1:
        return follows.text * piece[at].atom.value, at + 2
    return "", at + 1


def _small(piece: list[_Placed], at: int) -> tuple[str, int]:
    """A number without hundreds: "seven", "eleven", "forty", "forty one", "4111"."""
    atom = piece[at].atom
    if atom.what is Is.NUMERAL:
        return atom.text, at + 1
    if atom.what is Is.TENS and at + 1 < len(piece):
        unit = piece[at + 1].atom
        if unit.what is Is.DIGIT and unit.value > 0:
            return str(atom.value + unit.value), at + 2
    return str(atom.value), at + 1


def _scaled(piece: list[_Placed], at: int) -> tuple[int, int]:
    """ "four thousand one hundred and eleven": groups of hundreds, each with its scale, the scales falling."""
    total, limit = 0, 10**9
    while at < len(piece):
        group, end = _hundreds(piece, at)
        scale = 1
        if end < len(piece) and piece[end].atom.what is Is.SCALE:
            scale, end = piece[end].atom.value, end + 1
        if group is None or scale >= limit:
            break
        total, limit, at = total + group * scale, scale, end
        if scale == 1 or not _may_go_on(piece, at, limit):
            break
    return total, at


def _may_go_on(piece: list[_Placed], at: int, limit: int) -> bool:
    """Whether the number at ``at`` is small enough to belong to the scale before it."""
    if at >= len(piece) or piece[at].atom.what not in (Is.DIGIT, Is.TEEN, Is.TENS, Is.NUMERAL, Is.A):
        return False
    text, end = _small(piece, at)
    if len(text) > 3 or int(text) == 0:
        return False
    follows_digit = end < len(piece) and piece[end].atom.what in (Is.DIGIT, Is.OH, Is.NUMERAL)
    return limit > 1 and not follows_digit


def _hundreds(piece: list[_Placed], at: int) -> tuple[int | None, int]:
    if piece[at].atom.what not in (Is.DIGIT, Is.TEEN, Is.TENS, Is.NUMERAL, Is.A):
        return None, at
    text, end = _small(piece, at)
    value = int(text)
    if end < len(piece) and piece[end].atom.what is Is.HUNDRED:
        value, end = value * 100, end + 1
        if end < len(piece) and piece[end].atom.what in (Is.DIGIT, Is.TEEN, Is.TENS):
            rest, after = _small(piece, end)
            if int(rest) > 0 and not _starts_a_chain(piece, end, after):
                value, end = value + int(rest), after
    return value, end


def _starts_a_chain(piece: list[_Placed], at: int, after: int) -> bool:
    """ "eight hundred five five five": the first five belongs to what follows, not to the hundred."""
    return (
        piece[at].atom.what is Is.DIGIT
        and after < len(piece)
        and piece[after].atom.what in (Is.DIGIT, Is.OH, Is.NUMERAL)
    )


def _joined(runs: list[DigitRun], words: Sequence[str]) -> list[DigitRun]:
    """Join runs over "and then" and over repairs."""
    joined: list[DigitRun] = []
    for run in runs:
        before = joined[-1] if joined else None
        between = [bare(word) for word in words[before.last + 1 : run.first]] if before else []
        if before is None or len(between) > LONGEST_GAP + 1:
            joined.append(run)
        elif _is_repair(between):
            joined[-1] = _repaired(before, run)
        elif _connects(between) and _are_groups(len(before.digits), len(run.digits)):
            joined[-1] = _added(before, run)
        else:
            joined.append(run)
    return joined


def _are_groups(one: int, other: int) -> bool:
    """Whether digits on both sides of "and then" are of one number, by how many there are."""
    return min(one, other) >= GROUP or max(one, other) >= WHOLE


def _connects(between: list[str]) -> bool:
    return all(word in CONNECTIVES or word in HESITATIONS or word == "" for word in between)


def _is_repair(between: list[str]) -> bool:
    """ "no sorry", "wait i mean", "scratch that"; "no" alone only when nothing else stands there."""
    return any(word in REPAIRS for word in between) and all(
        word in REPAIRS or word in REPAIR_TAIL or word in HESITATIONS for word in between
    )


def _added(before: DigitRun, run: DigitRun) -> DigitRun:
    if run.readings == (run.digits, run.digits[1:]):  # "oh" in the middle of a number is a nought
        run = DigitRun(run.first, run.last, run.digits)
    readings = tuple(a + b for a in _all(before) for b in _all(run))[:MOST_READINGS]
    certain = before.certain and run.certain
    return DigitRun(before.first, run.last, before.digits + run.digits, certain, () if certain else readings)


def _repaired(before: DigitRun, run: DigitRun) -> DigitRun:
    """What was said last counts; how much of the first part it replaces is a guess, so every way is kept."""
    head, tail = before.digits, run.digits
    restart = next((at for at in range(len(head)) if head[at] == tail[0] and len(head) - at <= len(tail)), None)
    best = head[:restart] + tail if restart is not None else head[:-1] + tail
    ways = [best, tail, head[:-1] + tail, head + tail, *(head[:-n] + tail for n in range(2, min(5, len(head) + 1)))]
    return DigitRun(before.first, run.last, best, False, tuple(dict.fromkeys(ways)))


def _all(run: DigitRun) -> tuple[str, ...]:
    return run.readings or (run.digits,)
