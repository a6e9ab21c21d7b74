"""What a worker does beyond the pipeline: typed words outlive a second hearing, and nothing is lost silently."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

from pipeline import analyzers
from pipeline.protocols import Failure, Intake, Job
from pipeline.records import Call, CallResult, Metadata, Party, Turn, Word
from rules.discovery import load_all
from webapp.processing import carried, gone, rule_texts

PARTIES = (Party("s1", "agent", 0.9), Party("s2", "customer", 0.9))
CODE = Word("[CARD_CODE]", 4.0, 5.5, 0.9, "s2", "CARD_CODE", {"digits": 3})


def said(party: str, *words: tuple[str, float, float]) -> Turn:
    spoken = tuple(Word(text, start, end, 0.9, party) for text, start, end in words)
    return Turn(party, spoken[0].start, spoken[-1].end, spoken)


def heard(*turns: Turn) -> CallResult:
    return CallResult(Call("c1", parties=PARTIES, turns=turns))


BEFORE = replace(
    heard(said("s1", ("code", 1.0, 1.5)), Turn("s2", 4.0, 5.5, (CODE,))),
    call=Call(
        "c1",
        parties=PARTIES,
        turns=(said("s1", ("code", 1.0, 1.5)), Turn("s2", 4.0, 5.5, (CODE,))),
        redactions={"CARD_CODE": 1},
    ),
)


def test_what_was_redacted_stays_redacted_when_a_call_is_heard_again():
    again = carried(heard(said("s1", ("code", 1.0, 1.5)), said("s2", ("thanks", 6.0, 6.5))), BEFORE)
    assert [turn.text for turn in again.call.turns] == ["code", "[CARD_CODE]", "thanks"]
    assert again.call.redactions == {"CARD_CODE": 1}


def test_words_heard_in_the_tone_are_dropped():
    again = carried(heard(said("s2", ("beep", 4.2, 5.0), ("thanks", 6.0, 6.5))), BEFORE)
    assert [turn.text for turn in again.call.turns] == ["[CARD_CODE]", "thanks"]


def test_hearing_a_redacted_call_again_adds_no_second_typed_word():
    assert [turn.text for turn in carried(BEFORE, BEFORE).call.turns] == ["code", "[CARD_CODE]"]


def test_a_call_whose_recording_is_gone_says_so_and_is_not_tried_again():
    intake = Intake("0" * 64, 1, "call.wav", "wav", Metadata(), "", b"")
    failure = gone(Job(1, "c1", "asr", 1, 1, datetime(2026, 1, 1, tzinfo=UTC), intake))
    assert isinstance(failure, Failure)
    assert failure.final
    assert "Take the recording in again" in failure.message


def test_the_text_of_each_rule_is_kept_as_verdicts_name_it():
    models = SimpleNamespace(analyzers=[load_all(analyzers, "analyzer")["rules"]])
    kept = rule_texts(models)
    assert len({rule.sha256 for rule in kept}) == len(kept) > 20
    assert all(rule.title and rule.version == rule.sha256[:12] for rule in kept)
    assert all(hashlib.sha256(rule.text.encode()).hexdigest() == rule.sha256 for rule in kept)
