"""What of a transcript's other fields is kept: no secret under any key, label or list, and formats' own words as they are."""

import pytest

from pipeline.redaction import load_policy
from pipeline.transcripts.kept import REMOVED, kept

DEFAULT, STRICT = load_policy(), load_policy("strict")


@pytest.mark.parametrize(
    "meta",
    [
        {"digits": [4000, 1234, 5678, 9010]},
        {"d": {"a": 4012, "b": 8888, "c": 8888, "d": 1881}},
        {"entities": [{"type": "cvv", "value": 739}]},
        {"entity": {"name": "card_cvv", "text": "739"}},
        {"note": "cvv:739"},
        {"note": "code seven three nine"},
        {"dob": "1982-07-04"},
        {"customer": {"dateOfBirth": "1982-07-04", "national_id": 123456789, "acct": 12345678}},
        {"exp": "0426"},
        {"emails": ["a@b.co"]},
        {"card": {"number": 4000000000000002}},
    ],
)
def test_no_digit_of_a_secret_is_kept(meta):
    found = str(kept(meta, DEFAULT))
    assert not any(c.isdigit() for c in found), found
    assert "a@b.co" not in found


def test_a_link_is_kept_without_who_logs_in_and_what_is_asked():
    assert kept({"url": "https://u:pass@h.example/x?token=1"}, DEFAULT) == {"url": "https://h.example/x"}


def test_what_formats_say_of_themselves_is_kept():
    meta = {"list": [{"encoding": "base64url", "mediatype": "audio/x-mp3", "count": 3, "at": "2026-07-01T10:00:00Z"}]}
    assert kept(meta, STRICT) == meta


def test_names_of_parties_go_where_the_policy_says_so():
    meta = {"parties": [{"name": "Zeb Quux", "role": "agent"}], "agent_name": "Ann", "product": {"name": "Blue"}}
    assert kept(meta, DEFAULT) == meta
    gone = {"parties": [{"name": REMOVED, "role": "agent"}], "agent_name": REMOVED, "product": {"name": "Blue"}}
    assert kept(meta, STRICT) == gone
