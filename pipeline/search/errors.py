"""Errors of searching: a query that cannot be read, and an index that does not answer."""

from __future__ import annotations

from pipeline.errors import PipelineError


class QueryError(PipelineError, ValueError):
    """A query that cannot be read. ``at`` is the offset of the first wrong character, ``length`` how many are wrong."""

    def __init__(self, message: str, at: int, length: int = 1) -> None:
        super().__init__(f"{message} (character {at + 1})")
        self.message, self.at, self.length = message, at, max(length, 1)


class IndexUnavailable(PipelineError):
    """The index does not answer, or is not there. Nothing is lost: it is filled again from SQL."""
