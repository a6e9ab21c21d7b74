"""In which language a call and its turns are, by their words, and calls that are marked because nobody here understands them."""

from pipeline.language.mark import FOREIGN, RULES_SPEAK, with_language

__all__ = ["FOREIGN", "RULES_SPEAK", "with_language"]
