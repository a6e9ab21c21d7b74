# ruff: noqa: E501 (files in one line)
"""What each reader takes out of its format: words, times, confidences, speakers, roles, and the place of what is wrong."""

import base64
import copy
import json
from datetime import UTC, datetime

import pytest

from pipeline.records import Call, CallResult
from pipeline.redaction import load_policy, redact
from pipeline.transcripts import TranscriptError, read, read_all
from tests.transcripts.samples import (
    ASSEMBLYAI,
    AWS,
    AZURE,
    CONTACT_LENS,
    DEEPGRAM,
    GENESYS,
    GOOGLE,
    SPEECHMATICS,
    VCON,
    WHISPER,
    sample,
)
from webapp.store.codec import encode


def words(found):
    return [(w.party, w.text, w.start, w.end, w.confidence) for turn in found.turns for w in turn.words]


def parties(found):
    return [(party.id, party.role, party.channel) for party in found.parties]


def changed(document, **deep):
    """A copy with ``a__0__b=value`` set at a, 0, b."""
    copied = copy.deepcopy(document)
    for path, value in deep.items():
        *way, last = [int(step) if step.isdigit() else step for step in path.split("__")]
        at = copied
        for step in way:
            at = at[step]
        at[last] = value
    return json.dumps(copied).encode()


def test_amazon_transcribe_has_text_numbers_and_punctuation_of_its_own():
    found = read(sample("aws_transcribe"))
    assert words(found) == [
        ("s1", "Hello", 0.5, 0.8, 0.98), ("s1", "there.", 0.8, 1.2, 0.98), ("s2", "My", 2.0, 2.2, 0.98), ("s2", "bill", 2.2, 2.5, 0.41),
        ("s2", "is", 2.5, 2.6, 0.98), ("s2", "wrong.", 2.6, 3.1, 0.98),
    ]  # fmt: skip
    assert found.labels == {"s1": "spk_0", "s2": "spk_1"}  # the last words by the segment they lie in
    assert (found.language, found.meta) == (
        "en-US",
        {"jobName": "call-1", "accountId": "000000000000"},
    )


def test_amazon_transcribe_by_channels():
    item = AWS["results"]["items"]
    sides = {
        "number_of_channels": 2,
        "channels": [{"channel_label": "ch_0", "items": item[3:]}, {"channel_label": "ch_1", "items": item[:3]}],
    }
    results = {"transcripts": [{"transcript": "x"}], "channel_labels": sides, "items": item}
    found = read(json.dumps({"jobName": "c", "results": results}).encode())
    assert parties(found) == [("s1", "unknown", 1), ("s2", "unknown", 0)]
    assert [turn.text for turn in found.turns] == ["Hello there.", "My bill is wrong."]


def test_contact_lens_has_roles_and_no_word_times():
    found = read(sample("contact_lens"))
    assert parties(found) == [("s1", "agent", None), ("s2", "customer", None)]
    assert [(turn.start, turn.end) for turn in found.turns] == [(0.25, 1.75), (2.0, 4.0)]
    assert (found.timing, found.duration, found.metadata.call_id) == ("turns", 9.0, "c-77")
    assert [w.confidence for turn in found.turns for w in turn.words] == [None] * 7
    assert found.turns[1].words[-1].kind == "REMOVED"  # what the service removed is a typed word


def test_call_analytics_has_words_and_roles_without_ids():
    items = [{"Type": "pronunciation", "Content": "Hi", "Confidence": "0.9", "BeginOffsetMillis": 100, "EndOffsetMillis": 300},
             {"Type": "punctuation", "Content": "!", "Confidence": "0.0", "BeginOffsetMillis": 300, "EndOffsetMillis": 300}]  # fmt: skip
    turn = {
        "ParticipantRole": "AGENT",
        "Content": "Hi!",
        "BeginOffsetMillis": 100,
        "EndOffsetMillis": 300,
        "Items": items,
    }
    found = read(
        json.dumps({"JobName": "j", "Participants": [{"ParticipantRole": "AGENT"}], "Transcript": [turn]}).encode()
    )
    assert words(found) == [("s1", "Hi!", 0.1, 0.3, 0.9)]
    assert parties(found) == [("s1", "agent", None)]


def test_contact_lens_of_the_real_time_api_is_read():
    segments = {
        "Segments": [
            {"Categories": {"MatchedCategories": []}},
            {"Transcript": {**CONTACT_LENS["Transcript"][0], "ParticipantRole": "AGENT"}},
        ]
    }
    assert [turn.text for turn in read(json.dumps(segments).encode()).turns] == ["Thanks for calling."]


