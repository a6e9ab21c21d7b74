"""Recordings pass through the vault: sealed on disk, whole again in memory, bound to what they are about."""

import secrets

import pytest

from pipeline.files import FileDamaged, Files
from pipeline.sealing.errors import KeyUnknown, SealBroken
from pipeline.sealing.keyring import Keyring
from pipeline.sealing.vault import Vault, listening, quarantine

PLAIN = secrets.token_bytes(300_000)


@pytest.fixture
def vault(tmp_path):
    return Vault(Files(tmp_path / "files"), Keyring(bytes(32)))


@pytest.fixture
def key(vault):
    return vault.keyring.new_key()[1]


def pieces():
    return (PLAIN[start : start + 70_000] for start in range(0, len(PLAIN), 70_000))


def test_a_recording_comes_back_from_its_sealed_copy(vault, key):
    stored = vault.seal(pieces(), key, quarantine("ab"))
    with vault.unseal(stored.name, key, quarantine("ab")) as plain:
        assert plain.read() == PLAIN


def test_a_stretch_is_read_without_the_rest(vault, key):
    stored = vault.seal(pieces(), key, listening("c1"))
    with vault.open(stored.name, key, listening("c1")) as reader:
        assert reader.size == len(PLAIN)
        assert reader.read(123_456, 123_999) == PLAIN[123_456:123_999]


def test_no_plain_bytes_touch_the_disk(vault, key):
    stored = vault.seal(pieces(), key, quarantine("ab"))
    with vault.unseal(stored.name, key, quarantine("ab")):
        on_disk = [place.read_bytes() for place in vault.files.root.rglob("*") if place.is_file()]
    assert on_disk
    assert not any(PLAIN[1000:1016] in data for data in on_disk)


def test_a_listening_copy_of_another_call_does_not_open(vault, key):
    stored = vault.seal(pieces(), key, listening("c1"))
    with pytest.raises(SealBroken):
        vault.open(stored.name, key, listening("c2"))


def test_a_quarantine_copy_is_no_listening_copy(vault, key):
    stored = vault.seal(pieces(), key, quarantine("c1"))
    with pytest.raises(SealBroken):
        vault.open(stored.name, key, listening("c1"))


def test_without_its_wrapped_key_nothing_opens_again(vault, key):
    stored = vault.seal(pieces(), key, listening("c1"))
    with pytest.raises(KeyUnknown, match="erased"):
        vault.open(stored.name, b"", listening("c1"))
    with pytest.raises(SealBroken):
        vault.open(stored.name, vault.keyring.new_key()[1], listening("c1"))


def test_rotation_moves_keys_not_data(vault, key):
    stored = vault.seal(pieces(), key, listening("c1"))
    both = Keyring(bytes(range(32)), bytes(32))
    moved = Vault(vault.files, Keyring(bytes(range(32))))
    with moved.open(stored.name, both.rewrap(key), listening("c1")) as reader:
        assert reader.read() == PLAIN


def test_an_erased_file_says_so(vault, key):
    stored = vault.seal(pieces(), key, listening("c1"))
    vault.files.delete(stored.name)
    with pytest.raises(FileDamaged):
        vault.open(stored.name, key, listening("c1"))
