"""Recordings on their way in: each for itself, once, sealed, with a reason when it cannot be taken."""

import hashlib
import io
import json
import os
import shutil
import threading
from dataclasses import replace

import pytest

from pipeline.errors import BadMetadata
from pipeline.ingest import Fetcher, Ingest, Taken, ingest, ingest_watched
from pipeline.ingest.folders import ForbiddenFolder
from pipeline.ingest.watched import _watcher
from pipeline.records import Metadata
from pipeline.sealing.anonymous import anonymous_file
from tests.audio.making import coded, resized, tone, video, wav

SOUND = wav(tone(0.5))
OTHER = wav(tone(0.6), subtype="ULAW")


def put(path, data=SOUND):
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return path


def take(door, *sources):
    return list(door.take(sources, Taken()))


def test_a_recording_is_sealed_and_remembered(door, shelf, calls):
    path = put(calls / "a.wav")
    put(calls / "a.json", {"call_id": "c-1", "queue": "billing"})
    [outcome] = take(door, path)
    assert (outcome.what, outcome.id, outcome.source) == ("new", "call-1", str(path))
    intake = shelf.only()
    assert (intake.sha256, intake.size, intake.suffix) == (hashlib.sha256(SOUND).hexdigest(), len(SOUND), "wav")
    assert intake.metadata == Metadata("c-1", queue="billing")
    assert shelf.bytes_of(intake) == SOUND


def test_nothing_of_the_recording_or_its_name_lies_in_the_clear(door, shelf, calls):
    take(door, put(calls / "+14155550132.wav"))
    for place in shelf.vault.files.root.rglob("*"):
        assert "14155550132" not in str(place)
        assert not place.is_file() or SOUND[100:116] not in place.read_bytes()


def test_the_users_file_is_only_read(door, calls):
    path = put(calls / "a.wav")
    path.chmod(0o400)
    os.utime(path, ns=(1, 1))
    take(door, path, calls)
    found = path.stat()
    assert (path.read_bytes(), found.st_mtime_ns, found.st_mode & 0o777) == (SOUND, 1, 0o400)
    assert list(calls.iterdir()) == [path]


def test_the_same_again_is_one_call_and_says_so(door, shelf, calls):
    put(calls / "a.wav")
    put(calls / "copy.wav")
    outcomes = take(door, calls, calls)
    assert [outcome.what for outcome in outcomes] == ["new", "known", "known", "known"]
    assert "one call" in outcomes[1].says
    assert len(shelf.calls) == 1
    assert len(list(shelf.vault.files.names())) == 1


def test_a_later_sidecar_is_new_metadata_of_the_same_call(door, shelf, calls):
    path = put(calls / "a.wav")
    take(door, path)
    put(calls / "a.json", {"queue": "billing"})
    [outcome] = take(door, path)
    assert (outcome.what, outcome.id, shelf.metadata().queue) == ("new_metadata", "call-1", "billing")
    assert len(list(shelf.vault.files.names())) == 1


def test_the_same_bytes_with_two_ids_of_the_recorder_are_two_calls(door, shelf, calls):
    for name in ("a", "b"):
        put(calls / f"{name}.wav")
        put(calls / f"{name}.json", {"call_id": name})
    assert [outcome.what for outcome in take(door, calls)] == ["new", "new"]
    assert {shelf.bytes_of(intake) for intake in shelf.calls.values()} == {SOUND}


BAD = {
    "empty.wav": (b"", "empty"),
    "cut.wav": (SOUND[:3000], "truncated"),
    "text.wav": (b"hello there, this is no sound\n" * 9, "not_audio"),
    "page.mp3": (b"<html><body>Sign in</body></html>", "not_audio"),
    "video.mp4": (video(), "video"),
    "none.wav": (resized(SOUND[:44], b"data", 0), "zero_length"),
    "eight.wav": (coded(tone(0.2, 48000, 8), "pcm_s16le", "wav", 48000), "channels"),
    "list.wav": (b"#EXTM3U\nhttp://127.0.0.1/\n", "playlist"),
    "noise.wav": (bytes(999), "unknown_format"),
}


