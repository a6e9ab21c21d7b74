"""Scorecards: sections of questions with weights, as declarative files.

A card is one YAML file. Its version is the SHA-256 of its text, so that an answer can always be read with the card it was
given to. Every fault is named with file and line; what a key means stands in its description.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from pipeline.quality.errors import CardError
from rules.errors import RuleError
from rules.language.source import Source, read_source

SHIPPED = Path(__file__).parent / "cards"
NA = "na"  # the answer "does not apply"; never the name of an option
MOST_OPTIONS = 9  # one key each
SEVERAL = 3  # rules of a pack that have to apply: one or two of them apply to calls of any kind

Place = tuple[str | int, ...]  # to a value inside a card: ("sections", 0, "questions", 3, "weight")
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Points = Annotated[float, Field(ge=0, le=100)]


class Strict(BaseModel):
    """A mapping in which every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Option(Strict):
    """One answer to choose; its key is its place in the list."""

    value: Name
    title: Text
    earns: float = Field(ge=0, le=1, description="Share of the question's weight that this answer earns.")


def _options(*rows: tuple[str, str, float]) -> tuple[Option, ...]:
    return tuple(Option(value=value, title=title, earns=earns) for value, title, earns in rows)


SCALES: Mapping[str, tuple[Option, ...]] = {
    "yes_no": _options(("yes", "Yes", 1), ("no", "No", 0)),
    "yes_partly_no": _options(("yes", "Yes", 1), ("partly", "Partly", 0.5), ("no", "No", 0)),
    "done_missing": _options(("done", "Done", 1), ("missing", "Missing", 0)),
    "zero_to_four": _options(
        ("four", "Always", 1), ("three", "Mostly", 0.75), ("two", "In part", 0.5), ("one", "Seldom", 0.25),
        ("zero", "Not at all", 0),
    ),
}  # fmt: skip


class Machine(Strict):
    """Rules whose verdicts answer the question beforehand."""

    rules: list[str] = Field(min_length=1, description="Ids of rules; one FAIL among them is the answer `fails`.")
    mode: Literal["suggests", "decides"] = Field(
        "suggests", description="decides: the answer stands unless a person changes it; suggests: a person confirms it."
    )
    passes: Name | None = Field(None, description="Answer where the rules are met; the one that earns most by default.")
    fails: Name | None = Field(None, description="Answer where one is broken; the one that earns least by default.")


class When(Strict):
    """The question is asked only after another one was answered in this way."""

    question: Name = Field(description="Id of an earlier question.")
    answers: list[Name] = Field(alias="is", min_length=1, description="Answers that make this question asked.")


class Question(Strict):
    """One question. What is not applicable leaves the score, on both sides of the fraction."""

    id: Name
    ask: Text
    help: str = Field("", max_length=2000, description="What counts as which answer.")
    answers: str | list[Option] = Field(
        description="yes_no, yes_partly_no, done_missing, zero_to_four, or own options."
    )
    weight: float = Field(ge=0, le=100, description="Points; 0: it only decides what else is asked.")
    not_applicable: Text | None = Field(None, description="When it does not apply; left out: it always does.")
    fatal: list[Name] = Field(default=[], description="Answers after which the whole call counts as failed.")
    compliance: bool = Field(False, description="Counts for the compliance score beside the quality score.")
    when: When | None = None
    machine: Machine | None = None

    @cached_property
    def options(self) -> tuple[Option, ...]:
        return SCALES[self.answers] if isinstance(self.answers, str) else tuple(self.answers)

    @property
    def values(self) -> tuple[str, ...]:
        """Every answer it takes, in the order of their keys; NA last, where it may not apply."""
        own = tuple(option.value for option in self.options)
        return (*own, NA) if self.not_applicable else own

    @property
    def best(self) -> str:
        return max(self.options, key=lambda option: option.earns).value

    @property
    def worst(self) -> str:
        return min(self.options, key=lambda option: option.earns).value

    def option(self, value: str) -> Option | None:
        return next((option for option in self.options if option.value == value), None)

    def title(self, value: str) -> str:
        """An answer as people read it."""
        found = self.option(value)
        return found.title if found else "N/A"


