"""Recordings for `callsift process`: with their metadata, opened one by one, none stopping another."""

import hashlib

import pytest

from pipeline.audio.decode import Decoded
from pipeline.ingest.folders import ForbiddenFolder
from pipeline.ingest.local import sources
from tests.audio.making import tone, wav

SOUND = wav(tone(0.5))


def test_files_and_folders_become_sources_with_what_is_said_about_them(calls, settings):
    (calls / "a.wav").write_bytes(SOUND)
    (calls / "a.json").write_text('{"call_id": "c-1", "queue": "billing"}')
    (calls / "b.gsm").write_bytes(wav(tone(0.5), subtype="GSM610", container="RAW"))
    first, second = sources([calls], settings)
    assert (first.id, first.name, first.suffix, first.metadata.queue) == (
        "c-1",
        str(calls / "a.wav"),
        ".wav",
        "billing",
    )
    assert first.sha256 == hashlib.sha256(SOUND).hexdigest()
    assert (second.id, second.suffix) == (str(calls / "b.gsm"), ".gsm")
    with first.open() as file:
        assert file.read() == SOUND


def test_the_pool_decodes_sources_and_names_what_is_wrong_with_some(calls, settings, decoder):
    (calls / "a.wav").write_bytes(SOUND)
    (calls / "b.gsm").write_bytes(wav(tone(0.5), subtype="GSM610", container="RAW"))
    (calls / "c.wav").write_bytes(SOUND)
    (calls / "c.json").write_text('{"direction": "sideways"}')
    (calls / "d.wav").write_bytes(b"")
    found = sources([calls, calls / "missing.wav"], settings)
    results = list(decoder.decode_all(found))
    assert [r.facts.codec if isinstance(r, Decoded) else r.reason for r in results] == [
        "pcm_s16le", "gsm", "bad_metadata", "empty", "unreadable",
    ]  # fmt: skip
    assert results[0].facts.sha256 == found[0].sha256


def test_truth_is_refused(calls, settings):
    (calls / "truth").mkdir()
    with pytest.raises(ForbiddenFolder):
        sources([calls / "truth"], settings)
