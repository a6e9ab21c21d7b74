"""Entities of one turn: what was said, in its written form, with the words and seconds it was said in.

Read is what redaction left. A block that it removed is an entity as well, by its type alone, so that a reviewer sees that an
account number was said without seeing it. Spoken numbers are written by rules.spoken, telephone numbers judged by
phonenumbers in a region, since "four one five, five five five..." is a number in one country and none in another.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from pipeline.entities.amounts import amounts, unhesitating
from pipeline.entities.corrected import kept_after_corrections
from pipeline.entities.days import days_in
from pipeline.entities.products import Products
from pipeline.entities.spelled import codes, mails
from pipeline.records import Evidence, Turn
from pipeline.topics.saying import bare
from rules.spoken import Normal, digits, normal_form

AMOUNT = re.compile(r"^(?:[$£€][\d.,]+|[\d.,]+ ?(?:dollars|pounds|euros))$")
MONTHS = "january february march april may june july august september october november december".split()
DATE = re.compile(rf"^(?:{'|'.join(MONTHS)}) \d", re.IGNORECASE)
ISO_DATE = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<sign>-)(?P<first>\d\d)-(?P<second>\d\d)")
FIGURES_DATE = re.compile(r"(?P<first>\d{1,2})(?P<sign>[/.])(?P<second>\d{1,2})(?P=sign)(?P<year>(?:19|20)\d\d)")
SHORT = {name[:3]: name for name in MONTHS} | {"sept": "september"}
DAY_OF = re.compile(  # "15 th june 2018", "1st of nov", "jan 5th": as people type dates
    rf"(?<![\w.])(?:(?P<day>\d{{1,2}})(?P<of> ?(?:st|nd|rd|th)(?: of)?| of)? (?P<month>{'|'.join([*MONTHS, *SHORT])})"
    rf"|(?P<month2>{'|'.join(SHORT)}) (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?)(?:,? (?P<year>(?:19|20)\d\d))?(?![\w])"
)
WORDS_TOO = frozenset({"may", "march", "mar", "sep", "dec"})  # beside a number alone these are no months yet
WEEKDAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
OF_DAYS = frozenset({"ordinal", "figures", "end", "from", "after next", "ago", "weekend"})
RELATIVE = frozenset("today tomorrow yesterday tonight".split())
NUMBER_CUES = {
    "order_number": ("order", "tracking", "parcel", "booking", "confirmation"),
    "account_number": ("account", "policy", "customer", "contract", "membership"),
    "reference": ("reference", "case", "ticket", "claim", "incident"),
}
CUE_REACH = 6  # words before a number in which its cue stands
PHONE_CUES = frozenset("phone telephone mobile cell call number reach ring text".split())
FEWEST_SIGNS = 3
NAMING = frozenset({"number", "id", "reference", "code", "is", "reads"})
REMOVED = {
    "CARD_NUMBER": "card_number", "BANK_ACCOUNT": "account_number", "EMAIL": "email", "NUMBER": "number", "SSN": "national_id",
    "NATIONAL_ID": "national_id", "DATE_OF_BIRTH": "date_of_birth", "ADDRESS": "address", "PHONE": "phone", "NAME": "name",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing that was named. ``text`` is its written form, "(removed)" where redaction took it away."""

    type: str
    text: str
    turn: Turn
    first: int
    last: int  # inclusive

    def evidence(self) -> Evidence:
        words = self.turn.words[self.first : self.last + 1]
        return Evidence(" ".join(word.text for word in words), words[0].start, words[-1].end, self.turn.party)


def entities_of(turn: Turn, region: str = "US", products: Products | None = None) -> list[Entity]:
    """Entities of ``turn`` in the order they were said; where two overlap, the first of this list of finders wins."""
    texts = ["" if word.redacted else word.text for word in turn.words]
    taken: set[int] = set()
    found: list[Entity] = []
    for finder in (
        _removed(turn),
        _emails(turn, texts),
        _products(turn, texts, products),
        _numbers(turn, texts, region),
        _dates_in_figures(turn, texts, region),
        _dates_day_first(turn, texts),
        _amounts(turn, texts),
        _days(turn, texts, region),
        _written(turn, texts),
    ):
        for entity in finder:
            places = set(range(entity.first, entity.last + 1))
            if not places & taken:
                taken |= places
                found.append(entity)
    ordered = sorted(found, key=lambda entity: entity.first)
    return kept_after_corrections(ordered, [bare(text) for text in texts])


def _removed(turn: Turn) -> Iterator[Entity]:
    for place, word in enumerate(turn.words):
        if word.redacted and word.kind in REMOVED:
            yield Entity(_removed_kind(turn, place, REMOVED[word.kind]), "(removed)", turn, place, place)


def _removed_kind(turn: Turn, place: int, kind: str) -> str:
    """What a removed number was, by the words before it: redaction knows "order number" and "reach me at" as NUMBER alone."""
    if kind not in ("number", "account_number"):
        return kind
    before = [bare(word.text) for word in turn.words[max(0, place - CUE_REACH) : place]]
    for word in reversed(before):
        named = next((name for name, cues in NUMBER_CUES.items() if word in cues), None)
        if named is not None:
            return named
        if word in PHONE_CUES - {"number"}:
            return "phone"
    return kind


def _emails(turn: Turn, texts: Sequence[str]) -> Iterator[Entity]:
    for piece in mails([bare(text) for text in texts]):
        yield Entity("email", piece.text, turn, piece.first, piece.last)


