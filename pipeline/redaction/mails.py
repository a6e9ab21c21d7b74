"""E-mail addresses, written or spelled ("d a n a underscore smith at example dot co dot uk"), also over several turns.

An address needs a domain: words, "dot", and what may end one. Two letters or a well-known ending do anywhere, any other only
where an e-mail was asked for. "Our website at example dot com" has no name before "at" and is an address of the web.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from pipeline.redaction.blocks import Block
from pipeline.redaction.cues import Cue
from pipeline.redaction.languages import sayings
from pipeline.redaction.questions import FILLERS, answers, asks, clause, content
from pipeline.redaction.tokens import Token
from rules.spoken.foreign import fold

# Top-level domains of more than two letters that people have addresses under; those of two letters are countries
# (ISO 3166), which the shape alone tells. IANA's root zone holds a thousand more: they count after a word for e-mail.
LONG_TOPS = frozenset(
    "com org net edu gov mil int info biz online shop store site website web app dev tech cloud email live life world club xyz top pro"
    " name mobi museum travel jobs cat asia post tel coop aero agency digital media studio design group team work works company"
    " solutions services consulting support systems global network news blog today space fun art click link page zone one win"
    " finance bank insurance law legal health care clinic doctor dental academy school college university education church family"
    " house homes estate property realty construction builders energy auto cars bike taxi hotel restaurant cafe bar pub pizza food"
    " kitchen coffee wine beer vegas london paris berlin tokyo nyc amsterdam wien koeln hamburg bayern ruhr scot wales irish quebec eus"
    " gal barcelona madrid swiss africa capital ventures partners holdings international ltd llc inc gmbh".split()
)
COUNTRY = re.compile(r"[a-z]{2}")
ANY_TOP = re.compile(r"[a-z]{2,24}")
NO_COUNTRY = frozenset("he we if or my so up ok oh uh um".split())  # two letters after "dot" that end no domain
PROVIDERS = frozenset(
    "gmail googlemail yahoo hotmail outlook icloud aol protonmail proton gmx msn verizon comcast".split()
)
SPLIT_PROVIDERS = (("g", "mail"), ("hot", "mail"), ("i", "cloud"), ("a", "o", "l"), ("proton", "mail"))
ATS = frozenset("at @ ät".split()) | sayings().ats
DOTS = frozenset(("dot", "point")) | sayings().dots
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}")
EMAIL = re.compile(r"e-?mail|mail")
WEB = frozenset("website site page web www http https url online webpage homepage visit".split())
# Words before the address, not of it.
NOT_MAIL = frozenset(
    "is it's its address email e-mail mail to as my the it um uh er so yes yeah okay ok sure at that's thats that and on me your use"
    " reach send under be would should i'd have for with sent contact write spell spelled spelt well then just you can was will"
    " i'll please down got mine us our website site page online sign am i'm we they he she or not of from thanks hello hi name".split()
) | frozenset(word for word in sayings().fillers if len(word) > 1)
DETERMINERS = frozenset("the a an this that my your our his her their its".split())
NO_DOMAIN = frozenset("and is to please thanks the that then but so because was for you i'll we".split())
LONGEST_DOMAIN, LONGEST_NAME = 10, 30  # words
NEAR = 40  # words after a word for e-mail in which any ending is one
STOPS = frozenset("please thanks thank you and but is i okay".split())
ASIDE = frozenset("yes yeah mhm mm hm okay ok uh huh right sure got it".split())


def mails(
    tokens: Sequence[Token], chunks: Sequence[Sequence[int]], cues: Sequence[Cue], turns: dict[int, range]
) -> list[Block]:
    """A block for every turn that holds a part of an address."""
    asked = _asked(tokens)
    blocks = [
        Block("EMAIL", i, i) for i, token in enumerate(tokens) if "@" in token.word.text and "." in token.word.text
    ]
    for chunk in chunks:
        for first, last in _spoken(tokens, chunk, asked):
            blocks += _parts(tokens, chunk[first : last + 1])
    return blocks + _answered(tokens, asked, turns)


def _asked(tokens: Sequence[Token]) -> list[bool]:
    """For each word whether an e-mail was spoken of shortly before."""
    near, left = [], 0
    for token in tokens:
        left = NEAR if EMAIL.fullmatch(token.text) else left - 1
        near.append(left > 0)
    return near


def _spoken(tokens: Sequence[Token], chunk: Sequence[int], asked: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """First and last place in ``chunk`` of each address with a spoken "at"."""
    said = [tokens[i].text for i in chunk]
    done = -1
    for at, text in enumerate(said):
        if fold(text) not in ATS or at <= done:
            continue
        start = at + 1 + (said[at + 1 : at + 2] == ["sign"])
        last = _domain_end(said, start, loose=asked[chunk[at]])
        if last is None:
            continue
        first = _name_start(tokens, chunk, at)
        if first == at and (not asked[chunk[at]] or WEB & {*said[max(0, at - 4) : at]}):
            continue  # nothing before "at" that is a name: an address of the web
        done = last
        yield first, last


def _domain_end(said: Sequence[str], start: int, *, loose: bool) -> int | None:
    """The last place of the domain that begins at ``start``; None where none does."""
    if start < len(said) and DOMAIN.fullmatch(said[start]):
        return start
    last = None
    if (
        said[start : start + 1]
        and said[start] in DETERMINERS
        and not {*said[start + 1 : start + 2]} & {"dash", "hyphen"}
    ):
        return None
    for i in range(start + 1, min(len(said) - 1, start + LONGEST_DOMAIN)):
        if fold(said[i]) in DOTS and _is_top(said[i + 1], loose=loose):
            last = i + 1
        elif (last is not None and i > last + 1) or (last is None and said[i] in NO_DOMAIN):
            break
    return last if last is not None else _provider_end(said, start)


def _is_top(text: str, *, loose: bool) -> bool:
    if text in LONG_TOPS or (COUNTRY.fullmatch(text) and text not in NO_COUNTRY):
        return True
    return loose and ANY_TOP.fullmatch(text) is not None


def _provider_end(said: Sequence[str], start: int) -> int | None:
    """ "at gmail" names a mail provider, dot or not."""
    if start < len(said) and said[start] in PROVIDERS:
        return start
    for split in SPLIT_PROVIDERS:
        if tuple(said[start : start + len(split)]) == split:
            return start + len(split) - 1
    return None


def _name_start(tokens: Sequence[Token], chunk: Sequence[int], at: int) -> int:
    """The first place of the name before ``at``; it may have begun in turns before, the last of them ending in it."""
    first = at
    while first - 1 >= 0 and at - first < LONGEST_NAME:
        here = tokens[chunk[first - 1]]
        spelled = _as_in(tokens, chunk, first - 1)
        if spelled is not None:
            first = spelled
        elif here.text in NOT_MAIL or here.word.redacted or not here.text:
            break
        else:
            first -= 1
    return first


def _as_in(tokens: Sequence[Token], chunk: Sequence[int], last: int) -> int | None:
    """The place of the letter in "d as in david", "d for david", which ends at ``last``."""
    said = [tokens[i].text for i in chunk[max(0, last - 3) : last + 1]]
    for link in (["as", "in"], ["like"], ["for"]):
        size = len(link) + 2
        if len(said) >= size and len(said[-size]) == 1 and said[-size].isalpha() and said[-size + 1 : -1] == link:
            return last - size + 1
    return None


def _parts(tokens: Sequence[Token], said: Sequence[int]) -> Iterator[Block]:
    """One block a turn, and what others repeat of it in between."""
    own = {tokens[i].text for i in said}
    party = tokens[said[0]].word.party
    for _, group in groupby(said, key=lambda i: tokens[i].turn):
        part = [*group]
        yield Block("EMAIL", part[0], part[-1])
    between = [i for i in range(said[0], said[-1]) if tokens[i].word.party != party]
    for _, group in groupby(between, key=lambda i: tokens[i].turn):
        echo = [*group]
        if all(tokens[i].text in own | ASIDE for i in echo) and not all(tokens[i].text in ASIDE for i in echo):
            yield Block("EMAIL", echo[0], echo[-1])


def _answered(tokens: Sequence[Token], asked: Sequence[bool], turns: dict[int, range]) -> list[Block]:
    """The answer to "your email" without a domain: "jane doe", "m a r t", "gmail"."""
    blocks = []
    for i, token in enumerate(tokens):
        if not EMAIL.fullmatch(token.text) or not asks(tokens, turns, i):
            continue
        for said in answers(tokens, turns, i, patience=3):
            told = clause(tokens, content(tokens, said, FILLERS | NOT_MAIL - {"mine", "i", "a"}), STOPS, LONGEST_NAME)
            if told and told.stop == said.stop and (len(told) <= 3 or _spelled(tokens, told)):
                blocks.append(Block("EMAIL", told.start, told.stop - 1))
            elif told:
                break
    return blocks


def _spelled(tokens: Sequence[Token], said: range) -> bool:
    """Mostly single letters, or with the words of an address."""
    texts = [tokens[i].text for i in said]
    return sum(len(text) == 1 for text in texts) * 2 >= len(texts) or bool(
        {*texts} & (DOTS | ATS | {"underscore", "dash"})
    )
