"""Words to parties, and words to turns."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.diarization.assign import assign, turns, turns_from_channels
from pipeline.protocols import Diarization, Segment
from pipeline.records import Party, Word


def words(*spoken: tuple[str, float, float]) -> list[Word]:
    return [Word(text, start, end, 0.9, "") for text, start, end in spoken]


def two(*segments: tuple[str, float, float]) -> Diarization:
    return Diarization((Party("s1"), Party("s2")), tuple(Segment(*segment) for segment in segments))


def said(given_turns):
    return [(turn.party, turn.text) for turn in given_turns]


def test_each_word_goes_to_the_party_that_speaks_during_it():
    heard = words(("hello", 0.0, 0.4), ("there", 0.4, 0.8), ("hi", 1.2, 1.5))
    assert said(assign(heard, two(("s1", 0.0, 0.9), ("s2", 1.1, 1.6)))) == [("s1", "hello there"), ("s2", "hi")]


def test_a_short_yes_between_two_pauses_stays_with_the_one_who_said_it():
    heard = words(("is", 0.0, 0.2), ("that", 0.2, 0.5), ("right", 0.5, 0.9), ("yes", 1.2, 1.4), ("good", 1.7, 2.0))
    diarization = two(("s1", 0.0, 0.95), ("s2", 1.15, 1.45), ("s1", 1.65, 2.1))
    assert said(assign(heard, diarization)) == [("s1", "is that right"), ("s2", "yes"), ("s1", "good")]


def test_a_boundary_inside_a_sentence_does_not_tear_one_word_out_of_it():
    heard = words(("my", 0.0, 0.2), ("card", 0.2, 0.5), ("was", 0.5, 0.6), ("declined", 0.6, 1.1))
    diarization = two(("s1", 0.0, 0.5), ("s2", 0.5, 0.6), ("s1", 0.6, 1.1))
    assert said(assign(heard, diarization)) == [("s1", "my card was declined")]


def test_a_word_outside_every_segment_goes_to_the_nearest():
    heard = words(("well", 3.0, 3.2))
    assert said(assign(heard, two(("s1", 0.0, 1.0), ("s2", 3.3, 4.0)))) == [("s2", "well")]


def test_without_segments_all_words_are_one_party():
    assert said(assign(words(("hello", 0.0, 0.5)), Diarization((), ()))) == [("s1", "hello")]


def test_a_turn_breaks_at_a_long_pause_only():
    def heard(pause):
        return words(("one", 0.0, 0.5), ("two", 0.5 + pause, 1.0 + pause))

    speaking = two(("s1", 0.0, 9.0))
    assert len(assign(heard(1.2), speaking)) == 1
    assert len(assign(heard(1.3), speaking)) == 2


def test_a_turn_breaks_at_a_short_pause_in_which_the_other_begins():
    mine = [Word("so", 0.0, 0.4, 1.0, "s1"), Word("then", 0.9, 1.3, 1.0, "s1")]
    assert said(turns([*mine, Word("okay", 0.5, 0.8, 1.0, "s2")])) == [("s1", "so"), ("s2", "okay"), ("s1", "then")]
    assert said(turns(mine)) == [("s1", "so then")]


def stereo(*segments: tuple[str, float, float]) -> Diarization:
    parties = (Party("s1", channel=0), Party("s2", channel=1))
    return Diarization(parties, tuple(Segment(*segment) for segment in segments))


def test_channels_are_parties_even_where_they_overlap():
    channels = [words(("hello", 0.0, 0.5)), words(("hi", 0.2, 0.6))]
    heard = turns_from_channels(channels, stereo(("s1", 0.0, 0.6), ("s2", 0.1, 0.7)))
    assert said(heard) == [("s1", "hello"), ("s2", "hi")]


def test_words_that_leak_in_from_the_other_side_are_left_out():
    channels = [words(("hello", 0.0, 0.5)), words(("hello", 0.1, 0.5), ("yes", 2.0, 2.3))]
    heard = turns_from_channels(channels, stereo(("s1", 0.0, 0.6), ("s2", 1.9, 2.4)))
    assert said(heard) == [("s1", "hello"), ("s2", "yes")]


def test_hours_into_a_call_words_fall_as_they_do_at_its_start():
    sides = [[("hello", 0.0, 0.5), ("bye", 6.0, 6.4)], [("hello", 0.1, 0.5), ("yes", 2.0, 2.3), ("so", 3.2, 3.3)]]
    segments = [("s1", 0.0, 0.6), ("s2", 1.9, 2.4), ("s2", 0.45, 0.47), ("s1", 5.9, 6.5)]

    def heard(*starts: float):
        channels = [words(*((text, t + a, t + b) for t in starts for text, a, b in side)) for side in sides]
        return turns_from_channels(channels, stereo(*((who, t + a, t + b) for t in starts for who, a, b in segments)))

    assert said(heard(*range(0, 7200, 16))) == 450 * said(heard(0))
    assert said(heard(0)) == [("s1", "hello"), ("s2", "hello"), ("s2", "yes so"), ("s1", "bye")]


def test_two_voices_on_one_side_are_two_parties():
    parties = (Party("s1", channel=0), Party("s2", channel=1), Party("s3", channel=0))
    segments = (Segment("s1", 0.0, 1.0), Segment("s2", 2.0, 3.0), Segment("s3", 5.0, 6.0))
    channels = [words(("hello", 0.1, 0.5), ("supervisor", 5.1, 5.9)), words(("hi", 2.1, 2.4))]
    heard = turns_from_channels(channels, Diarization(parties, segments))
    assert said(heard) == [("s1", "hello"), ("s2", "hi"), ("s3", "supervisor")]


@given(
    st.lists(st.tuples(st.floats(0, 60), st.floats(0.01, 1.0)), max_size=25),
    st.lists(st.tuples(st.sampled_from(["s1", "s2"]), st.floats(0, 60), st.floats(0.05, 5.0)), max_size=12),
)
def test_no_word_is_lost_or_doubled_and_all_get_a_party(spoken, speaking):
    heard = [Word(str(n), start, start + length, None, "") for n, (start, length) in enumerate(spoken)]
    diarization = two(*[(party, start, start + length) for party, start, length in speaking])
    out = assign(heard, diarization)
    assert sorted(word.text for turn in out for word in turn.words) == sorted(word.text for word in heard)
    assert all(turn.party in ("s1", "s2") and word.party == turn.party for turn in out for word in turn.words)
    assert [turn.start for turn in out] == sorted(turn.start for turn in out)
