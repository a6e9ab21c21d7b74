"""Tiny models, made once for all tests of the folder."""

import pytest

from pipeline.asr.loading import load
from tests.asr import tiny


@pytest.fixture(scope="session")
def parakeet_folder(tmp_path_factory):
    return tiny.parakeet(tmp_path_factory.mktemp("models") / "parakeet")


@pytest.fixture(scope="session")
def parakeet(parakeet_folder):
    return load(str(parakeet_folder.path), device="cpu", threads=1)
