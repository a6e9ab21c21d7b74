"""What people say before they read out something that must go.

A cue names the type of the digits that follow it. The nearest cue before a run of digits decides; an answer may come a
few turns later ("hold on, let me get my purse ... okay it's four one nine").
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.redaction.languages import sayings
from rules.spoken.foreign import fold

CUES: dict[str, tuple[str, ...]] = {
    "CARD_CODE": (
        r"(?:the |your |a )?(?:c ?v ?[vc2](?: ?2)?|see vee vee|card verification|card code|security (?:code|number|digits))",
        r"(?:the )?verification (?:value|digits)",
        r"(?:the )?(?:three|four|3|4|last three)(?: ?-? ?digits?)?(?: code| number| digits)?"
        r" (?:on|at|from|off) (?:the )?(?:back|front|reverse|signature)",
        r"(?:the )?(?:three|3) (?:digits?|numbers?)",
        r"(?:the |a |your |those |little |small )*(?:digits?|code|numbers?) on the (?:back|front|reverse|other|flip)(?: side)?",
        r"(?:what )?(?:does it |it )?says? on the (?:back|reverse)(?: side)?",
        r"(?:numbers?|digits) (?:in italics|behind)(?: behind)?",
        r"next to (?:your|the) signature",
        r"(?:flip|turn) (?:it|the card|your card) over",
        r"(?:the |your )c ?i ?d|cid",
        r"on the signature strip",
    ),
    "CARD_EXPIRY": (
        r"expir(?:y|ation|es|e|ing)(?: date)?",
        r"valid (?:until|thru|through|till)",
        r"good (?:until|through|thru)",
        r"exp(?: date)?",
    ),
    "CARD_NUMBER": (
        r"(?:credit |debit |bank |visa |gift )?card(?:'s)?(?: number| digits)",
        r"long number",
        r"(?:sixteen|16|fifteen|15)(?: ?-? ?digits?)(?: number)?",
        r"number (?:on|across|from) (?:the |your |my )?(?:front|card|visa|mastercard)",
        r"(?:visa|mastercard|master card|amex|american express|discover)",
        r"(?:your|my|the|a) card",
        r"pay(?:ing)? (?:by|with) card",
        r"numbers on the (?:front|card)",
    ),
    "SSN": (
        r"social(?: security)?(?: number)?",
        r"s ?s ?n",
        r"national insurance(?: number)?",
        r"n i number",
        r"tax(?:payer)? (?:id|identification)(?: number)?",
    ),
    "NATIONAL_ID": (
        r"n ?h ?s(?: number)?",
        r"social insurance(?: number)?",
        r"(?:my|your|the) sin(?: number| is)|sin number",
        r"aadhaar|aadhar|adhaar",
        r"pan (?:card|number)",
        r"tax file number|t ?f ?n",
        r"resident registration(?: number)?",
        r"p ?p ?s(?: number)",
        r"national (?:id|identity|identification)(?: card)?(?: number)?",
        r"identity card(?: number)?",
        r"passport(?: number)?",
        r"personnummer|henkilotunnus|hetu|nric|kimlik(?: numara\w*)?|medicare number",
        r"driv(?:er'?s?|ing) licen[sc]e(?: number)?",
    ),
    "PASSCODE": (
        r"pass ?codes?",
        r"one ?-?time (?:code|pass ?word|pin)",
        r"o ?t ?p",
        r"pin(?: number| code)?",
        r"(?:verification|confirmation|access|authentication|reset|log ?in) code",
        r"(?:four|five|six|eight|4|5|6|8)(?: ?-? ?digits?) (?:code|pin|number)",
        r"code (?:we|i|that|they|you|it|which|just|from)",
        r"text(?:ed)? (?:you )?(?:a|the) code",
        r"(?:sent|send|texted|text message) .{0,20}code",
        r"(?:the|a|my|your) code",
        r"telephone banking (?:code|number)",
    ),
    "PASSWORD": (
        r"pass ?word",
        r"pass ?phrase",
        r"(?:memorable|secret|security) (?:word|name|place|answer)",
        r"answer to (?:the|my|your) (?:security|secret) question",
        r"maiden name",
        r"(?:what (?:was|is|'s)|what's|name of) your (?:first|favou?rite|childhood) (?!name|language|choice|question|call)\w+",
    ),
    "BANK_ACCOUNT": (
        r"account number",
        r"routing(?: number)?",
        r"sort code",
        r"iban",
        r"(?:bank|checking|savings) account",
        r"account and routing",
    ),
    "DATE_OF_BIRTH": (
        r"date of birth",
        r"birth ?date",
        r"birthday",
        r"d\.? ?o\.? ?b",
        r"born(?: on| in)?",
        r"year of birth",
    ),
    "NUMBER": (
        r"(?:order|reference|confirmation|tracking|policy|claim|member(?:ship)?|customer|case|ticket|invoice) (?:number|code|id|num)",
        r"booking (?:number|code|id|reference)",
        r"(?:licen[sc]e|serial|phone|telephone|mobile|cell|contact|fax|meter|reservation|account|loan) (?:number|code|id|num)",
        r"(?:employee|badge|id|zip|postal|medicare|group) (?:number|code|id|num)",
        r"call(?:ing)? (?:you )?back (?:on|at)",
        r"reach (?:me|you|us) (?:on|at)",
        r"(?:my|your|this) number",
        r"(?:zip|post|area) ?code",
        r"extension",
        r"number is",
        r"last four",
    ),
}
_EVERY = {name: (*cues, *sayings().cues.get(name, ())) for name, cues in CUES.items()}
_ALL = re.compile(
    r"(?<!\w)(?:" + "|".join(f"(?P<{name}>{'|'.join(cues)})" for name, cues in _EVERY.items()) + r")(?!\w)"
)
# What else runs out: its end is no secret.
_OTHER = re.compile(
    r"\b(?:contract|policy|warranty|subscription|lease|offer|plan|promotion|coupon|membership|licen[sc]e|passport|agreement|trial"
    r"|insurance|permit|link|deal|discount|points|miles|voucher|prescription|session)\b[^.?!]*$"
)
_GATE = re.compile(
    r"code for the (?:gate|door|building|garage|alarm)"
    r"|(?:gate|door|alarm|postal|zip|area|promo|discount|dress|voucher|dial(?:l?ing)?|post) code"
)


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase that names what comes next: ``word`` is the index of its last word."""

    type: str
    word: int


def find_cues(texts: Sequence[str]) -> list[Cue]:
    """Every cue in a stream of lower-case words, in order."""
    folded = [fold(text) for text in texts]
    joined = " ".join(folded)
    starts, position = [], 0
    for text in folded:
        starts.append(position)
        position += len(text) + 1
    harmless = [match.span() for match in _GATE.finditer(joined)]
    found = []
    for match in _ALL.finditer(joined):
        kind = match.lastgroup
        if kind == "PASSCODE" and any(start - 4 <= match.start() < end for start, end in harmless):
            continue
        if kind == "CARD_EXPIRY" and _OTHER.search(joined, max(0, match.start() - 60), match.start()):
            continue
        found.append(Cue(str(kind), bisect_right(starts, match.end() - 1) - 1))
    return found
