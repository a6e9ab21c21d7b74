"""The shipped packs, read and compiled once for all tests."""

import pytest

from rules.engine.ruleset import load_packs


@pytest.fixture(scope="session")
def packs():
    return load_packs()
