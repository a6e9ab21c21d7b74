"""What can be wrong with a scorecard or an answer."""

from __future__ import annotations

from rules.errors import CallsiftError


class CardError(CallsiftError, ValueError):
    """A scorecard that cannot be used, and the line to look at."""

    def __init__(self, message: str, *, file: str, line: int) -> None:
        super().__init__(f"{file}:{line}: {message}")
        self.file, self.line = file, line


class AnswerError(CallsiftError, ValueError):
    """An answer that the question does not take; the message is for the person who gave it."""
