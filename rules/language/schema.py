"""The typed shape of a rule file: what every rule carries, and what "said" can ask for.

Kinds (rules/kinds/) add their own fields to ``RuleBase``. A field's description is what an author reads in the editor.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from rules.language.phrase import PhraseError, parse

RoleName = Literal["agent", "customer", "ivr", "third_party", "unknown", "any"]
Severity = Literal["low", "medium", "high"]
SourceStatus = Literal["read", "secondary", "unchecked"]


class _AnyList(dict[str, list[str]]):
    """Stands for the word lists that are only known when the rule is linked to its pack."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> list[str]:
        return ["x"]


def _readable(text: str) -> str:
    try:
        parse(text, _AnyList())
    except PhraseError as error:
        raise ValueError(str(error)) from error
    return text


Phrase = Annotated[str, StringConstraints(min_length=1, max_length=1000), AfterValidator(_readable)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Turns = Annotated[int, Field(ge=1, le=1000)]


class Strict(BaseModel):
    """A mapping in which every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Alike(Strict):
    """Words that mean the same, by sentence embeddings. Rules with it are reported as not run where no model is."""

    sentences: list[Text] = Field(min_length=1, description="Sentences that say it.")
    at_least: float = Field(0.7, ge=0, le=1, description="Cosine similarity from which a turn counts.")


class Said(Strict):
    """Words, or what redaction left of them: by whom, when, and in what way."""

    role: RoleName | list[RoleName] = Field("any", description="Who must say it.")
    any_of: list[Phrase] = Field(default=[], description="Phrases; one of them is enough.")
    all_of: list[Phrase] = Field(default=[], description="Phrases that must all be said within `near_words`.")
    event: Name | list[Name] | None = Field(
        None, description="Named events of the pack or of rules/packs/_common.yaml."
    )
    type: str | None = Field(None, description="A redaction type such as CARD_CODE.", pattern=r"^[A-Z][A-Z_]*$")
    digits: tuple[int, int] | None = Field(None, description="With `type`: least and most digits.")
    luhn: bool | None = Field(None, description="With `type`: whether the number satisfies the Luhn check.")
    regex: list[Text] = Field(default=[], description="RE2 expressions over the text of one turn, in lower case.")
    means: Alike | None = Field(None, description="By meaning, beside the phrases.")
    near: list[Phrase] = Field(default=[], description="One of these must be said within `near_words` of the hit.")
    near_words: int = Field(12, ge=1, le=200, description="How many words `near` and `all_of` may span.")
    unless: list[Phrase] = Field(default=[], description="One of these in the same turn cancels the hit.")
    form: Literal["any", "question", "statement"] = Field("any", description="Asked or stated.")
    negated: Literal["skip", "count", "only"] = Field("skip", description='"i will not ask for your code".')
    hypothetical: Literal["skip", "count"] = Field("count", description='"if somebody asked you for a code".')
    reported: Literal["skip", "count"] = Field("count", description='"they told me to buy cards".')
    first_seconds: Seconds | None = Field(None, description="Only within the first seconds of speech.")
    last_seconds: Seconds | None = Field(None, description="Only within the last seconds of the call.")
    first_turns: Turns | None = Field(None, description="Only within this many first turns of the party.")
    last_turns: Turns | None = Field(None, description="Only within this many last turns of the party.")
    before: Said | None = Field(None, description="Only before the first time this is said.")
    after: Said | None = Field(None, description="Only after the first time this is said.")
    soon_after: Said | None = Field(
        None, description="Only as an answer: within `soon_turns` turns after this is said."
    )
    soon_turns: int = Field(2, ge=1, le=50, description="With `soon_after`: turns of anybody that may lie between.")
    at_least: int = Field(1, ge=1, le=100, description="How many different hits are needed.")
    distinct: bool = Field(False, description="With `at_least`: count different phrases, not repetitions.")

    @model_validator(mode="after")
    def _asks_for_something(self) -> Said:
        if not (self.any_of or self.all_of or self.event or self.type or self.regex or self.means):
            raise ValueError("needs one of any_of, all_of, event, type, regex, meaning")
        if (self.digits or self.luhn is not None) and self.type is None:
            raise ValueError("digits and luhn belong to a type")
        return self

    @property
    def roles(self) -> frozenset[str]:
        """The roles asked for; empty means anybody."""
        names = {self.role} if isinstance(self.role, str) else set(self.role)
        return frozenset() if "any" in names else frozenset(names)

    @property
    def events(self) -> list[str]:
        return [self.event] if isinstance(self.event, str) else self.event or []


MetadataValue = str | bool | int | float | list[str]


class Condition(Strict):
    """When a rule applies; every key given must hold. A metadata field that is missing makes the answer unknown."""

    metadata: dict[Name, MetadataValue] = Field(default={}, description="Field: value, or one of several values.")
    metadata_list: dict[Name, Name] = Field(default={}, description="Field: name of a word list that holds its value.")
    known: dict[Name, MetadataValue] = Field(default={}, description="Like `metadata`, but a missing field means no.")
    present: list[Name] = Field(default=[], description="Metadata fields that must be there.")
    topic: Name | list[Name] | None = Field(
        None, description="What the call is about: a topic of rules/packs/_common.yaml."
    )
    said: Said | None = None
    finding: Name | None = Field(None, description="An analyzer found this kind of thing.")
    speaks: list[RoleName] = Field(default=[], description="All of these roles are heard in the call.")
    all: list[Condition] = []
    any: list[Condition] = []
    not_: Condition | None = Field(None, alias="not")

    @property
    def topics(self) -> list[str]:
        return [self.topic] if isinstance(self.topic, str) else self.topic or []


class ContactRow(Strict):
    """A row of the contact log in an example."""

    at: str = Field(description="ISO time with zone.")
    direction: Literal["inbound", "outbound"] = "outbound"
    outcome: str | None = None
    person: str = "p-1"
    debt: str | None = None
    account: str | None = None
    number: str | None = None


class FoundRow(Strict):
    """What another analyzer found, in an example."""

    kind: Name
    start: float = 0
    end: float = 0
    score: float = 0.5


class Earlier(Strict):
    """An earlier call in an example."""

    text: str = ""
    call: dict[str, Any] = {}


class Example(Strict):
    """A dialogue ("agent: ..." lines), what the recorder knew, and what happened before."""

    text: str = Field("", max_length=20_000)
    call: dict[str, Any] = Field(default={}, description="Metadata of the call.")
    contacts: list[ContactRow] | None = Field(None, description="The contact log; left out: there is none.")
    earlier: list[Earlier] = []
    as_of: str | None = Field(None, description="The moment from which the past is looked at, ISO time with zone.")
    findings: list[FoundRow] = []


class Examples(Strict):
    """What must fire and what must stay quiet, and where it matters which kind of quiet."""

    fires: list[str | Example] = Field(default=[], description="FAIL, or the signal is given.")
    quiet: list[str | Example] = Field(default=[], description="PASS or not applicable; no signal.")
    passes: list[str | Example] = Field(default=[], description="PASS exactly.")
    not_applicable: list[str | Example] = Field(default=[], description="Not applicable exactly.")
    unsure: list[str | Example] = Field(default=[], description="UNSURE exactly.")
    ordinary: list[str | Example] = Field(
        default=[], description="Ordinary talk, quiet for this rule; every other rule must stay quiet on it too."
    )


class RuleBase(Strict):
    """What every rule carries."""

    id: str = Field(
        pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,59}$", description="Unique; a user's rule with the same id overrides."
    )
    title: Text
    kind: str
    severity: Severity
    jurisdiction: Text = Field(description='Where it applies: "US", "UK", "any", ...')
    source: Text = Field(description="Law, regulator's page or practice it rests on.")
    as_of: date = Field(description="When the source was last read.")
    source_status: SourceStatus = Field(description="read: the rule text was read; secondary: about it; unchecked.")
    why: Text = Field(description="Why it matters, for the reviewer.")
    misses: Text = Field(description="What it is known not to find.")
    owner: Text = Field(description="Who answers for it.")
    applies_when: Condition | None = None
    examples: Examples
    enabled: bool = True


class Topic(Strict):
    """What a call is about: the metadata decides where it is there, else the words."""

    metadata: dict[Name, MetadataValue] = {}
    said: Said | None = None
    finding: Name | None = None
    words_too: bool = Field(False, description="The words may say yes where the metadata says no.")


class PackFile(Strict):
    """``_pack.yaml``: what a folder of rules is, and the words and events its rules share."""

    title: Text
    about: Text
    not_legal_advice: bool = True
    threshold: float | None = Field(None, ge=0, le=1, description="Case score from which a call opens a case.")
    lists: dict[Name, list[str]] = {}
    events: dict[Name, Said] = {}
    topics: dict[Name, Topic] = {}