def _numbers(turn: Turn, texts: Sequence[str], region: str) -> Iterator[Entity]:
    """Runs of digits that are a telephone number, or codes that a word before them calls a number of something."""
    words = [bare(text) for text in texts]
    runs = digits([text or "|" for text in texts])
    for run in runs:
        phone = _phone(run.digits, region)
        if phone is not None and (len(run.digits) >= 10 or PHONE_CUES & set(_cues(words, run.first))):
            yield Entity("phone", phone, turn, run.first, run.last)
    for code in codes(words, [(run.first, run.last, run.digits) for run in runs]):
        before = _cues(words, code.first)
        kind = next((kind for kind, cues in NUMBER_CUES.items() if set(cues) & set(before)), None)
        named = NAMING & set(before)
        if kind is not None and named and len(code.text) >= FEWEST_SIGNS and not _counted(words, code.last):
            yield Entity(kind, code.text, turn, code.first, code.last)


def _cues(words: Sequence[str], first: int) -> Sequence[str]:
    return words[max(0, first - CUE_REACH) : first]


def _counted(words: Sequence[str], last: int) -> bool:
    after = words[last + 1] if last + 1 < len(words) else ""
    return after in (
        "dollars",
        "dollar",
        "pounds",
        "euros",
        "cents",
        "percent",
        "days",
        "hours",
        "minutes",
        "months",
        "years",
    )


def _phone(text: str, region: str) -> str | None:
    import phonenumbers  # its tables: 0.1 s

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number) or len(text) < 7:
        return None
    valid = phonenumbers.is_valid_number(number)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)) if valid else None


def _dates_in_figures(turn: Turn, texts: Sequence[str], region: str) -> Iterator[Entity]:
    """Dates that somebody wrote: 2026-05-12, 5/12/2026 (month first in the United States, day first elsewhere), 12.5.2026."""
    for place, text in enumerate(texts):
        found = ISO_DATE.fullmatch(bare(text)) or FIGURES_DATE.fullmatch(bare(text))
        if found is None:
            continue
        parts = found.groupdict()
        first, second = int(parts["first"]), int(parts["second"])
        month_first = found.re is ISO_DATE or (region == "US" and parts["sign"] == "/" and first <= 12) or second > 12
        month, day = (first, second) if month_first else (second, first)
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield Entity("date", f"{MONTHS[month - 1].title()} {day}, {parts['year']}", turn, place, place)


def _dates_day_first(turn: Turn, texts: Sequence[str]) -> Iterator[Entity]:
    """Dates in figures with the name of the month, written in one piece or in several."""
    words = [text.lower().rstrip(".,?!;:") or "|" for text in texts]
    starts = [0, *accumulate(len(word) + 1 for word in words)]
    for found in DAY_OF.finditer(" ".join(words)):
        month, day = found["month"] or found["month2"], int(found["day"] or found["day2"])
        year = f", {found['year']}" if found["year"] else ""
        if not 1 <= day <= 31 or (month in WORDS_TOO and not (year or found["of"])):
            continue
        name = SHORT.get(month, month).title()
        first, last = (bisect_right(starts, at) - 1 for at in (found.start(), found.end() - 1))
        yield Entity("date", f"{name} {day}{year}", turn, first, last)


def _written(turn: Turn, texts: Sequence[str]) -> Iterator[Entity]:
    """Amounts, dates and days."""
    places = [n for n in unhesitating([bare(text) for text in texts]) if not _idle(texts, n)]
    for normal in normal_form([texts[n] or "|" for n in places]):
        kind = _kind(normal)
        if kind is not None:
            first, last = places[normal.first], places[normal.last]
            named = kind == "date" and _next_or_last(texts, first)
            text = f"{texts[first - 1].lower()} {normal.text}" if named else normal.text
            yield Entity(kind, text.strip(".,?!"), turn, first - named, last)


def _amounts(turn: Turn, texts: Sequence[str]) -> Iterator[Entity]:
    for piece in amounts([text.lower().replace("’", "'").rstrip(".,?!;:") for text in texts]):
        yield Entity("amount", piece.text, turn, piece.first, piece.last)


def _days(turn: Turn, texts: Sequence[str], region: str) -> Iterator[Entity]:
    """Days by their distance or number alone: "in two weeks", "on the 24th", "12/24"."""
    for day in days_in([text or "|" for text in texts], None, region):
        counted = day.kind == "span" and not day.at_once and day.said.lower().startswith(("in ", "within "))
        if counted or day.kind in OF_DAYS:
            yield Entity("date", day.said.lower(), turn, day.first, day.last)


def _idle(texts: Sequence[str], place: int) -> bool:
    """True for "the" inside a date: "september the twentieth"."""
    return 0 < place < len(texts) - 1 and bare(texts[place]) == "the" and bare(texts[place - 1]) in MONTHS


def _kind(normal: Normal) -> str | None:
    text = normal.text.strip(".,?!")
    if AMOUNT.match(text):
        return "amount"
    if DATE.match(text) or text.lower() in WEEKDAYS | RELATIVE:
        return "date"
    return None


def _next_or_last(texts: Sequence[str], first: int) -> bool:
    return first > 0 and bare(texts[first - 1]) in ("next", "last", "this")


def _products(turn: Turn, texts: Sequence[str], products: Products | None) -> Iterator[Entity]:
    for met in products.find(texts) if products is not None else ():
        yield Entity("product", met.product, turn, met.first, met.last)