def test_deepgram_tells_speakers_by_word():
    found = read(sample("deepgram"))
    assert words(found) == [
        ("s1", "Hello.", 0.08, 0.32, 0.99),
        ("s2", "My", 1.0, 1.2, 0.95),
        ("s2", "bill.", 1.2, 1.5, 0.9),
    ]
    assert (found.duration, found.model, len(found.turns)) == (6.5, "Deepgram 2-general-nova", 2)
    alternative = found.meta["results"]["channels"]["0"]["alternatives"]["0"]
    assert alternative["words"]["0"] == {"speaker_confidence": 0.5}  # unknown fields stay


def test_deepgram_with_channels_knows_the_sides():
    channel = DEEPGRAM["results"]["channels"][0]
    found = read(
        changed(
            DEEPGRAM,
            results__channels=[
                channel,
                {"alternatives": [{"transcript": "", "confidence": 0.0, "words": []}]},
                channel,
            ],
        )
    )
    assert [channel for _, _, channel in parties(found)] == [0, 2, 0, 2]


def test_assemblyai_counts_milliseconds_and_keeps_utterances():
    found = read(sample("assemblyai"))
    assert words(found) == [
        ("s1", "Hello.", 0.17, 0.718, 0.99),
        ("s2", "My", 1.2, 1.4, 0.9),
        ("s2", "bill.", 1.4, 2.0, 0.7),
    ]
    assert [(turn.start, turn.end) for turn in found.turns] == [(0.17, 0.718), (1.2, 2.0)]
    flat = read(changed(ASSEMBLYAI, utterances=None))
    assert words(flat) == [("s1", "Hello.", 0.17, 0.718, 0.99)]


def test_assemblyai_sentences_are_read_like_utterances():
    cut = {"id": "aa-1", "confidence": 0.9, "audio_duration": 6, "sentences": ASSEMBLYAI["utterances"]}
    assert words(read(json.dumps(cut).encode())) == words(read(sample("assemblyai")))


def test_a_job_that_failed_says_so():
    with pytest.raises(TranscriptError, match="status: this job did not come to an end"):
        read(changed(ASSEMBLYAI, status="error", error="no sound"))


def test_whisperx_numerals_lie_between_their_neighbours():
    found = read(sample("whisperx"))
    assert words(found)[4] == ("s2", "45", 3.8, 4.5, None)
    assert found.labels == {"s1": "SPEAKER_01", "s2": "SPEAKER_00"}


def test_openai_words_beside_segments_go_into_them():
    found = read(sample("whisper"))
    assert [(turn.start, turn.end, turn.text) for turn in found.turns] == [
        (0.0, 1.5, "Hello there"),
        (2.0, 3.0, "My bill"),
    ]
    assert words(found)[2] == ("s1", "My", 2.1, 2.3, None)  # a segment's log probability is no confidence
    assert found.meta["segments"]["1"] == {"id": 1, "seek": 0, "temperature": 0.0, "avg_logprob": -0.5}


def test_whisper_without_words_estimates_them_inside_the_segment():
    found = read(changed(WHISPER, words=None))
    assert found.timing == "turns"
    assert words(found)[0][:4] == ("s1", "Hello", 0.0, 0.692308)


def test_whisper_without_its_text_is_still_whisper():
    found = read(json.dumps({"language": "en", "segments": WHISPER["segments"]}).encode())
    assert (found.format, [turn.text for turn in found.turns]) == ("whisper", ["Hello there.", "My bill."])


def test_google_leaves_out_what_is_zero():
    found = read(sample("google"))
    assert words(found) == [
        ("s1", "Hello", 0.0, 0.7, 0.97), ("s1", "there.", 0.7, 1.3, 0.9), ("s1", "My", 2.1, 2.4, None), ("s1", "bill.", 2.4, 3.0, None),
    ]  # fmt: skip


def test_google_repeats_all_words_with_their_speakers_at_the_end():
    tagged = [
        {**word, "speakerTag": tag}
        for tag, result in enumerate(GOOGLE["results"], 1)
        for word in result["alternatives"][0]["words"]
    ]
    found = read(json.dumps({"results": [*GOOGLE["results"], {"alternatives": [{"words": tagged}]}]}).encode())
    assert [(turn.party, turn.text) for turn in found.turns] == [("s1", "Hello there."), ("s2", "My bill.")]