def test_bad_recordings_are_refused_with_reasons_and_the_run_goes_on(door, shelf, calls):
    for name, (data, _) in BAD.items():
        put(calls / name, data)
    put(calls / "good.wav")
    outcomes = {outcome.source.rpartition("/")[2]: outcome for outcome in take(door, calls)}
    assert {name: outcome.reason for name, outcome in outcomes.items()} == {
        **{name: reason for name, (_, reason) in BAD.items()}, "good.wav": None,
    }  # fmt: skip
    assert all(outcomes[name].what == "refused" and outcomes[name].says for name in BAD)
    assert {source.rpartition("/")[2]: reason for source, reason in shelf.reasons.items()} == {
        n: r for n, (_, r) in BAD.items()
    }
    assert len(list(shelf.vault.files.names())) == 1


def test_too_long_a_recording_is_refused_at_its_header(shelf, settings, calls):
    path = put(calls / "long.wav", wav(tone(4.0)))
    with Ingest(shelf, settings.but(max_hours=3 / 3600)) as door:
        [outcome] = take(door, path)
    assert (outcome.reason, outcome.says[:33]) == ("too_long", "The recording lasts 4 seconds, mo")


def test_a_refusal_carries_the_fingerprint_so_that_it_can_be_settled_later(door, shelf, calls):
    take(door, put(calls / "text.wav", b"hello\n" * 9))
    [(_, sha256)] = shelf.refusals
    assert sha256 == hashlib.sha256(b"hello\n" * 9).hexdigest()


def test_wrong_metadata_refuse_the_recording_and_name_the_mistake(door, shelf, calls):
    path = put(calls / "a.wav")
    put(calls / "a.json", {"direction": "sideways"})
    [outcome] = take(door, path)
    assert (outcome.what, outcome.reason) == ("refused", "bad_metadata")
    assert 'a.json, column "direction": "sideways"' in outcome.says
    put(calls / "a.json", {"direction": "inbound"})
    assert [outcome.what for outcome in take(door, path)] == ["new"]


def test_what_is_wrong_around_a_recording_is_no_refusal(door, shelf, calls):
    put(calls / "a.wav")
    shelf.broken = OSError("the database is away")
    [outcome] = take(door, calls)
    assert (outcome.what, shelf.calls, shelf.refusals) == ("failed", {}, {})
    shelf.broken = None
    assert [outcome.what for outcome in take(door, calls)] == ["new"]


