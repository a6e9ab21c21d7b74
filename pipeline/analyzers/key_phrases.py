"""Key phrases: what a call talks about in its own words, each with the place it was first said.

Runs of words between small words are candidates; a word weighs the more, the longer the runs it stands in (RAKE, Rose et al.
2010), a phrase the more, the oftener it is said and the earlier the customer says it. Numbers and names of types that
redaction left are no phrases. Known miss: what is meant but never named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.language import FOREIGN
from pipeline.records import Call, Evidence, Finding, Turn
from pipeline.topics.saying import bare, stem
from rules.spoken import digits

UNSURE = frozenset({"asr_unsure", FOREIGN})
SMALL = frozenset(
    (
        "a able about above across actually after afternoon again all alright also always am an and any anything are "
        "aren't around as ask asked at away back basically be because been before being bit both boy but by bye call "
        "called calling calls can can't cents cheers come could couldn't day days did didn't do does doesn't doing "
        "dollar dollars don't done dont down each else even evening ever every everything few fine first for free from "
        "further get gets getting girl give go goes going gonna good goodbye got great had hard has have haven't having "
        "he he's hear hello help her here hey hi him his hold hour how hundred i i'd i'll i'm i've if im in into is "
        "isn't it it's its just keep kind know last left let let's like line little look lot lovely ma'am madam made "
        "make man many may maybe me mean might mine minute miss missus mister mm moment month months more morning most "
        "much must my name need needs never new nice no nobody none not nothing now number of off oh ok okay on once "
        "one only or other our out over own percent perfect please pm pounds put quick quite ready really right ring "
        "said same say says see seem seems shall she should shouldn't sir so some somebody someone something soon sorry "
        "sort speak speaking still such sure take talk tell than thank thanks that that's thats the their them then "
        "there there's these they they're thing things think this those though thousand through time to today told too "
        "try trying two uh um under until up us use very wait want wanted was wasn't way we we'll we're we've welcome "
        "well were what what's when where which while who whole why will with won't work would wouldn't yeah year yep "
        "yes yet you you'd you'll you're you've your yours"
    ).split()
)
LONGEST = 4
MOST = 8
FIRST_TURNS = 6  # of customers: there the reason is said
EARLY = 1.5


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate at its place in a turn."""

    turn: Turn
    first: int
    last: int
    key: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(bare(word.text) for word in self.turn.words[self.first : self.last + 1])


@dataclass(frozen=True)
class KeyPhrases:
    """One finding ``key_phrases`` a call; its evidence are the phrases, the weightiest first."""

    name: str = "key_phrases"
    version: str = "1"
    of_words = True
    weight: float = 0.0
    needs: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()

    def analyze(self, call: Call) -> list[Finding]:
        if UNSURE & set(call.marks):
            return []
        found = [candidate for turn in call.turns for candidate in candidates(turn)]
        best = self.best(call, found)
        if not best:
            return []
        evidence = tuple(
            Evidence(f.text, f.turn.words[f.first].start, f.turn.words[f.last].end, f.turn.party) for f in best
        )
        why = "key phrases: " + ", ".join(dict.fromkeys(item.quote for item in evidence))
        return [Finding("key_phrases", 0.1, evidence[0].start, evidence[0].end, why, evidence)]

    def best(self, call: Call, found: Sequence[Found]) -> list[Found]:
        """The weightiest phrases, none a part of another, each at its first place."""
        counts = Counter(candidate.key for candidate in found)
        often, reach = Counter[str](), Counter[str]()
        for candidate in found:
            for word in candidate.key:
                often[word] += 1
                reach[word] += len(candidate.key)
        customers = [turn for turn in call.turns if call.role_of(turn.party) == "customer"][:FIRST_TURNS]
        early = {id(turn) for turn in customers}
        worth = {
            c.key: sum(reach[w] / often[w] for w in c.key) * counts[c.key] ** 0.5 for c in found
            if counts[c.key] > 1 or len(c.key) > 1 or id(c.turn) in early
        }  # fmt: skip
        for candidate in {c.key: c for c in found if id(c.turn) in early}.values():
            if candidate.key in worth:
                worth[candidate.key] *= EARLY
        chosen: list[tuple[str, ...]] = []
        used: set[str] = set()
        for key in sorted(worth, key=lambda key: (-worth[key], key)):
            if used.isdisjoint(key):
                chosen.append(key)
                used.update(key)
            if len(chosen) == MOST:
                break
        first = {c.key: c for c in reversed(found)}
        return [first[key] for key in chosen]


def candidates(turn: Turn) -> Iterator[Found]:
    """Runs of words that are neither small nor numbers nor removed."""
    numbers = {place for run in digits([word.text for word in turn.words]) for place in range(run.first, run.last + 1)}
    run: list[int] = []
    for place, word in enumerate(turn.words):
        text = bare(word.text)
        plain = not word.redacted and place not in numbers and text.isalpha() and len(text) > 2 and text not in SMALL
        if plain:
            run.append(place)
        if run and (not plain or word.text[-1:] in ".,?!;" or len(run) == LONGEST or place == len(turn.words) - 1):
            yield Found(turn, run[0], run[-1], tuple(stem(turn.words[n].text) for n in run))
            run = []


analyzer = KeyPhrases()