def test_google_operations_and_version_2_are_the_same_inside():
    word = {"startOffset": "0.700s", "endOffset": "1.300s", "word": "there.", "speakerLabel": "2"}
    result = {"alternatives": [{"transcript": "there.", "confidence": 0.9, "words": [word]}], "languageCode": "en-US"}
    plain, wrapped = (
        {"results": [result]},
        {"name": "op", "done": True, "response": {"results": {"gs://b/a.wav": {"transcript": {"results": [result]}}}}},
    )
    assert (
        words(read(json.dumps(wrapped).encode()))
        == words(read(json.dumps(plain).encode()))
        == [("s1", "there.", 0.7, 1.3, 0.9)]
    )


def test_azure_reads_ticks_durations_and_the_best_alternative():
    found = read(sample("azure"))
    assert words(found)[0] == ("s1", "Hello.", 0.5, 1.2, 0.99)
    assert (found.turns[1].start, found.turns[1].text) == (62.25, "My bill.")
    assert words(found)[1][4] == 0.8  # the phrase's confidence where its words have none
    assert "source" not in found.meta


def test_azure_fast_transcription_counts_milliseconds():
    fast = {"durationMilliseconds": 2000, "combinedPhrases": [{"text": "Hi"}], "phrases": [
        {"channel": 1, "offsetMilliseconds": 40, "durationMilliseconds": 240, "text": "Hi.", "locale": "en-US", "confidence": 0.78,
         "words": [{"text": "Hi.", "offsetMilliseconds": 40, "durationMilliseconds": 240}]}]}  # fmt: skip
    found = read(json.dumps(fast).encode())
    assert words(found) == [("s1", "Hi.", 0.04, 0.28, 0.78)]
    assert (parties(found), found.language, found.duration) == ([("s1", "unknown", 1)], "en-US", 2.0)


def test_azure_leaves_out_what_was_not_recognised():
    assert len(read(changed(AZURE, recognizedPhrases__0__recognitionStatus="InitialSilenceTimeout")).turns) == 1


def test_rev_ai_puts_punctuation_where_it_belongs():
    found = read(sample("revai"))
    assert [turn.text for turn in found.turns] == ["Hello there.", "Hi."]
    assert words(found)[1] == ("s1", "there.", 0.9, 1.3, 0.8)


def test_speechmatics_tells_speakers_in_alternatives_and_names_the_recording():
    found = read(sample("speechmatics"))
    assert words(found) == [("s1", "Hello.", 0.08, 0.32, 1.0), ("s2", "Yes", 2.0, 2.4, 0.6)]
    assert found.recording.name == "call-9.wav"
    nobody = read(
        changed(SPEECHMATICS, results__0__alternatives__0__speaker="UU", results__2__alternatives__0__speaker="UU")
    )
    assert (nobody.labels, len(nobody.parties)) == ({}, 1)


def test_genesys_counts_from_the_start_of_the_transcript():
    found = read(sample("genesys"))
    assert words(found) == [
        ("s1", "Thank", 0.1, 0.4, 0.95),
        ("s1", "you.", 0.5, 0.9, 0.9),
        ("s2", "My", 3.0, 3.333333, 0.9),
        ("s2", "bill.", 3.333333, 4.0, 0.9),
    ]
    assert parties(found) == [("s1", "agent", None), ("s2", "customer", None)]
    about = found.metadata
    assert (about.call_id, about.direction, about.person_number, about.agent_id) == (
        "g-1",
        "inbound",
        "+15550100000",
        "u-1",
    )
    assert about.started_at == datetime(2026, 1, 1, 10, tzinfo=UTC)


def test_genesys_with_times_of_the_recording():
    early = {"startTimeMs": 500, "participantPurpose": "external", "text": "hi", "duration": {"milliseconds": 300}}
    found = read(changed(GENESYS, transcripts__0__phrases=[early]))
    assert [(turn.start, turn.end) for turn in found.turns] == [(0.5, 0.8)]


def test_webvtt_has_voices_roles_and_times_inside_cues():
    found = read(sample("webvtt"))
    assert words(found)[:2] == [("s1", "Thanks", 0.5, 1.0, None), ("s1", "for", 1.0, 1.307692, None)]
    assert [turn.text for turn in found.turns] == ["Thanks for calling.", "It's my bill & more"]
    assert [(party.id, party.role) for party in found.parties] == [("s1", "agent"), ("s2", "unknown")]
    assert (found.labels, found.language) == ({"s1": "Bob", "s2": "Ann"}, "en-GB")


def test_srt_takes_speakers_from_the_text():
    found = read(sample("srt"))
    assert [(turn.party, turn.start, turn.end, turn.text) for turn in found.turns] == [
        ("s1", 0.5, 2.0, "Thanks for calling."),
        ("s2", 2.5, 4.0, "My bill."),
    ]
    assert [party.role for party in found.parties] == ["agent", "customer"]


