"""Keys of calls are wrapped by the installation's key, can move to a new one, and never open when changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sealing.errors import KeyUnknown
from pipeline.sealing.keyring import WRAPPED_BYTES, Keyring, key_id, wrapping_id

OLD, NEW = bytes(range(32)), bytes(range(32, 64))


def test_a_new_key_unwraps_to_itself():
    ring = Keyring(OLD)
    key, wrapped = ring.new_key()
    assert (len(key), len(wrapped), ring.unwrap(wrapped)) == (32, WRAPPED_BYTES, key)


def test_no_two_calls_get_the_same_key():
    assert len({Keyring(OLD).new_key()[0] for _ in range(50)}) == 50


def test_the_wrapped_key_names_its_wrapping_key_and_holds_neither():
    key, wrapped = Keyring(OLD).new_key()
    assert wrapping_id(wrapped) == key_id(OLD)
    assert key not in wrapped
    assert OLD[:8] not in wrapped


@given(place=st.integers(0, WRAPPED_BYTES * 8 - 1))
def test_a_flipped_bit_in_a_wrapped_key_is_found(place):
    wrapped = bytearray(Keyring(OLD).new_key()[1])
    wrapped[place // 8] ^= 1 << place % 8
    with pytest.raises(KeyUnknown):
        Keyring(OLD).unwrap(bytes(wrapped))


@pytest.mark.parametrize("wrapped", [b"", b"\x01", bytes(WRAPPED_BYTES), bytes(WRAPPED_BYTES + 1)])
def test_an_erased_key_opens_nothing(wrapped):
    with pytest.raises(KeyUnknown):
        Keyring(OLD).unwrap(wrapped)


def test_the_wrong_installation_key_says_which_one_is_missing():
    with pytest.raises(KeyUnknown, match=key_id(OLD)):
        Keyring(NEW).unwrap(Keyring(OLD).new_key()[1])


def test_after_rewrapping_the_old_key_is_not_needed_any_more():
    key, wrapped = Keyring(OLD).new_key()
    moved = Keyring(NEW, OLD).rewrap(wrapped)
    assert wrapping_id(moved) == key_id(NEW)
    assert Keyring(NEW).unwrap(moved) == key


def test_rewrapping_twice_changes_nothing():
    ring = Keyring(NEW, OLD)
    moved = ring.rewrap(Keyring(OLD).new_key()[1])
    assert ring.rewrap(moved) == moved


@pytest.mark.parametrize("older", [(), (OLD,), (NEW, OLD)])
def test_the_first_key_wraps_whatever_stands_behind_it(older):
    assert wrapping_id(Keyring(NEW, *older).new_key()[1]) == key_id(NEW)


def test_a_setting_names_the_current_key_first():
    ring = Keyring.parse(f"{NEW.hex()},\n{OLD.hex()}\n")
    assert ring.current == key_id(NEW)
    assert ring.unwrap(Keyring(OLD).new_key()[1])


@pytest.mark.parametrize("text", ["", "zz", "00" * 31, "00" * 33, f"{'00' * 32},12"])
def test_a_setting_that_is_no_key_is_refused_without_showing_it(text):
    with pytest.raises(KeyUnknown) as refused:
        Keyring.parse(text)
    assert len(text) < 4 or text not in str(refused.value)