class Section(Strict):
    id: Name
    title: Text
    questions: list[Question] = Field(min_length=1)


class Bands(Strict):
    """Where a score belongs: from ``passes`` on it is good, below ``coach`` it is flagged."""

    passes: Points = Field(85, alias="pass")
    coach: Points = 70


@dataclass(frozen=True, slots=True)
class Nature:
    """What kind of call it is: ``packs`` says how many rules of each pack applied to it."""

    queue: str = ""
    direction: str = ""
    type: str = ""
    topics: Collection[str] = ()
    packs: Mapping[str, int] = field(default_factory=dict)


class Applies(Strict):
    """Calls the card is made for: it is offered first for them. Whoever reviews may choose another one."""

    queues: list[Text] = Field(default=[], description="Names of queues, compared without case.")
    types: list[Text] = Field(
        default=[], description="Types of calls as their metadata name them, compared without case."
    )
    directions: list[Literal["inbound", "outbound"]] = Field(
        default=[], description="Only calls that go this way; one whose way is not known, or whose queue is named, too."
    )
    packs: list[Name] = Field(
        default=[], description=f"Packs of rules of which at least {SEVERAL} applied to the call."
    )
    topics: list[Name] = Field(default=[], description="Topics that were found in the call.")

    def fits(self, call: Nature) -> int:
        """How much speaks for the card on such a call: queue, type, topics, packs, in this order; 0 where nothing does."""
        if _among(call.queue, self.queues):
            return 8
        if self.directions and call.direction and call.direction not in self.directions:
            return 0
        judged = any(call.packs.get(pack, 0) >= SEVERAL for pack in self.packs)
        return 4 * _among(call.type, self.types) + 2 * bool(set(call.topics) & set(self.topics)) + judged


def _among(name: str, names: Iterable[str]) -> bool:
    return name.casefold() in {one.casefold() for one in names}


class CardFile(Strict):
    """Everything a scorecard file says."""

    id: Name
    title: Text
    about: Text
    owner: Text
    bands: Bands = Field(default_factory=lambda: Bands.model_validate({}))
    applies: Applies = Field(default_factory=Applies, description="Calls it is offered first for.")
    fatal_score: Points = Field(0, description="Most points that are left after a fatal answer.")
    sections: list[Section] = Field(min_length=1)


@dataclass(frozen=True)
class Card:
    """One scorecard as it was read."""

    body: CardFile
    text: str

    @property
    def id(self) -> str:
        return self.body.id

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for section in self.body.sections for question in section.questions)

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        return {question.id: question for question in self.questions}


def read_card(text: str, file: str) -> Card:
    """One card from its YAML text. Raises CardError, and nothing else, whatever the text is."""
    try:
        source = read_source(text, file)
    except RuleError as error:
        raise CardError(str(error).removeprefix(f"{error.file}:{error.line}: "), file=file, line=error.line) from error
    if not isinstance(source.value, dict):
        raise CardError("a scorecard is a mapping of keys to values", file=file, line=1)
    try:
        body = CardFile.model_validate(source.value)
    except ValidationError as error:
        raise _explained(error, source) from error
    except RecursionError as error:
        raise CardError("blocks are nested too deeply", file=file, line=1) from error
    for message, path in _faults(body):
        raise CardError(message, file=file, line=source.line(path))
    return Card(body, text)


@cache
def shipped_cards(folder: Path = SHIPPED) -> Mapping[str, Card]:
    """The cards of a folder by id, in the order of the files; raises CardError."""
    found: dict[str, Card] = {}
    for file in sorted(folder.glob("*.yaml")):
        try:
            card = read_card(file.read_text(encoding="utf-8"), str(file))
        except (OSError, UnicodeDecodeError) as error:
            raise CardError(f"cannot be read: {error}", file=str(file), line=1) from error
        if card.id in found:
            raise CardError(f'the id "{card.id}" is already used by another card', file=str(file), line=1)
        found[card.id] = card
    return found


