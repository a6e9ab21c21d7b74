"""How alike texts are in meaning, by a small sentence model that travels with the [pipeline] extra."""

from pipeline.meaning.opening import open_meaning

__all__ = ["open_meaning"]
