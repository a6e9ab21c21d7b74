"""Files named by their content are there whole or not at all."""

import hashlib
import os

import pytest

from pipeline.files import FileDamaged, Files


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path / "files")


def left_over(files):
    return list((files.root / "tmp").glob("*"))


def test_a_file_is_named_by_its_hash_below_two_letters(files):
    digest = hashlib.sha256(b"hello").hexdigest()
    stored = files.put(b"hello")
    assert (stored.name, stored.size) == (f"{digest[:2]}/{digest}", 5)
    assert files.read(stored.name) == b"hello"


def test_written_in_pieces_it_is_the_same_file(files):
    with files.writer() as new:
        new.write(b"hel")
        new.write(memoryview(b"lo"))
        assert new.commit() == files.put(b"hello")


def test_the_same_content_twice_is_one_file(files):
    assert files.put(b"hello") == files.put(b"hello")
    assert len(list(files.names())) == 1


def test_nothing_stays_when_the_writer_is_left_without_commit(files):
    with files.writer() as new:
        new.write(b"hello")
    assert (list(files.names()), left_over(files)) == ([], [])


def test_nothing_stays_when_writing_fails(files):
    class NoSpace(Exception): ...

    def writing():
        with files.writer() as new:
            new.write(b"hello")
            raise NoSpace

    with pytest.raises(NoSpace):
        writing()
    assert (list(files.names()), left_over(files)) == ([], [])


def test_nobody_else_may_read_what_is_stored(files):
    stored = files.put(b"hello")
    assert files.path(stored.name).stat().st_mode & 0o077 == 0
    assert files.path(stored.name).parent.stat().st_mode & 0o077 == 0


def test_content_and_folder_are_flushed_before_the_name_is_given(files, monkeypatch):
    """A likeness of a power cut: whatever was not flushed when commit returns would be lost."""
    flushed = []
    monkeypatch.setattr("os.fsync", lambda handle: flushed.append(os.readlink(f"/proc/self/fd/{handle}")))
    stored = files.put(b"hello")
    assert flushed[0].startswith(str(files.root / "tmp"))
    assert flushed[1:] == [str(files.root), str(files.path(stored.name).parent)]


def test_a_change_on_disk_is_found(files):
    stored = files.put(b"hello")
    files.path(stored.name).write_bytes(b"hellO")
    with pytest.raises(FileDamaged, match="changed on disk"):
        files.read(stored.name)


def test_a_missing_file_says_what_to_do(files):
    stored = files.put(b"hello")
    assert files.delete(stored.name)
    assert not files.delete(stored.name)
    with pytest.raises(FileDamaged, match="restore it from a backup"):
        files.read(stored.name)


@pytest.mark.parametrize(
    "name",
    ["", "../../etc/passwd", "ab/../cd", "/etc/passwd", "ab/" + "a" * 63, "ac/" + "ab" * 32, "ab/" + "ab" * 32 + "\n"],
)
def test_nothing_but_a_content_path_is_opened_or_deleted(files, name):
    with pytest.raises(FileDamaged, match="not the name"):
        files.read(name)
    with pytest.raises(FileDamaged, match="not the name"):
        files.delete(name)


@pytest.mark.parametrize(("age", "stays"), [(3599, True), (3600, False)])
def test_a_temporary_file_is_swept_after_an_hour_of_rest(files, age, stays):
    files.put(b"kept")
    orphan = files.root / "tmp" / "orphan"
    orphan.write_bytes(b"half")
    swept = files.sweep(now=orphan.stat().st_mtime + age)
    assert (swept, orphan.exists()) == (int(not stays), stays)
    assert len(list(files.names())) == 1


def test_sweeping_before_anything_was_written_is_fine(files):
    assert files.sweep(now=0) == 0
    assert list(files.names()) == []
