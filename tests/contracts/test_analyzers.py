"""What every analyzer of the folder promises."""

import math

import pytest

from pipeline import analyzers
from pipeline.analysis import load_analyzers
from pipeline.protocols import Analyzer
from pipeline.records import AudioFacts, Call, Event, Finding, Levels, Measure, Mood, Party, Pitch, Turn, Verdict, Word
from rules.discovery import load_all


def said(party: str, start: float, text: str, confidence: float | None = 0.95) -> Turn:
    words = tuple(
        Word(word, start + 0.3 * i, start + 0.3 * i + 0.25, confidence, party) for i, word in enumerate(text.split())
    )
    return Turn(party, start, words[-1].end, words)


def long_call() -> Call:
    turns = (
        said("s1", 0.0, "thank you for calling harbor bank this is dana how can i help"),
        said("s2", 5.0, "i am furious this is the worst service i have ever had"),
        said("s1", 7.0, "let me stop you right there sir"),
        said("s1", 40.0, "please hold for a moment"),
        said("s2", 90.0, "hello are you there"),
        said("s1", 92.0, "yes sorry your refund was sent today have a good day"),
    )  # fmt: skip
    parties = (Party("s1", "agent", 0.9, 0), Party("s2", "customer", 0.9, 1))
    levels = Levels(0.1, (tuple([-30.0] * 1000), tuple([-30.0] * 1000)))
    facts = AudioFacts("0" * 64, "pcm_s16le", 8000, 2, 100.0, 1_600_044)
    return Call(
        "c1",
        parties=parties,
        turns=turns,
        audio=facts,
        levels=levels,
        pitch=Pitch(0.1, (tuple([120.0] * 1000), tuple([180.0] * 1000))),
        events=(Event("music", 45.0, 80.0),),
        language="en",
    )


CALLS = {"empty": Call("empty"), "one word": Call("one", turns=(said("s1", 0.0, "hello"),)), "long": long_call()}


@pytest.mark.parametrize("analyzer", load_analyzers(), ids=lambda a: a.name)
class TestEveryAnalyzer:
    def test_it_declares_what_scoring_and_index_read(self, analyzer):
        assert isinstance(analyzer, Analyzer)
        assert 0 <= analyzer.weight <= 1
        assert analyzer.name in load_all(analyzers, "analyzer")

    def test_an_empty_call_has_no_findings(self, analyzer):
        assert [fact for fact in analyzer.analyze(CALLS["empty"]) if isinstance(fact, Finding)] == []

    @pytest.mark.parametrize("call", CALLS.values(), ids=list(CALLS))
    def test_what_it_says_can_be_checked_by_a_person(self, analyzer, call):
        for fact in analyzer.analyze(call):
            if isinstance(fact, Measure):
                assert math.isfinite(fact.value)
            elif isinstance(fact, Finding):
                assert 0 <= fact.score <= 1
                assert 0 <= fact.start <= fact.end <= call.duration
                assert fact.why
            elif isinstance(fact, Mood):
                assert -1 <= fact.words <= 1
                assert -1 <= fact.mood <= fact.words
                assert 0 <= fact.start <= fact.end <= call.duration
            else:
                assert isinstance(fact, Verdict)
                assert fact.reason

    def test_it_says_the_same_again(self, analyzer):
        assert analyzer.analyze(CALLS["long"]) == analyzer.analyze(CALLS["long"])


def test_rules_run_last():
    assert load_analyzers()[-1].name == "rules"