def test_a_word_with_a_colon_is_no_speaker():
    found = read(
        b"1\n00:00:00,000 --> 00:00:01,000\nNote: it rains\n\n2\n00:00:01,000 --> 00:00:02,000\nand pours\n\n3\n00:00:02,000 --> 00:00:03,000\nall day\n"
    )
    assert [turn.text for turn in found.turns] == ["Note: it rains", "and pours", "all day"]


def test_ctm_takes_the_first_of_alternatives():
    found = read(sample("ctm"))
    assert words(found) == [
        ("s1", "hello", 0.5, 0.8, 0.98),
        ("s1", "there", 0.8, 1.2, 0.9),
        ("s1", "now", 1.2, 1.4, None),
        ("s2", "bill", 2.0, 2.4, None),
    ]
    assert [channel for _, _, channel in parties(found)] == [0, 1]


def test_several_recordings_in_one_file_are_told_apart_by_name():
    data = b"a 1 0 1 one\nb 1 0 1 two\n"
    assert [found.name for found in read_all(data)] == ["a", "b"]
    assert read(data, "b").turns[0].text == "two"
    with pytest.raises(TranscriptError, match=r"2 recordings \(a, b\)"):
        read(data)


def test_stm_has_speakers_labels_and_alternatives():
    found = read(sample("stm"))
    assert [(turn.party, turn.start, turn.end, turn.text) for turn in found.turns] == [
        ("s1", 0.5, 2.0, "thanks for calling"),
        ("s2", 2.5, 4.0, "my bill"),
    ]


def test_rttm_has_turns_with_and_without_words():
    found = read(sample("rttm"))
    assert [(turn.party, turn.start, turn.end, turn.text) for turn in found.turns] == [
        ("s1", 0.5, 2.0, "thanks"),
        ("s2", 2.5, 4.0, ""),
    ]


def test_vcon_finds_its_parties_by_name_and_its_recording():
    found = read(sample("vcon"))
    assert [(p.id, p.role) for p in found.parties] == [("s1", "agent"), ("s2", "customer")]
    assert [turn.text for turn in found.turns] == ["Thanks for calling.", "My bill is wrong."]
    assert (found.timing, found.duration, found.recording.name) == ("none", 33.5, "call-5.wav")
    assert (found.metadata.call_id, found.metadata.person_number) == (VCON["uuid"], "+15550100000")


def test_vcon_holds_results_of_other_products_and_its_recording_inside():
    sound = base64.urlsafe_b64encode(b"RIFFsound").decode().rstrip("=")
    dialog = {
        "type": "recording",
        "start": "2026-01-01T10:00:00Z",
        "parties": [0, 1],
        "mimetype": "audio/wav",
        "encoding": "base64url",
        "body": sound,
    }
    analysis = [{"type": "transcript", "dialog": 0, "vendor": "deepgram", "encoding": "none", "body": DEEPGRAM}]
    found = read(changed(VCON, vcon="0.0.1", dialog=[dialog], analysis=analysis))
    assert words(found) == words(read(sample("deepgram")))
    assert (found.format, found.recording.data) == ("vcon", b"RIFFsound")


@pytest.mark.parametrize(
    ("body", "turns"),
    [
        ("Agent: hello there\nCustomer: my bill", [("s1", "hello there"), ("s2", "my bill")]),
        ({"transcript": {"text": "hi"}, "segments": [{"id": 0, "start": 0.5, "end": 1.0, "text": "hi there", "speaker": 1}]}, [("s1", "hi there")]),
        ({"transcript": "hi you", "words": [{"word": "hi", "start": 0, "end": 0.2}, {"word": "you", "start": 0.3, "end": 0.4}]}, [("s1", "hi you")]),
        ([{"parties": 1, "start": "2026-01-01T10:00:02+00:00", "duration": 1.5, "text": "hello"}], [("s1", "hello")]),
        ({"text": "hi", "segments": [{"start": 0, "end": 1, "text": "hi"}]}, [("s1", "hi")]),
    ],
)  # fmt: skip
def test_bodies_of_vcon_transcripts_come_in_many_shapes(body, turns):
    analysis = [{"type": "transcript", "dialog": 0, "vendor": "x", "body": body}]
    assert [(turn.party, turn.text) for turn in read(changed(VCON, analysis=analysis)).turns] == turns


def test_a_vcon_of_two_dialogs_counts_from_the_first():
    later = {**VCON["dialog"][0], "start": "2026-01-01T10:01:00+00:00"}
    said = [
        {
            "type": "transcript",
            "dialog": n,
            "vendor": "x",
            "body": [{"speaker": n, "start": 1.0, "end": 2.0, "text": "hello"}],
        }
        for n in (0, 1)
    ]
    found = read(changed(VCON, dialog=[VCON["dialog"][0], later], analysis=said))
    assert [(turn.start, turn.end) for turn in found.turns] == [(1.0, 2.0), (61.0, 62.0)]


