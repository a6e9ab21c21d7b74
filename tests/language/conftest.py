"""The decoder of the tests of ingest."""

from tests.ingest.conftest import decoder

__all__ = ["decoder"]
