"""In which language a call is, by its words, and calls that are marked because nobody here understands them."""

from pipeline.language.mark import FOREIGN, with_language

__all__ = ["FOREIGN", "with_language"]
