"""What people type goes through the same redaction as what people say: a card number in a comment is not stored.

Written text is cut finer than speech ("card:4242...", "INC0012345"): digits stand by themselves, so that they are seen
whatever they are glued to. Digits of other scripts count as digits, and signs that nobody sees are dropped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from dashboards.notes import place_of
from pipeline.records import Call, Turn, Word
from pipeline.redaction import Policy, load_policy, redact
from pipeline.redaction.policy import ALWAYS

PIECE = re.compile(r"[^\s@]+@[^\s@]+|[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+(?:[.:/-][0-9]+)*|[^\s0-9]+")
FIELD = re.compile(r'[A-Za-z_][\w.]*:(?:"[^"]*"|\([^)]*\)|\[[^\]]*\]|[^\s()]+)')  # field:value of a search
LONG = re.compile(r"(?:[0-9][ .-]?){7}")  # as a telephone number is
SAYS = re.compile(r"[\w$£€]")  # what is only punctuation would keep digits apart that belong together


def redacted_text(text: str, policy: Policy) -> str:
    """``text`` with what the policy removes as typed words (``[CARD_NUMBER]``); spaces and lines stay."""
    plain = visible(text)
    pieces = [piece for piece in PIECE.finditer(plain) if SAYS.search(piece[0])]
    if not pieces:
        return plain.strip()
    words = tuple(Word(piece[0], float(n), float(n + 1), None, "s1") for n, piece in enumerate(pieces))
    call = redact(Call("typed", turns=(Turn("s1", 0.0, float(len(words)), words),)), policy)
    for word in reversed([word for word in call.turns[0].words if word.redacted]):
        first, last = pieces[int(word.start)], pieces[int(word.end) - 1]
        plain = plain[: first.start()] + word.text + plain[last.end() :]
    return plain.strip()


def kept_text(text: str, policy: str, most: int) -> str:
    """What was typed as it may be stored: its first ``most`` characters, without what the policy of that name removes."""
    return redacted_text(text[:most], policy_of(policy))[:most]


def kept_name(text: str, policy: str, most: int) -> str:
    """A short name of something, in which "Billing 2026" and "like C-1042" may stand."""
    return _short_numbers_stay(text[:most], policy_of(policy))[:most]


def kept_query(query: str, policy: str) -> str:
    """A search as it may be stored; the index does not hold what is taken out of it either.

    Values of fields are days, lengths and ids, which look like numbers: they lose only what no policy may keep.
    """
    whole, found, end = policy_of(policy), list[str](), 0
    if (
        redacted_text(query, Policy("always", ALWAYS)) != visible(query).strip()
    ):  # may begin in a field, end in the next
        return redacted_text(query, whole)
    for one in [*FIELD.finditer(query), None]:
        words = query[end : one.start() if one else None]
        plain = _short_numbers_stay(words, whole)
        found += [words if plain == visible(words).strip() else f" {plain} ", one[0] if one else ""]
        end = one.end() if one else end
    return "".join(found).strip()


def _short_numbers_stay(text: str, policy: Policy) -> str:
    """Redacted, but for numbers that are too short for anything but years and names of calls."""
    short = replace(policy, remove=policy.remove - {"NUMBER"})
    return redacted_text(text, policy if LONG.search(visible(text)) else short)


@cache
def policy_of(name: str) -> Policy:
    """A policy, read once: what is typed is saved every few seconds."""
    return load_policy(name)


def hides_more(call: Call, texts: Mapping[str, str], policy: Policy) -> bool:
    """Whether redaction would remove more from ``call`` if the words at these places (see `place_of`) read so."""
    turns = tuple(
        replace(turn, words=tuple(new for word in turn.words for new in _written(turn, word, texts)))
        for turn in call.turns
    )
    before, after = (redact(one, policy).redactions for one in (call, replace(call, turns=turns)))
    return sum(after.values()) > sum(before.values())


def _written(turn: Turn, word: Word, texts: Mapping[str, str]) -> list[Word]:
    """``word``, or what is written in its place, each piece a word of its own."""
    text = texts.get(place_of(turn.party, word.start), "")
    return [replace(word, text=piece[0]) for piece in PIECE.finditer(text)] or [word]


def visible(text: str) -> str:
    """Compatibility forms made plain (NFKC), digits of all scripts as 0 to 9, control and format characters dropped."""
    letters = []
    for sign in unicodedata.normalize("NFKC", text.replace("\r\n", "\n")):
        kind = unicodedata.category(sign)
        if kind == "Nd":
            letters.append(str(unicodedata.decimal(sign)))
        elif sign in "\n\t" or not kind.startswith("C"):
            letters.append(sign)
    return "".join(letters)
