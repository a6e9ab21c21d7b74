"""Files that break off or only look like transcripts tell where; what a file tells beside its words is not lost."""

import json

import pytest

from pipeline.records import Call
from pipeline.transcripts import TranscriptError, read
from pipeline.transcripts.leaving import transcript_of, written
from tests.transcripts.samples import AWS, sample


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (
            '{"results": {"segments": [{"a": 1}, {"alternatives": [{"content": "my ca',
            "results.segments[1].alternatives[0].content",
        ),
        ('{"a": {"b": [1, {"c": "x, y: [{"}, 2', "a.b[2]"),
        ('{"jobName": "x", "results": {"items": [{"type": "pronunciation",', "results.items[0]"),
    ],
)
def test_a_file_that_breaks_off_tells_the_path_where(text, place):
    with pytest.raises(TranscriptError, match=r"cut off|cannot be read") as caught:
        read(text.encode())
    assert caught.value.place.startswith(f"{place} (line 1, column ")
    assert "my ca" not in str(caught.value)


@pytest.mark.parametrize(
    ("document", "place", "says"),
    [
        ({"results": None}, "results", "expected an object with items"),
        ({"segments": [{"tokens": [1]}]}, "segments[0]", "expected a list with text or start or end"),
        ({"jobName": "x", "status": "FAILED"}, "status", "expected a job that is COMPLETED"),
        (
            {"TranscriptionJob": {"TranscriptionJobStatus": "FAILED"}},
            "TranscriptionJob.TranscriptionJobStatus",
            "COMPLETED",
        ),
    ],
)
def test_a_foreign_file_that_begins_like_a_known_one_tells_the_path_and_what_was_expected(document, place, says):
    with pytest.raises(TranscriptError, match=says) as caught:
        read(json.dumps(document).encode())
    assert caught.value.place == place


def test_what_amazon_removed_keeps_the_type_it_tells():
    told = json.loads(json.dumps(AWS))
    item = next(item for item in told["results"]["items"] if item["type"] == "pronunciation")
    item["alternatives"] = [
        {"content": "[PII]", "confidence": "0.0", "redactions": [{"category": "PII", "type": "CREDIT_DEBIT_NUMBER"}]}
    ]
    words = [word for turn in read(json.dumps(told).encode()).turns for word in turn.words]
    assert "CARD_NUMBER" in {word.kind for word in words}


def test_a_meetings_names_are_parties_though_they_stand_once():
    lines = [
        "John Smith: good morning",
        "and how are you",
        "so",
        "well",
        "what can i do",
        "Mary-Ann O'Neil: my bill is wrong",
        "Note: it rains",
    ]
    cues = [f"00:0{n}.000 --> 00:0{n}.900\n{line}" for n, line in enumerate(lines)]
    found = read(("WEBVTT\n\n" + "\n\n".join(cues)).encode())
    assert set(found.labels.values()) == {"John Smith", "Mary-Ann O'Neil"}
    assert found.turns[0].text == "good morning"
    assert found.turns[-1].text == "Note: it rains"


def test_a_subtitle_keeps_what_a_recogniser_wrote_in_brackets():
    found = read(b"1\n00:00:01,000 --> 00:00:02,000\ns1: <i>call</i> <unk> <font color=red>back</font>\n")
    assert found.turns[0].text == "call <unk> back"


BARE = {
    "vcon": "0.4.0", "uuid": "018e3f72-c3a8-8b8e-b468-e7e0ea2a1a1a", "created_at": "2026-03-01T14:05:00Z",
    "parties": [{"name": "Ann", "role": "agent"}, {"name": "Bo", "role": "customer"}], "dialog": [], "analysis": [],
}  # fmt: skip


def test_a_vcon_that_demands_an_unknown_extension_is_refused():
    with pytest.raises(TranscriptError, match="extension that is not known") as caught:
        read(json.dumps({**BARE, "critical": ["CC", "unknown_ext"]}).encode())
    assert caught.value.place == "critical[1]"
    told = [{"speaker": "Ann", "text": "hello"}]
    analysis = [{"type": "transcript", "encoding": "json", "body": json.dumps(told)}]
    assert read(json.dumps({**BARE, "critical": ["CC"], "analysis": analysis}).encode()).words == 1


def test_a_transcript_among_the_attachments_of_a_vcon_is_read():
    told = [{"speaker": "Ann", "text": "how can i help"}, {"speaker": "Bo", "text": "my bill"}]
    document = {**BARE, "attachments": [{"purpose": "transcript", "encoding": "json", "body": json.dumps(told)}]}
    found = read(json.dumps(document).encode())
    assert [(turn.party, turn.text) for turn in found.turns] == [("s1", "how can i help"), ("s2", "my bill")]
    assert [party.role for party in found.parties] == ["agent", "customer"]


@pytest.mark.parametrize("name", ["callsift", "vcon"])
def test_what_a_file_told_beyond_its_words_goes_along(name):
    call = Call("c", turns=read(sample("srt")).turns, source_meta={"my_ext": {"a": 1}, "subject": "billing"})
    again = read(written(transcript_of(call), name).encode())
    meta = again.meta if name == "callsift" else again.meta["transcript"]
    assert meta == {"my_ext": {"a": 1}, "subject": "billing"}
