"""What of a folder is taken, and when: recordings only, no links, no truth, and nothing that still grows."""

import os

import pytest

from pipeline.errors import BadMetadata
from pipeline.ingest.folders import ForbiddenFolder, recordings_in, refuse_truth
from pipeline.ingest.watching import Watcher
from tests.audio.making import tone, wav


def put(path, data=b"RIFF....WAVE"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def names(folder):
    return [path.relative_to(folder).as_posix() for path in recordings_in(folder)]


def test_recordings_are_told_by_their_ending_or_first_bytes(calls):
    for name in ("b.wav", "a.MP3", "c.gsm", "sub/deep/d.opus", "video.mp4"):
        put(calls / name, b"anything")
    put(calls / "noname", wav(tone(0.1)))
    put(calls / "nothing", b"hello")
    put(calls / "odd.x17", wav(tone(0.1)))
    assert names(calls) == ["a.MP3", "b.wav", "c.gsm", "noname", "odd.x17", "sub/deep/d.opus", "video.mp4"]


@pytest.mark.parametrize("name", ["README.md", "make.py", "a.json", "metadata.csv", ".hidden.wav", ".git/a.wav", "a.wav.part", "a.wav~",
                                  "a.mp3.crdownload", "call.rttm", "a.wav.tmp"])  # fmt: skip
def test_everything_else_is_left_alone(calls, name):
    put(calls / name, wav(tone(0.1)))
    assert names(calls) == []


def test_links_are_not_followed(calls, tmp_path):
    outside = put(tmp_path / "outside" / "a.wav")
    (calls / "link.wav").symlink_to(outside)
    (calls / "folder").symlink_to(outside.parent, target_is_directory=True)
    (calls / "loop").symlink_to(calls, target_is_directory=True)
    assert names(calls) == []


def test_pipes_and_sockets_are_left_alone(calls):
    os.mkfifo(calls / "pipe.wav")
    assert names(calls) == []


@pytest.mark.parametrize("name", ["truth", "Truth", "sub/truth", "sub/TRUTH/deep"])
def test_truth_is_never_entered(calls, name):
    put(calls / name / "a.wav")
    put(calls / "truthful" / "b.wav")
    assert names(calls) == ["truthful/b.wav"]


@pytest.mark.parametrize("given", ["truth", "truth/a.wav", "truth/sub/a.wav", "sub/../truth", "TRUTH"])
def test_truth_given_by_hand_is_refused(calls, given):
    put(calls / "truth" / "sub" / "a.wav")
    put(calls / "truth" / "a.wav")
    (calls / "sub").mkdir()
    with pytest.raises(ForbiddenFolder, match="never taken in"):
        refuse_truth(calls / given)


def test_truth_behind_a_link_is_refused(calls):
    put(calls / "truth" / "a.wav")
    (calls / "innocent").symlink_to(calls / "truth", target_is_directory=True)
    with pytest.raises(ForbiddenFolder):
        refuse_truth(calls / "innocent")


def test_a_missing_folder_is_told(calls):
    with pytest.raises(BadMetadata, match="cannot be read: No such file"):
        list(recordings_in(calls / "nothing"))


class Clock:
    """Stands still unless a test moves it."""

    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def watcher(calls, clock):
    return Watcher(calls, clock, quiet=5.0)


def look(watcher):
    return [path.name for path in watcher.look()]


@pytest.mark.parametrize(("rest", "taken"), [(0.0, []), (4.9, []), (5.0, ["a.wav"]), (500.0, ["a.wav"])])
def test_a_recording_is_taken_after_two_looks_with_rest_between(calls, clock, watcher, rest, taken):
    put(calls / "a.wav")
    assert look(watcher) == []
    clock.now += rest
    assert look(watcher) == taken


def test_however_old_a_recording_is_one_look_is_not_enough(calls, watcher):
    """Copying tools keep the time of change of what they copy."""
    os.utime(put(calls / "a.wav"), (0, 0))
    assert look(watcher) == []


def test_growing_starts_the_rest_again(calls, clock, watcher):
    path = put(calls / "a.wav")
    look(watcher)
    for _ in range(3):
        clock.now += 4
        with path.open("ab") as file:
            file.write(b"more")
        assert look(watcher) == []
    clock.now += 5
    assert look(watcher) == ["a.wav"]


def test_a_change_of_the_same_size_starts_the_rest_again(calls, clock, watcher):
    path = put(calls / "a.wav", b"aaaa")
    look(watcher)
    clock.now += 5
    os.utime(put(path, b"bbbb"), ns=(1, 1))
    assert look(watcher) == []


def test_a_sidecar_that_is_still_written_holds_its_recording_back(calls, clock, watcher):
    put(calls / "a.wav")
    look(watcher)
    clock.now += 5
    put(calls / "a.json", b"{")
    assert look(watcher) == []
    clock.now += 5
    assert look(watcher) == ["a.wav"]


def test_what_was_taken_is_not_offered_again_until_it_or_its_sidecar_changes(calls, clock, watcher):
    path = put(calls / "a.wav")
    look(watcher)
    clock.now += 5
    assert look(watcher) == ["a.wav"]
    watcher.took(path)
    clock.now += 5
    assert (look(watcher), watcher.unsettled) == ([], False)
    put(calls / "a.json", b"{}")
    assert (look(watcher), watcher.unsettled) == ([], True)
    clock.now += 5
    assert look(watcher) == ["a.wav"]


def test_what_could_not_be_taken_is_offered_again(calls, clock, watcher):
    put(calls / "a.wav")
    look(watcher)
    clock.now += 5
    assert look(watcher) == look(watcher) == ["a.wav"]


def test_somebody_may_ask_for_another_try(calls, clock, watcher):
    path = put(calls / "a.wav")
    look(watcher)
    clock.now += 5
    look(watcher)
    watcher.took(path)
    watcher.again([str(path), "another"])
    assert look(watcher) == ["a.wav"]


def test_a_recording_that_was_removed_and_came_back_rests_anew(calls, clock, watcher):
    path = put(calls / "a.wav")
    look(watcher)
    path.unlink()
    clock.now += 5
    assert look(watcher) == []
    put(path)
    assert look(watcher) == []
