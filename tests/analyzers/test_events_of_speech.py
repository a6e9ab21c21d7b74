"""Dead air, hold, talk-over, rate, loudness and mood, at their borders."""

import pytest

from pipeline.analysis import analyze, load_analyzers, ordered
from pipeline.analyzers.dead_air import DeadAir
from pipeline.analyzers.hold import Hold
from pipeline.analyzers.loudness import Loudness
from pipeline.analyzers.sentiment import Sentiment
from pipeline.analyzers.speaking_rate import SpeakingRate
from pipeline.analyzers.talk_over import TalkOver
from pipeline.analyzers.talk_share import TalkShare
from pipeline.records import Call, Event, Finding, Levels, Measure, Party, Turn, Word

PARTIES = (Party("s1", "agent", 0.9), Party("s2", "customer", 0.9))


def said(party: str, start: float, text: str, each: float = 0.3) -> Turn:
    words = tuple(
        Word(word, start + each * i, start + each * (i + 1), 0.9, party) for i, word in enumerate(text.split())
    )
    return Turn(party, start, words[-1].end, words)


def silent(party: str, start: float, end: float) -> Turn:
    return Turn(party, start, end, (Word("hello", start, end, 0.9, party),))


def findings(analyzer, call: Call) -> list[Finding]:
    return [fact for fact in analyzer.analyze(call) if isinstance(fact, Finding)]


def measures(analyzer, call: Call) -> dict[str, float]:
    return {fact.name: fact.value for fact in analyzer.analyze(call) if isinstance(fact, Measure)}


def call_with_gap(gap: float) -> Call:
    return Call("c", parties=PARTIES, turns=(silent("s1", 0.0, 2.0), silent("s2", 2.0 + gap, 4.0 + gap)))


@pytest.mark.parametrize(("gap", "expected"), [(7.9, 0), (8.0, 1), (60.0, 1)])
def test_a_gap_is_dead_air_from_eight_seconds_on(gap, expected):
    assert len(findings(DeadAir(), call_with_gap(gap))) == expected


def test_dead_air_covers_exactly_the_silence():
    [finding] = findings(DeadAir(), call_with_gap(20.0))
    assert (finding.start, finding.end) == (2.0, 22.0)


def test_an_announced_wait_is_hold_and_not_dead_air():
    call = Call(
        "c", parties=PARTIES, turns=(said("s1", 0.0, "could you hold please while i check"), silent("s2", 30.0, 31.0))
    )
    result = analyze(call, ordered([DeadAir(), Hold()]))
    assert [finding.kind for finding in result.findings] == ["hold"]


def test_the_same_words_by_the_customer_announce_nothing():
    call = Call(
        "c", parties=PARTIES, turns=(said("s2", 0.0, "could you hold please while i check"), silent("s2", 30.0, 31.0))
    )
    result = analyze(call, ordered([DeadAir(), Hold()]))
    assert [finding.kind for finding in result.findings] == ["dead_air"]


def test_music_is_hold_even_when_nobody_announced_it():
    call = Call("c", parties=PARTIES, turns=call_with_gap(30).turns, events=(Event("music", 5.0, 30.0),))
    assert [(f.start, f.end) for f in findings(Hold(), call)] == [(5.0, 30.0)]


@pytest.mark.parametrize(("words", "count"), [("mm hm", 0), ("no wait listen", 1)])
def test_a_back_channel_is_no_interruption(words, count):
    call = Call(
        "c",
        parties=PARTIES,
        turns=(said("s1", 0.0, "so the fee was taken on monday and it will be back soon"), said("s2", 1.0, words)),
    )
    assert len(findings(TalkOver(), call)) == count


def test_an_interruption_names_who_came_in():
    call = Call(
        "c",
        parties=PARTIES,
        turns=(said("s2", 0.0, "i only want my money back you see"), said("s1", 1.0, "calm down please sir")),
    )
    [finding] = findings(TalkOver(), call)
    assert finding.why.startswith("the agent talked over")
    assert measures(TalkOver(), call)["interruptions.agent"] == 1


def test_shares_of_talk_add_up_to_one():
    call = Call("c", parties=PARTIES, turns=(silent("s1", 0.0, 6.0), silent("s2", 6.0, 8.0)))
    shares = measures(TalkShare(), call)
    assert shares["talk_share.agent"] == pytest.approx(0.75)
    assert shares["talk_share.agent"] + shares["talk_share.customer"] == pytest.approx(1.0)


@pytest.mark.parametrize(("each", "count"), [(0.3, 0), (0.18, 1)])
def test_a_disclosure_rushed_through_is_found(each, count):
    slow = said("s1", 0.0, "good morning and thank you for waiting so long today my name is dana", 0.4)
    fast = said(
        "s1",
        10.0,
        "this is an attempt to collect a debt and any information obtained will be used for that purpose",
        each,
    )
    assert len(findings(SpeakingRate(), Call("c", parties=PARTIES, turns=(slow, fast)))) == count


@pytest.mark.parametrize(("rise", "count"), [(6.9, 0), (7.1, 1)])
def test_a_raised_voice_is_measured_against_the_speaker(rise, count):
    turns = tuple(silent("s2", 10.0 * i, 10.0 * i + 5) for i in range(5))
    curve = [-40.0] * 500
    curve[200:250] = [-40.0 + rise] * 50
    call = Call("c", parties=PARTIES, turns=turns, levels=Levels(0.1, (tuple(curve),)))
    assert len(findings(Loudness(), call)) == count


def test_the_worst_moment_is_the_customers_not_the_agents():
    turns = (
        said("s1", 0.0, "that is terrible awful horrible news"),
        said("s2", 5.0, "this is the worst most horrible service ever"),
    )
    [finding] = findings(Sentiment(), Call("c", parties=PARTIES, turns=turns))
    assert (finding.kind, finding.start) == ("negative_moment", 5.0)


def test_words_nobody_can_trust_have_no_mood():
    turns = (said("s2", 5.0, "this is the worst most horrible service ever"),)
    assert Sentiment().analyze(Call("c", parties=PARTIES, turns=turns, marks=("asr_unsure",))) == []


def test_one_broken_analyzer_does_not_cost_the_others_their_findings(caplog):
    class Broken(DeadAir):
        def analyze(self, call):
            raise ZeroDivisionError("planted")

    result = analyze(call_with_gap(20.0), [Broken(name="broken"), DeadAir()])
    assert result.failed == ("broken",)
    assert len(result.findings) == 1
    assert "broken failed on call c" in caplog.text


def test_a_circle_of_needs_is_refused():
    with pytest.raises(ValueError, match="wait for each other"):
        ordered([DeadAir(name="a", needs=("b",)), DeadAir(name="b", needs=("a",))])


def test_the_order_follows_the_needs():
    names = [analyzer.name for analyzer in load_analyzers()]
    assert names.index("hold") < names.index("dead_air")
