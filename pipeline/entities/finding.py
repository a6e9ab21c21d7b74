"""Entities of one turn: what was said, in its written form, with the words and seconds it was said in.

Read is what redaction left. A block that it removed is an entity as well, by its type alone, so that a reviewer sees that an
account number was said without seeing it. Spoken numbers are written by rules.spoken, telephone numbers judged by
phonenumbers in a region, since "four one five, five five five..." is a number in one country and none in another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.entities.days import days_in
from pipeline.entities.products import Products
from pipeline.records import Evidence, Turn
from pipeline.topics.saying import bare
from rules.spoken import Normal, digits, normal_form

AMOUNT = re.compile(r"^(?:[$£€][\d.,]+|[\d.,]+ ?(?:dollars|pounds|euros))$")
CURRENCIES = {"usd": "$", "$": "$", "eur": "€", "€": "€", "gbp": "£", "£": "£"}
FIGURES = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d\d)?|\d+(?:[.,]\d\d)?")
MONTHS = "january february march april may june july august september october november december".split()
DATE = re.compile(rf"^(?:{'|'.join(MONTHS)}) \d", re.IGNORECASE)
ISO_DATE = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<sign>-)(?P<first>\d\d)-(?P<second>\d\d)")
FIGURES_DATE = re.compile(r"(?P<first>\d{1,2})(?P<sign>[/.])(?P<second>\d{1,2})(?P=sign)(?P<year>(?:19|20)\d\d)")
WEEKDAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
RELATIVE = frozenset("today tomorrow yesterday tonight".split())
NUMBER_CUES = {
    "order_number": ("order", "tracking", "parcel", "booking", "confirmation"),
    "account_number": ("account", "policy", "customer", "contract", "membership"),
    "reference": ("reference", "case", "ticket", "claim", "incident"),
}
CUE_REACH = 6  # words before a number in which its cue stands
PHONE_CUES = frozenset("phone telephone mobile cell call number reach ring text".split())
FEWEST_DIGITS = 3
DOMAINS = frozenset("com org net co uk edu gov info biz io de eu us".split())
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
        _currencies(turn, texts),
        _written(turn, texts),
        _days(turn, texts, region),
    ):
        for entity in finder:
            places = set(range(entity.first, entity.last + 1))
            if not places & taken:
                taken |= places
                found.append(entity)
    return sorted(found, key=lambda entity: entity.first)


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
    """Written ones, and ones spelled aloud: "ann dot lee at web dot com"."""
    words = [bare(text) for text in texts]
    for place, word in enumerate(words):
        if re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", word):
            yield Entity("email", word, turn, place, place)
        if word == "at" and 0 < place < len(words) - 3 and "dot" in words[place + 2 : place + 5]:
            first, last = _before(words, place), _after(words, place)
            if first is not None and last is not None:
                signs = {"dot": ".", "at": "@", "underscore": "_", "dash": "-", "hyphen": "-"}
                yield Entity("email", "".join(signs.get(w, w) for w in words[first : last + 1]), turn, first, last)


def _before(words: Sequence[str], at: int) -> int | None:
    """Where the name before "at" begins: words joined by signs, or single letters spelled."""
    first = at - 1
    if not re.fullmatch(r"[a-z0-9]+", words[first]):
        return None
    while first > 0:
        if words[first - 1] in ("dot", "underscore", "dash", "hyphen") and first > 1:
            first -= 2
        elif re.fullmatch(r"[a-z0-9]", words[first - 1]) and words[first - 1] not in ("a", "i"):
            first -= 1
        else:
            break
    return first


def _after(words: Sequence[str], at: int) -> int | None:
    """Where the host behind "at" ends."""
    last = None
    for place in range(at + 2, min(len(words) - 1, at + 8)):
        if words[place] == "dot" and words[place + 1] in DOMAINS:
            last = place + 1
    return last


def _numbers(turn: Turn, texts: Sequence[str], region: str) -> Iterator[Entity]:
    """Runs of digits that are a telephone number, or that a word before them calls a number of something."""
    words = [bare(text) for text in texts]
    for run in digits([text or "|" for text in texts]):
        before = words[max(0, run.first - CUE_REACH) : run.first]
        phone = _phone(run.digits, region)
        if phone is not None and (len(run.digits) >= 10 or PHONE_CUES & set(before)):
            yield Entity("phone", phone, turn, run.first, run.last)
        elif len(run.digits) >= FEWEST_DIGITS:
            kind = next((kind for kind, cues in NUMBER_CUES.items() if set(cues) & set(before)), None)
            named = {"number", "id", "reference", "code", "is"} & set(before)
            if kind is not None and named and not _counted(words, run.last):
                first = _spelled(words, run.first)
                letters = "".join(words[first : run.first]).upper()
                yield Entity(kind, letters + run.digits, turn, first, run.last)


def _spelled(words: Sequence[str], first: int) -> int:
    """Single letters right before a number belong to it: "a b four four one"."""
    while first > 0 and re.fullmatch(r"[a-z]", words[first - 1]):
        first -= 1
    return first


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


def _written(turn: Turn, texts: Sequence[str]) -> Iterator[Entity]:
    """Amounts, dates and days."""
    places = [n for n in range(len(texts)) if not _idle(texts, n)]
    for normal in normal_form([texts[n] or "|" for n in places]):
        kind = _kind(normal)
        if kind is not None:
            first, last = places[normal.first], places[normal.last]
            named = kind == "date" and _next_or_last(texts, first)
            text = f"{texts[first - 1].lower()} {normal.text}" if named else normal.text
            yield Entity(kind, text.strip(".,?!"), turn, first - named, last)


def _currencies(turn: Turn, texts: Sequence[str]) -> Iterator[Entity]:
    """Figures with a sign or code of money beside them: "1,200 USD", "€ 30"."""
    for place in range(len(texts) - 1):
        one, two = texts[place].lower().strip(".,?!;:()"), texts[place + 1].lower().strip(".,?!;:()")
        sign, figures = (CURRENCIES[one], two) if one in CURRENCIES else (CURRENCIES.get(two, ""), one)
        if sign and FIGURES.fullmatch(figures):
            yield Entity("amount", sign + figures, turn, place, place + 1)


def _days(turn: Turn, texts: Sequence[str], region: str) -> Iterator[Entity]:
    """Days by their distance or number alone: "in two weeks", "on the 24th", "12/24"."""
    for day in days_in([text or "|" for text in texts], None, region):
        counted = day.kind == "span" and not day.at_once and day.said.lower().startswith(("in ", "within "))
        if counted or day.kind in ("ordinal", "figures", "end"):
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
