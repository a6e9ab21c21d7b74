"""Values of metadata: typed as documented, or an error that says what is expected."""

from contextlib import suppress
from dataclasses import fields as dataclass_fields
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.fields import READERS, Reading
from pipeline.records import Metadata, Span

BERLIN = Reading(zone="Europe/Berlin")
START = "2026-03-01T14:05:00+01:00"


def read(name, value, reading=BERLIN):
    return READERS[name](value, name, reading)


def test_every_field_of_metadata_has_a_reader():
    assert set(READERS) == {field.name for field in dataclass_fields(Metadata)} - {"extra"}


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-01T14:05:00+01:00",
        "2026-03-01 14:05:00+0100",
        "2026-03-01T13:05:00Z",
        "20260301T140500+01:00",
        "2026-03-01T13:05:00.000Z",
        "2026-03-01 08:05:00 America/New_York",
        "2026-03-01T14:05:00 [Europe/Berlin]",
        "2026-03-01T13:05:00 UTC",
        " 2026-03-01T14:05+01:00 ",
        "20260301-140500",
        "20260301140500",
        "2026-03-01_14-05-00",
        "2026-03-01 14:05:00",
    ],
)
def test_times_are_read_with_their_zone_or_in_the_default_one(written):
    assert read("started_at", written) == datetime(2026, 3, 1, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize("written", ["", "yesterday", "2026-03-01", "14:05", "2026-02-30T10:00:00Z", "2026-03-01T25:00:00Z",
                                     "2026-03-01T10:00:00 Mars/Olympus", 5, 1.5, None, True, "1969-12-31T23:59:59Z"])  # fmt: skip
def test_what_is_no_time_is_told_with_an_example(written):
    with pytest.raises(ValueError, match="2026-03-01T14:05:00"):
        read("started_at", written)


def test_without_any_zone_a_time_without_one_is_an_error():
    with pytest.raises(ValueError, match="with its zone"):
        read("started_at", "2026-03-01T14:05:00", Reading())


def test_an_assumed_zone_leaves_a_note():
    reading = Reading(zone="Europe/Berlin")
    read("started_at", "2026-03-01T14:05:00", reading)
    read("started_at", START, reading)
    assert reading.notes == ["started_at: zone assumed Europe/Berlin"]


@pytest.mark.parametrize(("written", "utc", "note"), [
    ("2026-10-25T01:59:59", "2026-10-24T23:59:59", False),
    ("2026-10-25T02:00:00", "2026-10-25T00:00:00", True),
    ("2026-10-25T02:59:59", "2026-10-25T00:59:59", True),
    ("2026-10-25T03:00:00", "2026-10-25T02:00:00", False),
])  # fmt: skip
def test_a_time_that_comes_twice_is_the_first_and_says_so(written, utc, note):
    reading = Reading(zone="Europe/Berlin")
    assert read("started_at", written, reading) == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert ("first of two" in reading.notes[0]) == note


@pytest.mark.parametrize(("written", "exists"), [("2026-03-29T01:59:59", True), ("2026-03-29T02:00:00", False),
                                                 ("2026-03-29T02:59:59", False), ("2026-03-29T03:00:00", True)])  # fmt: skip
def test_a_time_that_never_was_is_an_error(written, exists):
    if exists:
        assert read("started_at", written).tzinfo is not None
    else:
        with pytest.raises(ValueError, match="exists in Europe/Berlin"):
            read("started_at", written)


def test_a_foreign_format_is_read_as_the_mapping_says():
    reading = Reading("Europe/Berlin", formats={"started_at": "%d.%m.%Y %H:%M"})
    assert read("started_at", "01.03.2026 14:05", reading) == datetime(2026, 3, 1, 13, 5, tzinfo=UTC)
    with pytest.raises(ValueError, match="%d"):
        read("started_at", START, reading)


@pytest.mark.parametrize("written", ["1772370300", 1772370300, 1772370300.0])
def test_seconds_since_1970_are_read_where_the_mapping_says_so(written):
    found = read("started_at", written, Reading(formats={"started_at": "epoch"}))
    assert found == datetime(2026, 3, 1, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize("written", ["1e400", "nan", "x", 10**30])
def test_seconds_that_are_none_are_told(written):
    with pytest.raises(ValueError, match="epoch"):
        read("started_at", written, Reading(formats={"started_at": "epoch"}))


@pytest.mark.parametrize(
    ("written", "expected"), [("inbound", "inbound"), ("IN", "inbound"), (" Outgoing ", "outbound")]
)
def test_directions(written, expected):
    assert read("direction", written) == expected


@pytest.mark.parametrize("written", ["sideways", 1, True, "inn"])
def test_what_is_no_direction(written):
    with pytest.raises(ValueError, match="inbound or outbound"):
        read("direction", written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [(True, True), ("yes", True), ("1", True), (1, True), ("FALSE", False), (0, False), ("n", False)],
)
def test_consent_is_yes_or_no(written, expected):
    assert read("consent_recording", written) is expected


@pytest.mark.parametrize("written", ["maybe", 2, "yes please", None])
def test_consent_is_never_guessed(written):
    with pytest.raises(ValueError, match="yes or no"):
        read("consent_voiceprint", written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [("+14155550132", "+14155550132"), (" +1 (415) 555-0132", "+14155550132"), ("+44 20.7946.0958", "+442079460958")],
)
def test_numbers_become_e164(written, expected):
    assert read("person_number", written) == expected


@pytest.mark.parametrize("written", ["4155550132", "0049301234", "+0123456789", "+1415555013212345", "anonymous", ""])
def test_a_number_without_its_country_is_not_guessed(written):
    with pytest.raises(ValueError, match="country code"):
        read("person_number", written)


def test_a_region_makes_national_numbers_readable():
    assert read("person_number", "(415) 555-2671", Reading(region="US")) == "+14155552671"
    with pytest.raises(ValueError, match="US"):
        read("person_number", "12", Reading(region="US"))


@pytest.mark.parametrize(("written", "expected"), [("tx", "TX"), (" NY ", "NY")])
def test_states(written, expected):
    assert read("person_state", written) == expected


@pytest.mark.parametrize(("name", "written"), [("person_state", "Texas"), ("person_state", "T1"), ("person_state", 12),
                                               ("person_zone", "Texas"), ("person_zone", "../../etc/passwd"),
                                               ("person_zone", 5)])  # fmt: skip
def test_places_that_are_none(name, written):
    with pytest.raises(ValueError, match=r"TX|America/Chicago"):
        read(name, written)


@pytest.mark.parametrize(
    ("name", "written", "expected"),
    [
        ("queue", " billing ", "billing"),
        ("agent_id", 1044, "1044"),
        ("call_id", "", None),
        ("queue", "x" * 200, "x" * 200),
    ],
)
def test_text_is_trimmed_and_whole_numbers_are_text(name, written, expected):
    assert read(name, written) == expected


@pytest.mark.parametrize("written", [True, 1.5, ["a"], {"a": 1}, "x" * 201, "a\nb", "a\x00b", "a\x1b[2J"])
def test_what_is_no_text(written):
    with pytest.raises(ValueError, match="text"):
        read("queue", written)


@pytest.mark.parametrize(
    "written",
    [
        "12.5-20; 61-72.25",
        "61-72.25,12.5-20",
        "0:12.5-20;1:01-0:01:12.25",
        [[12.5, 20], [61, 72.25]],
        [{"start": 12.5, "end": 20}, {"start": "61", "end": "72.25"}],
        "[[12.5, 20], [61, 72.25]]",
        '[{"start": 12.5, "end": 20}, [61, 72.25]]',
    ],
)
def test_stretches_are_read_however_they_are_written(written):
    assert read("pause_events", written) == (Span(12.5, 20.0), Span(61.0, 72.25))


@pytest.mark.parametrize("written", ["", [], "  "])
def test_no_stretches_are_none(written):
    assert read("payment_events", written) == ()


@pytest.mark.parametrize("written", ["20-12", "5-5", "-5-3", "a-b", [[1]], [[1, 2, 3]], [1, 2], {"start": 1}, 5, "[[1, 2]", [[1, "nan"]],
                                     [[0, float("inf")]], [[True, 2]], "1:2:3:4-9999"])  # fmt: skip
def test_stretches_that_make_no_sense(written):
    with pytest.raises(ValueError, match="seconds from the start"):
        read("pause_events", written)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(name=st.sampled_from(sorted(READERS)), value=json_values)
def test_any_value_is_typed_or_told(name, value):
    """Nothing but ValueError, and a time never without zone."""
    with suppress(ValueError):
        found = read(name, value)
        assert not isinstance(found, datetime) or found.utcoffset() is not None
