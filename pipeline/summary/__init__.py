"""What a call came to, in the words of its turns: reason, what was done, outcome, promises."""

from pipeline.summary.extract import Sentence, summary_of

__all__ = ["Sentence", "summary_of"]
