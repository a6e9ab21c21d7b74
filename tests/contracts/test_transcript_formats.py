"""What every format of transcripts promises: found by content, read or refused with the place, written and read back."""

import copy
import json
import math
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.records import Metadata, Party, Turn, Word
from pipeline.transcripts import Imported, TranscriptError, all_formats, read, read_all, writers
from tests.transcripts.samples import JSON_SAMPLES, SAMPLES, sample

FORMATS = sorted(all_formats())
WRITERS = sorted(writers())
FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
ODD = ["12:00", "PT-1S", "NaN", "1e999", "-5", "\u0663", "\x00", "s1", "{", -1, -0.5, 1e308, 10**400]
HOLDERS = [[], {}, [[]], [None], [{}], {"start": {}}, [[[[]]]]]
NASTY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(ODD),
    st.sampled_from(HOLDERS),
)


def test_every_format_has_a_sample():
    assert sorted(SAMPLES) == FORMATS


@pytest.mark.parametrize("name", FORMATS)
class TestEveryFormat:
    def test_its_sample_is_found_by_content(self, name):
        found = read(sample(name))
        assert found.format == name
        assert found.turns

    def test_turns_and_words_are_in_order_and_inside_the_turn(self, name):
        found = read(sample(name))
        assert_well_formed(found)

    def test_unknown_fields_are_kept(self, name):
        if name in JSON_SAMPLES:
            unknown = {"number": 7, "list": [1.5, {"deep": "x"}]}
            found = read(json.dumps({**JSON_SAMPLES[name], "nobody_knows": unknown}).encode())
            assert found.meta["nobody_knows"] == unknown
            assert written("callsift", found).meta["nobody_knows"] == unknown

    def test_another_encoding_reads_the_same(self, name):
        text = sample(name).decode().lstrip("\ufeff")
        assert read(text.encode("utf-16")).turns == read(sample(name)).turns

    def test_a_file_cut_off_anywhere_is_read_or_refused(self, name):
        data = sample(name)
        for end in range(0, len(data), max(1, len(data) // 60)):
            outcome(data[:end])

    def test_a_cut_json_names_the_path_and_the_line(self, name):
        if name in JSON_SAMPLES:
            with pytest.raises(TranscriptError, match=r"^(\S+ \()?line 1, column \d+\)?: The JSON is cut off"):
                read_all(sample(name)[:-5])


@pytest.mark.parametrize("name", sorted(JSON_SAMPLES))
@given(data=st.data())
@FUZZ
def test_a_wrong_value_anywhere_is_read_or_refused_with_its_place(name, data):
    document = copy.deepcopy(JSON_SAMPLES[name])
    for _ in range(data.draw(st.integers(1, 3))):
        if not (inside := places(document)):
            break
        holder, key = data.draw(st.sampled_from(inside))
        if data.draw(st.booleans()):
            holder[key] = copy.deepcopy(data.draw(NASTY))
        elif isinstance(holder, dict):
            del holder[key]
    outcome(json.dumps(document).encode())


@pytest.mark.parametrize("name", sorted(set(FORMATS) - set(JSON_SAMPLES)))
@given(data=st.data())
@FUZZ
def test_text_with_anything_in_it_is_read_or_refused(name, data):
    text = SAMPLES[name]
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 12))
    junk = data.draw(
        st.one_of(
            st.text(max_size=6),
            st.sampled_from(["-->", "nan", "-1", "1e400", "<v", "{", ";;", "\n\n", "99:99:99,999", " "]),
        )
    )
    outcome((text[:at] + junk + text[at + cut :]).encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=300))
@FUZZ
def test_any_bytes_are_refused(data):
    outcome(data)


@pytest.mark.parametrize(
    "text", ["[" * 5000, '{"a":' * 5000, '{"results":' + "[" * 70 + "]" * 70 + "}", "[" + "9" * 5000 + "]"]
)
def test_nesting_and_numbers_without_end_are_refused(text):
    with pytest.raises(TranscriptError):
        read_all(text.encode())


# Writing

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8)


