"""Entities and key phrases of a call, from the redacted words."""

import pytest

from pipeline.analyzers.entities import Entities
from pipeline.analyzers.key_phrases import KeyPhrases
from pipeline.entities import entities_of
from pipeline.records import Call, Finding, Measure, Party, Turn, Word
from pipeline.redaction import load_policy, redact

PARTIES = (Party("s1", "agent", 1.0, 0), Party("s2", "customer", 1.0, 1))


def turn(text, party="s2", start=0.0):
    words = tuple(Word(w, start + 0.3 * n, start + 0.3 * n + 0.2, 0.95, party) for n, w in enumerate(text.split()))
    return Turn(party, start, words[-1].end, words)


def named(text, region="US"):
    return [(entity.type, entity.text) for entity in entities_of(turn(text), region)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("that is forty nine dollars and ninety nine cents", [("amount", "$49.99")]),
        ("it was due on may fourth twenty twenty six", [("date", "May 4, 2026")]),
        ("i can come next tuesday", [("date", "next tuesday")]),
        ("call me on four one five five five five oh one three two", [("phone", "+1 415-555-0132")]),
        ("my order number is a b four four one seven", [("order_number", "AB4417")]),
        ("the policy number is two two nine four", [("account_number", "2294")]),
        ("it's john dot smith at gmail dot com thanks", [("email", "john.smith@gmail.com")]),
        ("write to j o e underscore five at web dot co dot uk", [("email", "joe_5@web.co.uk")]),
        ("it was 1,200 USD in all", [("amount", "$1,200")]),
        ("i paid € 30 for it", [("amount", "€30")]),
        ("it comes on the 24th", [("date", "on the 24th")]),
        ("i fly in two weeks", [("date", "in two weeks")]),
        ("i waited for forty minutes at the store dot i mean shop", []),
        ("that is thirty um two dollars", [("amount", "$32")]),
        ("it was fifty dollars no sorry fifteen dollars", [("amount", "$15")]),
        ("it was fifty dollars and then fifteen dollars", [("amount", "$50"), ("amount", "$15")]),
        ("come on monday no wait tuesday", [("date", "tuesday")]),
        ("the sofa was three grand", [("amount", "$3000")]),
        ("we paid two and a half thousand pounds", [("amount", "£2500")]),
        ("you charged me nineteen ninety nine", [("amount", "$19.99")]),
        ("i moved in nineteen ninety nine", []),
        ("my order number is k dash one two dash b as in boy", [("order_number", "K-12-B")]),
        ("a dash of milk in two cups", []),
        ("it is a as in apple n n at web dot com", [("email", "ann@web.com")]),
        ("my mail is b o b four at fast dot i o", [("email", "bob4@fast.io")]),
        ("i called two weeks ago", [("date", "two weeks ago")]),
        ("can you come a week from tuesday", [("date", "a week from tuesday")]),
    ],
)
def test_what_is_named_is_written_down(text, expected):
    assert named(text) == expected


def test_the_region_decides_what_is_a_telephone_number():
    text = "ring me on oh two oh seven nine four six oh nine five eight"
    assert named(text, "GB") == [("phone", "+44 20 7946 0958")]
    assert ("phone", "+44 20 7946 0958") not in named(text, "US")


def test_what_redaction_removed_is_named_by_its_type_alone():
    said = turn("my card number is four one one one one one one one one one one one one one one one")
    call = redact(Call("c", parties=PARTIES, turns=(said,), trusted=True), load_policy())
    rows = Entities().analyze(call)
    [finding] = [row for row in rows if isinstance(row, Finding)]
    assert (finding.kind, finding.facts["values"]) == ("entity.card_number", "(removed)")
    assert "four one" not in finding.why + finding.evidence[0].quote
    assert Measure("entities.card_number", 1.0) in rows


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("call me at four one five five five five two six seven one", "phone"),
        ("my order number is A B four four one two nine", "order_number"),
        ("my case number is 5512348", "reference"),
    ],
)
def test_a_removed_number_is_told_as_what_it_was_called(text, kind):
    call = redact(Call("c", parties=PARTIES, turns=(turn(text),), trusted=True), load_policy())
    assert Measure(f"entities.{kind}", 1.0) in Entities().analyze(call)


def test_each_place_of_a_type_is_evidence_at_its_second():
    call = Call("c", parties=PARTIES, turns=(turn("i paid five dollars"), turn("and then ten dollars", start=30.0)))
    [finding] = [row for row in Entities().analyze(call) if isinstance(row, Finding)]
    assert [(item.quote, item.start >= 30) for item in finding.evidence] == [
        ("five dollars", False),
        ("ten dollars", True),
    ]


def test_key_phrases_are_what_the_call_is_about():
    call = Call("c", parties=PARTIES, turns=(
        turn("thank you for calling how can i help you today", "s1"),
        turn("my washing machine keeps leaking and the washing machine is only a month old", "s2", 5.0),
        turn("okay so the washing machine is leaking let me see", "s1", 15.0),
        turn("yes the kitchen floor is flooded", "s2", 25.0),
    ))  # fmt: skip
    [finding] = KeyPhrases().analyze(call)
    quotes = [item.quote for item in finding.evidence]
    assert "washing machine" in quotes[0]
    assert not {"thank", "today", "okay", "help"} & {word for quote in quotes for word in quote.split()}
    assert finding.evidence[0].start >= 5.0


def test_small_talk_has_no_key_phrases():
    call = Call("c", parties=PARTIES, turns=(turn("okay thank you so much have a nice day bye"),))
    assert KeyPhrases().analyze(call) == []


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("i last used it on 15 th june 2018", [("date", "June 15, 2018")]),
        ("from 1 st november please", [("date", "November 1")]),
        ("jan 5th or 2nd sept 2019", [("date", "January 5"), ("date", "September 2, 2019")]),
        ("at 5 may i call you 3 times", []),
        ("transfer 5000 from my checking account", [("amount", "5000")]),
        ("the amount charged was 615", [("amount", "615")]),
        ("it costs twenty five a month", [("amount", "25")]),
        ("you charged me 12 times and that cost 2 days of work", []),
        ("pay 4 people", []),
    ],
)
def test_dates_and_amounts_as_people_type_them(said, named):
    assert [(one.type, one.text) for one in entities_of(turn(said))] == named
