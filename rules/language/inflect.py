"""Forms of an English word, for phrases that write ``~transfer`` and mean "transfers", "transferred", "transferring" too.

Expansion happens when rules are compiled, so it costs nothing on a call, and what a rule listens for can be listed.
Irregular verbs of the trade are spelled out; a form that no speaker says does no harm.
"""

from __future__ import annotations

_IRREGULAR = {
    "be": "be am is are was were been being", "buy": "buy buys bought buying", "choose": "choose chooses chose chosen choosing",
    "come": "come comes came coming", "do": "do does did done doing", "draw": "draw draws drew drawn drawing",
    "find": "find finds found finding", "get": "get gets got gotten getting", "give": "give gives gave given giving",
    "go": "go goes went gone going", "have": "have has had having", "hear": "hear hears heard hearing",
    "hold": "hold holds held holding", "keep": "keep keeps kept keeping", "leave": "leave leaves left leaving",
    "lose": "lose loses lost losing", "make": "make makes made making", "mean": "mean means meant meaning",
    "pay": "pay pays paid paying", "put": "put puts putting", "read": "read reads reading", "ring": "ring rings rang rung ringing",
    "run": "run runs ran running", "say": "say says said saying", "see": "see sees saw seen seeing",
    "sell": "sell sells sold selling", "send": "send sends sent sending", "speak": "speak speaks spoke spoken speaking",
    "steal": "steal steals stole stolen stealing", "take": "take takes took taken taking", "tell": "tell tells told telling",
    "think": "think thinks thought thinking", "win": "win wins won winning",
    "withdraw": "withdraw withdraws withdrew withdrawn withdrawing",
    "write": "write writes wrote written writing", "begin": "begin begins began begun beginning",
    "catch": "catch catches caught catching", "freeze": "freeze freezes froze frozen freezing", "cut": "cut cuts cutting",
    "shut": "shut shuts shutting", "spend": "spend spends spent spending", "hurt": "hurt hurts hurting",
}  # fmt: skip
_DOUBLING = frozenset("transfer refer stop drop ship scan swap log plan submit commit permit rob".split())


def forms(word: str) -> tuple[str, ...]:
    """``word`` and its inflected forms, the word itself first."""
    if word in _IRREGULAR:
        return tuple(_IRREGULAR[word].split())
    return tuple(dict.fromkeys([word, _plural(word), *_past(word)]))


def _plural(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def _past(word: str) -> list[str]:
    """The forms on -ed and -ing."""
    if word in _DOUBLING:
        return [word + word[-1] + "ed", word + word[-1] + "ing"]
    if word.endswith("ee"):
        return [word + "d", word + "ing"]
    if word.endswith("e"):
        return [word + "d", word[:-1] + "ing"]
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return [word[:-1] + "ied", word + "ing"]
    return [word + "ed", word + "ing"]
