"""Topics of a call and intent to leave, each with the words that show it."""

from dataclasses import replace

import pytest

from pipeline.analyzers.churn import Churn
from pipeline.analyzers.topics import Topics
from pipeline.records import Call, Finding, Measure, Party, Turn, Word
from pipeline.scoring import score
from pipeline.topics.rulefile import Learned, Term
from pipeline.topics.taxonomy import open_topics

PARTIES = (Party("s1", "agent", 1.0, 0), Party("s2", "customer", 1.0, 1))


def call_of(*texts, **facts):
    """Agent and customer in turns, the agent first."""
    turns = []
    for n, text in enumerate(texts):
        party = f"s{1 + n % 2}"
        words = tuple(
            Word(w, 10.0 * n + 0.3 * k, 10.0 * n + 0.3 * k + 0.2, 0.95, party) for k, w in enumerate(text.split())
        )
        turns.append(Turn(party, words[0].start, words[-1].end, words))
    return Call("c", parties=PARTIES, turns=tuple(turns), **facts)


def kinds(rows):
    return [row.kind for row in rows if isinstance(row, Finding)]


BY_PHRASE = Topics(meaning=lambda: None)


def test_a_call_has_every_topic_the_customer_names_with_its_words():
    rows = BY_PHRASE.analyze(
        call_of("how can i help", "i was charged twice and i want a refund", "sure", "also we moved house")
    )
    assert set(kinds(rows)) == {"topic.billing", "topic.refund", "topic.details"}
    refund = next(row for row in rows if isinstance(row, Finding) and row.kind == "topic.refund")
    assert refund.evidence[0].quote == "refund"
    assert refund.start == refund.evidence[0].start
    assert {row.name for row in rows if isinstance(row, Measure)} == set(kinds(rows)) <= set(BY_PHRASE.facets)


def test_what_the_agent_offers_is_not_what_the_customer_calls_about():
    assert (
        kinds(BY_PHRASE.analyze(call_of("would you like a refund or an upgrade", "what are your opening hours today")))
        == []
    )


def test_a_question_that_gets_a_no_is_no_topic_and_an_agents_words_weigh_less():
    asked = "do you want to cancel your contract"
    assert kinds(BY_PHRASE.analyze(call_of(asked, "no thanks"))) == []
    [agreed] = [row for row in BY_PHRASE.analyze(call_of(asked, "yes please")) if isinstance(row, Finding)]
    [said] = [
        row for row in BY_PHRASE.analyze(call_of("hello", "i want to cancel my contract")) if isinstance(row, Finding)
    ]
    assert agreed.kind == said.kind == "topic.cancellation"
    assert agreed.score < said.score


def test_meaning_finds_what_no_phrase_names():
    rows = Topics().analyze(call_of("how can i help", "somebody took my purse with the bank card inside it"))
    assert "topic.card" in kinds(rows)


def test_a_topic_ranks_no_call():
    rows = BY_PHRASE.analyze(call_of("hello", "i want a refund"))
    found = [row for row in rows if isinstance(row, Finding)]
    assert found
    assert score(found, dict.fromkeys(kinds(rows), BY_PHRASE.weight)).score == 0.0


@pytest.mark.parametrize("mark", ["asr_unsure", "foreign_language"])
def test_words_nobody_can_trust_have_no_topic(mark):
    assert BY_PHRASE.analyze(call_of("hello", "i want a refund", marks=(mark,))) == []


def test_learned_topics_are_told_with_the_terms_that_speak_for_them():
    given = Learned({"pizza": 0.0, "bank": 0.0}, (Term("topping", {"pizza": 2.0}), Term("account", {"bank": 2.0})))
    rows = replace(BY_PHRASE, given=given).analyze(call_of("hello", "an extra topping on it please"))
    assert kinds(rows) == ["topic.pizza"]
    found = next(row for row in rows if isinstance(row, Finding))
    assert 'said "topping"' in found.why
    assert [item.quote for item in found.evidence] == ["an extra topping on it please"]
    assert replace(BY_PHRASE, given=given).analyze(call_of("hello", "one moment please", "yes")) == []


def test_the_shipped_reasons_can_be_read_and_have_words():
    reasons = open_topics().reasons
    assert len(reasons) >= 15
    assert all(reason.phrases and reason.like for reason in reasons.values())


@pytest.mark.parametrize(
    "said",
    [
        "i would like to close my account please",
        "i'm switching to another provider next month",
        "there is a better deal with the other company and i'm done with you",
        "i want to end the contract",
        "i'm not renewing this year",
    ],
)
def test_a_customer_who_is_leaving_is_found(said):
    [measure, finding] = Churn().analyze(call_of("how can i help", said))
    assert (finding.kind, finding.start) == ("churn", finding.evidence[0].start)
    assert 10.0 <= finding.start < 14.0
    assert measure.value >= 0.5


@pytest.mark.parametrize(
    "said",
    [
        "i need to cancel my appointment for tomorrow",
        "i don't want to cancel my contract",
        "can you cancel that payment",
        "i am closing the window it is loud here",
        "i moved to another city",
    ],
)
def test_somebody_who_stays_is_not_leaving(said):
    assert kinds(Churn().analyze(call_of("how can i help", said))) == []


def test_an_agent_cannot_leave():
    assert (
        kinds(Churn().analyze(call_of("do you want to close your account", "no i only have a question about it"))) == []
    )


def test_a_call_without_a_turn_is_about_nothing():
    assert BY_PHRASE.analyze(Call("c")) == []
