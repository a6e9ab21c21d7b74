"""The benchmark of everything behind the words: both arms say the same, and growth is read off as it is."""

from dataclasses import replace

import pytest

from pipeline.benches._lengths import scripted_call
from pipeline.benches._sounded import heard_call
from pipeline.benches.analyze import Afresh, Growth, demo_calls, difference, first_hearing, first_reading, opened
from pipeline.process import understand
from pipeline.roles import assign_roles


@pytest.fixture(scope="module")
def models():
    return opened()


@pytest.fixture(scope="module")
def calls():
    return [scripted_call(40.0, seed) for seed in (1, 2)]


def test_calls_together_say_what_each_says_alone_with_models_of_its_own(models, calls):
    alone = Afresh(models)
    together = first_reading(calls, models)
    assert difference(together, [alone.result(call) for call in calls]) is None
    assert any(finding.kind.startswith("topic.") for result in together for finding in result.findings)


def test_with_the_sound_the_same_words_are_judged_and_more_is_known(models):
    call = next(call for call in demo_calls() if {party.channel for party in call.parties} == {0, 1})
    [result], [silent] = first_hearing([heard_call(call)], models), first_reading([call], models)

    def words(one):
        return sorted((word.start, word.text) for turn in one.call.turns for word in turn.words)

    assert words(result) == words(silent)
    assert None not in (result.call.levels, result.call.pitch, result.call.quality)
    assert {*result.files} == {"listening", "peaks"}


def test_a_changed_finding_is_noticed_and_named(models, calls):
    results = understand(calls, models)
    other = replace(
        results[1], findings=(replace(results[1].findings[0], why="another reason"), *results[1].findings[1:])
    )
    said = difference(results, [results[0], other])
    assert said is not None
    assert "another reason" in said


def test_a_scripted_call_is_as_long_as_asked_and_its_roles_are_open():
    call = scripted_call(120.0, 7)
    assert call == scripted_call(120.0, 7)
    assert 80.0 < max(turn.end for turn in call.turns) <= call.duration == 120.0
    assert {party.role for party in call.parties} == {"unknown"}


@pytest.mark.parametrize("seed", [0, 1], ids=["outbound", "inbound"])
def test_who_is_who_is_told_in_scripted_calls_of_every_length(seed):
    """A customer whom nobody takes for one would spare long calls what short ones do."""
    for minutes in (1, 180):
        told = assign_roles(scripted_call(60.0 * minutes, seed))
        assert {told.role_of("s1"), told.role_of("s2")} == {"agent", "customer"}


def test_growth_in_proportion_has_slope_one_and_one_steep_part_shows():
    even = Growth((1, 10, 100), (0.1, 1.0, 10.0))
    assert (even.overall, even.local) == (pytest.approx(1.0), [pytest.approx(1.0), pytest.approx(1.0)])
    steep = Growth((1, 10, 100), (0.1, 0.2, 10.0))
    assert steep.overall == pytest.approx(1.0)
    assert max(steep.local) == pytest.approx(1.699, abs=1e-3)
