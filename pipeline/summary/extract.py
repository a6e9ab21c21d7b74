"""A summary of quotes: why the customer called, what the agent did, how it ended, and what was promised until when.

Every sentence is a stretch of one turn, with its second: nothing is written that was not said. Which stretch it is follows
from cues ("i'm calling about", "i've sent", "is there anything else"), not from a model. Known misses: a reason that is told
in pieces over many turns, and work that the agent does without saying so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Literal

from pipeline.records import Call, Evidence, Turn
from pipeline.summary.due import due_in
from pipeline.topics.saying import GREETINGS, bare

Part = Literal["reason", "done", "outcome", "promise"]
PARTS: tuple[Part, ...] = ("reason", "done", "outcome", "promise")
LONGEST = 28  # words of a sentence
MOST_DONE, MOST_PROMISES = 3, 4
MOST_TRIED = 6  # places of one turn in which a promise is looked for
OPENING = 8  # turns of customers in which the reason is looked for
FEWEST = 4  # words of a reason

DEEDS = (
    "sent changed cancelled canceled updated booked reset refunded credited removed added stopped blocked set put ordered moved "
    "transferred opened closed noted logged raised taken applied processed fixed scheduled issued waived reported activated "
    "registered restarted corrected made paid extended escalated confirmed"
).split()
AT_ONCE = (  # what an agent says they do now is no promise: "i'll just check", "i'm going to put you on hold"
    "need ask have just check look see put pause read explain tell try go take let be pull get transfer bring start repeat quickly also"
).split()
I_HAVE = r"\b(?:i|we)(?: have|'ve)?(?: just| now| also| already)? "
SUBJECT = r"(?:(?:the|your|that|this|my)(?: (?!(?:i|we|you|it)\b)[\w']+){1,3} )?"
IT_IS = rf"\b{SUBJECT}(?:is|are|it's|that's|has been|have been)(?: all| now| been)* "
DONE = re.compile(
    rf"(?:{I_HAVE}|{IT_IS})(?:{'|'.join(DEEDS)})\b|\bthat's(?: all)? done\b|\ball done\b|\byou(?:'re| are) all set\b|"
    r"\bi(?:'ve| have)? (?:went|gone) ahead and \w+|\bi (?:was|have been) able to \w+"
)
SOMEBODY = (
    r"\b(?:i|we|they|he|she|someone|somebody|an? \w+|my (?:manager|colleague|supervisor)|(?:the|our|your|one of our) \w+)"
    r"(?: (?:of|from|in) (?:the |our )?\w+)?"
)
WILL = r"(?:'ll| will|'m going to|'re going to|'s going to| (?:am|is|are) going to)"
SURE = r"(?: (?:also|then|certainly|definitely|personally|just|now))*"  # words between "will" and what will be done
REFUSED = r"(?:not|never|no longer|be unable|hardly|only if)\b"
PROMISE = re.compile(
    rf"{SOMEBODY}{WILL}{SURE} (?!{REFUSED})(?:get back\b|(?!(?:{'|'.join(AT_ONCE)})\b))|"
    r"\b(?:you|it|that|they|the \w+|a \w+|a new \w+|your(?: \w+){1,2})(?:'ll| will) "
    r"(?:get|receive|have|arrive|come|reach|be (?:with|there|ready|sent))\b|"
    r"\b(?<!can't )(?<!cannot )(?<!don't )(?<!not )(?<!i )i promise\b|\bi can pay\b|\bi'll have it in the mail\b"
)
DATED = re.compile(  # said with a day to come these are promises as well
    rf"{SOMEBODY}{WILL} (?!{REFUSED})|"
    r"\b(?:you|it|that|they|we|i|(?:the|your|our|a)(?: \w+){1,2}) should (?!not\b)|"
    r"(?<!don't )(?<!not )(?<!never )\b(?:you can )?expect (?:a|the|your|it|to|an|our|this|that)\b|"
    r"\b(?:the|your|a|an|our|it|this|that)(?: \w+){0,2} (?:ships|arrives|comes|goes out|leaves|lands|gets (?:there|to you)|starts|"
    r"is (?:due|coming|arriving|scheduled|expected|booked)|aims? to|plans? to|(?:is|are|has|have) promised)\b|"
    r"\bwe (?:aim|plan|hope|expect) to\b|\bi can (?:do|make|manage|send) a? ?payment\b"
)
WHY = (
    r"\b(?:calling|call|ringing|phoning) (?:about|because|to|for|in)\b",
    r"\bi(?:'d| would) (?:like|love) to\b",
    r"\bi (?:want|need|wanted|lost|got|can't|cannot|have a|ordered|think|just want)\b",
    r"\bi(?:'ve| have) (?:got|had|lost|a)\b",
    r"\bmy (?!(?:last |first |full |phone |account |email |card )?(?:name|number|email|e-mail|address|birthday|zip|pin)\b)"
    r"\w+(?: \w+){0,2} (?:is|isn't|was|won't|doesn't|didn't|has|hasn't|keeps|stopped|broke|went|never|still)\b",
    r"\b(?:the|a) (?:\w+ ){1,3}(?:that )?you sent\b.* (?:leaks?|broke|stopped|won't|doesn't|is)\b",
    r"\b(?:problem|issue|question|trouble|complaint) with\b",
    r"\bcan you (?:help|tell|explain)\b|\bhelp with\b",
    r"\bi(?:'m| am) (?:having|trying|looking|not happy)\b",
    r"\bthere(?:'s| is) (?:a|an|something)\b|\byou(?:'ve| have)? charged\b",
)
REASON = re.compile("|".join(WHY))
GOOD_END = re.compile(
    r"\bthat's (?:all|great|perfect|everything|it)\b|\bthank(?:s| you)(?: so much| very much)?\b|\bperfect\b|\bnothing else\b"
)
BAD_END = re.compile(
    r"\b(?:ridiculous|call back tomorrow|still (?:not|don't|doesn't|isn't)|not (?:happy|good enough|acceptable)|complain\w*|"
    r"supervisor|manager|waste of|never mind|forget it|not for long|lawyer|stop calling|hang(?:ing)? up|no use|useless|"
    r"(?:thanks|thank you|cheers)(?: a lot| very much)? for (?:nothing|no help|wasting|that waste)|no thanks to you)\b"
)
DENIED_END = re.compile(
    r"\b(?:not|isn't|hardly|anything but|far from|wasn't)(?: \w+){0,2} (?:great|perfect|everything|happy|settled|fixed|solved|all)\b|"
    r"\b(?:thanks|thank you|great|perfect)[,.]? not\b"
)
DUE_WITHIN = 16  # words of a promise in which its day is said


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words ``first`` to ``last`` of a turn as one sentence of the summary. ``due``: until when, by the call's date."""

    part: Part
    turn: Turn
    first: int
    last: int
    due: date | None = None
    due_said: str = ""
    tone: str = ""

    @property
    def quote(self) -> str:
        return " ".join(word.text for word in self.turn.words[self.first : self.last + 1])

    def evidence(self) -> Evidence:
        words = self.turn.words[self.first : self.last + 1]
        return Evidence(self.quote, words[0].start, words[-1].end, self.turn.party)


