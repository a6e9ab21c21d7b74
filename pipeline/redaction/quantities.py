"""What a run of digits is when it identifies nobody: an amount, a date, a time of day, a quantity, an age, the name of a product."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.redaction.languages import sayings
from pipeline.redaction.tokens import Run, Token
from rules.spoken import cardinal

UNITS = frozenset(
    "dollar dollars buck bucks pound pounds euro euros cent cents pence quid percent minute minutes hour hours day days"
    " week weeks month months year years mile miles am pm a.m p.m o'clock oclock people items times points grand second"
    " seconds degrees gigabytes gigs megabytes business working feet square units calls payments installments instalments"
    " star stars usd gbp eur cad aud vision percentage kilometers kilometres kilos pesos reais zloty yen won franken francs"
    " employees customers mbps".split()
) | (sayings().units - frozenset("ore".split()))
MONTHS = frozenset("january february march april may june july august september october november december".split())
BIG = frozenset("hundred thousand million billion".split())
SIGNS = ("$", "£", "€")
YEAR_BEFORE = frozenset(
    "in since of year from by until for during after before around about summer winter spring autumn fall early late mid back circa".split()
)
PLANS = frozenset(
    "plan package bundle tariff edition club".split()
)  # of a round number is one on sale: "gold plan 2000"
TIME_BEFORE = frozenset("at by until before after around past from about till".split())
AGES = frozenset("aged age ages".split())
MONEY = frozenset(
    "price cost costs fee fees pay paid charge charged balance amount total bill owe owed refund payment dollars pounds worth debt"
    " premium rent salary deposit".split()
)
LINKS = frozenset(
    "is was are were of about for to at around by from be it only just now came comes nearly almost over and not or than instead rather"
    " me us him her you went rose fell goes dropped".split()
)
THINGS = frozenset("series edition processor laptop model".split())  # "15 5000 series"
NAMED = frozenset(
    "model version windows channel error route chapter page series highway interstate exit http".split()
)  # things
YEARLY = frozenset("model edition version season budget tax election".split())  # the 2024 model
NO_NOUN = frozenset(
    "yes thanks is was has does this plus as us its it's that's thats always sometimes perhaps besides unless guess sirs pass"
    " address needs expires starts ends goes works seems looks means says was's".split()
)
NOUN = re.compile(r"[a-z]{3,}s")
DAY = re.compile(
    r"(?:19|20)\d\d-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])-(?:0?[1-9]|[12]\d|3[01])-(?:19|20)\d\d"
)
YEAR = re.compile(r"(?:19|20)\d\d")
LONGEST = 6  # digits of a quantity that is written without a unit


def counted(tokens: Sequence[Token], run: Run) -> bool:
    """A unit follows ("dollars", "days", "p m") or a currency sign stands before: a quantity."""
    after = tokens[run.last + 1].text if run.last + 1 < len(tokens) else ""
    return (
        after in UNITS
        or is_hour(tokens, run)
        or (len(run.digits) < 13 and any(sign in tokens[i].word.text for i in run.tokens for sign in SIGNS))
    )


def is_hour(tokens: Sequence[Token], run: Run) -> bool:
    """ "9 15 p m", "two a m": a time of day whose last two letters are said one by one."""
    after = [token.text for token in tokens[run.last + 1 : run.last + 3]]
    return after in (["a", "m"], ["p", "m"]) and _clock(run, 12)


def dated(tokens: Sequence[Token], run: Run) -> bool:
    """A year, a day or a time of day."""
    before = [token.text for token in tokens[max(0, run.first - 4) : run.first]]
    digits = run.digits
    if len(run.tokens) == 1 and DAY.fullmatch(tokens[run.first].text):
        return True
    if (
        len(digits) == 4
        and digits[:2] in ("19", "20")
        and (MONTHS & set(before) or (before and before[-1] in YEAR_BEFORE) or _text(tokens, run.last + 1) in YEARLY)
    ):
        return True
    if YEAR.fullmatch(digits) and len(before) > 2 and before[-1] in ("or", "to", "and"):
        return YEAR.fullmatch(before[-2]) is not None and before[-3] in YEAR_BEFORE  # "in 2017 or 2018"
    if MONTHS & set(before[-2:]) and len(digits) in (5, 6) and digits[-4:-2] in ("19", "20"):
        return True  # "may fourth twenty twenty six" read as one run
    return len(digits) > 2 and _clock(run, 24) and bool(before) and before[-1] in TIME_BEFORE


def is_cardinal(tokens: Sequence[Token], run: Run) -> bool:
    """One number that is said with "hundred" or "thousand" ("twelve hundred"), and no digits beside it."""
    said = [tokens[i].text for i in run.tokens]
    return run.cardinal or (not BIG.isdisjoint(said) and cardinal(said) is not None)


def measured(tokens: Sequence[Token], run: Run) -> bool:
    """A quantity by what stands around it: "my bill is 1250", "2500 employees", "aged 12 14", "between 1000 and 2000"."""
    said = [tokens[i].text for i in run.tokens]
    before = [token.text for token in tokens[max(0, run.first - 4) : run.first]]
    last = before[-1] if before else ""
    if last in PLANS and len(run.digits) == 4 and run.digits.endswith("00"):
        return True
    if _text(tokens, run.last + 1) in THINGS and len(run.digits) <= LONGEST:
        return True
    if last in AGES or last == "between" or last in NAMED:
        return len(run.digits) <= LONGEST + 2 * (last == "between")
    whole = len(run.digits) <= LONGEST and run.digits[0] != "0" and len(said) == 1 and said[0].isdigit()
    if whole and _only_links([token.text for token in tokens[max(0, run.first - 8) : run.first]]):
        return True
    after = tokens[run.last + 1] if run.last + 1 < len(tokens) else None
    noun = (
        after is not None and NOUN.fullmatch(after.text) and after.text not in NO_NOUN and after.word.text[0].islower()
    )
    return whole and bool(noun) and tokens[run.last].word.text[-1:].isalnum()


def _only_links(before: Sequence[str]) -> bool:
    """Whether a word for money stands before the number and nothing but little words and numbers between."""
    place = max((i for i, word in enumerate(before) if word in MONEY), default=None)
    if place is None:
        return False
    between = before[place + 1 :]
    return all(word in LINKS or word.isdigit() for word in between)


def _clock(run: Run, hours: int) -> bool:
    """Whether it can be a time of day: "9", "915", "ten fourteen", and "fourteen thirty" of 24 ``hours``."""
    hour, minutes = (run.digits[:-2], run.digits[-2:]) if len(run.digits) in (3, 4) else (run.digits, "00")
    least = 0 if hours == 24 and len(run.digits) == 4 else 1
    return len(run.digits) <= 4 and len(run.tokens) <= 3 and minutes < "60" and least <= int(hour) <= min(hours, 23)


def _text(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if at < len(tokens) else ""