def test_a_signed_vcon_is_read_and_an_encrypted_one_refused():
    payload = base64.urlsafe_b64encode(sample("vcon")).decode().rstrip("=")
    assert read(json.dumps({"payload": payload, "signatures": [{}]}).encode()).words == 7
    with pytest.raises(TranscriptError, match="encrypted"):
        read(json.dumps({"ciphertext": "x", "recipients": [{}]}).encode())


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (changed(AWS, results__items__3__start_time="soon"), "results.items[3].start_time: expected a time, found text."),
        (changed(AWS, results__items__3__alternatives={}), "results.items[3].alternatives: expected a list, found an object."),
        (changed(DEEPGRAM, results__channels__0__alternatives__0__words__1__start=-400), "results.channels[0].alternatives[0].words[1].start: a time of -400 s"),
        (changed(DEEPGRAM, results__channels__0__alternatives__0__words__1__start=1e30), "words[1].start: a time of 1e+30 s is not possible"),
        (changed(CONTACT_LENS, Transcript__1__Content=12), "Transcript[1].Content: expected text, found a number."),
        (changed(GENESYS, transcripts__0__phrases=7), "transcripts[0].phrases: expected a list, found a number."),
        (changed(VCON, dialog__0__parties=[0, 5]), "dialog[0].parties[1]: there is no party 5; the vCon has 2."),
        (changed(VCON, dialog__0__mediatype="sound"), 'dialog[0].mediatype: expected a media type like "audio/wav".'),
        (changed(VCON, uuid=None, vcon=None), 'the document: both "vcon" (the version) and "uuid" are missing'),
        (b"WEBVTT\n\n00:00.000 --> later\nhello", "line 3: expected two times"),
        (b"call 1 0.5 0.3 hello\ncall 1 x 0.3 there\ncall 1 1 1 you", "This text is no transcript"),
        (b'{"name": "package", "version": "1.0"}', "This JSON is no transcript in a format that is known here (AssemblyAI, Amazon"),
        (b"RIFF\x00\x00\x00\x00WAVE", "This is no text"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(data, says):
    with pytest.raises(TranscriptError) as refused:
        read(data)
    assert says in str(refused.value)


def test_an_error_never_repeats_what_was_said():
    with pytest.raises(TranscriptError) as refused:
        read(changed(AWS, results__items__3__start_time="4111 1111 1111 1111"))
    assert "4111" not in str(refused.value)


def test_words_that_come_as_one_item_stand_alone_and_share_its_time():
    ours = {"word": "4111 1111", "start": 2.0, "end": 3.0}
    found = read(changed(DEEPGRAM, results__channels__0__alternatives__0__words__0=ours, results__utterances=[]))
    pieces = [(w.text, w.start, w.end) for turn in found.turns for w in turn.words if w.text.isdigit()]
    assert pieces == [("4111", 2.0, 2.5), ("1111", 2.5, 3.0)]


def test_a_card_number_in_one_item_goes():
    ours = {"word": "four one one one one one one one one one one one one one one one", "start": 2.0, "end": 3.0}
    found = read(changed(DEEPGRAM, results__channels__0__alternatives__0__words__0=ours, results__utterances=[]))
    call = redact(Call("c", parties=found.parties, turns=found.turns), load_policy())
    assert "CARD_NUMBER" in call.redactions
    assert "one one" not in " ".join(turn.text for turn in call.turns)


def test_halves_of_characters_and_control_characters_come_no_further():
    ours = {"word": "caf\ud83d\u0000\u001fe", "start": 2.0, "end": 3.0}
    data = changed(
        DEEPGRAM, results__channels__0__alternatives__0__words__0=ours, results__utterances=[], note="\ud83d"
    )
    found = read(data)
    encode(CallResult(Call("c", parties=found.parties, turns=found.turns, source_meta=found.meta)))  # UTF-8 or an error
    said = "".join(turn.text for turn in found.turns)
    assert "caf\ufffd" in said
    assert said.isprintable()


def test_a_signed_vcon_may_be_no_deeper_than_any_other_file():
    inside = json.dumps({**VCON, "appended": 0}).replace('"appended": 0', '"appended": ' + "[" * 200 + "]" * 200)
    payload = base64.urlsafe_b64encode(inside.encode()).decode()
    with pytest.raises(TranscriptError, match="nested more than"):
        read(json.dumps({"payload": payload, "signatures": [{}]}).encode())