@st.composite
def transcripts(draw, *, plain=False):
    """Turns of two or three parties, one after the other or over each other, words timed to the millisecond."""
    roles = draw(st.lists(st.sampled_from(["agent", "customer", "ivr", "unknown"]), min_size=1, max_size=3))
    parties = tuple(Party(f"s{n}", role, 0.0 if role == "unknown" else 1.0) for n, role in enumerate(roles, 1))
    at, turns = 0, []
    for n in range(draw(st.integers(1, 5))):
        party = parties[n % len(parties)].id
        words = []
        for _ in range(draw(st.integers(1, 5))):
            start = at + draw(st.integers(0, 900))
            at = start + draw(st.integers(1, 900))
            text = draw(st.sampled_from(["word", "note:", "45", "it's", "-", "Agent:"])) if plain else draw(TEXT)
            words.append(
                Word(
                    text,
                    start / 1000,
                    at / 1000,
                    draw(st.one_of(st.none(), st.integers(0, 100).map(lambda c: c / 100))),
                    party,
                )
            )
        turns.append(Turn(party, words[0].start, words[-1].end, tuple(words)))
        at += draw(st.integers(1, 4000))
    heard = {turn.party for turn in turns}
    return Imported(
        "callsift", tuple(p for p in parties if p.id in heard), tuple(turns), metadata=Metadata(call_id="c-1")
    )


def written(name, transcript):
    return read(writers()[name].write(transcript).encode())


@pytest.mark.parametrize("name", WRITERS)
class TestEveryWriter:
    def test_what_it_writes_is_found_by_content(self, name):
        assert written(name, read(sample("callsift"))).format == name

    def test_writing_what_was_read_back_changes_nothing(self, name):
        once = written(name, read(sample("deepgram")))
        assert written(name, once).turns == once.turns

    def test_an_empty_transcript_is_written(self, name):
        assert isinstance(writers()[name].write(Imported("callsift")), str)


@pytest.mark.parametrize("name", ["callsift", "vcon"])
@given(transcripts())
@FUZZ
def test_nothing_is_lost_in_json_and_vcon(name, transcript):
    back = written(name, transcript)
    assert (back.parties, back.turns, back.metadata.call_id) == (transcript.parties, transcript.turns, "c-1")


@given(transcripts())
@FUZZ
def test_webvtt_keeps_turns_words_times_and_roles(transcript):
    back = written("webvtt", transcript)
    assert back.turns == unsure(transcript.turns)
    assert [(p.id, p.role) for p in back.parties] == [(p.id, p.role) for p in transcript.parties]


@given(transcripts(plain=True))
@FUZZ
def test_srt_keeps_turns_and_words(transcript):
    back = written("srt", transcript)
    assert [(t.party, t.start, t.end) for t in back.turns] == [(t.party, t.start, t.end) for t in transcript.turns]
    assert [t.text for t in back.turns] == [t.text for t in transcript.turns]


@given(transcripts())
@FUZZ
def test_rttm_keeps_who_spoke_when(transcript):
    back = written("rttm", transcript)
    assert [(t.party, t.start, t.end) for t in back.turns] == [(t.party, t.start, t.end) for t in transcript.turns]


@given(transcripts(plain=True))
@FUZZ
def test_ctm_keeps_words_times_confidences_and_sides(transcript):
    back = written("ctm", transcript)
    assert sorted(facts(back), key=repr) == sorted(facts(transcript), key=repr)


def facts(transcript):
    """(number of the party, word, times, confidence), parties numbered by their order."""
    number = {party.id: n for n, party in enumerate(transcript.parties)}
    if transcript.format == "ctm" and len(number) > 1:
        number = {party.id: party.channel for party in transcript.parties}
    return [(number[w.party], w.text, w.start, w.end, w.confidence) for t in transcript.turns for w in t.words]


def unsure(turns):
    return tuple(replace(t, words=tuple(replace(w, confidence=None) for w in t.words)) for t in turns)


# What anything that is read holds to


def outcome(data):
    """Read, or refused as it should be: never by chance of a Python error."""
    found, refused = (), None
    try:
        found = read_all(data)
    except TranscriptError as error:
        refused = error
    assert not isinstance(refused and refused.__cause__, TypeError | KeyError | IndexError | AttributeError), (
        refused.__cause__
    )
    assert refused is None or str(refused).endswith((".", ")"))
    for one in found:
        assert_well_formed(one)


def assert_well_formed(found):
    assert list(found.turns) == sorted(found.turns, key=lambda turn: (turn.start, turn.end))
    ids = {party.id for party in found.parties}
    for turn in found.turns:
        assert turn.party in ids
        assert 0 <= turn.start <= turn.end < 8 * 86400
        assert list(turn.words) == sorted(turn.words, key=lambda word: word.start)
        for word in turn.words:
            assert turn.start - 1e-6 <= word.start <= word.end <= turn.end + 1e-6
            assert word.party == turn.party
            assert word.text
            assert word.confidence is None or (0 <= word.confidence <= 1 and math.isfinite(word.confidence))


def places(value, found=None):
    """Every (container, key) of a JSON document."""
    found = [] if found is None else found
    for key, inside in value.items() if isinstance(value, dict) else enumerate(value):
        found.append((value, key))
        if isinstance(inside, dict | list):
            places(inside, found)
    return found