def summary_of(call: Call, region: str = "US") -> list[Sentence]:
    """Sentences in the order reason, done, outcome, promises; parts that nobody spoke of are left out."""
    customers = [turn for turn in call.turns if call.role_of(turn.party) == "customer"]
    agents = [turn for turn in call.turns if call.role_of(turn.party) == "agent"]
    reason = _reason(customers)
    promises = list(_promises(agents, customers, call.metadata.started_at, region))
    taken = {(id(s.turn), s.first) for s in promises}
    done = [s for s in _matching("done", DONE, agents) if (id(s.turn), s.first) not in taken][:MOST_DONE]
    outcome = _outcome(customers, agents)
    return [*([reason] if reason else []), *done, *([outcome] if outcome else []), *promises[:MOST_PROMISES]]


def _reason(customers: Sequence[Turn]) -> Sentence | None:
    """The first turn that says why; else the longest of the first ones."""
    opening = [turn for turn in customers[:OPENING] if _plain(turn) >= FEWEST]
    for turn in opening:
        found = REASON.search(_text(turn))
        if found:
            return _from(turn, "reason", found.start())
    longest = max(opening, key=_plain, default=None)
    return _from(longest, "reason", 0) if longest else None


def _plain(turn: Turn) -> int:
    """Words that are neither a greeting nor removed."""
    return sum(not word.redacted and bare(word.text) not in GREETINGS for word in turn.words)


def _promises(
    agents: Sequence[Turn], customers: Sequence[Turn], when: datetime | None, region: str
) -> Iterable[Sentence]:
    """What somebody will do: of agents all that is promised, of customers what has a day (a payment, a letter)."""
    of_agents = {id(turn) for turn in agents}
    for turn in sorted([*agents, *customers], key=lambda turn: turn.start):
        if "?" not in turn.text:
            promise = _promise(turn, when, region, by_agent=id(turn) in of_agents)
            if promise is not None:
                yield promise


def _promise(turn: Turn, when: datetime | None, region: str, *, by_agent: bool) -> Sentence | None:
    """The first promise of a turn: one with a day to come, else what an agent says will be done."""
    text = _text(turn)
    plain: Sentence | None = None
    for cue, weak in ((PROMISE, False), (DATED, True)):
        for found in islice(cue.finditer(text), MOST_TRIED):
            sentence = _from(turn, "promise", found.start())
            due = due_in(
                [word.text for word in turn.words[sentence.first : sentence.last + 1][:DUE_WITHIN]], when, region
            )
            if due is not None and not (weak and due.at_once):
                return Sentence("promise", turn, sentence.first, sentence.last, due.day, due.said)
            plain = plain or (sentence if by_agent and not weak else None)
    return plain


def _matching(part: Part, cue: re.Pattern[str], turns: Sequence[Turn]) -> Iterable[Sentence]:
    for turn in turns:
        found = cue.search(_text(turn))
        if found:
            yield _from(turn, part, found.start())


def _outcome(customers: Sequence[Turn], agents: Sequence[Turn]) -> Sentence | None:
    """The last thing customers say that tells how they leave; else the last work that was done."""
    for turn in reversed(customers[-6:]):
        text = _text(turn)
        for tone, cue in (("not settled", BAD_END), ("not settled", DENIED_END), ("settled", GOOD_END)):
            found = cue.search(text)
            if found:
                return _from(turn, "outcome", 0, tone)
    last = list(_matching("outcome", DONE, agents))
    return last[-1] if last else None


def _text(turn: Turn) -> str:
    """The turn in lower case, each word as long as it is said, so that places tell words."""
    return " ".join(word.text for word in turn.words).lower().replace("’", "'")


def _from(turn: Turn, part: Part, letter: int, tone: str = "") -> Sentence:
    """The sentence that begins with the word at ``letter``: to its full stop, or LONGEST words."""
    first = _text(turn)[:letter].count(" ")
    last = min(len(turn.words) - 1, first + LONGEST - 1)
    for place in range(first, last + 1):
        if turn.words[place].text.endswith((".", "?", "!")):
            last = place
            break
    return Sentence(part, turn, first, last, tone=tone)
