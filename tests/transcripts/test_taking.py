"""Transcripts on their way in: alone, with their recording, broken; on disk and uploaded."""

import base64
import copy
import io
import json

import pytest

from pipeline.ingest import Taken
from pipeline.ingest.local import sources
from pipeline.ingest.transcripts import split
from pipeline.protocols import ALONE
from pipeline.sealing.anonymous import anonymous_file
from tests.audio.making import tone, wav
from tests.transcripts.samples import DEEPGRAM, RTTM, VCON, WEBVTT, sample

SOUND = wav(tone(0.5))


def put(folder, **files):
    for name, data in files.items():
        (folder / name.replace("__", ".")).write_bytes(data if isinstance(data, bytes) else data.encode())


def take(door, folder):
    taken = Taken()
    return {outcome.source.rsplit("/", 1)[-1]: outcome for outcome in door.take([folder], taken)}


def parts(shelf, intake):
    """Recording and transcript of a pair's sealed copy."""
    with anonymous_file() as both:
        both.write(shelf.bytes_of(intake))
        both.flush()
        transcript = split(both)
        return both.read(), transcript


@pytest.mark.parametrize("name", ["deepgram", "webvtt", "ctm", "vcon"])
def test_a_transcript_alone_is_a_call(door, shelf, calls, name):
    put(calls, call__json=sample(name))
    assert take(door, calls)["call.json"].what == "new"
    assert shelf.only().suffix == ALONE
    assert shelf.bytes_of(shelf.only()) == sample(name)


def test_what_it_says_of_the_call_is_told_and_its_sidecar_comes_first(door, shelf, calls):
    put(calls, call__json=sample("genesys"), call__csv="agent_id,queue\na-7,billing\n")
    take(door, calls)
    about = shelf.metadata()
    assert (about.call_id, about.agent_id, about.queue, about.direction) == ("g-1", "a-7", "billing", "inbound")


@pytest.mark.parametrize("beside", ["call.json", "call.wav.json", "call.vtt", "call.vcon.json"])
def test_a_recording_and_the_transcript_of_its_stem_are_one_call(door, shelf, calls, beside):
    text = {"call.vtt": sample("webvtt"), "call.vcon.json": sample("vcon")}.get(beside, sample("deepgram"))
    put(calls, call__wav=SOUND, call__csv="agent_id\na-7\n", **{beside.replace(".", "__"): text})
    assert [name for name, outcome in take(door, calls).items() if outcome.what == "new"] == ["call.wav"]
    assert shelf.only().suffix == "wav+transcript"
    assert parts(shelf, shelf.only()) == (SOUND, text)
    assert shelf.metadata().agent_id == "a-7"


def test_given_by_hand_the_transcript_finds_its_recording(door, shelf, calls):
    put(calls, call__wav=SOUND, call__vtt=WEBVTT)
    assert [outcome.source for outcome in door.take([calls / "call.vtt"], Taken())] == [str(calls / "call.wav")]


def test_a_vcon_finds_its_recording_by_the_name_it_tells(door, shelf, calls):
    put(calls, other__vcon=sample("vcon"), **{"call-5__wav": SOUND})
    assert [*take(door, calls)] == ["call-5.wav"]
    assert shelf.only().suffix == "wav+transcript"


def test_a_vcon_may_hold_its_recording(door, shelf, calls):
    document = copy.deepcopy(VCON)
    document["dialog"][0] |= {"encoding": "base64url", "body": base64.urlsafe_b64encode(SOUND).decode()}
    put(calls, a__vcon=json.dumps(document))
    assert take(door, calls)["a.vcon"].what == "new"
    assert parts(shelf, shelf.only())[0] == SOUND


def test_each_recording_of_one_file_is_a_call(door, shelf, calls, settings):
    put(calls, day__ctm="one 1 0 1 hello\ntwo 1 0 1 bye\n")
    assert [outcome.what for outcome in door.take([calls], Taken())] == ["new", "new"]
    assert {intake.metadata.call_id for intake in shelf.calls.values()} == {"one", "two"}
    assert {source.id for source in sources([calls], settings)} == {"one", "two"}


def test_a_sidecar_stays_a_sidecar(door, shelf, calls):
    put(calls, call__wav=SOUND, call__json='{"call_id": "c-9", "queue": "billing"}')
    take(door, calls)
    assert (shelf.only().suffix, shelf.metadata().queue) == ("wav", "billing")


def test_an_rttm_alone_is_no_call_and_beside_a_recording_tells_who_speaks(door, shelf, calls):
    speakers = "".join(line for line in RTTM.splitlines(keepends=True) if line.startswith("SPEAKER"))
    put(calls, lone__rttm=speakers, call__wav=SOUND, call__rttm=speakers)
    assert [*take(door, calls)] == ["call.wav"]
    assert shelf.only().suffix == "wav+transcript"


