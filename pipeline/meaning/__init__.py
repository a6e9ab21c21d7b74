"""How alike texts are in meaning, by a small sentence model that travels with the [pipeline] extra."""

from pipeline.meaning.opening import choose_meaning, open_meaning, open_shipped

__all__ = ["choose_meaning", "open_meaning", "open_shipped"]
