"""Files made to keep a reader busy: looking at one takes time with its length, not with its square."""

import json
import time
from contextlib import suppress

import pytest

from pipeline.transcripts.errors import TranscriptError
from pipeline.transcripts.reading import read_all

MANY = 40_000
HEADS = {"alone": "", "webvtt": "WEBVTT\n\n00:00.000 --> 00:02.000\n", "srt": "1\n00:00:00,000 --> 00:00:02,000\n"}


def of_mail(text: str) -> str:
    dialog = {"type": "text", "body": text, "encoding": "none", "mediatype": "text/plain", "parties": [0],
              "start": "2026-03-01T10:00:00Z"}  # fmt: skip
    return json.dumps({"vcon": "0.0.2", "uuid": "x", "parties": [{"name": "a"}], "dialog": [dialog]})


@pytest.mark.parametrize("piece", ["\n", "\t\n", " ", "1", "1:", "<", "{\\", "A "])
@pytest.mark.parametrize("head", [*HEADS, "vcon"])
def test_a_file_of_one_sign_is_read_or_refused_at_once(head, piece):
    text = piece * MANY + "x"
    data = (of_mail(text) if head == "vcon" else HEADS[head] + text).encode()
    began = time.process_time()
    with suppress(TranscriptError):
        read_all(data)
    assert time.process_time() - began < 5.0  # with its square: a minute and more
