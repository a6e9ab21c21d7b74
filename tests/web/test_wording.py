"""Times, lengths and names as people read them."""

from datetime import UTC, datetime

import pytest

from dashboards import wording
from pipeline.records import Metadata, Span


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0:00"),
        (59.99, "0:59"),
        (60, "1:00"),
        (73.2, "1:13"),
        (3600, "1:00:00"),
        (3723, "1:02:03"),
        (None, ""),
        (-2, "0:00"),
    ],
)
def test_places_in_a_call(seconds, text):
    assert wording.clock(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (7.1, "7.1 s"),
        (41.4, "41 s"),
        (60, "1 min"),
        (66.7, "1 min 6 s"),
        (250, "4 min 10 s"),
        (3720, "1 h 2 min"),
    ],
)
def test_lengths(seconds, text):
    assert wording.length(seconds) == text


def test_a_reason_holds_no_machine_words():
    said = wording.sentence('kept ("[CARD_CODE]") in call a15ef0d2a15ef0d2a15ef0d2a15ef0d2')
    assert said == 'Kept ("[card code]") in call a15ef0d2'


def test_moments_are_told_in_the_zone_of_the_viewer():
    moment = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert wording.when(moment, "Europe/Helsinki") == "2 Jul 2026, 01:30"
    assert wording.zone_name("Europe/Helsinki", moment) == "Europe/Helsinki (EEST)"
    assert wording.zone_name("America/New_York", moment) == "America/New York (EDT)"
    assert wording.zone_name("UTC", moment) == "UTC"
    assert wording.when(None, "UTC") == "not known"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("silence_share", 0.144, ("Silence", "14 %")),
        ("talk_share.agent", 0.5, ("Talk, agent", "50 %")),
        ("words_per_minute.customer", 171.4, ("Words per minute, customer", "171")),
        ("longest_silence_seconds", 41.0, ("Longest silence", "41 s")),
        ("mood", -0.25, ("Mood", "-0.25")),
    ],
)
def test_measures_by_the_way_they_are_named(name, value, told):
    assert wording.measure(name, value) == told


def test_what_nobody_named_is_spelled_out():
    assert wording.kind("promise_broken") == "Promise broken"
    assert wording.mark("line_noise") == ("line noise", "Line noise")
    assert wording.mark("failed:sentiment")[0] == "no sentiment"
    assert wording.gravity("line_noise") < wording.gravity("asr_unsure") < wording.gravity("demo_model")


def test_metadata_are_told_without_what_is_not_known():
    known = Metadata(call_id="c1", consent_recording=False, pause_events=(Span(61, 75),), extra={"trunk_id": "7"})
    assert wording.facts(known) == [
        ("Call id", "c1"),
        ("Agreed to recording", "no"),
        ("Recording paused", "1:01 to 1:15"),
        ("Trunk id", "7"),
    ]


def test_words_and_moments_of_machines_are_written_for_people():
    told = "call_type is service, 2026-11-09T14:05:13+00:00 outbound no_answer"
    assert wording.sentence(told) == "Kind of call is service, 9 Nov 2026, 14:05 UTC outbound no answer"
