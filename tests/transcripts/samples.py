# ruff: noqa: E501 (files in one line)
"""A small file in every format, written for these tests after the public descriptions; no tool made them.

All tell of one call where the format can: an agent and a customer, a bill of 45 dollars.
"""

import json


def _aws(text, start, end, sure="0.98", **more):
    return {
        "type": "pronunciation",
        "start_time": start,
        "end_time": end,
        "alternatives": [{"confidence": sure, "content": text}],
        **more,
    }


def _aws_mark(text):
    return {"type": "punctuation", "alternatives": [{"confidence": "0.0", "content": text}]}


AWS = {
    "jobName": "call-1", "accountId": "000000000000", "status": "COMPLETED",
    "results": {
        "language_code": "en-US",
        "transcripts": [{"transcript": "Hello there. My bill is wrong."}],
        "speaker_labels": {"speakers": 2, "segments": [
            {"start_time": "0.5", "end_time": "1.2", "speaker_label": "spk_0", "items": [
                {"start_time": "0.5", "end_time": "0.8", "speaker_label": "spk_0"}, {"start_time": "0.8", "end_time": "1.2", "speaker_label": "spk_0"}]},
            {"start_time": "2.0", "end_time": "3.1", "speaker_label": "spk_1", "items": [
                {"start_time": "2.0", "end_time": "2.2", "speaker_label": "spk_1"}, {"start_time": "2.2", "end_time": "2.5", "speaker_label": "spk_1"}]}]},
        "items": [_aws("Hello", "0.5", "0.8"), _aws("there", "0.8", "1.2"), _aws_mark("."), _aws("My", "2.0", "2.2"), _aws("bill", "2.2", "2.5", "0.41"),
                  _aws("is", "2.5", "2.6"), _aws("wrong", "2.6", "3.1"), _aws_mark(".")],
    },
}  # fmt: skip
CONTACT_LENS = {
    "Version": "1.1.0", "AccountId": "000000000000", "Channel": "VOICE", "JobStatus": "COMPLETED", "LanguageCode": "en-US",
    "ContentMetadata": {"Output": "Raw"}, "CustomerMetadata": {"ContactId": "c-77", "InstanceId": "i-1"},
    "Participants": [{"ParticipantId": "CUSTOMER", "ParticipantRole": "CUSTOMER"}, {"ParticipantId": "AGENT", "ParticipantRole": "AGENT"}],
    "ConversationCharacteristics": {"TotalConversationDurationMillis": 9000},
    "Transcript": [
        {"Id": "t1", "ParticipantId": "AGENT", "Content": "Thanks for calling.", "BeginOffsetMillis": 250, "EndOffsetMillis": 1750, "Sentiment": "NEUTRAL"},
        {"Id": "t2", "ParticipantId": "CUSTOMER", "Content": "My name is [PII].", "BeginOffsetMillis": 2000, "EndOffsetMillis": 4000, "Sentiment": "NEGATIVE"},
    ],
}  # fmt: skip
DEEPGRAM = {
    "metadata": {"request_id": "r-1", "duration": 6.5, "channels": 1, "model_info": {"m": {"name": "2-general-nova", "arch": "nova-2"}}},
    "results": {"channels": [{"alternatives": [{"transcript": "Hello. My bill.", "confidence": 0.97, "words": [
        {"word": "hello", "punctuated_word": "Hello.", "start": 0.08, "end": 0.32, "confidence": 0.99, "speaker": 0, "speaker_confidence": 0.5},
        {"word": "my", "punctuated_word": "My", "start": 1.0, "end": 1.2, "confidence": 0.95, "speaker": 1, "speaker_confidence": 0.6},
        {"word": "bill", "punctuated_word": "bill.", "start": 1.2, "end": 1.5, "confidence": 0.9, "speaker": 1, "speaker_confidence": 0.6}]}]}]},
}  # fmt: skip
ASSEMBLYAI = {
    "id": "aa-1", "status": "completed", "audio_url": "https://example.com/a.wav?key=secret", "language_code": "en_us", "audio_duration": 6,
    "text": "Hello. My bill.", "punctuate": True,
    "words": [{"text": "Hello.", "start": 170, "end": 718, "confidence": 0.99, "speaker": "A"}],
    "utterances": [
        {"speaker": "A", "start": 170, "end": 718, "confidence": 0.99, "text": "Hello.", "words": [
            {"text": "Hello.", "start": 170, "end": 718, "confidence": 0.99, "speaker": "A"}]},
        {"speaker": "B", "start": 1200, "end": 2000, "confidence": 0.8, "text": "My bill.", "words": [
            {"text": "My", "start": 1200, "end": 1400, "confidence": 0.9, "speaker": "B"},
            {"text": "bill.", "start": 1400, "end": 2000, "confidence": 0.7, "speaker": "B"}]}],
}  # fmt: skip
WHISPERX = {
    "segments": [
        {"start": 0.31, "end": 1.2, "text": " Hello there.", "speaker": "SPEAKER_01", "words": [
            {"word": "Hello", "start": 0.31, "end": 0.6, "score": 0.91, "speaker": "SPEAKER_01"},
            {"word": "there.", "start": 0.65, "end": 1.2, "score": 0.88, "speaker": "SPEAKER_01"}]},
        {"start": 3.4, "end": 5.0, "text": " It is 45 dollars.", "speaker": "SPEAKER_00", "words": [
            {"word": "It", "start": 3.4, "end": 3.5, "score": 0.95, "speaker": "SPEAKER_00"},
            {"word": "is", "start": 3.6, "end": 3.8, "score": 0.9, "speaker": "SPEAKER_00"},
            {"word": "45"}, {"word": "dollars.", "start": 4.5, "end": 5.0, "score": 0.8, "speaker": "SPEAKER_00"}]}],
    "word_segments": [{"word": "Hello", "start": 0.31, "end": 0.6, "score": 0.91}], "language": "en",
}  # fmt: skip
WHISPER = {
    "task": "transcribe", "language": "english", "duration": 5.5, "text": "Hello there. My bill.",
    "segments": [
        {"id": 0, "seek": 0, "start": 0.0, "end": 1.5, "text": " Hello there.", "tokens": [50364, 2425], "temperature": 0.0, "avg_logprob": -0.25},
        {"id": 1, "seek": 0, "start": 2.0, "end": 3.0, "text": " My bill.", "tokens": [50364], "temperature": 0.0, "avg_logprob": -0.5}],
    "words": [{"word": "Hello", "start": 0.1, "end": 0.5}, {"word": "there", "start": 0.5, "end": 1.1}, {"word": "My", "start": 2.1, "end": 2.3},
              {"word": "bill", "start": 2.3, "end": 2.9}],
}  # fmt: skip
GOOGLE = {"results": [
    {"alternatives": [{"transcript": "Hello there.", "confidence": 0.9, "words": [
        {"endTime": "0.700s", "word": "Hello", "confidence": 0.97}, {"startTime": "0.700s", "endTime": "1.300s", "word": "there.", "confidence": 0}]},
        {"transcript": "hollow there"}], "resultEndTime": "1.500s", "languageCode": "en-us"},
    {"alternatives": [{"transcript": " My bill.", "words": [
        {"startTime": {"seconds": "2", "nanos": 100000000}, "endTime": {"seconds": "2", "nanos": 400000000}, "word": "My"},
        {"startTime": {"seconds": "2", "nanos": 400000000}, "endTime": {"seconds": "3"}, "word": "bill."}]}], "languageCode": "en-us"},
]}  # fmt: skip
AZURE = {
    "source": "https://example.com/a.wav?sig=secret", "timestamp": "2026-01-01T10:00:00Z", "durationInTicks": 59000000, "duration": "PT5.9S",
    "combinedRecognizedPhrases": [{"channel": 0, "lexical": "hello my bill", "display": "Hello. My bill."}],
    "recognizedPhrases": [
        {"recognitionStatus": "Success", "channel": 0, "speaker": 1, "offset": "PT0.5S", "duration": "PT0.7S", "offsetInTicks": 5000000.0, "durationInTicks": 7000000.0,
         "nBest": [{"confidence": 0.91, "lexical": "hello", "itn": "hello", "maskedITN": "hello", "display": "Hello.",
                    "words": [{"word": "hello", "offset": "PT0.5S", "duration": "PT0.7S", "offsetInTicks": 5000000.0, "durationInTicks": 7000000.0, "confidence": 0.99}]},
                   {"confidence": 0.3, "lexical": "hollow", "display": "Hollow."}]},
        {"recognitionStatus": "Success", "channel": 0, "speaker": 2, "offset": "PT1M2.25S", "duration": "PT1S",
         "nBest": [{"confidence": 0.8, "lexical": "my bill", "display": "My bill."}]}],
}  # fmt: skip
REVAI = {"monologues": [
    {"speaker": 0, "elements": [
        {"type": "text", "value": "Hello", "ts": 0.5, "end_ts": 0.9, "confidence": 1}, {"type": "punct", "value": " "},
        {"type": "text", "value": "there", "ts": 0.9, "end_ts": 1.3, "confidence": 0.8}, {"type": "punct", "value": ". "}]},
    {"speaker": 1, "elements": [{"type": "text", "value": "Hi", "ts": 3.0, "end_ts": 3.2, "confidence": 0.97}, {"type": "punct", "value": "."}]},
]}  # fmt: skip
SPEECHMATICS = {
    "format": "2.9", "job": {"id": "j-1", "duration": 6, "data_name": "call-9.wav", "created_at": "2026-01-01T10:00:00Z"},
    "metadata": {"type": "transcription", "transcription_config": {"language": "en", "diarization": "speaker"}},
    "results": [
        {"type": "word", "start_time": 0.08, "end_time": 0.32, "alternatives": [{"content": "Hello", "confidence": 1.0, "speaker": "S1", "language": "en"}]},
        {"type": "punctuation", "start_time": 0.32, "end_time": 0.32, "attaches_to": "previous", "is_eos": True,
         "alternatives": [{"content": ".", "confidence": 1.0, "speaker": "S1"}]},
        {"type": "word", "start_time": 2.0, "end_time": 2.4, "alternatives": [{"content": "Yes", "confidence": 0.6, "speaker": "S2", "language": "en"}]}],
}  # fmt: skip
BEGUN = 1767261600000  # 2026-01-01T10:00:00Z
GENESYS = {
    "conversationId": "g-1", "mediaType": "call", "conversationStartTime": BEGUN, "startTime": BEGUN + 2000, "duration": {"milliseconds": 9000},
    "transcripts": [{"transcriptId": "x", "language": "en-us", "startTime": BEGUN + 2000, "phrases": [
        {"phraseIndex": 0, "participantPurpose": "internal", "text": "thank you", "decoratedText": "Thank you.", "confidence": 0.93,
         "startTimeMs": BEGUN + 2100, "duration": {"milliseconds": 800}, "words": [
             {"word": "thank", "confidence": 0.95, "startTimeMs": BEGUN + 2100, "duration": {"milliseconds": 300}},
             {"word": "you", "confidence": 0.9, "startTimeMs": BEGUN + 2500, "duration": {"milliseconds": 400}}]},
        {"phraseIndex": 1, "participantPurpose": "external", "text": "my bill", "decoratedText": "My bill.", "confidence": 0.9,
         "startTimeMs": BEGUN + 5000, "duration": {"milliseconds": 1000}, "words": []}], "analytics": {"sentiment": []}}],
    "participants": [{"participantPurpose": "internal", "userId": "u-1", "initialDirection": "inbound"},
                     {"participantPurpose": "external", "initialDirection": "inbound", "ani": "tel:+15550100000", "dnis": "tel:+15550100001"}],
}  # fmt: skip
VCON = {
    "vcon": "0.4.0", "uuid": "0195544a-b9b1-8ee4-b9a2-279e0d16bc46", "created_at": "2026-01-01T11:00:00Z", "subject": "A bill",
    "parties": [{"tel": "+15550100000", "name": "Ann Example", "role": "customer"}, {"name": "Bob", "role": "agent"}],
    "dialog": [{"type": "recording", "start": "2026-01-01T10:00:00+00:00", "duration": 33.5, "parties": [0, 1], "mediatype": "audio/x-wav",
                "filename": "call-5.wav", "url": "https://example.com/r/call-5.wav"}],
    "analysis": [{"type": "transcript", "dialog": 0, "vendor": "Example", "encoding": "json", "body": json.dumps([
        {"speaker": "Bob", "message": "Thanks for calling."}, {"speaker": "Ann Example", "message": "My bill is wrong."}])}],
    "attachments": [],
}  # fmt: skip
CALLSIFT = {
    "format": "callsift-transcript", "version": 1, "id": "c-1", "language": "en", "duration": 8.0, "timing": "words", "model": "demo",
    "started_at": "2026-01-01T10:00:00+00:00", "direction": "inbound", "queue": "billing",
    "parties": [{"id": "s1", "role": "agent", "role_confidence": 0.9, "channel": 0}, {"id": "s2", "role": "customer", "role_confidence": 0.8, "channel": 1}],
    "turns": [{"speaker": "s1", "role": "agent", "start": 0.5, "end": 1.5, "text": "Hello [CARD_NUMBER]", "words": [
        {"text": "Hello", "start": 0.5, "end": 0.9, "confidence": 0.9},
        {"text": "[CARD_NUMBER]", "start": 0.9, "end": 1.5, "confidence": None, "kind": "CARD_NUMBER", "facts": {"digits": 16, "luhn": True}}]}],
}  # fmt: skip
WEBVTT = """WEBVTT Example
Language: en-GB

NOTE made by hand
00:00:09.000 --> is no cue here

STYLE
::cue { color: papayawhip }

intro
00:00:00.500 --> 00:00:02.000 align:start
<v.agent Bob>Thanks <00:00:01.000>for <b>call</b>ing.</v>

00:02.500 --> 00:04.000
<v Ann>It&apos;s my bill &amp; more</v>
"""
SRT = "\ufeff1\r\n00:00:00,500 --> 00:00:02,000\r\nAgent: <i>Thanks</i> for\r\ncalling.\r\n\r\n2\r\n00:00:02,500 --> 00:00:04,000\r\nCustomer: My bill.\r\n"
CTM = ";; a comment\ncall 1 0.5 0.3 hello 0.98\ncall 2 2.0 0.4 bill\ncall 1 0.8 0.4 there 0.9\ncall 1 * * <ALT_BEGIN>\ncall 1 1.2 0.2 now\ncall 1 * * <ALT>\ncall 1 1.2 0.2 no\ncall 1 * * <ALT_END>\n"
STM = ";; a comment\ncall 1 agent 0.5 2.0 <o,f0,male> thanks for {calling / calming} @\ncall 1 inter_segment_gap 2.0 2.5 <o,,unknown>\ncall 1 customer 2.5 4.0 my bill\n"
RTTM = "SPKR-INFO call 1 <NA> <NA> <NA> unknown agent <NA> <NA>\nSPEAKER call 1 0.5 1.5 <NA> <NA> agent <NA> <NA>\nLEXEME call 1 0.5 0.4 thanks lex agent 0.9 <NA>\nSPEAKER call 1 2.5 1.5 <NA> <NA> customer <NA> <NA>\n"

JSON_SAMPLES = {
    "aws_transcribe": AWS, "contact_lens": CONTACT_LENS, "deepgram": DEEPGRAM, "assemblyai": ASSEMBLYAI, "whisperx": WHISPERX, "whisper": WHISPER,
    "google": GOOGLE, "azure": AZURE, "revai": REVAI, "speechmatics": SPEECHMATICS, "genesys": GENESYS, "vcon": VCON, "callsift": CALLSIFT,
}  # fmt: skip
TEXT_SAMPLES = {"webvtt": WEBVTT, "srt": SRT, "ctm": CTM, "stm": STM, "rttm": RTTM}
SAMPLES = {**{name: json.dumps(value) for name, value in JSON_SAMPLES.items()}, **TEXT_SAMPLES}


def sample(name: str) -> bytes:
    return SAMPLES[name].encode()
