"""The shelf, the decoder and the settings of the tests of ingest."""

from tests.ingest.conftest import calls, decoder, door, settings, shelf

__all__ = ["calls", "decoder", "door", "settings", "shelf"]