def test_a_full_disk_is_no_refusal_and_leaves_nothing(door, shelf, calls, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    put(calls / "a.wav")
    monkeypatch.setattr("os.fsync", full)
    [outcome] = take(door, calls)
    monkeypatch.undo()
    assert (outcome.what, list(shelf.vault.files.names())) == ("failed", [])
    assert list((shelf.vault.files.root / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("total", "spare", "what"),
    [(1000e9, 2e9, "new"), (1000e9, 2e9 - 1, "failed"), (10e9, 0.5e9, "new"), (10e9, 0.5e9 - 1, "failed")],
)
def test_intake_stops_before_the_disk_is_full_and_goes_on_when_there_is_room(
    door, shelf, calls, monkeypatch, total, spare, what
):
    path = put(calls / "a.wav")
    free = int(spare) + path.stat().st_size
    with monkeypatch.context() as patch:
        patch.setattr(
            "pipeline.ingest.room.shutil.disk_usage", lambda _folder: shutil._ntuple_diskusage(int(total), 0, free)
        )
        [outcome] = take(door, calls)
    assert outcome.what == what
    if what == "failed":
        assert "must stay free" in outcome.says
        assert (shelf.calls, shelf.refusals, list(shelf.vault.files.names())) == ({}, {}, [])
        assert [one.what for one in take(door, calls)] == ["new"]


def test_a_recording_that_changes_while_it_is_read_is_left_for_later(door, shelf, calls, monkeypatch):
    path = put(calls / "a.wav")
    seal = shelf.vault.seal

    def growing(pieces, *rest):
        with path.open("ab") as file:
            file.write(b"more")
        return seal(pieces, *rest)

    monkeypatch.setattr(shelf.vault, "seal", growing)
    [outcome] = take(door, path)
    assert (outcome.what, shelf.calls, list(shelf.vault.files.names())) == ("changing", {}, [])


def test_links_folders_and_pipes_are_no_recordings(door, shelf, calls, tmp_path):
    (calls / "link.wav").symlink_to(put(tmp_path / "a.wav"))
    os.mkfifo(calls / "pipe.wav")
    outcomes = take(door, calls / "link.wav", calls / "pipe.wav", calls / "missing.wav")
    assert [outcome.reason for outcome in outcomes] == ["unreadable"] * 3


def test_a_headerless_recording_is_told_by_its_ending(door, shelf, calls):
    [outcome] = take(door, put(calls / "a.gsm", wav(tone(0.5), subtype="GSM610", container="RAW")))
    assert (outcome.what, shelf.only().suffix) == ("new", "gsm")


@pytest.mark.parametrize("name", ["http:__evil.wav", "concat:a|b.wav", "a::b.wav", "-i.wav", "x\n.wav", "<b>.wav"])
def test_odd_names_are_only_names(door, shelf, calls, name):
    [outcome] = take(door, put(calls / name))
    assert outcome.what == "new"


def test_truth_is_refused_before_anything_is_taken(shelf, settings, calls):
    put(calls / "a.wav")
    (calls / "truth").mkdir()
    put(calls / "truth" / "b.wav", OTHER)
    with pytest.raises(ForbiddenFolder):
        ingest([calls, calls / "truth"], shelf, settings)
    assert shelf.calls == {}
    assert ingest([calls], shelf, settings).new == 1


def test_a_run_counts_and_tells(shelf, settings, calls):
    put(calls / "a.wav")
    put(calls / "b.wav", OTHER)
    put(calls / "c.wav", b"")
    told = []
    taken = ingest([calls, calls / "a.wav"], shelf, settings, tell=told.append)
    assert (taken.new, taken.refused, taken.failed, taken.count("known")) == (2, 1, 0, 1)
    assert told == taken.outcomes


def test_a_dry_run_changes_nothing(shelf, settings, calls):
    put(calls / "a.wav")
    put(calls / "c.wav", b"")
    put(calls / "contacts.csv", b"person,start,direction\np,2026-11-02T14:20:37Z,in\n")
    taken = ingest([calls], shelf, settings, dry_run=True)
    assert [outcome.what for outcome in taken.outcomes] == ["would_take", "refused"]
    assert (shelf.calls, shelf.refusals, shelf.contacts) == ({}, {}, set())
    assert not shelf.vault.files.root.exists()


def test_a_folders_contact_log_is_taken_with_it_and_others_by_name(shelf, settings, calls, tmp_path):
    put(calls / "contacts.csv", b"person,start,direction\np-1,2026-11-02T14:20:37Z,in\np-2,never,in\n")
    log = put(tmp_path / "log.json", [{"person": "p-3", "start": "2026-11-02T14:20:37Z", "direction": "out"}])
    taken = ingest([calls], shelf, settings, contacts=[log])
    assert {contact.person for contact in shelf.contacts} == {"p-1", "p-3"}
    assert taken.contacts == 2
    assert ["row 3" in problem for problem in taken.problems] == [True]
    assert ingest([calls], shelf, settings, contacts=[log]).contacts == 0


def test_a_table_given_by_hand_speaks_of_the_recordings(shelf, settings, calls, tmp_path):
    put(calls / "a.wav")
    table = put(tmp_path / "all.csv", b"file,queue\na.wav,billing\n")
    ingest([calls], shelf, settings, metadata=table)
    assert shelf.metadata().queue == "billing"
    with pytest.raises(BadMetadata, match=r"nothing\.csv"):
        ingest([calls], shelf, settings, metadata=tmp_path / "nothing.csv")


def test_settings_name_mapping_pattern_and_zone(shelf, settings, calls, tmp_path):
    mapping = put(tmp_path / "m.yaml", b"columns: {queue: Skill}")
    put(calls / "a-7_x.wav")
    put(calls / "a-7_x.json", {"Skill": "sales", "started_at": "2026-03-01T10:00:00"})
    ingest([calls], shelf, settings.but(mapping=mapping, file_pattern=r"(?P<agent_id>a-\d)", zone="Europe/Berlin"))
    found = shelf.metadata()
    assert (found.queue, found.agent_id, found.started_at.isoformat()) == ("sales", "a-7", "2026-03-01T10:00:00+01:00")


def test_a_url_is_taken_like_a_file_without_its_query(shelf, settings, decoder):
    class Here(Fetcher):
        def fetch(self, url):
            file = anonymous_file()
            file.write(SOUND)
            file.flush()
            return file

    door = Ingest(shelf, settings, pool=decoder, fetcher=Here())
    [outcome] = take(door, "https://calls.example/a/b.wav?key=secret")
    assert (outcome.what, outcome.source) == ("new", "https://calls.example/a/b.wav")
    assert "secret" not in str(shelf.only())


def test_a_url_that_is_not_allowed_is_a_refusal(door, shelf):
    [outcome] = take(door, "file:///etc/passwd")
    assert (outcome.reason, outcome.source) == ("not_allowed", "file:///etc/passwd")
    [outcome] = take(door, "https://user:pass@calls.example/a.wav?key=secret")
    assert (outcome.reason, outcome.source) == ("not_allowed", "https://calls.example/a.wav")


def test_an_upload_is_taken_from_its_stream(door, shelf):
    sidecar = ("a.json", b'{"queue": "billing", "team": "theirs"}')
    outcome = door.take_stream("C:\\fakepath\\a.wav", io.BytesIO(SOUND), sidecar=sidecar, team="mine")
    assert (outcome.what, outcome.source) == ("new", "a.wav")
    assert (shelf.metadata().queue, shelf.metadata().team) == ("billing", "mine")
    assert shelf.bytes_of(shelf.only()) == SOUND


@pytest.mark.parametrize(("name", "data", "sidecar", "reason"), [
    ("a.wav", b"", None, "empty"),
    ("a.wav", b"hello " * 9, None, "not_audio"),
    ("a.wav", SOUND, ("a.json", b"{"), "bad_metadata"),
    ("a.wav", bytes((1 << 20) + 1), None, "too_large"),
])  # fmt: skip
def test_a_bad_upload_is_refused_with_a_reason(door, shelf, name, data, sidecar, reason):
    outcome = door.take_stream(name, io.BytesIO(data), sidecar=sidecar)
    assert (outcome.what, outcome.reason, shelf.reasons) == ("refused", reason, {"a.wav": reason})


def test_uploads_may_come_side_by_side(door, shelf):
    sounds = [wav(tone(0.1 + number / 100)) for number in range(6)]
    threads = [
        threading.Thread(target=door.take_stream, args=(f"{n}.wav", io.BytesIO(data))) for n, data in enumerate(sounds)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(shelf.bytes_of(intake) for intake in shelf.calls.values()) == sorted(sounds)


def test_watched_folders_are_looked_at_twice(shelf, settings, calls):
    put(calls / "a.wav")
    watching = settings.but(watch=(calls,))
    waits = []

    def pause(seconds):
        waits.append(seconds)
        rested(calls, watching)

    taken = ingest_watched(watching, shelf, pause=pause)
    assert (taken.new, len(waits)) == (1, 1)
    again = ingest_watched(watching, shelf, pause=pause)
    assert (again.outcomes, len(waits)) == ([], 1)


def rested(folder, settings):
    """As if the time of the pause had passed: the watcher of the folder first saw everything long ago."""
    watcher = _watcher(folder, settings.data)
    watcher._seen = {path: replace(seen, since=seen.since - 60) for path, seen in watcher._seen.items()}


def test_a_recording_that_grows_during_the_pause_waits_for_the_next_run(shelf, settings, calls):
    path = put(calls / "a.wav", SOUND[:1000])
    watching = settings.but(watch=(calls,))
    assert ingest_watched(watching, shelf, pause=lambda _: put(path)).outcomes == []
    assert ingest_watched(watching, shelf, pause=lambda _: rested(calls, watching)).new == 1


def test_a_refused_recording_is_tried_again_when_somebody_asks(shelf, settings, calls):
    path = put(calls / "a.wav", b"")
    watching = settings.but(watch=(calls,))

    def run():
        return ingest_watched(watching, shelf, pause=lambda _: rested(calls, watching))

    assert run().refused == 1
    assert run().outcomes == []
    shelf.wanted_again = [str(path)]
    assert run().refused == 1


def test_a_watched_folder_that_is_gone_is_a_problem_not_an_end(shelf, settings, calls, tmp_path):
    put(calls / "a.wav")
    watching = settings.but(watch=(tmp_path / "gone", calls), contact_logs=(tmp_path / "gone.csv",))
    taken = ingest_watched(watching, shelf, pause=lambda _: rested(calls, watching))
    assert taken.new == 1
    assert len(taken.problems) == 2


def test_many_recordings_leave_no_descriptor_behind(door, calls):
    for number in range(20):
        put(calls / f"{number}.wav", SOUND if number % 2 else b"")
    before = len(os.listdir("/proc/self/fd"))
    take(door, calls)
    assert len(os.listdir("/proc/self/fd")) <= before + 4  # those of the decoder, if it started now
