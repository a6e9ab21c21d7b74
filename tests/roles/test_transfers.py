"""Calls that are passed on: the colleague is a party with the role agent, the second and the wait are told."""

import pytest

from pipeline.analyzers.hold import Hold
from pipeline.analyzers.transfer import Transfer
from pipeline.records import Call, Event, Finding, Measure, Party, Turn, Word
from pipeline.roles import assign_roles

START = (
    ("a", "thank you for calling harbor bank this is dana how can i help you", 0.5),
    ("c", "hi there is a charge on my card that i never made and i want it back", 0.5),
)
PASSED = (
    ("a", "i'm sorry to hear that let me transfer you to our fraud team please stay on the line", 0.5),
    ("c", "okay thank you", 0.5),
    ("b", "thank you for holding this is marta with the fraud team can you please confirm your date of birth", 20.0),
    ("c", "yes it's the fourth of june", 0.5),
    ("b", "let me check your account is there anything else i can help you with today", 0.5),
)


def call(said, names, events=()):
    turns, at = [], 0.0
    for who, text, wait in said:
        at += wait
        words = tuple(Word(w, at + 0.4 * n, at + 0.4 * n + 0.3, 0.9, names[who]) for n, w in enumerate(text.split()))
        turns.append(Turn(names[who], at, words[-1].end, words))
        at = words[-1].end
    parties = tuple(Party(name) for name in sorted(set(names.values())))
    return assign_roles(Call("c", parties=parties, turns=tuple(turns), events=tuple(events)))


def transfers(told):
    return [fact for fact in Transfer().analyze(told) if isinstance(fact, Finding)]


@pytest.mark.parametrize("names", [{"a": "s1", "c": "s2", "b": "s3"}, {"a": "s1", "c": "s2", "b": "s1"}],
                         ids=["own party", "same party"])  # fmt: skip
def test_whoever_takes_over_is_an_agent_of_their_own(names):
    told = call((*START, *PASSED), names)
    assert [told.role_of(turn.party) for turn in told.turns] == ["agent", "customer"] * 2 + [
        "agent",
        "customer",
        "agent",
    ]
    first, second = told.turns[2].party, told.turns[4].party
    assert first != second
    assert told.turns[6].party == second
    [finding] = transfers(told)
    assert (finding.start, finding.end) == (told.turns[2].start, told.turns[4].start)
    assert finding.facts["to"] == second
    assert "after 22 s in silence" in finding.why
    assert Measure("transfers", 1.0) in Transfer().analyze(told)


def test_music_between_the_two_is_hold_and_says_so():
    at = call((*START, *PASSED), {"a": "s1", "c": "s2", "b": "s1"}).turns[3].end
    told = call((*START, *PASSED), {"a": "s1", "c": "s2", "b": "s1"}, [Event("music", at + 1.0, at + 19.0, 0)])
    [finding] = transfers(told)
    assert "with music" in finding.why
    assert max(fact.end for fact in Hold().analyze(told) if isinstance(fact, Finding)) >= at + 19.0


@pytest.mark.parametrize(
    "said",
    [
        (("a", "would you like to pay by card or bank transfer", 0.5), ("c", "i'm dana a transfer please", 0.5),
         ("a", "thank you for your patience how can i help you further", 0.5)),
        (("c", "can you transfer me to your manager", 0.5), ("a", "i can help you with that myself", 0.5),
         ("a", "how can i help", 3.0)),
        (("a", "i can transfer you but let me look first one moment", 0.5), ("c", "sure", 0.5),
         ("a", "i have found it and the charge is gone now", 20.0)),
    ],
    ids=["of money", "asked for", "offered"],
)  # fmt: skip
def test_talk_of_transfers_is_none(said):
    told = call((*START, *said), {"a": "s1", "c": "s2"})
    assert transfers(told) == []
    assert len(told.parties) == 2


def test_a_second_agent_by_voice_alone_is_a_transfer():
    said = (("a", "one moment please", 0.5),
            ("b", "how may i help i see you called about your account i'll go ahead and update that for you", 30.0))  # fmt: skip
    told = call((*START, *said), {"a": "s1", "c": "s2", "b": "s3"})
    assert len(transfers(told)) == 1


def test_a_call_of_nobody_is_no_transfer():
    assert transfers(Call("empty")) == []
