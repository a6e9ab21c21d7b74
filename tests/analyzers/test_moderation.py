"""Hurtful words: what kind, by whom, at whom, and told apart from telling of them."""

import pytest

from pipeline.analyzers.moderation import Moderation
from pipeline.records import Call, Finding, Measure, Party, Turn, Verdict, Word

PARTIES = (Party("s1", "agent", 1.0, 0), Party("s2", "customer", 1.0, 1))


def said_by(party, text):
    words = tuple(Word(w, 5.0 + 0.3 * n, 5.2 + 0.3 * n, 0.95, party) for n, w in enumerate(text.split()))
    return Call("c", parties=PARTIES, turns=(Turn(party, 5.0, words[-1].end, words),))


def found(text, party="s2"):
    return {
        row.kind.removeprefix("moderation."): row
        for row in Moderation().analyze(said_by(party, text))
        if isinstance(row, Finding)
    }


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("this is bullshit i have waited an hour", "profanity"),
        ("you are such an idiot", "insult"),
        ("i know where you live", "threat"),
        ("i will come down to your office with a gun", "threat"),
        ("some days i want to end it all", "self_harm"),
        ("go back to your country", "hate"),
        ("what are you wearing right now", "harassment"),
        ("if it isn't mended i'm driving down there with a knife", "threat"),
        ("i'll stab your father", "threat"),
        ("i'll hit you with a hammer", "threat"),
        ("they would be better if i was gone", "self_harm"),
        ("i think about ending things", "self_harm"),
        ("i can't go on like this please close my account", "self_harm"),
        ("you piece of garbage", "insult"),
        ("f u c k this", "profanity"),
        ("this is f***ing late", "profanity"),
    ],
)
def test_each_kind_is_found_at_its_second(text, kind):
    row = found(text)[kind]
    assert row.evidence[0].quote in text
    assert 5.0 <= row.start < row.end
    assert row.facts["by"] == "customer"


@pytest.mark.parametrize(
    "text",
    [
        "i am dying to see the new phone",
        "we can kill two birds with one stone",
        "you don't think i'm stupid do you",
        "the assessment of the class was classic",
        "nobody hurt you i hope",
        "can i touch the screen to pay",
        "let me hit you with the figures",
        "i would like to end it all this contract and the insurance",
        "i don't want to be here anymore with this plan",
        "i hate these indian restaurants",
        "is there somebody who speaks english",
        "please send me a picture of the label",
        "were you alone in the shop",
    ],
)
def test_ordinary_talk_hurts_nobody(text):
    assert found(text) == {}


@pytest.mark.parametrize(
    ("text", "kind", "quoted"),
    [
        ("he called me an idiot", "insult", None),  # no "you": not even an insult of this line
        ("the other agent said you stupid woman to me", "insult", True),
        ("my neighbour said he knows where you live and i will kill you", "threat", True),
        ("i will kill you", "threat", False),
        ("he told me to go to hell", "profanity", True),
        ("go to hell", "profanity", False),
        ("my son says he wants to end his life and i don't know what to do", "self_harm", None),
        ("i told my doctor that i want to end my life", "self_harm", False),
        ("my brother committed suicide in march", "self_harm", True),
        ("i have been thinking of suicide", "self_harm", False),
    ],
)
def test_telling_of_it_is_not_saying_it(text, kind, quoted):
    row = found(text).get(kind)
    assert (row.facts["quoted"] if row else None) == quoted


def test_what_is_told_weighs_less_and_is_not_counted():
    told, meant = (Moderation().analyze(said_by("s2", text)) for text in ("he told me to go to hell", "go to hell"))
    assert [row.value for row in meant if isinstance(row, Measure)] == [1.0]
    assert [row for row in told if isinstance(row, Measure)] == []
    assert found("he told me to go to hell")["profanity"].score < 0.5 * found("go to hell")["profanity"].score


def test_at_whom_is_said_with_the_words():
    assert "by the customer at the agent" in found("you are useless")["insult"].why
    assert "by the agent at the customer" in found("you are useless", "s1")["insult"].why
    assert found("oh shit i dropped it")["profanity"].facts["at"] == "nobody"
    assert found("i want to kill myself")["self_harm"].facts["at"] == "self"


def test_a_threat_is_graver_than_a_curse_and_self_harm_gravest():
    scores = [found(text)[kind].score for text, kind in
              (("damn it", "profanity"), ("i will hurt you", "threat"), ("i want to kill myself", "self_harm"))]  # fmt: skip
    assert scores == sorted(scores)
    assert scores[0] < 0.5 < scores[1] < scores[2]


def test_it_never_gives_a_verdict():
    rows = Moderation().analyze(said_by("s1", "you are a damn idiot and i will hurt you"))
    assert rows
    assert not [row for row in rows if isinstance(row, Verdict)]
