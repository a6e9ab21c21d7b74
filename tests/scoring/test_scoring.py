"""The interest score: strongest first, damped, deterministic, with a sentence for each part."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Finding
from pipeline.scoring import BadWeights, read_weights, score

PARTS = st.lists(
    st.builds(Finding, st.sampled_from("abcdef"), st.floats(0, 1), st.floats(0, 100), st.just(200.0), st.just("why")),
    max_size=12,
)
WEIGHTS = dict.fromkeys("abcdef", 0.5)


def finding(kind: str, value: float, start: float = 0.0) -> Finding:
    return Finding(kind, value, start, start + 1, f"{kind} was heard")


@given(PARTS)
def test_the_score_is_a_share_and_the_parts_add_up_to_it(findings):
    interest = score(findings, WEIGHTS)
    assert 0 <= interest.score <= 1
    assert sum(part.share for part in interest.parts) == pytest.approx(interest.score, abs=1e-4)


@given(PARTS, st.randoms())
def test_the_order_of_findings_changes_nothing(findings, rng: random.Random):
    shuffled = findings[:]
    rng.shuffle(shuffled)
    assert score(shuffled, WEIGHTS).score == score(findings, WEIGHTS).score


def test_many_weak_hits_never_stand_above_one_strong_one():
    weak = [finding("chatter", 0.2) for _ in range(40)]
    assert score([finding("card", 1.0)], {"card": 0.9}).score > score(weak, {"chatter": 0.5}).score


def test_the_strongest_of_a_kind_gives_reason_and_second():
    [part] = score([finding("a", 0.3, 5.0), finding("a", 0.9, 50.0)], WEIGHTS).parts
    assert (part.why, part.start) == ("a was heard", 50.0)


def test_what_was_not_said_counts_less_than_what_was_unless_the_sound_was_searched():
    """As the rules tell it: a duty that the words lack, and the same where the posteriors were looked into as well."""
    by_words = Finding("rule:x", 0.9, 5.0, 6.0, "it was not said", (), {"by_words": True})
    by_sound = Finding("rule:x", 0.9, 5.0, 6.0, "it was not said, and was not found by sound")
    said = finding("rule:y", 0.6)
    scores = [score([one], {one.kind: 0.9}).score for one in (by_words, said, by_sound)]
    assert scores == sorted(scores)
    assert len(set(scores)) == 3


def test_a_call_without_findings_is_not_interesting():
    assert score([], WEIGHTS).score == 0.0


def test_an_override_by_family_wins_over_the_analyzer(tmp_path):
    file = tmp_path / "weights.toml"
    file.write_text("[weights]\nrule = 0.0\n")
    assert score([finding("rule:pci.code", 1.0)], {"rule:pci.code": 1.0}, read_weights(file)).score == 0.0


@pytest.mark.parametrize("line", ["hold = 2", "hold = true", 'hold = "much"', "hold = ["])
def test_a_weight_that_is_none_is_refused_with_its_file(tmp_path, line):
    file = tmp_path / "weights.toml"
    file.write_text(f"[weights]\n{line}\n")
    with pytest.raises(BadWeights, match=r"weights\.toml"):
        read_weights(file)
