"""What came out wrong can be looked at: a recording at the second of the mistake, or the words that were read, redacted."""

import json

import pytest
from pyannote.core import Annotation, Segment

from pipeline.evals import roles, transcripts
from pipeline.evals.asr import mistake_at, normal_text
from pipeline.evals.diarization import wrong_at
from pipeline.evals.redaction import evaluate as redaction
from pipeline.measuring.evaluation import EvalOptions
from pipeline.measuring.examples import SAMPLES, excerpt, in_turns, without
from pipeline.records import Word
from tests.evals.test_everything import kept_one

OPTIONS = EvalOptions(threads=1)


def heard(text):
    return [Word(word, float(n), n + 0.9, None, "s1") for n, word in enumerate(text.split())]


@pytest.mark.parametrize(
    ("said", "got", "second"),
    [
        ("it is a nice day today and we go", "it was a nice day today and he goes", 7.0),  # two wrong words before one
        ("that is twenty five dollars for the year", "that is twenty five dollars for the ear", 7.0),  # written as $25
        ("please hold the line", "please hold", 1.0),  # what was missed begins behind the last word heard
        ("please hold the line", "", 0.0),
        ("um the line is bad", "the line is mad", 3.0),
    ],
)
def test_the_longest_mistake_of_a_recogniser_is_at_its_second(said, got, second):
    assert mistake_at(normal_text(said), heard(got)) == second


def test_the_longest_stretch_given_to_the_wrong_party_is_at_its_second():
    truth, guess = Annotation(), Annotation()
    for n, (start, end, true, got) in enumerate(
        (
            (0, 5, "anna", "s1"),
            (5, 9, "ben", "s2"),
            (9, 9.4, "anna", "s2"),
            (10, 12, "ben", "s1"),
            (12, 20, "anna", "s1"),
        )
    ):
        truth[Segment(start, end), n], guess[Segment(start, end), n] = true, got
    assert wrong_at(truth, guess) == 10.0
    assert wrong_at(truth, truth) == 0.0


def test_an_excerpt_is_redacted_as_the_turns_that_it_is_made_of(tmp_path, monkeypatch):
    said = ("and the card number", "four one one one one one one one", "okay", "one one one one one one one one")
    row = {"turns": [{"speaker": ("agent", "customer")[n % 2], "text": text} for n, text in enumerate(said)]}
    [item] = kept_one(tmp_path, monkeypatch, {"id": "a", "text": excerpt(row)}).examples
    assert (
        item["text"] == "agent: and the card number / customer: [CARD_NUMBER] / agent: okay / customer: [CARD_NUMBER]"
    )


def test_an_excerpt_ends_after_its_words_and_reads_back():
    text = excerpt({"turns": [{"speaker": "a", "text": "one two"}, {"speaker": "b", "text": "word " * 500}]})
    names, call = in_turns(text)
    assert names == ["a", "b"]
    assert [len(turn.words) for turn in call.turns] == [2, 118]


def test_what_redaction_left_is_shown_by_its_type_alone(tmp_path):
    said = "it is on the blue sheet somewhere"
    spans = [{"start": said.index("blue"), "end": said.index(" some"), "type": "PLACE"}]
    (tmp_path / "m.jsonl").write_text(json.dumps({"id": "x", "text": said, "spans": spans}))
    [worst] = redaction(tmp_path / "m.jsonl", OPTIONS).worst
    assert worst["text"] == "s1: it is on the [LEFT PLACE] somewhere"
    assert without(said, []) == said


def test_a_party_taken_for_another_leads_to_where_it_begins_to_speak(monkeypatch):
    monkeypatch.setattr(roles, "assign_roles", lambda call: call)  # everybody stays unknown
    [worst] = roles.evaluate(None, EvalOptions(limit=1)).worst
    truth = json.loads((SAMPLES / "truth" / f"{worst['call']}.json").read_text())
    assert worst["at"] == round(truth["turns"][0]["start"], 2)
    assert worst["audio"] == str(SAMPLES / truth["audio"])
    assert "agent taken for unknown" in worst["wrong"]


def test_a_transcript_that_comes_back_changed_leads_to_its_first_changed_word():
    item = transcripts.Item("mm-2301 as srt", False, False, at=3.25)
    place = transcripts._heard_at(item)
    assert (place["call"], place["at"]) == ("mm-2301", 3.25)
    assert place["audio"].endswith("mm-2301.mp3")