def faults_of(value: object) -> list[tuple[Place, str]]:
    """Every fault of a card given as plain values, each with the path to where it stands; empty for a good one."""
    try:
        body = CardFile.model_validate(value)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        return [(path, _said(fault, path)) for fault in faults for path in (_place(fault),)]
    except RecursionError:
        return [((), "blocks are nested too deeply")]
    return [(path, message) for message, path in _faults(body)]


def _faults(body: CardFile) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """What the types cannot say: names that must exist, and the order of what depends on what."""
    if body.bands.coach > body.bands.passes:
        yield "the band `coach` begins above the band `pass`", ("bands",)
    if not any(question.weight for section in body.sections for question in section.questions):
        yield "no question has a weight, so there is nothing to score", ("sections",)
    known: dict[str, Question] = {}
    for s, section in enumerate(body.sections):
        for q, question in enumerate(section.questions):
            here = ("sections", s, "questions", q)
            yield from ((message, (*here, key)) for message, key in _own_faults(question, known))
            known[question.id] = question


def _own_faults(question: Question, earlier: Mapping[str, Question]) -> Iterator[tuple[str, str]]:
    if question.id in earlier:
        yield f'the id "{question.id}" is used by an earlier question', "id"
    if isinstance(question.answers, str) and question.answers not in SCALES:
        yield (
            f'answers "{question.answers}" is not one of {", ".join(SCALES)}{_meant(question.answers, list(SCALES))}',
            "answers",
        )
        return
    values = [option.value for option in question.options]
    if not 2 <= len(values) <= MOST_OPTIONS or len(set(values)) < len(values) or NA in values:
        yield f'a question needs 2 to {MOST_OPTIONS} different answers, none of them called "{NA}"', "answers"
    if question.weight and len({option.earns for option in question.options}) < 2:
        yield "all answers earn the same, so the question decides nothing", "answers"
    machine = question.machine
    named = [(value, "fatal") for value in question.fatal]
    named += [(value, "machine") for value in (machine.passes, machine.fails) if value] if machine else []
    for value, key in named:
        if value not in values:
            yield f'{key}: "{value}" is none of its answers ({", ".join(values)}){_meant(value, values)}', key
    if question.when:
        yield from _when_faults(question.when, earlier)


def _when_faults(when: When, earlier: Mapping[str, Question]) -> Iterator[tuple[str, str]]:
    if when.question not in earlier:
        yield f'when: there is no earlier question "{when.question}"{_meant(when.question, list(earlier))}', "when"
        return
    values = earlier[when.question].values
    for value in when.answers:
        if value not in values:
            yield f'when: "{value}" is no answer of "{when.question}" ({", ".join(values)})', "when"


def _explained(error: ValidationError, source: Source) -> CardError:
    """The first fault as a sentence with its line, and what was probably meant."""
    faults = error.errors(include_url=False)
    fault = next((one for one in faults if one["type"] == "extra_forbidden"), faults[0])
    path = _place(fault)
    plain = fault["type"] in ("extra_forbidden", "missing")
    value = fault.get("input")
    shown = f" {str(value)[:60]!r}" if isinstance(value, str | int | float | bool) else ""
    message = _said(fault, path) if plain else f"{'.'.join(map(str, path))}{shown}: {_said(fault, path)}"
    return CardError(message, file=source.file, line=source.line(path))


def _place(fault: Mapping[str, Any]) -> Place:
    return tuple(part for part in fault["loc"] if not _branch(part))


def _said(fault: Mapping[str, Any], path: Place) -> str:
    if fault["type"] == "extra_forbidden":
        return f'there is no key "{path[-1]}"{_meant(str(path[-1]), _keys())}'
    return f'the key "{path[-1]}" is missing' if fault["type"] == "missing" else str(fault["msg"])


def _branch(part: Any) -> bool:
    """Pydantic's names for the branches of a union lead nowhere in the file."""
    return isinstance(part, str) and (part == "str" or part.startswith("list["))


def _keys() -> list[str]:
    found: list[str] = []
    for model in (CardFile, Section, Question, Machine, When, Bands, Option):
        found += [field.alias or name for name, field in model.model_fields.items()]
    return found


def _meant(name: str, names: Sequence[str]) -> str:
    close = get_close_matches(name, names, n=1)
    return f'. Did you mean "{close[0]}"?' if close else ""