def test_a_broken_one_is_refused_with_its_place_and_stops_no_other(door, shelf, calls):
    wrong = copy.deepcopy(DEEPGRAM)
    wrong["results"]["channels"][0]["alternatives"][0]["words"][2]["start"] = "soon"
    put(calls, a__json=sample("whisper"), b__json=json.dumps(wrong), c__json=sample("deepgram")[:-9], d__vtt="no cue", e__srt=sample("srt"),
        package__json='{"name": "x"}', notes__json='{"call": "notes"}', metadata__json='{"file": "e.srt", "queue": "q"}')  # fmt: skip
    found = take(door, calls)
    assert {name: outcome.what for name, outcome in found.items()} == {
        "a.json": "new", "b.json": "refused", "c.json": "refused", "d.vtt": "refused", "e.srt": "new",
    }  # fmt: skip
    assert found["b.json"].says.startswith("results.channels[0].alternatives[0].words[2].start: expected a time")
    assert found["c.json"].says.startswith(
        "results.channels[0].alternatives[0].words[2].speaker_confidence (line 1, column"
    )
    assert {intake.metadata.queue for intake in shelf.calls.values()} == {None, "q"}


def test_a_recording_with_a_broken_transcript_is_refused_not_heard(door, shelf, calls):
    put(calls, call__wav=SOUND, call__vtt="WEBVTT\n\n00:00.000 --> x\nhello\n")
    outcome = take(door, calls)["call.wav"]
    assert (outcome.what, outcome.reason) == ("refused", "bad_transcript")
    assert shelf.calls == {}


def test_a_transcript_without_words_is_refused_and_says_what_is_missing(door, calls):
    put(calls, a__vcon=json.dumps({**VCON, "analysis": []}))
    outcome = take(door, calls)["a.vcon"]
    assert (outcome.reason, outcome.says) == (
        "no_words",
        "There are no words in this transcript. Lay the recording call-5.wav beside it.",
    )


def test_uploaded_alone_and_beside_its_recording(door, shelf):
    assert door.take_stream("a.json", io.BytesIO(sample("deepgram"))).what == "new"
    assert door.take_stream("call.wav", io.BytesIO(SOUND), sidecar=("call.vtt", sample("webvtt"))).what == "new"
    assert [intake.suffix for intake in shelf.calls.values()] == [ALONE, "wav+transcript"]


def test_a_refused_upload_of_both_is_tried_again_with_both(door, shelf):
    refused = door.take_stream("call.wav", io.BytesIO(b"RIFF"), sidecar=("call.vtt", sample("webvtt")), team="maple")
    _, kept = shelf.kept["call.wav"]
    assert (refused.what, kept.suffix) == ("refused", "wav+transcript")
    assert parts(shelf, kept) == (b"RIFF", sample("webvtt"))
    assert door.take_again(kept).reason == refused.reason


def test_a_transcript_that_comes_after_its_recording_is_told_to_be_late(door, shelf, calls):
    put(calls, call__wav=SOUND)
    take(door, calls)
    put(calls, call__vtt=WEBVTT)
    assert "was not used" in take(door, calls)["call.wav"].says


def test_an_ending_never_passes_a_recording_off_as_a_transcript(door, shelf, calls):
    (calls / "a.transcript").write_bytes(SOUND)
    (calls / "b.wav+transcript").write_bytes(wav(tone(0.6)))
    take(door, calls)
    assert {intake.suffix for intake in shelf.calls.values()} == {""}


def test_sources_of_process_come_with_their_transcripts(calls, settings):
    put(calls, alone__vtt=WEBVTT, call__wav=SOUND, call__json=sample("deepgram"), cut__json=b'{"results": {')
    found = {source.name.rsplit("/", 1)[-1]: source for source in sources([calls], settings)}
    assert found["alone.vtt"].silent
    assert found["alone.vtt"].transcript() == sample("webvtt")
    assert (found["call.wav"].silent, found["call.wav"].transcript()) == (False, sample("deepgram"))
    assert "call.json" not in found


def test_two_files_with_one_call_id_stay_two_calls_of_process(calls, settings):
    put(calls, a__vtt=WEBVTT, b__vtt=WEBVTT, a__json=b'{"call_id": "C-1"}', b__json=b'{"call_id": "C-1"}')
    found = sources([calls / "a.vtt", calls / "b.vtt", calls / "b.vtt"], settings)
    assert [source.metadata.call_id for source in found] == ["C-1"] * 3
    assert len({source.id for source in found}) == 3
    assert found[0].id == "C-1"
